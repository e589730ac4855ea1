"""Seats and quorum: who may sit, who counts, and when a session may decide.

Default quorum: more than half of the voting seats, and at least one seat of the government's side and one of the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from app.kit.i18n import T, Text
from app.kit.lifecycle import Lifecycle, Move
from app.people.rules import Role


class SeatSector(StrEnum):
    """The part of society a seat speaks for."""

    GOVERNMENT = "government"
    LEGISLATURE = "legislature"
    JUDICIARY = "judiciary"
    OVERSIGHT = "oversight"
    SUBNATIONAL = "subnational"
    CIVIL_SOCIETY = "civil_society"
    ACADEMIA = "academia"
    PRIVATE = "private"
    INTERNATIONAL = "international"


STATE_SIDE = frozenset(
    {
        SeatSector.GOVERNMENT,
        SeatSector.LEGISLATURE,
        SeatSector.JUDICIARY,
        SeatSector.OVERSIGHT,
        SeatSector.SUBNATIONAL,
    }
)
"""The seats of the State; all others are the other side of the table."""


class Right(StrEnum):
    """What a seat may do when the forum decides."""

    VOTE = "vote"
    VOICE = "voice"


class Office(StrEnum):
    """The office a seat carries."""

    NONE = "none"
    CHAIR = "chair"
    SECRETARY = "secretary"


class SessionKind(StrEnum):
    """How the forum meets."""

    ORDINARY = "ordinary"
    EXTRAORDINARY = "extraordinary"
    EXTENDED = "extended"


class SessionState(StrEnum):
    """Where a session stands."""

    CONVENED = "convened"
    HELD = "held"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Presence(StrEnum):
    """Whether somebody sat in a seat at a session."""

    PRESENT = "present"
    ABSENT = "absent"


SESSION: Lifecycle[SessionState] = Lifecycle(
    "forum_session",
    [
        Move((), "convene", SessionState.CONVENED),
        Move((SessionState.CONVENED,), "hold", SessionState.HELD),
        Move((SessionState.HELD,), "close", SessionState.CLOSED),
        Move((SessionState.CONVENED,), "cancel", SessionState.CANCELLED),
    ],
)
TOOK_PLACE = frozenset({SessionState.HELD, SessionState.CLOSED})

SECTOR_WORDS: dict[SeatSector, Text] = {
    SeatSector.GOVERNMENT: T("Government"),
    SeatSector.LEGISLATURE: T("Parliament"),
    SeatSector.JUDICIARY: T("Courts"),
    SeatSector.OVERSIGHT: T("Oversight bodies"),
    SeatSector.SUBNATIONAL: T("Regions and municipalities"),
    SeatSector.CIVIL_SOCIETY: T("Civil society"),
    SeatSector.ACADEMIA: T("Universities and research"),
    SeatSector.PRIVATE: T("Private sector"),
    SeatSector.INTERNATIONAL: T("International organisations"),
}
RIGHT_WORDS: dict[Right, Text] = {Right.VOTE: T("Votes"), Right.VOICE: T("Speaks, does not vote")}
OFFICE_WORDS: dict[Office, Text] = {
    Office.NONE: T("None"),
    Office.CHAIR: T("Chairs the forum"),
    Office.SECRETARY: T("Secretary of the forum"),
}
KIND_WORDS: dict[SessionKind, Text] = {
    SessionKind.ORDINARY: T("Ordinary session"),
    SessionKind.EXTRAORDINARY: T("Extraordinary session"),
    SessionKind.EXTENDED: T("Extended session"),
}
SESSION_WORDS: dict[SessionState, Text] = {
    SessionState.CONVENED: T("convened"),
    SessionState.HELD: T("being held"),
    SessionState.CLOSED: T("closed"),
    SessionState.CANCELLED: T("cancelled: it does not take place"),
}


@dataclass(frozen=True)
class QuorumRule:
    """More than this percentage of the voting seats, and (unless switched off) both sides of the table."""

    over_percent: int = 50
    needs_both_sides: bool = True


@dataclass(frozen=True)
class SeatAtTable:
    """What quorum needs to know of one seat: whose side, whether it votes, and whether somebody sits in it."""

    sector: SeatSector
    right: Right
    is_present: bool


@dataclass(frozen=True)
class Quorum:
    """Whether a session may decide, with the numbers that say why."""

    present: int
    needed: int
    seats: int
    has_state: bool
    has_others: bool
    holds: bool

    @property
    def explained(self) -> Text:
        """The count in one sentence, for the minutes and for a refusal."""
        if self.holds:
            return T(
                "There is a quorum: {present} of {seats} voting seats present.", present=self.present, seats=self.seats
            )
        if self.present < self.needed:
            return T(
                "There is no quorum: {present} of {seats} voting seats present, {needed} needed.",
                present=self.present,
                seats=self.seats,
                needed=self.needed,
            )
        if not self.has_state:
            return T("There is no quorum: no voting seat of the State is present.")
        return T("There is no quorum: no voting seat from outside the State is present.")


def quorum_of(seats: Iterable[SeatAtTable], rule: QuorumRule) -> Quorum:
    """Count a table: present > seats × percent / 100 among those who vote, and both sides where the rule asks for it.

    A seat that is recused is left out by the caller: it counts neither as a seat nor as present.
    """
    voting = [seat for seat in seats if seat.right is Right.VOTE]
    present = [seat for seat in voting if seat.is_present]
    needed = len(voting) * rule.over_percent // 100 + 1
    has_state = any(seat.sector in STATE_SIDE for seat in present)
    has_others = any(seat.sector not in STATE_SIDE for seat in present)
    both = (has_state and has_others) or not rule.needs_both_sides
    return Quorum(len(present), needed, len(voting), has_state, has_others, holds=len(present) >= needed and both)


def role_of(right: Right, office: Office) -> Role:
    """The role that follows from a seat."""
    if office is Office.CHAIR:
        return Role.FORUM_CHAIR
    return Role.FORUM_MEMBER if right is Right.VOTE else Role.FORUM_GUEST
