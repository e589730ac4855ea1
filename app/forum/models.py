"""What the forum leaves behind: seats and who sat in them, sessions, criteria, rounds, sheets, and who stood aside."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import Dialect, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from app.forum import calls, records  # noqa: F401 - what a session leaves are tables of the forum too
from app.forum.conflicts import (
    Assignment,
    ConflictDeclaration,
    DismissedSuspicion,
    Recusal,
    RoundReminder,
    Substitute,
    VoidedSheet,
)
from app.forum.counted import RoundResult
from app.forum.reason_drafts import ReasonDraft
from app.forum.rules.reminding import REMIND_DAYS
from app.forum.rules.scoring import CriterionKind, ReasonRule, RoundState, SetState, SheetState, TieRule
from app.forum.rules.seats import Office, Presence, QuorumRule, Right, SeatSector, SessionKind, SessionState
from app.forum.rules.seeing import Seen
from app.kit.db import Base, Key, one_of
from app.process.rules import Window
from app.proposals.rules import Precision, Provenance
from app.work.transaction import Subject


class Thousandths(TypeDecorator[Decimal]):
    """An exact number of at most three decimals, kept as a whole number of thousandths on both databases."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        del dialect
        return None if value is None else int(value * 1000)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        del dialect
        return None if value is None else Decimal(value) / 1000


class Ratio(TypeDecorator[Fraction]):
    """An exact share such as 2/3, kept as it is written."""

    impl = String(24)
    cache_ok = True

    def process_bind_param(self, value: Fraction | None, dialect: Dialect) -> str | None:
        del dialect
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Fraction | None:
        del dialect
        return None if value is None else Fraction(value)


class ForumRule(Base):
    """What a forum was founded by and until when it sat, and what it sits by: quorum, days of notice, casting vote."""

    __tablename__ = "forum_rules"

    body_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("deciding_bodies.id"), primary_key=True)
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    over_percent: Mapped[int] = mapped_column(default=50)
    needs_both_sides: Mapped[bool] = mapped_column(default=True)
    notice_days: Mapped[int] = mapped_column(default=5)
    casting_vote: Mapped[bool] = mapped_column(default=False)
    founding_act: Mapped[str] = mapped_column(String(300), default="")
    founded_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    ending_act: Mapped[str] = mapped_column(String(300), default="")
    provenance: Mapped[Provenance] = mapped_column(one_of(Provenance, "provenance"), default=Provenance.NATIVE)

    @property
    def quorum(self) -> QuorumRule:
        """The rule as the count needs it."""
        return QuorumRule(self.over_percent, self.needs_both_sides)


class ForumText(Base):
    """One version of the rules a forum gave itself, as Markdown; a later one takes its place, none is changed."""

    __tablename__ = "forum_texts"
    __table_args__ = (UniqueConstraint("body_id", "version"),)

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    body_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("deciding_bodies.id"))
    version: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    adopted_on: Mapped[date]
    session_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("forum_sessions.id"))
    at: Mapped[datetime]


class Seat(Base):
    """A place in the forum: whose it is, its side, whether it votes; people come and go, the seat stays."""

    __tablename__ = "seats"
    __table_args__ = (UniqueConstraint("body_id", "number"),)

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    body_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("deciding_bodies.id"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    sector: Mapped[SeatSector] = mapped_column(one_of(SeatSector, "sector"))
    voting_right: Mapped[Right] = mapped_column(one_of(Right, "voting_right"))
    office: Mapped[Office] = mapped_column(one_of(Office, "office"))

    @property
    def votes(self) -> bool:
        """Whether it counts when the forum decides."""
        return self.voting_right is Right.VOTE

    @property
    def subject(self) -> Subject:
        """How the trail names it."""
        return Subject(f"seat:{self.number}", self.id, self.process_id)


class SeatHolder(Base):
    """Who sits in a seat, from when to when, by which act; the role that follows from it ends with the term."""

    __tablename__ = "seat_holders"
    __table_args__ = (Index("ix_seat_holders_seat", "seat_id"), Index("ix_seat_holders_person", "person_id"))

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    seat_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("seats.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    grant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("role_grants.id"))
    is_alternate: Mapped[bool] = mapped_column(default=False)
    from_at: Mapped[datetime]
    to_at: Mapped[datetime | None]
    appointing_act: Mapped[str] = mapped_column(String(200))


class ForumSession(Base):
    """One session of a forum: what it was called for, who came, and its minutes."""

    __tablename__ = "forum_sessions"
    __table_args__ = (UniqueConstraint("body_id", "number"),)

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    body_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("deciding_bodies.id"))
    number: Mapped[int]
    kind: Mapped[SessionKind] = mapped_column(one_of(SessionKind, "kind"))
    state: Mapped[SessionState] = mapped_column(one_of(SessionState, "state"))
    held_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(300), default="")
    agenda: Mapped[str] = mapped_column(Text, default="")
    minutes: Mapped[str] = mapped_column(Text, default="")
    convened_at: Mapped[datetime | None]
    short_notice: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads this attribute off the class

    @property
    def subject(self) -> Subject:
        """How the trail names it."""
        return Subject(f"session:{self.number}", self.id, self.process_id)


class SeatAttendance(Base):
    """Whether somebody sat in a seat at a session, and whether it was the alternate."""

    __tablename__ = "seat_attendances"
    __table_args__ = (UniqueConstraint("session_id", "seat_id"),)

    id: Mapped[Key]
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("forum_sessions.id"))
    seat_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("seats.id"))
    holder_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("seat_holders.id"))
    presence: Mapped[Presence] = mapped_column(one_of(Presence, "presence"))


class CriteriaSet(Base):
    """The criteria of one filter with their thresholds; adopted in a session, then frozen under its hash."""

    __tablename__ = "criteria_sets"
    __table_args__ = (UniqueConstraint("stage_id", "version"),)

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stages.id"))
    version: Mapped[int]
    state: Mapped[SetState] = mapped_column(one_of(SetState, "state"))
    adopted_session_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("forum_sessions.id"))
    adopted_at: Mapped[datetime | None]
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    adopted_late: Mapped[bool] = mapped_column(default=False)
    adopted_to_the: Mapped[Precision] = mapped_column(one_of(Precision, "precision"), default=Precision.INSTANT)
    provenance: Mapped[Provenance] = mapped_column(one_of(Provenance, "provenance"), default=Provenance.NATIVE)
    pass_total: Mapped[Decimal] = mapped_column(Thousandths, default=Decimal(60))
    knockout_share: Mapped[Fraction] = mapped_column(Ratio, default=Fraction(2, 3))
    quorum_min: Mapped[int] = mapped_column(default=1)
    quorum_share: Mapped[Fraction] = mapped_column(Ratio, default=Fraction(1, 2))
    capacity: Mapped[int | None]
    tie_rule: Mapped[TieRule] = mapped_column(one_of(TieRule, "tie_rule"))

    @property
    def subject(self) -> Subject:
        """How the trail names it."""
        return Subject(f"criteria:{self.version}", self.id, self.process_id, self.version)


class Criterion(Base):
    """One thing the forum looks at, worded in both languages."""

    __tablename__ = "criteria"
    __table_args__ = (UniqueConstraint("set_id", "key"),)

    id: Mapped[Key]
    set_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("criteria_sets.id"))
    key: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    kind: Mapped[CriterionKind] = mapped_column(one_of(CriterionKind, "kind"))
    title_es: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200), default="")
    help_es: Mapped[str] = mapped_column(Text, default="")
    help_en: Mapped[str] = mapped_column(Text, default="")
    weight: Mapped[Decimal] = mapped_column(Thousandths)
    required: Mapped[bool] = mapped_column(default=True)
    reason_rule: Mapped[ReasonRule] = mapped_column(one_of(ReasonRule, "reason_rule"))
    reason_level: Mapped[Decimal | None] = mapped_column(Thousandths)
    reason_min_chars: Mapped[int] = mapped_column(default=20)
    min_mean: Mapped[Decimal | None] = mapped_column(Thousandths)

    def title(self, language: str) -> str:
        """Its title in a language."""
        return (self.title_en if language.startswith("en") else "") or self.title_es

    def help(self, language: str) -> str:
        """What it means, in a language."""
        return (self.help_en if language.startswith("en") else "") or self.help_es


class ScaleLevel(Base):
    """One worded level of a criterion's scale."""

    __tablename__ = "scale_levels"
    __table_args__ = (UniqueConstraint("criterion_id", "value"),)

    id: Mapped[Key]
    criterion_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("criteria.id"))
    value: Mapped[Decimal] = mapped_column(Thousandths)
    label_es: Mapped[str] = mapped_column(String(200))
    label_en: Mapped[str] = mapped_column(String(200), default="")
    anchor_es: Mapped[str] = mapped_column(Text, default="")
    anchor_en: Mapped[str] = mapped_column(Text, default="")

    def label(self, language: str) -> str:
        """Its words in a language."""
        return (self.label_en if language.startswith("en") else "") or self.label_es

    def anchor(self, language: str) -> str:
        """What it looks like in practice, in a language."""
        return (self.anchor_en if language.startswith("en") else "") or self.anchor_es


class Round(Base):
    """One time in which the seats score; blind until its end has passed and it was closed."""

    __tablename__ = "scoring_rounds"
    __table_args__ = (UniqueConstraint("stage_id", "number"),)

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stages.id"))
    body_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("deciding_bodies.id"))
    criteria_set_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("criteria_sets.id"))
    number: Mapped[int]
    state: Mapped[RoundState] = mapped_column(one_of(RoundState, "state"))
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    draw_seed: Mapped[str] = mapped_column(String(80), default="")
    voting_seats: Mapped[int] = mapped_column(default=0)
    left_suspected: Mapped[int] = mapped_column(default=0)
    per_proposal: Mapped[int | None]
    by_theme: Mapped[dict[str, Any]] = mapped_column(default=dict)
    lot: Mapped[str] = mapped_column(String(80), default="")
    scores_seen: Mapped[Seen] = mapped_column(one_of(Seen, "scores_seen"), default=Seen.NAMED)
    remind_days: Mapped[int] = mapped_column(default=REMIND_DAYS)
    reminded_at: Mapped[datetime | None]
    criteria_hash: Mapped[str] = mapped_column(String(64), default="")
    follows_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("scoring_rounds.id"))
    reopened_because: Mapped[str] = mapped_column(Text, default="")
    provenance: Mapped[Provenance] = mapped_column(one_of(Provenance, "provenance"), default=Provenance.NATIVE)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads this attribute off the class

    @property
    def window(self) -> Window:
        """When seats may score."""
        return Window(self.opens_at, self.closes_at)

    @property
    def seal(self) -> str:
        """The word that seals its sheets in the trail until it is closed."""
        return f"round:{self.id}"

    @property
    def is_shared(self) -> bool:
        """Whether each proposal has its own seats, by lot or by theme, rather than all of them."""
        return bool(self.lot)

    @property
    def subject(self) -> Subject:
        """How the trail names it."""
        return Subject(f"round:{self.number}", self.id, self.process_id)


class ScoreSheet(Base):
    """What one seat says of one proposal in one round; only submitted sheets of voting seats count.

    Nobody signed a sheet that was written down to show how a round would read.
    """

    __tablename__ = "score_sheets"
    __table_args__ = (
        UniqueConstraint("round_id", "proposal_id", "seat_id"),
        Index("ix_score_sheets_seat", "round_id", "seat_id"),
    )

    id: Mapped[Key]
    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scoring_rounds.id"))
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposals.id"))
    seat_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("seats.id"))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    state: Mapped[SheetState] = mapped_column(one_of(SheetState, "state"))
    counts: Mapped[bool] = mapped_column(default=False)
    voided_at: Mapped[datetime | None]
    saved_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    abstain_reason: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads this attribute off the class


class Score(Base):
    """The level a sheet gives to one criterion, and the reason for it."""

    __tablename__ = "scores"
    __table_args__ = (UniqueConstraint("sheet_id", "criterion_id"),)

    id: Mapped[Key]
    sheet_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("score_sheets.id"))
    criterion_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("criteria.id"))
    level_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("scale_levels.id"))
    reason: Mapped[str] = mapped_column(Text, default="")


class Doubt(Base):
    """That a session went past a proposal without deciding, and what has to be found out before it returns."""

    __tablename__ = "forum_doubts"
    __table_args__ = (UniqueConstraint("session_id", "stage_id", "proposal_id"),)

    id: Mapped[Key]
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("forum_sessions.id"))
    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stages.id"))
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposals.id"), index=True)
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


__all__ = [
    "Assignment",
    "ConflictDeclaration",
    "DismissedSuspicion",
    "ReasonDraft",
    "Recusal",
    "RoundReminder",
    "RoundResult",
    "Substitute",
    "VoidedSheet",
]
"""Defined beside: what looks for tables looks here."""
