"""The relation as it lives: what the learner shows, how it ends, who has looked, and what a mentor says to mentees."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Mail, Person, User
from accounts.services import send_mail
from roadmap.portfolio.models import Project

from .access import Page, mentorships_of
from .models import AccessLog, Cohort, Invitation, MentorProfile, Mentorship, Review, Scope
from .querysets import MentorshipQuerySet

# Of the log, so many lines stand on the page of one's mentors; the rest has a page of its own.
LATEST = 10


# --- What stands ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Look:
    """A mentor, or an administrator, has opened a page of the learner, at some minute of this hour (UTC). `title` is that of the project, if it is there."""

    mentor: str
    page: str
    title: str
    hour: datetime


def mentors_of(learner: Person) -> MentorshipQuerySet:
    """The learner's own side: active mentorships with their mentors, what these say, and how many skills each has `confirmed`."""
    theirs = Q(learner__sign_offs__mentor=F("mentor"), learner__sign_offs__withdrawn_at=None)
    return (
        Mentorship.objects.active()
        .of_learner(learner)
        .select_related("mentor__mentor_profile", "cohort")
        .annotate(confirmed=Count("learner__sign_offs", filter=theirs))
        .order_by("begun_at", "pk")
    )


def shown_to(mentor: Person, learner: Person) -> list[str] | None:
    """What the learner shows this mentor now; None where the two have no active mentorship."""
    scopes: list[str] | None = (
        Mentorship.objects.active().filter(mentor_id=mentor.pk).of_learner(learner).values_list("scopes", flat=True).first()
    )
    return scopes


def mentees_of(mentor: Person) -> MentorshipQuerySet:
    """The mentor's own side: active mentorships with their learners."""
    return mentorships_of(mentor).select_related("learner", "cohort").order_by("learner__name", "pk")


def sides_of(person: Person) -> MentorshipQuerySet:
    """The active mentorships that this person may end: those of either side; all, for an administrator."""
    active: MentorshipQuerySet = Mentorship.objects.active().select_related("mentor", "learner")
    return active if person.is_superuser else active.filter(Q(mentor_id=person.pk) | Q(learner_id=person.pk))


def shown_by(learner: Person) -> MentorshipQuerySet:
    """The active mentorships whose scopes this person may change."""
    return Mentorship.objects.active().of_learner(learner).select_related("mentor")


def looks_at(learner: Person) -> "QuerySet[AccessLog]":
    """Who has looked at this learner, the latest first; former mentors as well, and those whose account is gone."""
    return AccessLog.objects.filter(learner_id=learner.pk).select_related("mentor").order_by("-hour", "mentor__name", "page", "pk")


def told(entries: Iterable[AccessLog]) -> list[Look]:
    """Entries of the log in words."""
    entries = list(entries)
    keys = {entry.pk: entry.page.partition(":") for entry in entries}
    of_projects = [key for page, _colon, key in keys.values() if page == Page.PROJECT]
    of_reviews = [key for page, _colon, key in keys.values() if page == Page.REVIEW]
    titles = dict(Project.objects.filter(pk__in=of_projects).values_list("pk", "title")) if of_projects else {}
    if of_reviews:
        titles |= dict(Review.objects.filter(pk__in=of_reviews).values_list("pk", "project__title"))
    return [
        Look(
            mentor=_who(entry),
            page=_page_in_words(keys[entry.pk][0]),
            title=titles.get(keys[entry.pk][2], ""),
            hour=entry.hour,
        )
        for entry in entries
    ]


def take_leave(*, person: User) -> None:
    """Before an account goes: whom its mentor has looked at still reads so, by name; no mentor keeps an address by a hand-over."""
    AccessLog.objects.filter(mentor=person).update(mentor_name=person.name)
    Invitation.objects.filter(replaces__learner=person).exclude(successor="").delete()


def _who(entry: AccessLog) -> str:
    if entry.page == Page.ADMINISTRATOR:
        return _("An administrator")
    return str(entry.mentor.name) if entry.mentor else entry.mentor_name


def _page_in_words(page: str) -> str:
    return str(Page(page).label) if page in Page.values else page


# --- What the learner decides ---------------------------------------------------------------------------------------


def change_scopes(*, mentorship: Mentorship, scopes: Sequence[str]) -> None:
    """Lets the mentor see this much from now on, and nothing else."""
    Mentorship.objects.active().filter(pk=mentorship.pk).update(scopes=in_order(scopes))


def in_order(scopes: Iterable[str]) -> list[str]:
    """Scopes as they are kept: each once, in the order of Scope."""
    chosen = set(scopes)
    return [scope for scope in Scope.values if scope in chosen]


# --- The end --------------------------------------------------------------------------------------------------------


def end_mentorship(*, mentorship: Mentorship, by: User) -> bool:
    """Ends it at once, and tells the other of the two so in one neutral mail, or both where an administrator does.

    Twice is once: False where it had ended already.

    What was said and confirmed stays. Open reviews are closed, so that the learner may ask somebody else, and what one of the two
    has sent the other before is withdrawn: an old invitation doesn't open again what was ended.
    """
    with transaction.atomic():
        take_turns(mentorship.learner)
        if not Mentorship.objects.filter(pk=mentorship.pk, ended_at=None).update(ended_at=timezone.now(), ended_by=by):
            return False
        _close_what_hung_on(mentorship)
        _invitations_between(mentorship).update(withdrawn_at=timezone.now())
        for person in (mentorship.mentor, mentorship.learner):
            if person.pk != by.pk:
                send_mail(kind=Mail.Kind.MENTORING_ENDED, to=person.email, person=person, about=mentorship.pk)
    return True


def take_turns(person: User) -> None:
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
            if run_out(mentorship):
                ended += 1
                for person in (mentorship.mentor, mentorship.learner):
                    send_mail(kind=Mail.Kind.MENTORING_ENDED, to=person.email, person=person, about=mentorship.pk)
    return ended


def run_out(mentorship: Mentorship) -> bool:
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
    theirs = Review.objects.filter(reviewer_id=mentorship.mentor_id, project__learner_id=mentorship.learner_id)
    theirs.filter(state__in=[Review.State.ASKED, Review.State.CHANGES]).update(state=Review.State.CLOSED, version=F("version") + 1)


# --- What a mentor says ---------------------------------------------------------------------------------------------


def profile_of(mentor: Person) -> MentorProfile:
    """What a mentor says to mentees; an unsaved one, with nothing said, where there is none."""
    return MentorProfile.objects.filter(mentor_id=mentor.pk).first() or MentorProfile(mentor_id=cast("int", mentor.pk))


def save_mentor_profile(*, mentor: User, line: str, paused_until: date | None) -> None:
    """Saves the line that mentees read, and until when no reviews are taken."""
    profile = MentorProfile(mentor=mentor, line=line, paused_until=paused_until)
    profile.clean_fields(exclude=["mentor"])
    MentorProfile.objects.update_or_create(mentor=mentor, defaults={"line": line, "paused_until": paused_until})


# --- Cohorts --------------------------------------------------------------------------------------------------------


def cohorts_of(mentor: Person) -> "QuerySet[Cohort]":
    """The mentor's own cohorts, the open ones first, each with how many are in it now (`size`)."""
    today = timezone.now().date()
    now = Q(mentorships__ended_at=None, mentorships__learner__is_active=True) & (
        Q(mentorships__ends_on=None) | Q(mentorships__ends_on__gte=today)
    )
    own = Cohort.objects.filter(mentor_id=mentor.pk)
    return own.annotate(size=Count("mentorships", filter=now)).order_by(F("closed_at").asc(nulls_first=True), "name", "pk")


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
        own.exclude(closed_at=None).update(closed_at=None, link=new_link())


def renew_link(*, cohort: Cohort) -> None:
    """Makes another link; the one before no longer works."""
    Cohort.objects.filter(pk=cohort.pk).update(link=new_link())


def new_link() -> str:
    """What nobody guesses."""
    link: str = Cohort._meta.get_field("link").get_default()
    return link
