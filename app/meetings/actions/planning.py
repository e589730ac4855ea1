"""What a meeting is to be: checked whole, field by field, and written onto its row."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.kit.errors import Invalid
from app.kit.i18n import T, Text
from app.meetings.models import Meeting, MeetingTerritory
from app.meetings.rules.meeting import (
    BY_THE_OFFICE,
    LONGEST_PLACE,
    LONGEST_TEXT,
    LONGEST_TITLE,
    MOST_PLACES,
    OLDEST,
    STAGE_OF,
    YOUNGEST,
    Audience,
    MeetingKind,
    is_link,
)
from app.process import queries as processes
from app.process.models import Process, Stage, Territory
from app.proposals.rules import Precision, Provenance
from app.work import Work

MOST_LINES = 40
LONGEST_LINE = 400


@dataclass(frozen=True)
class Plan:
    """What a meeting is called for, when, where and for whom; `territories` are codes, none of them means all."""

    kind: str
    title_es: str
    starts_at: datetime | None
    ends_at: datetime | None
    title_en: str = ""
    purpose_es: str = ""
    purpose_en: str = ""
    timezone: str = ""
    place: str = ""
    video_link: str = ""
    audience: str = "open"
    capacity: int | None = None
    registration_opens_at: datetime | None = None
    registration_closes_at: datetime | None = None
    territories: tuple[str, ...] = ()
    age_min: int | None = None
    age_max: int | None = None
    accessibility: str = ""
    recording_notice: str = ""
    materials: tuple[dict[str, str], ...] = ()
    hosts: tuple[str, ...] = ()
    speakers: tuple[dict[str, str], ...] = ()
    stage: str = ""
    provenance: Provenance = Provenance.NATIVE


@dataclass(frozen=True)
class Reported:
    """What a document says of a meeting of the past: its source, how many came, how exactly the date is known."""

    source: str
    people: int | None = None
    provenance: Provenance = Provenance.REPORTED
    starts_to_the: Precision = Precision.DAY


def checked(plan: Plan, among: Collection[MeetingKind] = BY_THE_OFFICE) -> Plan:
    """The plan, refused with a sentence for each field that cannot be taken; of which kinds it may be."""
    faults: dict[str, Text] = {}
    if plan.kind not in set(among):
        faults["kind"] = T("Choose one of the list.")
    if plan.audience not in set(Audience):
        faults["audience"] = T("Choose one of the list.")
    _check_texts(plan, faults)
    _check_times(plan, faults)
    _check_numbers(plan, faults)
    if faults:
        raise Invalid(**faults)
    return plan


def _check_texts(plan: Plan, faults: dict[str, Text]) -> None:
    if not plan.title_es:
        faults["title_es"] = T("Write what the meeting is called.")
    for name, most in (("title_es", LONGEST_TITLE), ("title_en", LONGEST_TITLE), ("place", LONGEST_PLACE)):
        if len(getattr(plan, name)) > most:
            faults[name] = T("This is too long: at most {n} characters.", n=most)
    for name in ("purpose_es", "purpose_en", "accessibility", "recording_notice"):
        if len(getattr(plan, name)) > LONGEST_TEXT:
            faults[name] = T("This is too long: at most {n} characters.", n=LONGEST_TEXT)
    _check_lists(plan, faults)
    _check_where(plan, faults)


def _check_where(plan: Plan, faults: dict[str, Text]) -> None:
    if is_link(plan.place):
        faults["place"] = T("Write the video link in its own field: what stands here, everybody reads.")
    elif not plan.place and not plan.video_link:
        faults["place"] = T("Write where it is, or below the link of the video meeting.")
    if plan.video_link and (not plan.video_link.startswith("https://") or len(plan.video_link) > 600):
        faults["video_link"] = T("Write the whole link; it begins with https://.")


def _check_lists(plan: Plan, faults: dict[str, Text]) -> None:
    for name in ("materials", "hosts", "speakers"):
        if len(getattr(plan, name)) > MOST_LINES:
            faults[name] = T("At most {n} lines.", n=MOST_LINES)


def _check_times(plan: Plan, faults: dict[str, Text]) -> None:
    for name in ("starts_at", "ends_at"):
        if getattr(plan, name) is None:
            faults[name] = T("Write the date and time like 2026-09-07T23:59.")
    if plan.starts_at and plan.ends_at and plan.ends_at <= plan.starts_at:
        faults["ends_at"] = T("The end must come after the beginning.")
    opens, closes = plan.registration_opens_at, plan.registration_closes_at
    if opens and (closes or plan.starts_at) and opens >= (closes or plan.starts_at or opens):
        faults["registration_opens_at"] = T("People must be able to register before the end of the time for it.")
    if closes and plan.ends_at and closes > plan.ends_at:
        faults["registration_closes_at"] = T("Nobody can register once the meeting is over.")


def _check_numbers(plan: Plan, faults: dict[str, Text]) -> None:
    if plan.capacity is not None and not 1 <= plan.capacity <= MOST_PLACES:
        faults["capacity"] = T("Write how many places there are, or leave it empty.")
    for name in ("age_min", "age_max"):
        age = getattr(plan, name)
        if age is not None and not YOUNGEST <= age <= OLDEST:
            faults[name] = T("Write an age in years, or leave it empty.")
    if plan.age_min is not None and plan.age_max is not None and plan.age_max < plan.age_min:
        faults["age_max"] = T("The upper age must not be below the lower one.")


def stage_for(session: Session, process: Process, plan: Plan) -> Stage | None:
    """The stage a meeting belongs to; a table cannot be called where there is none that prioritises."""
    kind = MeetingKind(plan.kind)
    fitting = [s for s in processes.stages_of(session, process.id) if s.kind is STAGE_OF[kind]]
    named = [stage for stage in fitting if stage.slug == plan.stage] or fitting
    if not named and kind is MeetingKind.PRIORITISATION_TABLE:
        raise Invalid(kind=T("This process has no stage in which meetings set priorities."))
    return named[0] if named else None


def places_of(session: Session, process: Process, codes: Sequence[str]) -> list[Territory]:
    """The territories with these codes; refused where one is not of this process."""
    known = {place.code: place for place in processes.territories_of(session, process.id)}
    if not set(codes) <= known.keys():
        raise Invalid(territories=T("Choose among the listed places."))
    return [known[code] for code in dict.fromkeys(codes)]


def facts_of(process: Process, plan: Plan) -> dict[str, Any]:
    """The plan as the columns of a meeting."""
    same = (
        "title_es title_en purpose_es purpose_en starts_at ends_at place video_link capacity registration_opens_at "
        "registration_closes_at age_min age_max accessibility recording_notice"
    )
    return {
        **{name: getattr(plan, name) for name in same.split()},
        "audience": Audience(plan.audience),
        "timezone": zone_named(plan.timezone or process.timezone),
        "materials": list(plan.materials),
        "hosts": list(plan.hosts),
        "speakers": list(plan.speakers),
    }


def zone_named(name: str) -> str:
    """The name of a zone there is; refused next to its field otherwise."""
    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError):
        raise Invalid(timezone=T("There is no time zone of this name. Write one such as America/Santiago.")) from None


def put_places(work: Work, meeting_id: uuid.UUID, places: Sequence[Territory]) -> None:
    """Write down for the people of which places a meeting is."""
    work.session.execute(delete(MeetingTerritory).where(MeetingTerritory.meeting_id == meeting_id))
    work.session.add_all(MeetingTerritory(meeting_id=meeting_id, territory_id=place.id) for place in places)


def codes_of(session: Session, meeting_id: uuid.UUID) -> list[str]:
    """The codes of the places a meeting is for; none means all."""
    rows = select(Territory.code).join(MeetingTerritory, MeetingTerritory.territory_id == Territory.id)
    return list(session.scalars(rows.where(MeetingTerritory.meeting_id == meeting_id).order_by(Territory.position)))


def as_planned(meeting: Meeting, facts: dict[str, Any]) -> Meeting:
    """A meeting as it will be, to write letters from; it belongs to no session."""
    return Meeting(kind=meeting.kind, number=meeting.number, **facts)
