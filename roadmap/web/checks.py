"""System checks of what Staircase depends on."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register

UNSHARED = ("locmem", "dummy")


@register(Tags.caches, deploy=True)
def cache_is_shared(app_configs: Any, **kwargs: Any) -> list[Error]:
    """The limits of sign-in are counted in the cache: each process with a cache of its own would count for itself."""
    backend = settings.CACHES["default"]["BACKEND"]
    if any(word in backend.lower() for word in UNSHARED):
        return [
            Error(f"The cache {backend} is not shared by processes.", hint="Use the database's cache, or one such as Redis.", id="web.E001")
        ]
    return []
