"""The translation catalogues: which strings the interface has, bringing them into `locale/`, and compiling what stands there.

Babel does it, since GNU gettext is not on every machine. docs/translation.md says how to translate.
"""

from collections.abc import Iterator
from io import BytesIO
from os import getpid
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

# A string, or one for a single thing with another for several.
Words = str | tuple[str, ...]

# The functions that take strings of the interface, under every name that modules give them; with the places of their arguments.
CALLS = {
    **dict.fromkeys(("_", "_lazy", "gettext", "gettext_lazy", "gettext_noop", "_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
# Written by us: Babel's own header holds the moment, and every run would change it.
HEADER = """\
# The interface of Staircase in another language. docs/translation.md has the words to use.
msgid ""
msgstr ""
"Project-Id-Version: Staircase\\n"
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""


def extracted() -> Catalog:
    """Every string of the interface, once."""
    catalogue = Catalog()
    for context, message in strings():
        catalogue.add(message, context=context)
    return catalogue


def strings() -> Iterator[tuple[str | None, Words]]:
    """The strings of Python files and templates as they stand there: each with its context, if it has one."""
    for path in sources():
        text = path.read_text()
        if path.suffix != ".py":
            # In brackets, since the indentation of a template means nothing.
            text = f"({templatize(text, origin=str(path))})"
        for _line, call, strings, _comments in extract_python(BytesIO(text.encode()), CALLS, [], {"encoding": "utf-8"}):
            context, message = _message(str(call), strings)
            if message:
                yield context, message


def sources() -> Iterator[Path]:
    """The files that strings of the interface stand in."""
    for folder in ("accounts", "roadmap"):
        for path in sorted((settings.BASE_DIR / folder).rglob("*.py")):
            if not {"migrations", "samples"} & set(path.parts):
                yield path
    yield from sorted(path for path in (settings.BASE_DIR / "templates").rglob("*") if path.is_file())


def catalogues() -> list[Path]:
    """The source of each catalogue: locale/<language>/LC_MESSAGES/django.po."""
    return sorted(path for folder in settings.LOCALE_PATHS for path in Path(folder).glob("*/LC_MESSAGES/django.po"))


def read(path: Path) -> Catalog:
    """A catalogue as it stands in its file."""
    with path.open("rb") as text:
        return read_po(text, locale=path.parts[-3], abort_invalid=True)


def update(path: Path, strings: Catalog) -> list[Message]:
    """Makes a catalogue hold these strings and no others, with the translations that it has; says which of them have none."""
    catalogue = read(path)
    catalogue.update(strings, no_fuzzy_matching=True)
    text = BytesIO()
    write_po(text, catalogue, width=0, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)
    header = HEADER.format(language=path.parts[-3], plurals=catalogue.plural_forms)
    path.write_text(header + text.getvalue().decode().strip() + "\n")
    return untranslated(catalogue)


def untranslated(catalogue: Catalog) -> list[Message]:
    """The strings that lack their translation, or one of its forms, or have a doubtful one."""
    return [message for message in catalogue if message.id and (message.fuzzy or not all(_forms(message)))]


def compile_all() -> int:
    """Compiles each catalogue that is newer than its compiled form; says how many there were. Several processes may do it at once."""
    count = 0
    for source in catalogues():
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime_ns > source.stat().st_mtime_ns:
            continue
        draft = source.with_suffix(f".{getpid()}.mo")
        with draft.open("wb") as machine_form:
            write_mo(machine_form, read(source))
        draft.replace(compiled)
        count += 1
    return count


def _message(call: str, strings: object) -> tuple[str | None, Words | None]:
    """Context and message of one call; none where an argument is no plain string."""
    given = [strings] if isinstance(strings, str) or strings is None else list(strings)  # type: ignore[call-overload]
    context = given.pop(0) if "pgettext" in call else None
    wanted = 2 if call.startswith(("ngettext", "npgettext")) else 1
    words = given[:wanted]
    if len(words) < wanted or None in words:
        return context, None
    return context, tuple(words) if wanted == 2 else words[0]


def _forms(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, tuple | list) else (str(message.string or ""),)
