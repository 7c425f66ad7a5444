"""What can go wrong with the embedded server, each with a sentence that says what to do."""

from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError


class ServerUnavailable(OperationalError):
    """The server does not run now; what is asked of it may succeed later."""


class DiskFull(ServerUnavailable):
    """There is no room left for the data."""


class UnsupportedMachine(ImproperlyConfigured):
    """This machine cannot run the embedded server, or not with this folder."""
