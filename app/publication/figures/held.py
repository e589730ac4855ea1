"""The tables of what was held: awareness sessions, prioritisation tables, sessions of the forum by year."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.i18n import T
from app.kit.text import say_date, say_number
from app.meetings.models import Meeting, MeetingTerritory
from app.meetings.queries import meetings
from app.meetings.rules.meeting import PUBLIC_STATES, TOOK_PLACE, Audience, MeetingKind
from app.process.models import Process, Territory
from app.proposals.rules import Precision
from app.publication.figures.drawn import PAGE, Asked, Cell, Drawn, once

MOST_SESSIONS = 1000
ACCESS = {Audience.OPEN: T("Open to everybody"), Audience.INVITED: T("Closed session")}


def awareness_sessions(session: Session, asked: Asked) -> Drawn:
    """Every awareness session: its day, topic, who might come and who spoke."""
    rows, following = _page(session, asked, MeetingKind.AWARENESS_SESSION)
    return Drawn(
        (T("Date"), T("Topic"), T("Access"), T("Who spoke")),
        [
            (
                Cell(_day(meeting, asked.language)),
                Cell(meeting.title(asked.language), _url(asked, meeting)),
                Cell(ACCESS[meeting.audience].into(asked.language)),
                Cell("; ".join(_spoke(one) for one in meeting.speakers)),
            )
            for meeting in rows
        ],
        next=following,
        sources=once(meeting.reported_source for meeting in rows),
    )


def prioritisation_tables(session: Session, asked: Asked) -> Drawn:
    """Every territorial and youth table: its day, its places and how many came, with the sum over all of them."""
    rows, following = _page(session, asked, MeetingKind.PRIORITISATION_TABLE)
    places = _places(session, rows, asked.language)
    total = say_number(meetings.count_attendances(session, asked.process.id), asked.language)
    return Drawn(
        (T("Number"), T("Meeting"), T("Date"), T("For the people of"), T("People who came")),
        [
            (
                Cell(str(meeting.number)),
                Cell(meeting.title(asked.language), _url(asked, meeting)),
                Cell(_day(meeting, asked.language)),
                Cell("; ".join(places[meeting.id])),
                Cell(say_number(meeting.people, asked.language) if meeting.state in TOOK_PLACE else ""),
            )
            for meeting in rows
        ],
        total=(Cell(T("In all").into(asked.language)), Cell(), Cell(), Cell(), Cell(total)),
        numbers=frozenset({4}),
        next=following,
        sources=once(meeting.reported_source for meeting in rows),
    )


def forum_sessions(session: Session, asked: Asked) -> Drawn:
    """How many sessions the forum held in each year, and in all."""
    held = Counter(row.astimezone(asked.process.zone).year for row in _held_at(session, asked.process))
    total = say_number(sum(held.values()), asked.language)
    return Drawn(
        (T("Year"), T("Sessions of the forum")),
        [(Cell(str(year)), Cell(say_number(held[year], asked.language))) for year in sorted(held)],
        total=(Cell(T("In all").into(asked.language)), Cell(total)),
        numbers=frozenset({1}),
        sources=_documents(session, asked.process),
    )


def _page(session: Session, asked: Asked, kind: MeetingKind) -> tuple[Sequence[Meeting], int | None]:
    wanted = (Meeting.process_id == asked.process.id, Meeting.kind == kind, Meeting.state.in_(PUBLIC_STATES))
    some = select(Meeting).where(*wanted, Meeting.number > asked.after).order_by(Meeting.number).limit(PAGE + 1)
    rows = session.scalars(some).all()
    return rows[:PAGE], rows[PAGE - 1].number if len(rows) > PAGE else None


def _held_at(session: Session, process: Process) -> Sequence[datetime]:
    wanted = (Meeting.process_id == process.id, Meeting.kind == MeetingKind.FORUM_SESSION)
    held = select(Meeting.starts_at).where(*wanted, Meeting.state.in_(TOOK_PLACE)).order_by(Meeting.number.desc())
    return session.scalars(held.limit(MOST_SESSIONS)).all()


def _documents(session: Session, process: Process) -> tuple[str, ...]:
    wanted = (
        Meeting.process_id == process.id,
        Meeting.kind == MeetingKind.FORUM_SESSION,
        Meeting.reported_source != "",
    )
    return once(session.scalars(select(Meeting.reported_source).where(*wanted).distinct().limit(PAGE)))


def _places(session: Session, rows: Sequence[Meeting], language: str) -> dict[uuid.UUID, list[str]]:
    found: dict[uuid.UUID, list[str]] = defaultdict(list)
    named = (
        select(MeetingTerritory.meeting_id, Territory)
        .join(Territory, Territory.id == MeetingTerritory.territory_id)
        .where(MeetingTerritory.meeting_id.in_([meeting.id for meeting in rows]))
        .order_by(Territory.position)
    )
    for key, place in session.execute(named):
        found[key].append(place.name(language))
    return found


def _spoke(one: Mapping[str, str]) -> str:
    said = f"{one['name']} ({one['organisation']})" if one["organisation"] else one["name"]
    return f"{one['role']}: {said}" if one["role"] else said


def _day(meeting: Meeting, language: str) -> str:
    known = "day" if meeting.starts_to_the is Precision.INSTANT else meeting.starts_to_the.value
    return say_date(meeting.starts_at.astimezone(meeting.zone).date(), language, known)


def _url(asked: Asked, meeting: Meeting) -> str:
    return asked.url(f"meetings/{meeting.slug}")
