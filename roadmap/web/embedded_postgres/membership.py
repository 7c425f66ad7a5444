"""Which servers this process uses. A fork is a user of its own; the last user to leave stops the server."""

import atexit
import contextlib
import os
import threading
from pathlib import Path

from .cluster import START_SECONDS, Cluster
from .errors import ServerUnavailable

_lock = threading.RLock()
_joined: dict[Path, tuple[Cluster, int]] = {}
_databases: set[tuple[Path, str]] = set()


def join(directory: Path, *, database: str | None = None, seconds: float = START_SECONDS) -> Cluster:
    """The server of this folder, running, with the database made if one is named. Joining twice costs a look-up."""
    with _lock:
        if directory not in _joined:
            cluster = Cluster(directory)
            _joined[directory] = cluster, cluster.start(seconds=seconds)
        cluster, _ = _joined[directory]
        if database is not None and (directory, database) not in _databases:
            cluster.create_database(database)
            _databases.add((directory, database))
        return cluster


def revive(directory: Path, *, seconds: float) -> bool:
    """Starts the server again if it died under us. Says whether it had: otherwise the trouble lies elsewhere."""
    cluster = join(directory)
    if cluster.is_running():
        return False
    with _lock:
        if not cluster.is_running():
            _, users = _joined[directory]
            _joined[directory] = cluster, cluster.start(seconds=seconds)
            os.close(users)
    return True


def has_joined(directory: Path) -> bool:
    return directory in _joined


def leave(directory: Path) -> bool:
    """Ends this process's use of the server, and stops it if nobody else uses it. Says whether it was stopped."""
    with _lock:
        if directory not in _joined:
            return False
        cluster, users = _joined.pop(directory)
        _databases.difference_update([known for known in _databases if known[0] == directory])
        return cluster.stop(users)


@atexit.register
def _leave_all() -> None:
    for directory in list(_joined):
        with contextlib.suppress(OSError, ServerUnavailable):  # its folder may be gone
            leave(directory)


# A fork shares its parent's lock, and both would count as one. So it gets one of its own, taken before it is born: its parent
# may end at once.
_for_fork: dict[Path, int] = {}


def _before_fork() -> None:
    _lock.acquire()
    for directory, (cluster, _) in _joined.items():
        _for_fork[directory] = cluster.share()


def _after_fork_in_parent() -> None:
    for users in _for_fork.values():
        os.close(users)
    _for_fork.clear()
    _lock.release()


def _after_fork_in_child() -> None:
    for directory, (cluster, users) in list(_joined.items()):
        os.close(users)
        _joined[directory] = cluster, _for_fork.pop(directory)
    _lock.release()


os.register_at_fork(before=_before_fork, after_in_parent=_after_fork_in_parent, after_in_child=_after_fork_in_child)
