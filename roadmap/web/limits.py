"""Limits that cost no statement: a token bucket for each client, in the memory of one process."""

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from ipaddress import ip_address, ip_network
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

import structlog
from allauth.account.adapter import get_adapter
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _lazy

from .htmx import refuse

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

View = Callable[..., HttpResponse]


class Bucket:
    """Lets a key through `burst` times at once and `per_minute` times a minute from then on."""

    def __init__(self, *, per_minute: float, burst: int, most_keys: int = 50_000) -> None:
        self.rate, self.burst, self.most_keys = per_minute / 60, burst, most_keys
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def take(self, key: str) -> float:
        """0 when the request may go on; else the seconds after which the next one may."""
        now = monotonic()
        with self._lock:
            tokens, since = self._held.pop(key, (float(self.burst), now))
            tokens = min(self.burst, tokens + (now - since) * self.rate)
            wait = 0.0 if tokens >= 1 else (1 - tokens) / self.rate
            self._held[key] = (tokens - 1 if not wait else tokens, now)
            if len(self._held) > self.most_keys:
                self._held.popitem(last=False)
        return wait

    def clear(self) -> None:
        """Forgets everybody."""
        with self._lock:
            self._held.clear()


log = structlog.get_logger(__name__)


class Limit:
    """How often one client may ask for something. As a decorator it stands before a whole view: `@marks_limit`."""

    every: ClassVar[list["Limit"]] = []

    def __init__(
        self, name: str, says: "StrPromise", *, per_minute: float, burst: int, of: Callable[[HttpRequest], str] | None = None
    ) -> None:
        self.name, self.says, self.of = name, says, of or client_of
        self.bucket = Bucket(per_minute=per_minute, burst=burst)
        self.every.append(self)

    def refusal(self, request: HttpRequest) -> HttpResponse | None:
        """None when the request may go on; else the answer, 429, with the sentence that says what was not done and when to go on."""
        wait = self.bucket.take(self.of(request))
        if not wait:
            return None
        log.warning("limit_reached", limit=self.name, ip=client_address(request))
        return refuse(request, str(self.says), status=429, wait=int(wait) + 1)

    def __call__(self, view: View) -> View:
        @wraps(view)
        def limited(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            return self.refusal(request) or view(request, *args, **kwargs)

        return limited


def client_of(request: HttpRequest) -> str:
    """Who sent a request, for counting: the account, else the session, else the address that it came from.

    A visitor has a session from the first mark on, so what an address is counted for are first marks: new guests.
    """
    if request.user.is_authenticated:
        return f"user {request.user.pk}"
    # Asking for the user has read the session, and a key that was made up is gone by now.
    if request.session.session_key:
        return f"session {request.session.session_key}"
    return address_of(request)


def address_of(request: HttpRequest) -> str:
    """The address that a request came from, for counting what asks for no session: pictures that other sites show."""
    return f"address {_network(client_address(request))}"


def client_address(request: HttpRequest) -> str:
    """The address of the client, as sign-in counts it too. `X-Forwarded-For` is believed only as far as proxies of our own have written it."""
    try:
        return str(get_adapter(request).get_client_ip(request))
    except (PermissionDenied, ImproperlyConfigured):
        return ""  # a request without an address, or with fewer hops than we have proxies: made up


def _network(address: str) -> str:
    """A home has one IPv4 address, or 2^64 of IPv6."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((parsed, 64), strict=False)) if parsed.version == 6 else address


def forget() -> None:
    """Fills every bucket again: a test begins as a process does."""
    for limit in Limit.every:
        limit.bucket.clear()


# 60 marks a minute in the long run; the burst is one for every skill of the roadmap, in one go.
marks_limit = Limit(
    "marks",
    _lazy("That’s a lot of marks at once. Nothing was saved for the last one; go on in a few seconds."),
    per_minute=60,
    burst=120,
)
