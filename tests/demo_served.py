"""The demo behind a loopback port, in a folder or a database of its own: to walk through, to weigh and to picture."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.demo import loading
from app.kit import clock, schema
from app.kit.db import Database
from app.main import create_app
from app.settings import Settings
from tests.serving import bound, serving


@contextmanager
def demo_served(settings: Settings, taken: socket.socket) -> Iterator[Database]:
    """The demo loaded into the database of these settings, and answering at the port that was taken."""
    app: Any = create_app(settings)
    app.state.house.limits.is_on = False
    loading.load(app.state.house.database, clock.now)
    with serving(app, taken):
        yield app.state.house.database
    app.state.house.hops.close()


@contextmanager
def demo_in(home: Path) -> Iterator[tuple[Database, str]]:
    """The same in an empty folder, with the address at which it is found."""
    with bound() as (taken, url):
        database = f"sqlite:///{home}/minga.db"
        settings = Settings(database_url=database, var=home, secret_key="x" * 40, mail="memory", base_url=url)
        schema.migrate(database)
        with demo_served(settings, taken) as served:
            yield served, url
