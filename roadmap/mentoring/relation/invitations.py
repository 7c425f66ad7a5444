"""How a mentorship begins: one asks the other by e-mail, or a mentor shares a link, and only who was asked says yes."""

from collections.abc import Sequence
from datetime import date, timedelta

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from accounts.models import Mail, Person, User
from accounts.services import send_mail
from roadmap.mentoring.models import Cohort, Invitation, Mentorship
from roadmap.mentoring.querysets import InvitationQuerySet

from . import services, standing

MOST_A_DAY = 10
# Nobody's mailbox is filled: so many invitations from one person to one address in so many days.
MOST_TO_ONE = 3
DAYS_OF_ONE = 30
# How long an answer stands beside the open ones.
DAYS_OF_ANSWERS = 30


class TooMany(Exception):
    """MOST_A_DAY invitations have been sent in the last 24 hours."""


class TooManyToOne(Exception):
    """MOST_TO_ONE invitations have gone to this address in the last DAYS_OF_ONE days."""


class Oneself(Exception):
    """The address is the sender's own."""


class IsThere(Exception):
    """The two have an active mentorship of this kind already, and the sender knows that this is the other's address."""


class IsOpen(Exception):
    """This address has an invitation of this kind that is still open."""


class Over(Exception):
    """The invitation has been answered or withdrawn, or is too old."""


class NotAgain(Exception):
    """The mentor ended the learner's last mentorship in this cohort: the link doesn't open it again."""


# --- Who may see what -----------------------------------------------------------------------------------------------


def invitations_to(person: Person) -> InvitationQuerySet:
    """What was sent to an address of this person's that is verified, by somebody else who still has an account; whatever became of it."""
    theirs = EmailAddress.objects.filter(user_id=person.pk, verified=True).values("email")
    received: InvitationQuerySet = Invitation.objects.filter(email__in=theirs, sender__is_active=True).exclude(sender_id=person.pk)
    return received.select_related("sender__mentor_profile", "cohort", "replaces")


def invitations_by(person: Person) -> InvitationQuerySet:
    """This person's own invitations."""
    sent: InvitationQuerySet = Invitation.objects.filter(sender_id=person.pk)
    return sent


def listed_by(person: Person, role: str) -> InvitationQuerySet:
    """Own invitations that are worth a line: the open ones, and those that were declined a short while ago."""
    lately = timezone.now() - timedelta(days=DAYS_OF_ANSWERS)
    worth_it = invitations_by(person).open_or_declined_since(lately).filter(role=role)
    return worth_it.select_related("replaces__learner").order_by("-sent_at", "pk")


def open_cohort(person: Person, link: str) -> Cohort:
    """The cohort behind a link; nobody's own. Raises Http404 where there is none, or its door is closed."""
    found = Cohort.objects.to_join_by(person).filter(link=link)
    cohort: Cohort | None = found.select_related("mentor__mentor_profile").first()
    if cohort is None:
        raise Http404
    return cohort


# --- Asking ---------------------------------------------------------------------------------------------------------


def invite_mentor(
    *, learner: User, email: str, line: str, scopes: Sequence[str], ends_on: date | None, replaces: Mentorship | None = None
) -> Invitation:
    """Asks somebody to be the learner's mentor. Raises Oneself, IsThere, IsOpen, TooManyToOne, TooMany and ValidationError."""
    return _send(
        Invitation(
            sender=learner,
            role=Invitation.Role.MENTOR,
            email=email,
            line=line,
            scopes=standing.in_order(scopes),
            ends_on=ends_on,
            replaces=replaces,
        )
    )


def invite_learner(*, mentor: User, email: str, line: str, ends_on: date | None, cohort: Cohort | None) -> Invitation:
    """Asks somebody to be the mentor's mentee, who will choose what to show. Raises what invite_mentor does."""
    return _send(Invitation(sender=mentor, role=Invitation.Role.LEARNER, email=email, line=line, ends_on=ends_on, cohort=cohort))


def hand_over(*, mentorship: Mentorship, successor: str, line: str) -> Invitation:
    """Asks the learner to go on with another mentor. Nothing changes before the learner and then the other mentor have said yes.

    Raises Oneself where the successor is the mentor, or by an address that the mentor knows the learner; and what invite_mentor does.
    """
    if _is_of(successor, mentorship.mentor) or (_is_known(successor, mentorship.mentor) and _is_of(successor, mentorship.learner)):
        raise Oneself
    return _send(
        Invitation(
            sender=mentorship.mentor,
            role=Invitation.Role.LEARNER,
            email=mentorship.learner.email,
            line=line,
            successor=_tidy(successor),
            replaces=mentorship,
        )
    )


def _send(invitation: Invitation) -> Invitation:
    invitation.email = _tidy(invitation.email)
    invitation.clean_fields(exclude=["sender", "cohort", "replaces", "scopes"])
    sender = invitation.sender
    with transaction.atomic():
        # Two forms of one person that are sent at once wait for each other: the limits hold.
        services.take_turns(person=sender)
        _may_send(invitation)
        invitation.save(force_insert=True)
        send_mail(kind=Mail.Kind.INVITATION, to=invitation.email, person=sender, about=invitation.token)
    return invitation


def _may_send(invitation: Invitation) -> None:
    sender, email, now = invitation.sender, invitation.email, timezone.now()
    if _is_of(email, sender):
        raise Oneself
    same = _to_the_same(invitation)
    if same.filter(role=invitation.role).open().exists():
        raise IsOpen
    if invitation.replaces is None and _is_known(email, sender) and is_pair(invitation):
        raise IsThere
    if same.filter(sent_at__gt=now - timedelta(days=DAYS_OF_ONE)).count() >= MOST_TO_ONE:
        raise TooManyToOne
    if invitations_by(sender).filter(sent_at__gt=now - timedelta(days=1)).count() >= MOST_A_DAY:
        raise TooMany


def _to_the_same(invitation: Invitation) -> InvitationQuerySet:
    """What its sender has sent to the same person. Where mentees are handed over, one may not know their addresses: neither kind
    of invitation says anything about the other."""
    sent = invitations_by(invitation.sender)
    if invitation.successor:
        return sent.exclude(successor="").filter(replaces=invitation.replaces)
    return sent.filter(successor="", email=invitation.email)


def _is_known(email: str, person: User) -> bool:
    """Whether somebody with this address has said yes to this person. Of any other address a refusal would tell whose it is."""
    return invitations_by(person).filter(email=_tidy(email), successor="", is_accepted=True).exists()


def is_pair(invitation: Invitation) -> bool:
    """Whether its sender and whoever has the address are mentor and mentee now, as it proposes."""
    other = EmailAddress.objects.filter(email=invitation.email, verified=True).values("user_id")
    active = Mentorship.objects.active()
    if invitation.role == Invitation.Role.MENTOR:
        return active.filter(learner=invitation.sender, mentor__in=other).exists()
    return active.filter(mentor=invitation.sender, learner__in=other).exists()


def _tidy(email: str) -> str:
    """As addresses of accounts are kept."""
    return email.strip().lower()


def _is_of(email: str, person: User) -> bool:
    return EmailAddress.objects.filter(user=person, email=_tidy(email)).exists()


def withdraw_invitation(*, invitation: Invitation) -> bool:
    """Takes it back, while it is open; its mail is not sent any more. False where it was answered or over already."""
    return bool(Invitation.objects.open().filter(pk=invitation.pk).update(withdrawn_at=timezone.now()))


# --- Answering ------------------------------------------------------------------------------------------------------


def accept_invitation(*, invitation: Invitation, person: User, scopes: Sequence[str] = ()) -> Mentorship | Invitation:
    """Says yes; `scopes` count where the person is the learner of the two.

    The answer is the mentorship; or, where a mentor hands over, the invitation that now goes to the other mentor. Of two answers at
    once one counts, and the other raises Over. `person` is the one it was sent to: invitations_to says so. Raises what asking does.
    """
    is_learner = invitation.role == Invitation.Role.LEARNER
    mentor, learner = (invitation.sender, person) if is_learner else (person, invitation.sender)
    with transaction.atomic():
        # The person before the rows, everywhere: two invitations that are answered at once never wait for each other.
        services.take_turns(person=learner)
        if not Invitation.objects.open().filter(pk=invitation.pk).update(answered_at=timezone.now(), is_accepted=True):
            raise Over
        if invitation.successor:
            return _pass_on(invitation, person, scopes)
        mentorship = _begin(
            mentor=mentor,
            learner=learner,
            scopes=standing.in_order(scopes) if is_learner else invitation.scopes,
            cohort=invitation.cohort,
            ends_on=invitation.ends_on,
            is_learners_word=is_learner,
        )
        if (before := invitation.replaces) is not None and before.learner_id == learner.pk and before.mentor_id != mentor.pk:
            services.end_mentorship(mentorship=before, by=learner)
        send_mail(kind=Mail.Kind.INVITATION_ANSWERED, to=invitation.sender.email, person=invitation.sender, about=invitation.token)
    return mentorship


def decline_invitation(*, invitation: Invitation, reason: str) -> None:
    """Says no, with or without a reason. Raises Over and ValidationError."""
    declined = Invitation(reason=reason)
    Invitation._meta.get_field("reason").clean(reason, declined)
    with transaction.atomic():
        answer = {"answered_at": timezone.now(), "is_accepted": False, "reason": reason}
        if not Invitation.objects.open().filter(pk=invitation.pk).update(**answer):
            raise Over
        send_mail(kind=Mail.Kind.INVITATION_ANSWERED, to=invitation.sender.email, person=invitation.sender, about=invitation.token)


def join_cohort(*, cohort: Cohort, learner: User, scopes: Sequence[str]) -> Mentorship:
    """Takes the learner in; the mentor has agreed by sharing the link. Raises Over where it has been closed or renewed, and NotAgain."""
    with transaction.atomic():
        services.take_turns(person=learner)
        # Closing the cohort waits, or has happened.
        if not Cohort.objects.select_for_update(no_key=True).filter(pk=cohort.pk, link=cohort.link, closed_at=None).exists():
            raise Over
        last = Mentorship.objects.filter(mentor=cohort.mentor, learner=learner, cohort=cohort).order_by("-begun_at", "-pk").first()
        if last is not None and last.ended_by_id == cohort.mentor_id:
            raise NotAgain
        return _begin(
            mentor=cohort.mentor,
            learner=learner,
            scopes=standing.in_order(scopes),
            cohort=cohort,
            ends_on=None,
            is_learners_word=True,
        )


def _pass_on(invitation: Invitation, learner: User, scopes: Sequence[str]) -> Invitation:
    """The learner has agreed to a hand-over: the other mentor is asked, in the learner's name, and takes the old one's place by saying yes."""
    before = invitation.replaces
    if before is None or not before.is_active_on(timezone.now().date()):
        raise Over
    return invite_mentor(learner=learner, email=invitation.successor, line="", scopes=scopes, ends_on=None, replaces=before)


def _begin(
    *, mentor: User, learner: User, scopes: list[str], cohort: Cohort | None, ends_on: date | None, is_learners_word: bool
) -> Mentorship:
    """The mentorship of the two: the one that is there already, or a new one. Whoever calls it holds the learner.

    What is there changes by the learner's word only: an invitation that was sent before never shows more than was chosen since.
    """
    pair = Mentorship.objects.filter(mentor=mentor, learner=learner, ended_at=None)
    there: Mentorship | None = pair.select_for_update(no_key=True).first()
    if there is not None and not there.is_active_on(timezone.now().date()):
        services.run_out(mentorship=there)
        there = None
    if there is None:
        mentorship: Mentorship = Mentorship.objects.create(mentor=mentor, learner=learner, scopes=scopes, cohort=cohort, ends_on=ends_on)
        return mentorship
    if is_learners_word:
        there.scopes = scopes
        there.cohort = cohort or there.cohort
        there.ends_on = ends_on or there.ends_on
        there.save(update_fields=["scopes", "cohort", "ends_on"])
    return there


def waiting_for(person: Person) -> "QuerySet[Invitation]":
    """Open invitations to this person, the latest first."""
    return invitations_to(person).open().order_by("-sent_at", "pk")
