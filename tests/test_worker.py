"""The worker: every job is done, whatever happens to the process, to Postgres and to the queue."""

import os
import random
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from roadmap.web.tasks import DEAD_AFTER_SECONDS, KEEP_DAYS, MOST_ATTEMPTS, prune_jobs, sweep

TRACE = "tests.jobs.leave_a_trace"


def sql(text, *values):
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return cursor.fetchall() if cursor.description else []


def defer(number=0, *, seconds=0.0, task=TRACE, args=None, queueing_lock=None, status="todo", worker=None, attempts=0):
    arguments = args or f'{{"number": {number}, "seconds": {seconds}}}'
    insert = """INSERT INTO procrastinate_jobs (queue_name, task_name, args, queueing_lock, status, worker_id, attempts)
                VALUES ('default', %s, %s, %s, %s, %s, %s) RETURNING id"""
    return sql(insert, task, arguments, queueing_lock, status, worker, attempts)[0][0]


def register_worker(*, silent_for=0):
    insert = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s)) RETURNING id"
    return sql(insert, silent_for)[0][0]


def status_of(job):
    return sql("SELECT status::text FROM procrastinate_jobs WHERE id = %s", job)[0][0]


def our_jobs():
    return Counter(status for (status,) in sql("SELECT status::text FROM procrastinate_jobs WHERE task_name = %s", TRACE))


def wait_until(true: Callable[[], object], *, seconds: float = 30):
    """Looks again and again; fails when it takes too long."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "This took too long."
        time.sleep(0.02)


@contextmanager
def worker_process(**environment: str) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "manage.py", "worker"],
        cwd=settings.BASE_DIR,
        env=os.environ
        | {"DJANGO_SETTINGS_MODULE": "tests.worker_settings", "TEST_DATABASE": connection.settings_dict["NAME"]}
        | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def traces(transactional_db: None) -> Callable[[], int]:
    """How many jobs have left their trace."""
    sql("CREATE TABLE trace (number integer PRIMARY KEY, timeout text DEFAULT current_setting('statement_timeout'))")
    return lambda: sql("SELECT count(*) FROM trace")[0][0]


@pytest.mark.django_db(transaction=True)
def test_jobs_of_a_killed_worker_are_done_by_the_next_and_leave_their_effect_once(traces):
    jobs = 200
    for number in range(jobs):
        defer(number, seconds=0.01)
    chance = random.Random(6)
    for _ in range(5):
        before = traces()
        with worker_process() as process:
            some = chance.randrange(1, 30)
            wait_until(lambda before=before, some=some: traces() >= min(jobs, before + some) or process.poll() is not None)
            process.send_signal(signal.SIGKILL)
            process.wait()
        sql("UPDATE procrastinate_workers SET last_heartbeat = now() - make_interval(secs => %s)", DEAD_AFTER_SECONDS + 1)
    with worker_process():  # its start prunes the dead workers' rows, its sweep finds their jobs
        wait_until(lambda: sweep() == 0 and our_jobs() == {"succeeded": jobs})
    assert traces() == jobs


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_told_to_stop_finishes_what_it_does_and_begins_nothing_new(traces):
    for number in range(3):
        defer(number, seconds=0.5)
    defer(3)
    with worker_process() as process:
        wait_until(lambda: our_jobs()["doing"] == 3)
        process.terminate()
        assert process.wait(timeout=25) == 0
    assert our_jobs() == {"succeeded": 3, "todo": 1}
    assert sql("SELECT count(*) FROM procrastinate_workers") == [(0,)]


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_told_to_stop_gives_back_what_takes_too_long(traces):
    job = defer(1, seconds=50)
    with worker_process() as process:
        wait_until(lambda: status_of(job) == "doing")
        process.terminate()
        assert process.wait(timeout=25) == 0
    assert (status_of(job), traces()) == ("todo", 0)


@pytest.mark.django_db(transaction=True)
def test_jobs_that_make_no_sense_are_parked_and_the_others_go_on(traces):
    junk = [
        defer(task="roadmap.tasks.that_was_rolled_back"),
        defer(args='{"nonsense": true}'),
        defer(args='{"number": "seven"}'),
        defer(args="[1, 2]"),
        defer(args='"x"'),
        defer(args="null"),
    ]
    good = [defer(number) for number in range(5)]
    with worker_process():
        wait_until(lambda: {status_of(job) for job in good} == {"succeeded"})
        wait_until(lambda: sweep() == 0 and {status_of(job) for job in junk} == {"failed"})
    assert traces() == 5


SUCCEEDED = "SELECT task_name FROM procrastinate_jobs WHERE status = 'succeeded'"


@pytest.mark.django_db(transaction=True)
def test_a_worker_does_at_its_start_what_was_due_within_a_workers_timeouts(traces):
    due = {
        "refresh_tallies",
        "drop_unseen_guests",
        "sweep_stalled_jobs",
        "prune_jobs",
        "clear_sessions",
        "call_due_readings",
        "forget_deleted_projects",
    }
    defer(1)
    with worker_process():
        wait_until(lambda: due <= {task.rpartition(".")[2] for (task,) in sql(SUCCEEDED)})
    assert sql("SELECT timeout FROM trace") == [("1min",)]


@pytest.mark.django_db(transaction=True)
def test_what_a_job_leaves_to_other_jobs_belongs_to_its_transaction(traces):
    job = defer(task="tests.jobs.leave_jobs_behind", args="{}")
    with worker_process():
        wait_until(lambda: status_of(job) == "succeeded" and traces())
    assert sql("SELECT args->>'number' FROM procrastinate_jobs WHERE task_name = %s", TRACE) == [("1",)]


class Line:
    """A Postgres that can be cut off: a port of loopback that leads to the real one."""

    def __init__(self) -> None:
        self._server: socket.socket | None = None
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    def connect(self) -> None:
        self._server = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=[self._server], daemon=True).start()

    def cut(self) -> None:
        if self._server:
            self._server.shutdown(socket.SHUT_RDWR)
            self._server.close()
        for end in (end for pair in self._pairs for end in pair):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._pairs.clear()

    def _accept(self, server: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = server.accept()
                far = self._postgres()
                self._pairs.append((near, far))
                threading.Thread(target=self._carry, args=[near, far], daemon=True).start()

    def _postgres(self) -> socket.socket:
        parameters = connection.get_connection_params()
        host, port = parameters.get("host") or "127.0.0.1", parameters.get("port") or 5432
        if not str(host).startswith("/"):
            return socket.create_connection((host, port))
        far = socket.socket(socket.AF_UNIX)
        far.connect(str(Path(host, f".s.PGSQL.{port}")))
        return far

    @staticmethod
    def _carry(near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError, ValueError):
            while True:
                for ready in select.select([near, far], [], [])[0]:
                    if not (data := ready.recv(65536)):
                        return
                    (far if ready is near else near).sendall(data)


@pytest.fixture
def line() -> Iterator[Line]:
    line = Line()
    yield line
    line.cut()


@pytest.mark.django_db(transaction=True)
def test_a_worker_waits_for_postgres_at_its_start_and_when_it_goes_away(traces, line):
    known = connection.settings_dict
    address = f"postgres://{known['USER']}:{known['PASSWORD']}@127.0.0.1:{line.port}/{known['NAME']}"
    with worker_process(DATABASE_URL=address) as process:
        assert "tries again in 0.1 s" in process.stdout.readline()
        assert "tries again in 0.2 s" in process.stdout.readline()
        drained = threading.Thread(target=process.stdout.read)
        drained.start()
        defer(1)
        line.connect()
        wait_until(lambda: traces() == 1)
        line.cut()
        defer(2)
        wait_until(
            lambda: sql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()") == [(0,)]
        )
        line.connect()
        wait_until(lambda: traces() == 2)
        assert process.poll() is None
        process.terminate()
        assert process.wait(timeout=25) == 0
        drained.join()


# --- The sweep ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_jobs_of_dead_and_unknown_workers_go_back_and_those_of_living_ones_stay():
    dead, alive = register_worker(silent_for=DEAD_AFTER_SECONDS + 5), register_worker(silent_for=DEAD_AFTER_SECONDS - 5)
    orphan, lost, running = defer(1, status="doing"), defer(2, status="doing", worker=dead), defer(3, status="doing", worker=alive)
    done = defer(4, status="succeeded")
    assert sweep() == 2
    assert [status_of(job) for job in (orphan, lost, running, done)] == ["todo", "todo", "doing", "succeeded"]
    assert sql("SELECT id FROM procrastinate_workers") == [(alive,)]
    assert sweep() == 0


@pytest.mark.django_db
def test_a_job_that_waits_again_already_is_not_queued_twice():
    stalled = defer(1, status="doing", queueing_lock="once")
    waiting = defer(1, queueing_lock="once")
    other = defer(2, status="doing")
    assert sweep() == 2
    assert [status_of(job) for job in (stalled, waiting, other)] == ["aborted", "todo", "todo"]


@pytest.mark.django_db
def test_a_job_that_takes_every_worker_down_is_parked():
    job = defer(1, status="doing", attempts=MOST_ATTEMPTS - 2)
    sweep()
    assert status_of(job) == "todo"
    sql("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", job)
    sweep()
    assert status_of(job) == "failed"


@pytest.mark.django_db
def test_old_jobs_are_deleted_by_their_kind_and_periodic_ones_stay():
    kept, gone = [], []
    for status, days in KEEP_DAYS.items():
        for age, where in ((days - 1, kept), (days + 1, gone)):
            job = defer(1, status=status)
            sql("INSERT INTO procrastinate_events (job_id, type, at) VALUES (%s, 'deferred', now() - make_interval(days => %s))", job, age)
            where.append(job)
    periodic = defer(1, status="succeeded")
    sql("INSERT INTO procrastinate_periodic_defers (task_name, defer_timestamp, job_id) VALUES ('x', 1, %s)", periodic)
    waiting = defer(1)
    sql("UPDATE procrastinate_events SET at = now() - interval '1 year' WHERE job_id IN (%s, %s)", periodic, waiting)
    prune_jobs(timestamp=0)
    assert {job for (job,) in sql("SELECT id FROM procrastinate_jobs")} == {*kept, periodic, waiting}
    assert sql("SELECT job_id FROM procrastinate_periodic_defers") == [(periodic,)]
