"""Mail goes out here: by the worker, never while a page is being answered."""

from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from .letters import compose
from .models import Mail

log = structlog.get_logger(__name__)

# A mail that could not be delivered for a day is of no use any more: its links would have expired.
OLDEST = timedelta(hours=24)


class WhileFresh(BaseRetryStrategy):
    """Tries again after half a minute, then after twice as long each time, at most an hour; the task itself ends it after a day."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:
        return RetryDecision(retry_in={"seconds": min(3600, 30 * 2**job.attempts)})


@app.task(name="accounts.deliver_mail", queue="mail", priority=10, retry=WhileFresh())
def deliver_mail(*, mail_id: int) -> None:
    """Sends one waiting mail. The row is locked meanwhile, so that a second worker sends nothing, and goes with the mail.

    A mail server that dies between taking a mail and saying so gets it twice: better than a reset that never comes.
    """
    with transaction.atomic():
        mail = Mail.objects.select_for_update(skip_locked=True, of=("self",)).select_related("person").filter(pk=mail_id).first()
        if mail is None:
            return
        if timezone.now() - mail.queued_at > OLDEST:
            log.warning("mail_given_up", mail=mail.pk, kind=mail.kind)
        elif message := compose(mail):
            message.send()
        mail.delete()
