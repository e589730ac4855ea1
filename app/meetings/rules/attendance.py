"""Registering and coming: places, the waiting list, and the ways in which somebody is known to have come."""

from __future__ import annotations

from enum import StrEnum

from app.kit.i18n import T, Text
from app.kit.lifecycle import Lifecycle, Move


class RegistrationState(StrEnum):
    """Whether somebody has a place."""

    REGISTERED = "registered"
    WAITING = "waiting"
    CANCELLED = "cancelled"


class Way(StrEnum):
    """How we know that somebody came."""

    PERSONAL_LINK = "personal_link"
    ROOM_CODE = "room_code"
    PAPER = "paper"
    PLATFORM = "platform"


R = RegistrationState
REGISTRATION: Lifecycle[RegistrationState] = Lifecycle(
    "registration",
    [
        Move((), "register", R.REGISTERED),
        Move((), "wait", R.WAITING),
        Move((R.WAITING,), "move_up", R.REGISTERED),
        Move((R.REGISTERED, R.WAITING), "cancel", R.CANCELLED),
        Move((R.CANCELLED,), "register", R.REGISTERED),
        Move((R.CANCELLED,), "wait", R.WAITING),
    ],
)

REGISTRATION_WORDS: dict[RegistrationState, Text] = {
    R.REGISTERED: T("has a place"),
    R.WAITING: T("on the waiting list"),
    R.CANCELLED: T("gave the place up"),
}
WAY_WORDS: dict[Way, Text] = {
    Way.PERSONAL_LINK: T("by the personal link"),
    Way.ROOM_CODE: T("by the code in the room"),
    Way.PAPER: T("from the list on paper"),
    Way.PLATFORM: T("from the report of the video platform"),
}
LONGEST_NAME = 160
LONGEST_NEEDS = 1000
MOST_LETTERS_A_DAY = 10
"""Letters about meetings that one address gets in a day without having confirmed anything."""
LEAST_MINUTES = 15
"""How long somebody has to have been in a video meeting to count, where the office says nothing else."""


def has_room(capacity: int | None, taken: int) -> bool:
    """Whether one more fits."""
    return capacity is None or taken < capacity
