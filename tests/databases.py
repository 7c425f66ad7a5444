"""The databases of one test process: an empty one and one with the product's curriculum, each behind a pristine template.

A test that commits (transactions, threads, a browser) leaves its database dirty; the next test that wants it gets a fresh copy
of the template, which Postgres makes in a moment. So nothing has to be truncated, and what migrations and the curriculum have
put there is always there.
"""

from collections.abc import Callable

from django.core.management import call_command
from django.db import connection

from roadmap.curriculum import snapshot

Fill = Callable[[], object]
FILLS: dict[str, Fill] = {"empty": lambda: None, "curriculum": lambda: call_command("load_curriculum", verbosity=0)}


class Databases:
    """Makes, hands out and renews the databases of one test process. Django has made `migrated` already."""

    def __init__(self) -> None:
        self.migrated = str(connection.settings_dict["NAME"])
        self._dirty: set[str] = set()
        self._filled: set[str] = set()
        self._snapshots: dict[str, snapshot.Snapshot | None] = {}
        self._in_use = ""

    def use(self, kind: str) -> None:
        """Connects to the database of this kind; it is as fresh as its template."""
        if kind not in self._filled:
            self._fill(kind)
        if kind in self._dirty:
            self._copy(self._template(kind), self._name(kind))
            self._dirty.remove(kind)
        self._connect(self._name(kind))
        self._in_use = kind
        # A picture of the template is right at the start of every test, and costs seconds to make anew for all of them.
        snapshot._held = self._snapshots.get(kind)

    def leave(self, *, committed: bool) -> None:
        """Ends the use of a database: `committed` says that the test may have changed it for good."""
        if committed:
            self._dirty.add(self._in_use)
        snapshot._held = None

    def keep_snapshot(self) -> None:
        """Remembers the picture of the untouched curriculum, which the database in use must still hold."""
        self._snapshots[self._in_use] = snapshot.current()

    def drop(self) -> None:
        """Drops everything but the database that Django made, and drops itself."""
        for kind in self._filled:
            self._drop(self._name(kind))
            self._drop(self._template(kind))
        self._connect(self.migrated)

    def _fill(self, kind: str) -> None:
        self._copy(self.migrated, self._template(kind))
        self._connect(self._template(kind))
        FILLS[kind]()
        self._copy(self._template(kind), self._name(kind))
        self._filled.add(kind)

    def _name(self, kind: str) -> str:
        return f"{self.migrated}_{kind}"

    def _template(self, kind: str) -> str:
        return f"{self.migrated}_{kind}_template"

    def _connect(self, name: str) -> None:
        if connection.settings_dict["NAME"] != name:
            connection.close()
            connection.settings_dict["NAME"] = name

    def _copy(self, source: str, target: str) -> None:
        connection.close()
        self._drop(target)
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')

    def _drop(self, name: str) -> None:
        connection.close()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
