"""A limit of time for one file, so that a single hostile one cannot take the time of all."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TooSlow(BaseException):
    """A file took its time. No exception of a parser, so that no handler takes it for one."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raises `TooSlow` after so many seconds of processor time, where the system can tell (in the main thread of a process on Unix)."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGPROF, _too_slow)
    try:
        # Again every second: an exception that is raised while Python cleans up is lost.
        signal.setitimer(signal.ITIMER_PROF, seconds, 1)
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _too_slow(number: int, frame: FrameType | None) -> None:
    raise TooSlow
