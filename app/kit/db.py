"""The database: one code path for SQLite and PostgreSQL, with the few differences kept on this page.

SQLite opens no transaction on SELECT by itself, so twenty concurrent read-then-write transactions would leave a
counter at 1. Here every writing transaction begins with BEGIN IMMEDIATE and every reading one with BEGIN on a
connection that cannot write. `synchronous=FULL` because an acknowledged proposal must survive a power cut.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import orjson
from sqlalchemy import (
    JSON,
    BindParameter,
    DateTime,
    Dialect,
    Engine,
    Enum,
    ForeignKeyConstraint,
    Insert,
    MetaData,
    Uuid,
    bindparam,
    create_engine,
    event,
    insert,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry, NullPool, StaticPool
from sqlalchemy.types import TypeDecorator

from app.kit import ids

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
BUSY_MS = 5000
WRITES = "writes"
"""Where a session that reads keeps how many transactions had written when it began."""
STATE_LENGTH = 24


class UtcDateTime(TypeDecorator[datetime]):
    """An instant in UTC; a naive one is refused, because nobody knows which instant it is."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


@event.listens_for(ForeignKeyConstraint, "after_parent_attach")
def _checked_at_commit(constraint: ForeignKeyConstraint, _table: object) -> None:
    """Foreign keys are checked when a transaction ends, so that rows of one act may be written in any order."""
    constraint.deferrable, constraint.initially = True, "DEFERRED"


JsonColumn = JSON().with_variant(JSONB(), "postgresql")


class Base(DeclarativeBase):
    """The mother of all tables: named constraints, time-ordered keys, aware instants."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads this attribute off the class
        uuid.UUID: Uuid(),
        datetime: UtcDateTime(),
        dict[str, Any]: JsonColumn,
        dict[str, str]: JsonColumn,
        list[str]: JsonColumn,
        list[Any]: JsonColumn,
    }


Key = Annotated[uuid.UUID, mapped_column(primary_key=True, default=ids.new_id)]


def bound_key(name: str) -> BindParameter[uuid.UUID]:
    """A key that a statement made once is filled with when it runs.

    Its type is said here, because a column that refers to another table has none before that table is read as well.
    """
    return bindparam(name, type_=Uuid())


def one_of(kinds: type[StrEnum], name: str) -> Enum:
    """A column that holds one word of a closed list, with the list as a CHECK constraint in the database."""
    return Enum(
        kinds,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=STATE_LENGTH,
        values_callable=lambda members: [member.value for member in members],
    )


def _dumps(value: Any) -> str:
    return orjson.dumps(value).decode()


class Database:
    """The doors to one database: sessions that read and sessions that write.

    `reading()` cannot write. `writing()` takes the write lock at its first statement and rolls back unless whoever
    opened it commits, which only `app.work` does. `writes` grows with every transaction that may have written.
    """

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        self.url = parsed
        self.writes = 0
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if self.is_sqlite:
            Path(parsed.database or ".").parent.mkdir(parents=True, exist_ok=True)
            self.engine = self._sqlite_engine("BEGIN IMMEDIATE", query_only=False)
            self._read_engine = self._sqlite_engine("BEGIN", query_only=True)
            self._loop_engine = self._sqlite_engine("BEGIN", query_only=True, in_loop=True)
        else:
            self.engine = self._postgresql_engine()
            self._read_engine = self.engine.execution_options(postgresql_readonly=True)
            self._loop_engine = self._read_engine

    def _sqlite_engine(self, begin: str, *, query_only: bool, in_loop: bool = False) -> Engine:
        engine = create_engine(
            self.url,
            poolclass=StaticPool if in_loop else None,
            connect_args={"check_same_thread": False},
            json_serializer=_dumps,
            json_deserializer=orjson.loads,
        )
        busy = 0 if in_loop else BUSY_MS

        @event.listens_for(engine, "connect")
        def prepare(connection: Any, _entry: ConnectionPoolEntry) -> None:
            connection.isolation_level = None
            for pragma in (
                f"busy_timeout={BUSY_MS}",
                "journal_mode=WAL",
                "synchronous=FULL",
                "foreign_keys=ON",
                "temp_store=MEMORY",
                "cache_size=-2000",
                f"busy_timeout={busy}",
                f"query_only={'ON' if query_only else 'OFF'}",
            ):
                connection.execute(f"PRAGMA {pragma}")

        @event.listens_for(engine, "begin")
        def begin_it(connection: Connection) -> None:
            connection.exec_driver_sql(begin)

        return engine

    def _postgresql_engine(self) -> Engine:
        return create_engine(
            self.url,
            pool_size=10,
            max_overflow=10,
            pool_pre_ping=False,
            pool_recycle=1800,
            json_serializer=_dumps,
            json_deserializer=orjson.loads,
        )

    @contextmanager
    def reading(self, *, in_loop: bool = False) -> Iterator[Session]:
        """A session that sees one moment of the database and cannot write."""
        engine = self._loop_engine if in_loop else self._read_engine
        with Session(engine, expire_on_commit=False, autoflush=False, info={WRITES: self.writes}) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that may write; what is not committed by `app.work` is rolled back."""
        try:
            with Session(self.engine, expire_on_commit=False) as session:
                yield session
        finally:
            self.writes += 1

    @property
    def loop_connection(self) -> Any:
        """SQLite's own connection behind reads in the event loop, where the edge hangs its time limit."""
        return self._loop_engine.raw_connection().driver_connection

    def before_loop_statements(self, wind_up: Callable[..., None]) -> None:
        """Have something done before every statement of a read in the event loop."""
        event.listen(self._loop_engine, "before_cursor_execute", wind_up)

    def dispose(self) -> None:
        """Close every connection, for the end of the program and for tests."""
        for engine in {self.engine, self._read_engine, self._loop_engine}:
            engine.dispose()


def put(session: Session, table: type[Base], values: dict[str, Any] | list[dict[str, Any]]) -> None:
    """Write a row, or many, without making objects of them: six times cheaper, for what happens many times a second."""
    session.connection().execute(_insert_into(table), values)


@cache
def _insert_into(table: type[Base]) -> Insert:
    return insert(table.__table__)  # type: ignore[arg-type]  # a mapped class always has a Table


def upsert(session: Session, table: type[Base]) -> Any:
    """An INSERT that may say what happens on conflict; the two databases spell it alike but not in one class."""
    return upsert_of(session.get_bind().dialect.name)(table)


def upsert_of(dialect: str) -> Callable[..., Any]:
    """The INSERT of one database that may say what happens on conflict."""
    return sqlite_insert if dialect == "sqlite" else postgresql_insert


def unpooled(url: str) -> Engine:
    """An engine that keeps no connection, for migrations, copies and backups."""
    parsed = make_url(url)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    return create_engine(parsed, poolclass=NullPool)
