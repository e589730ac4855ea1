"""The fifth plan, played once for each kind of database; the tests only read it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from app.demo import loading
from app.kit import schema
from app.kit.db import Database
from app.mail import rendering
from app.main import create_app
from app.parts import fill_tables
from app.settings import Settings
from tests import databases
from tests.clock import MovableClock
from tests.conftest import BOTH, SECRET


@dataclass(frozen=True)
class Played:
    """The site on which the demo was loaded."""

    settings: Settings
    database: Database
    clock: MovableClock
    said: list[str]
    app: object

    async def read(self, path: str) -> httpx2.Response:
        """What a stranger gets at an address."""
        transport = httpx2.ASGITransport(app=self.app, raise_app_exceptions=True)  # type: ignore[arg-type]
        async with httpx2.AsyncClient(transport=transport, base_url=self.settings.base_url) as browser:
            return await browser.get(path)


@pytest.fixture(scope="package", params=BOTH)
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """It stays while other tests run, so it has a database of its own of either kind."""
    opened = databases.sqlite_copy() if request.param == "sqlite" else databases.empty_postgresql()
    with opened as url:
        if request.param != "sqlite":
            schema.migrate(url)
        yield from _played(url, tmp_path_factory.mktemp("demo"))


def _played(url: str, folder: Path) -> Iterator[Played]:
    settings = Settings(database_url=url, var=folder, secret_key=SECRET, mail="memory")
    clock = MovableClock()
    fill_tables()
    rendering.lay_out(settings)
    app = create_app(settings, now=clock)
    database: Database = app.state.house.database
    app.state.house.limits.is_on = False
    said = loading.load(database, clock)
    yield Played(settings, database, clock, said, app)
    app.state.house.hops.close()
    database.dispose()
