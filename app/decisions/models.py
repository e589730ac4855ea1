"""Bodies that decide, their decisions (never edited, only superseded), and what made them effective together."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.decisions import rules
from app.decisions.rules import BodyKind, Outcome
from app.kit.db import Base, Key, one_of
from app.proposals.rules import Precision, Provenance
from app.work.transaction import Subject


def _said_to(known: Precision) -> str:
    return "day" if known is Precision.INSTANT else known.value


class DecidingBody(Base):
    """Whoever decides in a process: the office, a council by an act with number and date, a forum, a table."""

    __tablename__ = "deciding_bodies"
    __table_args__ = (UniqueConstraint("process_id", "slug"),)

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    slug: Mapped[str] = mapped_column(String(60))
    kind: Mapped[BodyKind] = mapped_column(one_of(BodyKind, "kind"))
    name_es: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200), default="")
    rules_text: Mapped[str] = mapped_column(Text, default="")

    def name(self, language: str) -> str:
        """Its name in a language."""
        return (self.name_en if language.startswith("en") else "") or self.name_es

    @property
    def subject(self) -> Subject:
        """How the trail names it."""
        return Subject(f"body:{self.slug}", self.id, self.process_id)


class Decision(Base):
    """What one body decided about one proposal at one stage; a later one supersedes it, nothing edits it."""

    __tablename__ = "decisions"
    __table_args__ = (
        UniqueConstraint("proposal_id", "stage_id", "version"),
        Index("ix_decisions_stage", "stage_id", "is_current", "published_at"),
        Index("ix_decisions_outcome", "stage_id", "is_current", "outcome"),
        Index("ix_decisions_proposal", "proposal_id", "published_at"),
    )

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stages.id"))
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposals.id"))
    body_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("deciding_bodies.id"))
    version: Mapped[int] = mapped_column(default=1)
    text_version: Mapped[int] = mapped_column(default=1)
    is_current: Mapped[bool] = mapped_column(default=True)
    outcome: Mapped[Outcome] = mapped_column(one_of(Outcome, "outcome"))
    reason: Mapped[str] = mapped_column(Text)
    reason_codes: Mapped[list[str]] = mapped_column(default=list)
    what_next: Mapped[str] = mapped_column(Text, default="")
    follows_rule: Mapped[bool | None]
    override_reason: Mapped[str] = mapped_column(Text, default="")
    session_id: Mapped[uuid.UUID | None]
    session_name: Mapped[str] = mapped_column(String(160), default="")
    act_number: Mapped[str] = mapped_column(String(60), default="")
    act_on: Mapped[date | None]
    provenance: Mapped[Provenance] = mapped_column(one_of(Provenance, "provenance"), default=Provenance.NATIVE)
    decided_at: Mapped[datetime]
    decided_to_the: Mapped[Precision] = mapped_column(one_of(Precision, "precision"), default=Precision.INSTANT)
    published_at: Mapped[datetime | None]
    publication_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("publications.id"))
    supersedes_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("decisions.id"))

    @property
    def known_to(self) -> str:
        """How exactly its date is said: to the day, unless only the month or the year is known."""
        return _said_to(self.decided_to_the)

    @property
    def is_without_reason(self) -> bool:
        """Whether no reason was published: its letter is blocked until somebody finds one."""
        return not self.reason.strip()

    @property
    def marks(self) -> list[str]:
        """Under which words the public counts and lists it."""
        return rules.marks_of(self.outcome, self.reason_codes, self.reason, self.follows_rule)


class Publication(Base):
    """Decisions of one stage made public together; the first edition and, for corrections, later ones."""

    __tablename__ = "publications"
    __table_args__ = (UniqueConstraint("stage_id", "edition"),)

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stages.id"))
    edition: Mapped[int]
    counts: Mapped[dict[str, Any]]
    last_decided_at: Mapped[datetime]
    last_to_the: Mapped[Precision] = mapped_column(one_of(Precision, "precision"), default=Precision.INSTANT)
    at: Mapped[datetime]

    @property
    def known_to(self) -> str:
        """How exactly the date of its last decision is said."""
        return _said_to(self.last_to_the)


class DecisionMark(Base):
    """A published decision under each word it is listed by, in the order of folios; a superseded one is taken out."""

    __tablename__ = "decision_marks"

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stages.id"), primary_key=True)
    mark: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    decision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("decisions.id"))


class DecisionCount(Base):
    """How many published decisions of a stage stand under a word: kept up at each publication, so no page counts."""

    __tablename__ = "decision_counts"

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stages.id"), primary_key=True)
    mark: Mapped[str] = mapped_column(String(40), primary_key=True)
    n: Mapped[int] = mapped_column(default=0)


class DecisionGroup(Base):
    """How many proposals of one sector, place or way a stage decided on, and how many of those go on; and how many in
    each session or by each act. Kept up at each publication like the counts.
    """

    __tablename__ = "decision_groups"

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stages.id"), primary_key=True)
    dimension: Mapped[str] = mapped_column(String(20), primary_key=True)
    value: Mapped[str] = mapped_column(String(240), primary_key=True)
    came: Mapped[int] = mapped_column(default=0)
    went_on: Mapped[int] = mapped_column(default=0)


class Undecided(Base):
    """That a stage left a proposal without a decision, and the public reason why."""

    __tablename__ = "undecided"
    __table_args__ = (UniqueConstraint("proposal_id", "stage_id"), Index("ix_undecided_stage", "stage_id", "at", "id"))

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stages.id"))
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposals.id"))
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
