"""What happens to marks when something happens below."""

from collections.abc import Sequence
from typing import Any

from django.dispatch import receiver

from roadmap.stages.signals import skill_replaced

from .services import carry_marks_over


@receiver(skill_replaced)
def carry_marks_to_the_replacements(sender: Any, *, skill_id: int, replaced_by: Sequence[int], **kwargs: Any) -> None:
    """In the transaction of the replacement: no page ever shows the new skill without the marks of the old one."""
    carry_marks_over(skill_id=skill_id, replaced_by=replaced_by)
