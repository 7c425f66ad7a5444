"""What happens to levels when marks change below: evidence stays, and a mark that comes back is shown again."""

from collections.abc import Sequence
from typing import Any

from django.dispatch import receiver

from roadmap.progress.signals import marks_carried_over, skill_marked

from .evidence import carry_evidence_over, follow_evidence


@receiver(skill_marked)
def show_a_new_mark(sender: Any, *, learner_id: int, skill_id: int, before: str, **kwargs: Any) -> bool:
    """A mark that is made anew knows nothing of the evidence that there was before."""
    return before == "none" and follow_evidence(learner=learner_id, skills=[skill_id])


@receiver(marks_carried_over)
def carry_evidence_to_the_replacements(sender: Any, *, skill_id: int, targets: Sequence[int], **kwargs: Any) -> None:
    carry_evidence_over(skill_id=skill_id, targets=targets)
