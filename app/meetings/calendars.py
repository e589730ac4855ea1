"""Meetings for calendar programs: stable keys, the zone inside, cancelled ones said as such; never the video link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.meetings.models import Meeting
from app.meetings.rules.meeting import MeetingState

if TYPE_CHECKING:
    from icalendar import Calendar, Event


def book(name: str) -> Calendar:
    """An empty calendar of this name."""
    from icalendar import Calendar  # noqa: PLC0415 - only calendar files need it

    made = Calendar()
    made.add("prodid", "-//Minga//calendar//")
    made.add("version", "2.0")
    made.add("x-wr-calname", name)
    return made


def event(meeting: Meeting, language: str, base: str) -> Event:
    """One meeting as an event; `base` is the address of the list of meetings."""
    from icalendar import Event  # noqa: PLC0415 - only calendar files need it

    made = Event()
    made.add("uid", f"{meeting.id}@minga")
    made.add("dtstamp", meeting.convened_at or meeting.starts_at)
    made.add("sequence", meeting.revision)
    made.add("summary", meeting.title(language))
    made.add("dtstart", meeting.starts_at.astimezone(meeting.zone))
    made.add("dtend", meeting.ends_at.astimezone(meeting.zone))
    made.add("status", "CANCELLED" if meeting.state is MeetingState.CANCELLED else "CONFIRMED")
    if meeting.place:
        made.add("location", meeting.place)
    made.add("url", f"{base}/{meeting.slug}")
    return made
