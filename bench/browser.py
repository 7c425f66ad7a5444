"""The first load in a real Chromium with an empty cache."""

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .processes import serving


@dataclass(frozen=True, slots=True)
class FirstLoad:
    requests: int
    kilobytes: float


def measure() -> FirstLoad | str:
    """Requests and bytes on the wire, compressed; or a sentence that says why they were not measured."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        return "Playwright is not installed"
    with serving("roadmap.wsgi:application") as site, sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"] if os.geteuid() == 0 else [])
        except Error as error:
            return f"no Chromium could be started: {error.message.splitlines()[0]}"
        page = browser.new_page()
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        sizes: list[float] = []

        def note(event: dict[str, Any]) -> None:
            sizes.append(event["encodedDataLength"])

        wire.on("Network.loadingFinished", note)
        page.goto(f"http://127.0.0.1:{site.port}/", wait_until="networkidle")
        browser.close()
    return FirstLoad(len(sizes), sum(sizes) / 1000)


def _chromium() -> str | None:
    """The one that set-up found, else one on the path; None for Playwright's own."""
    noted = Path(sys.prefix) / "browser"
    if noted.exists():
        return noted.read_text() or None
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
