"""What every test may ask for: both databases, settings, a clock that stands still; and the walls around a test.

`database_url` and `database` run a test twice, `[sqlite]` and `[postgresql]`, each time on an empty, migrated database.
`empty_database_url` is for tests of the migrations themselves.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from app.kit.db import Database
from app.settings import Settings
from tests import acts, databases, network
from tests.clock import MovableClock
from tests.world import World

pytest_plugins = ["tests.chromium"]

KEPT = {databases.RUN, "MINGA_SHARED", "MINGA_CHROMIUM"}
BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
SECRET = "a key that is only ever used by tests, long enough"

hypothesis.settings.register_profile("minga", deadline=None, print_blob=True)
hypothesis.settings.load_profile("minga")


def pytest_configure(config: pytest.Config) -> None:
    for name in [name for name in os.environ if name.startswith("MINGA_") and name not in KEPT]:
        del os.environ[name]  # the developer's own settings are none of the tests' business
    Settings.model_config["env_file"] = None
    if not hasattr(config, "workerinput"):
        databases.open_run()
    network.forbid_leaving()
    acts.watch()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and databases.RUN in os.environ:
        databases.close_run()


@pytest.fixture(scope="session")
def postgresql_database() -> Iterator[databases.PostgresqlDatabase]:
    database = databases.PostgresqlDatabase()
    yield database
    database.close()


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty, migrated database."""
    if request.param == "sqlite":
        with databases.sqlite_copy() as url:
            yield url
        return
    postgresql: databases.PostgresqlDatabase = request.getfixturevalue("postgresql_database")
    yield postgresql.url
    postgresql.clean()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is the same on either database is asked of PostgreSQL only by `make test-deep`."""
    for item in items:
        if item.get_closest_marker("either") and item.get_closest_marker("postgres"):
            item.add_marker(pytest.mark.deep)


@pytest.fixture(params=BOTH)
def empty_database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database in which nothing was migrated yet."""
    with databases.empty_sqlite() if request.param == "sqlite" else databases.empty_postgresql() as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The doors to an empty, migrated database."""
    opened = Database(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """The settings of an installation of its own: mail stays in memory, files under the test's own folder."""
    return Settings(database_url=database_url, var=tmp_path / "var", secret_key=SECRET, mail="memory")


@pytest.fixture
def clock() -> MovableClock:
    """Monday 1 June 2026, 15:00 UTC, until the test moves it."""
    return MovableClock()


@pytest.fixture
def world(settings: Settings, clock: MovableClock) -> Iterator[World]:
    """An installation with the cast in it, over each of the two databases."""
    made = World(settings, clock)
    yield made
    made.close()
