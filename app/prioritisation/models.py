"""Themes and what was placed in them and why; and what a comparison of the texts suggests, for people to decide on."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Key
from app.work.transaction import Subject


class Theme(Base):
    """A group of proposals that are about the same matter; `whole` and `parts` count what stands in it now."""

    __tablename__ = "themes"
    __table_args__ = (UniqueConstraint("process_id", "number"),)

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    number: Mapped[int]
    name_es: Mapped[str] = mapped_column(String(160))
    name_en: Mapped[str] = mapped_column(String(160), default="")
    about_es: Mapped[str] = mapped_column(Text, default="")
    about_en: Mapped[str] = mapped_column(Text, default="")
    whole: Mapped[int] = mapped_column(default=0)
    parts: Mapped[int] = mapped_column(default=0)
    named_at: Mapped[datetime]
    dissolved_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads this attribute off the class

    def name(self, language: str) -> str:
        """Its name in a language."""
        return (self.name_en if language.startswith("en") else "") or self.name_es

    def about(self, language: str) -> str:
        """What it is about, in a language."""
        return (self.about_en if language.startswith("en") else "") or self.about_es

    @property
    def subject(self) -> Subject:
        """How the trail names it."""
        return Subject(f"theme:{self.number}", self.id, self.process_id)


class Placement(Base):
    """That a proposal, or a named part of it, stands in a theme, and why; an ended one stays as history."""

    __tablename__ = "placements"
    __table_args__ = (
        Index("ix_placements_proposal", "proposal_id", "ended_at"),
        Index("ix_placements_theme", "theme_id", "ended_at", "number"),
    )

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    theme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("themes.id"))
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposals.id"))
    number: Mapped[int]
    part: Mapped[str] = mapped_column(String(300), default="")
    reason: Mapped[str] = mapped_column(Text)
    suggested: Mapped[int | None]
    placed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str] = mapped_column(Text, default="")

    @property
    def is_whole(self) -> bool:
        """Whether all of the proposal stands here, rather than a part of it."""
        return not self.part


class Comparison(Base):
    """The newest comparison of a process's texts: when it was asked for, and how far it is."""

    __tablename__ = "comparisons"

    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"), primary_key=True)
    job_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("jobs.id"))
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    compared: Mapped[int] = mapped_column(default=0)


class Suggestion(Base):
    """One of the three themes whose proposals a text is most like, with the words they share."""

    __tablename__ = "theme_suggestions"

    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposals.id"), primary_key=True)
    rank: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"), index=True)
    theme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("themes.id"))
    thousandths: Mapped[int]
    words: Mapped[list[str]] = mapped_column(default=list)


class GroupDraft(Base):
    """Proposals that a comparison found alike: a draft of a theme, to be named, changed and adopted, or left."""

    __tablename__ = "group_drafts"
    __table_args__ = (UniqueConstraint("process_id", "number"),)

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    number: Mapped[int]
    words: Mapped[list[str]] = mapped_column(default=list)
    folios: Mapped[list[str]] = mapped_column(default=list)


class Alike(Base):
    """Two proposals whose texts are much alike: whether they are the same is for the office to say."""

    __tablename__ = "alike_proposals"

    one_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposals.id"), primary_key=True)
    other_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposals.id"), primary_key=True)
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"), index=True)
    thousandths: Mapped[int]
