"""A forum as a body: founded by an act, seated from both sides of the table, meeting often enough.

Recommended by the OGP's participation standards: a forum meets at least every six months, and neither side outweighs
the other among the seats that vote.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from app.forum.rules.seats import STATE_SIDE, Right, SeatSector
from app.kit.i18n import T, Text, Tn
from app.proposals.rules import Provenance

QUIET = timedelta(days=150)
"""After so long without a session the office is told, while there is still time to meet within six months."""
LONGEST_RULES = 60_000
SHORTEST_RULES = 40


@dataclass(frozen=True)
class Founding:
    """By which act a forum was founded and when, by which act it ended and when, and how that is known."""

    act: str = ""
    on: date | None = None
    ending_act: str = ""
    ended_on: date | None = None
    provenance: Provenance = Provenance.NATIVE


@dataclass(frozen=True)
class Parity:
    """How many seats that vote belong to the State, and how many to the other side of the table."""

    state: int
    others: int

    @property
    def is_even(self) -> bool:
        """Whether neither side has more than the other."""
        return self.state == self.others

    @property
    def said(self) -> Text:
        """The meter in one sentence."""
        if self.is_even:
            return T("Both sides have the same number of voting seats: {n} each.", n=self.state)
        return T(
            "Voting seats: {state} of the State and {others} from outside it.", state=self.state, others=self.others
        )


def parity_of(seats: Iterable[tuple[SeatSector, Right]]) -> Parity:
    """The parity meter, over the seats that vote; a voice weighs nothing."""
    sides = [sector in STATE_SIDE for sector, right in seats if right is Right.VOTE]
    return Parity(sum(sides), len(sides) - sum(sides))


def lateness(adopted_on: date, closed_on: date | None) -> Text:
    """What everybody should know of criteria that were adopted after proposals had begun to come in.

    `closed_on` is the last day of the intake, where it has one.
    """
    if closed_on is None or adopted_on <= closed_on:
        return T("They were adopted after proposals began to come in.")
    days = (adopted_on - closed_on).days
    if days == 1:
        return T("They were adopted the day after proposals stopped coming in: whoever proposed could not know them.")
    return Tn(
        "They were adopted {count} day after proposals stopped coming in: whoever proposed could not know them.",
        "They were adopted {count} days after proposals stopped coming in: whoever proposed could not know them.",
        days,
    )
