"""The time zones that people choose from, and pages that say times as their reader's clock does. What is stored is UTC."""

from collections.abc import Callable
from functools import cache, wraps
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from .models import User

View = Callable[..., HttpResponse]

_AREAS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@cache
def zones() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """The time zones of the IANA database that are named after places, by area."""
    areas: dict[str, list[tuple[str, str]]] = {area: [] for area in _AREAS}
    for name in sorted(available_timezones()):
        area, _slash, place = name.partition("/")
        if area in areas and len(name) <= 40:
            areas[area].append((name, place.replace("_", " ").replace("/", ", ")))
    return tuple((area, tuple(places)) for area, places in areas.items())


def zone_of(person: User | AnonymousUser) -> ZoneInfo:
    """The zone that a person chose; UTC for none, for a visitor, and for one that this machine does not know."""
    try:
        return ZoneInfo(getattr(person, "time_zone", "") or "UTC")
    except (KeyError, OSError, ValueError):
        return ZoneInfo("UTC")


def in_own_time(view: View) -> View:
    """For a page of one's own: its times and days are those of whoever reads it."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with timezone.override(zone_of(request.user)):
            return view(request, *args, **kwargs)

    return shown
