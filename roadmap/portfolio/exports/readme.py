"""The README of somebody's profile repository, in GitHub's Markdown."""

import re

from django.utils.translation import gettext as _

from roadmap.portfolio.published import Portfolio, ShownProject, ShownSkill

from . import badge
from .words import (
    LEVELS,
    by_step,
    confirmed_by,
    contacts_of,
    day,
    escape_markdown,
    facts_of,
    level_means,
    level_name,
    links_of,
    name_of,
    part_of,
    plain,
    prose,
    shorten,
    skills_on,
    web_address,
)

# Projects that a README lists, and characters of an answer; the rest is on the portfolio.
_PROJECTS, _ANSWER = 12, 280


def readme(portfolio: Portfolio) -> str:
    """A README.md: the badge, who this is, projects, skills with how well they are backed."""
    name = name_of(portfolio)
    parts = [f"# {escape_markdown(name)}", badge.markdown_snippet(portfolio)]
    if portfolio.headline:
        parts.append(f"**{escape_markdown(portfolio.headline)}**")
    if paragraphs := prose(portfolio.about):
        parts.append(_text(paragraphs))
    parts += _about(portfolio)
    if portfolio.projects:
        parts.append(f"## {_('Projects')}")
        parts += [_project(project, portfolio) for project in portfolio.projects[:_PROJECTS]]
        if (more := len(portfolio.projects) - _PROJECTS) > 0:
            parts.append(f"[{_('%(number)d more on my portfolio') % {'number': more}}]({portfolio.address})")
    if portfolio.skills:
        parts.append(f"## {_('Skills')}")
        for level in LEVELS:
            if skills := skills_on(portfolio, level):
                parts += [f"### {level_name(level)}", escape_markdown(level_means(level)), _skills(skills)]
    parts.append(
        f"---\n\n{_('As of %(day)s. The living version is at') % {'day': day(portfolio.changed_at)}} [Staircase]({portfolio.address})."
    )
    return "\n\n".join(parts) + "\n"


def _text(paragraphs: list[str]) -> str:
    """Paragraphs apart, items of a list together."""
    lines = [_paragraph(each) for each in paragraphs]
    is_item = [line != escape_markdown(each) for line, each in zip(lines, paragraphs, strict=True)]
    apart = ["" if not place else "\n" if is_item[place] and is_item[place - 1] else "\n\n" for place in range(len(lines))]
    return "".join(gap + line for gap, line in zip(apart, lines, strict=True))


def _paragraph(text: str) -> str:
    if text.startswith("• "):
        return f"- {escape_markdown(text[2:])}"
    if numbered := re.match(r"(\d+)\. (.*)", text, re.DOTALL):
        return f"{numbered[1]}. {escape_markdown(numbered[2])}"
    return escape_markdown(text)


def _about(portfolio: Portfolio) -> list[str]:
    said = [
        f"- {word}: {escape_markdown(value)}"
        for word, value in ((_("Based in"), portfolio.place), (_("Open to"), portfolio.open_to))
        if plain(value)
    ]
    said += [f"- [{escape_markdown(word)}]({_target(address)})" for word, address in contacts_of(portfolio)]
    return ["\n".join(said)] if said else []


def _project(project: ShownProject, portfolio: Portfolio) -> str:
    address = web_address(project.url) or part_of(portfolio, f"projects/{project.slug}/")
    lines = [f"### [{escape_markdown(project.title)}]({_target(address)})"]
    if project.summary:
        lines.append(escape_markdown(project.summary))
    answers = [
        f"- **{escape_markdown(question)}** {escape_markdown(shorten(' '.join(prose(answer)), _ANSWER))}"
        for question, answer in project.answers
    ]
    if answers:
        lines.append("\n".join(answers))
    facts = [escape_markdown(fact) for fact in facts_of(project)]
    facts += [f"[{word}]({_target(link)})" for word, link in links_of(project) if link != address]
    if project.evidence:
        shown = ", ".join(f"[{escape_markdown(found.title)}]({_target(found.url)})" for found in project.evidence if web_address(found.url))
        lines.append(_("Shows %(skills)s") % {"skills": shown})
    if facts:
        lines.append(" · ".join(facts))
    return "\n\n".join(lines)


def _skills(skills: list[ShownSkill]) -> str:
    return "\n".join(f"- **{escape_markdown(step)}**: {', '.join(map(_skill, group))}" for step, group in by_step(skills))


def _skill(skill: ShownSkill) -> str:
    by = f" ({escape_markdown(confirmed_by(skill))})" if skill.level == "confirmed" else ""
    return f"{escape_markdown(skill.title)}{by}"


def _target(address: str) -> str:
    """An address as the target of a link: no sign of it can end the target."""
    return address.replace("(", "%28").replace(")", "%29")
