"""Ends with 0 when an address of the application answers 200, asked as the proxy asks: `healthcheck.py http://127.0.0.1:8000/healthz`."""

import os
import sys
import urllib.request

request = urllib.request.Request(sys.argv[1])
if hosts := os.environ.get("ALLOWED_HOSTS"):
    request.add_header("Host", hosts.split(",")[0].strip())
request.add_header("X-Forwarded-Proto", "https")
try:
    with urllib.request.urlopen(request, timeout=4) as answer:
        sys.exit(0 if answer.status == 200 else 1)
except OSError as error:
    sys.exit(str(error))
