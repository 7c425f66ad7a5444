"""The learner hears by mail that a skill was confirmed, or that a confirmation was taken back: once, and only what is still true."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail as outbox
from django.urls import reverse
from django.utils import timezone

from accounts.letters import compose
from accounts.models import Mail, User
from accounts.preferences import switch_mails
from accounts.tasks import deliver_mail
from roadmap.mentoring.models import Mentorship, SignOff
from roadmap.mentoring.relation.services import end_mentorship
from roadmap.mentoring.sign_offs.services import confirm_skill, withdraw_sign_off
from roadmap.progress.services import mark_skill
from roadmap.stages.models import Skill
from roadmap.stages.services import retire_skill
from tests.factories import MentorshipFactory

NOTE = "Explained every line of the split."


@pytest.fixture
def mentorship(learner: User, mentor: User, curriculum: SimpleNamespace) -> Mentorship:
    for skill in (curriculum.numpy, curriculum.pandas, curriculum.statistics):
        mark_skill(climber=learner.pk, skill_id=skill.pk, state="done")
    return MentorshipFactory(learner=learner, mentor=mentor)


@pytest.fixture
def signed(mentorship: Mentorship, curriculum: SimpleNamespace) -> SignOff:
    return confirm_skill(mentorship=mentorship, skill=curriculum.numpy.pk, note=NOTE).sign_off


def withdraw(sign_off: SignOff) -> SignOff:
    return withdraw_sign_off(sign_off=sign_off, by="Jonas Weber", reason="Copied.")


def waiting() -> list[tuple[str, str]]:
    return list(Mail.objects.order_by("pk").values_list("kind", "to"))


def delivered() -> list[str]:
    """Lets the worker send what waits; the subjects of what has arrived since the last time."""
    outbox.outbox.clear()
    for mail in Mail.objects.order_by("pk").values_list("pk", flat=True):
        deliver_mail(mail_id=mail)
    return [message.subject for message in outbox.outbox]


def test_learner_hears_of_a_confirmed_skill_once(signed: SignOff, mentorship: Mentorship, learner: User) -> None:
    confirm_skill(mentorship=mentorship, skill=signed.skill_id, note="Other words.")
    assert waiting() == [("skill-confirmed", learner.email)]
    assert delivered() == ["Jonas Weber has confirmed “Title of numpy”"]
    (message,) = outbox.outbox
    assert message.to == [learner.email]
    assert reverse("skill", args=["numpy"]) in message.body
    assert NOTE not in message.body + message.alternatives[0][0]


def test_what_was_taken_back_before_the_mail_went_out_is_not_announced(signed: SignOff) -> None:
    withdraw(signed)
    assert delivered() == ["“Title of numpy” is no longer confirmed"]


def test_learner_hears_once_that_it_was_taken_back_and_by_whom(signed: SignOff, learner: User) -> None:
    delivered()
    withdraw(signed)
    withdraw(signed)
    assert waiting() == [("sign-off-withdrawn", learner.email)]
    assert delivered() == ["“Title of numpy” is no longer confirmed"]
    (message,) = outbox.outbox
    assert "Jonas Weber has taken the confirmation back." in message.body
    assert "Copied." not in message.body


def test_loss_is_no_news_once_it_was_confirmed_anew(signed: SignOff, mentorship: Mentorship) -> None:
    delivered()
    withdraw(signed)
    confirm_skill(mentorship=mentorship, skill=signed.skill_id, note=NOTE)
    assert delivered() == ["Jonas Weber has confirmed “Title of numpy”"]


@pytest.mark.parametrize(
    ("kind", "left"),
    [
        ("skill-confirmed", ["“Title of numpy” is no longer confirmed"]),
        ("sign-off-withdrawn", ["Jonas Weber has confirmed “Title of numpy”"]),
    ],
)
def test_learner_who_has_switched_it_off_gets_none(learner: User, signed: SignOff, kind: str, left: list[str]) -> None:
    switch_mails(person=learner, off=[kind])
    first = delivered()
    withdraw(signed)
    assert first + delivered() == left


def test_learner_hears_of_it_also_when_the_mentorship_is_over(signed: SignOff, mentorship: Mentorship, learner: User) -> None:
    end_mentorship(mentorship=mentorship, by=learner)
    Mail.objects.filter(kind="mentoring-ended").delete()
    assert delivered() == ["Jonas Weber has confirmed “Title of numpy”"]


def test_closed_account_gets_no_mail(signed: SignOff, learner: User) -> None:
    User.objects.filter(pk=learner.pk).update(is_active=False)
    assert delivered() == []


def test_mail_says_which_step_the_confirmation_has_completed(mentorship: Mentorship, curriculum: SimpleNamespace) -> None:
    Skill.objects.filter(stage=curriculum.ground).exclude(pk__in=[curriculum.numpy.pk, curriculum.pandas.pk]).update(
        retired_at=timezone.now()
    )
    confirm_skill(mentorship=mentorship, skill=curriculum.numpy.pk, note=NOTE)
    last = confirm_skill(mentorship=mentorship, skill=curriculum.pandas.pk, note=NOTE)
    assert last.badge
    says = "every skill that the step “Title of ground” must have is confirmed"
    first, second = (compose(mail) for mail in Mail.objects.order_by("pk"))
    assert (says in first.body, says in second.body) == (False, True)


def test_skill_that_was_replaced_is_taken_back_in_one_mail(mentorship: Mentorship, learner: User, curriculum: SimpleNamespace) -> None:
    signed = confirm_skill(mentorship=mentorship, skill=curriculum.numpy.pk, note=NOTE).sign_off
    delivered()
    retire_skill(skill=curriculum.numpy, replaced_by=[curriculum.statistics, curriculum.cv])
    withdraw(SignOff.objects.get(skill=curriculum.cv))
    assert SignOff.objects.standing().filter(pk=signed.pk).count() == 0
    assert waiting() == [("sign-off-withdrawn", learner.email)]


def test_two_confirmations_at_once_are_one_mail(transactional_db: None, together: Callable[..., list[Any]], learner: User, mentor: User, curriculum: SimpleNamespace) -> None:  # fmt: skip
    mark_skill(climber=learner.pk, skill_id=curriculum.numpy.pk, state="done")
    mentorship = MentorshipFactory(learner=learner, mentor=mentor)
    together(4, lambda number: confirm_skill(mentorship=mentorship, skill=curriculum.numpy.pk, note=NOTE))
    assert waiting() == [("skill-confirmed", learner.email)]
