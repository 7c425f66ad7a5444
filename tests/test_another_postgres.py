"""`DATABASE_URL` names another Postgres: everything a start does works there too, and one that is too old is refused."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from django.core.management import CommandError
from django.db import connection, connections

from roadmap.management.commands.run import Command

ROOT = Path(__file__).parents[1]


@pytest.mark.django_db
def test_curriculum_and_demo_people_load_into_another_postgres(tmp_path: Path) -> None:
    connection.ensure_connection()
    server = connection.connection.info
    with psycopg.connect(host=server.host, user=server.user, dbname="postgres", autocommit=True) as admin:
        name = f"another_{os.getpid()}"
        admin.execute(f'CREATE DATABASE "{name}"')
        try:
            url = f"postgres://{server.user}@{quote(server.host, safe='')}/{name}"
            own = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
            told = [
                subprocess.run(
                    [sys.executable, "manage.py", *command],
                    cwd=ROOT,
                    env={**own, "DATABASE_URL": url, "STAIRCASE_DATA": str(tmp_path)},
                    capture_output=True,
                    text=True,
                    check=True,
                ).stdout
                for command in (["migrate", "--verbosity", "0"], ["load_curriculum"], ["load_curriculum"], ["load_demo"])
            ]
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    assert told[1].splitlines()[-1].endswith("0 changed, 0 retired, 0 conflicts")
    assert told[2].splitlines()[-1] == "0 added, 0 changed, 0 retired, 0 conflicts"
    assert not (tmp_path / "postgres").exists()


@pytest.mark.django_db
def test_a_postgres_that_is_too_old_is_refused_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections["default"], "get_database_version", lambda: (14, 9))
    with pytest.raises(CommandError, match="needs Postgres 15 or later, and DATABASE_URL names a Postgres 14"):
        Command()._check_database()
