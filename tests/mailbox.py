"""Mail as it arrives: what waits is sent as the worker sends it."""

from django.core import mail as outbox

from accounts.models import Mail
from accounts.tasks import deliver_mail


def deliver() -> list[outbox.EmailMultiAlternatives]:
    """Lets the worker send what waits, and returns what has arrived since the last time."""
    outbox.outbox.clear()
    for waiting in Mail.objects.order_by("pk").values_list("pk", flat=True):
        deliver_mail(mail_id=waiting)
    return list(outbox.outbox)
