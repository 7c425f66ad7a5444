"""Reading in a process of its own, so that no archive can take the worker's memory or time."""

import contextlib
import dataclasses
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

from .limits import LIMITS, MB, Limits
from .reading import Kind, read_archive
from .report import Report, Rule, Unreadable
from .wire import as_json, limits_of, report_of, rule_of

ROOT = Path(__file__).resolve().parents[3]
# How long the child may take to say itself that its time is over.
GRACE = 3
LONGEST_ANSWER = 8 * MB
LONGEST_HEADER = 4 * MB


def read_in_child(
    chunks: Iterable[bytes], rules: Iterable[Rule], *, only: Iterable[str] | None = None, limits: Limits = LIMITS, kind: Kind = "tar.gz"
) -> Report:
    """Reads an archive, given as its packed bytes, in a child process. Raises `Unreadable`, and whatever `chunks` raises."""
    header = {
        "rules": [dataclasses.asdict(rule) for rule in rules],
        "only": None if only is None else list(only),
        "limits": dataclasses.asdict(limits),
        "kind": kind,
    }
    # Nothing of the worker's environment: it holds secrets.
    environment = {"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", "PYTHONUTF8": "1"}
    command = [sys.executable, "-B", "-P", "-s", "-m", __package__]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd="/" if os.name == "posix" else None,
    ) as child:
        return _Conversation(child, limits).run(json.dumps(header).encode(), chunks)


# What the signal means that ended the child.
_ENDS = {getattr(signal, "SIGXCPU", 0): "time", signal.SIGTERM: "failed", getattr(signal, "SIGKILL", 9): "memory", signal.SIGSEGV: "memory"}


class _Conversation:
    def __init__(self, child: subprocess.Popen[bytes], limits: Limits) -> None:
        self._child, self._limits = child, limits
        self._answer = b""
        self._is_late = False

    def run(self, header: bytes, chunks: Iterable[bytes]) -> Report:
        # The answer is read beside the writing: two full pipes would wait for one another for ever.
        listener = threading.Thread(target=self._listen, daemon=True)
        clock = threading.Timer(self._limits.seconds + GRACE, self._too_late)
        listener.start()
        clock.daemon = True
        clock.start()
        try:
            self._send(header, chunks)
            listener.join(self._limits.seconds + 2 * GRACE)
            self._is_late = self._is_late or listener.is_alive()
        finally:
            clock.cancel()
            self._child.kill()
            self._child.wait()
            listener.join(GRACE)
        return self._understood()

    def _send(self, header: bytes, chunks: Iterable[bytes]) -> None:
        ends = time.monotonic() + self._limits.seconds
        packed = 0
        stdin = self._child.stdin
        assert stdin is not None
        try:
            stdin.write(header + b"\n")
            for chunk in chunks:
                packed += len(chunk)
                if packed > self._limits.packed:
                    raise Unreadable("packed-size")
                if self._is_late or time.monotonic() > ends:
                    raise Unreadable("time")
                stdin.write(chunk)
        except BrokenPipeError:
            pass  # the child has said what it had to say
        finally:
            with contextlib.suppress(BrokenPipeError):
                stdin.close()

    def _listen(self) -> None:
        assert self._child.stdout is not None
        self._answer = self._child.stdout.read(LONGEST_ANSWER)

    def _too_late(self) -> None:
        self._is_late = True
        self._child.kill()

    def _understood(self) -> Report:
        if self._is_late:
            raise Unreadable("time")
        try:
            answer = json.loads(self._answer)
        except ValueError:
            raise Unreadable(_ENDS.get(-self._child.returncode, "failed")) from None
        if "unreadable" in answer:
            raise Unreadable(str(answer["unreadable"]))
        return report_of(answer["report"])


def main(stdin: IO[bytes], stdout: IO[bytes]) -> None:
    """The child: a line of JSON and the packed bytes in, a line of JSON out."""
    answer: dict[str, Any]
    try:
        header = json.loads(stdin.readline(LONGEST_HEADER))
        limits = limits_of(header["limits"])
        _confine(limits)
        rules = [rule_of(rule) for rule in header["rules"]]
        stream: IO[bytes] = stdin
        if header["kind"] == "zip":
            stream = _held(stdin, limits)
        answer = {"report": as_json(read_archive(stream, rules, only=header["only"], limits=limits, kind=header["kind"]))}
    except Unreadable as error:
        answer = {"unreadable": error.code}
    except MemoryError:
        answer = {"unreadable": "memory"}
    except Exception:  # a mistake of ours: the worker goes on, and the page says that reading failed
        answer = {"unreadable": "failed"}
    stdout.write(json.dumps(answer).encode() + b"\n")
    stdout.flush()


def _held(stream: IO[bytes], limits: Limits) -> IO[bytes]:
    """A `.zip` has its index at the end, so it must be there whole: within the limit of packed bytes."""
    import io

    data = stream.read(limits.packed + 1)
    if len(data) > limits.packed:
        raise Unreadable("packed-size")
    return io.BytesIO(data)


def _confine(limits: Limits) -> None:
    """Bounds memory and time, and takes away, where the system can: growing files, starting processes, the network.

    It does not take away what the user of the process may otherwise do, such as reading files: no code of a repository is run here, so
    this is a second wall behind the parsers.
    """
    _leave_the_network()
    try:
        import resource
    except ImportError:  # Windows
        return
    for name, value in (
        ("RLIMIT_AS", limits.memory),
        ("RLIMIT_CPU", limits.seconds + GRACE),
        ("RLIMIT_FSIZE", 0),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_NPROC", 0),
    ):
        if (kind := getattr(resource, name, None)) is not None:
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(kind, (value, value))


def _leave_the_network() -> None:
    """A network of its own, in which there is nobody (Linux, where the kernel lets everybody make one)."""
    import ctypes

    new_user, new_network = 0x10000000, 0x40000000
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).unshare(new_user | new_network)
