"""What mails about confirmed skills say. Asked again at the moment of sending: what was taken back meanwhile, or confirmed anew, is not sent.

They go to the learner alone, also when the mentorship is over by then: what was signed is the learner's, and so is its loss.
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts import letters
from accounts.letters import Letter, link
from accounts.models import Mail
from roadmap.mentoring.models import SignOff, StageBadge


def register() -> None:
    """Gives the kinds of mail that are about a confirmation their words."""
    letters.register(Mail.Kind.SKILL_CONFIRMED, _confirmed, comes=_lazy("A mentor confirms a skill of yours"))
    letters.register(Mail.Kind.SIGN_OFF_WITHDRAWN, _withdrawn, comes=_lazy("A mentor takes a confirmation back"))


def _confirmed(mail: Mail) -> Letter | None:
    # Without the mentor's note: it may speak of private work, and a mailbox may be read by others.
    if (sign_off := _sign_off(mail)) is None or sign_off.withdrawn_at:
        return None
    names = {"mentor": sign_off.mentor_name, "skill": sign_off.skill.title, "step": sign_off.skill.stage.title}
    paragraphs = [_("A person has put a name to it now: that’s more than saying so, and more than code alone. What convinced %(mentor)s stands on the page.") % names]  # fmt: skip
    badges = StageBadge.objects.standing().filter(learner=sign_off.learner_id, sign_offs=sign_off)
    # The badge that this very confirmation completed has none that is later.
    if badges.exclude(sign_offs__signed_at__gt=sign_off.signed_at).exists():
        paragraphs.append(_("With it, every skill that the step “%(step)s” must have is confirmed.") % names)
    subject = _("%(mentor)s has confirmed “%(skill)s”") % names
    return Letter(
        subject=subject,
        heading=subject,
        paragraphs=tuple(paragraphs),
        label=_("Read what was confirmed"),
        link=link("skill", slug=sign_off.skill.slug),
        aside=_("There’s nothing to do. Who sees it is yours to choose, in your settings under Privacy."),
    )


def _withdrawn(mail: Mail) -> Letter | None:
    if (sign_off := _sign_off(mail)) is None or not sign_off.withdrawn_at:
        return None
    # Somebody has put a name to it since: old news would frighten.
    if SignOff.objects.standing().filter(learner=sign_off.learner_id, skill=sign_off.skill_id).exists():
        return None
    names = {"name": sign_off.withdrawn_by, "skill": sign_off.skill.title}
    subject = _("“%(skill)s” is no longer confirmed") % names
    return Letter(
        subject=subject,
        heading=subject,
        paragraphs=(
            _("%(name)s has taken the confirmation back. The reason stands on the page.") % names,
            _("Your mark and what your code shows stay as they are, and it can be confirmed again."),
        ),
        label=_("Read the reason"),
        link=link("skill", slug=sign_off.skill.slug),
        aside=_("If you think that it’s a mistake, ask the person first."),
    )


def _sign_off(mail: Mail) -> SignOff | None:
    """What the mail is about, if its learner is still here."""
    if mail.person is None or not mail.person.is_active:
        return None
    found: SignOff | None = SignOff.objects.filter(pk=mail.about, learner=mail.person).select_related("skill__stage").first()
    return found
