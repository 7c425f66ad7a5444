"""A real server and a real Chromium. A test fails when a page breaks its own rules, whatever else it looks at: an error on the
console (a violation of the content policy is one), an exception, a request to another host.
"""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandlerMixin
from django.db import connections
from django.test import Client
from django.test.testcases import LiveServerThread
from playwright.sync_api import BrowserContext, Error, Page, Playwright

from accounts.models import User
from roadmap.curriculum.snapshot import Snapshot

# Playwright's loop runs in the thread of the tests, and Django would refuse its queries there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# --- Chromium -------------------------------------------------------------------------------------------------------


def _chromium() -> str | None:
    """The Chromium that set-up found, else one on the path; None for Playwright's own."""
    noted = Path(sys.prefix) / "browser"
    if noted.exists():
        return noted.read_text() or None
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {
        **browser_type_launch_args,
        "executable_path": _chromium(),
        "args": ["--disable-dev-shm-usage", *as_root],
    }


@pytest.fixture(scope="session")
def launch_browser(launch_browser: Callable[..., Any]) -> Callable[..., Any]:
    def launch(**options: Any) -> Any:
        try:
            return launch_browser(**options)
        except Error as error:
            pytest.exit(f"No Chromium could be started, and the browser tests need one: run `make browser`.\n{error.message}", returncode=1)

    return launch


# --- The site -------------------------------------------------------------------------------------------------------


class _AsInProduction(StaticFilesHandlerMixin):
    """Passes everything to the site, static files too: there WhiteNoise serves them, behind the same middleware."""

    def __new__(cls, application: Any) -> Any:
        return application.application


# Playwright first: a connection that was opened before its loop ran cannot be closed while it runs.
@pytest.fixture(scope="session")
def _server(playwright: Playwright, django_db_setup: None) -> Iterator[LiveServerThread]:
    server = LiveServerThread("127.0.0.1", static_handler=_AsInProduction)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    yield server
    server.terminate()


@pytest.fixture(scope="session")
def base_url(_server: LiveServerThread) -> str:
    """What addresses without a host begin with, in every context that Playwright makes."""
    return f"http://{_server.host}:{_server.port}"


@pytest.fixture
def site(base_url: str, transactional_db: None, real_curriculum: Snapshot) -> str:
    """The address of the running site, with the product's curriculum."""
    return base_url


# --- Pages ----------------------------------------------------------------------------------------------------------


class Faults:
    """What pages did wrong. A test that provokes something names it: `faults.allow("422")`."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.found: list[str] = []
        # Chromium's own words when a page is left before its view transition has begun: nothing of ours starts one by hand.
        self._allowed = ["ViewTransition opt-in disabled", "Transition was aborted because of invalid state"]

    def allow(self, part: str) -> None:
        """Lets faults pass whose text has this part in it."""
        self._allowed.append(part)

    def watch(self, context: BrowserContext) -> None:
        """Notes the faults of every page of this context."""
        context.on(
            "console",
            lambda message: (
                message.type == "error" and self.found.append(f"console of {message.page.url if message.page else ''}: {message.text}")
            ),
        )
        context.on("weberror", lambda error: self.found.append(f"exception: {error.error}"))
        context.on("request", lambda request: self._foreign(request.url) and self.found.append(f"request to another host: {request.url}"))
        context.on("response", lambda response: response.status >= 500 and self.found.append(f"status {response.status}: {response.url}"))

    @property
    def left(self) -> list[str]:
        return [fault for fault in self.found if not any(part in fault for part in self._allowed)]

    def _foreign(self, url: str) -> bool:
        parts = urlsplit(url)
        return parts.scheme not in ("data", "blob", "about") and parts.netloc != self.host


@pytest.fixture
def faults(site: str) -> Iterator[Faults]:
    seen = Faults(urlsplit(site).netloc)
    yield seen
    if seen.left:
        pytest.fail("Pages broke their rules:\n" + "\n".join(seen.left))


@pytest.fixture
def new_context(new_context: Callable[..., BrowserContext], site: str, faults: Faults) -> Callable[..., BrowserContext]:
    """Another browser on the site, watched: `new_context(java_script_enabled=False)`."""

    def make(**options: Any) -> BrowserContext:
        # What is kept for times without a connection has tests of its own; the others see every request.
        context = new_context(**{"service_workers": "block", **options})
        context.set_default_timeout(10_000)
        faults.watch(context)
        return context

    return make


@pytest.fixture
def page_of(new_context: Callable[..., BrowserContext], site: str) -> Callable[..., Page]:
    """`page_of(learner)` is a page in a browser that this person has signed in to; options are those of a context."""

    def open_page(person: User, **options: Any) -> Page:
        client = Client()
        client.force_login(person)
        context = new_context(**options)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site, "httpOnly": True, "sameSite": "Lax"}])
        return context.new_page()

    return open_page


@pytest.fixture(autouse=True)
def _close_connections(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    connections.close_all()
