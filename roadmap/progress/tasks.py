"""Work on marks that no page waits for."""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from . import resets, rollups
from .climb import GUEST_DAYS

# Guests that one statement drops.
BATCH = 1_000

# A guest whose marks wait in an account for its first verified sign-in is kept, however long that takes: until then the visitor
# sees the guest's. The row is looked at again when it is locked, so a guest who comes back in this moment stays.
_DROP = """
WITH gone AS (
    DELETE FROM progress_guest WHERE seen_on < %(before)s AND id IN (
        SELECT guest.id FROM progress_guest AS guest LEFT JOIN accounts_user AS learner ON learner.id = guest.learner_id
        WHERE guest.seen_on < %(before)s AND (learner.id IS NULL OR learner.last_login IS NOT NULL) LIMIT %(batch)s
    ) RETURNING id
), marks AS (DELETE FROM progress_guestmark WHERE guest_id IN (SELECT id FROM gone)),
ticks AS (DELETE FROM progress_guesttick WHERE guest_id IN (SELECT id FROM gone)),
set_aside AS (DELETE FROM progress_guestsetaside WHERE guest_id IN (SELECT id FROM gone)),
aims AS (DELETE FROM progress_guestaim WHERE guest_id IN (SELECT id FROM gone)),
finished AS (DELETE FROM progress_guestfinishedstage WHERE guest_id IN (SELECT id FROM gone))
SELECT count(*) FROM gone
"""


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="refresh_tallies")
def refresh_tallies(timestamp: int) -> None:
    """Brings the tallies of all skills up to date."""
    rollups.refresh()


@app.periodic(cron="7 3 * * *")
@app.task(queueing_lock="drop_unseen_guests")
def drop_unseen_guests(timestamp: int) -> None:
    """Drops guests, with their marks and ticks, who have not been seen for GUEST_DAYS."""
    values: dict[str, Any] = {"before": timezone.now().date() - timedelta(days=GUEST_DAYS), "batch": BATCH}
    dropped = BATCH
    while dropped == BATCH:
        with connection.cursor() as cursor:
            cursor.execute(_DROP, values)
            (dropped,) = cursor.fetchone()


@app.periodic(cron="17 3 * * *")
@app.task(queueing_lock="forget_resets")
def forget_resets(timestamp: int) -> None:
    """Drops what new beginnings held, once it can no longer be taken back."""
    resets.forget_resets()
