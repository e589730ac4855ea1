"""Meetings that another slice convenes, such as sessions of the forum: here they only stand in the calendar.

These acts ask nobody and record nothing: whoever calls them has asked who may, and records the act itself.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime, timedelta

from app.kit import ids
from app.meetings.actions.planning import Plan, facts_of, put_places
from app.meetings.models import Meeting, MeetingAct
from app.meetings.queries import meetings as queries
from app.meetings.rules.meeting import LONGEST_TITLE, MEETING, ActKind, Audience, MeetingKind, is_link
from app.process.models import Process
from app.proposals.rules import Provenance
from app.work import Work

USUALLY = timedelta(hours=2)


def convene_for(work: Work, process: Process, plan: Plan, row_id: uuid.UUID, more_at: str) -> Meeting:
    """Put into the calendar what another slice has convened; `more_at` is the page where that slice tells of it.

    A place that is a link of the web is kept as the video link, which the public does not see. Without an end it is
    thought to take two hours.
    """
    kind = MeetingKind(plan.kind)
    place, link = _where(plan.place, plan.video_link)
    ends_at = plan.ends_at or (plan.starts_at + USUALLY if plan.starts_at else None)
    fitted = replace(
        plan,
        title_es=plan.title_es[:LONGEST_TITLE],
        ends_at=ends_at,
        place=place,
        video_link=link,
        audience=Audience.INVITED.value,
    )
    meeting = Meeting(
        id=ids.new_id(),
        process_id=process.id,
        kind=kind,
        number=queries.last_number(work.session, process.id, kind) + 1,
        state=MEETING.after(None, "convene"),
        convened_at=work.now,
        provenance=Provenance.NATIVE,
        convened_for=row_id,
        more_at=more_at,
        **facts_of(process, fitted),
    )
    work.session.add(meeting)
    work.session.flush()
    put_places(work, meeting.id, [])
    return meeting


def move_with(work: Work, row_id: uuid.UUID, move: str, came: int | None = None) -> None:
    """Move a meeting along with the row it was convened for: held, closed; `came` is how many that slice counted."""
    meeting = queries.convened_for(work.session, row_id)
    if meeting is None:
        return
    meeting.state = MEETING.after(meeting.state, move)
    if came is not None:
        meeting.came = came


def move_to(work: Work, row_id: uuid.UUID, to: tuple[datetime, str], reason: str) -> None:
    """Move a meeting to the hour and place that the row it was convened for has now; it lasts as long as before."""
    meeting = queries.convened_for(work.session, row_id)
    if meeting is None:
        return
    starts_at, place = to
    act = MeetingAct(kind=ActKind.MOVED, reason=reason, before=meeting.starts_at, after=starts_at, at=work.now)
    act.meeting_id = meeting.id
    work.session.add(act)
    meeting.starts_at, meeting.ends_at = starts_at, starts_at + (meeting.ends_at - meeting.starts_at)
    meeting.place, meeting.video_link = _where(place)
    meeting.revision += 1


def cancel_with(work: Work, row_id: uuid.UUID, reason: str) -> None:
    """Cancel a meeting along with the row it was convened for; calendar programs are told so too."""
    meeting = queries.convened_for(work.session, row_id)
    if meeting is None:
        return
    meeting.state = MEETING.after(meeting.state, "cancel")
    meeting.revision += 1
    act = MeetingAct(kind=ActKind.CANCELLED, reason=reason, before=meeting.starts_at, after=None, at=work.now)
    act.meeting_id = meeting.id
    work.session.add(act)


def _where(place: str, link: str = "") -> tuple[str, str]:
    """The place everybody reads, and the link that only those who come are given."""
    return ("", place[:600]) if is_link(place) else (place[:300], link[:600])
