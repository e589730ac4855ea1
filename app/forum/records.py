"""What a session of the forum leaves: its items and papers, motions and how each seat voted, minutes, tasks.

These are tables of the forum beside those of `models`, which loads them.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.forum.rules.minutes import MinutesState
from app.forum.rules.motions import Matter, MotionState, Voice, Wanted, Way
from app.kit.db import Base, Key, one_of


class SessionItem(Base):
    """One item of a session's agenda, with its papers and afterwards what was said of it."""

    __tablename__ = "session_items"
    __table_args__ = (UniqueConstraint("session_id", "number"),)

    id: Mapped[Key]
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("forum_sessions.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    wanted: Mapped[Wanted] = mapped_column(one_of(Wanted, "wanted"))
    papers: Mapped[list[Any]] = mapped_column(default=list)
    said: Mapped[str] = mapped_column(Text, default="")


class ItemProposal(Base):
    """A proposal that an item is about."""

    __tablename__ = "session_item_proposals"

    item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("session_items.id"), primary_key=True)
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposals.id"), primary_key=True, index=True)


class Motion(Base):
    """What a session was asked to agree to, and how it ended; once it has ended nothing of it changes."""

    __tablename__ = "session_motions"
    __table_args__ = (UniqueConstraint("session_id", "number"), Index("ix_session_motions_item", "item_id"))

    id: Mapped[Key]
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("forum_sessions.id"))
    item_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("session_items.id"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    matter: Mapped[Matter] = mapped_column(one_of(Matter, "matter"))
    minutes_of_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("forum_sessions.id"))
    state: Mapped[MotionState] = mapped_column(one_of(MotionState, "state"))
    way: Mapped[Way | None] = mapped_column(one_of(Way, "way"))
    present: Mapped[int] = mapped_column(default=0)
    seats: Mapped[int] = mapped_column(default=0)
    put_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    drafts: Mapped[list[Any]] = mapped_column(default=list)
    """Of a motion on the criteria that was carried, the hashes of the drafts as they stood then."""


class MotionVoice(Base):
    """What one seat said of a motion: its vote, its objection, or that it stands aside; a reason if it gave one."""

    __tablename__ = "motion_voices"
    __table_args__ = (UniqueConstraint("motion_id", "seat_id"),)

    id: Mapped[Key]
    motion_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("session_motions.id"))
    seat_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("seats.id"))
    voice: Mapped[Voice] = mapped_column(one_of(Voice, "voice"))
    reason: Mapped[str] = mapped_column(Text, default="")


class SessionMinutes(Base):
    """The minutes of a session; once they are published `content` is what they say for ever, under its hash."""

    __tablename__ = "session_minutes"

    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("forum_sessions.id"), primary_key=True)
    state: Mapped[MinutesState] = mapped_column(one_of(MinutesState, "state"))
    written_by_person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    written_at: Mapped[datetime]
    approved_by_person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    approved_motion_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("session_motions.id"))
    approved_at: Mapped[datetime | None]
    approved_alone: Mapped[bool] = mapped_column(default=False)
    published_at: Mapped[datetime | None]
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    pdf_es_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("documents.id"))
    pdf_en_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("documents.id"))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads this attribute off the class


class SessionAddendum(Base):
    """What was added to published minutes, why and when; nothing in them is altered."""

    __tablename__ = "session_addenda"
    __table_args__ = (UniqueConstraint("session_id", "number"),)

    id: Mapped[Key]
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("forum_sessions.id"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class SessionTask(Base):
    """What somebody undertook in a session: what, which body, until when, and how it ended."""

    __tablename__ = "session_tasks"
    __table_args__ = (UniqueConstraint("session_id", "number"),)

    id: Mapped[Key]
    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("forum_sessions.id"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(String(200))
    due_on: Mapped[date | None]
    done_on: Mapped[date | None]
    how: Mapped[str] = mapped_column(Text, default="")
