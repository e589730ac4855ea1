"""Who stands aside on one proposal, and who decides on it then: alternates first, the rest if both sides are there,
else somebody from outside who is named in public.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.forum.rules.seats import STATE_SIDE, Quorum, QuorumRule, Right, SeatAtTable, SeatSector, quorum_of
from app.kit.i18n import T, Text

LONGEST_NAME = 200
SHORTEST_WHY = 10


def is_aside(people: Collection[object | None], sitting: Collection[object], signed_by: object | None = None) -> bool:
    """Whether a whole seat stands aside, given who of it does (None is the seat itself) and who sits in it.

    The other person of a seat can enter while they have no conflict of their own; a sheet that such a person handed
    in keeps the seat in.
    """
    if not people:
        return False
    if None in people:
        return True
    if signed_by is not None and signed_by not in people:
        return False
    return not any(person not in people for person in sitting)


class Way(StrEnum):
    """By what the forum may decide on a proposal, or what keeps it from it."""

    WHOLE = "whole"
    REMAINING = "remaining"
    OUTSIDE = "outside"
    ALTERNATES = "alternates"
    BROKEN = "broken"
    NO_QUORUM = "no_quorum"


MAY_DECIDE = frozenset({Way.WHOLE, Way.REMAINING, Way.OUTSIDE})


@dataclass(frozen=True)
class SeatThere:
    """One seat at a session: whether who came for it stands aside, and whether somebody else of it could come."""

    number: int
    seat: SeatAtTable
    is_aside: bool = False
    may_enter: bool = False


@dataclass(frozen=True)
class Standing:
    """Whether a session may decide on one proposal, by what, and which seats could still send somebody."""

    quorum: Quorum
    way: Way
    can_enter: tuple[int, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether it may decide."""
        return self.way in MAY_DECIDE

    @property
    def explained(self) -> Text:
        """The count and, where those who stand aside broke the quorum, how it can be mended, in order."""
        said = {
            Way.REMAINING: T(
                "Those who stand aside left fewer than the quorum, and no alternate can enter. The rest decides, "
                "because both sides of the forum are present."
            ),
            Way.OUTSIDE: T("Those who stand aside left too few. With those named from outside there is a quorum."),
            Way.ALTERNATES: T(
                "{count} Somebody stands aside. First the alternates enter, and can for seat {seats}: write them down "
                "as present.",
                count=self.quorum.explained,
                seats=", ".join(map(str, self.can_enter)),
            ),
            Way.BROKEN: T(
                "{count} Those who stand aside left too few. First alternates enter; none can here. Then the rest "
                "decides, if both sides of the forum are present. Else name somebody from outside for this proposal.",
                count=self.quorum.explained,
            ),
        }
        return said.get(self.way, self.quorum.explained)


def standing_of(there: Sequence[SeatThere], rule: QuorumRule, outside: Iterable[SeatSector] = ()) -> Standing:
    """By what a session may decide on one proposal; only a session with a quorum of its own may with fewer."""
    remaining = [one.seat for one in there if not one.is_aside]
    quorum = quorum_of(remaining, rule)
    if quorum.holds:
        return Standing(quorum, Way.WHOLE)
    if not quorum_of([one.seat for one in there], rule).holds:
        return Standing(quorum, Way.NO_QUORUM)
    named = [SeatAtTable(sector, Right.VOTE, is_present=True) for sector in outside]
    with_them = quorum_of([*remaining, *named], rule)
    if named and with_them.holds:
        return Standing(with_them, Way.OUTSIDE)
    can_enter = tuple(one.number for one in there if one.is_aside and one.may_enter and one.seat.right is Right.VOTE)
    if can_enter:
        return Standing(quorum, Way.ALTERNATES, can_enter)
    present = [seat for seat in [*remaining, *named] if seat.right is Right.VOTE and seat.is_present]
    return Standing(quorum, Way.REMAINING if _both_sides(present) else Way.BROKEN)


def _both_sides(present: Iterable[SeatAtTable]) -> bool:
    return {seat.sector in STATE_SIDE for seat in present} == {True, False}
