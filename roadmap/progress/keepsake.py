"""What a climber takes along beside the marks: when a skill was called done, and the own notes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from .models import GuestMark, Mark, Note
from .services import Climber


@dataclass(frozen=True, slots=True)
class Keepsake:
    """By skill id: the moment of the claim (UTC), and the note in Markdown. A guest has no notes."""

    claimed: Mapping[int, datetime | None] = field(default_factory=dict)
    notes: Mapping[int, str] = field(default_factory=dict)


def keepsake_of(climber: Climber) -> Keepsake:
    """One climber's own; two statements for a learner, one for a guest."""
    if isinstance(climber, UUID):
        return Keepsake(dict(GuestMark.objects.filter(guest=climber, claimed_at__isnull=False).values_list("skill_id", "claimed_at")))
    return Keepsake(
        dict(Mark.objects.filter(learner=climber, claimed_at__isnull=False).values_list("skill_id", "claimed_at")),
        dict(Note.objects.filter(learner=climber).exclude(text="").values_list("skill_id", "text")),
    )
