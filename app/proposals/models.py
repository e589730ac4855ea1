"""A proposal, its revisions, its authors, what the office decided at the door, and what has been counted."""

from __future__ import annotations

import re
import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column, validates

from app.duties.rules import Part
from app.kit import search
from app.kit.db import Base, Key, one_of
from app.people.rules import ContactKind, OriginSector
from app.proposals.rules import AssistedBy, Channel, HeldFor, Precision, Provenance, State
from app.work.transaction import Subject

SORTED_BY = 80
"""So many characters of a title say where it stands in the alphabet."""


def sorted_as(title: str) -> str:
    """What a list by title goes by: the title without accents and in small letters, the same on both databases."""
    return " ".join(re.findall(r"[a-z0-9]+", search.plain(title)))[:SORTED_BY]


def _sorted_of_row(context: DefaultExecutionContext) -> str:
    return sorted_as(str(context.get_current_parameters()["title"]))  # type: ignore[no-untyped-call]  # untyped there


class AdmissionOutcome(StrEnum):
    """What the office may say at the door."""

    ADMITTED = "admitted"
    RETURNED = "returned"
    REFUSED = "refused"


def _narrowing(*columns: str) -> list[Index]:
    """An index for each thing a list is narrowed to, with the others behind: what does not fit is told from it."""
    named = {"territory_id": "territory", "origin_sector": "sector", "theme_id": "theme"}
    return [
        Index(
            f"ix_proposals_{named.get(column, column)}",
            *("process_id", column, "number", "is_public"),
            *(other for other in columns if other != column),
        )
        for column in columns
    ]


class Proposal(Base):
    """What somebody proposed; `state` is assigned in one place only, `proposals.actions.advance`."""

    __tablename__ = "proposals"
    __table_args__ = (
        UniqueConstraint("process_id", "folio"),
        Index("ix_proposals_public", "process_id", "is_public", "number"),
        *_narrowing("state", "territory_id", "origin_sector", "theme_id"),
        Index("ix_proposals_stage", "stage_id"),
        Index("ix_proposals_title", "process_id", "is_public", "title_sorted", "number"),
    )

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stages.id"))
    number: Mapped[int]
    folio: Mapped[str] = mapped_column(String(20))
    state: Mapped[State] = mapped_column(one_of(State, "state"))
    is_public: Mapped[bool] = mapped_column(default=False)
    title: Mapped[str] = mapped_column(String(400))
    title_sorted: Mapped[str] = mapped_column(String(SORTED_BY), default=_sorted_of_row)
    origin_sector: Mapped[OriginSector] = mapped_column(one_of(OriginSector, "origin_sector"))
    territory_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("territories.id"))
    theme_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("themes.id"))
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisations.id"))
    invitation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("invitations.id"))
    values: Mapped[list[str]] = mapped_column(default=list)
    language: Mapped[str] = mapped_column(String(8), default="es")
    written_in: Mapped[str] = mapped_column(String(8), default="")
    channel: Mapped[Channel] = mapped_column(one_of(Channel, "channel"))
    assisted_by: Mapped[AssistedBy | None] = mapped_column(one_of(AssistedBy, "assisted_by"))
    provenance: Mapped[Provenance] = mapped_column(one_of(Provenance, "provenance"))
    public_names: Mapped[str] = mapped_column(String(600), default="")
    source_ref: Mapped[str | None] = mapped_column(String(300))
    tags: Mapped[list[str]] = mapped_column(default=list)
    import_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("imports.id"), index=True)
    received_at: Mapped[datetime]
    received_to_the: Mapped[Precision] = mapped_column(one_of(Precision, "precision"), default=Precision.INSTANT)
    admitted_at: Mapped[datetime | None]
    entered_outside_because: Mapped[str] = mapped_column(Text, default="")
    came_in_time: Mapped[bool] = mapped_column(default=False)
    merged_into_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("proposals.id"))
    mend_by: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)
    search_number: Mapped[int | None] = mapped_column(unique=True)
    held_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads this attribute off the class

    @validates("title")
    def _sort(self, _name: str, title: str) -> str:
        """A new title takes its place in the alphabet with it."""
        self.title_sorted = sorted_as(title)
        return title

    @property
    def text_language(self) -> str:
        """The language its text is written in: as its author said, else that of the page it was sent from."""
        return self.written_in or self.language

    @property
    def subject(self) -> Subject:
        """How the trail names it: by its folio."""
        return Subject(f"proposal:{self.folio}", self.id, self.process_id, self.revision)

    @property
    def not_from_the_consultation(self) -> str:
        """Why it was received although it came outside the window; nothing where it came in time."""
        return "" if self.came_in_time else self.entered_outside_because

    @property
    def entered_afterwards(self) -> str:
        """Why it was entered after the window had closed, where the office had received it in time."""
        return self.entered_outside_because if self.came_in_time else ""


class Revision(Base):
    """One version of the text, kept for ever beside the others."""

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("proposal_id", "number"),)

    id: Mapped[Key]
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposals.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(400))
    problem: Mapped[str] = mapped_column(Text)
    solution: Mapped[str] = mapped_column(Text)
    cause: Mapped[str] = mapped_column(Text, default="")
    result: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]


class Author(Base):
    """Somebody who is answered for this proposal; merging moves the duty to answer, never loses an author."""

    __tablename__ = "authors"
    __table_args__ = (
        UniqueConstraint("proposal_id", "person_id"),
        Index("ix_authors_person", "person_id"),
        Index("ix_authors_code", "code_hash"),
        Index("ix_authors_confirm", "confirm_hash"),
    )

    id: Mapped[Key]
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposals.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    part: Mapped[Part] = mapped_column(one_of(Part, "part"))
    public_name: Mapped[str] = mapped_column(String(160))
    contact_kind: Mapped[ContactKind] = mapped_column(one_of(ContactKind, "contact_kind"))
    code_hash: Mapped[str] = mapped_column(String(64))
    confirm_hash: Mapped[str | None] = mapped_column(String(64))
    confirm_by: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    came_by_merge_from: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("proposals.id"))
    consent: Mapped[str] = mapped_column(String(20), default="")
    was_counted: Mapped[bool] = mapped_column(default=False)


class Admission(Base):
    """What the office decided at the door, and why."""

    __tablename__ = "admissions"
    __table_args__ = (UniqueConstraint("proposal_id", "number"),)

    id: Mapped[Key]
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposals.id"))
    number: Mapped[int]
    outcome: Mapped[AdmissionOutcome] = mapped_column(one_of(AdmissionOutcome, "outcome"))
    reason: Mapped[str] = mapped_column(Text, default="")
    reason_codes: Mapped[list[str]] = mapped_column(default=list)
    at: Mapped[datetime]


class ProposalFile(Base):
    """A document beside a proposal, from one version of it to another; held back it is shown to nobody else."""

    __tablename__ = "proposal_files"
    __table_args__ = (UniqueConstraint("proposal_id", "number"),)

    id: Mapped[Key]
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposals.id"))
    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("documents.id"), unique=True)
    number: Mapped[int]
    from_revision: Mapped[int]
    until_revision: Mapped[int | None]
    held_for: Mapped[HeldFor | None] = mapped_column(one_of(HeldFor, "held_for"))
    held_at: Mapped[datetime | None]


class Merge(Base):
    """Two proposals that became one, and why; the authors of both stay recipients."""

    __tablename__ = "merges"

    id: Mapped[Key]
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposals.id"), unique=True)
    into_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposals.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class Invitation(Base):
    """A tracked official letter that invites a public body, and whatever that body answers with."""

    __tablename__ = "invitations"
    __table_args__ = (UniqueConstraint("process_id", "letter_number", "organisation_id"),)

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stages.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"))
    letter_number: Mapped[str] = mapped_column(String(60))
    dated_on: Mapped[date]
    signatory: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(320))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    sent_at: Mapped[datetime]
    first_answer_at: Mapped[datetime | None]


class Import(Base):
    """One file of proposals taken in: all of it becomes visible together, and the same file is never taken in twice."""

    __tablename__ = "imports"
    __table_args__ = (UniqueConstraint("process_id", "file_hash"),)

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    file_hash: Mapped[str] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(200))
    rows: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    began_at: Mapped[datetime]
    visible_at: Mapped[datetime | None]


class ProposalCount(Base):
    """How many proposals of a process stand in a state: kept up with every move, so no page counts them."""

    __tablename__ = "proposal_counts"

    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"), primary_key=True)
    state: Mapped[State] = mapped_column(one_of(State, "state"), primary_key=True)
    n: Mapped[int] = mapped_column(default=0)


class ProposalGroup(Base):
    """How many proposals the public may see are of one sector, place, way or day: kept up as they come into sight."""

    __tablename__ = "proposal_groups"

    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"), primary_key=True)
    dimension: Mapped[str] = mapped_column(String(20), primary_key=True)
    value: Mapped[str] = mapped_column(String(40), primary_key=True)
    n: Mapped[int] = mapped_column(default=0)


class SearchEntry(Base):
    """The growing number under which a public proposal stands in the search index."""

    __tablename__ = "search_entries"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads this attribute off the class

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposals.id"), unique=True)


class ProposalDraft(Base):
    """What somebody has typed and not sent, once they have said where they can be written to; nobody else reads it."""

    __tablename__ = "proposal_drafts"

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    address: Mapped[str] = mapped_column(String(320), index=True)
    typed: Mapped[dict[str, Any]]
    title: Mapped[str] = mapped_column(String(400), default="")
    updated_at: Mapped[datetime] = mapped_column(index=True)
    link_sent_at: Mapped[datetime | None]


class CoAuthorRequest(Base):
    """Somebody who was asked to sign a proposal too; the address goes once it was answered."""

    __tablename__ = "co_author_requests"
    __table_args__ = (UniqueConstraint("proposal_id", "address"),)

    id: Mapped[Key]
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposals.id"), index=True)
    address: Mapped[str | None] = mapped_column(String(320))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    has_joined: Mapped[bool] = mapped_column(default=False)


class TraitCount(Base):
    """How many proposers of a process gave an answer about themselves: only sums are kept, never who gave which."""

    __tablename__ = "trait_counts"

    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"), primary_key=True)
    trait: Mapped[str] = mapped_column(String(30), primary_key=True)
    answer: Mapped[str] = mapped_column(String(30), primary_key=True)
    n: Mapped[int] = mapped_column(default=0)
