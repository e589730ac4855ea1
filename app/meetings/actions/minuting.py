"""Minutes: written by one, approved by another, published by the office; afterwards only added to."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.kit.errors import Conflict, Invalid, NotAllowed, NotFound, Stale, WrongState
from app.kit.i18n import T, Text
from app.meetings.models import Addendum, Agreement, Meeting, Minutes
from app.meetings.queries import minutes as queries
from app.meetings.rules.meeting import TOOK_PLACE, MeetingKind, MeetingState
from app.meetings.rules.minutes import LONGEST, MINUTES, MOST_AGREEMENTS, SHORTEST_AGENDA, MinutesState
from app.people.rules import Permission
from app.process.models import Process
from app.process.rules import folios_meant
from app.proposals import queries as proposals
from app.work import Work


@dataclass(frozen=True)
class MinutesText:
    """What the minutes say; each agreement with the folio of the proposal it is about, or without."""

    agenda: str
    agreements: tuple[tuple[str, str], ...] = ()
    dissent: str = ""
    annexes: tuple[dict[str, str], ...] = ()
    version: int | None = None


def write(work: Work, process: Process, meeting: Meeting, text: MinutesText) -> Minutes:
    """Write the minutes of a meeting that took place; what was approved waits for approval again. Office, facilitator.

    Refused once they are published: then only an addendum says more.
    """
    work.require(Permission.RECORD_ATTENDANCE, process.id)
    require_own_minutes(meeting)
    if meeting.state not in TOOK_PLACE:
        raise WrongState(T("Minutes are written once the meeting has begun."), meeting.state.value, [])
    found = queries.of_meeting(work.session, meeting.id)
    state = MINUTES.after(found.state if found else None, "write")
    linked = _check(work.session, process, text)
    if found is not None and text.version is not None and text.version != found.version:
        raise Stale
    minutes = found or Minutes(meeting_id=meeting.id)
    minutes.state, minutes.agenda, minutes.dissent = state, text.agenda, text.dissent
    minutes.annexes, minutes.people = list(text.annexes), meeting.people
    minutes.written_by_person_id, minutes.written_at = work.actor.person_id, work.now
    minutes.approved_by_person_id = minutes.approved_at = None
    work.session.add(minutes)
    work.session.flush()
    work.session.execute(delete(Agreement).where(Agreement.minutes_id == minutes.id))
    for number, (words, proposal_id) in enumerate(linked, 1):
        work.session.add(Agreement(minutes_id=minutes.id, number=number, text=words, proposal_id=proposal_id))
    work.record("meeting.minutes_written", meeting.subject, agreements=len(linked))
    work.session.flush()
    return minutes


def require_own_minutes(meeting: Meeting) -> None:
    """A session of the forum has its minutes on the forum's own page."""
    if meeting.kind is MeetingKind.FORUM_SESSION:
        raise NotFound


def _check(session: Session, process: Process, text: MinutesText) -> list[tuple[str, uuid.UUID | None]]:
    faults: dict[str, Text] = {}
    if len(text.agenda) < SHORTEST_AGENDA:
        faults["agenda"] = T("Write what was on the agenda, in at least one short sentence.")
    for name in ("agenda", "dissent"):
        if len(getattr(text, name)) > LONGEST:
            faults[name] = T("This is too long: at most {n} characters.", n=LONGEST)
    if len(text.agreements) > MOST_AGREEMENTS:
        faults["agreement-1"] = T("At most {n} agreements.", n=MOST_AGREEMENTS)
    linked = []
    for number, (words, typed) in enumerate(text.agreements, 1):
        proposal_id = _public_key(session, process, typed) if typed else None
        if typed and proposal_id is None:
            faults[f"folio-{number}"] = T("There is no public proposal with this folio.")
        if not words:
            faults[f"agreement-{number}"] = T("Write what was agreed about this proposal.")
        linked.append((words, proposal_id))
    if faults:
        raise Invalid(**faults)
    return linked


def _public_key(session: Session, process: Process, typed: str) -> uuid.UUID | None:
    if not folios_meant(typed):
        return None
    try:
        return proposals.public_by_folio(session, process.id, typed).id
    except NotFound:
        return None


def approve(work: Work, process: Process, meeting: Meeting, seen: int | None = None) -> None:
    """Approve the minutes as they stand. Office, and another person than whoever wrote them last."""
    work.require(Permission.CONVENE_MEETINGS, process.id)
    minutes = _there(work, meeting, seen)
    after = MINUTES.after(minutes.state, "approve")
    if minutes.written_by_person_id == work.actor.person_id:
        raise NotAllowed(T("Another person than the one who wrote the minutes has to approve them."))
    minutes.state, minutes.approved_by_person_id, minutes.approved_at = after, work.actor.person_id, work.now
    work.record("meeting.minutes_approved", meeting.subject)


def publish(work: Work, process: Process, meeting: Meeting) -> None:
    """Publish approved minutes of a closed meeting, with its final attendance; they no longer change. Office only."""
    work.require(Permission.CONVENE_MEETINGS, process.id)
    minutes = _there(work, meeting)
    after = MINUTES.after(minutes.state, "publish")
    if meeting.state is not MeetingState.CLOSED:
        raise Conflict(T("Close the meeting first: its attendance belongs into the minutes."))
    minutes.state, minutes.published_at, minutes.people = after, work.now, meeting.people
    work.record("meeting.minutes_published", meeting.subject, people=meeting.people)


def add_addendum(work: Work, process: Process, meeting: Meeting, words: str) -> Addendum:
    """Add to published minutes; nothing in them is altered. Office only."""
    work.require(Permission.CONVENE_MEETINGS, process.id)
    minutes = _there(work, meeting)
    if minutes.state is not MinutesState.PUBLISHED:
        raise WrongState(
            T("Minutes that are not published yet are simply written anew."),
            minutes.state.value,
            MINUTES.moves_from(minutes.state),
        )
    if not SHORTEST_AGENDA <= len(words) <= LONGEST:
        raise Invalid(addendum=T("Write what is added, in at least one short sentence."))
    number = len(queries.addenda_of(work.session, minutes.id)) + 1
    row = Addendum(minutes_id=minutes.id, number=number, text=words, at=work.now)
    work.session.add(row)
    work.record("meeting.minutes_added_to", meeting.subject, number=number)
    return row


def _there(work: Work, meeting: Meeting, seen: int | None = None) -> Minutes:
    minutes = queries.of_meeting(work.session, meeting.id)
    if minutes is None:
        raise NotFound
    if seen is not None and seen != minutes.version:
        raise Stale
    return minutes
