"""Every way out, against real servers: what was taken, refused, put off, and what stays in doubt."""

from __future__ import annotations

import asyncio
import email
import socket
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from app.mail.composing import Outgoing, sender_of
from app.mail.transport import (
    Accepted,
    FileTransport,
    InDoubt,
    MemoryTransport,
    Outcome,
    Refused,
    SendGridTransport,
    SmtpTransport,
    TryAgain,
    _by_http_status,
    transport_of,
)
from app.settings import Settings
from tests.fakes import sendgrid
from tests.fakes.sendgrid import KEY, Answer, FakeSendGrid

SENDER = sender_of("Gobierno Abierto <minga@example.org>")


def letter(**changes: Any) -> Outgoing:
    fields: dict[str, Any] = {
        "id": uuid.uuid4(),
        "to_address": "ana@example.org",
        "language": "es",
        "subject": "6PA-0001: «Árboles en Ñuñoa»",
        "text": "¿Qué hicimos con lo que propusiste? Mañana.\n.\nUna línea con un punto antes.\n",
        "html": "<p>¿Qué hicimos con lo que propusiste? Mañana.</p>",
        "message_id": "<1@participa.example.org>",
    }
    return Outgoing(**(fields | changes))


def dead_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


# --------------------------------------------------------------------------------------------------- file and memory


async def test_one_file_per_letter_whole_or_not_at_all(tmp_path: Path) -> None:
    transport = FileTransport(tmp_path / "mail", SENDER)
    one, other = letter(), letter(to_address="bruno@example.org")
    assert await transport.send(one) == Accepted(f"{one.id}.eml")
    assert await transport.send(other) == Accepted(f"{other.id}.eml")
    assert await transport.send(one) == Accepted(f"{one.id}.eml")
    assert sorted(p.name for p in (tmp_path / "mail").iterdir()) == sorted([f"{one.id}.eml", f"{other.id}.eml"])
    read = email.message_from_bytes((tmp_path / "mail" / f"{one.id}.eml").read_bytes(), policy=default)
    assert (read["To"], read["Subject"]) == ("ana@example.org", one.subject)


async def test_a_full_disk_puts_off_and_loses_nothing(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file where the folder should be", encoding="utf-8")
    assert isinstance(await FileTransport(tmp_path / "mail", SENDER).send(letter()), TryAgain)


async def test_memory_keeps_what_was_sent() -> None:
    transport = MemoryTransport()
    sent = letter()
    assert await transport.send(sent) == Accepted("memory-1")
    assert transport.sent == [sent]


@pytest.mark.parametrize("name", ["file", "memory", "smtp", "sendgrid"])
async def test_a_bad_address_is_refused_before_anything_leaves(name: Any, tmp_path: Path) -> None:
    transport = transport_of(
        Settings(mail=name, var=tmp_path, sendgrid_api_key="x", sendgrid_host=f"http://127.0.0.1:{dead_port()}")
    )
    assert isinstance(await transport.send(letter(to_address="ana@example.org\r\nBcc: b@evil.cl")), Refused)


def test_nothing_leaves_the_machine_by_default(tmp_path: Path) -> None:
    assert isinstance(transport_of(Settings(var=tmp_path)), FileTransport)


# --------------------------------------------------------------------------------------------------------------- SMTP


class Postman:
    """A real mail server's handler: keeps what came, and answers each command as the test wants."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.at_mail = self.at_rcpt = self.at_data = ""
        self.wait = 0.0

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:  # noqa: N802
        envelope.mail_from = address
        return self.at_mail or "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:  # noqa: N802
        if not self.at_rcpt:
            envelope.rcpt_tos.append(address)
        return self.at_rcpt or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the library's names
        self.envelopes.append(envelope)
        await asyncio.sleep(self.wait)
        if self.at_data == "cut":
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        return self.at_data or "250 OK: queued as 77"


@pytest.fixture
def postman() -> Iterator[tuple[Postman, SmtpTransport]]:
    handler = Postman()
    controller = Controller(handler, hostname="127.0.0.1", port=dead_port())
    controller.start()
    try:
        yield handler, SmtpTransport(f"smtp://127.0.0.1:{controller.port}", SENDER)
    finally:
        controller.stop()


async def test_a_mail_server_receives_mime_with_accents(postman: tuple[Postman, SmtpTransport]) -> None:
    handler, transport = postman
    sent = letter(headers={"List-Unsubscribe": "<https://participa.example.org/u>"}, reply_to="oficina@example.org")
    assert await transport.send(sent) == Accepted("OK: queued as 77")
    (envelope,) = handler.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("minga@example.org", ["ana@example.org"])
    assert isinstance(envelope.content, bytes)
    read = email.message_from_bytes(envelope.content, policy=default)
    assert read["Subject"] == sent.subject
    assert read["List-Unsubscribe"] == "<https://participa.example.org/u>"
    text, html = read.iter_parts()
    assert text.get_content().replace("\r\n", "\n") == sent.text
    assert html.get_content().strip() == sent.html


@pytest.mark.parametrize(
    ("command", "said", "outcome"),
    [
        ("at_rcpt", "550 no such mailbox", Refused),
        ("at_rcpt", "450 greylisted", TryAgain),
        ("at_mail", "451 try later", TryAgain),
        ("at_data", "554 refused as spam", Refused),
        ("at_data", "452 no room", TryAgain),
        ("at_data", "cut", InDoubt),
    ],
)
async def test_what_a_mail_servers_answers_mean(
    postman: tuple[Postman, SmtpTransport], command: str, said: str, outcome: type[Outcome]
) -> None:
    handler, transport = postman
    setattr(handler, command, said)
    answer = await transport.send(letter())
    assert isinstance(answer, outcome)
    assert not isinstance(answer, Refused) or not answer.ours


async def test_a_server_that_will_not_have_us_is_our_fault(postman: tuple[Postman, SmtpTransport]) -> None:
    handler, transport = postman
    handler.at_mail = "550 not from here"
    answer = await transport.send(letter())
    assert isinstance(answer, Refused)
    assert answer.ours


async def test_silence_after_the_words_left_is_doubt(
    postman: tuple[Postman, SmtpTransport], monkeypatch: pytest.MonkeyPatch
) -> None:
    handler, transport = postman
    handler.wait = 1.5
    monkeypatch.setattr("app.mail.transport.SOCKET_SECONDS", 0.2)
    assert isinstance(await transport.send(letter()), InDoubt)


async def test_no_mail_server_no_doubt() -> None:
    assert isinstance(await SmtpTransport(f"smtp://127.0.0.1:{dead_port()}", SENDER).send(letter()), TryAgain)


def test_a_wrong_mail_servers_address_is_named() -> None:
    with pytest.raises(ValueError, match="MINGA_SMTP_URL"):
        SmtpTransport("http://127.0.0.1", SENDER)


# ----------------------------------------------------------------------------------------------------------- SendGrid


@pytest.fixture
def provider() -> Iterator[FakeSendGrid]:
    with sendgrid.serving() as fake:
        yield fake


def through(fake: FakeSendGrid, *, key: str = KEY, seconds: float = 5.0) -> SendGridTransport:
    return SendGridTransport(key, SENDER, host=fake.url, seconds=seconds)


async def test_sendgrid_is_told_the_letter_and_an_opaque_id_and_nothing_else(provider: FakeSendGrid) -> None:
    sent = letter(reply_to="oficina@example.org", headers={"List-Unsubscribe": "<https://participa.example.org/u>"})
    assert await through(provider).send(sent) == Accepted("sg-1")
    assert provider.received == [
        {
            "from": {"email": "minga@example.org", "name": "Gobierno Abierto"},
            "personalizations": [{"to": [{"email": "ana@example.org"}]}],
            "subject": sent.subject,
            "content": [{"type": "text/plain", "value": sent.text}, {"type": "text/html", "value": sent.html}],
            "custom_args": {"message": str(sent.id)},
            "headers": {
                "Message-ID": sent.message_id,
                "Auto-Submitted": "auto-generated",
                "Content-Language": "es",
                "List-Unsubscribe": "<https://participa.example.org/u>",
            },
            "tracking_settings": {
                "click_tracking": {"enable": False, "enable_text": False},
                "open_tracking": {"enable": False},
                "subscription_tracking": {"enable": False},
                "ganalytics": {"enable": False},
            },
            "reply_to": {"email": "oficina@example.org"},
        }
    ]


async def test_words_that_look_like_a_key_are_sent_like_any_other(provider: FakeSendGrid) -> None:
    assert isinstance(await through(provider).send(letter(text="SG.abc.def SG.1234567890\n")), Accepted)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Answer(400, body='{"errors":[{"message":"bad"}]}'), Refused('400 {"errors":[{"message":"bad"}]}')),
        (Answer(413, body="too large"), Refused("413 too large")),
        (Answer(403, body="no"), Refused("403 no", ours=True)),
        (Answer(429, {"Retry-After": "17"}), TryAgain("429", timedelta(seconds=17))),
        (Answer(429), TryAgain("429", None)),
        (Answer(500, body="<html>oops"), TryAgain("500 <html>oops", None)),
        (Answer(503, {"Retry-After": "Fri, 01 Jan 1999 00:00:00 GMT"}), TryAgain("503", timedelta(0))),
        (Answer(504, {"Retry-After": "soon"}), TryAgain("504", None)),
        (Answer(200), InDoubt("answered 200 instead of 202")),
        (Answer(202, body="not json {"), Accepted("sg-1")),
        (Answer(302, {"Location": "http://127.0.0.1:9/"}), InDoubt("302")),
    ],
)
async def test_what_sendgrids_answers_mean(provider: FakeSendGrid, answer: Answer, outcome: Outcome) -> None:
    provider.script(answer)
    assert await through(provider).send(letter()) == outcome
    assert len(provider.received) == 1


async def test_a_wrong_key_is_our_fault(provider: FakeSendGrid) -> None:
    answer = await through(provider, key="SG.wrong").send(letter())
    assert isinstance(answer, Refused)
    assert answer.ours
    assert provider.received == []


async def test_silence_after_the_request_left_is_doubt(provider: FakeSendGrid) -> None:
    provider.script(Answer(wait=30))
    assert isinstance(await through(provider, seconds=0.3).send(letter()), InDoubt)
    assert len(provider.received) == 1


async def test_a_connection_cut_after_the_request_left_is_doubt(provider: FakeSendGrid) -> None:
    provider.script(Answer(is_cut=True))
    assert isinstance(await through(provider).send(letter()), InDoubt)
    assert len(provider.received) == 1


async def test_a_connection_never_made_is_no_doubt() -> None:
    transport = SendGridTransport(KEY, SENDER, host=f"http://127.0.0.1:{dead_port()}")
    assert isinstance(await transport.send(letter()), TryAgain)


async def test_a_certificate_that_does_not_hold_is_no_doubt() -> None:
    """TLS fails before a word of the letter leaves: the fake speaks no TLS at all."""
    with sendgrid.serving() as fake:
        transport = SendGridTransport(KEY, SENDER, host=fake.url.replace("http:", "https:"), seconds=2)
        assert isinstance(await transport.send(letter()), TryAgain)
        assert fake.received == []


@asynccontextmanager
async def _dribbling() -> AsyncIterator[str]:
    """A provider that answers one byte a second: no single read times out."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        for byte in b"HTTP/1.1 202 Accepted\r\n":
            writer.write(bytes([byte]))
            try:
                await writer.drain()
            except ConnectionError:
                break
            await asyncio.sleep(0.05)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_a_call_that_dribbles_is_given_up_as_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.mail.transport.CALL_SECONDS", 0.3)
    async with _dribbling() as url:
        start = time.perf_counter()
        assert isinstance(await SendGridTransport(KEY, SENDER, host=url).send(letter()), InDoubt)
        assert time.perf_counter() - start < 1.0
        await asyncio.sleep(1.2)  # let the thread that was left behind read its last byte


def test_a_reset_told_as_an_instant_is_a_waiting_time() -> None:
    at = int(datetime.now(UTC).timestamp()) + 60
    outcome = _by_http_status(429, "", {"X-RateLimit-Reset": str(at)})
    assert isinstance(outcome, TryAgain)
    assert outcome.retry_after is not None
    assert timedelta(seconds=55) < outcome.retry_after <= timedelta(seconds=60)
