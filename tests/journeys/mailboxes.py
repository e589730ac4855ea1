"""The mailboxes of everybody in a journey: what really arrived, by a mail server of one's own or at the provider."""

from __future__ import annotations

import email
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from app.settings import Settings
from tests.fakes import sendgrid
from tests.fakes.sendgrid import KEY, FakeSendGrid


@dataclass(frozen=True)
class Arrived:
    """One letter as its reader has it, with the words of a paragraph on one line; its headers where it came by SMTP."""

    to: str
    subject: str
    text: str
    html: str
    headers: tuple[str, ...] = ()

    def says(self, words: str) -> bool:
        """Whether both the plain and the formatted part say this."""
        return _flat(words) in _flat(self.text) and _flat(words) in _flat(self.html)


def _flat(text: str) -> str:
    return " ".join(text.split())


@dataclass
class Post:
    """What has arrived so far, and the settings with which it comes here."""

    settings: dict[str, Any]
    arrived: list[Arrived] = field(default_factory=list)
    provider: FakeSendGrid | None = None

    def letters(self, to: str = "") -> list[Arrived]:
        """Every letter, or those to one mailbox."""
        found = [*self.arrived, *map(_of_provider, self.provider.received if self.provider else [])]
        return [letter for letter in found if not to or letter.to == to]

    def with_settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update=self.settings)


def _of_provider(body: dict[str, Any]) -> Arrived:
    parts = {part["type"]: part["value"] for part in body["content"]}
    to = body["personalizations"][0]["to"][0]["email"]
    return Arrived(to, body["subject"], parts["text/plain"], parts["text/html"])


class _Handler:
    """Keeps what a mail server receives."""

    def __init__(self, post: Post) -> None:
        self.post = post

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the library's names
        read = email.message_from_bytes(envelope.original_content or b"", policy=default)
        words = [read.get_body((kind,)) for kind in ("plain", "html")]
        assert all(words), "a letter has a plain and a formatted part"
        text, html = (part.get_content() for part in words if part)
        (to,) = envelope.rcpt_tos
        self.post.arrived.append(Arrived(to, str(read["Subject"]), text, html, tuple(read.keys())))
        return "250 OK: queued"


@contextmanager
def by_smtp() -> Iterator[Post]:
    """A mail server on loopback."""
    post = Post({"mail": "smtp"})
    controller = Controller(_Handler(post), hostname="127.0.0.1", port=_free_port())
    controller.start()
    post.settings["smtp_url"] = f"smtp://127.0.0.1:{controller.port}"
    try:
        yield post
    finally:
        controller.stop()


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def by_sendgrid() -> Iterator[Post]:
    """The provider's interface on loopback."""
    with sendgrid.serving() as fake:
        yield Post({"mail": "sendgrid", "sendgrid_api_key": KEY, "sendgrid_host": fake.url}, provider=fake)


WAYS = {"smtp": by_smtp, "sendgrid": by_sendgrid}
