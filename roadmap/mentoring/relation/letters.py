"""What mails of a mentorship say. Asked again at the moment of sending: what no longer holds is not sent."""

import re

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts import letters
from accounts.letters import Letter, link
from accounts.models import Mail, User
from roadmap.mentoring.models import Invitation, Mentorship

from .invitations import is_pair

_LOOKS_LIKE_A_LINK = re.compile(r"[@/\\]|\w\.\w\w")


def register() -> None:
    """Gives the kinds of mail that are about a relation their words."""
    letters.register(Mail.Kind.INVITATION, _invitation, comes=_lazy("Somebody invites you to mentoring"))
    letters.register(Mail.Kind.INVITATION_ANSWERED, _answered, comes=_lazy("Somebody answers your invitation"))
    letters.register(Mail.Kind.MENTORING_ENDED, _ended, comes=_lazy("Mentoring between you and somebody ends"))


def _invitation(mail: Mail) -> Letter | None:
    # The sender's line is not in it: whoever can send words to any address with our name on them, will.
    invitation = Invitation.objects.open().filter(pk=mail.about, sender__is_active=True).select_related("sender").first()
    if invitation is None:
        return None
    names = {
        "name": _signature(invitation.sender),
        "email": invitation.email,
        "date": date_format(invitation.expires_at.date(), "DATE_FORMAT"),
    }
    if invitation.successor:
        subject = _("%(name)s suggests another mentor") % names
        paragraph = _("%(name)s would like to hand you over to another mentor. Nothing changes unless you say yes.") % names
    elif invitation.role == Invitation.Role.MENTOR:
        subject = _("%(name)s asks you to be a mentor") % names
        paragraph = (
            _(
                "%(name)s is learning machine learning with Staircase, and asks you to be a mentor: about an hour a week, for as long as you both like."
            )
            % names
        )
    else:
        subject = _("%(name)s offers to be your mentor") % names
        paragraph = (
            _("%(name)s offers to be your mentor at Staircase. You choose what your mentor sees, and can end it at any time.") % names
        )
    return Letter(
        subject=subject,
        heading=subject,
        paragraphs=(paragraph, _("Sign in, or sign up, with this address (%(email)s) to read the invitation and to answer it.") % names),
        label=_("Read the invitation"),
        link=link("mentoring:invitation", token=invitation.token),
        aside=_("It ends by itself on %(date)s. If you don’t know %(name)s, do nothing: nobody sees anything of you.") % names,
    )


def _signature(sender: User) -> str:
    """The name under a mail to whoever the sender chose; not one that a mail program makes a link of, since that would be an advertisement."""
    return sender.handle if _LOOKS_LIKE_A_LINK.search(sender.name) else sender.name


def _answered(mail: Mail) -> Letter | None:
    invitation = Invitation.objects.filter(pk=mail.about).exclude(answered_at=None).select_related("replaces__learner").first()
    person = mail.person
    if invitation is None or person is None or not person.is_active:
        return None
    asked_mentor = invitation.role == Invitation.Role.MENTOR
    page = link("relation:mentors") if asked_mentor else link("relation:mentees")
    names = {"name": invitation.to}
    if not invitation.is_accepted:
        subject = _("Your invitation was declined")
        paragraph = _("%(name)s can’t accept your invitation now. If there’s a reason, it stands beside the invitation.") % names
    elif not is_pair(invitation):
        return None
    elif asked_mentor:
        subject = _("You have a mentor")
        paragraph = (
            _("%(name)s has accepted your invitation, and sees what you chose from now on. You can change that at any time.") % names
        )
    else:
        subject = _("You have a mentee")
        paragraph = _("%(name)s has accepted your invitation. You see what your mentee has chosen to show.") % names
    return Letter(
        subject=subject,
        heading=subject,
        paragraphs=(paragraph,),
        label=_("See your mentors") if asked_mentor else _("See your mentees"),
        link=page,
        aside=_("You get this because you sent the invitation."),
    )


def _ended(mail: Mail) -> Letter | None:
    mentorship = Mentorship.objects.exclude(ended_at=None).select_related("mentor", "learner").filter(pk=mail.about).first()
    person = mail.person
    if mentorship is None or person is None or not person.is_active:
        return None
    # They have found together again: old news would frighten.
    if Mentorship.objects.active().filter(mentor=mentorship.mentor_id, learner=mentorship.learner_id).exists():
        return None
    is_learner = person.pk == mentorship.learner_id
    other = mentorship.mentor if is_learner else mentorship.learner
    # Neutral: not who ended it, and not why.
    return Letter(
        subject=_("Mentoring has ended"),
        heading=_("Mentoring with %(name)s has ended") % {"name": other.name},
        paragraphs=(_("The mentoring between you and %(name)s has ended. What was confirmed and commented stays.") % {"name": other.name},),
        label=_("See your mentors") if is_learner else _("See your mentees"),
        link=link("relation:mentors") if is_learner else link("relation:mentees"),
        aside=_("There’s nothing to do."),
    )
