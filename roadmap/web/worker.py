"""The worker: runs jobs from the queue in Postgres until it is told to stop.

It waits for Postgres where that is not there yet, and when it goes away; it ends within 25 seconds of being told to, and gives
back what was not finished by then.
"""

import asyncio
import logging
import os
import signal
import time
from typing import Any

from asgiref.sync import sync_to_async
from django.db import DatabaseError, connection
from procrastinate.connector import BaseConnector
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException
from procrastinate.psycopg_connector import PsycopgConnector
from procrastinate.worker import Worker

from .tasks import DEAD_AFTER_SECONDS, give_back_jobs_of

logger = logging.getLogger(__name__)

# Jobs at the same time. They wait for other people's servers more than they compute.
CONCURRENCY = 3
# Seconds between two looks at the queue; a new job is announced by Postgres, so this is for what is due later.
LOOK_SECONDS = 5
# Seconds that running jobs get to finish when the worker is told to stop.
PATIENCE = 20
# Seconds for giving back what is not finished then.
GIVE_BACK_SECONDS = 3
# Seconds to wait before trying again: at first, and at most.
FIRST_WAIT, LONGEST_WAIT = 1, 30
# What was due while no worker ran is caught up when it is not older than this; daily work is never left out.
CATCH_UP_SECONDS = 86_400


class Connector(PsycopgConnector):
    """The worker's own connections; jobs that a job leaves behind go through Django's, and so into its transaction."""

    def get_sync_connector(self) -> BaseConnector:
        return DjangoConnector()


def run() -> None:
    """Runs jobs until SIGTERM or SIGINT."""
    asyncio.run(_run())


async def _run() -> None:
    told_to_stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told_to_stop.set)
    app.periodic_defaults["max_delay"] = CATCH_UP_SECONDS
    app.perform_import_paths()
    wait = FIRST_WAIT
    while not told_to_stop.is_set():
        began = time.monotonic()
        why = "the connection was lost"
        try:
            await _work(told_to_stop)
        except (ConnectorException, DatabaseError) as error:
            why = " ".join(str(error.__cause__ or error).split())
        if told_to_stop.is_set():
            break
        if time.monotonic() - began > LONGEST_WAIT:
            wait = FIRST_WAIT
        logger.warning("The worker cannot reach its queue and tries again in %s s: %s", wait, why)
        await asyncio.wait([asyncio.ensure_future(told_to_stop.wait())], timeout=wait)
        wait = min(2 * wait, LONGEST_WAIT)


async def _work(told_to_stop: asyncio.Event) -> None:
    """Works until told to stop. Raises where Postgres does not answer; returns early where it went away."""
    parameters = await sync_to_async(_connection_parameters, thread_sensitive=False)()
    connector = Connector(kwargs=parameters, min_size=1, max_size=CONCURRENCY + 2, timeout=5)
    with app.replace_connector(connector):
        async with app.open_async():
            defaults: dict[str, Any] = dict(app.worker_defaults)
            worker = Worker(
                app=app,
                **defaults,
                concurrency=CONCURRENCY,
                fetch_job_polling_interval=LOOK_SECONDS,
                stalled_worker_timeout=DEAD_AFTER_SECONDS,
                install_signal_handlers=False,
            )
            working = asyncio.create_task(worker.run())
            told = asyncio.create_task(told_to_stop.wait())
            await asyncio.wait({working, told}, return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                worker.stop()
                await asyncio.wait({working}, timeout=PATIENCE)
            if not working.done():
                await _give_back(worker.worker_id or 0)
            told.cancel()
            await working


def _connection_parameters() -> dict[str, Any]:
    """How to reach the database. Asks it for a connection first: an embedded server is started, or started again, by that."""
    connection.ensure_connection()
    connection.close()
    return connector_params()


async def _give_back(worker_id: int) -> None:
    """Puts unfinished jobs back into the queue and ends the process at once: a thread cannot be made to stop otherwise.

    What such a job has written and not committed is rolled back with its connection.
    """
    try:
        async with asyncio.timeout(GIVE_BACK_SECONDS):
            jobs = await sync_to_async(give_back_jobs_of, thread_sensitive=False)(worker_id)
        logger.warning("Jobs given back because they took too long to finish: %s", jobs)
    except (DatabaseError, TimeoutError) as error:
        logger.warning("Unfinished jobs are left to the next sweep: %s", error)
    os._exit(0)
