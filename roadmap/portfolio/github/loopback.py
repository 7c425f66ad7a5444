"""A GitHub on this machine: the part of its API that is read, with its shapes, its headers and, when told so, its failures.

Two servers, as there are two hosts: one for the API, one for archives. Tests use it, and development where there is no network:
`python -m roadmap.portfolio.github.loopback --port 8100` serves the sample repositories until it is interrupted.
"""

import argparse
import hashlib
import json
import re
import signal
import socket
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from .faults import FAULTS
from .hosted import Hosted

SAMPLES = Path(__file__).parents[1] / "samples"
MOST_LISTED_FILES = 300


def samples() -> list[Hosted]:
    """The sample repositories, one folder <owner>/<name> each."""
    return [Hosted.read(folder) for folder in sorted(SAMPLES.glob("*/*")) if folder.is_dir()]


@dataclass(frozen=True, slots=True)
class Request:
    """A request that came in; `host` is "api" or "archive"."""

    host: str
    path: str
    headers: dict[str, str]


@dataclass
class _Failing:
    fault: str
    on: str
    elsewhere: str
    times: int


class Loopback:
    """A running GitHub. A context manager; `requests` are all that came in.

    `remaining` is how many questions it still answers before its limit. What it serves can be changed while it runs. `prefix` is what
    the paths of the API begin with: GitHub Enterprise has /api/v3.
    """

    def __init__(self, repositories: Iterable[Hosted] = (), *, port: int = 0, archive_port: int = 0, prefix: str = "") -> None:
        self.requests: list[Request] = []
        self.remaining = 5000
        self.reset = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=40)
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._failing: list[_Failing] = []
        self._repositories: dict[str, Hosted] = {}
        self._commits: dict[str, Hosted] = {}
        for repository in repositories:
            self.serve(repository)
        self._api = _Server(("127.0.0.1", port), self, "api")
        self._archive = _Server(("127.0.0.1", archive_port), self, "archive")
        self.prefix = prefix
        self.api_url = f"http://127.0.0.1:{self._api.server_port}{prefix}"
        self.archive_host = f"127.0.0.1:{self._archive.server_port}"

    def __enter__(self) -> Self:
        for server in (self._api, self._archive):
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stopping.set()
        for server in (self._api, self._archive):
            server.shutdown()
            server.server_close()

    def serve(self, repository: Hosted) -> Hosted:
        """Serves a repository, or its new state; earlier commits can still be had as archives."""
        self._repositories[repository.full_name.lower()] = repository
        self._commits[repository.sha] = repository
        return repository

    def rename(self, full_name: str, new_name: str) -> Hosted:
        """Gives a repository another name; the old one leads to it."""
        old = self._repositories.pop(full_name.lower())
        return self.serve(replace(old, full_name=new_name, former_names=(*old.former_names, old.full_name)))

    def remove(self, full_name: str) -> None:
        """Deletes a repository, or makes it private: from outside these are alike."""
        del self._repositories[full_name.lower()]

    def fail(self, fault: str, *, on: str = "", elsewhere: str = "", times: int = sys.maxsize) -> None:
        """Answers requests whose path has `on` in it with a fault (see FAULTS), so many times; `elsewhere` is where a redirect leads."""
        if fault not in FAULTS:
            raise ValueError(f"There is no fault {fault!r}.")
        self._failing.append(_Failing(fault, on, elsewhere, times))

    def recover(self) -> None:
        """Ends all faults."""
        self._failing.clear()

    def count(self, host: str = "") -> Counter[str]:
        """How often each path was asked for, without its query."""
        return Counter(request.path.partition("?")[0] for request in self.requests if host in ("", request.host))

    def find(self, full_name: str) -> Hosted | None:
        return self._repositories.get(full_name.lower())

    def find_renamed(self, full_name: str) -> Hosted | None:
        return next((hosted for hosted in self._repositories.values() if full_name.lower() in map(str.lower, hosted.former_names)), None)

    def find_numbered(self, number: int) -> Hosted | None:
        return next((hosted for hosted in self._repositories.values() if hosted.id == number), None)

    def find_commit(self, sha: str) -> Hosted | None:
        return self._commits.get(sha)

    def note(self, request: Request) -> _Failing | None:
        """Writes a request down, and says how it is to fail."""
        with self._lock:
            self.requests.append(request)
            self.remaining -= request.host == "api" and self.remaining > 0
            for failing in self._failing:
                if failing.times and failing.on in request.path:
                    failing.times -= 1
                    return failing
        return None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], github: Loopback, host: str) -> None:
        self.github = github
        self.host = host
        super().__init__(address, Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no error of a server."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    timeout = 30

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the requests are kept."""

    @property
    def github(self) -> Loopback:
        return self.server.github

    def do_GET(self) -> None:
        was_used_up = self.github.remaining <= 0
        failing = self.github.note(Request(self.server.host, self.path, {key.lower(): value for key, value in self.headers.items()}))
        if failing:
            FAULTS[failing.fault](self, failing.elsewhere)
        elif self.server.host == "archive":
            self._archive()
        elif was_used_up:
            self.answer({"message": "API rate limit exceeded for 127.0.0.1.", "documentation_url": _documented("rate-limits")}, status=403)
        else:
            self._api()

    # --- The API ------------------------------------------------------------------------------------------------------

    def _api(self) -> None:
        address = urlsplit(self.path)
        full_name, hosted, rest = self._found(address.path)
        renamed = self.github.find_renamed(full_name) if full_name and not hosted else None
        if renamed:
            query = f"?{address.query}" if address.query else ""
            location = f"{self.github.api_url}/repositories/{renamed.id}{rest}{query}"
            moved = {"message": "Moved Permanently", "url": location, "documentation_url": _documented("redirects")}
            return self.answer(moved, status=301, headers={"Location": location})
        routes: list[tuple[str, Callable[..., None]]] = [
            (r"", self._repository),
            (r"/languages", self._languages),
            (r"/commits", self._commits),
            (r"/compare/([^/]+)\.\.\.([^/]+)", self._compare),
            (r"/tarball/([^/]+)", self._tarball),
        ]
        for pattern, view in routes:
            if hosted and (match := re.fullmatch(pattern, rest)):
                return view(hosted, *map(unquote, match.groups()))
        return self._missing()

    def _found(self, path: str) -> tuple[str, Hosted | None, str]:
        """The name in a path (empty for a number), the repository, and what follows."""
        found = re.fullmatch(rf"{self.github.prefix}/(?:repos/([^/]+/[^/]+)|repositories/(\d+))(/.*)?", path)
        if not found:
            return "", None, ""
        full_name, rest = unquote(found[1] or ""), found[3] or ""
        return full_name, self.github.find(full_name) if full_name else self.github.find_numbered(int(found[2])), rest

    def asked_for(self) -> dict[str, Any]:
        """What the API says about the repository of this request."""
        hosted = self._found(urlsplit(self.path).path)[1]
        return self._brief(hosted) if hosted else {}

    def _missing(self) -> None:
        self.answer({"message": "Not Found", "documentation_url": _documented("repos"), "status": "404"}, status=404)

    def _repository(self, hosted: Hosted) -> None:
        parent = self.github.find(hosted.parent) if hosted.parent else None
        self.answer(self._brief(hosted) | ({"parent": self._brief(parent), "source": self._brief(parent)} if parent else {}))

    def _brief(self, hosted: Hosted) -> dict[str, Any]:
        owner, name = hosted.full_name.split("/")
        url, page = f"{self.github.api_url}/repos/{hosted.full_name}", f"https://github.com/{hosted.full_name}"
        moment = _moment(hosted.committed_at)
        licence = {"key": hosted.licence.lower(), "name": hosted.licence, "spdx_id": hosted.licence, "url": None, "node_id": "L"}
        return {
            "id": hosted.id,
            "node_id": f"R_{hosted.id}",
            "name": name,
            "full_name": hosted.full_name,
            "private": hosted.is_private,
            "owner": {"login": owner, "id": hosted.id % 1000, "type": "User", "html_url": f"https://github.com/{owner}"},
            "html_url": page,
            "description": hosted.description or None,
            "fork": bool(hosted.parent),
            "url": url,
            "languages_url": f"{url}/languages",
            "commits_url": f"{url}/commits{{/sha}}",
            "compare_url": f"{url}/compare/{{base}}...{{head}}",
            "archive_url": f"{url}/{{archive_format}}{{/ref}}",
            "created_at": moment,
            "updated_at": moment,
            "pushed_at": moment,
            "clone_url": f"{page}.git",
            "size": sum(map(len, hosted.files.values())) // 1024,
            "stargazers_count": 0,
            "language": next(iter(hosted.languages), None),
            "archived": hosted.is_archived,
            "disabled": False,
            "license": licence if hosted.licence else None,
            "topics": list(hosted.topics),
            "visibility": "private" if hosted.is_private else "public",
            "default_branch": hosted.branch,
        }

    def _languages(self, hosted: Hosted) -> None:
        self.answer(hosted.languages)

    def _commits(self, hosted: Hosted) -> None:
        if not hosted.files:
            return self.answer({"message": "Git Repository is empty.", "documentation_url": _documented("commits")}, status=409)
        if self._query("sha", hosted.branch) not in (hosted.branch, hosted.sha):
            return self._missing()
        return self._paged(list(self._history(hosted)), lambda commits, _page: commits, per_page=30)

    def _history(self, hosted: Hosted) -> Iterator[dict[str, Any]]:
        """The newest first. Earlier commits have only a number for a name."""
        for number in range(hosted.own_commits):
            sha = hashlib.sha1(f"{hosted.sha}{number}".encode(), usedforsecurity=False).hexdigest() if number else hosted.sha
            person = {
                "name": hosted.full_name.partition("/")[0],
                "email": "noreply@github.example",
                "date": _moment(hosted.committed_at - timedelta(days=number)),
            }
            yield {
                "sha": sha,
                "node_id": f"C_{sha[:8]}",
                "commit": {"author": person, "committer": person, "message": "Work", "tree": {"sha": sha}, "comment_count": 0},
                "url": f"{self.github.api_url}/repos/{hosted.full_name}/commits/{sha}",
                "html_url": f"https://github.com/{hosted.full_name}/commit/{sha}",
                "author": None,
                "committer": None,
                "parents": [],
            }

    def _compare(self, hosted: Hosted, base: str, head: str) -> None:
        parent = self.github.find(hosted.parent) if hosted.parent else None
        newer = self.github.find_commit(head) if head != hosted.branch else hosted
        if not parent or not newer or base != f"{parent.full_name.partition('/')[0]}:{parent.branch}":
            return self._missing()
        changed = [
            ("added" if path not in parent.files else "modified" if path in newer.files else "removed", path)
            for path in sorted(newer.files.keys() | parent.files.keys())
            if newer.files.get(path) != parent.files.get(path)
        ]
        files = [
            {"sha": newer.sha, "filename": path, "status": status, "additions": 1, "deletions": 1, "changes": 2, "patch": "@@ -1 +1 @@"}
            for status, path in changed
        ]
        commits = list(self._history(newer))[::-1] if changed else []
        total = {"ahead_by": len(commits), "behind_by": 0, "total_commits": len(commits), "status": "ahead" if commits else "identical"}

        def shape(listed: list[dict[str, Any]], page: int) -> dict[str, Any]:
            return total | {"commits": listed} | ({"files": files[:MOST_LISTED_FILES]} if page == 1 else {})

        return self._paged(commits, shape, per_page=250)

    def _tarball(self, hosted: Hosted, ref: str) -> None:
        commit = hosted if ref == hosted.branch else self.github.find_commit(ref)
        if not commit:
            return self._missing()
        location = f"http://{self.github.archive_host}/{hosted.full_name}/legacy.tar.gz/{commit.sha}"
        return self.send(b"", status=302, headers={"Location": location, "Content-Type": "text/html;charset=utf-8"})

    # --- The host of archives -----------------------------------------------------------------------------------------

    def _archive(self) -> None:
        found = re.fullmatch(r"/[^/]+/[^/]+/legacy\.tar\.gz/([0-9a-f]{40})", self.path)
        commit = self.github.find_commit(found[1]) if found else None
        if not commit:
            return self.send(b"404: Not Found", status=404, headers={"Content-Type": "text/plain"})
        self.send_response(200)
        self.send_header("Content-Type", "application/x-gzip")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        packed = commit.archive()
        for start in range(0, len(packed), 65536):
            piece = packed[start : start + 65536]
            self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        self.wfile.write(b"0\r\n\r\n")
        return None

    # --- Answers ------------------------------------------------------------------------------------------------------

    def _query(self, name: str, default: str) -> str:
        return parse_qs(urlsplit(self.path).query).get(name, [default])[0]

    def _paged(self, rows: list[Any], shape: Callable[[list[Any], int], Any], *, per_page: int) -> None:
        size, page = int(self._query("per_page", str(per_page))), int(self._query("page", "1"))
        last = max(1, -(-len(rows) // size))
        path = f"{self.github.api_url.removesuffix(self.github.prefix)}{urlsplit(self.path).path}?per_page={size}"
        if sha := self._query("sha", ""):
            path += f"&sha={sha}"
        links = [f'<{path}&page={page + 1}>; rel="next"', f'<{path}&page={last}>; rel="last"'] if page < last else []
        links += [f'<{path}&page={page - 1}>; rel="prev"', f'<{path}&page=1>; rel="first"'] if page > 1 else []
        self.answer(shape(rows[(page - 1) * size : page * size], page), headers={"Link": ", ".join(links)} if links else {})

    def answer(self, value: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> None:
        """JSON with an ETag; 304 if the client has it already."""
        body = json.dumps(value).encode()
        etag = f'W/"{hashlib.sha256(body).hexdigest()}"'
        more = {"Content-Type": "application/json; charset=utf-8", "ETag": etag} | (headers or {})
        if status == HTTPStatus.OK and self.headers.get("If-None-Match") == etag:
            self.send(b"", status=304, headers=more)
        else:
            self.send(body, status=status, headers=more)

    def send(self, body: bytes, *, status: int = 200, headers: dict[str, str] | None = None) -> None:
        """An answer with the headers that GitHub adds to each; those that are given win."""
        usual = {
            "Content-Length": str(len(body)),
            "X-GitHub-Media-Type": "github.v3; format=json",
            "X-RateLimit-Limit": "5000",
            "X-RateLimit-Remaining": str(self.github.remaining),
            "X-RateLimit-Reset": str(int(self.github.reset.timestamp())),
            "X-RateLimit-Resource": "core",
        }
        self.send_response(status)
        for name, value in (usual | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def hang_up(self) -> None:
        """Ends the connection without a farewell."""
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _documented(page: str) -> str:
    return f"https://docs.github.com/rest/{page}"


def main() -> None:
    """Serves the samples until it is interrupted or terminated."""
    parser = argparse.ArgumentParser(description="A GitHub on this machine that serves the sample repositories.")
    parser.add_argument("--port", type=int, default=8100, help="where the API listens (8100; 0 takes a free one)")
    parser.add_argument("--archive-port", type=int, default=0, help="where archives are served (a free one)")
    asked = parser.parse_args()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    # A program begun in a shell's background has interrupts switched off: it takes them all the same.
    for told in (signal.SIGINT, signal.SIGTERM):
        signal.signal(told, stop)
    with suppress(KeyboardInterrupt), Loopback(samples(), port=asked.port, archive_port=asked.archive_port) as github:
        print(f"GITHUB_API_URL={github.api_url} GITHUB_ARCHIVE_HOST={github.archive_host}", flush=True)  # noqa: T201
        signal.pause()


if __name__ == "__main__":
    main()
