"""What mails about reviews say. Asked again at the moment of sending: what is answered, withdrawn or no longer shown is not sent."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from accounts import letters
from accounts.letters import Letter, link
from accounts.models import Mail
from roadmap.mentoring.access import may_see
from roadmap.mentoring.models import Review, Scope

from .services import CLOSE_DAYS, REMIND_DAYS
from .standing import OTHER_MENTOR_DAYS, last_review


def register() -> None:
    """Gives the kinds of mail that are about a review their words."""
    letters.register(Mail.Kind.REVIEW_ASKED, _asked, comes=_lazy("Somebody asks you to look at a project"))
    letters.register(Mail.Kind.REVIEW_ANSWERED, _answered, comes=_lazy("A mentor has looked at a project of yours"))
    letters.register(Mail.Kind.REVIEW_WAITS, _waits, comes=_lazy("A project waits for your look: after one, two and three weeks"))
    letters.register(Mail.Kind.REVIEW_CLOSED, _closed, comes=_lazy("A review is closed because nobody answered"))


def _asked(mail: Mail) -> Letter | None:
    if (review := _review(mail, Review.State.ASKED)) is None or review.reviewer_id != mail.person_id:
        return None
    names = _names(review)
    subject = _("%(name)s asks you to look at a project") % names
    if review.looks > 1:
        subject = _("%(name)s asks for another look") % names
    return Letter(
        subject=subject,
        heading=subject,
        paragraphs=(_("It’s “%(title)s”. What %(name)s wants to know stands on the page.") % names,),
        label=_("Read the project"),
        link=link("mentoring:review", id=review.pk),
        aside=_("If you can’t look at it within %(days)s days, say so there in a sentence: then nobody waits in the dark.")
        % {"days": OTHER_MENTOR_DAYS},
    )


def _answered(mail: Mail) -> Letter | None:
    # Without the words: they are between the two, and a mailbox may be read by others.
    if (review := _review(mail)) is None or review.project.learner_id != mail.person_id or review.reviewer is None:
        return None
    names = _names(review)
    if review.state == Review.State.APPROVED:
        subject = _("%(mentor)s has approved “%(title)s”") % names
    elif review.state == Review.State.CHANGES:
        subject = _("%(mentor)s has looked at “%(title)s”") % names
    elif review.state == Review.State.ASKED:
        subject = _("%(mentor)s has commented on “%(title)s”") % names
    else:
        return None
    return Letter(
        subject=subject,
        heading=subject,
        paragraphs=(_("What’s good, and the one next thing, stands on the page, with the comments beside it."),),
        label=_("Read the review"),
        link=link("mentoring:review", id=review.pk),
        aside=_("You get this because you asked for the review."),
    )


def _waits(mail: Mail) -> Letter | None:
    if (review := _review(mail, Review.State.ASKED)) is None or review.reviewer_id != mail.person_id:
        return None
    days = REMIND_DAYS[review.reminded - 1]
    names = {**_names(review), "days": days}
    subject = _("“%(title)s” waits for your look") % names
    waits = ngettext("%(name)s asked %(days)s day ago.", "%(name)s asked %(days)s days ago.", days) % names
    return Letter(
        subject=subject,
        heading=subject,
        paragraphs=(waits, _("A short answer helps more than a long one that comes late: one thing that’s good, and the one next thing.")),
        label=_("Look at it now"),
        link=link("mentoring:review", id=review.pk),
        aside=_("No time for reviews? Say in your settings until when you pause: then you aren’t reminded, and nobody asks."),
    )


def _closed(mail: Mail) -> Letter | None:
    if (review := _review(mail, Review.State.CLOSED)) is None:
        return None
    names = _names(review)
    if mail.person_id == review.project.learner_id:
        subject = _("“%(title)s” hasn’t been looked at") % names
        paragraphs: tuple[str, ...] = (
            _("%(mentor)s hasn’t found the time, and we don’t want you to wait any longer. It says nothing about your project.") % names,
            _("You can ask another mentor, or ask %(mentor)s again.") % names,
        )
        label, page = _("Choose what to do"), link("portfolio:project", id=review.project_id)
    elif mail.person_id == review.reviewer_id:
        subject = _("We’ve closed the review of “%(title)s”") % names
        paragraphs = (
            _("It had waited for %(days)s days, so it’s off your list. That’s all right: %(name)s may ask again, and your draft is kept.")
            % {**names, "days": CLOSE_DAYS},
        )
        label, page = _("See your mentees"), link("mentoring:home")
    else:
        return None
    return Letter(
        subject=subject, heading=subject, paragraphs=paragraphs, label=label, link=page, aside=_("There’s nothing that you must do.")
    )


def _review(mail: Mail, state: str | None = None) -> Review | None:
    """The review, if it is still at the look that the mail is about, in this state, and both people still show it to each other."""
    key, _colon, rest = mail.about.partition(":")
    looks, _colon, reminder = rest.partition(":")
    person = mail.person
    if person is None or not person.is_active:
        return None
    review: Review | None = Review.objects.filter(pk=key).select_related("project__learner", "reviewer").first()
    if review is None or str(review.looks) != looks or (state and review.state != state) or review.project.is_deleted:
        return None
    if _is_followed(mail):
        return None
    # A later reminder has overtaken this one.
    if reminder and str(review.reminded) != reminder:
        return None
    if review.reviewer is None or not may_see(review.reviewer, review.project.learner_id, Scope.PROJECTS):
        return None
    # Of a closed review: something else is under way by now.
    newest = last_review(review.project)
    return None if state == Review.State.CLOSED and newest and newest.pk != review.pk else review


def _is_followed(mail: Mail) -> bool:
    """Whether another mail with the same words waits behind this one: the last of them is sent."""
    return Mail.objects.filter(kind=mail.kind, person=mail.person_id, about=mail.about, pk__gt=mail.pk).exists()


def _names(review: Review) -> dict[str, str]:
    return {"name": review.project.learner.get_short_name(), "mentor": review.reviewer_name, "title": review.project.title}
