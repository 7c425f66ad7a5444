"""Readings of repositories, and housekeeping: no page waits for GitHub."""

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from .services import drop_deleted_projects


# One at a time: GitHub asks for it, and a reading takes memory. It is never scheduled for later: with a lock, a job that waits for
# its time would hold up all that come after it.
@app.task(lock="github", queueing_lock="github")
def read_repositories() -> None:
    """Reads the repository whose turn it is, and calls itself again: a worker that is told to stop ends between two."""
    from . import inspecting  # with an HTTP client, which no page needs

    if inspecting.read_next():
        call_reader()


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="call_due_readings")
def call_due_readings(timestamp: int) -> None:
    """Every minute: what waited for GitHub, or was left by a worker that died."""
    from . import inspecting

    if inspecting.is_due():
        call_reader()


@app.periodic(cron="17 3 * * *")
@app.task(queueing_lock="drop_deleted_projects")
def forget_deleted_projects(timestamp: int) -> None:
    """Deletes for good what was deleted long enough ago."""
    drop_deleted_projects()


def call_reader() -> None:
    """Has the worker look for readings that are due, once the caller's transaction is through; one call is enough for all."""
    try:
        with transaction.atomic():
            read_repositories.defer()
    except AlreadyEnqueued:
        pass
