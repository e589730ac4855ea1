"""Motions: consensus first; failing that a vote by seat, counted by a majority that is known beforehand.

A motion is carried with more votes for than against, or, where the matter asks for two thirds, with at least two
thirds of the votes for or against. Who abstains is counted on neither side. Who stands aside is no longer there: its
seat leaves the base of the quorum too. A tie is not carried, unless the forum gave its chair a casting vote.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from app.kit.i18n import T, Text
from app.kit.lifecycle import Lifecycle, Move


class Wanted(StrEnum):
    """What is wanted of the forum on an item."""

    INFORMATION = "information"
    DISCUSSION = "discussion"
    DECISION = "decision"


class Matter(StrEnum):
    """What a motion is about, which says by how much it has to be carried."""

    ORDINARY = "ordinary"
    RULES = "rules"
    CRITERIA = "criteria"
    PLAN = "plan"
    MINUTES = "minutes"


class MotionState(StrEnum):
    """Where a motion stands; once it has ended nothing of it changes."""

    PUT = "put"
    CARRIED = "carried"
    NOT_CARRIED = "not_carried"
    WITHDRAWN = "withdrawn"


class Way(StrEnum):
    """How a motion was settled."""

    CONSENSUS = "consensus"
    VOTE = "vote"
    CASTING_VOTE = "casting_vote"


class Voice(StrEnum):
    """What a seat said of a motion."""

    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"
    RECUSED = "recused"
    OBJECTS = "objects"


M = MotionState
MOTION: Lifecycle[MotionState] = Lifecycle(
    "motion",
    [
        Move((), "put", M.PUT),
        Move((M.PUT,), "carry", M.CARRIED),
        Move((M.PUT,), "reject", M.NOT_CARRIED),
        Move((M.PUT,), "withdraw", M.WITHDRAWN),
    ],
)
TWO_THIRDS = frozenset({Matter.RULES, Matter.CRITERIA, Matter.PLAN})
IN_A_VOTE = (Voice.FOR, Voice.AGAINST, Voice.ABSTAIN, Voice.RECUSED)
IN_CONSENSUS = (Voice.OBJECTS, Voice.RECUSED)

WANTED_WORDS: dict[Wanted, Text] = {
    Wanted.INFORMATION: T("For information"),
    Wanted.DISCUSSION: T("For discussion"),
    Wanted.DECISION: T("For decision"),
}
MATTER_WORDS: dict[Matter, Text] = {
    Matter.ORDINARY: T("Anything else: more for than against"),
    Matter.RULES: T("The forum's own rules: two thirds"),
    Matter.CRITERIA: T("The criteria: two thirds"),
    Matter.PLAN: T("Approving the plan: two thirds"),
    Matter.MINUTES: T("Approving the minutes of an earlier session"),
}
MOTION_WORDS: dict[MotionState, Text] = {
    M.PUT: T("put to the session"),
    M.CARRIED: T("carried"),
    M.NOT_CARRIED: T("not carried"),
    M.WITHDRAWN: T("taken back before it was settled"),
}
WAY_WORDS: dict[Way, Text] = {
    Way.CONSENSUS: T("by consensus"),
    Way.VOTE: T("by vote"),
    Way.CASTING_VOTE: T("by the casting vote of the chair"),
}
VOICE_WORDS: dict[Voice, Text] = {
    Voice.FOR: T("for"),
    Voice.AGAINST: T("against"),
    Voice.ABSTAIN: T("abstains"),
    Voice.RECUSED: T("stands aside"),
    Voice.OBJECTS: T("objects"),
}


@dataclass(frozen=True)
class Count:
    """A vote as it was counted, and whether the motion is carried."""

    votes_for: int
    against: int
    abstained: int
    recused: int
    is_carried: bool
    way: Way = Way.VOTE


def count(voices: Iterable[Voice], matter: Matter, casting: Voice | None = None) -> Count:
    """Count a vote: for > against, or 3 × for ≥ 2 × (for + against) where two thirds are asked for, and one for at
    least. `casting` is what the chair said, given only where the chair's vote decides a tie.
    """
    said = Counter(voices)
    votes_for, against = said[Voice.FOR], said[Voice.AGAINST]
    way = Way.VOTE
    if matter in TWO_THIRDS:
        is_carried = votes_for > 0 and 3 * votes_for >= 2 * (votes_for + against)
    else:
        is_carried = votes_for > against
        if votes_for == against and casting in (Voice.FOR, Voice.AGAINST):
            is_carried, way = casting is Voice.FOR, Way.CASTING_VOTE
    return Count(votes_for, against, said[Voice.ABSTAIN], said[Voice.RECUSED], is_carried, way)


def is_consensus(present: int, objections: int) -> bool:
    """Whether anybody agrees: of the voting seats present that do not stand aside, not all may object."""
    return objections < present
