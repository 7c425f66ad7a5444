"""Sentences for the codes of a reading: what was left out and why, what a README lacks, what kind of secret lies open."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy


@dataclass(frozen=True, slots=True)
class ReadmeWords:
    """A point of the README checklist, and what to write where it is missing."""

    title: Any
    missing: Any


README = {
    "problem": ReadmeWords(
        _lazy("The problem, in one sentence"), _lazy("Begin with what it does and for whom: “Predicts … so that … can …”.")
    ),
    "data": ReadmeWords(_lazy("Where the data comes from"), _lazy("Name the source, link to it, and say what its terms allow.")),
    "run": ReadmeWords(
        _lazy("How to run it"), _lazy("Put the commands into a code block: install, then run. Try them in an empty folder.")
    ),
    "result": ReadmeWords(
        _lazy("The result, with a measure"),
        _lazy("Say how good it is in a number, and beside what: “MAE 11 %, against 21 % for guessing the median”."),
    ),
    "picture": ReadmeWords(_lazy("A chart or a screenshot"), _lazy("Add the one picture that shows the result, with a sentence below it.")),
    "licence": ReadmeWords(
        _lazy("A licence"), _lazy("Add a LICENSE file; on GitHub “Add file” offers the usual ones. MIT is a common choice.")
    ),
    "limits": ReadmeWords(
        _lazy("What it can’t do"), _lazy("Say where it fails and what didn’t work. It’s the part that people trust you for.")
    ),
    "next": ReadmeWords(_lazy("What you’d do next"), _lazy("Name the next step, and why that one.")),
}

# Why a repository could not be read: codes of detection, then of GitHub's client.
UNREADABLE = {
    "packed-size": _lazy("The repository has more than 64 MB, packed. Take large data and models out of it, and read it again."),
    "too-large": _lazy("The repository has more than 64 MB, packed. Take large data and models out of it, and read it again."),
    "unpacked-size": _lazy("Unpacked, the repository has more than 400 MB. Take large data and models out of it, and read it again."),
    "entries": _lazy("The repository has more than 20,000 files. Take data and installed packages out of it, and read it again."),
    "time": _lazy("Reading the repository took longer than a minute, so we stopped. Take large files out of it, and read it again."),
    "memory": _lazy("Reading the repository took too much memory, so we stopped. Take large files out of it, and read it again."),
    "failed": _lazy("Reading the repository failed. That isn’t your fault; read it again in a while."),
    "not-a-folder": _lazy("There is no such folder."),
    "not-an-archive": _lazy("What GitHub sent can’t be unpacked. Read it again in a while."),
    "cut-off": _lazy("What GitHub sent breaks off in the middle. Read it again in a while."),
    "timeout": _lazy("GitHub didn’t answer in time, in several tries over a day. Read it again when it does."),
    "connection": _lazy("GitHub couldn’t be reached, in several tries over a day. Read it again when it can."),
    "server": _lazy("GitHub had troubles of its own, in several tries over a day. Read it again when they’re over."),
}
_ANY_TROUBLE = _lazy("GitHub’s answer made no sense to us. That isn’t your fault; read it again in a while.")

REMARKS = {
    # About one file: its path goes before.
    "file-too-large": _lazy("It holds more than 256 KB of code, so it wasn’t read."),
    "notebook-too-large": _lazy("It’s larger than 30 MB, so it wasn’t read. Clear its outputs."),
    "not-utf-8": _lazy("It isn’t written in UTF-8 or in the encoding that it names, and Python refuses it. It was read all the same."),
    "not-parsed": _lazy("It isn’t valid Python, so it wasn’t read."),
    "old-python": _lazy("It’s written for Python 2, so it wasn’t read."),
    "too-deep": _lazy("It’s nested too deeply, so it wasn’t read."),
    "too-slow": _lazy("Reading it took too long, so it wasn’t read to its end."),
    "not-a-notebook": _lazy("It isn’t a valid notebook, so it wasn’t read."),
    "broken-cells": _lazy("Cells that aren’t valid Python weren’t read: %(count)s. The others were."),
    "star-import": _lazy("It imports everything from a module, which hides where names come from. Import the names that you use."),
    "manifest-not-parsed": _lazy("It can’t be parsed, so the packages that it lists don’t count."),
    # About the whole.
    "more": _lazy("The same is true of further files: %(count)s."),
    "empty": _lazy("The repository is empty."),
    "no-python": _lazy("It holds no Python: what counts is Python scripts, notebooks and the files around them."),
    "vendored": _lazy("Files in folders of other people’s code don’t count: %(count)s."),
    "generated": _lazy("Files that a program wrote don’t count: %(count)s."),
    "not-own": _lazy("Files that this fork’s own commits didn’t change don’t count: %(count)s."),
    "too-many-code-files": _lazy("Only the first 2,000 files of code were read. Left out: %(count)s."),
    "link": _lazy("Links weren’t followed: %(count)s."),
    "unsafe-path": _lazy("Entries that are no plain files weren’t read: %(count)s."),
    "path-too-deep": _lazy("Files in very deep folders weren’t read: %(count)s."),
    "not-allowed": _lazy("Files that can’t be opened weren’t read: %(count)s."),
    "language-r": _lazy("Files in R: %(count)s. They may show a lot, but only Python is read."),
    "language-julia": _lazy("Files in Julia: %(count)s. They may show a lot, but only Python is read."),
    "language-matlab": _lazy("Files in MATLAB: %(count)s. They may show a lot, but only Python is read."),
    "language-scala": _lazy("Files in Scala: %(count)s. They may show a lot, but only Python is read."),
    "language-shell": _lazy("Shell scripts: %(count)s. They may show a lot, but only Python is read."),
    "language-javascript": _lazy("Files in JavaScript or TypeScript: %(count)s. They may show a lot, but only Python is read."),
    "language-java": _lazy("Files in Java: %(count)s. They may show a lot, but only Python is read."),
    "language-cpp": _lazy("Files in C or C++: %(count)s. They may show a lot, but only Python is read."),
    "language-csharp": _lazy("Files in C#: %(count)s. They may show a lot, but only Python is read."),
    "language-go": _lazy("Files in Go: %(count)s. They may show a lot, but only Python is read."),
    "language-rust": _lazy("Files in Rust: %(count)s. They may show a lot, but only Python is read."),
    "language-sql": _lazy("Files of SQL: %(count)s."),
    "language-other": _lazy("Notebooks in another language than Python: %(count)s. Only Python is read."),
    # Of GitHub's side.
    "fork-unchanged": _lazy("A fork without changes of its own shows nothing."),
    "fork-unknown": _lazy("It’s a fork, and GitHub doesn’t say what your own commits changed. So it shows nothing."),
    "fork-incomplete": _lazy("GitHub lists only some of the files that this fork changed; the others weren’t read."),
}

KEYS = {
    "github": _lazy("A GitHub token"),
    "aws": _lazy("A key of Amazon Web Services"),
    "private-key": _lazy("A private key"),
    "google": _lazy("A Google API key"),
    "slack": _lazy("A Slack token"),
    "openai": _lazy("An OpenAI key"),
    "anthropic": _lazy("An Anthropic key"),
    "hugging-face": _lazy("A Hugging Face token"),
    "stripe": _lazy("A Stripe key"),
    "gitlab": _lazy("A GitLab token"),
    "telegram": _lazy("A Telegram bot’s token"),
    "setting": _lazy("A password or key in a settings file"),
}


def unreadable(code: str) -> str:
    """Why a reading ended without findings, and what to do."""
    return str(UNREADABLE.get(code, _ANY_TROUBLE))


def remark(code: str, path: str = "", count: int = 0) -> str:
    """What one should know about a reading; with the file that it is about."""
    sentence = str(REMARKS[code]) % {"count": count} if "%(count)" in str(REMARKS[code]) else str(REMARKS[code])
    return _("%(path)s: %(sentence)s") % {"path": path, "sentence": sentence} if path else sentence
