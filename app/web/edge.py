"""The edge: where asynchronous requests become plain function calls, and where acts are committed.

A handler is a plain function of a `View`. The whole of its work, rendering and commit included, runs in one hop, and
the commit happens before the first byte of the answer leaves: a half-done act cannot be acknowledged. Each route says
who may use it, per method; a route that does not say so cannot be registered.
"""

from __future__ import annotations

import hashlib
import hmac
import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.responses import Response

from app.kit import clock
from app.kit.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from app.kit.i18n import T
from app.people.actor import Actor
from app.people.rules import Permission
from app.web import constraints, intake, refusals, replays
from app.web.cache import KEPT_SECONDS
from app.web.hops import Length
from app.web.house import FRESH_UNTIL, House
from app.web.intake import Intake
from app.web.limits import BALLOT, FILES
from app.web.view import PUBLIC_HEADERS, View, session_cookie, token_for
from app.work import transaction


class Everyone(StrEnum):
    """Who may use a route that asks for no permission of its own."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"


PUBLIC, SIGNED_IN = Everyone.PUBLIC, Everyone.SIGNED_IN
May = Everyone | Permission
Handler = Callable[..., Response]
MOST_FIELDS = 400
MOST_FILES = 6


@dataclass(frozen=True)
class Route:
    """What the register knows of one route and method; the access matrix of the tests is checked against it."""

    method: str
    path: str
    may: May
    handler: Handler
    kind: str
    is_kept: bool = False
    length: Length = Length.SHORT
    prepare: Handler | None = None
    again: Handler | None = None
    limit: str = ""
    intake: Intake | None = None

    @property
    def is_secret(self) -> bool:
        """Whether nothing that links one request to another may be kept of it: a ballot."""
        return self.limit == BALLOT


class Router:
    """The routes of one slice; every way to add one asks who may."""

    def __init__(self) -> None:
        self.api = APIRouter()
        self.register: list[Route] = []

    def page(
        self, path: str, *, may: May, kept: bool = False, length: Length = Length.SHORT
    ) -> Callable[[Handler], Handler]:
        """A page that only reads; `kept` ones are cached for two seconds for anonymous readers."""
        return self._adder(path, ["GET"], kind="page", may=may, is_kept=kept, length=length)

    def act(  # waiver: what a form is checked by, each said once where it is declared
        self,
        path: str,
        *,
        may: May,
        again: Handler | None = None,
        prepare: Handler | None = None,
        limit: str = "write",
        files: Intake | None = None,
        length: Length = Length.SHORT,
    ) -> Callable[[Handler], Handler]:
        """A form that changes something; `again` shows it once more with its errors and what was typed.

        One that takes `files` may be as large as they are; what came of them stands in `view.kept`. `length` is how
        long it takes to `prepare`.
        """
        facts: dict[str, Any] = {"again": again, "prepare": prepare, "limit": limit, "intake": files, "length": length}
        return self._adder(path, ["POST"], kind="act", may=may, **facts)

    def ask(self, path: str, *, may: May, limit: str) -> Callable[[Handler], Handler]:
        """A page asked for with more than fits an address: sent like a form, and it only reads, in a thread."""
        return self._adder(path, ["POST"], kind="ask", may=may, limit=limit, length=Length.SEARCH)

    def read(
        self, path: str, *, may: May, kept: bool = False, length: Length = Length.SHORT, **docs: Any
    ) -> Callable[[Handler], Handler]:
        """A JSON reading of the API."""
        return self._adder(path, ["GET"], docs=docs, kind="read", may=may, is_kept=kept, length=length)

    def write(
        self, method: str, path: str, *, may: May, prepare: Handler | None = None, limit: str = "write", **docs: Any
    ) -> Callable[[Handler], Handler]:
        """A JSON act of the API."""
        return self._adder(path, [method], docs=docs, kind="write", may=may, prepare=prepare, limit=limit)

    def _adder(
        self, path: str, methods: list[str], docs: dict[str, Any] | None = None, **facts: Any
    ) -> Callable[[Handler], Handler]:
        def add(handler: Handler) -> Handler:
            route = Route(method=methods[0], path=path, handler=handler, **facts)
            self.register.append(route)
            is_api = route.kind in {"read", "write"}
            self.api.add_api_route(
                path,
                _endpoint(route),
                methods=methods,
                include_in_schema=is_api,
                name=f"{handler.__module__}.{handler.__name__}",
                **({"responses": PROBLEMS} | (docs or {}) if is_api else {"response_model": None}),
            )
            return handler

        return add


PROBLEMS: dict[int | str, dict[str, Any]] = {
    "4XX": {"description": "A refusal, as problem+json", "content": {"application/problem+json": {}}},
}


def _endpoint(route: Route) -> Callable[..., Awaitable[Response]]:
    """The asynchronous function FastAPI calls; its parameters are the handler's own, so FastAPI parses them."""
    changes = route.kind in {"act", "write"}

    async def endpoint(request: Request, **path: Any) -> Response:
        house: House = request.app.state.house
        visit = Visit(route, request, house, path)
        try:
            visit.check_address()
            return await (visit.act() if changes else visit.read())
        except Refusal as refusal:
            return await visit.refuse(refusal)
        except IntegrityError as error:
            known = constraints.refusal_of(error)
            if known is None:
                raise
            return await visit.refuse(known)
        finally:
            await visit.form.close()

    signature = inspect.signature(route.handler, eval_str=True)
    own = [parameter for name, parameter in signature.parameters.items() if name != "view"]
    first = inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Request)
    keyword = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own]
    endpoint.__signature__ = signature.replace(parameters=[first, *keyword], return_annotation=Response)  # type: ignore[attr-defined]
    endpoint.__name__ = route.handler.__name__
    endpoint.__doc__ = route.handler.__doc__
    return endpoint


class Visit:
    """One request on its way through the edge."""

    def __init__(self, route: Route, request: Request, house: House, path: dict[str, Any]) -> None:
        self.route = route
        self.request = request
        self.house = house
        self.path = path
        self.now = house.clock()
        self.form = FormData()
        self.body_hash = ""
        self.files: list[intake.Sent] = []
        self.kept: Any = None

    def check_address(self) -> None:
        """A null character stands in no address of ours, and PostgreSQL cannot even be asked for one."""
        scope = self.request.scope
        if "\x00" in scope["path"] or b"%00" in scope["query_string"]:
            raise NotFound

    async def read(self) -> Response:
        """Answer a reading: one hop, and kept for two seconds where the route says so."""
        if self.route.kind == "ask":
            await self._take_in()
        return await self.house.hops.read(self._read, self.route.length)

    async def act(self) -> Response:
        """Take in what was sent, then do it whole or not at all."""
        await self._take_in()
        prepared = None
        if self.files:
            await self._keep_files()
        if self.route.prepare:
            prepared = await self.house.hops.read(partial(self._handle, self.route.prepare), self.route.length)
        return await self.house.hops.write(partial(self._act, prepared))

    async def refuse(self, refusal: Refusal) -> Response:
        """Tell a refusal: the form again with its errors, a page with what was typed, or problem+json."""
        if self.route.kind in {"read", "write"}:
            return refusals.problem_of(refusal, str(self.request.scope.get("language", "es")))
        if isinstance(refusal, Conflict) and self.route.again:
            shown = await self._same_form(self.route.again, refusal)
            if shown is not None:
                return shown
        if isinstance(refusal, Invalid) and self.route.again:
            again = partial(self._handle, self.route.again, errors=refusal.fields)
            try:
                response: Response = await self.house.hops.read(again)
            except Refusal as other:
                return await self.house.hops.read(partial(self._tell, other))
            response.status_code = 422
            return response
        return await self.house.hops.read(partial(self._tell, refusal))

    async def _same_form(self, form: Handler, conflict: Conflict) -> Response | None:
        """The form again with the sentence above it and everything typed, where it may still be sent from there."""
        again = partial(self._handle, form, errors={"": conflict.text})
        try:
            response: Response = await self.house.hops.read(again)
        except Refusal:
            return None
        if not all(sign in bytes(response.body) for sign in (b"error-summary", f'{self._path}"'.encode())):
            return None
        response.status_code = conflict.status
        return response

    @property
    def _path(self) -> str:
        return f'action="{"/en" if self.request.scope.get("language") == "en" else ""}{self.request.scope["path"]}'

    async def _take_in(self) -> None:
        if self.route.limit:
            client = self.request.client
            self.house.limits.hit(self.route.limit, client.host if client else "")
        if self.route.intake and self.request.headers.get("content-type", "").startswith("multipart/form-data"):
            await self._take_files(self.route.intake)
            return
        body = await self.request.body()
        self.body_hash = hashlib.sha256(body).hexdigest()
        if self.route.kind in {"act", "ask"}:
            self.form = await self.request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS)
            self._check_form_token()
        self.now = self.house.clock()

    async def _take_files(self, takes: Intake) -> None:
        self.form = await intake.form_of(self.request, takes, most_fields=MOST_FIELDS)
        self._check_form_token()
        self.files = intake.files_of(self.form, takes)
        of_form = partial(intake.hash_of, self.form)
        self.body_hash = await self.house.hops.look(of_form) if self.files else of_form()
        self.now = self.house.clock()

    async def _keep_files(self) -> None:
        """Have the files looked at beside the loop, then stored to wait: so they outlive a form that is refused."""
        takes, client = self.route.intake, self.request.client
        assert takes is not None  # noqa: S101 - only such a route has files
        self.house.limits.hit(FILES, client.host if client else "")
        await self.house.hops.read(lambda session: self._ask_who(self._view(session).actor))
        looked = await self.house.hops.look(partial(takes.look, self.files))

        def keep() -> Any:
            with transaction(self.house.database, Actor.anonymous(), self.now) as work:
                return takes.keep(work, looked)

        self.kept = await self.house.hops.write(keep)

    def _check_form_token(self) -> None:
        if not self.request.scope.get("needs_form_token"):
            return
        sent = str(self.form.get("form_token", ""))
        secret, cookie = self.house.settings.secret(), session_cookie(self.request)
        days = (self.now, self.now - timedelta(days=1))
        if not any(hmac.compare_digest(sent, token_for(secret, cookie, day)) for day in days):
            raise NotAllowed(T("This form was open for too long. Load it again; your browser kept what you wrote."))

    def _read(self, session: Session) -> Response:
        response: Response = self._handle(self.route.handler, session, must_ask=True)
        if self.route.is_kept:
            self._keep(session, response)
        return response

    def _keep(self, session: Session, response: Response) -> None:
        key = self.request.scope.get("cache_key")
        if key is None or response.status_code != 200:
            return
        response.headers.update(PUBLIC_HEADERS)
        seconds = self._fresh_for(session)
        body = bytes(response.body)
        response.headers["etag"] = '"' + hashlib.sha256(body).hexdigest()[:32] + '"'
        headers = [(name, value) for name, value in response.raw_headers if name != b"content-length"]
        headers.append((b"content-length", str(len(body)).encode()))
        self.house.cache.put(key, body, headers, seconds)

    def _fresh_for(self, session: Session) -> float:
        """How many seconds a page may be kept: until a window opens or closes, or the oldest reading in it is old."""
        scope = self.request.scope
        edge = self.house.recently(scope, session, "edge", lambda: self.house.next_edge(session, self.now))
        fresh = scope[FRESH_UNTIL] - clock.ticks() if FRESH_UNTIL in scope else KEPT_SECONDS
        return min(fresh, (edge - self.now).total_seconds()) if edge else fresh

    def _act(self, prepared: Any) -> Response:
        with transaction(self.house.database, Actor.anonymous(), self.now) as work:
            view = self._view(work.session)
            view.prepared, view._work, work.actor = prepared, work, view.actor  # noqa: SLF001 - the edge makes both
            self._ask_who(view.actor)
            key = self._replay_key(view.actor)
            earlier = replays.earlier(work.session, key, self.body_hash) if key else None
            if earlier is not None:
                return earlier
            response: Response = self.route.handler(view, **self.path)
            if key and response.status_code < 400:
                replays.keep(work.session, key, self.body_hash, response, self.now)
            return response

    def _replay_key(self, actor: Actor) -> str:
        sent = self.request.headers.get("idempotency-key") or str(self.form.get("form_key", ""))
        if not sent or self.route.is_secret:
            return ""
        return replays.key_of(sent[:200], str(actor.person_id or ""), self.request.url.path)

    def _handle(self, handler: Handler, session: Session, *, must_ask: bool = False, errors: Any = None) -> Any:
        view = self._view(session)
        view.errors = errors or {}
        if must_ask:
            self._ask_who(view.actor)
        return handler(view, **self.path)

    def _tell(self, refusal: Refusal, session: Session) -> Response:
        return refusals.page_of(self._view(session), refusal)

    def _view(self, session: Session) -> View:
        actor = self.house.identify(session, self.request, self.now)
        place = self.request.scope.get("place")  # where it stood before it was refused
        return View(self.request, self.house, session, self.now, actor, form=self.form, kept=self.kept, process=place)

    def _ask_who(self, actor: Actor) -> None:
        may = self.route.may
        if may is PUBLIC or (may is SIGNED_IN and actor.is_signed_in):
            return
        if may is SIGNED_IN or not actor.may_somewhere(Permission(may)):
            raise NotAllowed


__all__ = ["PUBLIC", "SIGNED_IN", "Conflict", "Everyone", "Route", "Router"]
