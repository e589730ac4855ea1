"""The tables of calling people to a session: what was said of its time and place, and who was written to."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.forum.rules.calling import NoticeKind
from app.kit.db import Base, Key, one_of


class SessionNotice(Base):
    """That a session was called, moved or cancelled, and why; the newest edition is what holds.

    `people` is how many were to be written to; `done_at` when that was done.
    """

    __tablename__ = "session_notices"
    __table_args__ = (UniqueConstraint("session_id", "edition"),)

    id: Mapped[Key]
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("forum_sessions.id"))
    edition: Mapped[int]
    kind: Mapped[NoticeKind] = mapped_column(one_of(NoticeKind, "kind"))
    because: Mapped[str] = mapped_column(Text, default="")
    held_before: Mapped[datetime | None]
    place_before: Mapped[str] = mapped_column(String(300), default="")
    people: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class SessionLetter(Base):
    """That somebody was written to about a session: once for each time it was called, moved or cancelled."""

    __tablename__ = "session_letters"
    __table_args__ = (
        UniqueConstraint("session_id", "edition", "person_id"),
        Index("ix_session_letters_person", "person_id"),
    )

    id: Mapped[Key]
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("forum_sessions.id"))
    edition: Mapped[int]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
