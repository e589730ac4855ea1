"""The ledger: one row for each answer owed, and the letters that cover it."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.duties.rules import DutyState, Part, SettledBecause
from app.kit.db import Base, Key, one_of


class Duty(Base):
    """An answer owed to one person about one version of one subject at one stage."""

    __tablename__ = "duties"
    __table_args__ = (
        UniqueConstraint("stage_id", "person_id", "part", "subject_id", "subject_version"),
        Index("ix_duties_stage_state", "stage_id", "state"),
        Index("ix_duties_subject", "subject_id"),
        Index("ix_duties_person", "person_id"),
    )

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stages.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    part: Mapped[Part] = mapped_column(one_of(Part, "part"))
    subject: Mapped[str] = mapped_column(String(120))
    subject_id: Mapped[uuid.UUID]
    subject_version: Mapped[int]
    state: Mapped[DutyState] = mapped_column(one_of(DutyState, "state"), default=DutyState.OWED)
    settled_because: Mapped[SettledBecause | None] = mapped_column(one_of(SettledBecause, "settled_because"))
    settled_note: Mapped[str] = mapped_column(String(500), default="")
    owed_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class DutyLetter(Base):
    """A letter in the outbox that covers a duty once the provider has accepted it."""

    __tablename__ = "duty_letters"

    duty_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("duties.id"), primary_key=True)
    outbox_message_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("outbox_messages.id"), primary_key=True, index=True)


class Promise(Base):
    """A date that was promised to people in writing; when it slips the page says so, and why."""

    __tablename__ = "promises"
    __table_args__ = (Index("ix_promises_stage", "stage_id"),)

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stages.id"))
    what: Mapped[str] = mapped_column(String(60))
    promised_at: Mapped[datetime]
    made_at: Mapped[datetime]
    slipped_at: Mapped[datetime | None]
    new_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(1000), default="")


class PromiseNotice(Base):
    """That somebody was told of a promised date that slipped: once for each time."""

    __tablename__ = "promise_notices"

    promise_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("promises.id"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)
    at: Mapped[datetime]
