"""The web program: puts the parts together and hands the edge the three functions it needs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from servestatic import ServeStaticASGI
from sqlalchemy import select
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp

from app.accounts import oidc, sessions, tending
from app.kit import clock
from app.kit.db import Database
from app.kit.errors import Invalid, NotFound, Refusal
from app.kit.i18n import T
from app.kit.templates import templates_of
from app.mail import rendering
from app.parts import CHROME, ROUTERS, fill_tables
from app.parts.due import run_inside
from app.people.actor import Actor
from app.post_office.webhook import sendgrid_route
from app.process.queries import next_edge_of_all
from app.settings import Settings
from app.web import refusals
from app.web.cache import CacheFirst
from app.web.directory import Directory
from app.web.guards import BodyLimit, CrossOrigin, LanguageOfPath, SecurityHeaders
from app.web.house import House
from app.web.intake import takers
from app.web.view import View
from app.work import transaction

NOTE_SEEN_SECONDS = 60.0


def create_app(settings: Settings, *, now: clock.Clock = clock.now, with_worker: bool = False) -> FastAPI:
    """One web program over one database; `now` is the clock it lives by, and the mail worker may run inside."""
    fill_tables()
    house = House(
        settings=settings,
        database=Database(settings.database_url),
        templates=templates_of(settings.frontend),
        clock=now,
        identify=sessions.identify,
        next_edge=next_edge_of_all,
        chrome=CHROME,
    )
    settings.secret()
    rendering.lay_out(settings)
    app = FastAPI(
        title="Minga",
        version="1",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan(house, with_worker=with_worker),
    )
    app.state.house = house
    app.state.register = []
    for router in ROUTERS:
        app.include_router(router.api)
        app.state.register.extend(router.register)
    app.router.routes.insert(0, Directory(route for router in ROUTERS for route in router.api.routes))
    _watch(app, house)
    _tell_refusals(app)
    _stand_guard(app, house)
    return app


def _watch(app: FastAPI, house: House) -> None:
    """What machines ask for: is it alive, is it ready, and what the mail provider reports."""

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(_request: Request) -> Response:
        ready = await house.hops.read(lambda session: bool(session.scalar(select(1))))
        return PlainTextResponse("ready\n" if ready else "not ready\n", 200 if ready else 503)

    app.router.routes.append(Route("/healthz", healthz, methods=["GET"]))
    app.router.routes.append(Route("/readyz", readyz, methods=["GET"]))
    key = house.settings.sendgrid_webhook_key
    app.router.routes.append(sendgrid_route(house.database, key, house.clock, house.hops.write))


def _stand_guard(app: FastAPI, house: House) -> None:
    """The guards in front of every page; the last added is met first."""
    settings = house.settings
    oidc.stand(app, settings)
    app.add_middleware(CacheFirst, cache=house.cache)
    app.add_middleware(LanguageOfPath, default=settings.default_language)
    app.add_middleware(BodyLimit, takes_files=takers(app.state.register))
    app.add_middleware(CrossOrigin, base_url=settings.base_url)
    dist = settings.frontend / "dist"
    if dist.exists():
        app.add_middleware(_static, root=str(dist))
    app.add_middleware(SecurityHeaders, is_https=settings.is_https)


def _static(app: ASGIApp, root: str) -> ASGIApp:
    built: ASGIApp = ServeStaticASGI(
        app, root=root, prefix="static", immutable_file_test=r"^.+-[0-9A-Z]{8}\..+$", max_age=3600
    )
    return built


def _lifespan(house: House, *, with_worker: bool) -> Callable[[FastAPI], Any]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(_note_seen(house))]
        if with_worker:
            tasks.append(asyncio.create_task(run_inside(house)))
        yield
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
        house.hops.close()
        house.database.dispose()

    return lifespan


async def _note_seen(house: House) -> None:
    def write_down() -> None:
        with transaction(house.database, Actor.system(), house.clock()) as work:
            tending.tend(work, house.settings)

    while True:
        await asyncio.sleep(NOTE_SEEN_SECONDS)
        with suppress(Exception):
            await house.hops.write(write_down)


def _tell_refusals(app: FastAPI) -> None:
    """Whatever goes wrong outside a handler is told in the same words; a fault of ours never shows a traceback."""

    async def on_http(request: Request, error: Exception) -> Response:
        status = getattr(error, "status_code", 500)
        page = _page_above(request) if status == 405 and request.method == "GET" else None
        if page:
            return RedirectResponse(page, 303)
        refusal: Refusal = NotFound() if status == 404 else Refusal(T("This cannot be done at this address."))
        refusal.status = status
        return await _tell(request, refusal)

    async def on_invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - FastAPI calls it for this error only
        fields = {str(fault["loc"][-1]): T("This does not fit: {why}.", why=fault["msg"]) for fault in error.errors()}
        return await _tell(request, Invalid(**fields))

    async def on_fault(request: Request, _error: Exception) -> Response:
        refusal = Refusal(T("Something went wrong on our side. What you wrote is not lost: go back and send it again."))
        refusal.status = 500
        return await _tell(request, refusal)

    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(Exception, on_fault)


def _page_above(request: Request) -> str | None:
    """The page whose form is sent to an address at which nothing can be read: where a reader of it is taken instead."""
    path: str = request.scope["path"]
    if path.startswith("/api/"):
        return None
    while path.count("/") > 1:
        path = path.rsplit("/", 1)[0]
        if request.app.router.routes[0].matches({**request.scope, "path": path})[0] is Match.FULL:
            return ("/en" if request.scope.get("language") == "en" else "") + path
    return None


async def _tell(request: Request, refusal: Refusal) -> Response:
    house: House = request.app.state.house
    if request.url.path.startswith("/api/"):
        return refusals.problem_of(refusal, str(request.scope.get("language", "es")))

    def page(session: Any) -> Response:
        actor = house.identify(session, request, house.clock())
        return refusals.page_of(View(request, house, session, house.clock(), actor), refusal)

    return await house.hops.read(page)
