"""When content was last changed, as the triggers wrote it down."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import F, Max

from .models import DonePoint, ProjectIdea, Skill, Stage


def last_changes() -> tuple[Mapping[int, datetime], Mapping[int, datetime], Mapping[int, datetime]]:
    """The latest change (UTC) of each stage, skill (its done-points counted) and project idea, by id. Four statements."""
    skills = _latest(Skill, "pgh_obj_id")
    for skill, at in _latest(DonePoint, "skill_id").items():
        skills[skill] = max(at, skills.get(skill, at))
    return _latest(Stage, "pgh_obj_id"), skills, _latest(ProjectIdea, "pgh_obj_id")


def _latest(model: type[Stage | Skill | DonePoint | ProjectIdea], owner: str) -> dict[int, datetime]:
    events = model.pgh_event_model.objects.order_by()  # type: ignore[union-attr]
    return dict(events.values(of=F(owner)).annotate(at=Max("pgh_created_at")).values_list("of", "at"))
