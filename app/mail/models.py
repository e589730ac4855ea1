"""The outbox: one row per letter and recipient, written in the transaction of the act that caused it.

What stands in the row is what is sent, byte for byte. Reports of the provider are an append-only table beside it.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Key, one_of
from app.mail.rules import EventKind, LetterKind, OutboxState, StopReason

ADDRESS_LENGTH = 320


class OutboxMessage(Base):
    """A rendered letter to one address; its state is assigned only by `mail.moves`."""

    __tablename__ = "outbox_messages"
    __table_args__ = (
        Index("ix_outbox_messages_to_send", "state", "lane", "next_try_at", "id"),
        Index("ix_outbox_messages_lease", "state", "lease_until"),
        Index("ix_outbox_messages_address", "to_address", "created_at"),
        Index("ix_outbox_messages_claimed", "claimed_at"),
    )

    id: Mapped[Key]
    person_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    process_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    stage_id: Mapped[uuid.UUID | None]
    letter_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    kind: Mapped[LetterKind] = mapped_column(one_of(LetterKind, "kind"))
    lane: Mapped[int]
    state: Mapped[OutboxState] = mapped_column(one_of(OutboxState, "state"))
    to_address: Mapped[str] = mapped_column(String(ADDRESS_LENGTH))
    language: Mapped[str] = mapped_column(String(12))
    subject: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    reply_to: Mapped[str | None] = mapped_column(String(ADDRESS_LENGTH))
    headers: Mapped[dict[str, str]] = mapped_column(default=dict)
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    content_hash: Mapped[str] = mapped_column(String(64))
    attempts: Mapped[int] = mapped_column(default=0)
    attempts_before: Mapped[int] = mapped_column(default=0, comment="tries spent when a person last ordered it again")
    next_try_at: Mapped[datetime]
    claim_token: Mapped[uuid.UUID | None]
    claimed_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    provider_id: Mapped[str | None] = mapped_column(String(200))
    last_error: Mapped[str | None] = mapped_column(String(500))
    accepted_at: Mapped[datetime | None] = mapped_column(index=True)
    created_at: Mapped[datetime]


class Suppression(Base):
    """An address nothing more is sent to, until `lifted_at`; a later confirmation of the address lifts it."""

    __tablename__ = "suppressions"
    __table_args__ = (
        Index(
            "uq_suppressions_standing",
            "address_norm",
            "reason",
            unique=True,
            sqlite_where=text("lifted_at IS NULL"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    address_norm: Mapped[str] = mapped_column(String(ADDRESS_LENGTH), index=True)
    reason: Mapped[StopReason] = mapped_column(one_of(StopReason, "reason"))
    since: Mapped[datetime]
    lifted_at: Mapped[datetime | None]


class SendingPause(Base):
    """That the letters of a stage, of a process or of everybody wait, from then until somebody says go on or stop.

    `scope` says of what, so that one and the same is paused once; without a process it is the whole installation.
    """

    __tablename__ = "sending_pauses"
    __table_args__ = (
        Index(
            "uq_sending_pauses_standing",
            "scope",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    scope: Mapped[str] = mapped_column(String(60))
    process_id: Mapped[uuid.UUID | None]
    stage_id: Mapped[uuid.UUID | None]
    has_sign_ins: Mapped[bool] = mapped_column(default=False, comment="sign-in links wait too")
    reason: Mapped[str] = mapped_column(String(500))
    by_role: Mapped[str] = mapped_column(String(24))
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    is_stopped: Mapped[bool] = mapped_column(default=False, comment="it ended with the letters taken back")


class DeliveryEvent(Base):
    """One report of the provider about one letter; never changed, and the same report is stored once."""

    __tablename__ = "delivery_events"
    __table_args__ = {"info": {"append_only": True}}  # noqa: RUF012 - SQLAlchemy reads this attribute off the class

    id: Mapped[Key]
    message_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("outbox_messages.id"), index=True)
    provider_event_id: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[EventKind] = mapped_column(one_of(EventKind, "kind"))
    at: Mapped[datetime]
    detail: Mapped[dict[str, str]] = mapped_column(default=dict)
    received_at: Mapped[datetime]
