"""One server process of the bench: ours, or one of the two baselines it is measured against, in the same start-up.

`bare`: a Starlette page of 10 KB. `plain`: `async def`, a sync session in the loop, the same SQL, template and rows as
our list, and nothing else. `ours`: the program itself, with the limits per address switched off. `whole`: the same with
its worker inside, as it is served.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from app.cli.serving import keep_what_was_loaded
from app.kit import clock
from app.kit.db import Database
from app.main import create_app
from app.people.actor import Actor
from app.publication.pages.proposals import Asked, _list
from app.settings import Settings
from app.web.view import View

SECRET = "a key that is only ever used by the bench, long enough"


def settings_for(folder: Path) -> Settings:
    """The settings of the bench: SQLite in its folder or the database named there, mail to files or the sink named."""
    named = folder / "database.url"
    url = named.read_text("utf-8") if named.exists() else f"sqlite:///{folder / 'bench.db'}"
    sink = folder / "smtp.url"
    if sink.exists():
        return Settings(database_url=url, var=folder, secret_key=SECRET, mail="smtp", smtp_url=sink.read_text("utf-8"))
    return Settings(database_url=url, var=folder, secret_key=SECRET, mail="file")


def bare() -> Any:
    page = "<!doctype html><title>bare</title>" + "x" * 10_000

    async def show(_request: Request) -> HTMLResponse:
        return HTMLResponse(page)

    return Starlette(routes=[Route("/", show)])


def plain(settings: Settings) -> Any:
    whole = create_app(settings)
    house = whole.state.house
    database = Database(settings.database_url)

    async def show(request: Request) -> Any:
        request.scope["language"] = "es"
        with database.reading(in_loop=True) as session:
            view = View(request, house, session, clock.now(), Actor.anonymous())
            return _list(view, "bench", Asked())

    return Starlette(routes=[Route("/p/bench/proposals", show)])


def ours(settings: Settings, *, with_worker: bool = False) -> Any:
    app = create_app(settings, with_worker=with_worker)
    app.state.house.limits.is_on = False
    return app


def main() -> None:
    kind, folder, port = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    settings = settings_for(folder)
    makers: dict[str, Callable[[], Any]] = {
        "bare": bare,
        "plain": partial(plain, settings),
        "ours": partial(ours, settings),
        "whole": partial(ours, settings, with_worker=True),
    }
    app = makers[kind]()
    keep_what_was_loaded()
    uvicorn.run(app, host="127.0.0.1", port=port, access_log=False, log_level="warning")


if __name__ == "__main__":
    main()
