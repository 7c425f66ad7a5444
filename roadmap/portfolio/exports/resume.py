"""The portfolio as a JSON Résumé, version 1.0.0 (https://jsonresume.org/schema)."""

import re
from typing import Any

from roadmap.portfolio.published import Portfolio, ShownProject, ShownSkill
from roadmap.portfolio.seen import in_words

from .words import (
    LEVELS,
    by_step,
    email_of,
    github_of,
    level_of,
    name_of,
    part_of,
    place_of,
    plain,
    prose,
    skills_on,
    web_address,
    without_scheme,
)

_SCHEMA = "https://raw.githubusercontent.com/jsonresume/resume-schema/v1.0.0/schema.json"


def resume(portfolio: Portfolio) -> dict[str, Any]:
    """A valid résumé. What is not shared is not in it, and what there is none of has no key."""
    return _said(
        {
            "$schema": _SCHEMA,
            "basics": _basics(portfolio),
            "certificates": [_certificate(skill) for skill in skills_on(portfolio, "confirmed")],
            "skills": _skills(portfolio),
            "projects": [_project(project) for project in portfolio.projects],
            "meta": {
                "canonical": part_of(portfolio, "resume.json"),
                "version": "v1.0.0",
                "lastModified": portfolio.changed_at.strftime("%Y-%m-%dT%H:%M:%S"),
            },
        }
    )


def _basics(portfolio: Portfolio) -> dict[str, Any]:
    return _said(
        {
            "name": name_of(portfolio),
            "label": plain(portfolio.headline),
            "email": email_of(portfolio),
            "url": web_address(portfolio.website_url) or portfolio.address,
            "summary": "\n".join(prose(portfolio.about)),
            "location": _said({"address": plain(portfolio.place)}),
            "profiles": _profiles(portfolio),
        }
    )


def _profiles(portfolio: Portfolio) -> list[dict[str, str]]:
    profiles = [{"network": "Staircase", "username": portfolio.handle, "url": portfolio.address}]
    if github := github_of(portfolio):
        profiles.append({"network": "GitHub", "username": portfolio.github, "url": github})
    if linkedin := web_address(portfolio.linkedin_url):
        profiles.append(
            {"network": "LinkedIn", "username": re.split(r"[?#]", without_scheme(linkedin))[0].rpartition("/")[2], "url": linkedin}
        )
    return profiles


def _certificate(skill: ShownSkill) -> dict[str, str]:
    """A skill that a mentor confirmed: who, when, and where anybody checks that."""
    return _said(
        {
            "name": plain(skill.title),
            "date": skill.since.date().isoformat(),
            "issuer": plain(skill.confirmed_by),
            "url": web_address(skill.credential),
        }
    )


def _skills(portfolio: Portfolio) -> list[dict[str, Any]]:
    """A group for each step and way of being backed, since the schema gives a level to a group: the levels are never mixed."""
    return [
        {"name": step, "level": words, "keywords": [plain(skill.title) for skill in group if level_of(skill) == words]}
        for level in LEVELS
        for step, group in by_step(skills_on(portfolio, level))
        for words in dict.fromkeys(map(level_of, group))
    ]


def _project(project: ShownProject) -> dict[str, Any]:
    return _said(
        {
            "name": plain(project.title),
            "description": plain(project.summary),
            "url": web_address(project.url),
            # When it was begun nobody has said; the last commit is known.
            "endDate": project.committed_at.date().isoformat() if project.committed_at else "",
            "keywords": list(dict.fromkeys(map(plain, [*project.languages, *(found.title for found in project.evidence)]))),
            "highlights": [
                *(plain(f"{question} {' '.join(prose(answer))}") for question, answer in project.answers),
                # That a file is there says little on a résumé.
                *(
                    f"{plain(found.title)}: {plain(in_words(found.seen))} ({place_of(found)})"
                    for found in project.evidence
                    if not found.seen.startswith("has ")
                ),
            ],
            "type": "application",
        }
    )


def _said(values: dict[str, Any]) -> dict[str, Any]:
    """Without what is empty."""
    return {key: value for key, value in values.items() if value not in ("", [], {}, None)}
