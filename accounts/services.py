"""What changes accounts, and what sends mail to people."""

from datetime import timedelta
from itertools import islice
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .handles import candidates, reserved
from .models import FormerHandle, Mail, Profile, User

# Changes of a handle in so many days: each keeps a handle from everybody else.
HANDLE_CHANGES = 5
HANDLE_DAYS = 30


class AddressTaken(Exception):
    """Somebody else has made an account with this e-mail address a moment ago."""


class HandleTaken(Exception):
    """The handle is somebody else's, was somebody else's, or is a word of the site."""


class HandleChangedTooOften(Exception):
    """The handle has been changed HANDLE_CHANGES times in the last HANDLE_DAYS days."""


def create_account(*, user: User) -> User:
    """Saves a new person, under the first free handle that the name suggests. Raises AddressTaken and ValidationError.

    Two people of one name at the same moment: the database lets one have the handle, and the other gets the next.
    """
    user.clean_fields(exclude=["handle"])
    suggested = candidates(user.name)
    while True:
        nicest = list(islice(suggested, 9))
        taken = _taken(nicest)
        for handle in nicest:
            if handle not in taken and _is_saved(user, handle):
                return user


def _taken(handles: list[str]) -> set[str]:
    """Those of the handles that somebody has or had."""
    return {
        *User.objects.filter(handle__in=handles).values_list("handle", flat=True),
        *FormerHandle.objects.filter(handle__in=handles).values_list("handle", flat=True),
    }


def _is_saved(user: User, handle: str) -> bool:
    """False when the handle was taken a moment ago."""
    user.handle = handle
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        if User.objects.filter(email=user.email).exists():
            raise AddressTaken from error
        if not _taken([handle]):
            raise
        user.pk = None
        return False
    return True


def read_profile(person: User) -> Profile:
    """What a person says about oneself; an unsaved one, with nothing said and nothing public, where there is none."""
    return Profile.objects.filter(person=person).first() or Profile(person=person)


def save_profile(
    *,
    person: User,
    name: str,
    handle: str,
    headline: str,
    about: str,
    place: str,
    open_to: str,
    github: str,
    linkedin_url: str,
    website_url: str,
) -> Profile:
    """Saves what a person says about oneself. Raises HandleTaken, HandleChangedTooOften and ValidationError, and saves nothing then.

    A former handle stays its owner's: its addresses lead to the new one, nobody else gets it, and it can be taken back.
    """
    with transaction.atomic():
        # Two saves of one person wait for each other, also before there is a profile.
        kept = User.objects.select_for_update().get(pk=person.pk)
        if handle != kept.handle:
            _may_change(kept, handle)
        kept.name, kept.handle = name, handle
        kept.clean_fields(exclude=["password"])
        try:
            with transaction.atomic():
                kept.save(update_fields=["name", "handle"])
        except IntegrityError as error:
            raise HandleTaken from error
        profile = read_profile(kept)
        profile.headline, profile.about, profile.place, profile.open_to = headline, about, place, open_to
        profile.github, profile.linkedin_url, profile.website_url = github, linkedin_url, website_url
        profile.clean_fields(exclude=["person"])
        profile.save()
    return profile


def switch_portfolio(*, person: User, visibility: str) -> Profile:
    """Says who sees the portfolio, and changes nothing of what it shows. Raises ValidationError. Twice is once, with the first date."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=person.pk)
        profile = read_profile(person)
        profile.visibility = visibility
        if visibility == Profile.Visibility.OFF:
            profile.published_at = None
        elif profile.published_at is None:
            profile.published_at = timezone.now()
        profile.clean_fields(exclude=["person"])
        profile.save()
    return profile


def _may_change(person: User, handle: str) -> None:
    if handle in reserved():
        raise HandleTaken
    if FormerHandle.objects.filter(person=person, handle=handle).exists():
        return
    recent = timezone.now() - timedelta(days=HANDLE_DAYS)
    if FormerHandle.objects.filter(person=person, until__gt=recent).count() >= HANDLE_CHANGES:
        raise HandleChangedTooOften


def send_mail(*, kind: Mail.Kind, to: str, person: User | None = None, about: str = "") -> None:
    """Leaves one mail to the worker, in the caller's transaction: no page waits for a mail server, or fails because one is down.

    The mail goes with its person: with the account of whoever gets it, or of whoever sends it to a stranger.
    """
    from .tasks import deliver_mail

    with transaction.atomic():
        mail = Mail.objects.create(kind=kind, to=to, person=person, about=about, language=get_language() or "")
        deliver_mail.defer(mail_id=mail.pk)


def choose_language(*, person: User, language: str) -> None:
    """Keeps the language that a person reads in, for the mails to them."""
    User.objects.filter(pk=person.pk).update(language=language)


def save_time_zone(*, person: User, time_zone: str) -> None:
    """Keeps the name of the person's time zone; empty means UTC. Raises ValidationError for one that there is not."""
    if time_zone and time_zone not in available_timezones():
        raise ValidationError(_("“%(name)s” isn’t a time zone. Choose a place near you, or none."), params={"name": time_zone[:40]})
    User.objects.filter(pk=person.pk).update(time_zone=time_zone)
