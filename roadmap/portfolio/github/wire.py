"""One deadline for everything that goes over the wire: connecting, the handshake, headers and body.

httpx alone bounds each wait, and a server can send one byte at a time for hours.
"""

from collections.abc import Iterable
from ssl import SSLContext
from time import monotonic
from typing import Any

import httpcore
import httpx


class Deadline:
    """When the question that is being asked must be answered."""

    def __init__(self) -> None:
        self._until = 0.0

    def set(self, seconds: float) -> None:
        self._until = monotonic() + seconds

    def within(self, timeout: float | None) -> float:
        """The timeout, or what is left if that is less. Raises httpcore.ReadTimeout when nothing is left."""
        left = self._until - monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left if timeout is None else min(timeout, left)


class _Stream(httpcore.NetworkStream):
    """A connection whose every wait ends at the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.within(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.within(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, self._deadline.within(timeout)), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.SyncBackend):
    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        stream = super().connect_tcp(host, port, self._deadline.within(timeout), local_address, socket_options)
        return _Stream(stream, self._deadline)


class Transport(httpx.HTTPTransport):
    """One connection at a time, to where it is told to and through no proxy."""

    def __init__(self, deadline: Deadline) -> None:
        context = httpx.create_ssl_context(trust_env=False)
        super().__init__(verify=context, trust_env=False)
        self._pool = httpcore.ConnectionPool(ssl_context=context, max_connections=1, network_backend=_Backend(deadline))
