"""A meeting, who registered, who came, what the video platform reported, and the minutes."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit import i18n
from app.kit.db import Base, Key, one_of
from app.meetings.rules.attendance import RegistrationState, Way
from app.meetings.rules.meeting import KIND_WORDS, YOUTH_WORD, ActKind, Ages, Audience, MeetingKind, MeetingState
from app.meetings.rules.meeting import slug_of as address_of
from app.meetings.rules.minutes import MinutesState
from app.process.rules import Window
from app.proposals.rules import Precision, Provenance
from app.work.transaction import Subject


class Meeting(Base):
    """Something people come to. `registered`, `waiting` and `came` are counters kept with every act on it.

    `video_link` leaves the database by one door only: `queries.registrations.link_for`.
    """

    __tablename__ = "meetings"
    __table_args__ = (
        UniqueConstraint("process_id", "kind", "number"),
        Index("ix_meetings_public", "process_id", "state", "starts_at"),
        Index("ix_meetings_starts_at", "starts_at"),
        Index("ix_meetings_convened_for", "convened_for"),
    )

    id: Mapped[Key]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("processes.id"))
    stage_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("stages.id"))
    kind: Mapped[MeetingKind] = mapped_column(one_of(MeetingKind, "kind"))
    number: Mapped[int]
    state: Mapped[MeetingState] = mapped_column(one_of(MeetingState, "state"))
    title_es: Mapped[str] = mapped_column(String(160))
    title_en: Mapped[str] = mapped_column(String(160), default="")
    purpose_es: Mapped[str] = mapped_column(Text, default="")
    purpose_en: Mapped[str] = mapped_column(Text, default="")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    starts_to_the: Mapped[Precision] = mapped_column(one_of(Precision, "precision"), default=Precision.INSTANT)
    timezone: Mapped[str] = mapped_column(String(60))
    place: Mapped[str] = mapped_column(String(300), default="")
    video_link: Mapped[str] = mapped_column(String(600), default="")
    audience: Mapped[Audience] = mapped_column(one_of(Audience, "audience"), default=Audience.OPEN)
    capacity: Mapped[int | None]
    registration_opens_at: Mapped[datetime | None]
    registration_closes_at: Mapped[datetime | None]
    age_min: Mapped[int | None]
    age_max: Mapped[int | None]
    accessibility: Mapped[str] = mapped_column(Text, default="")
    recording_notice: Mapped[str] = mapped_column(Text, default="")
    materials: Mapped[list[Any]] = mapped_column(default=list)
    hosts: Mapped[list[str]] = mapped_column(default=list)
    speakers: Mapped[list[Any]] = mapped_column(default=list)
    provenance: Mapped[Provenance] = mapped_column(one_of(Provenance, "provenance"), default=Provenance.NATIVE)
    reported_people: Mapped[int | None]
    reported_source: Mapped[str] = mapped_column(String(300), default="")
    convened_for: Mapped[uuid.UUID | None]
    more_at: Mapped[str] = mapped_column(String(200), default="")
    room_code_hash: Mapped[str | None] = mapped_column(String(64))
    registered: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    last_in_line: Mapped[int] = mapped_column(default=0)
    came: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=1)
    convened_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]

    @property
    def slug(self) -> str:
        """The last part of its address."""
        return address_of(self.kind, self.number)

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which its hours are entered and said."""
        return ZoneInfo(self.timezone)

    @property
    def ages(self) -> Ages:
        """The ages it is for."""
        return Ages(self.age_min, self.age_max)

    @property
    def registration(self) -> Window:
        """When people may register: from its convening to its start, unless something else is set."""
        return Window(self.registration_opens_at or self.convened_at, self.registration_closes_at or self.starts_at)

    @property
    def people(self) -> int:
        """How many came: counted here, or as a document reports where nobody was counted."""
        return self.came or self.reported_people or 0

    @property
    def kind_word(self) -> i18n.Text:
        """What people call it; a table for certain ages is a youth meeting."""
        is_youth = self.kind is MeetingKind.PRIORITISATION_TABLE and self.ages.is_asked
        return YOUTH_WORD if is_youth else KIND_WORDS[self.kind]

    @property
    def subject(self) -> Subject:
        """How the trail names it."""
        return Subject(f"meeting:{self.slug}", self.id, self.process_id)

    def title(self, language: str) -> str:
        """Its title in a language, in Spanish where nobody wrote another."""
        return (self.title_en if language.startswith("en") else "") or self.title_es

    def purpose(self, language: str) -> str:
        """What it is for, in a language."""
        return (self.purpose_en if language.startswith("en") else "") or self.purpose_es


class MeetingTerritory(Base):
    """A place whose people a meeting is for; a meeting without any is for everybody."""

    __tablename__ = "meeting_territories"

    meeting_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("meetings.id"), primary_key=True)
    territory_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("territories.id"), primary_key=True)


class MeetingAct(Base):
    """That a published meeting was moved or cancelled, with the reason the public reads."""

    __tablename__ = "meeting_acts"
    __table_args__ = (Index("ix_meeting_acts_meeting", "meeting_id", "at"),)

    id: Mapped[Key]
    meeting_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("meetings.id"))
    kind: Mapped[ActKind] = mapped_column(one_of(ActKind, "kind"))
    reason: Mapped[str] = mapped_column(Text)
    before: Mapped[datetime]
    after: Mapped[datetime | None]
    at: Mapped[datetime]


class Registration(Base):
    """That somebody wants to come: with a place, in line for one, or no longer. What they need is theirs alone."""

    __tablename__ = "meeting_registrations"
    __table_args__ = (
        UniqueConstraint("meeting_id", "person_id"),
        Index("ix_meeting_registrations_line", "meeting_id", "state", "in_line"),
        Index("ix_meeting_registrations_person", "person_id"),
    )

    id: Mapped[Key]
    meeting_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("meetings.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    state: Mapped[RegistrationState] = mapped_column(one_of(RegistrationState, "state"))
    in_line: Mapped[int]
    territory_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("territories.id"))
    birth_year: Mapped[int | None]
    needs: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(8), default="es")
    by_the_office: Mapped[bool] = mapped_column(default=False)
    agreed_to_recording: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]


class PersonalLink(Base):
    """The secret of one letter to somebody who registered, hashed; each letter carries a link of its own."""

    __tablename__ = "meeting_links"

    id: Mapped[Key]
    registration_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("meeting_registrations.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]


class Attendance(Base):
    """That one person came, once however often they were noted; without a person, a guest nobody knows by name."""

    __tablename__ = "meeting_attendances"
    __table_args__ = (
        UniqueConstraint("meeting_id", "person_id"),
        Index("ix_meeting_attendances_person", "person_id"),
    )

    id: Mapped[Key]
    meeting_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("meetings.id"))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    way: Mapped[Way] = mapped_column(one_of(Way, "way"))
    minutes: Mapped[int | None]
    at: Mapped[datetime]


class ReportLine(Base):
    """Somebody in the platform's report whom no registration fits; the name goes when the meeting is closed."""

    __tablename__ = "meeting_report_lines"
    __table_args__ = (UniqueConstraint("meeting_id", "key"),)

    id: Mapped[Key]
    meeting_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("meetings.id"))
    key: Mapped[str] = mapped_column(String(320))
    name: Mapped[str] = mapped_column(String(160))
    address: Mapped[str] = mapped_column(String(320), default="")
    minutes: Mapped[int]
    is_settled: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime]


class Minutes(Base):
    """The minutes of one meeting: who came, what was on the agenda, what was agreed, who saw it otherwise."""

    __tablename__ = "meeting_minutes"

    id: Mapped[Key]
    meeting_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("meetings.id"), unique=True)
    state: Mapped[MinutesState] = mapped_column(one_of(MinutesState, "state"))
    agenda: Mapped[str] = mapped_column(Text)
    dissent: Mapped[str] = mapped_column(Text, default="")
    annexes: Mapped[list[Any]] = mapped_column(default=list)
    people: Mapped[int] = mapped_column(default=0)
    written_by_person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    written_at: Mapped[datetime]
    approved_by_person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    approved_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads this attribute off the class


class Agreement(Base):
    """One thing that was agreed, and the proposal it is about where it is about one."""

    __tablename__ = "meeting_agreements"
    __table_args__ = (UniqueConstraint("minutes_id", "number"),)

    id: Mapped[Key]
    minutes_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("meeting_minutes.id"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    proposal_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("proposals.id"), index=True)


class Addendum(Base):
    """What was added to published minutes, which themselves no longer change."""

    __tablename__ = "meeting_addenda"
    __table_args__ = (UniqueConstraint("minutes_id", "number"),)

    id: Mapped[Key]
    minutes_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("meeting_minutes.id"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
