"""Readings of repositories, and housekeeping: no page waits for GitHub."""

from datetime import datetime

from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from .services import drop_deleted_projects

_SOONER = (
    "UPDATE procrastinate_jobs SET scheduled_at = LEAST(scheduled_at, COALESCE(%s, now())) WHERE queueing_lock = %s AND status = 'todo'"
)


# One at a time: GitHub asks for it, and a reading takes memory.
@app.task(lock="github")
def inspect_project(project_id: str) -> None:
    """Reads one project's repository, and comes back where it has to wait."""
    from . import inspecting  # with an HTTP client, which no page needs

    if due := inspecting.inspect_project(project_id):
        enqueue_inspection(project_id, at=due)


@app.periodic(cron="17 3 * * *")
@app.task(queueing_lock="drop_deleted_projects")
def forget_deleted_projects(timestamp: int) -> None:
    """Deletes for good what was deleted long enough ago."""
    drop_deleted_projects()


def enqueue_inspection(project_id: str, *, at: datetime | None = None) -> None:
    """Leaves one reading to the worker, in the caller's transaction. One that waits already is enough, and waits no longer than this."""
    queueing_lock = f"inspect {project_id}"
    try:
        with transaction.atomic():
            inspect_project.configure(queueing_lock=queueing_lock, schedule_at=at).defer(project_id=project_id)
    except AlreadyEnqueued:
        with connection.cursor() as cursor:
            cursor.execute(_SOONER, [at, queueing_lock])
