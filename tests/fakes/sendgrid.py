"""SendGrid as far as a sender sees it: POST /v3/mail/send with scripted answers, and the signature of its reports."""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

KEY = "SG.a-key-of-the-tests"


@dataclass(frozen=True)
class Answer:
    """One answer: after `wait` seconds a status, or a connection cut off after the body was read."""

    status: int = 202
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    wait: float = 0.0
    is_cut: bool = False


@dataclass
class FakeSendGrid:
    """What arrived, and what is answered: `answer` is asked for each letter."""

    url: str = ""
    received: list[dict[str, Any]] = field(default_factory=list)
    answer: Callable[[dict[str, Any]], Answer] = lambda _body: Answer()
    closing: threading.Event = field(default_factory=threading.Event)

    def script(self, *answers: Answer) -> None:
        """Answer in this order, then always like the last."""
        left = list(answers)
        self.answer = lambda _body: left.pop(0) if len(left) > 1 else left[0]

    def taken(self) -> dict[str, int]:
        """How many times each letter arrived, by our own id."""
        counts: dict[str, int] = {}
        for body in list(self.received):
            message = body["custom_args"]["message"]
            counts[message] = counts.get(message, 0) + 1
        return counts


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    fake: FakeSendGrid

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A sender that was killed is what these tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        fake = self.server.fake
        raw = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if self.path != "/v3/mail/send" or self.headers.get("Authorization") != f"Bearer {KEY}":
            self._say(Answer(401, body='{"errors":[{"message":"The provided authorization grant is invalid"}]}'))
            return
        body = json.loads(raw)
        fake.received.append(body)
        answer = fake.answer(body)
        fake.closing.wait(answer.wait)
        if answer.is_cut:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
            return
        self._say(answer, {"X-Message-Id": f"sg-{len(fake.received)}"} if answer.status == 202 else {})

    def _say(self, answer: Answer, more: dict[str, str] | None = None) -> None:
        content = answer.body.encode()
        self.close_connection = True
        self.send_response(answer.status)
        for name, value in {**answer.headers, **(more or {}), "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the library's
        """Say nothing."""


@contextlib.contextmanager
def serving() -> Iterator[FakeSendGrid]:
    """A SendGrid of one's own on loopback."""
    fake = FakeSendGrid()
    server = _Server(("127.0.0.1", 0), _Handler)
    server.fake = fake
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        fake.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


class Signer:
    """Signs reports as SendGrid does: ECDSA over the timestamp and the raw body."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        der = self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.public_key = base64.b64encode(der).decode()

    def headers(self, body: bytes, timestamp: int | None = None) -> dict[str, str]:
        at = str(int(time.time()) if timestamp is None else timestamp)
        signature = self._key.sign(at.encode() + body, ec.ECDSA(hashes.SHA256()))
        return {
            "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
            "X-Twilio-Email-Event-Webhook-Timestamp": at,
            "Content-Type": "application/json",
        }
