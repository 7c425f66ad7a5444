"""Limits that cost no statement: a token bucket for each client, in the memory of one process."""

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from threading import Lock
from time import monotonic

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

View = Callable[..., HttpResponse]


class Bucket:
    """Lets a key through `burst` times at once and `per_minute` times a minute from then on."""

    def __init__(self, *, per_minute: int, burst: int, most_keys: int = 50_000) -> None:
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


# 60 marks a minute in the long run; the burst is one for every skill of the roadmap, in one go.
_marks = Bucket(per_minute=60, burst=120)


def marks_limit(view: View) -> View:
    """Answers 429 to a client that marks faster than a person does; the mark is not made, and the sentence says when to go on."""

    @wraps(view)
    def limited(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        wait = _marks.take(request.META.get("REMOTE_ADDR", ""))
        if wait:
            response = render(request, "429.html", {"sentence": _("That’s a lot of marks at once. Nothing was saved for the last one; go on in a few seconds.")}, status=429)
            response["Retry-After"] = str(int(wait) + 1)
            return response
        return view(request, *args, **kwargs)

    return limited


def forget() -> None:
    """Fills every bucket again: a test begins as a process does."""
    _marks.clear()
