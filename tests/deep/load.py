"""A lean load generator: raw HTTP/1.1 over kept connections, so that the client is not what is measured."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field

Requests = Callable[[], bytes]


@dataclass
class Measured:
    """One round: how many answers a second, how slow the slowest hundredth, and every status that came back."""

    seconds: float
    latencies: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000 if ordered else 0.0


class _Client(asyncio.Protocol):
    def __init__(self, requests: Requests, measured: Measured, until: float) -> None:
        self._requests = requests
        self._measured = measured
        self._until = until
        self._buffer = b""
        self._left = -1
        self._sent = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._send()

    def _send(self) -> None:
        self._sent = time.perf_counter()
        assert isinstance(self._transport, asyncio.Transport)
        self._transport.write(self._requests())

    def data_received(self, data: bytes) -> None:
        if self._left < 0:
            self._buffer += data
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self._buffer[:end].lower()
            status = int(head[9:12])
            self._measured.statuses[status] = self._measured.statuses.get(status, 0) + 1
            at = head.find(b"content-length:")
            length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            self._left = length - (len(self._buffer) - end - 4)
            self._buffer = b""
        else:
            self._left -= len(data)
        if self._left <= 0:
            self._left = -1
            now = time.perf_counter()
            self._measured.latencies.append(now - self._sent)
            if now < self._until:
                self._send()
            else:
                self._transport.close()

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


async def measure(port: int, requests: Requests, seconds: float = 3.0, connections: int = 16) -> Measured:
    """Send requests over so many connections, each waiting for its answer, for so long."""
    loop = asyncio.get_running_loop()
    measured = Measured(seconds)
    began = time.perf_counter()
    clients = []
    for _ in range(connections):
        with contextlib.suppress(OSError):
            _, client = await loop.create_connection(
                lambda: _Client(requests, measured, began + seconds), "127.0.0.1", port
            )
            clients.append(client)
    await asyncio.gather(*(client.done for client in clients))
    measured.seconds = time.perf_counter() - began
    return measured


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


def post(path: str, body: bytes) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
