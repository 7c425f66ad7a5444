#!/usr/bin/env python
import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roadmap.settings")
    if sys.argv[1:2] == ["worker"]:
        os.environ.setdefault("STAIRCASE_PROCESS", "worker")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:  # its message says what to do; where it was raised helps nobody
        sys.exit(str(error))
