"""What happens to marks when something happens below: a skill is replaced, a visitor signs up, in or out."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from allauth.account.signals import user_logged_in, user_signed_up
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse

from accounts.models import User
from accounts.signals import signed_out
from roadmap.stages.signals import skill_replaced

from .climb import GUEST_DAYS, SESSION_KEY, WAITING_KEY, forget_guest_of, guest_of
from .merge import copy_marks, drop_copied_marks, take_said_over, waiting_marks
from .models import Guest
from .services import carry_marks_over


@receiver(skill_replaced)
def carry_marks_to_the_replacements(sender: Any, *, skill_id: int, replaced_by: Sequence[int], **kwargs: Any) -> None:
    """In the transaction of the replacement: no page ever shows the new skill without the marks of the old one."""
    carry_marks_over(skill_id=skill_id, replaced_by=replaced_by)


@receiver(user_signed_up)
def copy_marks_at_sign_up(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """In the transaction that makes the account. (A taken address makes none, and sends no signal.)"""
    if guest := guest_of(request):
        copy_marks(guest=guest, learner=user.pk)


@receiver(user_logged_in)
def settle_marks_at_sign_in(request: HttpRequest, response: HttpResponseRedirect, user: User, **kwargs: Any) -> None:
    """What the account has, the device need not keep; about what it does not have, the next page asks."""
    drop_copied_marks(learner=user.pk)
    if (guest := guest_of(request)) is None:
        return
    if waiting := waiting_marks(guest=guest, learner=user.pk):
        request.session[WAITING_KEY] = len(waiting)
        response["Location"] = f"{reverse('progress:merge')}?{urlencode({'next': response['Location']})}"
    elif not Guest.objects.filter(pk=guest).exists():
        forget_guest_of(request)
    else:
        take_said_over(guest=guest, learner=user.pk)


@receiver(signed_out)
def give_marks_back_to_the_device(request: HttpRequest, left: dict[str, Any], **kwargs: Any) -> None:
    """A guest whose marks nobody has claimed or refused goes on where they were made."""
    if guest := left.get(SESSION_KEY):
        request.session[SESSION_KEY] = guest
        request.session.set_expiry(GUEST_DAYS * 86400)
