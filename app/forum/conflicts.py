"""The tables of who scores and who stands aside: declared, suspected, confirmed, who enters instead, who is late."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.forum.rules.scoring import RecusalKind
from app.forum.rules.seats import SeatSector
from app.kit.db import Base, Key, one_of


class ConflictDeclaration(Base):
    """What somebody declared about their interests before their first score of a round."""

    __tablename__ = "conflict_declarations"
    __table_args__ = (UniqueConstraint("round_id", "seat_id", "person_id"),)

    id: Mapped[Key]
    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scoring_rounds.id"))
    seat_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("seats.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    has_none: Mapped[bool]
    signed_at: Mapped[datetime]


class Recusal(Base):
    """That somebody stands aside on one proposal at one stage; the other person of the seat may still score it.

    Without a person it is the whole seat that stands aside. A pinned one was recorded by the chair or the office, and
    the member cannot take it back.
    """

    __tablename__ = "recusals"
    __table_args__ = (
        UniqueConstraint("stage_id", "seat_id", "proposal_id", "person_id"),
        Index("ix_recusals_proposal", "proposal_id"),
    )

    id: Mapped[Key]
    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stages.id"))
    seat_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("seats.id"))
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposals.id"))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[RecusalKind] = mapped_column(one_of(RecusalKind, "kind"))
    note: Mapped[str] = mapped_column(Text, default="")
    is_pinned: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]

    @classmethod
    def stands(cls) -> ColumnElement[bool]:
        """That it was not taken back: a condition for a statement. The row stays either way."""
        return cls.taken_back_at.is_(None)


class DismissedSuspicion(Base):
    """That the chair or the office looked at what suggested a conflict and found none, and why; by which signs.

    A sign that was not known then makes it a suspicion again.
    """

    __tablename__ = "dismissed_suspicions"
    __table_args__ = (Index("ix_dismissed_suspicions_stage", "stage_id"),)

    id: Mapped[Key]
    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stages.id"))
    seat_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("seats.id"))
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposals.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    signs: Mapped[list[str]]
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class VoidedSheet(Base):
    """What somebody had handed in before standing aside, kept once the other person of the seat began a new sheet."""

    __tablename__ = "voided_sheets"
    __table_args__ = (Index("ix_voided_sheets_round", "round_id"),)

    id: Mapped[Key]
    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scoring_rounds.id"))
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposals.id"))
    seat_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("seats.id"))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    content: Mapped[dict[str, Any]]
    submitted_at: Mapped[datetime | None]
    voided_at: Mapped[datetime]


class Substitute(Base):
    """Somebody from outside who sits in for one proposal, named in public: those who stand aside left too few."""

    __tablename__ = "substitutes"
    __table_args__ = (UniqueConstraint("stage_id", "proposal_id", "name"),)

    id: Mapped[Key]
    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stages.id"))
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposals.id"))
    name: Mapped[str] = mapped_column(String(200))
    sector: Mapped[SeatSector] = mapped_column(one_of(SeatSector, "sector"))
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class RoundReminder(Base):
    """That somebody who was late with score sheets was written to, so that nobody is twice within a day."""

    __tablename__ = "round_reminders"
    __table_args__ = (Index("ix_round_reminders_round", "round_id", "person_id"),)

    id: Mapped[Key]
    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scoring_rounds.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]


class Assignment(Base):
    """That a seat is to score a proposal, in a round in which not every seat scores every one.

    The place of a seat that stands aside goes on to another; its own row stays.
    """

    __tablename__ = "assignments"
    __table_args__ = (
        UniqueConstraint("round_id", "proposal_id", "seat_id"),
        Index("ix_assignments_seat", "round_id", "seat_id"),
    )

    id: Mapped[Key]
    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scoring_rounds.id"))
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposals.id"))
    seat_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("seats.id"))
    at: Mapped[datetime]
    moved_on_at: Mapped[datetime | None]

    @classmethod
    def stands(cls) -> ColumnElement[bool]:
        """That the place is still this seat's: a condition for a statement."""
        return cls.moved_on_at.is_(None)
