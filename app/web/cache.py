"""Anonymous public pages, kept rendered for two seconds: correct by construction, with no invalidation code.

Looked up in pure ASGI ahead of routing. Only pages whose route says so are kept, never forms, `/account`, `/follow`
or anything asked for with a session cookie or a line to be shown once. The ETag is a hash of the bytes.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from app.kit import clock

KEPT_SECONDS = 2.0
MOST_MOMENTS = 1000
MOST_BYTES = 8 * 1024 * 1024
OWN_COOKIES = (b"minga_session=", b"__Host-minga_session=", b"minga_notice=", b"__Host-minga_notice=")


@dataclass(frozen=True)
class Kept:
    """One rendered page."""

    body: bytes
    headers: list[tuple[bytes, bytes]]
    etag: bytes
    until: float


def etag_of(body: bytes) -> bytes:
    """The strong ETag of these bytes."""
    return b'"' + hashlib.sha256(body).hexdigest()[:32].encode() + b'"'


class PageCache:
    """At most 8 MB of rendered pages, the oldest leaving first: more than a process renders in two seconds.

    Pages are put here by the loop and by the threads that read, so one changes it at a time.
    """

    def __init__(self) -> None:
        self._pages: OrderedDict[bytes, Kept] = OrderedDict()
        self._bytes = 0
        self._alone = Lock()
        self.moments = Moments()

    def get(self, key: bytes) -> Kept | None:
        """The page kept under this key, if it is still fresh."""
        kept = self._pages.get(key)
        if kept is None:
            return None
        if kept.until < clock.ticks():
            with self._alone:
                self._drop(key)
            return None
        return kept

    def put(self, key: bytes, body: bytes, headers: list[tuple[bytes, bytes]], seconds: float) -> None:
        """Keep a page for so long, but never for more than two seconds."""
        if seconds <= 0 or len(body) > MOST_BYTES // 8:
            return
        kept = Kept(body, headers, etag_of(body), clock.ticks() + min(seconds, KEPT_SECONDS))
        with self._alone:
            self._drop(key)
            self._pages[key] = kept
            self._bytes += len(body)
            while self._bytes > MOST_BYTES:
                self._drop(next(iter(self._pages)))

    def clear(self) -> None:
        """Forget every page and every reading; tests that move the clock need it."""
        self.moments.clear()
        with self._alone:
            self._pages.clear()
            self._bytes = 0

    def _drop(self, key: bytes) -> None:
        kept = self._pages.pop(key, None)
        if kept is not None:
            self._bytes -= len(kept.body)


@dataclass(frozen=True)
class Moment:
    """Something that was read, until when it is fresh, and how many transactions had written when it was read."""

    value: Any
    until: float
    writes: int


class Moments:
    """Readings that many pages share: at most two seconds old, and never older than a write of this program.

    Another program's writes show after two seconds, as in the kept pages. Whoever acts on one asks in the transaction
    whether it still holds.
    """

    def __init__(self) -> None:
        self._kept: dict[Hashable, Moment] = {}

    def get(self, key: Hashable, writes: int | None = None) -> Moment | None:
        """What was read under this key in the last two seconds, and since the last write where that is said."""
        moment = self._kept.get(key)
        if moment is None or clock.ticks() >= moment.until or writes not in (None, moment.writes):
            return None
        return moment

    def put(self, key: Hashable, value: Any, writes: int = 0) -> Moment:
        """Keep a reading for two seconds."""
        if len(self._kept) >= MOST_MOMENTS:
            self._kept.clear()
        self._kept[key] = moment = Moment(value, clock.ticks() + KEPT_SECONDS, writes)
        return moment

    def clear(self) -> None:
        """Forget every reading."""
        self._kept.clear()


def key_of(scope: Scope) -> bytes | None:
    """The key under which an answer to this request may be kept, or None when it may not."""
    if scope["method"] not in {"GET", "HEAD"}:
        return None
    partial = b""
    for name, value in scope["headers"]:
        if name == b"cookie" and any(cookie in value for cookie in OWN_COOKIES):
            return None
        if name == b"authorization":
            return None
        if name == b"hx-request":
            partial = b"#"
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope["query_string"]
    return partial + path + b"?" + query


class CacheFirst:
    """Answers from the kept pages before anything else is asked."""

    def __init__(self, app: ASGIApp, cache: PageCache) -> None:
        self._app = app
        self._cache = cache

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        key = key_of(scope)
        kept = self._cache.get(key) if key is not None else None
        if kept is None:
            scope["cache_key"] = key
            await self._app(scope, receive, send)
            return
        matches = any(name == b"if-none-match" and kept.etag in value for name, value in scope["headers"])
        body = b"" if matches or scope["method"] == "HEAD" else kept.body
        headers = [pair for pair in kept.headers if pair[0] != b"content-length"] if matches else kept.headers
        await send({"type": "http.response.start", "status": 304 if matches else 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})
