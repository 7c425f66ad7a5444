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
    "not-an-archive": _lazy("What GitHub sent can’t be unpacked. Read it again in a while."),
    "cut-off": _lazy("What GitHub sent breaks off in the middle. Read it again in a while."),
    "timeout": _lazy("GitHub didn’t answer in time, in several tries over a day. Read it again when it does."),
    "connection": _lazy("GitHub couldn’t be reached, in several tries over a day. Read it again when it can."),
    "server": _lazy("GitHub had troubles of its own, in several tries over a day. Read it again when they’re over."),
}
_ANY_TROUBLE = _lazy("GitHub’s answer made no sense to us. That isn’t your fault; read it again in a while.")

REMARKS = {
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
