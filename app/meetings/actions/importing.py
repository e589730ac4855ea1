"""Attendance out of a video platform's report: matched to registrations; the rest is settled singly or together."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass

from app.kit import search
from app.kit.errors import Conflict, Invalid
from app.kit.i18n import T
from app.meetings import reports
from app.meetings.actions.attending import count, require_taking_place
from app.meetings.actions.posting import locked
from app.meetings.actions.registering import Wish, person_of
from app.meetings.models import Meeting, ReportLine
from app.meetings.queries import registrations as queries
from app.meetings.reports import Participant
from app.meetings.rules.attendance import Way
from app.people.rules import Permission
from app.process.models import Process
from app.work import Work

GUEST, BY_NAME = "guest", "person"
MOST_MINUTES = 600
MOST_AT_ONCE = 500


@dataclass(frozen=True)
class ToBringIn:
    """A report that was read, and how long somebody has to have been there to count."""

    participants: list[Participant]
    least_minutes: int


@dataclass(frozen=True)
class BroughtIn:
    """What became of a report."""

    counted: int
    already: int
    too_short: int
    unmatched: int


def to_bring_in(raw: bytes, least_minutes: int) -> ToBringIn:
    """Read a report outside the transaction; refused where it is none."""
    if not raw.strip():
        raise Invalid(report=T("Choose the file with the list of participants."))
    if not 0 <= least_minutes <= MOST_MINUTES:
        raise Invalid(least=T("Write how many minutes somebody must have been there."))
    return ToBringIn(reports.read(raw), least_minutes)


def bring_in(work: Work, process: Process, meeting: Meeting, made: ToBringIn) -> BroughtIn:
    """Count those in a report who were there long enough. Office or facilitator.

    Matched to registrations by e-mail, then by name. Whom no registration fits waits for the office, unless an earlier
    report named them already: bringing in the same file twice counts nobody twice.
    """
    work.require(Permission.RECORD_ATTENDANCE, process.id)
    require_taking_place(meeting)
    meeting = locked(work, meeting)
    known = queries.known_to(work.session, meeting.id)
    lines = queries.report_keys(work.session, meeting.id)
    seen = {search.plain(name): key for key, name in queries.attendees(work.session, meeting.id)}
    new = already = unmatched = 0
    stayed = [one for one in made.participants if one.minutes >= made.least_minutes]
    for one in stayed:
        found = queries.matching(known, one.name, one.address)
        person_id = found.person_id if found else None if one.address else seen.get(search.plain(one.name))
        key = _key(meeting, one)
        if person_id is not None:
            is_new = count(work, meeting, person_id, Way.PLATFORM, one.minutes)
            new, already = new + is_new, already + (not is_new)
        elif key in lines:
            already += 1
        else:
            work.session.add(_line(work, meeting, one, key))
            unmatched += 1
    too_short = len(made.participants) - len(stayed)
    facts = {"way": Way.PLATFORM.value, "counted": new, "unmatched": unmatched, "too_short": too_short}
    work.record("meeting.report_brought_in", meeting.subject, **facts, people=meeting.came)
    work.session.flush()
    return BroughtIn(new, already, too_short, unmatched)


def _key(meeting: Meeting, one: Participant) -> str:
    """What tells a line from another without keeping its name for longer than it has to be settled."""
    return hashlib.sha256(f"{meeting.id}\n{one.key}".encode()).hexdigest()


def _line(work: Work, meeting: Meeting, one: Participant, key: str) -> ReportLine:
    return ReportLine(
        meeting_id=meeting.id, key=key, name=one.name, address=one.address, minutes=one.minutes, at=work.now
    )


def settle_line(work: Work, process: Process, meeting: Meeting, line: ReportLine, who: str) -> bool:
    """Say who somebody in the report is. Office or facilitator.

    `who` is the key of a registration, `person` (note them by the name and address of the report) or `guest` (counted
    without a name). False: that person had been counted before.
    """
    work.require(Permission.RECORD_ATTENDANCE, process.id)
    require_taking_place(meeting)
    meeting = locked(work, meeting)
    if line.is_settled:
        raise Conflict(T("Somebody settled this line already."))
    if who in {GUEST, BY_NAME}:
        is_new = _settle(work, meeting, line, as_guest=who == GUEST)
    else:
        known = {str(one.registration.id): one.registration for one in queries.known_to(work.session, meeting.id)}
        if who not in known:
            raise Invalid(who=T("Choose who this is."))
        is_new = _count_line(work, meeting, line, known[who].person_id)
    work.record("meeting.report_line_settled", meeting.subject, as_guest=who == GUEST, people=meeting.came)
    return is_new


def settle_rest(work: Work, process: Process, meeting: Meeting, who: str) -> int:
    """Settle every line that is left at once, all as `guest` or all as `person`; how many were counted now.

    Office or facilitator. For a meeting to which most came without registering; a very long report takes several turns.
    """
    work.require(Permission.RECORD_ATTENDANCE, process.id)
    require_taking_place(meeting)
    if who not in {GUEST, BY_NAME}:
        raise Invalid(rest=T("Choose how they are counted."))
    meeting = locked(work, meeting)
    left = queries.unmatched(work.session, meeting.id, MOST_AT_ONCE)
    if not left:
        raise Conflict(T("Somebody settled these lines already."))
    new = sum(_settle(work, meeting, line, as_guest=who == GUEST) for line in left)
    facts = {"as_guest": who == GUEST, "lines": len(left), "counted": new}
    work.record("meeting.report_rest_settled", meeting.subject, **facts, people=meeting.came)
    return new


def _settle(work: Work, meeting: Meeting, line: ReportLine, *, as_guest: bool) -> bool:
    """Count whoever a line names, without a name or by the name and address of the report."""
    if as_guest:
        return _count_line(work, meeting, line, None)
    return _count_line(work, meeting, line, person_of(work, Wish(line.name, line.address, by_the_office=True)).id)


def _count_line(work: Work, meeting: Meeting, line: ReportLine, person_id: uuid.UUID | None) -> bool:
    is_new = count(work, meeting, person_id, Way.PLATFORM, line.minutes)
    line.is_settled, line.name, line.address = True, "", ""
    return is_new
