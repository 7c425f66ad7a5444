"""The part of GitHub's REST API that is read, over httpx: facts of a repository, what a fork changed, an archive as a stream.

Requests go to the API's own host and, for one hop and without the token, to the host of archives; no other redirect is followed.
One deadline covers a whole question, with connecting and every byte of the answer. Every failure is a `Trouble`.
See https://docs.github.com/rest (version 2022-11-28).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx
from django.conf import settings

from .answers import LARGEST_JSON, MOVED, Fields, etag_of, one_line, pieces, read_json, read_url, reset, target, trouble_of
from .troubles import Empty, NotFound, Private, Reason, TooLarge, Trouble, Unreachable
from .wire import Deadline, Transport

LARGEST_ARCHIVE = 64_000_000
MOST_REDIRECTS = 3
MOST_PAGES = 10
# GitHub lists so many changed files of a comparison and leaves out the rest.
MOST_CHANGED_FILES = 300


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: to connect, for one silence, for one question and for one archive."""

    connect: float = 3
    silence: float = 10
    question: float = 20
    archive: float = 60


@dataclass(frozen=True, slots=True)
class Parent:
    """What a fork was made from."""

    owner: str
    name: str
    default_branch: str


@dataclass(frozen=True, slots=True)
class RepositoryFacts:
    """A public repository as it is now. Texts are what its owner wrote, in one line without control characters; `size` is in KB."""

    id: int
    owner: str
    name: str
    description: str
    default_branch: str
    licence: str
    topics: tuple[str, ...]
    languages: Mapping[str, int]
    size: int
    is_archived: bool
    is_fork: bool
    parent: Parent | None
    pushed_at: datetime | None
    head: str
    committed_at: datetime
    etag: str


@dataclass(frozen=True, slots=True)
class NotChanged:
    """Nothing has changed since the answer that the ETag came with."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a fork's own commits did. Where GitHub did not list every file, `is_complete` is false."""

    ahead_by: int
    paths: frozenset[str]
    is_complete: bool


@dataclass(frozen=True, slots=True)
class Rate:
    """What the last answer said of the limit: questions left until `until` (UTC)."""

    remaining: int
    until: datetime


@dataclass(frozen=True, slots=True)
class _Answer:
    value: Any
    etag: str
    next: httpx.URL | None


def client_from_settings(limits: Limits | None = None) -> "Client":
    """The client of the GitHub that the settings name."""
    return Client(settings.GITHUB_API_URL, archive_hosts=(settings.GITHUB_ARCHIVE_HOST,), token=settings.GITHUB_TOKEN, limits=limits)


class Client:
    """Asks GitHub. A context manager; not for several threads at once.

    `archive_hosts` are hosts, with a port where it is not the scheme's own. `rate` is what the last answer said of the limit.
    """

    def __init__(self, api_url: str, *, archive_hosts: Iterable[str], token: str = "", limits: Limits | None = None) -> None:
        self._api = httpx.URL(api_url.rstrip("/"))
        self._archive_hosts = frozenset(archive_hosts)
        self._authorization = {"Authorization": f"Bearer {token}"} if token else {}
        self._limits = limits or Limits()
        self._deadline = Deadline()
        self._http = httpx.Client(
            transport=Transport(self._deadline),
            timeout=httpx.Timeout(self._limits.silence, connect=self._limits.connect),
            headers={"User-Agent": "Staircase", "Accept-Encoding": "identity"},
            follow_redirects=False,
            trust_env=False,
        )
        self.rate: Rate | None = None

    def __enter__(self) -> Self:
        self._http.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._http.__exit__(kind, error, trace)

    def repository(self, owner: str, name: str, *, etag: str = "") -> RepositoryFacts | NotChanged:
        """The facts of a public repository; `NotChanged` if it is as it was when it had this ETag. Raises Trouble."""
        self._deadline.set(self._limits.question)
        answer = self._ask(self._repository(owner, name), etag=etag)
        if answer is None:
            return NotChanged()
        found = Fields(answer.value)
        if found.truth("private"):
            raise Private
        owner, name = found.full_name()
        branch = found.branch("default_branch")
        head = self._head(owner, name, branch)
        licence = found.optional("license")
        spdx = licence.text("spdx_id", longest=50) if licence else ""
        return RepositoryFacts(
            id=found.number("id"),
            owner=owner,
            name=name,
            description=found.text("description", longest=500),
            default_branch=branch,
            licence="" if spdx == "NOASSERTION" else spdx,
            topics=found.words("topics"),
            languages=self._languages(owner, name),
            size=found.number("size"),
            is_archived=found.truth("archived"),
            is_fork=found.truth("fork"),
            parent=_parent(found),
            pushed_at=found.moment("pushed_at") if found.has("pushed_at") else None,
            head=head.sha("sha"),
            committed_at=_committed_at(head.object("commit")),
            etag=answer.etag,
        )

    def comparison(self, facts: RepositoryFacts) -> Comparison:
        """How a fork differs from its parent: the files that its own commits added or changed. Raises Trouble.

        Nothing is known, and `is_complete` is false, where the two have no common history or the answer is larger than is read.
        """
        if facts.parent is None:
            raise ValueError("Only a fork with a known parent can be compared.")
        self._deadline.set(self._limits.question)
        base = quote(f"{facts.parent.owner}:{facts.parent.default_branch}", safe="")
        page: httpx.URL | None = self._repository(facts.owner, facts.name, f"/compare/{base}...{facts.head}?per_page=100")
        paths: set[str] = set()
        ahead_by = listed = 0
        for _page in range(MOST_PAGES):
            try:
                answer = self._ask(page) if page else None
            except Trouble as trouble:
                if isinstance(trouble, NotFound) or (isinstance(trouble, Unreachable) and trouble.reason == "too-large"):
                    return Comparison(0, frozenset(), is_complete=False)
                raise
            if answer is None:
                break
            found = Fields(answer.value)
            ahead_by = found.number("ahead_by")
            files = [Fields(file) for file in found.items("files")]
            listed += len(files)
            paths.update(path for file in files if (path := file.own_path()))
            # All files come with the first commits; a page without any is the last to look at.
            page = answer.next if files else None
        return Comparison(ahead_by, frozenset(paths), is_complete=page is None and listed < MOST_CHANGED_FILES)

    def archive(self, owner: str, name: str, sha: str) -> Iterator[bytes]:
        """The repository at one commit as a packed .tar.gz, piece by piece; asking for the first piece asks GitHub. Raises Trouble."""
        self._deadline.set(self._limits.archive)
        address = self._repository(owner, name, f"/tarball/{quote(sha, safe='')}")
        for _hop in range(MOST_REDIRECTS):
            with self._open(address, self._authorization) as answer:
                if answer.status_code not in MOVED:
                    raise trouble_of(answer)
                address = target(answer, address)
            if not self._is_question(address):
                break
        if not self._is_of_archives(address):
            raise Unreachable("redirect")
        with self._open(address, {}) as answer:
            if answer.status_code != 200:
                raise trouble_of(answer)
            yield from pieces(answer, LARGEST_ARCHIVE, TooLarge())

    def _head(self, owner: str, name: str, branch: str) -> Fields:
        """The last commit. The list of commits is asked, since a single commit comes with all that it changed."""
        answer = self._ask(self._repository(owner, name, f"/commits?sha={quote(branch, safe='')}&per_page=1"))
        commits = answer.value if answer else None
        if not isinstance(commits, list):
            raise Unreachable("wrong-shape")
        if not commits:
            raise Empty
        return Fields(commits[0])

    def _languages(self, owner: str, name: str) -> dict[str, int]:
        answer = self._ask(self._repository(owner, name, "/languages"))
        found = Fields(answer.value if answer else None)
        return {one_line(language, longest=50): found.number(language) for language in list(found.value)[:100]}

    def _repository(self, owner: str, name: str, rest: str = "") -> httpx.URL:
        return httpx.URL(f"{self._api}/repos/{quote(owner, safe='')}/{quote(name, safe='')}{rest}")

    def _ask(self, address: httpx.URL, *, etag: str = "") -> _Answer | None:
        """The answer to one question; None if nothing changed since the ETag."""
        headers = self._authorization | {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
        headers |= {"If-None-Match": etag} if etag else {}
        for _hop in range(MOST_REDIRECTS + 1):
            with self._open(address, headers) as answer:
                if answer.status_code == 304 and etag:
                    return None
                if answer.status_code == 200:
                    value = read_json(b"".join(pieces(answer, LARGEST_JSON, Unreachable("too-large"))))
                    return _Answer(value, etag_of(answer), self._next_page(answer))
                if answer.status_code not in MOVED:
                    raise trouble_of(answer)
                address = target(answer, address)
            if not self._is_question(address):
                break
        raise Unreachable("redirect")

    @contextmanager
    def _open(self, address: httpx.URL, headers: dict[str, str]) -> Iterator[httpx.Response]:
        """An answer whose body is still to be read. What goes wrong on the way, until it is read, becomes `Unreachable`."""
        reason: Reason
        try:
            with self._http.stream("GET", address, headers=headers) as answer:
                self._remember_rate(answer)
                yield answer
            return
        except httpx.TimeoutException:
            reason = "timeout"
        except (httpx.ConnectError, httpx.ProxyError):
            reason = "connection"
        except (httpx.HTTPError, httpx.InvalidURL):
            reason = "broken"
        # Raised out here, so that nothing with the request's headers hangs on it.
        raise Unreachable(reason)

    def _remember_rate(self, answer: httpx.Response) -> None:
        remaining, until = answer.headers.get("x-ratelimit-remaining", ""), reset(answer)
        if until and re.fullmatch(r"[0-9]{1,9}", remaining):
            self.rate = Rate(int(remaining), until)

    def _next_page(self, answer: httpx.Response) -> httpx.URL | None:
        found = re.search(r'<([^<>]*)>; *rel="next"', answer.headers.get("link", "")[:5000])
        if not found:
            return None
        address = read_url(found[1])
        if not self._is_question(address):
            raise Unreachable("redirect")
        return address

    def _is_question(self, address: httpx.URL) -> bool:
        """Whether it is about a repository, and asked of the API itself."""
        route = rf"{re.escape(self._api.path.rstrip('/'))}/(?:repos/[^/?]+/[^/?]+|repositories/\d+)(?:[/?].*)?"
        return (address.scheme, address.netloc, address.userinfo) == (self._api.scheme, self._api.netloc, b"") and bool(
            re.fullmatch(route, address.raw_path.decode("ascii"))
        )

    def _is_of_archives(self, address: httpx.URL) -> bool:
        return address.scheme == self._api.scheme and not address.userinfo and address.netloc.decode("ascii") in self._archive_hosts


def _parent(found: Fields) -> Parent | None:
    parent = found.optional("parent")
    return Parent(*parent.full_name(), parent.branch("default_branch")) if parent else None


def _committed_at(commit: Fields) -> datetime:
    """Old imports may name only one of the two."""
    return (commit.optional("committer") or commit.object("author")).moment("date")
