"""Signing in with an identity provider: the only pages that talk to another site, and never inside a transaction."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

import httpx2
import structlog
from fastapi import Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from app.accounts import arriving, oidc, rules, security
from app.kit.errors import NotFound, Refusal
from app.kit.i18n import T
from app.people.actor import Actor
from app.web import refusals
from app.web.edge import PUBLIC, Route, Router
from app.web.house import House
from app.web.view import View
from app.work import transaction

log = structlog.get_logger("minga.oidc")
router = Router()


@cache
def faults() -> tuple[type[Exception], ...]:
    """What an answer that proves nothing looks like; told apart in the log only."""
    from authlib.common.errors import AuthlibBaseError  # noqa: PLC0415 - loaded with the provider's client only
    from joserfc.errors import JoseError  # noqa: PLC0415 - the same

    return AuthlibBaseError, JoseError, oidc.NotProved, httpx2.HTTPError, ValueError, KeyError, RuntimeError


async def begin(request: Request) -> Response:
    """Lead the browser to the provider."""
    house: House = request.app.state.house
    try:
        _knock(request, house)
        request.session["onward"] = rules.local_path(request.query_params.get("next", ""))
        request.session["language"] = "en" if request.query_params.get("language") == "en" else "es"
        response: Response = await oidc.lead_there(request, house.settings)
        response.headers["cache-control"] = "no-store"
        return response
    except Refusal as refusal:
        return await _tell(request, house, refusal)
    except faults() as fault:
        return await _refuse(request, house, fault)


async def come_back(request: Request) -> Response:
    """Take the provider's answer; only what this browser itself set out for lets it in."""
    house: House = request.app.state.house
    try:
        _knock(request, house)
        proved = await oidc.prove(request, house.settings)
    except Refusal as refusal:
        return await _tell(request, house, refusal)
    except faults() as fault:
        return await _refuse(request, house, fault)
    language = str(request.session.pop("language", "es"))
    onward = rules.local_path(str(request.session.pop("onward", "")))
    request.scope["language"] = language
    response: Response = await house.hops.write(partial(_let_in, request, house, proved, onward))
    response.headers["referrer-policy"] = "no-referrer"
    return response


def _knock(request: Request, house: House) -> None:
    if not oidc.is_on(house.settings):
        raise NotFound
    house.limits.hit("sign_in", request.client.host if request.client else "")


def _let_in(request: Request, house: House, proved: oidc.Proved, onward: str) -> Response:
    now = house.clock()
    with transaction(house.database, Actor.anonymous(), now) as work:
        view = View(request, house, work.session, now, Actor.anonymous())
        person = oidc.person_of(work, proved, view.language)
        work.session.flush()
        return arriving.arrive(view, person, "oidc", onward)


async def _refuse(request: Request, house: House, fault: Exception) -> Response:
    """One sentence for whatever was wrong, and one line in each log without anything that was sent."""
    log.warning("oidc: refused", fault=type(fault).__name__)

    def write_down() -> None:
        now = house.clock()
        with transaction(house.database, Actor.anonymous(), now) as work:
            view = View(request, house, work.session, now, Actor.anonymous())
            security.note_visit(view, "oidc_refused", fault=type(fault).__name__)

    await house.hops.write(write_down)
    refusal = Refusal(T("Signing in this way did not work. Begin again from the sign-in page."))
    refusal.status = 403
    return await _tell(request, house, refusal)


async def _tell(request: Request, house: House, refusal: Refusal) -> Response:
    def page(session: Session) -> Response:
        now = house.clock()
        return refusals.page_of(View(request, house, session, now, Actor.anonymous()), refusal)

    return await house.hops.read(page)


def _add(path: str, handler: Any) -> None:
    """Asynchronous, unlike every other page, because they wait for another site; listed like every other page."""
    router.register.append(Route("GET", path, PUBLIC, handler, "page"))
    router.api.add_api_route(path, handler, methods=["GET"], include_in_schema=False, response_model=None)


_add(oidc.BEGIN, begin)
_add(oidc.CALLBACK, come_back)
