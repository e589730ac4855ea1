"""The table of counts: one row for every time a round was counted, with all that came of it, never written over."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Key


class RoundResult(Base):
    """One count of one closed round; the newest version is the one that holds.

    `inputs` says what was before the forum at the close (proposals, who stood aside, sides of the seats), so that
    nothing that happens to a proposal later changes what is counted. `secret` makes the keys under which sheets are
    published. `outcome` is empty until the count is done.
    """

    __tablename__ = "round_results"
    __table_args__ = (UniqueConstraint("round_id", "version"),)

    id: Mapped[Key]
    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scoring_rounds.id"))
    version: Mapped[int]
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("jobs.id"))
    asked_at: Mapped[datetime]
    because: Mapped[str] = mapped_column(String(24))
    secret: Mapped[str] = mapped_column(String(80), deferred=True)
    inputs: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    formula: Mapped[str] = mapped_column(String(12), default="")
    inputs_hash: Mapped[str] = mapped_column(String(64), default="")
    computed_at: Mapped[datetime | None]
    outcome: Mapped[dict[str, Any]] = mapped_column(deferred=True)
