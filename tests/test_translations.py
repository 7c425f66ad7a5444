"""Every string of the interface has its translation: nothing is missing, doubtful, left over, or says something else in its placeholders."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from django.conf import settings
from django.utils.translation import gettext, ngettext, override

from roadmap.web import catalogues

CATALOGUES = {path.parts[-3]: path for path in catalogues.catalogues()}
SOURCES = [path for path in catalogues.sources() if path.suffix == ".py"]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|%[sd]")
TAG = re.compile(r"</?[a-z]+\b[^>]*>")
AT_ONCE = {"gettext", "ngettext", "pgettext", "npgettext"}


@pytest.fixture(scope="module")
def strings() -> Catalog:
    return catalogues.extracted()


@pytest.fixture(scope="module", params=CATALOGUES)
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    return catalogues.read(CATALOGUES[request.param])


def pairs(message: Message) -> list[tuple[str, str]]:
    """Each form of a string beside its translation."""
    source, said = (form if isinstance(form, tuple | list) else (form,) for form in (message.id, message.string))
    return list(zip(source, said, strict=True))


def translated(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def keys(catalogue: Catalog) -> set[tuple[str | None, object]]:
    return {(message.context, tuple(message.id) if isinstance(message.id, list) else message.id) for message in translated(catalogue)}


def test_every_language_but_the_source_has_a_catalogue():
    assert {"en", *CATALOGUES} == {code for code, _name in settings.LANGUAGES}


def test_catalogue_has_every_string_of_the_interface_and_no_other(catalogue, strings):
    assert keys(strings) - keys(catalogue) == set(), "run: make messages"
    assert keys(catalogue) - keys(strings) == set(), "run: make messages"


def test_no_string_stands_for_one_thing_here_and_for_any_number_there():
    """A catalogue has one place for both, and one of them would be lost."""
    found = set(catalogues.strings())
    numbered = {(context, words[0]) for context, words in found if isinstance(words, tuple)}
    assert {(context, words) for context, words in found if isinstance(words, str)} & numbered == set()


def test_every_string_is_translated(catalogue):
    assert [message.id for message in catalogues.untranslated(catalogue)] == []


def test_translations_have_the_placeholders_of_their_strings(catalogue):
    wrong = []
    for message in translated(catalogue):
        *singular, plural = pairs(message)
        # Of one thing, a language may say "one" where another writes the number.
        wrong += [said for source, said in singular if not {*PLACEHOLDER.findall(said)} <= {*PLACEHOLDER.findall(source + plural[0])}]
        if Counter(PLACEHOLDER.findall(plural[0])).keys() != Counter(PLACEHOLDER.findall(plural[1])).keys():
            wrong.append(plural[1])
    assert wrong == []


def test_translations_have_the_markup_of_their_strings(catalogue):
    wrong = [
        said
        for message in translated(catalogue)
        for source, said in pairs(message)
        if sorted(TAG.findall(source)) != sorted(TAG.findall(said))
    ]
    assert wrong == []


def test_translations_begin_and_end_as_their_strings_do(catalogue):
    """Blanks at the ends join sentences; a sentence ends like one."""
    wrong = []
    for message in translated(catalogue):
        for source, said in pairs(message):
            if source[:1].isspace() != said[:1].isspace() or source[-1:].isspace() != said[-1:].isspace():
                wrong.append(said)
            if (source[-1] in ".:;…") != (said[-1] in ".:;…"):
                wrong.append(said)
    assert wrong == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(settings.BASE_DIR).as_posix())
def test_no_string_is_translated_when_its_module_is_imported(path: Path):
    """It would stay in whatever language the process had then; `gettext_lazy` waits for the reader."""
    module = ast.parse(path.read_text())
    at_once = {
        name.asname or name.name
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for name in node.names
        if name.name in AT_ONCE
    }
    assert [node.lineno for node in _at_import(module) if isinstance(node.func, ast.Name) and node.func.id in at_once] == []


def _at_import(node: ast.AST) -> list[ast.Call]:
    """The calls that importing makes: those in no function."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        return []
    inner = [call for child in ast.iter_child_nodes(node) for call in _at_import(child)]
    return [node, *inner] if isinstance(node, ast.Call) else inner


def test_compiled_catalogue_speaks():
    with override("es"):
        assert gettext("My climb") == "Mi subida"
        assert [ngettext("%(total)s skill", "%(total)s skills", count) % {"total": count} for count in (1, 2)] == [
            "1 habilidad",
            "2 habilidades",
        ]


def test_new_string_waits_for_its_translation_and_one_that_is_gone_goes(tmp_path: Path):
    path = tmp_path / "es" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(catalogues.HEADER.format(language="es", plurals="nplurals=2; plural=(n != 1);"))
    strings = Catalog()
    strings.add("Stay")
    strings.add("Gone")
    assert len(catalogues.update(path, strings)) == 2
    path.write_text(path.read_text().replace('msgid "Stay"\nmsgstr ""', 'msgid "Stay"\nmsgstr "Queda"'))
    strings = Catalog()
    strings.add("Stay")
    strings.add(("%(n)s new one", "%(n)s new ones"))
    assert [message.id for message in catalogues.update(path, strings)] == [("%(n)s new one", "%(n)s new ones")]
    before = path.read_text()
    assert ("Queda" in before, "Gone" in before) == (True, False)
    catalogues.update(path, strings)
    assert path.read_text() == before
