"""The backend that Django loads."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.db.backends.base.creation import TEST_DATABASE_PREFIX
from django.db.backends.postgresql import base, client
from psycopg import OperationalError

RESTART_SECONDS = 2.0  # a page gives up sooner than its reader


class DatabaseClient(client.DatabaseClient):
    """`manage.py dbshell`, with the psql of the wheel."""

    @classmethod
    def settings_to_cmd_args_env(cls, settings_dict: dict[str, Any], parameters: Iterable[str]) -> tuple[list[str], dict[str, str] | None]:
        from .membership import join

        cluster = join(Path(settings_dict["EMBEDDED_DIR"]), database=settings_dict["NAME"])
        (_, *arguments), environment = super().settings_to_cmd_args_env({**settings_dict, "HOST": str(cluster.socket)}, parameters)
        return [str(cluster.program("psql")), *arguments], environment


class DatabaseWrapper(base.DatabaseWrapper):
    """Postgres as Django knows it; the server is started when the first connection is opened, never before."""

    client_class = DatabaseClient

    def get_connection_params(self) -> dict[str, Any]:
        from .membership import join

        # Django's test runner makes its databases itself, through a connection that names none.
        name = self.settings_dict["NAME"]
        mine = None if name is None or name.startswith(TEST_DATABASE_PREFIX) else name
        cluster = join(self._directory, database=mine)
        return {**super().get_connection_params(), "host": str(cluster.socket)}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        from .membership import revive

        try:
            return super().get_new_connection(conn_params)
        except OperationalError:
            if not revive(self._directory, seconds=RESTART_SECONDS):
                raise
            return super().get_new_connection(conn_params)

    @property
    def _directory(self) -> Path:
        return Path(self.settings_dict["EMBEDDED_DIR"])
