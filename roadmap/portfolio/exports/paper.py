"""The portfolio on paper: a PDF of one or two pages for most people, with text that can be selected and links that lead somewhere.

It is set line by line in the product's own fonts. Nothing is fetched, nothing of it is rendered from HTML.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, cast

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import TTFFont
from fpdf.prefs import ViewerPreferences

from roadmap.portfolio.drawing import RISE, WIDTH, Drawing, staircase
from roadmap.portfolio.published import Portfolio, ShownProject, ShownSkill
from roadmap.progress.levels import Level

from . import palette
from .letters import Letters, body_letters
from .palette import colour
from .words import (
    LEVELS,
    by_step,
    contacts_of,
    counts,
    day,
    facts_of,
    level_means,
    level_name,
    links_of,
    name_of,
    part_of,
    place_of,
    plain,
    prose,
    shorten,
    skills_on,
    stand,
    web_address,
    without_scheme,
)

Paper = Literal["a4", "letter"]
PAPERS: tuple[Paper, ...] = ("a4", "letter")

MOST_PAGES = 20
# Characters of people's own text: the whole of it is on the portfolio.
_NAME, _HEADLINE, _ABOUT, _TITLE, _SUMMARY, _ANSWER, _SKILL, _SHORT = 90, 240, 1200, 120, 600, 420, 160, 80
_EVIDENCE = 8

# Millimetres.
_MARGIN, _FOOT, _GUTTER, _SEAL = 18.0, 16.0, 8.0, 3.1
# Millimetres in a point.
_POINT = 25.4 / 72


def paper(portfolio: Portfolio, *, paper: Paper = "a4") -> bytes:
    """A PDF of at most `MOST_PAGES` pages; the same portfolio gives the same bytes."""
    # Set twice: what stands at the foot of the first page is known at the end of the last.
    with _sheet(portfolio, paper, _Foot(portfolio)) as rehearsal:
        foot = _Foot(portfolio, pages=rehearsal.pdf.pages_count, is_whole=rehearsal.is_whole)
    with _sheet(portfolio, paper, foot) as sheet:
        return bytes(sheet.pdf.output())


@contextmanager
def _sheet(portfolio: Portfolio, paper: Paper, foot: "_Foot") -> Iterator["_Sheet"]:
    """A portfolio that has been set. The files of its fonts are open until here: fpdf2 leaves them to the garbage."""
    sheet = _Sheet(portfolio, paper, foot)
    try:
        sheet.set()
        yield sheet
    finally:
        for font in sheet.pdf.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()


@dataclass(frozen=True)
class _Foot:
    """Where the paper comes from, what could not be set, and the number of a page of several."""

    portfolio: Portfolio
    pages: int = 1
    is_whole: bool = True

    def draw(self, pdf: FPDF) -> None:
        """Sets the foot of the page that is at hand."""
        pdf.set_xy(_MARGIN, -_FOOT)
        pdf.set_draw_color(colour("line"))
        pdf.set_line_width(0.2)
        pdf.line(_MARGIN, pdf.y - 1.5, pdf.w - _MARGIN, pdf.y - 1.5)
        pdf.set_font("body", "", 8)
        pdf.set_text_color(colour("ink-2"))
        said = _("Made with Staircase on %(day)s. The living version: ") % {"day": day(self.portfolio.changed_at)}
        pdf.cell(pdf.get_string_width(said), 4, said)
        pdf.set_text_color(colour("clay"))
        where = shorten(without_scheme(self.portfolio.address), 50)
        pdf.cell(pdf.get_string_width(where), 4, where, link=self.portfolio.address)
        pdf.set_text_color(colour("ink-2"))
        if self.pages > 1:
            pdf.set_x(-_MARGIN - 40)
            pdf.cell(40, 4, _("Page %(number)d of %(total)d") % {"number": pdf.page_no(), "total": self.pages}, align="R")
        if pdf.page_no() == 1 and not self.is_whole:
            pdf.set_xy(_MARGIN, 4 - _FOOT)
            pdf.cell(0, 4, _("Some words are written in Latin letters here, or left out. The living version has them as they are."))


class _Pages(FPDF):
    def __init__(self, paper: Paper, foot: _Foot) -> None:
        super().__init__(format=paper)
        self.foot = foot

    def footer(self) -> None:
        self.foot.draw(self)


class _Sheet:
    """A portfolio that is being set: what has been said stands above, `pdf.y` is where it goes on."""

    def __init__(self, portfolio: Portfolio, paper: Paper, foot: _Foot) -> None:
        self.portfolio = portfolio
        self.letters = body_letters()
        self.display = Letters(palette.DISPLAY)
        self.pdf: FPDF = _Pages(paper, foot)
        self.pdf.set_margins(_MARGIN, _MARGIN)
        self.pdf.set_auto_page_break(True, _FOOT + 4)
        self.pdf.c_margin = 0
        self.pdf.add_font("display", fname=palette.DISPLAY)
        self.pdf.add_font("body", fname=palette.BODY)
        self.pdf.add_font("body", style="B", fname=palette.STRONG)
        name = name_of(portfolio)
        self.pdf.set_title(_("%(name)s: portfolio") % {"name": name})
        self.pdf.set_author(name)
        self.pdf.set_subject(shorten(portfolio.headline, _HEADLINE) or _("Skills and projects in machine learning"))
        self.pdf.set_keywords(", ".join(shorten(skill.title, _SHORT) for skill in portfolio.skills[:40]))
        self.pdf.set_creator("Staircase")
        self.pdf.set_lang("en")
        self.pdf.set_creation_date(portfolio.changed_at)
        self.pdf.viewer_preferences = ViewerPreferences(display_doc_title=True)

    def set(self) -> None:
        """Sets the whole of it."""
        self.pdf.add_page()
        self._head()
        self._about()
        self._skills()
        self._projects()
        self._progress()

    @property
    def is_whole(self) -> bool:
        """Whether everything could be set as it is written."""
        return self.letters.is_whole and self.display.is_whole

    # --- What it says -----------------------------------------------------------------------------------------------

    def _head(self) -> None:
        """The wall: who this is, how to reach them, and their staircase."""
        portfolio, pdf = self.portfolio, self.pdf
        drawing = staircase(portfolio.steps)
        art = 62.0 if portfolio.steps else 0.0
        wide = pdf.epw - (art + _GUTTER if art else 0)
        name = self.display.name(shorten(name_of(portfolio), _NAME), otherwise=portfolio.handle)
        headline = self.letters(shorten(portfolio.headline, _HEADLINE))
        facts = [
            (word, value)
            for word, text in ((_("Based in"), portfolio.place), (_("Open to"), portfolio.open_to))
            if (value := self.letters(shorten(text, 160)))
        ]
        links = [*contacts_of(portfolio), (without_scheme(portfolio.address), portfolio.address)]

        # The wall is as high as its words: set once to measure, once for good.
        with pdf.offset_rendering() as rehearsal:
            self._words_of_the_head(cast(FPDF, rehearsal), name, headline, facts, links, wide)
            height = rehearsal.y + 7
        height = max(height, _MARGIN - 6 + art * RISE * len(portfolio.steps) / WIDTH + 6)
        self._rectangle("wall", 0, 0, pdf.w, height)
        self._words_of_the_head(pdf, name, headline, facts, links, wide)
        if art:
            self._staircase(drawing, pdf.w - _MARGIN - art, height, art)
        pdf.set_y(height + 7)

    def _words_of_the_head(
        self, pdf: FPDF, name: str, headline: str, facts: list[tuple[str, str]], links: list[tuple[str, str]], wide: float
    ) -> None:
        pdf.set_y(_MARGIN - 4)
        size = next((size for size in (30, 26, 22) if self._width("display", "", size, name) <= wide), 19)
        with self._on(pdf):
            pdf.start_section(name)
            self._block(name, size, family="display", width=wide, leading=1.06)
            if headline:
                pdf.ln(2)
                self._block(headline, 11, width=wide)
            if facts:
                pdf.ln(2)
            for word, value in facts:
                self._run([(f"{word}  ", "ink-2", "", ""), (value, "ink", "B", "")], 9.5, width=wide)
            pdf.ln(2)
            runs: list[tuple[str, str, str, str]] = []
            for word, address in links:
                runs += [("  ·  ", "ink-2", "", "")] if runs else []
                runs.append((self.letters(shorten(word, 60)), "clay", "", address))
            self._run(runs, 9.5, width=wide)

    def _about(self) -> None:
        """What somebody says about themselves."""
        left = _ABOUT
        for paragraph in prose(self.portfolio.about):
            if left <= 40:
                break
            text = self.letters(shorten(paragraph, left))
            if item := re.match(r"(•|\d+\.) (.+)", text):
                self._font(10.5)
                self.pdf.cell(5, 10.5 * _POINT * 1.34, item[1])
                self._block(item[2], 10.5, width=self.pdf.epw - 5, after=0.6)
            else:
                self._block(text, 10.5, after=1.6)
            left -= len(paragraph)

    def _skills(self) -> None:
        """Skills by how well they are backed; who confirmed one and which project shows it stand beside it."""
        portfolio = self.portfolio
        if not portfolio.skills:
            return
        self._heading(_("Skills"), aside=" · ".join(each for each in [stand(portfolio), *counts(portfolio)] if each))
        for level in LEVELS:
            if skills := skills_on(portfolio, level):
                self._level(level, skills)

    def _level(self, level: Level, skills: list[ShownSkill]) -> None:
        self._keep_together(20)
        pdf = self.pdf
        self._seal(level, _MARGIN, pdf.y + 0.75)
        pdf.set_x(_MARGIN + _SEAL + 1.8)
        self._run([(f"{level_name(level)}  ", "ink", "B", ""), (level_means(level), "ink-2", "", "")], 10, indent=_SEAL + 1.8)
        pdf.ln(1)
        if level == "claimed":
            for step, group in by_step(skills):
                self._keep_together(9)
                listed = "; ".join(self.letters(shorten(skill.title, _SKILL)) for skill in group)
                self._run([(f"{self.letters(shorten(step, _SHORT))}  ", "ink", "B", ""), (listed, "ink", "", "")], 9.5, indent=_SEAL + 1.8)
                pdf.ln(0.8)
        else:
            self._columns([self._skill(skill) for skill in skills])
        pdf.ln(2.5)

    def _skill(self, skill: ShownSkill) -> tuple[str, str]:
        """A skill's two lines: what it is, and on whose word."""
        step = self.letters(f"{skill.stage_number}. {shorten(skill.stage_short, _SHORT)}")
        if skill.level == "confirmed" and plain(skill.confirmed_by):
            mentor = self.letters(shorten(skill.confirmed_by, 60))
            backed = _("confirmed by %(mentor)s, %(day)s") % {"mentor": mentor, "day": day(skill.since)}
        else:
            titles = self.portfolio.titles()
            named = ", ".join(self.letters(shorten(titles[slug], 60)) for slug in skill.projects[:2] if slug in titles)
            backed = _("shown in %(projects)s") % {"projects": named} if named else _("shown in code")
        return self.letters(shorten(skill.title, _SKILL)), f"{step} · {backed}"

    def _projects(self) -> None:
        """Each project with what it is, what came of it, and what its code shows."""
        projects = self.portfolio.projects
        if not projects:
            return
        self._heading(_("Projects"))
        for number, project in enumerate(projects):
            # A project is less than a page; one page is kept for the steps and the end.
            if self.pdf.page_no() >= MOST_PAGES - 2:
                left = _("%(number)d more projects are on the portfolio.") % {"number": len(projects) - number}
                self._run([(left, "clay", "", self.portfolio.address)], 9.5)
                return
            self._project(project)

    def _project(self, project: ShownProject) -> None:
        self._keep_together(30)
        pdf = self.pdf
        page = part_of(self.portfolio, f"projects/{project.slug}/")
        title = self.display(shorten(project.title, _TITLE)) or _("Untitled")
        pdf.start_section(title, level=1)
        self._block(title, 12, family="display", link=web_address(project.url) or page)
        pdf.ln(0.6)
        if facts := [self.letters(shorten(fact, 120)) for fact in facts_of(project)]:
            self._block(" · ".join(facts), 9, ink="ink-2")
        if summary := self.letters(shorten(project.summary, _SUMMARY)):
            pdf.ln(0.6)
            self._block(summary, 10)
        for question, answer in project.answers:
            told = " ".join(prose(answer))
            runs = [(f"{self.letters(shorten(question, 160))}  ", "ink", "B", ""), (self.letters(shorten(told, _ANSWER)), "ink", "", "")]
            if len(told) > _ANSWER:
                runs.append((f" {_('Read on')}", "clay", "", page))
            pdf.ln(0.6)
            self._run(runs, 9.5)
        pdf.ln(0.6)
        self._links(project)
        pdf.ln(3.6)

    def _links(self, project: ShownProject) -> None:
        if found := [evidence for evidence in project.evidence if web_address(evidence.url)]:
            runs = [(f"{_('In the code')}  ", "ink-2", "", "")]
            for number, evidence in enumerate(found[:_EVIDENCE]):
                said = f"{self.letters(shorten(evidence.title, _TITLE))} ({self.letters(shorten(place_of(evidence), _TITLE))})"
                runs += [("; ", "ink-2", "", "")] if number else []
                runs.append((said, "clay", "", web_address(evidence.url)))
            if (more := len(found) - _EVIDENCE) > 0:
                runs.append((_("; and %(number)d more") % {"number": more}, "ink-2", "", ""))
            self._run(runs, 9)
        runs = []
        for word, address in links_of(project):
            runs += [("  ·  ", "ink-2", "", "")] if runs else []
            # The word and its address stay on one line.
            said = f"{word}: {self.letters(shorten(without_scheme(address), _SHORT))}".replace(" ", "\u00a0")
            runs.append((said, "clay", "", address))
        self._run(runs, 9)

    def _progress(self) -> None:
        """The steps, and how far each is climbed."""
        steps = self.portfolio.steps
        if not steps:
            return
        done, total = sum(step.done for step in steps), sum(step.total for step in steps)
        self._heading(
            _("All steps"), aside=_("%(done)d of %(total)d skills done") % {"done": done, "total": total}, needs=12 + 5.4 * len(steps)
        )
        pdf = self.pdf
        for step in steps:
            self._font(9.5, "B")
            pdf.cell(pdf.epw - 62, 5.4, f"{step.number}. {self._fitting(step.title, pdf.epw - 70, 9.5, 'B')}")
            self._font(9.5)
            pdf.cell(34, 5.4, _("%(done)d of %(total)d done") % {"done": step.done, "total": step.total}, align="R")
            said = (
                ngettext("%(number)d confirmed", "%(number)d confirmed", step.confirmed) % {"number": step.confirmed}
                if step.confirmed
                else ""
            )
            pdf.cell(28, 5.4, said, align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
            self._line("line", pdf.y)
        pdf.ln(3)

    # --- How it is set ----------------------------------------------------------------------------------------------

    @contextmanager
    def _on(self, pdf: FPDF) -> Iterator[None]:
        """Sets on another sheet for a while: on one that only measures."""
        own, self.pdf = self.pdf, pdf
        yield
        self.pdf = own

    def _font(self, size: float, style: Literal["", "B"] = "", *, family: str = "body", ink: str = "ink") -> None:
        self.pdf.set_font(family, style, size)
        self.pdf.set_text_color(colour(ink))

    def _width(self, family: str, style: Literal["", "B"], size: float, text: str) -> float:
        self.pdf.set_font(family, style, size)
        return float(self.pdf.get_string_width(text))

    def _fitting(self, text: str, width: float, size: float, style: Literal["", "B"]) -> str:
        """`text` in the fonts' letters, cut to one line of `width`."""
        text = self.letters(shorten(text, 160))
        while text and self._width("body", style, size, text) > width:
            text = shorten(text[:-1], max(len(text) - 3, 2))
        return text

    def _block(
        self,
        text: str,
        size: float,
        *,
        family: str = "body",
        ink: str = "ink",
        width: float | None = None,
        leading: float = 1.34,
        link: str = "",
        after: float = 0,
    ) -> None:
        """A paragraph in one font."""
        self._font(size, family=family, ink=ink)
        self.pdf.multi_cell(width or self.pdf.epw, size * _POINT * leading, text, align="L", link=link, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        if after:
            self.pdf.ln(after)

    def _run(self, runs: Sequence[tuple[str, str, str, str]], size: float, *, width: float | None = None, indent: float = 0) -> None:
        """A paragraph of (text, ink, style, link), set on from one another."""
        if not runs:
            return
        pdf, high = self.pdf, size * _POINT * 1.38
        long = sum(self._width("body", "B" if style else "", size, text) for text, _ink, style, _link in runs)
        if (lines := int(long / ((width or pdf.epw) - indent)) + 1) <= 6:
            self._keep_together(lines * high)
        pdf.set_left_margin(_MARGIN + indent)
        pdf.set_right_margin(pdf.w - _MARGIN - width if width else _MARGIN)
        pdf.set_x(_MARGIN + indent)
        for text, ink, style, link in runs:
            self._font(size, "B" if style else "", ink=ink)
            # An address that fits on a line is not broken over two.
            if link and " " not in text and pdf.get_string_width(text) > pdf.w - pdf.r_margin - pdf.x:
                pdf.ln(high)
            pdf.write(high, text, link=link)
        pdf.ln(high)
        pdf.set_margins(_MARGIN, _MARGIN)
        pdf.set_x(_MARGIN)

    def _columns(self, entries: list[tuple[str, str]]) -> None:
        """Entries of two lines in two columns, read row by row."""
        pdf, indent = self.pdf, _SEAL + 1.8
        wide = (pdf.epw - indent - _GUTTER) / 2
        for left, right in zip(entries[::2], [*entries[1::2], None], strict=False):
            self._keep_together(18)
            top, page, lowest = pdf.y, pdf.page, pdf.y
            for column, entry in enumerate((left, right)):
                if entry is None:
                    continue
                for text, size, ink in ((entry[0], 9.5, "ink"), (entry[1], 8.5, "ink-2")):
                    pdf.set_x(_MARGIN + indent + column * (wide + _GUTTER))
                    self._font(size, ink=ink)
                    pdf.multi_cell(wide, size * _POINT * 1.28, text, align="L", new_x=XPos.LEFT, new_y=YPos.NEXT)
                lowest = max(lowest, pdf.y)
                pdf.page, pdf.y = page, top
            pdf.set_xy(_MARGIN, lowest + 1.3)

    def _heading(self, text: str, *, aside: str = "", needs: float = 40) -> None:
        """A section hangs from its tread."""
        pdf = self.pdf
        pdf.ln(3)
        self._keep_together(needs)
        self._rectangle("ink", _MARGIN, pdf.y, pdf.epw, 0.9)
        pdf.ln(2.8)
        pdf.start_section(text)
        self._font(14, family="display")
        pdf.cell(pdf.get_string_width(text) + 4, 7, text)
        self._font(9, ink="ink-2")
        pdf.cell(0, 7.6, aside, align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        pdf.ln(1.6)

    def _keep_together(self, height: float) -> None:
        """Begins a new page where less than `height` is left of this one."""
        if self.pdf.will_page_break(height):
            self.pdf.add_page()

    def _rectangle(self, token: str, x: float, y: float, width: float, height: float) -> None:
        self.pdf.set_fill_color(colour(token))
        self.pdf.rect(x, y, width, height, style="F")

    def _line(self, token: str, y: float) -> None:
        self.pdf.set_draw_color(colour(token))
        self.pdf.set_line_width(0.2)
        self.pdf.line(_MARGIN, y, self.pdf.w - _MARGIN, y)

    def _seal(self, level: Level, x: float, y: float) -> None:
        """A level's shape: filled with a tick, outlined with a tick, an empty outline."""
        pdf, confirmed = self.pdf, level == "confirmed"
        pdf.set_line_width(0.35)
        pdf.set_draw_color(colour("line-strong" if level == "claimed" else "done"))
        pdf.set_fill_color(colour("done"))
        pdf.rect(x, y, _SEAL, _SEAL, style="FD" if confirmed else "D")
        if level != "claimed":
            pdf.set_draw_color(colour("on-done" if confirmed else "done"))
            pdf.set_line_width(0.45)
            pdf.polyline([(x + 0.7, y + 1.6), (x + 1.35, y + 2.3), (x + 2.45, y + 0.9)])

    def _staircase(self, drawing: Drawing, x: float, floor: float, width: float) -> None:
        """The small staircase, standing on `floor`."""
        pdf, scale = self.pdf, width / drawing.width
        top = floor - drawing.height * scale
        now = next((step for step in drawing.steps if not step.is_done), None)
        pdf.set_line_width(0.12)
        for step in drawing.steps:
            face = "done" if step.is_done else "sun-tint" if step is now else "wall-2"
            self._rectangle(face, x + step.x * scale, top + step.y * scale, step.width * scale, RISE * scale + 0.05)
            for block in step.blocks:
                left, up, wide = x + float(block.x) * scale, top + float(block.y) * scale, float(block.width) * scale
                is_done = block.state == "done"
                pdf.set_draw_color(colour("done-lit" if step.is_done else "done" if is_done else "line-strong"))
                pdf.set_fill_color(colour("done-lit" if is_done and step.is_done else "done" if is_done else "surface"))
                pdf.rect(left, up, wide, 8 * scale, style="FD")
                if block.state == "skipped":
                    pdf.set_draw_color(colour("line-strong"))
                    pdf.line(left + wide / 3, up + 8 * scale, left + wide * 2 / 3, up)
                if block.state == "learning":
                    self._rectangle("sun", left + 0.1, up + 4 * scale, wide - 0.2, 4 * scale - 0.1)
