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


def _join_anew_in_fork() -> None:
    """A fork shares its parent's lock, which would then count them as one: it takes a lock of its own."""
    global _lock  # noqa: PLW0603  (another thread of the parent may have held it)
    _lock = threading.RLock()
    for directory, (cluster, users) in list(_joined.items()):
        os.close(users)
        _joined[directory] = cluster, cluster.share()


os.register_at_fork(after_in_child=_join_anew_in_fork)
