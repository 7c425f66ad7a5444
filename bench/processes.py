"""Servers under measurement, and what the operating system says that they used."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path

import psutil
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent


class Server:
    """One gunicorn with one worker, as the product configures it, on a port of loopback."""

    def __init__(self, application: str, environment: dict[str, str]) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "gunicorn",
                "--config",
                "deploy/gunicorn.py",
                "--bind",
                f"127.0.0.1:{self.port}",
                "--workers",
                "1",
                "--max-requests",
                "0",
                application,
            ],
            cwd=ROOT,
            env=os.environ | {"STAIRCASE_PROCESS": "web"} | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self._process.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                if psutil.Process(self._process.pid).children():
                    return
            time.sleep(0.05)
        raise SystemExit("The server under measurement did not start.")

    @property
    def pids(self) -> list[int]:
        return [self._process.pid, *(child.pid for child in psutil.Process(self._process.pid).children(recursive=True))]

    @property
    def worker(self) -> psutil.Process:
        return psutil.Process(self._process.pid).children()[0]

    def client(self) -> HTTPConnection:
        """A connection that is kept: its requests are sequential."""
        return HTTPConnection("127.0.0.1", self.port, timeout=30)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=40)


@contextmanager
def serving(application: str, **environment: str) -> Iterator[Server]:
    server = Server(application, environment)
    try:
        yield server
    finally:
        server.stop()


def data_directory() -> Path:
    """The folder of the database under measurement. The connection is closed again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('data_directory')")
        found = Path(cursor.fetchone()[0])
    connection.close()
    return found


def postgres_pids(data: Path) -> list[int]:
    """All processes of the server with this folder of data."""
    postmaster = psutil.Process(int((data / "postmaster.pid").read_text().split()[0]))
    return [postmaster.pid, *(child.pid for child in postmaster.children(recursive=True))]


def cpu_seconds(pids: list[int]) -> float:
    """CPU time that these processes have used: in nanoseconds where the kernel counts them, else in its ticks."""
    return sum(_cpu_seconds(pid) for pid in pids)


@contextmanager
def cpu_used(server: Server, data: Path, *, rest: float = 0.3) -> Iterator[list[float]]:
    """The CPU seconds of server and database in a block; what they use at rest, measured just before, is taken off."""
    used: list[float] = []
    processes = [*server.pids, *postgres_pids(data)]
    idle_from = cpu_seconds(processes)
    time.sleep(rest)
    before, began = cpu_seconds(processes), time.monotonic()
    yield used
    took = time.monotonic() - began
    used.append(cpu_seconds([*server.pids, *postgres_pids(data)]) - before - (before - idle_from) / rest * took)


def _cpu_seconds(pid: int) -> float:
    try:
        return sum(int((task / "schedstat").read_text().split()[0]) for task in Path(f"/proc/{pid}/task").iterdir()) / 1e9
    except OSError:
        with suppress(psutil.NoSuchProcess):
            times = psutil.Process(pid).cpu_times()
            return float(times.user + times.system)
        return 0.0
