"""The chain, its entries, their private parts, and the heads that were printed in letters.

Entries and heads are only ever added: the database itself refuses UPDATE and DELETE (see `append_only`). Private
parts may be deleted when a person is erased; every proof stays valid without them.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Key


class Chain(Base):
    """One hash chain: a process's, or the platform's (no process)."""

    __tablename__ = "trail_chains"

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("processes.id"), unique=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    length: Mapped[int] = mapped_column(default=0)
    head_hash: Mapped[str] = mapped_column(String(64))


class Entry(Base):
    """One link of a chain; `leaf` is the very text that was hashed."""

    __tablename__ = "trail_entries"
    __table_args__ = (
        Index("ix_trail_entries_subject", "chain_id", "subject", "seq"),
        Index("ix_trail_entries_unseals", "chain_id", "unseals"),
        {"info": {"append_only": True}},
    )

    chain_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("trail_chains.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    verb: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(120))
    sealed_by: Mapped[str | None] = mapped_column(String(120))
    unseals: Mapped[str | None] = mapped_column(String(120))
    leaf: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(64))


class PrivatePart(Base):
    """Who did it, and what was before and after: kept apart, so that it can be erased."""

    __tablename__ = "trail_private"

    chain_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary(32))
    data: Mapped[dict[str, Any]]


class PrintedHead(Base):
    """The signed head of a chain as it was printed on a day: what proves later that nothing was cut off."""

    __tablename__ = "trail_heads"
    __table_args__ = (UniqueConstraint("chain_id", "seq"), {"info": {"append_only": True}})

    id: Mapped[Key]
    chain_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("trail_chains.id"))
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    signature: Mapped[str] = mapped_column(String(128))


def append_only(table: str, dialect: str) -> list[str]:
    """The statements that make the database refuse to change or delete rows of a table."""
    if dialect == "sqlite":
        refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        return [
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} {refuse}" for act in ("UPDATE", "DELETE")
        ]
    body = f"BEGIN RAISE EXCEPTION '{table} is append-only'; END"
    call = f"EXECUTE FUNCTION {table}_refuse()"
    return [
        f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger AS $$ {body} $$ LANGUAGE plpgsql",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {call}",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {call}",
    ]
