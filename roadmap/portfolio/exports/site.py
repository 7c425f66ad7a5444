"""A website of plain files for somebody to host themselves: it needs no server, no script and no other site."""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.template.loader import render_to_string
from django.utils.text import slugify
from django.utils.translation import gettext as _

from roadmap.portfolio.drawing import staircase
from roadmap.portfolio.published import Portfolio, ShownEvidence, ShownProject, ShownSkill
from roadmap.portfolio.seen import in_words
from roadmap.progress.levels import Level
from roadmap.web.markdown import render

from .badge import badge
from .badge import title as badge_title
from .palette import static_file
from .paper import paper
from .picture import picture
from .resume import resume
from .stylesheet import used_rules
from .words import (
    LEVELS,
    contacts_of,
    count_of,
    day,
    facts_of,
    level_means,
    level_name,
    level_of,
    level_since,
    links_of,
    name_of,
    place_of,
    plain,
    skills_on,
    step_of,
    tidy,
    web_address,
    without_scheme,
)

_FONTS = (
    *("archivo-latin", "archivo-accents", "archivo-latin-ext", "archivo-figures"),
    *("atkinson-next-latin", "atkinson-next-accents", "atkinson-next-latin-ext"),
)
# The first that a ZIP can have: what is the same has the same bytes, whenever it is made.
_ALWAYS = (1980, 1, 1, 0, 0, 0)


def site(portfolio: Portfolio) -> bytes:
    """A ZIP whose files are a website; the same portfolio gives the same bytes."""
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, data in sorted(_files(portfolio).items()):
            entry = ZipInfo(name, _ALWAYS)
            entry.compress_type, entry.create_system, entry.external_attr = ZIP_DEFLATED, 3, 0o644 << 16
            archive.writestr(entry, data)
    return packed.getvalue()


def _files(portfolio: Portfolio) -> dict[str, bytes | str]:
    names = _file_names(portfolio.projects)
    said = _said(portfolio, names)
    pages = {"index.html": render_to_string("exports/index.html", said)}
    for project in said["projects"]:
        pages[project["file"]] = render_to_string("exports/project.html", {**said, "root": "../", "project": project})
    return {
        **pages,
        "style.css": _style(pages.values()),
        "favicon.svg": static_file("img/favicon.svg").read_bytes(),
        "badge.svg": badge(portfolio),
        "picture.png": picture(portfolio),
        "portfolio.pdf": paper(portfolio),
        "resume.json": json.dumps(resume(portfolio), ensure_ascii=False, indent=2) + "\n",
        "README.txt": _how_to_publish(portfolio),
        # Without it GitHub Pages would look for a blog.
        ".nojekyll": "",
        **_fonts(),
    }


def _file_names(projects: Iterable[ShownProject]) -> list[str]:
    """A file for each project: letters, digits and hyphens in one folder, each name once."""
    names: list[str] = []
    for number, project in enumerate(projects, start=1):
        name = f"projects/{slugify(project.slug)[:60] or 'project'}.html"
        names.append(name if name not in names else f"projects/project-{number}.html")
    return names


# --- What the pages say ---------------------------------------------------------------------------------------------


def _said(portfolio: Portfolio, names: list[str]) -> dict[str, Any]:
    backed = {skill.slug: level_since(skill) for skill in portfolio.skills}
    files = {project.slug: {"file": name, "title": plain(project.title)} for project, name in zip(portfolio.projects, names, strict=True)}
    return {
        "root": "",
        "name": name_of(portfolio),
        "headline": plain(portfolio.headline),
        "place": plain(portfolio.place),
        "open_to": plain(portfolio.open_to),
        "contacts": contacts_of(portfolio),
        "about": render(tidy(portfolio.about)),
        "levels": [_level(level, skills, files) for level in LEVELS if (skills := skills_on(portfolio, level))],
        "projects": [_project(project, name, backed) for project, name in zip(portfolio.projects, names, strict=True)],
        "steps": [
            {"number": step.number, "title": plain(step.title), "done": step.done, "total": step.total, "confirmed": step.confirmed}
            for step in portfolio.steps
        ],
        "drawing": staircase(portfolio.steps),
        "done": sum(step.done for step in portfolio.steps),
        "total": sum(step.total for step in portfolio.steps),
        "badge_says": badge_title(portfolio),
        "address": portfolio.address,
        "address_said": without_scheme(portfolio.address),
        "day": day(portfolio.changed_at),
    }


def _level(level: Level, skills: list[ShownSkill], files: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    return {
        "key": level,
        "count": count_of(level, len(skills)),
        "means": level_means(level),
        "skills": [
            {
                "title": plain(skill.title),
                "step": step_of(skill),
                "level": level,
                "backed": level_of(skill),
                "since": day(skill.since),
                "credential": web_address(skill.credential),
                "projects": [files[slug] for slug in skill.projects if slug in files],
            }
            for skill in skills
        ],
    }


def _project(project: ShownProject, name: str, backed: Mapping[str, str]) -> dict[str, Any]:
    return {
        "file": name,
        "title": plain(project.title) or _("Untitled"),
        "summary": plain(project.summary),
        "facts": " · ".join(facts_of(project)),
        "links": links_of(project),
        "answers": [(plain(question), render(tidy(answer))) for question, answer in project.answers],
        "evidence": [_evidence(found, backed) for found in project.evidence],
    }


def _evidence(found: ShownEvidence, backed: Mapping[str, str]) -> dict[str, Any]:
    return {
        "title": plain(found.title),
        "seen": plain(in_words(found.seen)),
        "place": place_of(found),
        "url": web_address(found.url),
        "level": found.level,
        "backed": backed.get(found.skill, level_name(found.level)),
    }


def _how_to_publish(portfolio: Portfolio) -> str:
    owner = portfolio.github or _("your-name")
    address = f"{owner}.github.io"
    lines = [
        _("Your portfolio as a website"),
        "",
        _("Open index.html: this is what others will see. It needs no server and no other site. To publish it on GitHub Pages:"),
        "",
        _("1. On GitHub, make a public repository named %(repository)s.") % {"repository": plain(address)},
        _("2. Choose “Add file”, “Upload files”, and drop everything in this folder onto the page, folders too. Commit."),
        _("3. Under “Settings”, “Pages”, choose “Deploy from a branch”, “main”, “/ (root)”, and save."),
        "",
        _("After a minute or two it is at https://%(address)s/. Every file can be changed; nothing of it leads back to your account.")
        % {"address": plain(address)},
        "",
        _("It says what your portfolio said on %(day)s. What has changed since is at %(portfolio)s.")
        % {"day": day(portfolio.changed_at), "portfolio": portfolio.address},
        _("The fonts are Archivo and Atkinson Hyperlegible Next, under the licence in fonts/."),
    ]
    return "\r\n".join(lines) + "\r\n"


# --- What the pages look like ---------------------------------------------------------------------------------------


def _style(pages: Iterable[str]) -> str:
    """The product's tokens, and those of its rules that the pages use."""
    classes = frozenset(name for page in pages for names in re.findall(r'\sclass="([^"]*)"', page) for name in names.split())
    return _style_for(classes)


@cache
def _style_for(classes: frozenset[str]) -> str:
    tokens = static_file("css/tokens.css").read_text().replace("../fonts/", "fonts/")
    rules = used_rules(static_file("css/staircase.css").read_text(), classes)
    # Words of any length: nobody is there to look at the page before others do.
    return f"{tokens}\n{rules}\n@layer pages {{\n\tmain {{ overflow-wrap: anywhere; }}\n}}\n"


@cache
def _fonts() -> dict[str, bytes]:
    files = [f"fonts/{name}.woff2" for name in _FONTS] + ["fonts/LICENSE-archivo.txt", "fonts/LICENSE-atkinson.txt"]
    return {name: static_file(name).read_bytes() for name in files}
