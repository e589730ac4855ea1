"""Calling people to a session: what a letter is about, and what a change of time or place has to say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.kit.i18n import T, Text

SHORTEST_BECAUSE = 10
LONGEST_BECAUSE = 1000
LONGEST_PLACE = 300


class NoticeKind(StrEnum):
    """What those who sit in the forum are told of a session."""

    CALLED = "called"
    MOVED = "moved"
    CANCELLED = "cancelled"


NOTICE_WORDS: dict[NoticeKind, Text] = {
    NoticeKind.CALLED: T("The session was called"),
    NoticeKind.MOVED: T("The session was moved"),
    NoticeKind.CANCELLED: T("The session was cancelled"),
}


@dataclass(frozen=True)
class Move:
    """When and where a session is held instead, and the reason everybody reads."""

    held_at: datetime | None
    place: str
    because: str


def because_fault(because: str) -> Text | None:
    """What is wrong with a public reason."""
    if not SHORTEST_BECAUSE <= len(because.strip()) <= LONGEST_BECAUSE:
        return T("Write the reason that the public will read, in at least one short sentence.")
    return None


def move_faults(move: Move, now: datetime) -> dict[str, Text]:
    """What is wrong with a change, by field: a moment still to come, a place that fits, a reason."""
    faults: dict[str, Text] = {}
    if move.held_at is None:
        faults["held_at"] = T("Write the date and time like 2026-09-07T23:59.")
    elif move.held_at <= now:
        faults["held_at"] = T("Write a moment that is still to come.")
    if len(move.place.strip()) > LONGEST_PLACE:
        faults["place"] = T("This is too long: at most {n} characters.", n=LONGEST_PLACE)
    if (fault := because_fault(move.because)) is not None:
        faults["because"] = fault
    return faults


def letter_for(kind: NoticeKind, *, was_written_to: bool) -> NoticeKind:
    """Which letter somebody gets: whoever was never called to a session is called, though it was moved meanwhile."""
    return NoticeKind.CALLED if kind is NoticeKind.MOVED and not was_written_to else kind
