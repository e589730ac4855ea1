"""Who follows what by e-mail: an address, what it follows, how often it wants to hear, and when it was written to."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Key
from app.publication.rules import Rhythm


class Follower(Base):
    """One mailbox that gets news; it has no name, and it goes with the last thing it follows."""

    __tablename__ = "followers"
    __table_args__ = (Index("ix_followers_next_look", "next_look_at"),)

    id: Mapped[Key]
    address: Mapped[str] = mapped_column(String(320), unique=True)
    language: Mapped[str] = mapped_column(String(8))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    next_look_at: Mapped[datetime]
    since: Mapped[datetime]


class Follow(Base):
    """One process, proposal or commitment that a mailbox follows, named as the trail names it.

    `told_to` is the number of the last entry of the trail, and `looked_at` the moment, up to which it was told: by
    whichever letter, so that a change between them tells nothing twice and loses nothing. `digest_at` is when the next
    letter of the week is due; without it, news is told as it happens.
    """

    __tablename__ = "follows"
    __table_args__ = (
        UniqueConstraint("follower_id", "process_id", "subject"),
        Index("ix_follows_subject", "process_id", "subject"),
        Index("ix_follows_confirm_by", "confirm_by"),
        Index("ix_follows_digest", "digest_at"),
    )

    id: Mapped[Key]
    follower_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("followers.id"))
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    subject: Mapped[str] = mapped_column(String(120))
    confirm_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    confirm_by: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    told_to: Mapped[int] = mapped_column(default=0)
    looked_at: Mapped[datetime]
    digest_at: Mapped[datetime | None]

    @property
    def rhythm(self) -> Rhythm:
        """How often its mailbox wants to hear of it."""
        return Rhythm.EACH_TIME if self.digest_at is None else Rhythm.WEEKLY


class NewsLetter(Base):
    """That a mailbox was sent its news of one day, with the secret of the link that stops them; never two a day."""

    __tablename__ = "news_letters"
    __table_args__ = (UniqueConstraint("follower_id", "day"),)

    id: Mapped[Key]
    follower_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("followers.id"))
    day: Mapped[date]
    stop_hash: Mapped[str] = mapped_column(String(64), unique=True)


class WeekLetter(Base):
    """That a mailbox was sent the digest of a process of one week, named by its Monday there; never two a week."""

    __tablename__ = "week_letters"
    __table_args__ = (UniqueConstraint("follower_id", "process_id", "week"),)

    id: Mapped[Key]
    follower_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("followers.id"))
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    week: Mapped[date]
    stop_hash: Mapped[str] = mapped_column(String(64), unique=True)
