"""The directory answers with the very route that asking one after the other would have found."""

from __future__ import annotations

import re
import uuid
from typing import Any

from starlette.routing import Match, Route

from app.main import create_app
from app.settings import Settings
from app.web.directory import Directory

FILLED = {"slug": "plan", "folio": "5PA-0001", "stage": "filtro", "number": "3", "seq": "3", "dataset": "proposals"}


def asked_in_turn(routes: list[Route], scope: dict[str, Any]) -> Route | None:
    return next((route for route in routes if route.matches(scope)[0] is Match.FULL), None)


def test_the_directory_finds_what_asking_in_turn_finds(settings: Settings) -> None:
    everything = create_app(settings).router.routes
    directory = next(route for route in everything if isinstance(route, Directory))
    in_order = [route for router in everything for route in _routes_of(router)]
    assert len(directory.routes) > 100
    for known in in_order:
        path = re.sub(r"\{(\w+)(:\w+)?\}", lambda part: FILLED.get(part[1], str(uuid.UUID(int=7))), known.path)
        for method in known.methods or ():
            scope = {"type": "http", "method": method, "path": path, "root_path": "", "headers": []}
            found = directory.matches(scope)[1].get("minga.route")
            assert found is asked_in_turn(in_order, scope), (method, path)


def test_what_it_does_not_know_goes_on_to_the_router(settings: Settings) -> None:
    directory = next(route for route in create_app(settings).router.routes if isinstance(route, Directory))
    for method, path in (("DELETE", "/p/plan"), ("GET", "/p/plan/"), ("GET", "/nothing/here/at/all"), ("GET", "")):
        scope = {"type": "http", "method": method, "path": path, "root_path": "", "headers": []}
        assert directory.matches(scope) == (Match.NONE, {})


def _routes_of(router: Any) -> list[Route]:
    inner = getattr(router, "original_router", None)
    return list(inner.routes) if inner is not None else []
