"""What the pages of meetings do first: find the process and the meeting an address names, and ask who may."""

from __future__ import annotations

from app.meetings.models import Meeting, Registration
from app.meetings.queries import meetings, registrations
from app.people.models import Person
from app.people.rules import Permission
from app.process.doors import standing
from app.process.models import Process
from app.web.view import View


def public_meeting(view: View, slug: str, meeting: str) -> tuple[Process, Meeting]:
    """The process and a meeting the public may see."""
    process = standing(view, slug)
    return process, meetings.public_at(view.session, process.id, meeting)


def office_meeting(
    view: View, slug: str, meeting: str, may: Permission = Permission.CONVENE_MEETINGS
) -> tuple[Process, Meeting]:
    """The process and any meeting of it, for those who may."""
    process = standing(view, slug)
    view.require(may, process.id)
    return process, meetings.at(view.session, process.id, meeting)


def own_registration(view: View, slug: str, meeting: str, token: str) -> tuple[Process, Meeting, Registration, Person]:
    """The meeting and the registration a personal link belongs to."""
    process, found = public_meeting(view, slug, meeting)
    registration, person = registrations.by_token(view.session, found.id, token)
    return process, found, registration, person
