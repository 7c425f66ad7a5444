"""The words that all exports share: levels, counts, the stand on the staircase, and people's own text without its marks."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from html.parser import HTMLParser
from itertools import groupby
from urllib.parse import urlsplit

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.portfolio.published import Portfolio, ShownEvidence, ShownProject, ShownSkill, StepProgress
from roadmap.progress.levels import Level
from roadmap.web.markdown import render

# The strongest first: the order in which every export tells them.
LEVELS: tuple[Level, ...] = ("confirmed", "shown", "claimed")
# What turns the direction of everything that follows it, or cannot be seen at all.
_TRICKS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200B, 0x200E, 0x200F, 0x2060, 0x61C, 0xAD, 0xFEFF])
# Control characters, surrogates, what Unicode has not assigned or leaves to private use, separators of lines and paragraphs.
_UNSEEN = {"Cc", "Cs", "Cn", "Co", "Zl", "Zp"}
_SPACES = re.compile(r"\s+")
_SIGNS = re.compile(r"[\\`*_\[\]<>#|~&$]")
_AT_START = re.compile(r"^(\d+)([.)])(?=\s|$)|^([-+=])")
# What GitHub makes into a link, a person or a picture by itself.
_BY_ITSELF = re.compile(r"(?<=\w)(://)|(?<=www)(\.)|(@)(?=\w)|(:)(?=[\w+-]+:)", re.IGNORECASE)


def tidy(text: str) -> str:
    """`text` without control characters, without what turns its direction, and fit for XML; its lines stay."""
    text = unicodedata.normalize("NFC", text).translate(_TRICKS)
    return "".join(sign if sign == "\n" or unicodedata.category(sign) not in _UNSEEN else " " for sign in text)


def plain(text: str) -> str:
    """`text` on one line, tidy."""
    return _SPACES.sub(" ", tidy(text)).strip()


def escape_markdown(text: str) -> str:
    """`text` on one line, so that GitHub shows it as it is: no mark, no markup, no link, no mention."""
    text = _SIGNS.sub(r"\\\g<0>", plain(text))
    text = _AT_START.sub(lambda found: f"{found[1]}\\{found[2]}" if found[1] else f"\\{found[3]}", text)
    return _BY_ITSELF.sub(lambda found: "".join(f"&#{ord(sign)};" for sign in found[0]), text)


def shorten(text: str, longest: int) -> str:
    """`text` on one line of at most `longest` characters, cut between words where there are any."""
    text = plain(text)
    if len(text) <= longest:
        return text
    start = text[: longest - 1]
    words = start.rsplit(" ", 1)[0]
    return (words if len(words) > longest // 2 else start).rstrip(" ,;:.–-") + "…"


class _Prose(HTMLParser):
    blocks = frozenset({"p", "li", "pre", "h3", "h4", "blockquote", "tr", "hr", "ul", "ol"})

    def __init__(self) -> None:
        super().__init__()
        self.paragraphs: list[str] = []
        self.lists: list[int | None] = []
        self._mark = ""
        self._held: list[str] = []

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        if tag in self.blocks:
            self.end()
        if tag in ("ul", "ol"):
            self.lists.append(int(dict(attrs).get("start") or 1) if tag == "ol" else None)
        elif tag == "li" and self.lists:
            number = self.lists[-1]
            self._mark = "• " if number is None else f"{number}. "
            if number is not None:
                self.lists[-1] = number + 1
        elif tag in ("br", "td", "th"):
            self._held.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.blocks:
            self.end()
        if tag in ("ul", "ol") and self.lists:
            self.lists.pop()

    def handle_data(self, data: str) -> None:
        self._held.append(data)

    def end(self) -> None:
        if text := plain("".join(self._held)):
            self.paragraphs.append(self._mark + text)
            self._mark = ""
        self._held = []


def prose(markdown: str) -> list[str]:
    """The paragraphs of a Markdown text without its marks; an item of a list begins with its bullet or number."""
    reader = _Prose()
    reader.feed(render(markdown))
    reader.close()
    reader.end()
    return reader.paragraphs


def level_of(skill: ShownSkill) -> str:
    """How well a skill is backed, in words: a claim never reads like a confirmation."""
    if skill.level == "confirmed":
        by = plain(skill.confirmed_by)
        return _("Confirmed by %(mentor)s") % {"mentor": by} if by else _("Confirmed by a mentor")
    return {"shown": _("Shown in code"), "claimed": _("Claimed")}[skill.level]


def level_since(skill: ShownSkill) -> str:
    """“Confirmed by Jonas Weber, 2 November 2026”: a mentor’s word has its day beside it; the others stand alone."""
    if skill.level != "confirmed":
        return level_of(skill)
    return _("%(level)s, %(day)s") % {"level": level_of(skill), "day": day(skill.since)}


def confirmed_by(skill: ShownSkill) -> str:
    """“Jonas Weber, 2 November 2026”; the day alone where no name is known."""
    by = plain(skill.confirmed_by)
    return _("%(mentor)s, %(day)s") % {"mentor": by, "day": day(skill.since)} if by else day(skill.since)


def level_name(level: Level) -> str:
    """A level as a heading."""
    return {"confirmed": _("Confirmed by a mentor"), "shown": _("Shown in code"), "claimed": _("Claimed")}[level]


def level_means(level: Level) -> str:
    """What a level says, and what it does not."""
    return {
        "confirmed": _("A mentor read the work and put a name to it."),
        "shown": _("Found in the code of a repository, with file and line."),
        "claimed": _("On the learner’s own word."),
    }[level]


def count_of(level: Level, number: int) -> str:
    """“7 skills confirmed”."""
    if level == "confirmed":
        return ngettext("%(number)d skill confirmed", "%(number)d skills confirmed", number) % {"number": number}
    if level == "shown":
        return ngettext("%(number)d skill shown in code", "%(number)d skills shown in code", number) % {"number": number}
    return ngettext("%(number)d skill claimed", "%(number)d skills claimed", number) % {"number": number}


def counts(portfolio: Portfolio) -> list[str]:
    """How many skills stand on each level, the strongest first, and how many projects there are; nothing of what there is none of."""
    said = [count_of(level, number) for level in LEVELS if (number := portfolio.count(level))]
    if number := len(portfolio.projects):
        said.append(ngettext("%(number)d project", "%(number)d projects", number) % {"number": number})
    return said


def stand(portfolio: Portfolio) -> str:
    """“Step 3 of 8”: the first step with something to do; empty when progress is not shared."""
    if not portfolio.steps:
        return ""
    step = current_step(portfolio)
    total = len(portfolio.steps)
    return (
        _("Step %(number)d of %(total)d") % {"number": step.number, "total": total} if step else _("All %(total)d steps") % {"total": total}
    )


def current_step(portfolio: Portfolio) -> StepProgress | None:
    """The first step with something to do, None when there is none."""
    return next((step for step in portfolio.steps if step.total and not step.is_complete), None)


def skills_on(portfolio: Portfolio, level: Level) -> list[ShownSkill]:
    """The skills of one level, from the bottom of the staircase up."""
    return sorted((skill for skill in portfolio.skills if skill.level == level), key=lambda skill: skill.stage_number)


def by_step(skills: Iterable[ShownSkill]) -> list[tuple[str, list[ShownSkill]]]:
    """Skills in groups, by the short name of their step, from the bottom of the staircase up."""
    ordered = sorted(skills, key=lambda skill: skill.stage_number)
    return [
        (plain(group[0].stage_short), group)
        for _number, each in groupby(ordered, key=lambda skill: skill.stage_number)
        if (group := list(each))
    ]


def step_of(skill: ShownSkill) -> str:
    """“Step 3, Python”."""
    return _("Step %(number)d, %(name)s") % {"number": skill.stage_number, "name": plain(skill.stage_short)}


def place_of(evidence: ShownEvidence) -> str:
    """“forecast.ipynb, cell 4, line 2”."""
    path = plain(evidence.path)
    if evidence.cell:
        return _("%(path)s, cell %(cell)d, line %(line)d") % {"path": path, "cell": evidence.cell, "line": evidence.line}
    return _("%(path)s, line %(line)d") % {"path": path, "line": evidence.line}


def facts_of(project: ShownProject) -> list[str]:
    """What there is to know of a project besides its words: languages, licence, when it was finished or last worked on."""
    said = []
    if project.languages:
        said.append(", ".join(plain(language) for language in project.languages[:5]))
    if project.licence:
        said.append(_("%(name)s licence") % {"name": plain(project.licence)})
    if project.finished_at:
        said.append(_("finished %(day)s") % {"day": day(project.finished_at)})
    elif project.committed_at:
        said.append(_("last commit %(day)s") % {"day": day(project.committed_at)})
    return said


def links_of(project: ShownProject) -> list[tuple[str, str]]:
    """(word, address) of everything that a project leads to."""
    code = _("Code on GitHub") if project.repository else _("Where it is")
    links = [
        (code, project.url),
        (_("Demo"), project.demo_url),
        (_("Write-up"), project.writeup_url),
        (_("LinkedIn post"), project.post_url),
    ]
    return [(word, address) for word, url in links if (address := web_address(url))]


def contacts_of(portfolio: Portfolio) -> list[tuple[str, str]]:
    """(word, address) of the ways to reach somebody that they have chosen to share."""
    links = []
    if email := email_of(portfolio):
        links.append((email, f"mailto:{email}"))
    if github := github_of(portfolio):
        links.append((without_scheme(github), github))
    for url in (portfolio.linkedin_url, portfolio.website_url):
        if address := web_address(url):
            links.append((without_scheme(address), address))
    return links


def email_of(portfolio: Portfolio) -> str:
    """The address that somebody shares; empty when it could be more than an address."""
    return portfolio.email if re.fullmatch(r"[^\s@<>\"'(),:;?&\\]+@[^\s@<>\"'(),:;?&\\]+", portfolio.email) else ""


def github_of(portfolio: Portfolio) -> str:
    """The address of somebody's profile on GitHub; empty when the name could not be one."""
    return f"https://github.com/{portfolio.github}" if re.fullmatch(r"[A-Za-z0-9-]{1,39}", portfolio.github) else ""


def web_address(url: str) -> str:
    """`url` if it leads to the web, else nothing: no export links to anything that runs."""
    url = plain(url)
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.netloc and not re.search(r"[\s<>\"'`\\]", url) else ""


def without_scheme(address: str) -> str:
    """An address as one reads it."""
    return re.sub(r"^https?://(www\.)?", "", address).rstrip("/")


def part_of(portfolio: Portfolio, path: str) -> str:
    """The address of something that belongs to a portfolio."""
    return f"{portfolio.address.rstrip('/')}/{path}"


def name_of(portfolio: Portfolio) -> str:
    """The name that somebody goes by; who has none goes by the handle."""
    return plain(portfolio.name) or portfolio.handle


def day(moment: datetime) -> str:
    """“19 November 2026”."""
    return date_format(moment, "DATE_FORMAT")
