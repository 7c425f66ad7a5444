"""The relation as it lives: what the learner shows, how it ends, and what a mentor says to mentees and leads."""

from collections.abc import Sequence
from datetime import date
from secrets import token_urlsafe

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.models import Mail, User
from accounts.services import send_mail
from roadmap.mentoring.models import AccessLog, Cohort, Invitation, MentorProfile, Mentorship, Review

from .standing import in_order


def take_leave(*, person: User) -> None:
    """Before an account goes: whom its mentor has looked at still reads so, by name; no mentor keeps an address by a hand-over."""
    AccessLog.objects.filter(mentor=person).update(mentor_name=person.name)
    Invitation.objects.filter(replaces__learner=person).exclude(successor="").delete()


# --- What the learner decides ---------------------------------------------------------------------------------------


def change_scopes(*, mentorship: Mentorship, scopes: Sequence[str]) -> None:
    """Lets the mentor see this much from now on, and nothing else."""
    Mentorship.objects.active().filter(pk=mentorship.pk).update(scopes=in_order(scopes))


# --- The end --------------------------------------------------------------------------------------------------------


def end_mentorship(*, mentorship: Mentorship, by: User) -> bool:
    """Ends it at once, and tells the other of the two so in one neutral mail, or both where an administrator does.

    Twice is once: False where it had ended already.

    What was said and confirmed stays. Open reviews are closed, so that the learner may ask somebody else, and what one of the two
    has sent the other before is withdrawn: an old invitation doesn't open again what was ended.
    """
    with transaction.atomic():
        take_turns(person=mentorship.learner)
        if not Mentorship.objects.filter(pk=mentorship.pk, ended_at=None).update(ended_at=timezone.now(), ended_by=by):
            return False
        _close_what_hung_on(mentorship)
        _invitations_between(mentorship).update(withdrawn_at=timezone.now())
        for person in (mentorship.mentor, mentorship.learner):
            if person.pk != by.pk:
                send_mail(kind=Mail.Kind.MENTORING_ENDED, to=person.email, person=person, about=mentorship.pk)
    return True


def take_turns(*, person: User) -> None:
    """What begins, ends and is sent in this person's name happens one after the other, until the transaction ends.

    The person before the rows, everywhere, so that nobody waits for each other.
    """
    User.objects.select_for_update(no_key=True).get(pk=person.pk)


def end_what_ran_out(*, today: date | None = None) -> int:
    """Ends what is past its last day, which shows nothing any more; both get the neutral mail. Says how many."""
    day = today or timezone.now().date()
    ended = 0
    for mentorship in Mentorship.objects.filter(ended_at=None, ends_on__lt=day).select_related("mentor", "learner"):
        with transaction.atomic():
            if run_out(mentorship=mentorship):
                ended += 1
                for person in (mentorship.mentor, mentorship.learner):
                    send_mail(kind=Mail.Kind.MENTORING_ENDED, to=person.email, person=person, about=mentorship.pk)
    return ended


def run_out(*, mentorship: Mentorship) -> bool:
    """Closes one that is past its last day, inside the caller's transaction."""
    if not Mentorship.objects.filter(pk=mentorship.pk, ended_at=None).update(ended_at=timezone.now()):
        return False
    _close_what_hung_on(mentorship)
    return True


def _invitations_between(mentorship: Mentorship) -> "QuerySet[Invitation]":
    """Open ones, of either to the other, to begin what this mentorship is."""
    mentors, learners = (
        EmailAddress.objects.filter(user_id=person, verified=True).values("email")
        for person in (mentorship.mentor_id, mentorship.learner_id)
    )
    by_learner = Q(sender=mentorship.learner_id, role=Invitation.Role.MENTOR, email__in=mentors)
    by_mentor = Q(sender=mentorship.mentor_id, role=Invitation.Role.LEARNER, email__in=learners)
    return Invitation.objects.open().filter(by_learner | by_mentor)


def _close_what_hung_on(mentorship: Mentorship) -> None:
    """Open reviews, and the question whether to go on with somebody else."""
    Invitation.objects.open().filter(replaces=mentorship).exclude(successor="").update(withdrawn_at=timezone.now())
    theirs = Review.objects.open().filter(reviewer_id=mentorship.mentor_id, project__learner_id=mentorship.learner_id)
    theirs.update(state=Review.State.CLOSED, version=F("version") + 1)


# --- What a mentor says ---------------------------------------------------------------------------------------------


def save_mentor_profile(*, mentor: User, line: str, paused_until: date | None) -> None:
    """Saves the line that mentees read, and until when no reviews are taken."""
    profile = MentorProfile(mentor=mentor, line=line, paused_until=paused_until)
    profile.clean_fields(exclude=["mentor"])
    MentorProfile.objects.update_or_create(mentor=mentor, defaults={"line": line, "paused_until": paused_until})


# --- Cohorts --------------------------------------------------------------------------------------------------------


def create_cohort(*, mentor: User, name: str) -> Cohort:
    """Begins a cohort, with a link that invites whoever has it. Raises ValidationError."""
    cohort = Cohort(mentor=mentor, name=name)
    cohort.clean_fields(exclude=["mentor"])
    cohort.save(force_insert=True)
    return cohort


def close_cohort(*, cohort: Cohort, is_closed: bool) -> None:
    """Closes the door, or opens it again. Who is in stays in. A link that was shared before never opens again: there is a new one."""
    own = Cohort.objects.filter(pk=cohort.pk)
    if is_closed:
        own.filter(closed_at=None).update(closed_at=timezone.now())
    else:
        own.exclude(closed_at=None).update(closed_at=None, link=token_urlsafe())


def renew_link(*, cohort: Cohort) -> None:
    """Makes another link; the one before no longer works."""
    Cohort.objects.filter(pk=cohort.pk).update(link=token_urlsafe())
