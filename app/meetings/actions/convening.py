"""Convening a meeting, changing it, cancelling it, holding it and closing it: the acts of the office."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.kit import ids
from app.kit.errors import Invalid, NotNow, Stale, WrongState
from app.kit.i18n import T
from app.meetings import letters
from app.meetings.actions.planning import (
    Plan,
    Reported,
    as_planned,
    checked,
    facts_of,
    places_of,
    put_places,
    stage_for,
)
from app.meetings.actions.posting import LANGUAGES, Letters, fill_places, locked, post_to_all, require_own, to_fill
from app.meetings.models import Meeting, MeetingAct, PersonalLink, Registration, ReportLine
from app.meetings.queries import meetings as queries
from app.meetings.queries.registrations import readers
from app.meetings.rules.attendance import RegistrationState
from app.meetings.rules.meeting import CHANGEABLE, COME_BEFORE, MEETING, ActKind, MeetingKind, MeetingState
from app.people.rules import Permission
from app.process.models import Process, Territory
from app.proposals.rules import source_fault
from app.trail.rules import instant
from app.work import Work

SHORTEST_REASON = 10
HAVE_OR_WANT = (RegistrationState.REGISTERED, RegistrationState.WAITING)


@dataclass(frozen=True)
class ToChange:
    """A change written out before the transaction: the columns, the places, and the letters where the date moves."""

    facts: dict[str, Any]
    places: Sequence[Territory]
    reason: str
    revision: int
    notice: Letters | None
    moved_up: Letters


def draft(work: Work, process: Process, plan: Plan) -> Meeting:
    """Begin a meeting that only the office sees. Office only."""
    work.require(Permission.CONVENE_MEETINGS, process.id)
    meeting = _row(work, process, checked(plan), "draft")
    work.record("meeting.drafted", meeting.subject, **_facts(meeting))
    work.session.flush()
    return meeting


def convene(work: Work, process: Process, plan: Plan) -> Meeting:
    """Convene a meeting: from now on it stands in the calendar, and people register in its time. Office only."""
    work.require(Permission.CONVENE_MEETINGS, process.id)
    meeting = _row(work, process, checked(plan), "convene")
    meeting.convened_at = work.now
    work.record("meeting.convened", meeting.subject, **_facts(meeting))
    work.session.flush()
    return meeting


def _row(work: Work, process: Process, plan: Plan, move: str) -> Meeting:
    kind = MeetingKind(plan.kind)
    stage = stage_for(work.session, process, plan)
    places = places_of(work.session, process, plan.territories)
    meeting = Meeting(
        id=ids.new_id(),
        process_id=process.id,
        stage_id=stage.id if stage else None,
        kind=kind,
        number=queries.last_number(work.session, process.id, kind) + 1,
        state=MEETING.after(None, move),
        provenance=plan.provenance,
        **facts_of(process, plan),
    )
    work.session.add(meeting)
    work.session.flush()
    put_places(work, meeting.id, places)
    return meeting


def _facts(meeting: Meeting) -> dict[str, Any]:
    """What the trail says of a meeting; never its video link."""
    return {
        "kind": meeting.kind.value,
        "starts_at": instant(meeting.starts_at),
        "ends_at": instant(meeting.ends_at),
        "capacity": meeting.capacity,
        "audience": meeting.audience.value,
    }


def announce(work: Work, process: Process, meeting: Meeting) -> None:
    """Make a draft public. Office only."""
    work.require(Permission.CONVENE_MEETINGS, process.id)
    meeting.state = MEETING.after(meeting.state, "convene")
    meeting.convened_at = work.now
    work.record("meeting.convened", meeting.subject, **_facts(meeting))


def report(work: Work, process: Process, plan: Plan, told: Reported) -> Meeting:
    """Enter a meeting of the past out of a document, with its source; nobody is registered for it. Office only.

    Sessions of the forum too: those that were held before it met here.
    """
    work.require(Permission.CONVENE_MEETINGS, process.id)
    if (missing := source_fault(told.source)) is not None:
        raise Invalid(reported_source=missing)
    if told.people is not None and told.people < 0:
        raise Invalid(reported_people=T("Write how many people came, or leave it empty."))
    meeting = _row(work, process, checked(plan, set(MeetingKind)), "report")
    if meeting.starts_at > work.now:
        raise Invalid(starts_at=T("Only what has already taken place can be entered from a document."))
    meeting.provenance, meeting.starts_to_the = told.provenance, told.starts_to_the
    meeting.reported_people, meeting.reported_source = told.people, told.source.strip()[:300]
    facts = {"kind": meeting.kind.value, "people": told.people, "source": meeting.reported_source}
    work.record("meeting.reported", meeting.subject, **facts, provenance=told.provenance.value, at=meeting.starts_at)
    work.session.flush()
    return meeting


def to_change(session: Session, process: Process, meeting: Meeting, plan: Plan, reason: str) -> ToChange:
    """Check a change and write its letters, outside the transaction."""
    facts = facts_of(process, checked(plan))
    later = as_planned(meeting, facts)
    notice = None
    if meeting.state is MeetingState.CONVENED and _is_moved(meeting, facts):
        if len(reason.strip()) < SHORTEST_REASON:
            raise Invalid(reason=T("Write the reason that the public will read, in at least one short sentence."))
        notice = {language: letters.changed(process, later, language, reason.strip()) for language in LANGUAGES}
    places = places_of(session, process, plan.territories)
    return ToChange(facts, places, reason.strip(), meeting.revision, notice, to_fill(process, later))


def _is_moved(meeting: Meeting, facts: dict[str, Any]) -> bool:
    return any(getattr(meeting, name) != facts[name] for name in ("starts_at", "ends_at", "timezone", "place"))


def change(work: Work, process: Process, meeting: Meeting, made: ToChange, seen: int | None = None) -> None:
    """Change a meeting that has not begun. Office only.

    Once it is announced, its hour and place move only for a public reason, and those who registered get a notice.
    More places are given at once to those who wait; never fewer than are taken.
    """
    work.require(Permission.CONVENE_MEETINGS, process.id)
    require_own(meeting)
    meeting = locked(work, meeting)
    if meeting.state not in CHANGEABLE:
        raise WrongState(_no_longer(), meeting.state.value, MEETING.moves_from(meeting.state))
    if made.revision != meeting.revision or (seen is not None and seen != meeting.revision):
        raise Stale
    capacity = made.facts["capacity"]
    if capacity is not None and capacity < meeting.registered:
        raise Invalid(capacity=T("{n} people have a place already.", n=meeting.registered))
    before = meeting.starts_at
    for name, value in made.facts.items():
        setattr(meeting, name, value)
    meeting.revision += 1
    put_places(work, meeting.id, made.places)
    moved = made.notice is not None and meeting.state is MeetingState.CONVENED
    work.record("meeting.changed", meeting.subject, **_facts(meeting), reason=made.reason if moved else None)
    if moved and made.notice is not None:
        _tell(work, meeting, ActKind.MOVED, made.reason, before)
        post_to_all(work, readers(work.session, meeting.id, HAVE_OR_WANT), made.notice)
        _remind_again(work, meeting)
    fill_places(work, meeting, made.moved_up)


def _no_longer() -> Any:
    return T("This meeting has begun or is over: it no longer changes.")


def _tell(work: Work, meeting: Meeting, kind: ActKind, reason: str, before: datetime) -> None:
    after = meeting.starts_at if kind is ActKind.MOVED else None
    row = MeetingAct(meeting_id=meeting.id, kind=kind, reason=reason, before=before, after=after, at=work.now)
    work.session.add(row)


def _remind_again(work: Work, meeting: Meeting) -> None:
    meeting.reminded_at = None
    mine = update(Registration).where(Registration.meeting_id == meeting.id)
    work.session.execute(mine.values(reminded_at=None))


def to_cancel(process: Process, meeting: Meeting, reason: str) -> Letters:
    """The letters of a cancellation, written before the transaction; refused without a public reason."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid(reason=T("Write the reason that the public will read, in at least one short sentence."))
    return {language: letters.cancelled(process, meeting, language, reason.strip()) for language in LANGUAGES}


def cancel(work: Work, process: Process, meeting: Meeting, reason: str, written: Letters) -> int:
    """Cancel an announced meeting for a public reason and tell those who registered. Office only; says how many."""
    work.require(Permission.CONVENE_MEETINGS, process.id)
    require_own(meeting)
    meeting = locked(work, meeting)
    meeting.state = MEETING.after(meeting.state, "cancel")
    _tell(work, meeting, ActKind.CANCELLED, reason.strip(), meeting.starts_at)
    told = post_to_all(work, readers(work.session, meeting.id, HAVE_OR_WANT), written)
    work.record("meeting.cancelled", meeting.subject, reason=reason.strip())
    return told


def hold(work: Work, process: Process, meeting: Meeting) -> None:
    """Begin a meeting, from an hour before its start. Office, or whoever facilitates it."""
    work.require(Permission.RECORD_ATTENDANCE, process.id)
    require_own(meeting)
    if work.now < meeting.starts_at - COME_BEFORE:
        raise NotNow(T("A meeting begins from an hour before its time on."), meeting.starts_at, meeting.ends_at)
    meeting.state = MEETING.after(meeting.state, "hold")
    work.record("meeting.held", meeting.subject, kind=meeting.kind.value)


def close(work: Work, process: Process, meeting: Meeting) -> None:
    """Close a meeting: its attendance stands, and what was kept only for its day goes. Office only."""
    work.require(Permission.CONVENE_MEETINGS, process.id)
    require_own(meeting)
    meeting = locked(work, meeting)
    meeting.state = MEETING.after(meeting.state, "close")
    _forget_the_day(work, meeting.id)
    meeting.room_code_hash, meeting.video_link = None, ""
    work.record("meeting.closed", meeting.subject, people=meeting.people)


def _forget_the_day(work: Work, meeting_id: uuid.UUID) -> None:
    """Needs, years of birth, names in the platform's report and personal links have had their purpose."""
    session = work.session
    mine = Registration.meeting_id == meeting_id
    session.execute(update(Registration).where(mine).values(needs="", birth_year=None))
    theirs = select(Registration.id).where(mine)
    session.execute(delete(PersonalLink).where(PersonalLink.registration_id.in_(theirs)))
    session.execute(delete(ReportLine).where(ReportLine.meeting_id == meeting_id))
