"""A row of the outbox as a MIME message: one recipient, encoded headers, text and HTML of the same words."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from urllib.parse import urlsplit

from app.mail.wording import one_line, plain

_WIRE = SMTP.clone(cte_type="7bit")  # not every server on the way takes eight bits
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-]+)*")
_DOMAIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9\-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9\-]*[A-Za-z0-9])?)*")
_OURS = ("list-unsubscribe", "list-unsubscribe-post")


class BadAddress(ValueError):
    """An address no mail server would take; the letter cannot be sent to it."""


@dataclass(frozen=True)
class Outgoing:
    """What a transport needs to know of a letter, free of the database."""

    id: uuid.UUID
    to_address: str
    language: str
    subject: str
    text: str
    html: str
    message_id: str
    reply_to: str | None = None
    at: datetime | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def message_id_of(message: uuid.UUID, origin: str) -> str:
    """The Message-ID a letter has for ever: made from its row, so a second copy could be recognised as one."""
    return f"<{message.hex}@{urlsplit(origin).hostname or 'minga.invalid'}>"


def bare_address(address: str) -> str:
    """One mailbox in ASCII (a domain with accents in its IDNA form), free of control marks; else refused."""
    local, at, domain = plain(address).strip().rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        raise BadAddress("the part after the @ is not a domain") from None
    if not at or len(local) > 64 or len(domain) > 253:
        raise BadAddress("not an address")
    if not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        raise BadAddress("not an address that every mail server takes")
    return f"{local}@{domain}"


def sender_of(mail_from: str) -> Address:
    """Who letters come from, out of a setting such as `Minga <minga@example.org>`."""
    name, address = parseaddr(mail_from)
    local, _, domain = bare_address(address).rpartition("@")
    return Address(display_name=one_line(name), username=local, domain=domain)


def compose(outgoing: Outgoing, sender: Address) -> EmailMessage:
    """The message as it goes over the wire, built only by `email.message` with the SMTP policy."""
    message = EmailMessage(policy=_WIRE)
    message["From"] = sender
    message["To"] = Address(addr_spec=bare_address(outgoing.to_address))
    message.set_raw("Subject", _subject(outgoing.subject))
    message["Message-ID"] = outgoing.message_id
    if outgoing.at:
        message["Date"] = outgoing.at
    if outgoing.reply_to:
        message["Reply-To"] = Address(addr_spec=bare_address(outgoing.reply_to))
    message.set_content(outgoing.text)
    message.add_alternative(outgoing.html, subtype="html")
    for name, value in extra_headers(outgoing).items():
        message[name] = value  # after the content, which carries every Content-… header off into its first part
    return message


def _subject(subject: str) -> str:
    """A subject folded and encoded whole: folded by its policy, `email` loses a space between two encoded words."""
    line = one_line(subject)
    charset = "ascii" if line.isascii() and len(line) <= 60 else "utf-8"
    return Header(line, charset, header_name="Subject").encode(linesep="\r\n")


def extra_headers(outgoing: Outgoing) -> dict[str, str]:
    """The headers beside the usual ones: the language, that a machine wrote it, and how to stop optional letters."""
    headers = {"Auto-Submitted": "auto-generated", "Content-Language": outgoing.language[:2]}
    for name, value in outgoing.headers.items():
        if name.lower() in _OURS:
            headers[name] = one_line(value)
    return headers
