"""The roadmap to take along: on paper, as Markdown, as a table. With one's own marks and notes, or without."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.time_zones import in_own_time
from roadmap.curriculum import snapshot
from roadmap.curriculum.snapshot import ResourceView, RetiredView, SkillView, Snapshot, StageView
from roadmap.portfolio.exports.words import escape_markdown
from roadmap.progress.climb import climb_of, climber_of
from roadmap.progress.keepsake import Keepsake, keepsake_of
from roadmap.progress.levels import level_of
from roadmap.progress.models import state_label
from roadmap.progress.services import Climb
from roadmap.stages.models import Skill
from roadmap.web.htmx import render_page
from roadmap.web.spreadsheets import csv_answer
from roadmap.web.templatetags.staircase import hours


@dataclass(frozen=True, slots=True)
class Own:
    """What one climber has made of the roadmap."""

    climb: Climb
    keepsake: Keepsake


@login_not_required
@require_safe
@in_own_time
def download(request: HttpRequest) -> HttpResponse:
    """The page that says what there is to take along, and that is printed."""
    curriculum, own = _asked(request)
    page = render_page(
        request,
        "roadmap/download.html",
        {
            "curriculum": curriculum,
            "has_marks": climber_of(request) is not None,
            "is_own": own is not None,
            "stages": [(stage, list(_rows(stage, own))) for stage in curriculum.stages],
            "today": timezone.localdate(),
        },
    )
    return _kept_nowhere(page, own)


@login_not_required
@require_safe
@in_own_time
def roadmap_markdown(request: HttpRequest) -> HttpResponse:
    curriculum, own = _asked(request)
    response = HttpResponse(_markdown(curriculum, own), content_type="text/markdown; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="roadmap.md"'
    return _kept_nowhere(response, own)


@login_not_required
@require_safe
@in_own_time
def roadmap_table(request: HttpRequest) -> HttpResponse:
    curriculum, own = _asked(request)
    return _kept_nowhere(csv_answer("roadmap", _table(curriculum, own)), own)


def _asked(request: HttpRequest) -> tuple[Snapshot, Own | None]:
    """The curriculum, and the climber's own where `marks=yes` asks for it and there is somebody to ask."""
    climber = climber_of(request)
    if request.GET.get("marks") != "yes" or climber is None:
        return snapshot.current(), None
    climb = climb_of(request)
    return snapshot.current(climb.revision), Own(climb, keepsake_of(climber))


def _kept_nowhere(response: HttpResponse, own: Own | None) -> HttpResponse:
    """What holds somebody's own is stored by no browser."""
    if own:
        patch_cache_control(response, private=True, no_store=True)
    return response


def _gone(curriculum: Snapshot, own: Own) -> list[RetiredView]:
    """Skills that have left the roadmap, and on which the climber has a mark or a note."""
    return [skill for skill in curriculum.retired.values() if skill.id in own.climb.states or skill.id in own.keepsake.notes]


def _rows(stage: StageView, own: Own | None) -> Iterator[dict[str, Any]]:
    for skill in stage.skills:
        state = own.climb.state(skill.id) if own else ""
        points = [(point, bool(own and point.id in own.climb.ticks)) for point in skill.points]
        yield {"skill": skill, "state": state, "says": _state(skill, own), "points": points}


def _state(skill: SkillView | RetiredView, own: Own | None) -> str:
    """“Done, shown in code, 3 May 2026”; empty where marks were not asked for."""
    if own is None:
        return ""
    claimed = own.keepsake.claimed.get(skill.id)
    said = (state_label(own.climb.state(skill.id)), _backed(skill, own), _day(claimed) if claimed else "")
    return ", ".join(filter(None, said))


def _backed(skill: SkillView | RetiredView, own: Own) -> str:
    """How well a mark is backed, in words; empty for what nobody speaks of."""
    climb = own.climb
    level = level_of(climb.state(skill.id), is_shown=skill.id in climb.shown, is_confirmed=skill.id in climb.confirmed)
    return {None: "", "claimed": _("claimed"), "shown": _("shown in code"), "confirmed": _("confirmed by a mentor")}[level]


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATE_FORMAT")


def _markdown(curriculum: Snapshot, own: Own | None) -> str:
    parts = [
        f"# {_('Staircase: a roadmap to machine-learning engineer')}",
        _("%(steps)d steps, %(skills)d skills, about %(hours)s hours of practice for a beginner. As of %(day)s, from %(address)s.")
        % {
            "steps": len(curriculum.stages),
            "skills": len(curriculum.skills),
            "hours": f"{curriculum.hours:.0f}",
            "day": _day(timezone.now()),
            "address": settings.SITE_ORIGIN,
        },
    ]
    for stage in curriculum.stages:
        parts += [
            f"## {_('Step %(number)d') % {'number': stage.number}}: {escape_markdown(stage.title)}",
            stage.goal,
            stage.why,
            stage.body,
        ]
        for skill in stage.skills:
            parts += _skill(skill, own)
    if own and (gone := _gone(curriculum, own)):
        parts.append(f"## {_('Not on the roadmap any more')}")
        for left in gone:
            note = _quoted(own.keepsake.notes.get(left.id, ""))
            parts += [f"### {escape_markdown(left.title)}", f"**{_('State:')} {_state(left, own)}**"]
            parts += [f"**{_('My note')}**", note] if note else []
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


def _skill(skill: SkillView, own: Own | None) -> Iterator[str]:
    yield f"### {skill.number} {escape_markdown(skill.title)}"
    facts = [_("%(hours)s h") % {"hours": hours(skill.hours)}]
    if skill.necessity == "nice":
        facts.append(_("nice to have"))
    if skill.needs:
        facts.append(_("builds on %(numbers)s") % {"numbers": ", ".join(need.number for need in skill.needs)})
    yield f"*{', '.join(facts)}*"
    if own:
        yield f"**{_('State:')} {_state(skill, own)}**"
    yield skill.summary
    for heading, text in (
        (_("Why"), skill.why),
        (_("How"), skill.how),
        (_("Use it when"), skill.use_when),
        (_("Leave it when"), skill.avoid_when),
        (_("Compare with"), skill.compare_with),
        (_("Pitfalls"), "\n".join(f"- {pitfall}" for pitfall in skill.pitfalls)),
        (_("Your first 20 minutes"), skill.first_task),
        (_("What done looks like"), _points(skill, own)),
        (_("Resources"), "\n".join(map(_resource, skill.resources))),
        (_("My note"), _quoted(own.keepsake.notes.get(skill.id, "")) if own else ""),
    ):
        if text.strip():
            yield f"**{heading}**\n\n{text.strip()}"


def _points(skill: SkillView, own: Own | None) -> str:
    return "\n".join(f"- [{'x' if own and point.id in own.climb.ticks else ' '}] {point.text}" for point in skill.points)


def _resource(resource: ResourceView) -> str:
    facts = ", ".join([resource.publisher, str(resource.kind_label), str(resource.cost_label), f"{hours(resource.hours)} h"])
    return f"- [{escape_markdown(resource.title)}](<{resource.url}>), {escape_markdown(facts)}"


def _quoted(text: str) -> str:
    """A note as a quotation: its headings stay inside."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def _table(curriculum: Snapshot, own: Own | None) -> Iterator[list[str]]:
    header = [_("Step"), _("Number"), _("Skill"), _("Needed"), _("Hours"), _("Builds on"), _("Address")]
    yield header + ([_("State"), _("How well backed"), _("Done since"), _("Points reached"), _("My note")] if own else [])
    for skill in curriculum:
        row = [
            f"{skill.stage.number} {skill.stage.title}",
            skill.number,
            skill.title,
            str(Skill.Necessity(skill.necessity).label),
            f"{skill.hours.normalize():f}",
            ", ".join(need.number for need in skill.needs),
            f"{settings.SITE_ORIGIN}{skill.get_absolute_url()}",
        ]
        yield row + (_own_cells(skill, own) if own else [])
    if own:
        for left in _gone(curriculum, own):
            address = f"{settings.SITE_ORIGIN}{reverse('skill', args=[left.slug])}"
            yield [_("Not on the roadmap any more"), "", left.title, "", "", "", address, *_own_cells(left, own)]


def _own_cells(skill: SkillView | RetiredView, own: Own) -> list[str]:
    claimed = own.keepsake.claimed.get(skill.id)
    return [
        state_label(own.climb.state(skill.id)),
        _backed(skill, own),
        timezone.localtime(claimed).date().isoformat() if claimed else "",
        f"{sum(point.id in own.climb.ticks for point in skill.points)}/{len(skill.points)}" if isinstance(skill, SkillView) else "",
        own.keepsake.notes.get(skill.id, ""),
    ]
