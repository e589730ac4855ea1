"""The schema of the database: what it should be, where it stands, and how it gets to the newest.

The migrations are one straight line in `migrations/versions`. Tables are found, not listed: every `app.*.models` is
loaded by name, so that a new slice cannot be forgotten and this module still imports nothing above it.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, event, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

import app
from app.kit.db import Base, unpooled
from app.settings import ROOT, WrongSetting

# Any number will do as long as it stays the same: two programs that start at once on PostgreSQL migrate one by one.
ADVISORY_LOCK = 5_646_042


def migrate(database_url: str) -> list[str]:
    """Bring the database to the newest schema, and say each step that was taken; an empty list means nothing to do.

    On SQLite the folder of the file is made where it is missing.
    """
    file = file_of(database_url)
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)  # it holds addresses: for its owner only; what is there already keeps its mode
    steps: list[str] = []
    command.upgrade(config(database_url, steps), "head")
    return steps


def head() -> str:
    """The newest revision that this program knows."""
    revision = ScriptDirectory.from_config(config("")).get_current_head()
    if revision is None:
        raise LookupError("there is no migration yet")
    return revision


def current(database_url: str) -> str | None:
    """The revision a database stands at; None before its first migration."""
    with unpooled(database_url).connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def file_of(database_url: str) -> Path | None:
    """The file of an SQLite database; none on PostgreSQL, or in memory."""
    url = make_url(database_url)
    named = url.database if url.get_backend_name() == "sqlite" else None
    return Path(named) if named and named != ":memory:" else None


def require(database_url: str) -> None:
    """Refuse, before anything is made, where there is no database at the newest schema, and say what to run."""
    file, where = file_of(database_url), make_url(database_url).render_as_string(hide_password=True)
    if file and not file.exists():
        raise WrongSetting(f"There is no database at {file}. Make it first: minga migrate")
    try:
        stands = current(database_url)
    except DBAPIError:
        raise WrongSetting(
            f"The database at {where} does not answer, or is none. Look at MINGA_DATABASE_URL."
        ) from None
    if stands is None:
        raise WrongSetting(f"The database at {where} is empty. Prepare it first: minga migrate")
    if stands != head():
        raise WrongSetting("The database is not at the newest schema. Run: minga migrate")


def config(database_url: str, steps: list[str] | None = None) -> Config:
    """Alembic's configuration for one database; the titles of the steps taken are added to `steps`."""
    settings = Config(ROOT / "alembic.ini")
    settings.attributes["database_url"] = database_url
    settings.attributes["steps"] = [] if steps is None else steps
    return settings


def metadata() -> MetaData:
    """Every table of the program, with all of `app.*.models` loaded."""
    for package in pkgutil.iter_modules(app.__path__):
        folder = Path(app.__path__[0]) / package.name
        if "models" in {module.name for module in pkgutil.iter_modules([str(folder)])}:
            _load(f"app.{package.name}.models")
    return Base.metadata


def _load(name: str) -> None:
    module = importlib.import_module(name)
    for part in pkgutil.iter_modules(getattr(module, "__path__", ()), f"{name}."):
        importlib.import_module(part.name)


@contextmanager
def migrating(database_url: str) -> Iterator[Connection]:
    """The connection on which migrations run.

    On SQLite foreign keys are off meanwhile, because rebuilding a table would otherwise delete the rows that point at
    it; they are checked as a whole before the connection is closed. On PostgreSQL a lock lets one program migrate.
    """
    engine = unpooled(database_url)
    is_sqlite = make_url(database_url).get_backend_name() == "sqlite"
    if is_sqlite:
        _prepare_sqlite(engine)
    with engine.connect() as connection:
        if not is_sqlite:
            connection.execute(select(func.pg_advisory_lock(ADVISORY_LOCK)))
            connection.rollback()  # the lock belongs to the connection and outlives the transaction
        yield connection
        if is_sqlite and (orphans := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
            raise RuntimeError(f"the migration left rows that point at nothing, the first one: {orphans[0]}")


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _entry: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA busy_timeout=5000")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=OFF")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
