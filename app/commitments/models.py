"""Commitments and their texts, who leads and helps, milestones, rounds and reports; comments on the draft, answered."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.commitments.rules.comments import CommentState, HeldBecause, Response
from app.commitments.rules.plan import Level, RegisterKind, SourcePart, Standing
from app.commitments.rules.progress import Reach, Source, Status, reach_of
from app.kit.db import Base, Key, one_of
from app.people.rules import OriginSector
from app.proposals.rules import Channel, Precision, Provenance
from app.work.transaction import Subject


class Commitment(Base):
    """One commitment of a plan; its text stands in versions, its number is never used again."""

    __tablename__ = "commitments"
    __table_args__ = (UniqueConstraint("process_id", "number"), Index("ix_commitments_lead", "lead_id"))

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    number: Mapped[int]
    state: Mapped[Standing] = mapped_column(one_of(Standing, "state"))
    area: Mapped[str] = mapped_column(String(160), default="")
    title_es: Mapped[str] = mapped_column(String(300))
    title_en: Mapped[str] = mapped_column(String(300), default="")
    lead_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisations.id"))
    companion_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisations.id"))
    origin_sector: Mapped[OriginSector] = mapped_column(one_of(OriginSector, "origin_sector"))
    values: Mapped[list[str]] = mapped_column(default=list)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    text_version: Mapped[int] = mapped_column(default=1)
    not_from_the_consultation: Mapped[str] = mapped_column(Text, default="")
    entered_despite: Mapped[str] = mapped_column(Text, default="")
    provenance: Mapped[Provenance] = mapped_column(one_of(Provenance, "provenance"))
    drafted_at: Mapped[datetime]
    entered_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads this attribute off the class

    def title(self, language: str) -> str:
        """Its title in a language."""
        return (self.title_en if language.startswith("en") else "") or self.title_es

    @property
    def subject(self) -> Subject:
        """How the trail names it."""
        return Subject(f"commitment:{self.number}", self.id, self.process_id, self.text_version)


class CommitmentText(Base):
    """One version of a commitment's text, kept for ever beside the others."""

    __tablename__ = "commitment_texts"
    __table_args__ = (UniqueConstraint("commitment_id", "number"),)

    id: Mapped[Key]
    commitment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("commitments.id"))
    number: Mapped[int]
    title_es: Mapped[str] = mapped_column(String(300))
    title_en: Mapped[str] = mapped_column(String(300), default="")
    summary_es: Mapped[str] = mapped_column(Text, default="")
    summary_en: Mapped[str] = mapped_column(Text, default="")
    sections: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reason: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]

    def summary(self, language: str) -> str:
        """Its summary in a language."""
        return (self.summary_en if language.startswith("en") else "") or self.summary_es


class CommitmentLead(Base):
    """Which institution leads or led a commitment, from when to when, and by which act."""

    __tablename__ = "commitment_leads"
    __table_args__ = (Index("ix_commitment_leads_commitment", "commitment_id", "from_on"),)

    id: Mapped[Key]
    commitment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("commitments.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"))
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    act: Mapped[str] = mapped_column(String(200))


class CommitmentActor(Base):
    """An organisation that helps to carry a commitment out, and as what."""

    __tablename__ = "commitment_actors"
    __table_args__ = (UniqueConstraint("commitment_id", "organisation_id"),)

    id: Mapped[Key]
    commitment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("commitments.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"))
    role: Mapped[str] = mapped_column(String(200))


class CommitmentSource(Base):
    """That a proposal stands behind a commitment, and with which part of it."""

    __tablename__ = "commitment_sources"
    __table_args__ = (
        UniqueConstraint("commitment_id", "proposal_id"),
        Index("ix_commitment_sources_proposal", "proposal_id"),
    )

    id: Mapped[Key]
    commitment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("commitments.id"))
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposals.id"))
    part: Mapped[SourcePart] = mapped_column(one_of(SourcePart, "part"))
    words: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]


class Indicator(Base):
    """What a commitment is measured by, at one level of the logical framework."""

    __tablename__ = "indicators"
    __table_args__ = (UniqueConstraint("commitment_id", "number"),)

    id: Mapped[Key]
    commitment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("commitments.id"))
    number: Mapped[int]
    level: Mapped[Level] = mapped_column(one_of(Level, "level"))
    name: Mapped[str] = mapped_column(String(300))
    baseline: Mapped[str] = mapped_column(String(120), default="")
    target: Mapped[str] = mapped_column(String(120), default="")
    unit: Mapped[str] = mapped_column(String(60), default="")
    source: Mapped[str] = mapped_column(String(200), default="")
    frequency: Mapped[str] = mapped_column(String(120), default="")
    dropped_at: Mapped[datetime | None]


class Milestone(Base):
    """One step of a commitment; what it says stands in versions, the newest counts."""

    __tablename__ = "milestones"
    __table_args__ = (UniqueConstraint("commitment_id", "number"),)

    id: Mapped[Key]
    commitment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("commitments.id"))
    number: Mapped[int]
    current: Mapped[int] = mapped_column(default=1)


class MilestoneVersion(Base):
    """What a milestone says in one version; after the first, with the reason, who approved it and when."""

    __tablename__ = "milestone_versions"
    __table_args__ = (UniqueConstraint("milestone_id", "number"),)

    id: Mapped[Key]
    milestone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("milestones.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(400))
    deliverable: Mapped[str] = mapped_column(Text, default="")
    means: Mapped[str] = mapped_column(Text, default="")
    post: Mapped[str] = mapped_column(String(200), default="")
    involves_public: Mapped[bool] = mapped_column(default=False)
    starts_on: Mapped[date | None]
    due_on: Mapped[date | None]
    due_to_the: Mapped[Precision] = mapped_column(one_of(Precision, "precision"))
    is_dropped: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(Text, default="")
    approver: Mapped[str] = mapped_column(String(200), default="")
    approved_on: Mapped[date | None]
    at: Mapped[datetime]


class MonitoringRound(Base):
    """A round in which the institutions report, opened by an official letter and closed by the office."""

    __tablename__ = "monitoring_rounds"
    __table_args__ = (UniqueConstraint("process_id", "number"),)

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))
    letter_number: Mapped[str] = mapped_column(String(60))
    dated_on: Mapped[date]
    dated_to_the: Mapped[Precision] = mapped_column(one_of(Precision, "precision"), default=Precision.DAY)
    signatory: Mapped[str] = mapped_column(String(200))
    due_on: Mapped[date]
    opened_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    provenance: Mapped[Provenance] = mapped_column(one_of(Provenance, "provenance"))
    reported_source: Mapped[str] = mapped_column(String(300), default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads this attribute off the class

    @property
    def is_reported(self) -> bool:
        """Whether it was entered out of a document: nobody was asked here, and silence says nothing."""
        return bool(self.reported_source)

    @property
    def is_open(self) -> bool:
        """Whether institutions can still report in it."""
        return self.closed_at is None

    @property
    def subject(self) -> Subject:
        """How the trail names it."""
        return Subject(f"monitoring-round:{self.number}", self.id, self.process_id)


class RoundCall(Base):
    """That an institution was asked to report in a round, and at which address."""

    __tablename__ = "round_calls"
    __table_args__ = (UniqueConstraint("round_id", "organisation_id"),)

    id: Mapped[Key]
    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("monitoring_rounds.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    address: Mapped[str] = mapped_column(String(320))
    sent_at: Mapped[datetime]
    first_report_at: Mapped[datetime | None]


class RoundLink(Base):
    """The secret in one letter to an institution, kept as its hash only."""

    __tablename__ = "round_links"

    id: Mapped[Key]
    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("round_calls.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]


class ProgressReport(Base):
    """What one source said in one round of a commitment or of one version of a milestone; corrected by a newer row."""

    __tablename__ = "progress_reports"
    __table_args__ = (
        Index("ix_progress_reports_commitment", "commitment_id", "round_id"),
        Index("ix_progress_reports_round", "round_id", "is_current"),
    )

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("monitoring_rounds.id"))
    commitment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("commitments.id"))
    milestone_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("milestones.id"))
    milestone_version: Mapped[int | None]
    source: Mapped[Source] = mapped_column(one_of(Source, "source"))
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisations.id"))
    status: Mapped[Status | None] = mapped_column(one_of(Status, "status"))
    low: Mapped[str] = mapped_column(String(6), default="")
    high: Mapped[str] = mapped_column(String(6), default="")
    done: Mapped[str] = mapped_column(Text, default="")
    evidence: Mapped[list[str]] = mapped_column(default=list)
    is_current: Mapped[bool] = mapped_column(default=True)
    is_late: Mapped[bool] = mapped_column(default=False)
    provenance: Mapped[Provenance] = mapped_column(one_of(Provenance, "provenance"))
    at: Mapped[datetime]

    @property
    def reach(self) -> Reach | None:
        """What it says in figures."""
        return reach_of(self.status, self.low, self.high)


class Continuity(Base):
    """What was decided about a commitment at the end of the plan, by whom and why."""

    __tablename__ = "continuities"

    id: Mapped[Key]
    commitment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("commitments.id"), unique=True)
    move: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(String(200))
    decided_on: Mapped[date]
    at: Mapped[datetime]


class RegisterEntry(Base):
    """A line of the registers: support asked for, training given, people and money needed or confirmed."""

    __tablename__ = "commitment_registers"
    __table_args__ = (Index("ix_commitment_registers_process", "process_id", "kind", "on_day"),)

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    commitment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("commitments.id"))
    kind: Mapped[RegisterKind] = mapped_column(one_of(RegisterKind, "kind"))
    what: Mapped[str] = mapped_column(String(400))
    who: Mapped[str] = mapped_column(String(200), default="")
    on_day: Mapped[date]
    settled: Mapped[str] = mapped_column(String(400), default="")
    at: Mapped[datetime]


class DraftComment(Base):
    """What somebody said of the draft of the plan, of one commitment in it or of a part of that; public once let in.

    `decided` counts what was decided on it: held back, answered, answered again; each is owed apart.
    """

    __tablename__ = "draft_comments"
    __table_args__ = (
        UniqueConstraint("process_id", "number"),
        Index("ix_draft_comments_stage", "stage_id", "state", "number"),
        Index("ix_draft_comments_issue", "issue_id", "number"),
        Index("ix_draft_comments_commitment", "commitment_id", "state", "number"),
        Index("ix_draft_comments_person", "person_id"),
        Index("ix_draft_comments_confirm", "confirm_hash"),
    )

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stages.id"))
    number: Mapped[int]
    folio: Mapped[str] = mapped_column(String(24))
    state: Mapped[CommentState] = mapped_column(one_of(CommentState, "state"))
    held_because: Mapped[HeldBecause | None] = mapped_column(one_of(HeldBecause, "held_because"))
    commitment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("commitments.id"))
    text_version: Mapped[int] = mapped_column(default=0)
    section: Mapped[str] = mapped_column(String(24), default="")
    text: Mapped[str] = mapped_column(Text)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    has_contact: Mapped[bool]
    public_name: Mapped[str] = mapped_column(String(160), default="")
    language: Mapped[str] = mapped_column(String(8))
    channel: Mapped[Channel] = mapped_column(one_of(Channel, "channel"))
    provenance: Mapped[Provenance] = mapped_column(one_of(Provenance, "provenance"))
    received_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    confirm_hash: Mapped[str | None] = mapped_column(String(64))
    confirm_by: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    issue_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("draft_issues.id"))
    answered_version: Mapped[int | None]
    decided: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads this attribute off the class

    @property
    def subject(self) -> Subject:
        """How the trail names it: by its folio, in the turn of what was decided on it last."""
        return Subject(f"comment:{self.folio}", self.id, self.process_id, self.decided or 1)


class DraftIssue(Base):
    """A point that one or more comments make, answered once for all of them; shown once an answer is published."""

    __tablename__ = "draft_issues"
    __table_args__ = (UniqueConstraint("process_id", "number"), Index("ix_draft_issues_stage", "stage_id", "number"))

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stages.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    named_at: Mapped[datetime]
    written_version: Mapped[int] = mapped_column(default=0)
    published_version: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads this attribute off the class

    @property
    def subject(self) -> Subject:
        """How the trail names it."""
        return Subject(f"draft-issue:{self.number}", self.id, self.process_id, max(self.written_version, 1))


class DraftResponse(Base):
    """One version of what is answered to an issue; never changed once it is published, but followed by another."""

    __tablename__ = "draft_responses"
    __table_args__ = (UniqueConstraint("issue_id", "number"),)

    id: Mapped[Key]
    issue_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("draft_issues.id"))
    number: Mapped[int]
    response: Mapped[Response] = mapped_column(one_of(Response, "response"))
    reason: Mapped[str] = mapped_column(Text)
    change_words: Mapped[str] = mapped_column(Text, default="")
    changes: Mapped[list[Any]] = mapped_column(default=list)
    written_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
