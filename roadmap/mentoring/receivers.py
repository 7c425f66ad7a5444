"""What happens to sign-offs when a skill is replaced below."""

from collections.abc import Sequence
from typing import Any

from django.dispatch import receiver

from roadmap.progress.signals import marks_carried_over

from .sign_offs import carry_sign_offs_over


@receiver(marks_carried_over)
def carry_sign_offs_to_the_replacements(sender: Any, *, skill_id: int, targets: Sequence[int], **kwargs: Any) -> None:
    carry_sign_offs_over(skill_id=skill_id, targets=targets)
