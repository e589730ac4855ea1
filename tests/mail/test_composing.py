"""A message has one recipient, an address every server takes, and an identity it keeps."""

from __future__ import annotations

import uuid
from email import message_from_bytes
from email.policy import default

import pytest

from app.mail.composing import BadAddress, Outgoing, bare_address, compose, message_id_of, sender_of

MESSAGE = uuid.UUID("019a0000-0000-7000-8000-000000000001")


def outgoing(**changes: object) -> Outgoing:
    fields: dict[str, object] = {
        "id": MESSAGE,
        "to_address": "ana@example.org",
        "language": "es_tu",
        "subject": "6PA-0001: recibimos tu propuesta «Árboles en Ñuñoa»",
        "text": "Recibimos tu propuesta. ¿Qué sigue? Mañana.\n",
        "html": "<p>Recibimos tu propuesta. ¿Qué sigue? Mañana.</p>",
        "message_id": message_id_of(MESSAGE, "https://participa.example.org"),
    }
    return Outgoing(**(fields | changes))  # type: ignore[arg-type]


def test_accents_come_through_in_both_parts_and_the_subject() -> None:
    row = outgoing(reply_to="oficina@example.org")
    raw = compose(row, sender_of("Gobierno Abierto Ñuñoa <minga@example.org>")).as_bytes()
    assert raw.isascii()
    read = message_from_bytes(raw, policy=default)
    assert read["Subject"] == row.subject
    assert read["From"] == "Gobierno Abierto Ñuñoa <minga@example.org>"
    assert (read["To"], read["Reply-To"]) == ("ana@example.org", "oficina@example.org")
    assert read["Content-Language"] == "es"
    assert read["Message-ID"] == f"<{MESSAGE.hex}@participa.example.org>"
    assert read["Cc"] is read["Bcc"] is None
    text, html = (part for part in read.iter_parts())
    assert text.get_content().replace("\r\n", "\n") == row.text
    assert html.get_content().strip() == row.html


@pytest.mark.parametrize("subject", ["PLAN-0002: no sigue, y por qué (Decisión sobre las propuestas)", "a" * 150])
def test_a_long_subject_is_read_as_it_was_written(subject: str) -> None:
    raw = compose(outgoing(subject=f"Sexto plan · {subject}"), sender_of("Minga <minga@example.org>")).as_bytes()
    assert message_from_bytes(raw, policy=default)["Subject"] == f"Sexto plan · {subject}"
    assert max(map(len, raw.split(b"\r\n"))) <= 78


def test_only_our_own_extra_headers_are_written() -> None:
    row = outgoing(headers={"List-Unsubscribe": "<https://x.example/u>", "Bcc": "todos@evil.cl", "X-Other": "1"})
    read = compose(row, sender_of("m@example.org"))
    assert read["List-Unsubscribe"] == "<https://x.example/u>"
    assert read["Bcc"] is read["X-Other"] is None


@pytest.mark.parametrize(
    ("typed", "bare"),
    [
        (" ana@example.org ", "ana@example.org"),
        ("Ana.Soto+minga@ñuñoa.example", "Ana.Soto+minga@xn--uoa-8mab.example"),
        ("ana@exa\u202emple.org", "ana@example.org"),
    ],
)
def test_an_address_is_brought_into_the_form_every_server_takes(typed: str, bare: str) -> None:
    domain = bare.rpartition("@")[2] if typed.isascii() else typed.rpartition("@")[2]
    expected = bare if "ñ" not in typed else "Ana.Soto+minga@" + domain.encode("idna").decode()
    assert bare_address(typed) == expected


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ana",
        "@example.org",
        "ana@",
        "ana@example.org\r\nBcc: todos@evil.cl",
        "ana@example.org\nRCPT TO:<x@evil.cl>",
        "ana@example.org, otra@evil.cl",
        "ana@evil.cl@example.org",
        "Ana <ana@example.org>",
        "ana soto@example.org",
        "ñandú@example.org",
        "ana@-example.org",
        "ana@example..org",
        ".ana@example.org",
        "a" * 65 + "@example.org",
        "ana@" + "a" * 250 + ".org",
    ],
)
def test_what_is_not_one_mailbox_is_refused(typed: str) -> None:
    with pytest.raises(BadAddress):
        bare_address(typed)
