"""Letters of answer with the duties they stand for, what readers said and asked; stage reports, collective answers."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.decisions.rules import Outcome
from app.feedback.rules import Blocked, Clear, Hands, LetterState, Reply, Sought, Way
from app.kit.db import Base, Key, one_of
from app.work.transaction import Subject


class Letter(Base):
    """The answer to one person about one stage; what stands here rendered is, once approved, what is sent."""

    __tablename__ = "letters"
    __table_args__ = (
        UniqueConstraint("person_id", "stage_id", "edition"),
        Index("ix_letters_stage", "stage_id", "state", "id", "outcome", "language", "length"),
        Index("ix_letters_way", "way", "state"),
        Index("ix_letters_outbox", "outbox_message_id"),
        Index("ix_letters_question", "question_hash"),
    )

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stages.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    edition: Mapped[int] = mapped_column(default=1)
    state: Mapped[LetterState] = mapped_column(one_of(LetterState, "state"))
    way: Mapped[Way] = mapped_column(one_of(Way, "way"))
    language: Mapped[str] = mapped_column(String(12))
    sections: Mapped[list[Any]]
    note: Mapped[str] = mapped_column(Text, default="")
    ask_by: Mapped[datetime]
    question: Mapped[str] = mapped_column(String(80), default="")
    question_hash: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text, default="")
    html: Mapped[str] = mapped_column(Text, default="")
    origin: Mapped[str] = mapped_column(String(300), default="")
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    blocked_because: Mapped[Blocked | None] = mapped_column(one_of(Blocked, "blocked_because"))
    drafted_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    drafted_at: Mapped[datetime]
    edited_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    edited_at: Mapped[datetime | None]
    approved_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    approved_at: Mapped[datetime | None]
    is_lone_approval: Mapped[bool] = mapped_column(default=False)
    handed_over_at: Mapped[datetime | None]
    outbox_message_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("outbox_messages.id"))
    supersedes_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("letters.id"))
    version: Mapped[int] = mapped_column(default=1)
    outcome: Mapped[str] = mapped_column(String(40), default="")
    length: Mapped[int] = mapped_column(default=0)
    texts_upto: Mapped[int] = mapped_column(
        default=0, comment="the newest letter text of its stage when it was drafted"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads this attribute off the class

    @property
    def hands(self) -> Hands:
        """Who wrote it, and when."""
        return Hands(self.drafted_by, self.drafted_at, self.edited_by, self.edited_at)

    @property
    def folios(self) -> list[str]:
        """The proposals it answers about."""
        return [section["folio"] for section in self.sections]

    @property
    def is_to_anybody(self) -> bool:
        """Whether it is written for an address nobody confirmed: it names no one and tells only what is public."""
        return any(section.get("is_to_anybody") for section in self.sections)

    @property
    def trail_subject(self) -> Subject:
        """How the trail names it: by its key, never by its person."""
        return Subject(f"letter:{self.id}", self.id, self.process_id, self.edition)


class LetterDuty(Base):
    """That a letter stands for a duty."""

    __tablename__ = "letter_duties"

    letter_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("letters.id"), primary_key=True)
    duty_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("duties.id"), primary_key=True, index=True)


class LetterText(Base):
    """What the office says comes next after one outcome of a stage, in one language, in place of the program's words.

    Never edited: what is saved is another version, and the newest is in force; an empty one puts the program's words
    back. Versions are counted through the stage, so that one number says up to which of its texts a letter was drafted.
    """

    __tablename__ = "letter_texts"
    __table_args__ = (UniqueConstraint("stage_id", "version"),)

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stages.id"))
    outcome: Mapped[Outcome] = mapped_column(one_of(Outcome, "outcome"))
    language: Mapped[str] = mapped_column(String(8))
    version: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    written_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]


class FirstLook(Base):
    """That more than twenty letters of a stage were approved together: the first went, the rest wait for a person.

    The rest stand as drafts in the outbox; they leave when somebody has looked at what became of the first.
    """

    __tablename__ = "first_looks"
    __table_args__ = (
        Index(
            "uq_first_looks_open",
            "stage_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stages.id"))
    letters: Mapped[list[Any]] = mapped_column(comment="the outbox keys of the first")
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    is_stopped: Mapped[bool] = mapped_column(default=False, comment="it ended with the rest taken back")


class Clarity(Base):
    """What one reader said of one letter: whether the reason was clear, and what was not."""

    __tablename__ = "clarities"

    letter_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("letters.id"), primary_key=True)
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stages.id"), index=True)
    answer: Mapped[Clear] = mapped_column(one_of(Clear, "answer"))
    words: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]


class Question(Base):
    """What one person asked about one version of a decision, and what they were answered; nobody else reads either."""

    __tablename__ = "questions"
    __table_args__ = (
        UniqueConstraint("person_id", "subject_id", "subject_version"),
        Index("ix_questions_stage", "stage_id", "answered_at"),
        Index("ix_questions_process", "process_id", "answered_at"),
        Index("ix_questions_outbox", "outbox_message_id"),
    )

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stages.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    letter_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("letters.id"))
    folio: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(120))
    subject_id: Mapped[uuid.UUID]
    subject_version: Mapped[int]
    sought: Mapped[Sought] = mapped_column(one_of(Sought, "sought"))
    words: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    reply: Mapped[Reply | None] = mapped_column(one_of(Reply, "reply"))
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    answered_at: Mapped[datetime | None]
    way: Mapped[Way | None] = mapped_column(one_of(Way, "way"))
    outbox_message_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("outbox_messages.id"))
    handed_over_at: Mapped[datetime | None]

    @property
    def is_to_hand_over(self) -> bool:
        """Whether it was answered for somebody without an address, and nobody has handed the answer over yet."""
        return self.way is Way.HAND and self.handed_over_at is None

    @property
    def trail_subject(self) -> Subject:
        """How the trail names it: by what it is about, never by its person or its words."""
        return Subject(f"question:{self.folio}", self.id, self.process_id, self.subject_version)


class StageReport(Base):
    """What was done with what people proposed, as published with its files; a later version says what changed."""

    __tablename__ = "stage_reports"
    __table_args__ = (UniqueConstraint("stage_id", "version"),)

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stages.id"))
    version: Mapped[int]
    facts: Mapped[dict[str, Any]]
    purpose: Mapped[str] = mapped_column(Text, default="")
    what_changed: Mapped[str] = mapped_column(Text, default="")
    what_next: Mapped[str] = mapped_column(Text, default="")
    change_note: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    pdf_es_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("documents.id"))
    pdf_en_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("documents.id"))
    csv_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("documents.id"))


class ReportNotice(Base):
    """That somebody who took part was told of a published report: once for each version."""

    __tablename__ = "report_notices"

    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stage_reports.id"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)
    at: Mapped[datetime]


class CollectiveAnswer(Base):
    """What the participants of one table were answered together, as published; a later version says what changed."""

    __tablename__ = "collective_answers"
    __table_args__ = (UniqueConstraint("meeting_id", "version"),)

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stages.id"))
    meeting_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("meetings.id"))
    table_number: Mapped[int]
    version: Mapped[int]
    facts: Mapped[dict[str, Any]]
    words: Mapped[str] = mapped_column(Text, default="")
    change_note: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]

    @property
    def subject(self) -> Subject:
        """How the trail names it."""
        return Subject(f"collective-answer:{self.table_number}", self.id, self.process_id, self.version)
