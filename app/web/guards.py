"""Guards in front of every page, in pure ASGI: security headers, cross-origin, body size, the language of the path."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.kit.i18n import T

SAFE = {"GET", "HEAD", "OPTIONS"}
MOST_BODY = 2 * 1024 * 1024
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
HEADERS: list[tuple[bytes, bytes]] = [
    (b"content-security-policy", CSP.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=()"),
]
STRICT_TRANSPORT = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
EXEMPT = ("/webhooks/", "/unsubscribe/", "/en/unsubscribe/")


def _header(scope: Scope, wanted: bytes) -> str | None:
    for name, value in scope["headers"]:
        if name == wanted:
            return str(value.decode("latin-1"))
    return None


class SecurityHeaders:
    """Puts the same strict headers on every answer, errors and kept pages included."""

    def __init__(self, app: ASGIApp, *, is_https: bool) -> None:
        self._app = app
        self._headers = [*HEADERS, STRICT_TRANSPORT] if is_https else HEADERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name for name, _ in message["headers"]}
                added = [pair for pair in self._headers if pair[0] not in present]
                message["headers"] = [*message["headers"], *added]
            await send(message)

        await self._app(scope, receive, send_with_headers)


class CrossOrigin:
    """Refuses unsafe requests that another site sent: Sec-Fetch-Site first, then Origin.

    If both are absent or null (old phones), the edge asks for the form token instead. Exempt are bearer tokens (cookies
    are ignored there), signed webhooks and one-click unsubscribing, whose own token is the proof.
    """

    def __init__(self, app: ASGIApp, *, base_url: str) -> None:
        self._app = app
        self._base = urlsplit(base_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in SAFE or self._is_exempt(scope):
            await self._app(scope, receive, send)
            return
        verdict = self._verdict(scope)
        if verdict is False:
            await _answer(send, 403, T("This form was sent from another site. Open it here and send it again."))
            return
        scope["needs_form_token"] = verdict is None
        await self._app(scope, receive, send)

    @staticmethod
    def _is_exempt(scope: Scope) -> bool:
        bearer = (_header(scope, b"authorization") or "").lower().startswith("bearer ")
        return bearer or str(scope["path"]).startswith(EXEMPT)

    def _verdict(self, scope: Scope) -> bool | None:
        site = _header(scope, b"sec-fetch-site")
        if site:
            return site in {"same-origin", "none"}
        origin = _header(scope, b"origin")
        if not origin or origin == "null":
            return None
        sent = urlsplit(origin)
        own = (self._base.scheme, self._base.hostname, self._base.port)
        return (sent.scheme, sent.hostname, sent.port) == own


class BodyLimit:
    """Refuses bodies that are too large before anything reads them, and stops reading when one lies about its size.

    A form that takes files counts for itself what it reads (`web.intake`): `takes_files` says of which address it is.
    """

    def __init__(
        self, app: ASGIApp, *, most: int = MOST_BODY, takes_files: Callable[[str], bool] | None = None
    ) -> None:
        self._app = app
        self._most = most
        self._takes_files = takes_files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in SAFE or self._brings_files(scope):
            await self._app(scope, receive, send)
            return
        declared = _header(scope, b"content-length")
        if declared and declared.isdigit() and int(declared) > self._most:
            await _answer(send, 413, T("This is larger than can be received at once (2 MB)."))
            return
        read = 0

        async def receive_counted() -> Message:
            nonlocal read
            message = await receive()
            if message["type"] == "http.request":
                read += len(message.get("body", b""))
                if read > self._most:
                    return {"type": "http.disconnect"}
            return message

        await self._app(scope, receive_counted, send)

    def _brings_files(self, scope: Scope) -> bool:
        kind = _header(scope, b"content-type") or ""
        if self._takes_files is None or not kind.startswith("multipart/form-data"):
            return False
        return self._takes_files(scope["path"])


class LanguageOfPath:
    """Takes /en off the path: Spanish lives at /…, English at /en/…; no cookie and no negotiation by header."""

    def __init__(self, app: ASGIApp, *, default: str) -> None:
        self._app = app
        self._default = default

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path: str = scope["path"]
            scope["language"] = self._default
            if path == "/en" or path.startswith("/en/"):
                scope["language"] = "en"
                scope["path"] = path[3:] or "/"
        await self._app(scope, receive, send)


async def _answer(send: Send, status: int, text: object) -> None:
    body = str(text).encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
