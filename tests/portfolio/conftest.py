"""A GitHub on this machine, and an address that nothing may ever visit."""

import socket
import threading
from collections.abc import Iterator

import pytest

from roadmap.portfolio.github.client import Client, Limits
from roadmap.portfolio.github.hosted import Hosted
from roadmap.portfolio.github.loopback import Loopback, samples

IMPATIENT = Limits(connect=1, silence=0.5, question=1, archive=1)


class Canary:
    """A server that counts who connects to it."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self.visits = 0

    def watch(self) -> None:
        while True:
            try:
                connection, _address = self._socket.accept()
            except OSError:
                return
            self.visits += 1
            connection.close()

    def close(self) -> None:
        # accept() wakes only when the socket is shut, not when it is closed.
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@pytest.fixture
def canary() -> Iterator[Canary]:
    canary = Canary()
    watch = threading.Thread(target=canary.watch, daemon=True)
    watch.start()
    yield canary
    canary.close()
    watch.join()


@pytest.fixture
def github(settings) -> Iterator[Loopback]:
    """Serves the samples; the settings name it as the GitHub to ask."""
    with Loopback(samples()) as github:
        settings.GITHUB_API_URL = github.api_url
        settings.GITHUB_ARCHIVE_HOST = github.archive_host
        settings.GITHUB_TOKEN = ""
        yield github


@pytest.fixture
def house_prices(github) -> Hosted:
    """A small repository that the loopback GitHub serves."""
    return github.serve(Hosted.of("amina/house-prices", {"README.md": "# House prices\n", "train.py": "import sklearn\n"}))


@pytest.fixture
def github_client(github) -> Iterator[Client]:
    """Asks the loopback GitHub, with a token."""
    with Client(github.api_url, archive_hosts=[github.archive_host], token="secret-token") as client:
        yield client


@pytest.fixture
def impatient_client(github) -> Iterator[Client]:
    """Gives up soon, so that a test of what never ends does."""
    with Client(github.api_url, archive_hosts=[github.archive_host], token="secret-token", limits=IMPATIENT) as client:
        yield client
