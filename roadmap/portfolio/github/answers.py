"""What an answer of GitHub says: its fields with the types that they must have, and what each refusal means."""

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import httpx

from .addresses import NAME, OWNER
from .troubles import Blocked, Empty, NotFound, Private, RateLimited, Trouble, Unreachable

LARGEST_JSON = 1_000_000
# GitHub's limits begin anew after an hour at most; an answer that says otherwise is not believed.
LONGEST_WAIT = timedelta(hours=2)
UNTOLD_WAIT = timedelta(seconds=60)
MOVED = frozenset({301, 302, 307, 308})

Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class Fields:
    """An object of an answer, whose fields have the type that is asked for or raise `Unreachable("wrong-shape")`."""

    value: Any

    def __post_init__(self) -> None:
        if not isinstance(self.value, dict):
            raise Unreachable("wrong-shape")

    def has(self, key: str) -> bool:
        return self.value.get(key) is not None

    def object(self, key: str) -> "Fields":
        return Fields(self.value.get(key))

    def optional(self, key: str) -> "Fields | None":
        return self.object(key) if self.has(key) else None

    def truth(self, key: str) -> bool:
        return self._of_type(key, bool)

    def number(self, key: str) -> int:
        number = self.value.get(key)
        if type(number) is not int or not 0 <= number < 2**53:
            raise Unreachable("wrong-shape")
        return number

    def text(self, key: str, *, longest: int) -> str:
        return one_line(self._of_type(key, str), longest=longest) if self.has(key) else ""

    def items(self, key: str) -> list[Any]:
        return self._of_type(key, list) if self.has(key) else []

    def words(self, key: str) -> tuple[str, ...]:
        return tuple(one_line(word, longest=50) for word in self.items(key)[:20] if isinstance(word, str))

    def full_name(self) -> tuple[str, str]:
        found = self._match("full_name", rf"({OWNER})/({NAME})")
        return found[1], found[2]

    def branch(self, key: str) -> str:
        return self._match(key, r"([^\x00-\x20\x7f~^:?*\[\\\ud800-\udfff]{1,250})")[1]

    def sha(self, key: str) -> str:
        return self._match(key, r"([0-9a-f]{40}|[0-9a-f]{64})")[1]

    def moment(self, key: str) -> datetime:
        try:
            moment = datetime.fromisoformat(self._of_type(key, str))
            if moment.tzinfo:
                return moment.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        raise Unreachable("wrong-shape")

    def own_path(self) -> str:
        """The path of a changed file; empty where the change is no code of one's own: a file that was taken away, or only moved."""
        status, path = self.value.get("status"), self._of_type("filename", str)
        is_own = status != "removed" and not (status == "renamed" and self.value.get("changes") == 0)
        return path if is_own else ""

    def _of_type(self, key: str, kind: type[Kind]) -> Kind:
        value = self.value.get(key)
        if not isinstance(value, kind):
            raise Unreachable("wrong-shape")
        return value

    def _match(self, key: str, pattern: str) -> re.Match[str]:
        found = re.fullmatch(pattern, self._of_type(key, str))
        if not found:
            raise Unreachable("wrong-shape")
        return found


def one_line(text: str, *, longest: int) -> str:
    """Somebody else's words without what could turn the text around them, hide in it, or be refused by the database."""
    kept = "".join(" " if unicodedata.category(character) in ("Cc", "Zl", "Zp") else character for character in text[: longest * 4])
    # The joiner (U+200D) holds emoji together; all else of these categories is invisible, half a character or not assigned.
    shown = "".join(character for character in kept if character == "\u200d" or unicodedata.category(character)[0] != "C")
    return " ".join(shown.split())[:longest]


def read_json(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        pass
    raise Unreachable("not-json")


def pieces(answer: httpx.Response, most: int, too_much: Trouble) -> Iterator[bytes]:
    """The body as it comes over the wire. It was asked for without compression, so that what is counted is what there is."""
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise Unreachable("not-json")
    read = 0
    for piece in answer.iter_raw():
        read += len(piece)
        if read > most:
            raise too_much
        yield piece


def etag_of(answer: httpx.Response) -> str:
    """The answer's ETag if it can be sent back as it is, or nothing."""
    etag = answer.headers.get("etag", "")
    return etag if re.fullmatch(r'(?:W/)?"[\x21\x23-\x7e]{1,150}"', etag) else ""


# --- What an answer refuses -------------------------------------------------------------------------------------------


def read_url(text: str) -> httpx.URL:
    try:
        return httpx.URL(text)
    except (httpx.InvalidURL, ValueError):
        pass
    raise Unreachable("redirect")


def target(answer: httpx.Response, address: httpx.URL) -> httpx.URL:
    """Where an answer sends us."""
    return address.join(read_url(answer.headers.get("location", "")))


def trouble_of(answer: httpx.Response) -> Trouble:
    """What an answer other than 200 means. See https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api"""
    status = answer.status_code
    if status in (404, 410):
        return NotFound()
    if status == 409:
        return Empty()
    if status == 451:
        return Blocked()
    if status == 401:
        return Unreachable("refused")
    if status in (403, 429):
        return _refusal(answer)
    if status >= 500:
        return Unreachable("server", _retry_after(answer))
    return Unreachable("redirect" if status in MOVED else "status")


def _refusal(answer: httpx.Response) -> Trouble:
    """403 has three meanings: too many questions, a repository that GitHub closed, one that we may not see."""
    try:
        said = read_json(b"".join(pieces(answer, LARGEST_JSON, Unreachable("too-large"))))
    except Unreachable:
        said = None
    words = said if isinstance(said, dict) else {}
    if "block" in words:
        return Blocked()
    retry_after = _retry_after(answer)
    is_used_up = answer.headers.get("x-ratelimit-remaining") == "0"
    if retry_after or is_used_up or answer.status_code == 429 or "rate limit" in str(words.get("message", "")).lower():
        return RateLimited(retry_after or (reset(answer) if is_used_up else None) or datetime.now(UTC) + UNTOLD_WAIT)
    return Private()


def _retry_after(answer: httpx.Response) -> datetime | None:
    told = answer.headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", told):
        return _believable(datetime.now(UTC).timestamp() + int(told))
    try:
        return _believable(parsedate_to_datetime(told).timestamp()) if told else None
    except (ValueError, OverflowError):
        return None


def reset(answer: httpx.Response) -> datetime | None:
    told = answer.headers.get("x-ratelimit-reset", "")
    return _believable(int(told)) if re.fullmatch(r"[0-9]{1,15}", told) else None


def _believable(moment: float) -> datetime:
    now = datetime.now(UTC)
    return now + timedelta(seconds=min(max(moment - now.timestamp(), 1), LONGEST_WAIT.total_seconds()))
