"""Housekeeping of searches without an answer."""

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from .models import Unanswered
from .services import KEEP_DAYS


@app.periodic(cron="13 3 * * *")
@app.task(queueing_lock="drop_old_searches")
def drop_old_searches(timestamp: int) -> None:
    """Drops what nobody has asked for in KEEP_DAYS."""
    Unanswered.objects.filter(last_on__lt=timezone.now().date() - timedelta(days=KEEP_DAYS)).delete()
