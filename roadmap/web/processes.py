"""A family of processes under one parent: started, watched, started again when one dies, stopped in order."""

import ctypes
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import psutil

LOOK_SECONDS = 0.2
LONGEST_WAIT = 30.0  # seconds between two starts of a child that keeps dying
SOUND_AFTER = 60.0  # seconds of life after which a child's earlier deaths are forgotten
LEFTOVER_SECONDS = 35.0  # how long what a killed parent left behind may take to end: a little more than it would have granted
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class AlreadyRunning(Exception):
    """Another family uses the same folder; the message says which."""


@dataclass
class Child:
    """One program of the family. `patience`: seconds that it may take to end when asked to."""

    name: str
    command: Sequence[str]
    environment: dict[str, str]
    inherit: tuple[int, ...] = ()  # descriptors that stay open in it
    patience: float = 30.0
    process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)
    deaths: int = field(default=0, init=False)
    started: float = field(default=0.0, init=False)
    start_at: float = field(default=0.0, init=False)

    def start(self) -> None:
        parent = os.getpid()
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            env=os.environ | self.environment,
            stdin=subprocess.DEVNULL,
            pass_fds=self.inherit,
            start_new_session=True,  # Ctrl-C reaches the parent alone, which stops the family in order
            preexec_fn=lambda: _end_with(parent),  # noqa: PLW1509  (the parent has one thread)
        )

    def ask_to_end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()


def _end_with(parent: int) -> None:
    """Has the kernel end this process when its parent dies, whatever kills it."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)


class Family:
    """The lock and the list of one family's processes, in a file: who they are can be read after their parent was killed."""

    def __init__(self, lock: int) -> None:
        self._lock = lock

    def note(self, pids: Sequence[int]) -> None:
        """Writes down the members, each with its time of birth, since numbers are used again."""
        self._write(json.dumps([[pid, psutil.Process(pid).create_time()] for pid in pids]))

    def forget(self) -> None:
        self._write("")

    def end_leftovers(self, *, patience: float = LEFTOVER_SECONDS) -> bool:
        """Ends what a killed parent left behind; says whether there was a family that did not end in order."""
        content = os.pread(self._lock, 10_000, 0)
        try:
            noted = json.loads(content or b"[]")
        except ValueError:
            noted = []
        left = []
        for pid, born in noted:
            with suppress(psutil.NoSuchProcess):
                process = psutil.Process(pid)
                if process.create_time() == born:
                    process.terminate()
                    left.append(process)
        _, stubborn = psutil.wait_procs(left, timeout=patience)
        for process in stubborn:
            process.kill()
        self.forget()
        return bool(content)

    def _write(self, content: str) -> None:
        os.ftruncate(self._lock, 0)
        os.pwrite(self._lock, content.encode(), 0)


class Supervisor:
    """Runs until it gets SIGINT, SIGTERM or SIGHUP; a second signal hurries the end.

    `watch` is called about every two seconds and may mend what the children depend on.
    """

    def __init__(
        self, children: Sequence[Child], family: Family, *, say: Callable[[str], None], watch: Callable[[], None], end_with_parent: bool
    ) -> None:
        self._children = children
        self._family = family
        self._say = say
        self._watch = watch
        self._parent = os.getppid() if end_with_parent else None
        self._signals = 0

    def run(self, *, once_started: Callable[[Callable[[], bool]], None]) -> None:
        """Calls `once_started` with a function that says whether the family is being stopped."""
        handlers = {number: signal.signal(number, self._on_signal) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        try:
            for child in self._children:
                self._start(child)
            once_started(self._is_ending)
            watched = time.monotonic()
            while not self._is_ending():
                for child in self._children:
                    self._look_after(child)
                if time.monotonic() - watched > 2:
                    self._watch()
                    watched = time.monotonic()
                time.sleep(LOOK_SECONDS)
        finally:
            self._stop()
            for number, handler in handlers.items():
                signal.signal(number, handler)

    def _start(self, child: Child) -> None:
        child.start()
        self._family.note([each.process.pid for each in self._children if each.process is not None])

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._signals += 1

    def _is_ending(self) -> bool:
        return self._signals > 0 or (self._parent is not None and os.getppid() != self._parent)

    def _look_after(self, child: Child) -> None:
        if child.process is None:
            if time.monotonic() >= child.start_at:
                self._start(child)
            return
        if (code := child.process.poll()) is None:
            return
        child.deaths = 1 if time.monotonic() - child.started > SOUND_AFTER else child.deaths + 1
        wait = min(LONGEST_WAIT, 2.0 ** (child.deaths - 1) - 1)
        how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
        self._say(f"The {child.name} process {how}; it is started again{f' in {wait:.0f} s' if wait else ''}.")
        child.process, child.start_at = None, time.monotonic() + wait

    def _stop(self) -> None:
        hurried_by = max(self._signals, 1)
        for child in self._children:
            if child.process is None:
                continue
            child.ask_to_end()
            deadline = time.monotonic() + child.patience
            while child.process.poll() is None:
                if self._signals > hurried_by or time.monotonic() > deadline:
                    child.process.kill()
                    child.process.wait()
                time.sleep(0.02)
            self._say(f"The {child.name} process has ended.")
        self._family.forget()


@contextmanager
def only_one(folder: Path) -> Iterator[Family]:
    """Holds the folder for one family. Raises AlreadyRunning while another parent lives."""
    lock = os.open(folder / "run.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(
                f"Staircase already runs with the data in {folder}. Stop it, or start a second copy: make run STAIRCASE_DATA=.data2 PORT=8001"
            ) from None
        yield Family(lock)
    finally:
        os.close(lock)
