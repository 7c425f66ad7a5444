"""What changes accounts, and what sends mail to people."""

from itertools import islice

from django.db import IntegrityError, transaction

from .handles import candidates
from .models import Mail, User


class AddressTaken(Exception):
    """Somebody else has made an account with this e-mail address a moment ago."""


def create_account(*, user: User) -> User:
    """Saves a new person, under the first free handle that the name suggests. Raises AddressTaken and ValidationError.

    Two people of one name at the same moment: the database lets one have the handle, and the other gets the next.
    """
    user.clean_fields(exclude=["handle"])
    suggested = candidates(user.name)
    while True:
        nicest = list(islice(suggested, 9))
        taken = set(User.objects.filter(handle__in=nicest).values_list("handle", flat=True))
        for handle in nicest:
            if handle not in taken and _is_saved(user, handle):
                return user


def _is_saved(user: User, handle: str) -> bool:
    """False when the handle was taken a moment ago."""
    user.handle = handle
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        if User.objects.filter(email=user.email).exists():
            raise AddressTaken from error
        if not User.objects.filter(handle=handle).exists():
            raise
        user.pk = None
        return False
    return True


def send_mail(*, kind: Mail.Kind, to: str, person: User | None = None) -> None:
    """Leaves one mail to the worker, in the caller's transaction: no page waits for a mail server, or fails because one is down."""
    from .tasks import deliver_mail

    with transaction.atomic():
        mail = Mail.objects.create(kind=kind, to=to, person=person)
        deliver_mail.defer(mail_id=mail.pk)
