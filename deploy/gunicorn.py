"""gunicorn's settings, in development and production: `gunicorn --config deploy/gunicorn.py roadmap.wsgi:application`."""

import multiprocessing
import os
from pathlib import Path

_production = os.environ.get("ENVIRONMENT") == "production"

bind = f"{os.environ.get('BIND', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
threads = 8
# Each thread keeps a database connection: ten workers stay below the hundred that Postgres allows.
workers = int(os.environ.get("WEB_CONCURRENCY") or (min(2 * multiprocessing.cpu_count(), 10) if _production else 2))

timeout = 30
graceful_timeout = 30
keepalive = 75  # longer than the proxy keeps idle connections, or a POST may meet one that was just closed
max_requests = 2000
max_requests_jitter = 200

limit_request_line = 4094
limit_request_fields = 60
limit_request_field_size = 8190

reload = os.environ.get("DEBUG", "").lower() in ("1", "true", "yes", "on")
control_socket_disable = True
errorlog = "-"
accesslog = None  # requests are logged by the application, with their ids
loglevel = "info" if _production else "warning"
proc_name = "staircase"
if Path("/dev/shm").is_dir():  # noqa: S108  (a heartbeat must not wait for a disk)
    worker_tmp_dir = "/dev/shm"  # noqa: S108
