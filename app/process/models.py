"""A process, its stages, its territories, and the public acts that moved their dates."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit import i18n
from app.kit.db import Base, Key, one_of
from app.process.kinds import NAMES, StageKind
from app.process.rules import Window
from app.work.transaction import Subject


class FormOfAddress(StrEnum):
    """How the process speaks to people in Spanish."""

    USTED = "usted"
    TU = "tu"


class PublicActKind(StrEnum):
    """The acts on a process that need a public reason."""

    EXTENDED = "extended"
    MOVED = "moved"
    PAUSED = "paused"
    RESUMED = "resumed"
    ENDED = "ended"
    CONCLUDED = "concluded"
    OPENED_WITH_DEBT = "opened_with_debt"


class Process(Base):
    """One co-creation process of one installation."""

    __tablename__ = "processes"

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    folio_prefix: Mapped[str] = mapped_column(String(8))
    name_es: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200), default="")
    summary_es: Mapped[str] = mapped_column(Text, default="")
    summary_en: Mapped[str] = mapped_column(Text, default="")
    timezone: Mapped[str] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(8), default="es")
    form_of_address: Mapped[FormOfAddress] = mapped_column(one_of(FormOfAddress, "form_of_address"))
    template: Mapped[str] = mapped_column(String(40))
    ask_at: Mapped[str] = mapped_column(String(300), default="")
    opened_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    last_number: Mapped[int] = mapped_column(default=0)
    is_listed: Mapped[bool] = mapped_column(default=True)
    accent: Mapped[str] = mapped_column(String(7), default="")
    logo_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("documents.id"))
    logo_width: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads this attribute off the class

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which its dates are entered and shown."""
        return ZoneInfo(self.timezone)

    @property
    def process_id(self) -> uuid.UUID:
        """Its own key: permissions hold in it."""
        return self.id

    @property
    def subject(self) -> Subject:
        """How its trail names it."""
        return Subject(f"process:{self.slug}", self.id, self.id)

    def name(self, language: str) -> str:
        """Its name in a language, in Spanish where nobody wrote another."""
        return (self.name_en if language.startswith("en") else "") or self.name_es

    def summary(self, language: str) -> str:
        """What it is about, in a language."""
        return (self.summary_en if language.startswith("en") else "") or self.summary_es


class Stage(Base):
    """One step of a process, of a closed kind, with a window and the settings of its kind."""

    __tablename__ = "stages"
    __table_args__ = (UniqueConstraint("process_id", "slug"), Index("ix_stages_process", "process_id", "position"))

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    slug: Mapped[str] = mapped_column(String(60))
    kind: Mapped[StageKind] = mapped_column(one_of(StageKind, "kind"))
    position: Mapped[int]
    name_es: Mapped[str] = mapped_column(String(120), default="")
    name_en: Mapped[str] = mapped_column(String(120), default="")
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    concluded_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads this attribute off the class

    def name(self, language: str) -> str | i18n.Text:
        """The name the office gave it in this language, else that of its kind."""
        return (self.name_en if language.startswith("en") else self.name_es) or NAMES[self.kind]

    @property
    def window(self) -> Window:
        """When it is open."""
        return Window(self.opens_at, self.closes_at)

    @property
    def subject(self) -> Subject:
        """How the trail names it."""
        return Subject(f"stage:{self.slug}", self.id, self.process_id)


class PublicAct(Base):
    """An act on a process or one of its stages, with the reason the public reads."""

    __tablename__ = "public_acts"
    __table_args__ = (Index("ix_public_acts_process", "process_id", "at"),)

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    stage_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("stages.id"))
    kind: Mapped[PublicActKind] = mapped_column(one_of(PublicActKind, "kind"))
    reason: Mapped[str] = mapped_column(Text)
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime]


class Territory(Base):
    """A place people may say their proposal is about; the list belongs to the process."""

    __tablename__ = "territories"
    __table_args__ = (UniqueConstraint("process_id", "code"),)

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    code: Mapped[str] = mapped_column(String(20))
    name_es: Mapped[str] = mapped_column(String(160))
    name_en: Mapped[str] = mapped_column(String(160), default="")
    position: Mapped[int] = mapped_column(default=0)

    def name(self, language: str) -> str:
        """Its name in a language."""
        return (self.name_en if language.startswith("en") else "") or self.name_es
