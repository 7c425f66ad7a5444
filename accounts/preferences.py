"""Which mails a person wants, and the links that switch a kind of them off without signing in."""

from collections.abc import Collection

from django.core import signing

from .models import Mail, UnwantedMail, User

_SALT = "accounts.preferences"


def wants(person: User, kind: Mail.Kind) -> bool:
    """Whether this person has left such mails on."""
    return not UnwantedMail.objects.filter(person=person, kind=kind).exists()


def unwanted_by(person: User) -> set[str]:
    """The kinds that this person has switched off."""
    return set(UnwantedMail.objects.filter(person=person).values_list("kind", flat=True))


def switch_mails(*, person: User, on: Collection[str] = (), off: Collection[str] = ()) -> None:
    """Switches kinds of mail on and off; all others stay as they are. Twice is once."""
    UnwantedMail.objects.filter(person=person, kind__in=on).delete()
    UnwantedMail.objects.bulk_create([UnwantedMail(person=person, kind=kind) for kind in off], ignore_conflicts=True)


def off_token(person: User, kind: Mail.Kind) -> str:
    """What a link in a mail carries: it may switch this kind on and off for this person, and nothing else, for as long as the mail is kept."""
    return signing.dumps([person.pk, kind], salt=_SALT, compress=False)


def read_off_token(token: str) -> tuple[User, Mail.Kind] | None:
    """Whose mails of which kind a link is about; None where it is not one of ours, or the account is gone."""
    try:
        number, kind = signing.loads(token, salt=_SALT)
        person = User.objects.filter(pk=number, is_active=True).first()
        return (person, Mail.Kind(kind)) if person else None
    except (signing.BadSignature, ValueError):
        return None
