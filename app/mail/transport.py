"""How a letter leaves the house, and what may be said about it afterwards.

Beside the provider's webhook this is the only file that knows SendGrid. Every way out ends in one of four outcomes,
and the line between the last two is the promise of the outbox: a letter is tried again only when it is certain that
the provider did not take it, and is in doubt as soon as it may have.
"""

from __future__ import annotations

import http.client
import logging
import os
import ssl
import urllib.request
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib
import anyio
import python_http_client
import sendgrid
from aiosmtplib import SMTPRecipientRefused, SMTPResponseException
from python_http_client.exceptions import HTTPError

from app.kit import clock
from app.mail.composing import BadAddress, Outgoing, bare_address, compose, extra_headers, sender_of
from app.settings import Settings

SOCKET_SECONDS = 20.0
CALL_SECONDS = 45.0
REASON_LENGTH = 300

logging.getLogger("python_http_client").setLevel(logging.INFO)  # its debug lines hold addresses and the key


@dataclass(frozen=True)
class Accepted:
    """The provider took it, under this name of its own."""

    provider_id: str | None = None


@dataclass(frozen=True)
class Refused:
    """The provider will never take it; `ours` when the fault is our account or setting, not this letter."""

    reason: str
    ours: bool = False


@dataclass(frozen=True)
class TryAgain:
    """The provider certainly did not take it, and may later."""

    reason: str
    retry_after: timedelta | None = None


@dataclass(frozen=True)
class InDoubt:
    """The letter may have left before the answer was lost; never sent again without a person's word."""

    reason: str


Outcome = Accepted | Refused | TryAgain | InDoubt


class Transport(Protocol):
    """One way out; `send` answers with an outcome and raises nothing but being cancelled."""

    async def send(self, letter: Outgoing) -> Outcome: ...


def transport_of(settings: Settings) -> Transport:
    """The way out these settings name; nothing leaves the machine unless `smtp` or `sendgrid` was chosen."""
    sender = sender_of(settings.mail_from)
    if settings.mail == "smtp":
        return SmtpTransport(settings.smtp_url, sender)
    if settings.mail == "sendgrid":
        return SendGridTransport(settings.sendgrid_api_key, sender, host=settings.sendgrid_host)
    if settings.mail == "memory":
        return MemoryTransport(sender)
    return FileTransport(settings.var / "mail", sender)


@dataclass
class MemoryTransport:
    """Keeps letters in a list, for tests of what is above."""

    sender: Address = field(default_factory=lambda: sender_of("Minga <minga@localhost.localdomain>"))
    sent: list[Outgoing] = field(default_factory=list)

    async def send(self, letter: Outgoing) -> Outcome:
        try:
            compose(letter, self.sender)
        except (BadAddress, ValueError) as error:
            return Refused(_short(error))
        self.sent.append(letter)
        return Accepted(f"memory-{len(self.sent)}")


@dataclass
class FileTransport:
    """One .eml file per letter, appearing whole or not at all; the same letter is the same file."""

    folder: Path
    sender: Address

    async def send(self, letter: Outgoing) -> Outcome:
        return await anyio.to_thread.run_sync(self._write, letter)

    def _write(self, letter: Outgoing) -> Outcome:
        try:
            content = compose(letter, self.sender).as_bytes()
        except (BadAddress, ValueError) as error:
            return Refused(_short(error))
        target = self.folder / f"{letter.id}.eml"
        unfinished = target.with_suffix(".part")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with unfinished.open("wb") as opened:
                opened.write(content)
                opened.flush()
                os.fsync(opened.fileno())
            unfinished.replace(target)
        except OSError as error:
            return TryAgain(_short(error))
        return Accepted(target.name)


class SmtpTransport:
    """A mail server of one's own; one connection per letter, certificates checked.

    The doubt begins with DATA: before it nothing can have left, after it only an answer settles it.
    """

    def __init__(self, url: str, sender: Address) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps", "smtp+starttls"}:
            raise ValueError("MINGA_SMTP_URL must begin with smtp://, smtps:// or smtp+starttls://")
        self.sender = sender
        self._connection: dict[str, Any] = {
            "hostname": parts.hostname or "127.0.0.1",
            "port": parts.port,
            "username": unquote(parts.username) if parts.username else None,
            "password": unquote(parts.password) if parts.password else None,
            "use_tls": parts.scheme == "smtps",
            "start_tls": True if parts.scheme == "smtp+starttls" else None if parts.scheme == "smtp" else False,
        }

    async def send(self, letter: Outgoing) -> Outcome:
        try:
            content = compose(letter, self.sender).as_bytes()
            to = bare_address(letter.to_address)
        except (BadAddress, ValueError) as error:
            return Refused(_short(error))
        client = aiosmtplib.SMTP(timeout=SOCKET_SECONDS, **self._connection)
        try:
            with anyio.fail_after(CALL_SECONDS):
                await client.connect()
                await client.mail(self.sender.addr_spec)
                await client.rcpt(to)
        except (OSError, aiosmtplib.SMTPException) as error:
            client.close()
            return _before_data(error)
        try:
            return await self._hand_over(client, content)
        finally:
            client.close()

    async def _hand_over(self, client: aiosmtplib.SMTP, content: bytes) -> Outcome:
        try:
            with anyio.fail_after(CALL_SECONDS):
                response = await client.data(content)
        except SMTPResponseException as error:
            return _by_smtp_code(error)
        except (OSError, aiosmtplib.SMTPException) as error:
            return InDoubt(_short(error))
        return Accepted(response.message[:REASON_LENGTH])


def _before_data(error: Exception) -> Outcome:
    if isinstance(error, SMTPRecipientRefused):
        return _by_smtp_code(error)
    if isinstance(error, SMTPResponseException) and error.code >= 500:
        return Refused(_short(error), ours=True)  # greeting, sign-in or sender: no letter would pass
    return TryAgain(_short(error))


def _by_smtp_code(error: SMTPResponseException) -> Outcome:
    return Refused(_short(error)) if error.code >= 500 else TryAgain(_short(error))


class SendGridTransport:
    """SendGrid's HTTP API, called in a thread, with a time-out and without tracking.

    It is told the letter's opaque id and nothing else of ours: custom arguments are kept there for long.
    """

    def __init__(self, api_key: str, sender: Address, *, host: str = "", seconds: float = SOCKET_SECONDS) -> None:
        self.sender = sender
        self._key = api_key
        self._host = host.rstrip("/") or "https://api.sendgrid.com"
        self._seconds = seconds
        self._tls = ssl.create_default_context()

    async def send(self, letter: Outgoing) -> Outcome:
        try:
            body = self._body(letter)
        except (BadAddress, ValueError) as error:
            return Refused(_short(error))
        call = _Line(self._tls)
        try:
            with anyio.fail_after(CALL_SECONDS):
                return await anyio.to_thread.run_sync(self._post, body, call, abandon_on_cancel=True)
        except TimeoutError as error:
            return InDoubt(_short(error)) if call.is_open else TryAgain(_short(error))

    def _post(self, body: dict[str, Any], call: _Line) -> Outcome:
        client = sendgrid.SendGridAPIClient(self._key, host=self._host)
        client.client = _OneCall(self._host, client.client.request_headers, call, self._seconds)
        try:
            answer = client.send(body)
        except HTTPError as error:
            return _by_http_status(error.status_code, _body_of(error), error.headers)
        except (OSError, http.client.HTTPException, ValueError) as error:
            return InDoubt(_short(error)) if call.is_open else TryAgain(_short(error))
        if answer.status_code != http.HTTPStatus.ACCEPTED:
            return InDoubt(f"answered {answer.status_code} instead of 202")
        return Accepted(answer.headers.get("X-Message-Id"))

    def _body(self, letter: Outgoing) -> dict[str, Any]:
        compose(letter, self.sender)  # what SMTP would refuse is refused here as well
        body: dict[str, Any] = {
            "from": {"email": self.sender.addr_spec, "name": self.sender.display_name},
            "personalizations": [{"to": [{"email": bare_address(letter.to_address)}]}],
            "subject": letter.subject,
            "content": [{"type": "text/plain", "value": letter.text}, {"type": "text/html", "value": letter.html}],
            "custom_args": {"message": str(letter.id)},
            "headers": {"Message-ID": letter.message_id, **extra_headers(letter)},
            "tracking_settings": {
                "click_tracking": {"enable": False, "enable_text": False},
                "open_tracking": {"enable": False},
                "subscription_tracking": {"enable": False},
                "ganalytics": {"enable": False},
            },
        }
        if letter.reply_to:
            body["reply_to"] = {"email": bare_address(letter.reply_to)}
        return body


def _by_http_status(status: int, said: str, headers: Any) -> Outcome:
    reason = f"{status} {said}".strip()[:REASON_LENGTH]
    if status == http.HTTPStatus.TOO_MANY_REQUESTS or status >= 500:
        return TryAgain(reason, _retry_after(headers, clock.now()))
    if status < 400:
        return InDoubt(reason)  # a redirect is not followed, and nobody knows what took the letter
    return Refused(reason, ours=status in {401, 403, 404, 405})


def _retry_after(headers: Any, now: datetime) -> timedelta | None:
    value = (headers.get("Retry-After") or headers.get("X-RateLimit-Reset") or "").strip() if headers else ""
    if value.isdecimal():
        seconds = int(value[:12])
        if seconds > 10_000_000:  # an instant in Unix time
            seconds -= int(now.timestamp())
        return timedelta(seconds=min(max(seconds, 0), 86_400))
    try:
        return max(parsedate_to_datetime(value) - now, timedelta()) if value else None
    except (ValueError, TypeError):
        return None


def _body_of(error: HTTPError) -> str:
    body = error.body
    return body.decode("utf-8", "replace") if isinstance(body, bytes) else str(body or "")


def _short(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:REASON_LENGTH]


class _Line:
    """Tells whether the connection of one call was ever made: before that nothing can have left."""

    def __init__(self, tls: ssl.SSLContext) -> None:
        self.tls = tls
        self.is_open = False


class _Plain(http.client.HTTPConnection):
    def __init__(self, host: str, *, line: _Line, **options: Any) -> None:
        super().__init__(host, **options)
        self._line = line

    def connect(self) -> None:
        super().connect()
        self._line.is_open = True


class _Secure(http.client.HTTPSConnection):
    def __init__(self, host: str, *, line: _Line, **options: Any) -> None:
        super().__init__(host, context=line.tls, **options)
        self._line = line

    def connect(self) -> None:
        super().connect()
        self._line.is_open = True


class _ByLine(urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
    """Opens http and https alike over connections that report when they stand."""

    def __init__(self, line: _Line) -> None:
        super().__init__()
        self._line = line

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(partial(_Plain, line=self._line), req)

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(partial(_Secure, line=self._line), req)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class _OneCall(python_http_client.Client):  # type: ignore[misc]  # the package has no types
    """SendGrid's client with a time-out, without redirects, and over a line that says whether it was open."""

    def __init__(self, host: str, headers: dict[str, str], line: _Line, seconds: float, path: Any = None) -> None:
        super().__init__(host, request_headers=headers, version=3, url_path=path, timeout=seconds)
        self._line = line

    def _build_client(self, name: str | None = None) -> _OneCall:
        path = [*self._url_path, name] if name else self._url_path
        return _OneCall(self.host, self.request_headers, self._line, self.timeout, path)

    def _make_request(self, opener: Any, request: urllib.request.Request, timeout: float | None = None) -> Any:
        own = urllib.request.build_opener(_ByLine(self._line), _NoRedirect)
        own.addheaders = opener.addheaders
        return super()._make_request(own, request, timeout=timeout or self.timeout)
