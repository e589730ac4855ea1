"""Finding meetings, listing them for the public and the office, and counting them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, exists, func, not_, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from app.kit.errors import NotFound
from app.meetings.models import Meeting, MeetingAct, MeetingTerritory
from app.meetings.rules.meeting import (
    PUBLIC_STATES,
    REMIND_BEFORE,
    STAGE_OF,
    TOOK_PLACE,
    MeetingKind,
    MeetingState,
    parse_slug,
)
from app.process.models import Stage, Territory
from app.proposals.rules import Precision

PAGE = 20
MOST_IN_A_CALENDAR = 500


@dataclass(frozen=True)
class Listing:
    """One page of past meetings, with the key of its last row where more follow."""

    rows: Sequence[Meeting]
    next: str | None


def at(session: Session, process_id: uuid.UUID, slug: str) -> Meeting:
    """The meeting at this address, drafts too; for those who may."""
    named = parse_slug(slug)
    if named is None:
        raise NotFound
    wanted = (Meeting.process_id == process_id, Meeting.kind == named[0], Meeting.number == named[1])
    meeting = session.scalars(select(Meeting).where(*wanted)).one_or_none()
    if meeting is None:
        raise NotFound
    return meeting


def public_at(session: Session, process_id: uuid.UUID, slug: str) -> Meeting:
    """The meeting at this address if the public may see it; a draft is refused like one that does not exist."""
    meeting = at(session, process_id, slug)
    if meeting.state not in PUBLIC_STATES:
        raise NotFound
    return meeting


def by_id(session: Session, meeting_id: uuid.UUID) -> Meeting:
    """The meeting with this key."""
    meeting = session.get(Meeting, meeting_id)
    if meeting is None:
        raise NotFound
    return meeting


def convened_for(session: Session, row_id: uuid.UUID) -> Meeting | None:
    """The meeting that stands in the calendar for a row of another slice, such as a session of the forum."""
    return session.scalars(select(Meeting).where(Meeting.convened_for == row_id)).one_or_none()


def _public(process_id: uuid.UUID, kind: MeetingKind | None) -> list[ColumnElement[bool]]:
    wanted = [Meeting.process_id == process_id, Meeting.state.in_(PUBLIC_STATES)]
    return [*wanted, Meeting.kind == kind] if kind else wanted


def _listed(process_id: uuid.UUID, kind: MeetingKind | None) -> list[ColumnElement[bool]]:
    """The public meetings of a list; one of all kinds is not buried under those dated only to the year."""
    wanted = _public(process_id, kind)
    return wanted if kind else [*wanted, Meeting.starts_to_the != Precision.YEAR]


def _is_over(now: datetime) -> ColumnElement[bool]:
    return or_(Meeting.ends_at <= now, Meeting.state == MeetingState.CLOSED)


def coming(session: Session, process_id: uuid.UUID, now: datetime, kind: MeetingKind | None = None) -> list[Meeting]:
    """The public meetings that are not over, the next first."""
    wanted = (*_listed(process_id, kind), not_(_is_over(now)))
    rows = select(Meeting).where(*wanted).order_by(Meeting.starts_at, Meeting.id).limit(MOST_IN_A_CALENDAR)
    return list(session.scalars(rows))


def next_few(session: Session, process_id: uuid.UUID, now: datetime, limit: int) -> list[Meeting]:
    """The public meetings that begin next and do take place."""
    wanted = (*_listed(process_id, None), Meeting.starts_at > now, Meeting.state != MeetingState.CANCELLED)
    rows = select(Meeting).where(*wanted).order_by(Meeting.starts_at, Meeting.id).limit(limit)
    return list(session.scalars(rows))


def past(
    session: Session, process_id: uuid.UUID, now: datetime, kind: MeetingKind | None = None, after: str = ""
) -> Listing:
    """One page of the public meetings that are over, the latest first; `after` is the key of the last row shown."""
    statement = select(Meeting).where(*_listed(process_id, kind), _is_over(now))
    rows = _page(session, statement, after)
    return Listing(rows[:PAGE], str(rows[PAGE - 1].id) if len(rows) > PAGE else None)


def listed(session: Session, process_id: uuid.UUID, kind: MeetingKind | None, after: str, limit: int) -> Listing:
    """One page of all public meetings, the latest first."""
    rows = _page(session, select(Meeting).where(*_public(process_id, kind)), after, limit)
    return Listing(rows[:limit], str(rows[limit - 1].id) if len(rows) > limit else None)


def _page(session: Session, statement: object, after: str, limit: int = PAGE) -> list[Meeting]:
    if after:
        last = by_id(session, _key(after))
        statement = statement.where(tuple_(Meeting.starts_at, Meeting.id) < (last.starts_at, last.id))  # type: ignore[attr-defined]
    ordered = statement.order_by(Meeting.starts_at.desc(), Meeting.id.desc()).limit(limit + 1)  # type: ignore[attr-defined]
    return list(session.scalars(ordered))


def _key(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotFound from None


def of_office(session: Session, process_id: uuid.UUID, after: str = "") -> Listing:
    """One page of all meetings of a process, drafts and cancelled ones too, the latest first."""
    rows = _page(session, select(Meeting).where(Meeting.process_id == process_id), after)
    return Listing(rows[:PAGE], str(rows[PAGE - 1].id) if len(rows) > PAGE else None)


def for_calendar(session: Session, process_id: uuid.UUID) -> list[Meeting]:
    """The public meetings by date, for a calendar of the whole process; without those dated only to the year."""
    rows = select(Meeting).where(*_listed(process_id, None)).order_by(Meeting.starts_at, Meeting.id)
    return list(session.scalars(rows.limit(MOST_IN_A_CALENDAR)))


def has_meetings(process_id: uuid.UUID) -> ColumnElement[bool]:
    """Whether a process has public meetings, or stages whose business they are: a question for a statement."""
    there = exists().where(Meeting.process_id == process_id, Meeting.state.in_(PUBLIC_STATES))
    kinds = [STAGE_OF[kind] for kind in MeetingKind if kind is not MeetingKind.FORUM_SESSION]
    meant = exists().where(Stage.process_id == process_id, Stage.kind.in_(kinds))
    return there | meant


def kinds_there(session: Session, process_id: uuid.UUID) -> dict[MeetingKind, int]:
    """The kinds of meetings the public finds in a process, each with how many are dated only to the year."""
    only_year = func.sum(case((Meeting.starts_to_the == Precision.YEAR, 1), else_=0))
    rows = session.execute(select(Meeting.kind, only_year).where(*_public(process_id, None)).group_by(Meeting.kind))
    found = {kind: int(count) for kind, count in rows}
    return {kind: found[kind] for kind in MeetingKind if kind in found}


def territories_of(session: Session, meetings: Sequence[Meeting]) -> dict[uuid.UUID, list[Territory]]:
    """The places each of these meetings is for; one that is for everybody is left out."""
    rows = session.execute(
        select(MeetingTerritory.meeting_id, Territory)
        .join(Territory, Territory.id == MeetingTerritory.territory_id)
        .where(MeetingTerritory.meeting_id.in_([meeting.id for meeting in meetings]))
        .order_by(Territory.position, Territory.code)
    )
    found: dict[uuid.UUID, list[Territory]] = {}
    for meeting_id, territory in rows:
        found.setdefault(meeting_id, []).append(territory)
    return found


def acts_of(session: Session, meeting_id: uuid.UUID) -> list[MeetingAct]:
    """What was moved or cancelled and why, the latest first."""
    rows = select(MeetingAct).where(MeetingAct.meeting_id == meeting_id).order_by(MeetingAct.at.desc())
    return list(session.scalars(rows.limit(20)))


def last_number(session: Session, process_id: uuid.UUID, kind: MeetingKind) -> int:
    """The number of the last meeting of a kind, or 0."""
    wanted = (Meeting.process_id == process_id, Meeting.kind == kind)
    return session.scalar(select(func.max(Meeting.number)).where(*wanted)) or 0


def to_remind(session: Session, now: datetime) -> list[Meeting]:
    """The meetings that begin within a day and whose people were not yet reminded."""
    wanted = (
        Meeting.state == MeetingState.CONVENED,
        Meeting.starts_at > now,
        Meeting.starts_at <= now + REMIND_BEFORE,
        Meeting.reminded_at.is_(None),
        Meeting.registered > 0,
    )
    return list(session.scalars(select(Meeting).where(*wanted).limit(20)))


def count_of(session: Session, process_id: uuid.UUID, kind: MeetingKind) -> int:
    """How many meetings of a kind were announced or held; cancelled ones do not count."""
    counted = PUBLIC_STATES - {MeetingState.CANCELLED}
    wanted = (Meeting.process_id == process_id, Meeting.kind == kind, Meeting.state.in_(counted))
    return session.scalar(select(func.count()).select_from(Meeting).where(*wanted)) or 0


def count_reported(
    session: Session, process_id: uuid.UUID, kind: MeetingKind, within: tuple[datetime | None, datetime | None]
) -> int:
    """How many meetings of a kind are known only because a document tells of them, from one instant to another."""
    wanted = [Meeting.process_id == process_id, Meeting.kind == kind, Meeting.reported_source != ""]
    since, until = within
    wanted += [Meeting.starts_at >= since] if since else []
    wanted += [Meeting.starts_at < until] if until else []
    return session.scalar(select(func.count()).select_from(Meeting).where(*wanted)) or 0


def count_awareness_sessions(session: Session, process_id: uuid.UUID) -> int:
    """How many awareness sessions a process announced or held."""
    return count_of(session, process_id, MeetingKind.AWARENESS_SESSION)


def count_forum_sessions(session: Session, process_id: uuid.UUID) -> int:
    """How many sessions its forum called or held."""
    return count_of(session, process_id, MeetingKind.FORUM_SESSION)


def count_prioritisation_tables(session: Session, process_id: uuid.UUID) -> int:
    """How many territorial and youth meetings a process announced or held."""
    return count_of(session, process_id, MeetingKind.PRIORITISATION_TABLE)


_PEOPLE = case((Meeting.came > 0, Meeting.came), else_=func.coalesce(Meeting.reported_people, 0))


def people_by_place(session: Session, process_id: uuid.UUID) -> dict[uuid.UUID | None, tuple[int, int]]:
    """How many meetings with a known number of people took place for each place alone, and how many came to them;
    under no place those for several or for everybody.
    """
    held = (Meeting.process_id == process_id, Meeting.state.in_(TOOK_PLACE), _PEOPLE > 0)
    other = aliased(MeetingTerritory)
    alone = ~exists().where(
        other.meeting_id == MeetingTerritory.meeting_id, other.territory_id != MeetingTerritory.territory_id
    )
    told = select(MeetingTerritory.territory_id, func.count(), func.sum(_PEOPLE))
    told = told.join(Meeting, Meeting.id == MeetingTerritory.meeting_id).where(*held, alone)
    rows = session.execute(told.group_by(MeetingTerritory.territory_id))
    found: dict[uuid.UUID | None, tuple[int, int]] = {row[0]: (row[1], int(row[2])) for row in rows}
    meetings, people = session.execute(select(func.count(), func.sum(_PEOPLE)).where(*held)).one()
    for count, came in found.values():
        meetings, people = meetings - count, people - came
    return found | ({None: (meetings, int(people))} if meetings else {})


def count_attendances(session: Session, process_id: uuid.UUID) -> int:
    """How many came to the prioritisation tables in all: counted there, or reported where nobody was counted."""
    wanted = (
        Meeting.process_id == process_id,
        Meeting.kind == MeetingKind.PRIORITISATION_TABLE,
        Meeting.state.in_(TOOK_PLACE),
    )
    return int(session.scalar(select(func.coalesce(func.sum(_PEOPLE), 0)).where(*wanted)) or 0)


COUNTS = {
    "awareness_sessions": count_awareness_sessions,
    "forum_sessions": count_forum_sessions,
    "prioritisation_tables": count_prioritisation_tables,
    "attendances": count_attendances,
}
"""What a process counts of its meetings, for the readings of a process."""
