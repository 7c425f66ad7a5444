"""`manage.py run`: everything that Staircase needs, in one terminal, ready in seconds. `make run` calls it after set-up."""

import errno
import io
import json
import os
import shutil
import socket
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from roadmap.curriculum.management.commands.load_curriculum import CONFLICTS
from roadmap.web.processes import AlreadyRunning, Child, Family, Supervisor, only_one

OLDEST_POSTGRES = 15
EMBEDDED = "roadmap.web.embedded_postgres"


class Command(BaseCommand):
    help = "Prepares the database, content and static files, and runs the web process and the worker until Ctrl-C."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._data = _writable(settings.STAIRCASE_DATA)
            with only_one(self._data) as family:
                self._run(family)
        except AlreadyRunning as error:
            raise CommandError(str(error)) from error
        except (ImproperlyConfigured, OperationalError) as error:
            raise CommandError(self._about_database(error)) from error
        except KeyboardInterrupt:
            raise CommandError("Interrupted before it was ready; the next start goes on from here.", returncode=130) from None
        except OSError as error:
            raise CommandError(_about_disk(error, settings.STAIRCASE_DATA)) from error

    def _run(self, family: Family) -> None:
        port = _listen(settings.PORT, patient=family.end_leftovers())
        try:
            with port:
                self._prepare()
                connection.close()
                github = self._github()
                descriptor = port.fileno()
                gunicorn = [sys.executable, "-m", "gunicorn", f"--bind=fd://{descriptor}", f"--chdir={settings.BASE_DIR}"]
                web = Child(
                    "web",
                    [*gunicorn, f"--config={settings.BASE_DIR / 'deploy' / 'gunicorn.py'}", "roadmap.wsgi:application"],
                    {"STAIRCASE_PROCESS": "web"},
                    inherit=(descriptor,),
                    patience=32,
                )
                worker = Child(
                    "worker",
                    [sys.executable, str(settings.BASE_DIR / "manage.py"), "worker"],
                    {"STAIRCASE_PROCESS": "worker", **github},
                    patience=27,
                )
                # Started by make, it ends with make, even if that is killed; started by hand, it may outlive its terminal.
                supervisor = Supervisor(
                    [web, worker, *self._stand_ins],
                    family,
                    say=self._say,
                    watch=self._watch_database,
                    end_with_parent="MAKELEVEL" in os.environ,
                )
                supervisor.run(once_started=self._announce)
        finally:
            self._stop_database()

    # --- Before the start -------------------------------------------------------------------------------------------

    def _prepare(self) -> None:
        self._check_database()
        self._migrate()
        self._load_curriculum()
        if not settings.PRODUCTION and self._is_new_database():
            self._say("Loading demo people …")
            call_command("load_demo", stdout=io.StringIO())
            self._demo_mark.write_text(self._database_name)
            self._new_mark.unlink()
        call_command("build", stdout=io.StringIO())

    def _load_curriculum(self) -> None:
        told = io.StringIO()
        try:
            call_command("load_curriculum", stdout=told)
        except CommandError as error:
            if error.returncode != CONFLICTS:
                raise
            self._say(f"{told.getvalue()}{error}")

    def _check_database(self) -> None:
        connection.ensure_connection()
        major, _ = connection.get_database_version()
        if major < OLDEST_POSTGRES:
            raise CommandError(f"Staircase needs Postgres {OLDEST_POSTGRES} or later, and DATABASE_URL names a Postgres {major}.")

    def _migrate(self) -> None:
        if not connection.introspection.table_names():
            self._new_mark.write_text(self._database_name)  # the demo people are still to come, even if we are interrupted
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self._say("Bringing the database up to date …")
            call_command("migrate", interactive=False, verbosity=0)

    def _is_new_database(self) -> bool:
        return self._new_mark.exists() and self._new_mark.read_text() == self._database_name

    @property
    def _new_mark(self) -> Path:
        return self._data / "new-database"

    @property
    def _demo_mark(self) -> Path:
        return self._data / "demo-database"

    @property
    def _database_name(self) -> str:
        names = connection.settings_dict
        return f"{names.get('HOST') or 'embedded'}:{names.get('PORT') or ''}/{names['NAME']}\n"

    def _github(self) -> dict[str, str]:
        """The GitHub that the worker asks. In development without a network that is one on this machine, with the sample repositories."""
        self._stand_ins: list[Child] = []
        if settings.PRODUCTION or "GITHUB_API_URL" in os.environ or _reaches(settings.GITHUB_API_URL):
            return {}
        port, archive_port = _free_ports(2)
        command = [sys.executable, "-m", "roadmap.portfolio.github.loopback", f"--port={port}", f"--archive-port={archive_port}"]
        self._stand_ins.append(Child("github", command, {"PYTHONPATH": str(settings.BASE_DIR)}, patience=5))
        self._say("GitHub can’t be reached from here: the sample repositories are read from this machine.")
        return {"GITHUB_API_URL": f"http://127.0.0.1:{port}", "GITHUB_ARCHIVE_HOST": f"127.0.0.1:{archive_port}"}

    # --- While it runs ----------------------------------------------------------------------------------------------

    def _announce(self, is_ending: Callable[[], bool]) -> None:
        address = f"http://127.0.0.1:{settings.PORT}/"
        while not _answers(f"{address}healthz"):
            if is_ending():
                return
            time.sleep(0.05)
        self._say(f"\nStaircase is ready: {self.style.SUCCESS(address)}   (Ctrl-C stops it)")
        if not settings.PRODUCTION and self._demo_mark.exists() and self._demo_mark.read_text() == self._database_name:
            self._show_sign_ins()

    def _show_sign_ins(self) -> None:
        shown = io.StringIO()
        call_command("load_demo", json=True, stdout=shown)
        connection.close()
        people = json.loads(shown.getvalue())["people"]
        width = max(len(person["role"]) for person in people)
        longest = max(len(person["email"]) for person in people)
        self._say("\nDemo people to sign in as:")
        for person in people:
            self._say(f"  {person['role'].replace('_', ' '):{width}}  {person['email']:{longest}}  {person['password']}")
        self._say("")

    def _watch_database(self) -> None:
        """An embedded server that was killed is started again; the children's next connection finds it."""
        if settings.DATABASES["default"]["ENGINE"] != EMBEDDED:
            return
        from roadmap.web.embedded_postgres.membership import revive

        try:
            if revive(settings.DATABASES["default"]["EMBEDDED_DIR"], seconds=60):
                self._say("Postgres had ended; it was started again.")
        except OperationalError as error:
            self._say(str(error))

    def _stop_database(self) -> None:
        connection.close()
        if settings.DATABASES["default"]["ENGINE"] != EMBEDDED:
            return
        from roadmap.web.embedded_postgres.membership import has_joined, leave

        directory = settings.DATABASES["default"]["EMBEDDED_DIR"]
        if has_joined(directory):
            self._say("Postgres has stopped." if leave(directory) else "Postgres goes on: another process uses it.")

    def _say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()

    def _about_database(self, error: Exception) -> str:
        if settings.DATABASES["default"]["ENGINE"] == EMBEDDED:
            return str(error)
        return f"The Postgres that DATABASE_URL names does not answer: {error}".strip()


def _writable(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as probe:
        probe.write(bytes(100_000))
    return folder


def _about_disk(error: OSError, folder: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        nearest = next(path for path in (folder, *folder.parents) if path.exists())
        free = shutil.disk_usage(nearest).free // 1_000_000
        return (
            f"The disk that holds {folder} is full ({free} MB are free). "
            f"Free some space (200 MB or more), or set STAIRCASE_DATA to a folder on another disk, and start again."
        )
    return f"{error.strerror or error}: {error.filename or folder}. Make {folder} writable for this user, or set STAIRCASE_DATA to another folder."


def _listen(port: int, *, patient: bool) -> socket.socket:
    """Takes the port before anything else is done, and keeps it while web processes come and go.

    `patient`: workers of a web process that was killed may hold it for a moment longer.
    """
    deadline = time.monotonic() + (10 if patient else 0)
    while True:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            listener.listen(2048)
        except PermissionError:
            raise CommandError(f"This user may not serve port {port}. Choose one of 1024 or more: make run PORT=8000") from None
        except OSError as error:
            listener.close()
            if error.errno != errno.EADDRINUSE:
                raise
            if time.monotonic() > deadline:
                raise CommandError(
                    f"Port {port} is in use{_by_whom(port)}. Stop that program, or choose another port: make run PORT={port + 1}"
                ) from None
            time.sleep(0.2)
        else:
            return listener


def _reaches(address: str) -> bool:
    parts = urlsplit(address)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 443), timeout=1):
            return True
    except OSError:
        return False


def _free_ports(count: int) -> list[int]:
    """Ports of this machine that nobody listens on at this moment."""
    with ExitStack() as held:
        return [held.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1] for _ in range(count)]


def _by_whom(port: int) -> str:
    try:
        listeners = [held for held in psutil.net_connections("tcp") if held.status == psutil.CONN_LISTEN]
        owners = [held.pid for held in listeners if held.laddr and held.laddr.port == port]
        return next((f" by {psutil.Process(pid).name()} (process {pid})" for pid in owners if pid), "")
    except psutil.Error:
        return ""


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False
