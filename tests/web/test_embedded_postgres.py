import errno
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from roadmap.web.embedded_postgres import cluster
from roadmap.web.embedded_postgres.errors import DiskFull, UnsupportedMachine

ROOT = Path(__file__).parents[2]
NOBODY, DAEMON = 65534, 1  # two users that are not root
AS_ROOT = os.geteuid() == 0
TABLE = "CREATE TABLE IF NOT EXISTS kept (id integer PRIMARY KEY)"

# A process of its own that uses a server: it does what it is told, line by line, and says what came of it.
CLIENT = """
import json, os, sys
from pathlib import Path
import psutil, psycopg
from roadmap.web.embedded_postgres import cluster, membership
folder, user, system_home = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
cluster.SYSTEM_HOME = system_home
if user:
    os.setgroups([]); os.setgid(user); os.setuid(user)

def sql(statement):
    c = membership.join(folder)
    with psycopg.connect(host=str(c.socket), user="postgres", dbname="postgres", autocommit=True) as connection:
        found = connection.execute(statement)
        return [list(row) for row in found] if found.description else []

def fork_and_end():
    membership.join(folder)
    if os.fork():
        sys.exit()
    return "forked"

actions = {
    "join": lambda: str(membership.join(folder).socket),
    "home": lambda: str(membership.join(folder).home),
    "leave": lambda: membership.leave(folder),
    "revive": lambda: membership.revive(folder, seconds=20),
    "fork": fork_and_end,
}
for line in sys.stdin:
    try:
        answer = {"said": actions[line.strip()]() if line.strip() in actions else sql(line)}
    except Exception as error:
        answer = {"error": type(error).__name__, "said": str(error)}
    print(json.dumps(answer), flush=True)
"""


class Process:
    def __init__(self, folder: Path, user: int, system_home: Path) -> None:
        command = [sys.executable, "-c", CLIENT, str(folder), str(user), str(system_home)]
        self._process = subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def tell(self, what: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{what}\n")
        self._process.stdin.flush()

    def hear(self) -> dict[str, Any]:
        assert self._process.stdout
        return json.loads(self._process.stdout.readline())

    def ask(self, what: str) -> Any:
        self.tell(what)
        answer = self.hear()
        assert "error" not in answer, answer
        return answer["said"]

    def end(self) -> None:
        self._process.communicate(timeout=60)

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


Start = Callable[..., Process]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that everybody may reach; pytest's own is closed."""
    place = Path(tempfile.mkdtemp(prefix="staircase-test-"))
    place.chmod(0o755)
    yield place / "postgres"
    for data in place.rglob("data18"):
        if (server := server_of(data)) is not None:
            server.kill()
            server.wait()
    shutil.rmtree(place)


@pytest.fixture
def start(folder: Path) -> Iterator[Start]:
    processes = []

    def start(where: Path = folder, *, user: int = 0) -> Process:
        processes.append(Process(where, user, folder.parent / "system"))
        return processes[-1]

    yield start
    for process in processes:
        process.end()


def server_of(data: Path) -> psutil.Process | None:
    """The server whose folder of data this is, if it lives."""
    for process in psutil.process_iter(["name", "cmdline", "status", "cwd"]):
        facts = process.info
        is_postmaster = "-D" in (facts["cmdline"] or [])
        if facts["name"] == "postgres" and is_postmaster and facts["status"] != psutil.STATUS_ZOMBIE and facts["cwd"] == str(data):
            return process
    return None


def kill_server(data: Path) -> None:
    server = server_of(data)
    assert server is not None
    server.kill()
    psutil.wait_procs([server], timeout=10)


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


# --- Coming and going -----------------------------------------------------------------------------------------------


def test_the_first_process_starts_the_server_and_the_last_one_stops_it(folder: Path, start: Start) -> None:
    one, other = start(), start()
    one.ask(TABLE)
    other.ask("INSERT INTO kept VALUES (1)")
    one.end()
    assert other.ask("SELECT id FROM kept") == [[1]]
    other.end()
    assert server_of(folder / "data18") is None
    again = start()
    assert again.ask("SELECT id FROM kept") == [[1]]


def test_leaving_says_whether_the_server_was_stopped(folder: Path, start: Start) -> None:
    one, other = start(), start()
    one.ask("join")
    other.ask("join")
    assert one.ask("leave") is False
    assert other.ask("leave") is True
    assert other.ask("leave") is False


def test_four_processes_at_once_on_a_fresh_folder_share_one_server(folder: Path, start: Start) -> None:
    four = [start() for _ in range(4)]
    for process in four:
        process.tell("SELECT pg_postmaster_start_time()::text")
    answers = [process.hear() for process in four]
    assert [list(answer) for answer in answers] == [["said"]] * 4
    assert len({str(answer["said"]) for answer in answers}) == 1


def test_a_fork_keeps_the_server_when_its_parent_ends(folder: Path, start: Start) -> None:
    process = start()
    assert process.ask("fork") == "forked"
    process._process.wait(timeout=20)
    assert process.ask("SELECT 1") == [[1]]
    process.end()
    wait_for(lambda: server_of(folder / "data18") is None)


# --- Paths and people -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["p" * 110, "with space, comma, 'quotes\" and $HOME"])
def test_the_folder_may_have_any_name(folder: Path, start: Start, name: str) -> None:
    process = start(folder.parent / name)
    assert process.ask("SELECT 1") == [[1]]
    assert process.ask("home") == str(folder.parent / name)


def test_nobody_but_the_owner_reaches_the_server(folder: Path, start: Start) -> None:
    process = start()
    socket_folder = Path(process.ask("join"))
    assert stat.S_IMODE(socket_folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "data18").stat().st_mode) == 0o700
    assert process.ask("SHOW listen_addresses") == [[""]]
    assert process.ask("SHOW unix_socket_permissions") == [["0700"]]


def test_what_is_committed_is_on_disk_and_what_people_typed_is_not_in_the_log(folder: Path, start: Start) -> None:
    process = start()
    wanted = {
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "data_checksums": "on",
        "wal_level": "replica",
        "max_connections": "100",
        "superuser_reserved_connections": "3",
        "log_min_duration_statement": "500ms",
        "log_lock_waits": "on",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
        "server_encoding": "UTF8",
    }
    found = {name: process.ask(f"SHOW {name}")[0][0] for name in wanted}
    assert found == wanted


@pytest.mark.skipif(not AS_ROOT, reason="optional: the other tests run as an ordinary user then")
def test_an_ordinary_user_runs_the_server_as_oneself(folder: Path, start: Start) -> None:
    folder.parent.chmod(0o777)
    process = start(user=NOBODY)
    assert process.ask("SELECT 1") == [[1]]
    assert (folder / "data18").stat().st_uid == NOBODY
    process.end()
    assert server_of(folder / "data18") is None


@pytest.mark.skipif(not AS_ROOT, reason="optional: only root can act as several users")
def test_root_runs_the_server_as_whoever_owns_the_data(folder: Path, start: Start) -> None:
    folder.parent.chmod(0o777)
    owner = start(user=DAEMON)
    owner.ask(TABLE)
    owner.end()
    root = start()
    assert root.ask("SELECT count(*) FROM kept") == [[0]]
    server = server_of(folder / "data18")
    assert server is not None
    assert server.uids().real == DAEMON
    root.end()
    assert start(user=DAEMON).ask("SELECT count(*) FROM kept") == [[0]]


@pytest.mark.skipif(not AS_ROOT, reason="optional: only root can act as several users")
def test_an_ordinary_user_is_told_whose_the_folder_is(folder: Path, start: Start) -> None:
    start().ask("join")
    stranger = start(user=DAEMON)
    stranger.tell("join")
    answer = stranger.hear()
    assert answer["error"] == "UnsupportedMachine"
    assert "set STAIRCASE_DATA" in answer["said"]


@pytest.mark.skipif(not AS_ROOT, reason="optional: only root runs the server as somebody else")
def test_root_keeps_the_data_elsewhere_when_the_folder_is_closed_to_others_and_stays_there(folder: Path, start: Start) -> None:
    folder.parent.chmod(0o755)
    closed = folder.parent / "closed"
    closed.mkdir(mode=0o700)
    process = start(closed / "postgres")
    process.ask(TABLE)
    home = Path(process.ask("home"))
    assert home.parent == folder.parent / "system"
    assert str(home) in (closed / "postgres" / "WHERE").read_text()
    process.end()
    closed.chmod(0o755)
    again = start(closed / "postgres")
    assert again.ask("SELECT count(*) FROM kept") == [[0]]
    assert again.ask("home") == str(home)


# --- Kills ----------------------------------------------------------------------------------------------------------


def test_after_a_kill_of_the_only_user_the_next_one_finds_all_data_and_stops_the_server(folder: Path, start: Start) -> None:
    process = start()
    process.ask(TABLE)
    process.ask("INSERT INTO kept VALUES (1)")
    process.kill()
    after = start()
    assert after.ask("SELECT id FROM kept") == [[1]]
    assert after.ask("leave") is True


def test_after_a_kill_of_the_server_its_user_starts_it_again_with_all_data(folder: Path, start: Start) -> None:
    process = start()
    process.ask(TABLE)
    process.ask("INSERT INTO kept VALUES (1)")
    assert process.ask("revive") is False
    kill_server(folder / "data18")
    assert process.ask("revive") is True
    assert process.ask("SELECT id FROM kept") == [[1]]


def test_after_a_kill_of_everything_the_next_start_has_all_data(folder: Path, start: Start) -> None:
    process = start()
    process.ask(TABLE)
    process.ask("INSERT INTO kept VALUES (1)")
    process.kill()
    kill_server(folder / "data18")
    assert start().ask("SELECT id FROM kept") == [[1]]


@pytest.mark.parametrize("moment", ["data18.draft", "data18.draft/PG_VERSION", "data18.draft/global/pg_control", "data18"])
def test_a_kill_in_the_middle_of_the_first_start_is_mended_by_the_next(folder: Path, start: Start, moment: str) -> None:
    process = start()
    process.tell("join")
    wait_for((folder / moment).exists)
    process.kill()
    after = start()
    assert after.ask("SELECT 1") == [[1]]
    assert after.ask("SHOW data_checksums") == [["on"]]


@pytest.mark.parametrize("name", ["sleep", "postgres"])
def test_a_stale_number_that_another_program_bears_now_does_not_block_the_start(folder: Path, start: Start, name: str) -> None:
    process = start()
    process.ask(TABLE)
    process.kill()
    kill_server(folder / "data18")
    other = folder.parent / "bin" / name
    other.parent.mkdir()
    shutil.copy(shutil.which("sleep") or "/bin/sleep", other)
    # The same user's: Postgres itself would believe it to be a living server.
    who = (folder / "data18").stat()
    identity: dict[str, Any] = {"user": who.st_uid, "group": who.st_gid, "extra_groups": []} if AS_ROOT else {}
    with subprocess.Popen([other, "60"], cwd="/", **identity) as bearer:
        for lock in (folder / "data18" / "postmaster.pid", folder / ".s.PGSQL.5432.lock"):
            lines = lock.read_text().splitlines(keepends=True)
            lock.write_text("".join([f"{bearer.pid}\n", *lines[1:]]))
        try:
            assert start().ask("SELECT count(*) FROM kept") == [[0]]
            assert bearer.poll() is None
        finally:
            bearer.kill()


# --- Sentences ------------------------------------------------------------------------------------------------------


def test_data_of_another_major_version_are_refused_with_the_way_to_move_them(folder: Path, start: Start) -> None:
    (folder / "data17").mkdir(parents=True)
    process = start()
    process.tell("join")
    answer = process.hear()
    assert answer["error"] == "UnsupportedMachine"
    assert "belong to Postgres 17, and Postgres 18 is installed" in answer["said"]
    assert "make dump" in answer["said"]
    assert "make restore" in answer["said"]
    assert sorted(path.name for path in folder.iterdir()) == ["data17"]


def test_a_machine_without_the_wheel_is_told_to_set_a_database(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr(cluster.importlib.util, "find_spec", lambda name: None)
    cluster.installed_version.cache_clear()
    with pytest.raises(UnsupportedMachine, match="Set DATABASE_URL to a Postgres 15 or later"):
        cluster.Cluster(folder)


def test_a_machine_without_file_locks_is_told_to_set_a_database() -> None:
    program = "import sys; sys.modules['fcntl'] = None; import roadmap.web.embedded_postgres.cluster"
    answer = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 1
    assert "Set DATABASE_URL to a Postgres 15 or later" in answer.stderr.splitlines()[-1]


def test_a_full_disk_is_told_as_such_and_leaves_nothing_half_made(folder: Path, start: Start) -> None:
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "none", folder], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("optional: this machine does not let the test make a small disk")
    try:
        process = start()
        process.tell("join")
        answer = process.hear()
        assert answer["error"] == "DiskFull"
        assert "Free some space" in answer["said"]
        subprocess.run(["mount", "-o", "remount,size=400m", folder], check=True)
        assert process.ask("SELECT 1") == [[1]]
        process.end()
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_full_disk_under_a_file_operation_is_told_as_such(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    def full(self: Path, *args: object, **options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    server = cluster.Cluster(folder)
    monkeypatch.setattr(Path, "mkdir", full)
    with pytest.raises(DiskFull, match="set STAIRCASE_DATA to a folder on another disk"):
        server.start()


# --- Under Django ---------------------------------------------------------------------------------------------------

DJANGO = """
import os, signal, sys
import django
from django.conf import settings
from django.core.management import call_command
settings.configure(
    DATABASES={{"default": {{"ENGINE": "roadmap.web.embedded_postgres", "NAME": {name!r}, "USER": "postgres", "EMBEDDED_DIR": sys.argv[1], "CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}}}},
    INSTALLED_APPS=["django.contrib.contenttypes"], USE_TZ=True,
)
django.setup()
from django.db import connection
{body}
"""


def django(folder: Path, body: str, *, name: str = "staircase") -> "subprocess.CompletedProcess[str]":
    program = DJANGO.format(name=name, body=body)
    return subprocess.run([sys.executable, "-c", program, folder], cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_command_that_needs_no_database_does_not_start_the_server(folder: Path) -> None:
    answer = django(folder, "call_command('check'); call_command('sqlmigrate', 'contenttypes', '0001') if False else None")
    assert answer.returncode == 0, answer.stderr
    assert not folder.exists()


def test_the_configured_database_is_made_at_the_first_connection(folder: Path) -> None:
    answer = django(folder, "call_command('migrate', verbosity=0); print(connection.introspection.table_names())", name='odd "name"')
    assert answer.stdout.strip() == "['django_content_type', 'django_migrations']", answer.stderr


def test_databases_of_tests_are_left_to_django(folder: Path) -> None:
    body = """
connection.creation.create_test_db(verbosity=0)
with connection.cursor() as cursor:
    cursor.execute("SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1")
    print([name for name, in cursor])
connection.creation.destroy_test_db("staircase", verbosity=0)
connection.close()
connection.settings_dict["NAME"] = "test_gone"
try:
    connection.ensure_connection()
except django.db.OperationalError as error:
    print("does not exist" in str(error))
"""
    assert django(folder, body).stdout.splitlines() == ["['postgres', 'test_staircase']", "True"]


def test_a_page_after_the_server_was_killed_finds_it_again(folder: Path) -> None:
    body = """
from pathlib import Path
with connection.cursor() as cursor:
    cursor.execute("CREATE TABLE kept (id integer)")
os.kill(int((Path(sys.argv[1]) / "data18" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
import time; time.sleep(0.5)
connection.close()
# One page waits RESTART_SECONDS at most; on a machine that is busy the server may need more, and a later page finds it.
for _page in range(100):
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM kept")
            print(cursor.fetchone())
        break
    except Exception as unavailable:
        last = unavailable
        time.sleep(0.2)
else:
    raise last
"""
    answer = django(folder, body)
    assert answer.stdout.strip() == "(0,)", answer.stderr


def test_dbshell_opens_the_psql_of_the_wheel(folder: Path) -> None:
    answer = django(folder, "call_command('dbshell', '--', '-Atc', 'SELECT current_database()')")
    assert answer.stdout.strip() == "staircase", answer.stderr


def test_a_dump_and_a_restore_bring_every_row_back(folder: Path) -> None:
    def program(*arguments: str) -> None:
        subprocess.run([sys.executable, "-m", "roadmap.web.embedded_postgres", folder, *arguments], cwd=ROOT, check=True)

    dump = str(folder.parent / "all.dump")
    django(folder, 'connection.cursor().execute("CREATE TABLE kept AS SELECT 7 AS id")')
    program("pg_dump", "--format=custom", f"--file={dump}", "staircase")
    django(folder, 'connection.cursor().execute("DROP TABLE kept")')
    program("pg_restore", "--clean", "--if-exists", "--create", "--dbname=postgres", dump)
    answer = django(folder, "c = connection.cursor(); c.execute('SELECT id FROM kept'); print(c.fetchall())")
    assert answer.stdout.strip() == "[(7,)]", answer.stderr
