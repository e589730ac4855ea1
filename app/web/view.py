"""What a page handler is given: one request, seen from inside its single hop."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

from sqlalchemy.orm import Session
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app.kit import ids
from app.kit.errors import NotAllowed
from app.kit.i18n import Text
from app.people.actor import Actor
from app.people.rules import Permission
from app.web import notices
from app.web.house import House
from app.work import Work

T = TypeVar("T")
SESSION_COOKIE = "minga_session"
SECURE_SESSION_COOKIE = "__Host-minga_session"
PRIVATE = {"cache-control": "no-store"}
PUBLIC_HEADERS = {"cache-control": "public, max-age=2", "vary": "cookie, hx-request"}


@dataclass(frozen=True)
class Place:
    """The process a page stands in, as the header needs it."""

    id: uuid.UUID
    slug: str
    name: str
    zone: str = "UTC"
    accent: str = ""
    logo: tuple[uuid.UUID, int] | None = None
    """Its key and how wide it stands, where the process has one."""


@dataclass
class View:
    """One request inside its hop: who asks, when, in which language, and the session to read or work with."""

    request: Request
    house: House
    session: Session
    now: datetime
    actor: Actor
    form: FormData = field(default_factory=FormData)
    errors: dict[str, Text] = field(default_factory=dict)
    prepared: Any = None
    kept: Any = None
    process: Place | None = None
    _work: Work | None = None

    @property
    def work(self) -> Work:
        """The transaction of this act; pages that only read have none."""
        if self._work is None:
            raise RuntimeError("a page that only reads has no work")
        return self._work

    @property
    def language(self) -> str:
        """The language of the path: es or en."""
        return str(self.request.scope.get("language", "es"))

    @property
    def variant(self) -> str:
        """The catalogue to speak from: Spanish with tú where the process says so."""
        return str(self.request.scope.get("variant") or self.language)

    @property
    def is_htmx(self) -> bool:
        """Whether htmx asks for a block rather than a browser for a page."""
        return "hx-request" in self.request.headers

    def typed(self, name: str) -> str:
        """What was typed into a field, without outer space and without control characters; empty when absent."""
        value = self.form.get(name, "")
        if isinstance(value, UploadFile):
            return ""
        return "".join(c for c in value.replace("\r\n", "\n") if c in "\n\t" or c.isprintable()).strip()

    def typed_all(self, name: str) -> list[str]:
        """Every value of a field that may be ticked more than once."""
        return [value.strip() for value in self.form.getlist(name) if isinstance(value, str) and value.strip()]

    def uploaded(self, name: str, most: int) -> bytes:
        """The content of a file that was sent, of a larger one only one byte more than is allowed."""
        sent = self.form.get(name)
        return sent.file.read(most + 1) if isinstance(sent, UploadFile) else b""

    def require(self, permission: Permission, process_id: uuid.UUID | None = None) -> None:
        """Ask who may see this page; refused when no role of the actor gives the permission here."""
        if not self.actor.may(permission, process_id):
            raise NotAllowed

    def recently(self, key: Hashable, read: Callable[[], T]) -> T:
        """A reading that many pages share, for readers whose page may be kept: then it too may be two seconds old.

        The page is kept no longer than what it was made of. Everybody else, and every act, reads for themselves.
        """
        if self._work is not None:
            return read()
        return self.house.recently(self.request.scope, self.session, key, read)

    def url(self, path: str) -> str:
        """A path of this site in the language of the request."""
        return f"/en{path}" if self.language == "en" else path

    def stand_in(self, place: Place, form_of_address: str = "") -> None:
        """Say in which process this page stands, for the header and for how people are addressed."""
        self.process = self.request.scope["place"] = place
        if form_of_address == "tu" and self.language == "es":
            self.request.scope["variant"] = "es_tu"

    def render(self, template: str, *, block: str | None = None, status: int = 200, **context: Any) -> Response:
        """The template as a page, or its named block when htmx asked; errors and typed values are always at hand."""
        body = self.house.templates.page(
            template,
            self.variant,
            block=block if self.is_htmx else None,
            chrome=self.house.chrome(self),
            now=self.now,
            may=self._may,
            form_token=self.form_token,
            errors=self.errors,
            form=self.form if self.errors else None,
            refused=self.url(self.request.scope["path"]) if self.errors else "",
            new_key=ids.new_token,
            at_hand=self.process,
            **context,
        )
        response = HTMLResponse(body, status_code=status, headers=PRIVATE)
        if self.notice and not (block and self.is_htmx):
            notices.take_away(response, self.house.settings)
        return response

    def see_other(self, path: str, notice: Text | None = None) -> Response:
        """Go and look at the result, 303 or for htmx 204 with the address; `notice` says there what was done."""
        response: Response = RedirectResponse(self.url(path), status_code=303, headers=PRIVATE)
        if self.is_htmx:
            response = Response(status_code=204, headers={"hx-location": self.url(path), **PRIVATE})
        if notice is not None:
            notices.leave(response, self.house.settings, notice.into(self.variant))
        return response

    @cached_property
    def notice(self) -> str:
        """What the act before this page left to be said on it."""
        return notices.waiting(self.request, self.house.settings)

    def form_token(self) -> str:
        """The token a form carries for browsers that send neither Sec-Fetch-Site nor Origin."""
        return token_for(self.house.settings.secret(), session_cookie(self.request), self.now)

    def _may(self, permission: str) -> bool:
        place = self.process
        return self.actor.may(Permission(permission), place.id if place else None)


def session_cookie(request: Request) -> str:
    """The opaque session id a browser sent, or nothing."""
    return request.cookies.get(SECURE_SESSION_COOKIE) or request.cookies.get(SESSION_COOKIE) or ""


def token_for(secret: str, cookie: str, day: datetime) -> str:
    """A form token: HMAC-SHA-256 over the session id and the day, so that it dies with either."""
    message = f"form:{cookie}:{day:%Y-%m-%d}".encode()
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
