"""How meetings forget a person: their needs, year and links go, a place to come is freed; that one more came stays."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from app.accounts.erasing import Forget, Leaving
from app.meetings.actions import ask_to_fill
from app.meetings.actions.posting import locked
from app.meetings.models import Attendance, Meeting, PersonalLink, Registration, ReportLine
from app.meetings.rules.attendance import REGISTRATION, RegistrationState
from app.meetings.rules.meeting import MeetingState
from app.work import Work


def _registrations(work: Work, leaving: Leaving) -> None:
    session = work.session
    mine = session.scalars(select(Registration).where(Registration.person_id == leaving.person_id)).all()
    session.execute(delete(PersonalLink).where(PersonalLink.registration_id.in_([row.id for row in mine])))
    session.execute(delete(ReportLine).where(ReportLine.address.in_(leaving.addresses)))
    for row in mine:
        row.needs, row.birth_year, row.territory_id = "", None, None
        _free(work, row)


def _free(work: Work, row: Registration) -> None:
    """Free the place of somebody who can no longer come; who waits gets it by a job, with a letter."""
    meeting = locked(work, work.session.get_one(Meeting, row.meeting_id))
    if meeting.state is not MeetingState.CONVENED or row.state is RegistrationState.CANCELLED:
        return
    if row.state is RegistrationState.REGISTERED:
        meeting.registered -= 1
    else:
        meeting.waiting -= 1
    row.state = REGISTRATION.after(row.state, "cancel")
    work.session.flush()
    ask_to_fill(work, meeting.id)


def _attendances(work: Work, leaving: Leaving) -> None:
    """That one more came stays, without whom."""
    mine = update(Attendance).where(Attendance.person_id == leaving.person_id)
    work.session.execute(mine.values(person_id=None))


MEETINGS: dict[str, Forget | str] = {
    "meeting_attendances": _attendances,
    "meeting_minutes": "Who wrote and who approved minutes is the office's record; the key names nobody any more.",
    "meeting_registrations": _registrations,
}
