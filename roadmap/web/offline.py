"""What pages and the service worker need in order to work without a connection."""

import json
from functools import cache
from hashlib import blake2s
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import get_template
from django.templatetags.static import static

# Every page loads these; more is kept as it is asked for.
FILES = (
    "css/tokens.css",
    "css/staircase.css",
    "django_htmx/htmx-2.min.js",
    "js/staircase.js",
    "js/offline.js",
    "js/queue.js",
    "js/kept.js",
    "img/favicon.svg",
    "img/icons.svg",
    "fonts/archivo-latin.woff2",
    "fonts/atkinson-next-latin.woff2",
)


def person_of(request: HttpRequest) -> str:
    """A name for whoever is signed in, which a browser keeps pages and waiting marks under; "guest" for everybody else.

    It is the same on every visit and every device, also after a change of the handle or of the site's key.
    """
    if not request.user.is_authenticated:
        return "guest"
    return blake2s(str(request.user.pk).encode(), digest_size=8, person=b"person").hexdigest()


@cache
def worker() -> str:
    """The script of the service worker; a new one whenever a file of the release or the script itself has changed."""
    script = _source("sw.js" if settings.SERVICE_WORKER else "sw_withdrawn.js")
    release: dict[str, Any] = {
        "static": settings.STATIC_URL,
        "files": [static(name) for name in FILES],
        "days": settings.SESSION_COOKIE_AGE // 86400,
    }
    read = [json.dumps(release), script, _source("offline.html"), _source("components/offline.html")]
    release["version"] = blake2s("\n".join(read).encode(), digest_size=8).hexdigest()
    return f"const RELEASE = {json.dumps(release)};\n{script}"


def _source(template: str) -> str:
    return get_template(template).template.source  # type: ignore[attr-defined]
