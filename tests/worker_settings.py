"""Settings of a worker process that tests start: on the test's own database, with the jobs of `tests.jobs`."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES

if name := os.environ.get("TEST_DATABASE"):
    DATABASES["default"]["NAME"] = name
PROCRASTINATE_IMPORT_PATHS = ["tests.jobs"]
