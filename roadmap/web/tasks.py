"""Housekeeping that knows no app: jobs whose worker died, jobs done long ago, sessions that have ended."""

import logging

from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from procrastinate.contrib.django import app

logger = logging.getLogger(__name__)

# A worker tells every 10 seconds that it lives; one that has not for this long is dead.
DEAD_AFTER_SECONDS = 30
# A job that has taken its worker down with it this often is parked as failed.
MOST_ATTEMPTS = 5

# Days that finished jobs are kept: long enough to look into what went wrong.
KEEP_DAYS = {"succeeded": 7, "cancelled": 7, "aborted": 30, "failed": 90}

# A dead worker's row may have been pruned at another worker's start, which leaves its jobs with no worker at all. A job whose
# arguments are no object makes a worker drop it without a word.
_STALLED = """
SELECT job.id, job.attempts, jsonb_typeof(job.args) = 'object' FROM procrastinate_jobs AS job
LEFT JOIN procrastinate_workers AS worker ON worker.id = job.worker_id
WHERE job.status = 'doing' AND (worker.id IS NULL OR worker.last_heartbeat < now() - make_interval(secs => %s) OR jsonb_typeof(job.args) <> 'object')
ORDER BY job.id FOR UPDATE OF job SKIP LOCKED
"""
_FORGET_WORKERS = "DELETE FROM procrastinate_workers WHERE last_heartbeat < now() - make_interval(secs => %s)"

# A job that a periodic task points to stays: without it the task's last run could not be told.
_PRUNE = """
DELETE FROM procrastinate_jobs AS job
WHERE job.status::text = %s
  AND NOT EXISTS (SELECT 1 FROM procrastinate_periodic_defers AS periodic WHERE periodic.job_id = job.id)
  AND NOT EXISTS (SELECT 1 FROM procrastinate_events AS event WHERE event.job_id = job.id AND event.at > now() - make_interval(days => %s))
"""


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="sweep_stalled_jobs")
def sweep_stalled_jobs(timestamp: int) -> None:
    """Every minute: jobs whose worker died go back to the queue."""
    sweep()


def sweep() -> int:
    """Ends the limbo of every job in progress whose worker is dead or unknown; says how many there were."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_STALLED, [DEAD_AFTER_SECONDS])
        stalled = cursor.fetchall()
        for job, attempts, is_sound in stalled:
            if not is_sound or attempts + 1 >= MOST_ATTEMPTS:
                logger.error(
                    "Job %s is parked as failed: %s.",
                    job,
                    f"its worker died {attempts + 1} times" if is_sound else "its arguments are no object",
                )
                _end(job, "failed")
            else:
                logger.warning("Job %s goes back to the queue: its worker died.", job)
                _give_back(job)
        cursor.execute(_FORGET_WORKERS, [DEAD_AFTER_SECONDS])
    return len(stalled)


def give_back_jobs_of(worker_id: int) -> int:
    """Puts what a worker has in progress back into the queue; says how many jobs. The worker must end at once."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM procrastinate_jobs WHERE status = 'doing' AND worker_id = %s ORDER BY id FOR UPDATE", [worker_id])
        jobs = cursor.fetchall()
        for (job,) in jobs:
            _give_back(job)
    return len(jobs)


def _give_back(job: int) -> None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT procrastinate_retry_job_v2(%s, now(), NULL, NULL, NULL)", [job])
    except IntegrityError:  # the same work waits in the queue already, under the same queueing lock
        _end(job, "aborted")


def _end(job: int, status: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT procrastinate_finish_job_v1(%s, %s::procrastinate_job_status, false)", [job, status])


@app.periodic(cron="41 3 * * *")
@app.task(queueing_lock="prune_jobs")
def prune_jobs(timestamp: int) -> None:
    """Deletes jobs that ended long ago."""
    with connection.cursor() as cursor:
        for status, days in KEEP_DAYS.items():
            cursor.execute(_PRUNE, [status, days])


@app.periodic(cron="23 3 * * *")
@app.task(queueing_lock="clear_sessions")
def clear_sessions(timestamp: int) -> None:
    """Deletes sessions that have ended."""
    call_command("clearsessions")
