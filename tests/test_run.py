"""`manage.py run` as a whole: a real database, web process and worker, and what becomes of them when they are killed."""

import io
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from roadmap.management.commands.run import Command
from roadmap.web.embedded_postgres.membership import join, leave

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.xdist_group("run")  # they share a folder of data, which takes a while to make


def environment_of(data: Path, **variables: str) -> dict[str, str]:
    """What the tests themselves run under must not leak into a run; and whether there is a network must not matter."""
    own = {name: value for name, value in os.environ.items() if name not in ("MAKELEVEL", "DJANGO_SETTINGS_MODULE", "DATABASE_URL")}
    return {**own, "STAIRCASE_DATA": str(data), "GITHUB_API_URL": "http://127.0.0.1:9", **variables}


class Run:
    """One `manage.py run`; its output can be read while it goes on."""

    def __init__(self, data: Path, port: int, **variables: str) -> None:
        self.port = port
        command = [sys.executable, "manage.py", "run"]
        environment = environment_of(data, PORT=str(port), **variables)
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as output:
            for line in output:
                self.lines.append(line.rstrip("\n"))

    def wait_for_line(self, start: str, *, seconds: float = 90) -> None:
        wait_for(lambda: any(line.startswith(start) for line in self.lines) or self.process.poll() is not None, seconds=seconds)
        assert any(line.startswith(start) for line in self.lines), "\n".join(self.lines)

    def wait_until_ready(self) -> None:
        self.wait_for_line("Staircase is ready")

    def child(self, word: str) -> psutil.Process:
        """The web process or the worker."""
        return next(child for child in psutil.Process(self.process.pid).children() if any(word in part for part in child.cmdline()))

    def is_well(self) -> bool:
        """Whether web process, database and worker answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=20) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def stop(self, number: int = signal.SIGINT) -> list[str]:
        self.process.send_signal(number)
        return self.wait()

    def wait(self) -> list[str]:
        """What it said until it ended."""
        self.process.wait(timeout=90)
        self._reader.join()
        return self.lines


def wait_for(condition: Callable[[], object], *, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="staircase-run-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def start(data: Path) -> Iterator[Callable[..., Run]]:
    runs: list[Run] = []

    def start(where: Path = data, *, port: int | None = None, **variables: str) -> Run:
        runs.append(Run(where, port or free_port(), **variables))
        return runs[-1]

    yield start
    for run in runs:
        if run.process.poll() is None:
            run.stop(signal.SIGTERM)
        run.wait()


Start = Callable[..., Run]


def postmaster(data: Path) -> int:
    return int((data / "postgres" / "data18" / "postmaster.pid").read_text().split()[0])


def demo_people(data: Path) -> list[tuple[str]]:
    server = join(data / "postgres", database="staircase")
    try:
        with psycopg.connect(host=str(server.socket), user="postgres", dbname="staircase") as connection:
            return connection.execute("SELECT email FROM accounts_user ORDER BY 1").fetchall()
    finally:
        leave(data / "postgres")


def test_the_first_start_prepares_everything_and_shows_how_to_sign_in(data: Path, start: Start) -> None:
    run = start()
    run.wait_until_ready()
    assert f"http://127.0.0.1:{run.port}/" in next(line for line in run.lines if line.startswith("Staircase is ready"))
    with urllib.request.urlopen(f"http://127.0.0.1:{run.port}/") as home:
        assert home.status == 200
        styles = re.findall(r'href="(/static/[^"]+\.css)"', home.read().decode())
    for style in styles:
        with urllib.request.urlopen(
            urllib.request.Request(f"http://127.0.0.1:{run.port}{style}", headers={"Accept-Encoding": "br"})
        ) as answer:
            assert (answer.status, answer.headers["Content-Encoding"]) == (200, "br")
    run.wait_for_line("  admin")
    lines = run.stop()
    environment = environment_of(data)
    shown = subprocess.run(
        [sys.executable, "manage.py", "load_demo", "--json"], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    ).stdout
    for person in json.loads(shown)["people"]:
        assert any(person["email"] in line and person["password"] in line for line in lines)
    assert [line for line in lines if line.endswith(("has ended.", "has stopped."))] == [
        "The web process has ended.",
        "The worker process has ended.",
        "Postgres has stopped.",
    ]
    assert run.process.returncode == 0


def test_the_second_start_repeats_nothing_that_stands(data: Path, start: Start) -> None:
    first = start()
    first.wait_until_ready()
    first.stop()
    manifest = data / "static" / "staticfiles.json"
    collected = manifest.stat().st_mtime_ns
    run = start()
    run.wait_until_ready()
    # What makes it quick; seconds would measure what else the machine does meanwhile.
    assert not [line for line in run.lines if line.startswith(("Bringing the database", "Loading demo people"))]
    assert manifest.stat().st_mtime_ns == collected


@pytest.mark.parametrize(("name", "program"), [("web", "gunicorn"), ("worker", "manage.py")])
def test_a_process_that_is_killed_is_started_again(data: Path, start: Start, name: str, program: str) -> None:
    run = start()
    run.wait_until_ready()
    run.child(program).kill()
    run.wait_for_line(f"The {name} process was ended by signal 9; it is started again.")
    wait_for(run.is_well)


def test_a_server_that_is_killed_is_started_again(data: Path, start: Start) -> None:
    run = start()
    run.wait_until_ready()
    killed = postmaster(data)
    os.kill(killed, signal.SIGKILL)
    wait_for(lambda: run.is_well() and postmaster(data) != killed)


def test_after_a_kill_of_everything_the_next_start_has_all_data(data: Path, start: Start) -> None:
    run = start()
    run.wait_until_ready()
    before = demo_people(data)
    family = psutil.Process(run.process.pid).children(recursive=True)
    for process in (psutil.Process(run.process.pid), *family, psutil.Process(postmaster(data))):
        process.kill()
    run.process.wait()
    again = start(port=run.port)
    again.wait_until_ready()
    assert demo_people(data) == before


def test_after_a_kill_of_the_parent_alone_the_same_port_serves_again(data: Path, start: Start) -> None:
    run = start()
    run.wait_until_ready()
    family = psutil.Process(run.process.pid).children(recursive=True)
    run.process.kill()
    run.process.wait()
    again = start(port=run.port)
    again.wait_until_ready()
    wait_for(again.is_well)
    assert not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in family)


def test_it_ends_with_the_make_that_started_it(data: Path, start: Start) -> None:
    like_make = ["sh", "-c", f"{sys.executable} manage.py run & echo $!; wait"]
    environment = environment_of(data, MAKELEVEL="1", PORT=str(free_port()))
    with subprocess.Popen(like_make, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        child = psutil.Process(int(parent.stdout.readline()))
        wait_for(lambda: "Staircase is ready" in (parent.stdout.readline() if parent.stdout else ""))
        parent.kill()
        parent.wait()
        wait_for(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


def test_a_port_in_use_is_told_with_who_uses_it(data: Path, start: Start) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        run = start(port=port)
        (said,) = run.wait()
    assert run.process.returncode == 1
    who = rf"in use by \S+ \(process {os.getpid()}\)"
    assert re.fullmatch(rf"CommandError: Port {port} is {who}\. Stop that program, or choose another port: make run PORT={port + 1}", said)


def test_a_second_run_with_the_same_data_is_refused(data: Path, start: Start) -> None:
    start().wait_until_ready()
    assert start().wait() == [
        f"CommandError: Staircase already runs with the data in {data}. Stop it, or start a second copy: make run STAIRCASE_DATA=.data2 PORT=8001"
    ]


def test_a_database_that_does_not_answer_is_told_in_a_sentence(data: Path, start: Start) -> None:
    said = start(DATABASE_URL=f"postgres://nobody:secret@127.0.0.1:{free_port()}/staircase").wait()
    assert said[0].startswith("CommandError: The Postgres that DATABASE_URL names does not answer: ")
    assert "secret" not in "".join(said)


def test_a_folder_that_cannot_hold_data_is_told_in_a_sentence(start: Start, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (said,) = start(tmp_path / "file" / "data").wait()
    assert said.startswith(f"{tmp_path}/file/data cannot hold data (Not a directory).")
    assert "set STAIRCASE_DATA to another folder" in said


# --- GitHub ---------------------------------------------------------------------------------------------------------


def test_where_github_cannot_be_reached_a_stand_in_serves_the_samples(settings, monkeypatch) -> None:
    monkeypatch.delenv("GITHUB_API_URL", raising=False)
    settings.GITHUB_API_URL = "http://127.0.0.1:9"
    command = Command(stdout=io.StringIO())
    environment = command._github()
    (child,) = command._stand_ins
    child.start()
    try:
        assert child.process is not None
        deadline = time.monotonic() + 20
        while not answers(f"{environment['GITHUB_API_URL']}/repos/amina-yusuf/expense-predictor"):
            assert time.monotonic() < deadline
            assert child.process.poll() is None
    finally:
        child.ask_to_end()
        assert child.process is not None
        child.process.wait(timeout=10)


def test_a_github_that_is_named_or_answers_has_no_stand_in(settings, monkeypatch) -> None:
    command = Command(stdout=io.StringIO())
    monkeypatch.setenv("GITHUB_API_URL", "http://127.0.0.1:9")
    assert (command._github(), command._stand_ins) == ({}, [])
    monkeypatch.delenv("GITHUB_API_URL")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        settings.GITHUB_API_URL = f"http://127.0.0.1:{listening.getsockname()[1]}"
        assert (command._github(), command._stand_ins) == ({}, [])


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
