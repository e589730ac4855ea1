"""The literal table of who is owed what, and the life of one duty.

Tier A: whoever contributed is owed a reasoned answer of their own at each stage that decided on it. Tier B: whoever
took part in a table is owed one collective answer. Tier C: attendees of awareness sessions and followers are owed
nothing by duty.
"""

from __future__ import annotations

from enum import StrEnum

from app.kit.lifecycle import Lifecycle, Move


class Part(StrEnum):
    """In what part somebody is owed an answer."""

    AUTHOR = "author"
    CO_AUTHOR = "co_author"
    INSTITUTION = "institution"
    COMMENTER = "commenter"
    PARTICIPANT = "participant"


class Tier(StrEnum):
    """How an answer is owed."""

    A = "A"
    B = "B"
    C = "C"


OWED: dict[Part, Tier] = {
    Part.AUTHOR: Tier.A,
    Part.CO_AUTHOR: Tier.A,
    Part.INSTITUTION: Tier.A,
    Part.COMMENTER: Tier.A,
    Part.PARTICIPANT: Tier.B,
}


class DutyState(StrEnum):
    """Where one duty stands."""

    OWED = "owed"
    COVERED = "covered"
    SETTLED = "settled"


class SettledBecause(StrEnum):
    """The only reasons for which a duty may be settled without a letter that arrived."""

    NO_ADDRESS = "no_address"
    TRIED_ANOTHER_WAY = "tried_another_way"
    WITHDREW = "withdrew"
    UNKNOWN_REVIEWED = "unknown_reviewed"


DUTY: Lifecycle[DutyState] = Lifecycle(
    "duty",
    [
        Move((), "owe", DutyState.OWED),
        Move((DutyState.OWED,), "cover", DutyState.COVERED),
        Move((DutyState.OWED,), "settle", DutyState.SETTLED),
        Move((DutyState.COVERED,), "reopen", DutyState.OWED),
    ],
)
