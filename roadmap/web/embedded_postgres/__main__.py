"""Runs a Postgres program against the embedded server: `python -m roadmap.web.embedded_postgres FOLDER pg_dump staircase`."""

import os
import subprocess
import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

from .cluster import SUPERUSER
from .membership import join


def main(folder: str, program: str, *arguments: str) -> int:
    try:
        cluster = join(Path(folder))
    except (ImproperlyConfigured, OperationalError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    environment = os.environ | {"PGHOST": str(cluster.socket), "PGUSER": SUPERUSER}
    return subprocess.run([cluster.program(program), *arguments], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
