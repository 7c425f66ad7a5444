"""Jobs for tests of the worker, and a worker that is quicker to give up than the real one."""

from django.db import connection, transaction
from procrastinate.contrib.django import app

from roadmap.web import worker

worker.PATIENCE = 1.0
worker.FIRST_WAIT = 0.1
worker.LONGEST_WAIT = 0.2


@app.task
def leave_a_trace(number: int, seconds: float = 0) -> None:
    """Writes down that job `number` ran, after `seconds` in a statement; a repeat changes nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [seconds])
        cursor.execute("INSERT INTO trace (number) VALUES (%s) ON CONFLICT DO NOTHING", [number])


@app.task
def leave_jobs_behind() -> None:
    """Leaves trace 1 to a job; that of trace 2 is taken back with its transaction."""
    with transaction.atomic():
        leave_a_trace.defer(number=1)
    with transaction.atomic():
        leave_a_trace.defer(number=2)
        transaction.set_rollback(True)
