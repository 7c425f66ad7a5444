"""What can be made of a portfolio, at addresses of its own. Each view makes one export of what `published.py` lets its viewer see."""

import json
from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from threading import Lock

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _lazy

from roadmap.web.languages import in_the_browsers_language
from roadmap.web.limits import Limit, address_of

from .exports import badge as _badge
from .exports import readme as _readme
from .exports import resume as _resume
from .public_views import of_portfolio, of_published_portfolio
from .published import Portfolio

# Seconds that anybody's cache may keep what other sites show.
_FRESH = 300

_shown_elsewhere = Limit(
    "pictures", _lazy("That’s a lot of pictures at once. Go on in a few seconds."), per_minute=60, burst=120, of=address_of
)
_made_anew = Limit("exports", _lazy("That’s a lot of files to make at once. Go on in a few minutes."), per_minute=10 / 60, burst=10)


class Shelf:
    """The files that this process made last, by what they were made of: the same portfolio is not set twice."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._held: OrderedDict[object, bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, key: object) -> bytes | None:
        """The file, if it is still there."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def put(self, key: object, data: bytes) -> bytes:
        """Keeps a file, and lets go of the one that nobody has asked for longest."""
        with self._lock:
            self._held[key] = data
            if len(self._held) > self.most:
                self._held.popitem(last=False)
        return data


_shelf = Shelf(32)


@_shown_elsewhere
@in_the_browsers_language
@of_published_portfolio
def badge(request: HttpRequest, portfolio: Portfolio) -> HttpResponse:
    response = _answer(request, _badge.badge(portfolio).encode(), "image/svg+xml; charset=utf-8")
    # Opened by itself, an SVG is a page.
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return _for_other_sites(response)


@_shown_elsewhere
@in_the_browsers_language
@of_published_portfolio
def picture(request: HttpRequest, portfolio: Portfolio) -> HttpResponse:
    # Here and below: what sets type and draws takes 50 MB, which a process that never does so need not have.
    from .exports import picture as _picture

    key = ("picture", get_language(), portfolio)
    data = _shelf.get(key) or _shelf.put(key, _picture.picture(portfolio))
    return _for_other_sites(_answer(request, data, "image/png"))


@of_portfolio
def resume(request: HttpRequest, portfolio: Portfolio) -> HttpResponse:
    data = json.dumps(_resume.resume(portfolio), ensure_ascii=False, indent=2) + "\n"
    return _answer(request, data.encode(), "application/json; charset=utf-8", name=f"{portfolio.handle}-resume.json")


@of_portfolio
def readme(request: HttpRequest, portfolio: Portfolio) -> HttpResponse:
    data = _readme.readme(portfolio).encode()
    return _answer(request, data, "text/markdown; charset=utf-8", name="README.md", is_attachment=True)


@of_portfolio
def paper(request: HttpRequest, portfolio: Portfolio) -> HttpResponse:
    from .exports import paper as _paper

    size: _paper.Paper = "letter" if request.GET.get("paper") == "letter" else "a4"
    made = _made(request, portfolio, f"paper {size}", lambda: _paper.paper(portfolio, paper=size))
    return made if isinstance(made, HttpResponse) else _answer(request, made, "application/pdf", name=f"{portfolio.handle}-portfolio.pdf")


@of_portfolio
def site(request: HttpRequest, portfolio: Portfolio) -> HttpResponse:
    from .exports import site as _site

    made = _made(request, portfolio, "site", lambda: _site.site(portfolio))
    if isinstance(made, HttpResponse):
        return made
    return _answer(request, made, "application/zip", name=f"{portfolio.handle}-portfolio.zip", is_attachment=True)


def _made(request: HttpRequest, portfolio: Portfolio, kind: str, make: Callable[[], bytes]) -> bytes | HttpResponse:
    """A file that takes a while to make; what is on the shelf is free, and for the rest there is a limit, or the refusal that it gives."""
    key = (kind, get_language(), portfolio)
    if (held := _shelf.get(key)) is not None:
        return held
    return _made_anew.refusal(request) or _shelf.put(key, make())


def _answer(request: HttpRequest, data: bytes, content_type: str, *, name: str = "", is_attachment: bool = False) -> HttpResponse:
    """A file, or that it is still the one which the client has."""
    etag = f'"{sha256(data).hexdigest()[:32]}"'
    response = HttpResponse(data, content_type=content_type, headers={"ETag": etag})
    if name:
        response["Content-Disposition"] = content_disposition_header(is_attachment, name) or "inline"
    return get_conditional_response(request, etag=etag, response=response) or response


def _for_other_sites(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, public=True, max_age=_FRESH)
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
