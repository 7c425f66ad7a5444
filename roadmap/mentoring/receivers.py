"""What happens to sign-offs when a skill is replaced below, and when the account of a mentor or mentee goes."""

from collections.abc import Sequence
from typing import Any

from django.db.models.signals import pre_delete
from django.dispatch import receiver

from accounts.models import User
from roadmap.progress.signals import marks_carried_over

from .relation.services import take_leave
from .sign_offs.services import carry_sign_offs_over


@receiver(marks_carried_over)
def carry_sign_offs_to_the_replacements(sender: Any, *, skill_id: int, targets: Sequence[int], **kwargs: Any) -> None:
    carry_sign_offs_over(skill_id=skill_id, targets=targets)


@receiver(pre_delete, sender=User)
def take_leave_of_mentors_and_mentees(sender: Any, *, instance: User, **kwargs: Any) -> None:
    take_leave(person=instance)
