"""The table of reasons in one voice: what a rapporteur wrote for a proposal before the forum decides on it."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Key


class ReasonDraft(Base):
    """The text a seat wrote as rapporteur of one proposal at one stage; handed back it belongs to no seat."""

    __tablename__ = "reason_drafts"
    __table_args__ = (UniqueConstraint("stage_id", "proposal_id"),)

    id: Mapped[Key]
    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stages.id"))
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposals.id"))
    seat_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("seats.id"))
    text: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads this attribute off the class
