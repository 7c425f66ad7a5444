"""What runs over TLS: only a server whose certificate is trusted is asked, and the deadline holds there too."""

import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import monotonic

import httpx
import pytest

from roadmap.portfolio.github.client import Client, Limits
from roadmap.portfolio.github.troubles import NotFound, Unreachable

# Certificate and key of 127.0.0.1; nobody trusts them but these tests.
CERTIFICATE = Path(__file__).with_name("certificate.pem")
LIMITS = Limits(connect=2, silence=1, question=1)


class Handler(BaseHTTPRequestHandler):
    """Knows no repository, and takes its time over slow ones."""

    stopping: threading.Event

    def log_message(self, format, *args):
        pass

    def do_GET(self):
        self.send_response(404 if "slow" not in self.path else 200)
        self.send_header("Content-Length", "0" if "slow" not in self.path else "1000000")
        self.end_headers()
        try:
            while "slow" in self.path and not self.stopping.wait(0.02):
                self.wfile.write(b" ")
        except OSError:
            self.close_connection = True


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request, client_address):
        """A client that does not trust the certificate hangs up."""


@pytest.fixture
def server() -> Iterator[str]:
    """The address of a server over TLS."""
    Handler.stopping = threading.Event()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    with Server(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield f"https://127.0.0.1:{server.server_port}"
        Handler.stopping.set()
        server.shutdown()


@pytest.fixture
def trusting(monkeypatch) -> None:
    monkeypatch.setattr(httpx, "create_ssl_context", lambda **options: ssl.create_default_context(cafile=CERTIFICATE))


def test_server_whose_certificate_is_trusted_is_asked(server, trusting):
    with Client(server, archive_hosts=[], limits=LIMITS) as client, pytest.raises(NotFound):
        client.repository("amina", "house-prices")


def test_server_whose_certificate_is_not_trusted_is_not_asked(server):
    with Client(server, archive_hosts=[], limits=LIMITS) as client, pytest.raises(Unreachable) as trouble:
        client.repository("amina", "house-prices")
    assert trouble.value.reason == "connection"


def test_deadline_holds_over_tls(server, trusting):
    began = monotonic()
    with Client(server, archive_hosts=[], limits=LIMITS) as client, pytest.raises(Unreachable) as trouble:
        client.repository("amina", "slow")
    assert trouble.value.reason == "timeout"
    assert monotonic() - began < 3
