"""Texts of the office with all their versions, the library, acts of outreach, and events of the networks."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.editorial.rules.library import LibraryType
from app.editorial.rules.outreach import OutreachChannel, ReachKnown
from app.editorial.rules.words import ArticleKind, DateTo, Network
from app.kit.db import Base, Key, one_of
from app.work.transaction import Subject


class Article(Base):
    """News, a page or the page of a network; what it says stands in its versions. News is named by its number."""

    __tablename__ = "articles"
    __table_args__ = (
        UniqueConstraint("process_id", "kind", "name"),
        Index("ix_articles_number", "process_id", "kind", "number"),
    )

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    kind: Mapped[ArticleKind] = mapped_column(one_of(ArticleKind, "kind"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(60))
    in_menu: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    published_at: Mapped[datetime]
    taken_down_at: Mapped[datetime | None]
    taken_down_because: Mapped[str] = mapped_column(String(600), default="")

    @property
    def subject(self) -> Subject:
        """How the trail names it: by its kind and the last part of its address."""
        return Subject(f"{self.kind.value}:{self.name}", self.id, self.process_id, self.version)


class ArticleVersion(Base):
    """One version of a text, kept beside the others; `correction` says in public what was put right in it."""

    __tablename__ = "article_versions"
    __table_args__ = (UniqueConstraint("article_id", "number"),)

    id: Mapped[Key]
    article_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("articles.id"))
    number: Mapped[int]
    title_es: Mapped[str] = mapped_column(String(160))
    title_en: Mapped[str] = mapped_column(String(160), default="")
    text_es: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text, default="")
    contact: Mapped[str] = mapped_column(String(300), default="")
    members: Mapped[list[str]] = mapped_column(default=list)
    correction: Mapped[str] = mapped_column(String(600), default="")
    at: Mapped[datetime]

    def title(self, language: str) -> str:
        """Its title in a language, else in Spanish."""
        return (self.title_en if language.startswith("en") else "") or self.title_es

    def text(self, language: str) -> str:
        """Its text in a language, else in Spanish."""
        return (self.text_en if language.startswith("en") else "") or self.text_es


class LibraryItem(Base):
    """A document of the library: a file that is kept here, or a link to where it lies."""

    __tablename__ = "library_items"
    __table_args__ = (
        UniqueConstraint("process_id", "number"),
        Index("ix_library_items_dated_on", "process_id", "dated_on", "number"),
    )

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    stage_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("stages.id"))
    number: Mapped[int]
    type: Mapped[LibraryType] = mapped_column(one_of(LibraryType, "type"))
    title_es: Mapped[str] = mapped_column(String(160))
    title_en: Mapped[str] = mapped_column(String(160), default="")
    about_es: Mapped[str] = mapped_column(String(400))
    about_en: Mapped[str] = mapped_column(String(400), default="")
    written_in: Mapped[str] = mapped_column(String(8), default="es")
    dated_on: Mapped[date]
    dated_to_the: Mapped[DateTo] = mapped_column(one_of(DateTo, "dated_to_the"))
    document_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("documents.id"), unique=True)
    link: Mapped[str] = mapped_column(String(600), default="")
    entered_at: Mapped[datetime]
    taken_out_at: Mapped[datetime | None]
    taken_out_because: Mapped[str] = mapped_column(String(600), default="")

    @property
    def subject(self) -> Subject:
        """How the trail names it: by its number."""
        return Subject(f"library:{self.number}", self.id, self.process_id)

    def title(self, language: str) -> str:
        """Its title in a language, else in Spanish."""
        return (self.title_en if language.startswith("en") else "") or self.title_es

    def about(self, language: str) -> str:
        """What it is, in a sentence, in a language, else in Spanish."""
        return (self.about_en if language.startswith("en") else "") or self.about_es


class OutreachAct(Base):
    """One act by which people were told of the process; a wrong row is withdrawn in public, never rewritten."""

    __tablename__ = "outreach_acts"
    __table_args__ = (
        UniqueConstraint("process_id", "number"),
        Index("ix_outreach_acts_dated_on", "process_id", "dated_on", "number"),
    )

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    stage_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("stages.id"))
    library_item_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("library_items.id"))
    number: Mapped[int]
    what: Mapped[str] = mapped_column(String(400))
    dated_on: Mapped[date]
    dated_to_the: Mapped[DateTo] = mapped_column(one_of(DateTo, "dated_to_the"))
    groups: Mapped[list[str]]
    audience: Mapped[str] = mapped_column(String(300), default="")
    territories: Mapped[list[str]] = mapped_column(default=list)
    channel: Mapped[OutreachChannel] = mapped_column(one_of(OutreachChannel, "channel"))
    reach: Mapped[int | None]
    reach_known: Mapped[ReachKnown] = mapped_column(one_of(ReachKnown, "reach_known"))
    link: Mapped[str] = mapped_column(String(600), default="")
    source: Mapped[str] = mapped_column(String(300), default="")
    is_illustrative: Mapped[bool] = mapped_column(default=False)
    entered_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_because: Mapped[str] = mapped_column(String(600), default="")

    @property
    def subject(self) -> Subject:
        """How the trail names it: by its number."""
        return Subject(f"outreach:{self.number}", self.id, self.process_id)


class NetworkEvent(Base):
    """Something a network invites to: a day, a place or a link, and a few sentences."""

    __tablename__ = "network_events"
    __table_args__ = (UniqueConstraint("process_id", "network", "number"),)

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    network: Mapped[Network] = mapped_column(one_of(Network, "network"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(160))
    held_on: Mapped[date]
    place: Mapped[str] = mapped_column(String(300), default="")
    link: Mapped[str] = mapped_column(String(600), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    entered_at: Mapped[datetime]
    taken_out_at: Mapped[datetime | None]

    @property
    def subject(self) -> Subject:
        """How the trail names it: by its network and number."""
        return Subject(f"network:{self.network.value}:{self.number}", self.id, self.process_id)
