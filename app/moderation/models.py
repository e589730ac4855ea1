"""A report of a text, and the holding of one: by which rule, until when, what became of it, who reviewed it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Key, one_of
from app.moderation.rules import Ending, ReportState, ReviewOutcome, Rule


class TextReport(Base):
    """That somebody finds personal data or an insult in a text; not who it was, and the sentence goes in the end."""

    __tablename__ = "text_reports"
    __table_args__ = (
        Index("ix_text_reports_open", "process_id", "state", "due_at"),
        Index("ix_text_reports_proposal", "proposal_id", "state"),
    )

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposals.id"))
    rule: Mapped[Rule] = mapped_column(one_of(Rule, "rule"))
    sentence: Mapped[str] = mapped_column(String(500))
    times: Mapped[int] = mapped_column(default=1)
    state: Mapped[ReportState] = mapped_column(one_of(ReportState, "state"), default=ReportState.OPEN)
    at: Mapped[datetime]
    due_at: Mapped[datetime]


class TextHold(Base):
    """A text that is or was held back; `kept` are its words while they stand nowhere else."""

    __tablename__ = "text_holds"
    __table_args__ = (
        Index("ix_text_holds_process", "process_id", "ended_at", "until"),
        Index("ix_text_holds_proposal", "proposal_id", "held_at"),
        Index("ix_text_holds_kept_until", "kept_until"),
    )

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposals.id"))
    rule: Mapped[Rule] = mapped_column(one_of(Rule, "rule"))
    kept: Mapped[dict[str, Any]]
    kept_until: Mapped[datetime | None]
    held_at: Mapped[datetime]
    until: Mapped[datetime]
    held_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    ended_at: Mapped[datetime | None]
    ending: Mapped[Ending | None] = mapped_column(one_of(Ending, "ending"))
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    review_asked_at: Mapped[datetime | None]
    reviewed_at: Mapped[datetime | None]
    review: Mapped[ReviewOutcome | None] = mapped_column(one_of(ReviewOutcome, "review"))
    reviewed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))

    @property
    def is_in_force(self) -> bool:
        """Whether the text is held back now."""
        return self.ended_at is None

    @property
    def waits_for_review(self) -> bool:
        """Whether its author asked for somebody else to look, and nobody has yet."""
        return self.review_asked_at is not None and self.reviewed_at is None
