"""How a GitHub can fail: every kind that the client must survive, by name, for the loopback server to play."""

import json
import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .loopback import Handler

# Answers a request; the second argument is an address elsewhere, for redirects.
Fault = Callable[["Handler", str], None]

MUCH = 60_000_000
JSON = {"Content-Type": "application/json; charset=utf-8"}
# What a hostile owner may write into a description or a topic.
HOSTILE = (
    "<script>alert(1)</script> \u202egnp.exe\u202c \x00\x1b[2J\ud800 {{7*7}} '\"><img src=x onerror=alert(1)> \u200bzero\u2028line " * 30
)


def _answer(status: int, body: bytes, headers: dict[str, str] | None = None) -> Fault:
    return lambda handler, _elsewhere: handler.send(body, status=status, headers=JSON | (headers or {}))


def _says(status: int, message: str, headers: dict[str, str] | None = None, **more: Any) -> Fault:
    return _answer(status, json.dumps({"message": message, "documentation_url": "https://docs.github.com/rest"} | more).encode(), headers)


def _changed(**changes: Any) -> Fault:
    """The whole answer about a repository, with some fields as they should not be."""
    return lambda handler, _elsewhere: handler.answer(handler.asked_for() | changes)


def _used_up(handler: "Handler", _elsewhere: str) -> None:
    handler.github.remaining = 0
    handler.send(b'{"message": "API rate limit exceeded for user ID 1."}', status=403, headers=JSON)


def _slow_drip(handler: "Handler", _elsewhere: str) -> None:
    """A byte at a time, each soon enough for a limit that knows only single waits."""
    handler.send(b"", headers=JSON | {"Content-Length": "1000000"})
    _drip(handler)


def _slow_headers(handler: "Handler", _elsewhere: str) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    _drip(handler)


def _drip(handler: "Handler") -> None:
    with suppress(OSError):
        while not handler.github.stopping.wait(0.02):
            handler.wfile.write(b" ")
    handler.close_connection = True


def _hang(handler: "Handler", _elsewhere: str) -> None:
    handler.github.stopping.wait()
    handler.close_connection = True


def _hang_up(handler: "Handler", _elsewhere: str) -> None:
    handler.hang_up()


def _much(handler: "Handler", _elsewhere: str) -> None:
    handler.send(b'{"description": "', headers=JSON | {"Content-Length": str(MUCH)})
    for _piece in range(MUCH // 100_000):
        handler.wfile.write(b"x" * 100_000)


def _gzip_bomb(handler: "Handler", _elsewhere: str) -> None:
    squeeze = zlib.compressobj(wbits=31)
    bomb = squeeze.compress(b'{"description": "') + b"".join(squeeze.compress(b"x" * 100_000) for _piece in range(MUCH // 100_000))
    handler.send(bomb + squeeze.flush(), headers=JSON | {"Content-Encoding": "gzip"})


def _redirect(status: int) -> Fault:
    return lambda handler, elsewhere: handler.send(b"", status=status, headers={"Location": elsewhere})


def _next_page(handler: "Handler", elsewhere: str) -> None:
    comparison = {"ahead_by": 1, "files": [{"filename": "a.py", "status": "added", "changes": 1}], "commits": []}
    handler.answer(handler.asked_for() | comparison, headers={"Link": f'<{elsewhere}>; rel="next"'})


def _loop(handler: "Handler", _elsewhere: str) -> None:
    handler.send(b"", status=301, headers={"Location": f"{handler.github.api_url}/repositories/1"})


def _truncated(handler: "Handler", _elsewhere: str) -> None:
    handler.send(b'{"id": 1, "full_na', headers=JSON | {"Content-Length": "5000"})
    handler.hang_up()


FAULTS: dict[str, Fault] = {
    # GitHub is not well.
    "500": _says(500, "Server Error"),
    "502": _answer(502, b"<html><body>Bad Gateway</body></html>", {"Content-Type": "text/html"}),
    "503-later": _says(503, "Service unavailable", {"Retry-After": "120"}),
    "hang": _hang,
    "hang-up": _hang_up,
    "slow-drip": _slow_drip,
    "slow-headers": _slow_headers,
    "truncated": _truncated,
    # It refuses.
    "401": _says(401, "Bad credentials"),
    "403": _says(403, "Resource not accessible by personal access token"),
    "403-blocked": _says(403, "Repository access blocked", block={"reason": "tos", "html_url": "https://github.com/tos"}),
    "403-limit": _used_up,
    "403-secondary": _says(403, "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."),
    "404": _says(404, "Not Found"),
    "409": _says(409, "Git Repository is empty."),
    "410": _says(410, "Gone"),
    "422": _says(422, "Validation Failed"),
    "429": _says(429, "Too Many Requests", {"Retry-After": "30"}),
    "429-for-ever": _says(429, "Too Many Requests", {"Retry-After": "999999999"}),
    "429-nonsense": _says(429, "Too Many Requests", {"Retry-After": "soon", "X-RateLimit-Reset": "x"}),
    "451": _says(451, "Repository access blocked", block={"reason": "dmca", "html_url": "https://github.com/github/dmca"}),
    # It sends elsewhere.
    "redirect": _redirect(302),
    "redirect-for-good": _redirect(301),
    "redirect-loop": _loop,
    "next-page": _next_page,
    # It says something that is no answer.
    "60-mb": _much,
    "bad-charset": _answer(200, '{"description": "café"}'.encode("latin-1")),
    "bad-json": _answer(200, b'{"id": 1,'),
    "deep-json": _answer(200, b"[" * 900_000),
    "empty": _answer(200, b""),
    "gzip-bomb": _gzip_bomb,
    "html": _answer(200, b"<!doctype html><title>Sign in to the hotel's network</title>", {"Content-Type": "text/html"}),
    "huge-headers": _answer(200, b"{}", {f"X-Huge-{number}": "z" * 8000 for number in range(100)}),
    "huge-number": _answer(200, b'{"id": ' + b"9" * 900_000 + b"}"),
    "list": _answer(200, b"[]"),
    "null": _answer(200, b"null"),
    # It says it in the right shape, with wrong things in it.
    "hostile-branch": _changed(default_branch="main\r\nX-Evil: 1"),
    "hostile-name": _changed(full_name="amina/../../user"),
    "hostile-text": _changed(description=HOSTILE, topics=[HOSTILE, 7, None], license={"spdx_id": HOSTILE}),
    "nulls": _changed(description=None, topics=None, license=None, pushed_at=None),
    "private": _changed(private=True),
    "private-unsaid": _changed(private=None),
    "wrong-types": _changed(id="1", description=["a"], topics={"a": 1}, size=-1, pushed_at=7),
}
