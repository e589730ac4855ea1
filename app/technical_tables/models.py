"""Technical tables with what lies on them and who sits there; what institutions were asked, and what they answered."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Key, one_of
from app.people.rules import OriginSector
from app.proposals.rules import Precision, Provenance
from app.technical_tables.rules import Answer, Dimension, Grade, Role, Share, Step
from app.work.transaction import Subject


class TechnicalTable(Base):
    """A technical table: its topic, when it met, and the meeting people came to where there is one."""

    __tablename__ = "technical_tables"
    __table_args__ = (UniqueConstraint("process_id", "number"), Index("ix_technical_tables_meeting", "meeting_id"))

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    number: Mapped[int]
    topic_es: Mapped[str] = mapped_column(String(200))
    topic_en: Mapped[str] = mapped_column(String(200), default="")
    met_on: Mapped[date | None]
    met_to_the: Mapped[Precision] = mapped_column(one_of(Precision, "precision"), default=Precision.DAY)
    meeting_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("meetings.id"))
    origin_sector: Mapped[OriginSector | None] = mapped_column(one_of(OriginSector, "origin_sector"))
    provenance: Mapped[Provenance] = mapped_column(one_of(Provenance, "provenance"), default=Provenance.NATIVE)
    reported_source: Mapped[str] = mapped_column(String(300), default="")
    named_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads this attribute off the class

    def topic(self, language: str) -> str:
        """Its topic in a language."""
        return (self.topic_en if language.startswith("en") else "") or self.topic_es

    @property
    def subject(self) -> Subject:
        """How the trail names it."""
        return Subject(f"technical_table:{self.number}", self.id, self.process_id)


class TableProposal(Base):
    """That a proposal lies on a technical table, how much of it, and in which words."""

    __tablename__ = "technical_table_proposals"
    __table_args__ = (Index("ix_technical_table_proposals_proposal", "proposal_id"),)

    table_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("technical_tables.id"), primary_key=True)
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposals.id"), primary_key=True)
    number: Mapped[int]
    share: Mapped[Share] = mapped_column(one_of(Share, "share"))
    words: Mapped[str] = mapped_column(Text, default="")
    put_at: Mapped[datetime]


class TableActor(Base):
    """An organisation that sits at a technical table; a role without one is missing."""

    __tablename__ = "technical_table_actors"

    table_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("technical_tables.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(one_of(Role, "role"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(200))


class FeasibilityRequest(Base):
    """A numbered official letter that asks one institution about its proposals of a stage, and what came of it.

    Addresses and the name of the head of service are private; the post, and that the answer is approved, are public.
    """

    __tablename__ = "feasibility_requests"
    __table_args__ = (
        UniqueConstraint("process_id", "number"),
        Index("ix_feasibility_requests_next_at", "next_at"),
        Index("ix_feasibility_requests_stage", "stage_id"),
    )

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stages.id"))
    number: Mapped[int]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    letter_number: Mapped[str] = mapped_column(String(60))
    dated_on: Mapped[date]
    signatory: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(320))
    head_address: Mapped[str] = mapped_column(String(320), default="")
    sent_at: Mapped[datetime]
    due_on: Mapped[date]
    next_step: Mapped[Step | None] = mapped_column(one_of(Step, "next_step"))
    next_at: Mapped[datetime | None]
    done: Mapped[dict[str, Any]] = mapped_column(default=dict)
    silent_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    head_name: Mapped[str] = mapped_column(String(160), default="")
    head_post: Mapped[str] = mapped_column(String(160), default="")
    answer_number: Mapped[str] = mapped_column(String(60), default="")
    answer_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads this attribute off the class

    @property
    def subject(self) -> Subject:
        """How the trail names it."""
        return Subject(f"feasibility_request:{self.number}", self.id, self.process_id)

    def done_at(self, step: Step) -> datetime | None:
        """When the clock did this step, if it did."""
        return datetime.fromisoformat(self.done[step.value]) if step.value in self.done else None

    @property
    def steps_done(self) -> dict[Step, datetime]:
        """What the clock has done about it, and when."""
        return {Step(name): datetime.fromisoformat(at) for name, at in self.done.items()}


class RequestLink(Base):
    """The secret of one link to a request: each letter carries its own, once, and only the hash is kept."""

    __tablename__ = "feasibility_links"
    __table_args__ = (UniqueConstraint("request_id", "stands_in"),)

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    request_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("feasibility_requests.id"))
    stands_in: Mapped[str] = mapped_column(String(20))
    made_at: Mapped[datetime]


class Colleague(Base):
    """That an institution passed one proposal of a request on to a colleague, whose link answers that proposal only.

    Name and address are private: the institution and the office see the name, nobody else does.
    """

    __tablename__ = "feasibility_colleagues"
    __table_args__ = (
        Index("ix_feasibility_colleagues_request", "request_id"),
        Index("ix_feasibility_colleagues_person", "person_id"),
    )

    id: Mapped[Key]
    request_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("feasibility_requests.id"))
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposals.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    name: Mapped[str] = mapped_column(String(160))
    address: Mapped[str] = mapped_column(String(320))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    passed_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Extension(Base):
    """That the office gave an institution more time, once: until when it had before, and the reason, in public.

    What the clock had done about the earlier date is kept here; about the later one it begins anew.
    """

    __tablename__ = "feasibility_extensions"

    request_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("feasibility_requests.id"), primary_key=True)
    due_before: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    done_before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    extended_at: Mapped[datetime]

    @property
    def reminded_before(self) -> list[datetime]:
        """When the institution was reminded of the earlier date."""
        return [datetime.fromisoformat(at) for at in self.done_before.values()]


class Assessment(Base):
    """What one institution was asked about one proposal, and its answer; public once its head has approved it."""

    __tablename__ = "assessments"
    __table_args__ = (UniqueConstraint("request_id", "proposal_id"), Index("ix_assessments_proposal", "proposal_id"))

    id: Mapped[Key]
    request_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("feasibility_requests.id"))
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposals.id"))
    number: Mapped[int]
    text_version: Mapped[int]
    answer: Mapped[Answer | None] = mapped_column(one_of(Answer, "answer"))
    whose: Mapped[str] = mapped_column(String(200), default="")
    grounds: Mapped[dict[str, Any]] = mapped_column(default=dict)
    legal_reason: Mapped[str] = mapped_column(Text, default="")
    plain_words: Mapped[str] = mapped_column(Text, default="")
    counter_proposal: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]

    def grade(self, dimension: Dimension) -> Grade | None:
        """How one dimension looks, where the answer says."""
        found = self.grounds.get(dimension.value)
        return Grade(found["grade"]) if found else None

    def words(self, dimension: Dimension) -> str:
        """What the answer says of one dimension."""
        return str(self.grounds.get(dimension.value, {}).get("words", ""))

    @property
    def obstacles(self) -> tuple[Dimension, ...]:
        """The dimensions in which there is an obstacle."""
        return tuple(dimension for dimension in Dimension if self.grade(dimension) is Grade.OBSTACLE)
