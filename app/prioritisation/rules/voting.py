"""Rounds of prioritisation and the votes at their tables: the lives of both, scopes, and what the ranking says.

A round fixes before anybody can register what will count: how people vote, on which proposals, what weighs the same and
how many proposals go on. A table votes once; a wrong vote is annulled in public and made again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from app.decisions.rules import Outcome
from app.kit.errors import Invalid
from app.kit.i18n import T, Text, Tn
from app.kit.lifecycle import Lifecycle, Move
from app.prioritisation.rules.counting import BallotMethod, BallotRule, Line, OverTables
from app.proposals.rules import State

MOST_ON_A_BALLOT = 120
MOST_NAMED = 30
MOST_POINTS = 100
MOST_CODES = 120
MOST_SUBGROUPS = 20
LONGEST_NAME = 160
LONGEST_NOTE = 4000
SHORTEST_REASON = 10


class RoundState(StrEnum):
    """Where a round of prioritisation stands."""

    DRAFT = "draft"
    ADOPTED = "adopted"
    CLOSED = "closed"


class VotingState(StrEnum):
    """Where the vote at one table stands."""

    PREPARED = "prepared"
    OPEN = "open"
    CLOSED = "closed"
    ANNULLED = "annulled"


class VotingWay(StrEnum):
    """How a table votes: by codes on phones, or on paper that two people count."""

    CODES = "codes"
    PAPER = "paper"


class Scope(StrEnum):
    """Whom a table brings together."""

    TERRITORIAL = "territorial"
    YOUTH = "youth"
    THEMATIC = "thematic"


class NoteState(StrEnum):
    """How far a table came with one proposal."""

    DISCUSSED = "discussed"
    RAN_OUT = "ran_out_of_time"
    NOT_REACHED = "not_reached"


R, V = RoundState, VotingState
ROUND: Lifecycle[RoundState] = Lifecycle(
    "voting_round",
    [
        Move((), "draft", R.DRAFT),
        Move((R.DRAFT,), "adopt", R.ADOPTED),
        Move((R.ADOPTED,), "close", R.CLOSED),
        Move((R.CLOSED,), "reopen", R.ADOPTED),
    ],
)
VOTING: Lifecycle[VotingState] = Lifecycle(
    "voting",
    [
        Move((), "prepare", V.PREPARED),
        Move((V.PREPARED,), "open", V.OPEN),
        Move((V.OPEN,), "close", V.CLOSED),
        Move((V.OPEN, V.CLOSED), "annul", V.ANNULLED),
    ],
)
ROUND_WORDS: dict[RoundState, Text] = {
    R.DRAFT: T("draft, not adopted yet"),
    R.ADOPTED: T("adopted: its rules no longer change"),
    R.CLOSED: T("closed and counted"),
}
VOTING_WORDS: dict[VotingState, Text] = {
    V.PREPARED: T("has not begun to vote"),
    V.OPEN: T("is voting now"),
    V.CLOSED: T("has voted"),
    V.ANNULLED: T("its vote was annulled"),
}
SCOPE_WORDS: dict[Scope, Text] = {
    Scope.TERRITORIAL: T("Territorial meeting (table)"),
    Scope.YOUTH: T("Youth meeting"),
    Scope.THEMATIC: T("Thematic meeting"),
}
NOTE_WORDS: dict[NoteState, Text] = {
    NoteState.DISCUSSED: T("it was discussed"),
    NoteState.RAN_OUT: T("time ran out"),
    NoteState.NOT_REACHED: T("it was not reached"),
}
OVER_WORDS: dict[OverTables, Text] = {
    OverTables.HEADS: T("Every ballot weighs the same, wherever it was cast"),
    OverTables.TABLES: T("Every table weighs the same, however many voted there"),
}
METHOD_WORDS: dict[BallotMethod, Text] = {
    BallotMethod.APPROVAL: T("Each person names proposals"),
    BallotMethod.POINTS: T("Each person spreads points"),
}


@dataclass(frozen=True)
class RoundWish:
    """What a round is set with."""

    name_es: str
    name_en: str = ""
    method: str = BallotMethod.APPROVAL
    most: int | None = 3
    each: int | None = None
    over: str = OverTables.HEADS
    capacity: int | None = 5
    with_reserved: bool = False


def checked(wish: RoundWish) -> BallotRule:
    """What a ballot of the round may say; refused by field in words that say what to change."""
    faults: dict[str, Text] = {}
    if not wish.name_es.strip():
        faults["name_es"] = T("Write how this round is called.")
    elif max(len(wish.name_es), len(wish.name_en)) > LONGEST_NAME:
        faults["name_es"] = T("This is too long: at most {n} characters.", n=LONGEST_NAME)
    if wish.method not in set(BallotMethod):
        faults["method"] = T("Choose one of the list.")
    if wish.over not in set(OverTables):
        faults["over"] = T("Choose one of the list.")
    most = MOST_POINTS if wish.method == BallotMethod.POINTS else MOST_NAMED
    if wish.most is None or not 1 <= wish.most <= most:
        faults["most"] = T("Write a number from {fewest} to {most}.", fewest=1, most=most)
    elif wish.method == BallotMethod.POINTS and not (wish.each and 1 <= wish.each <= wish.most):
        faults["each"] = T("Write a number from {fewest} to {most}.", fewest=1, most=wish.most)
    if wish.capacity is None or not 1 <= wish.capacity <= MOST_ON_A_BALLOT:
        faults["capacity"] = T("Write a number from {fewest} to {most}.", fewest=1, most=MOST_ON_A_BALLOT)
    if faults or wish.most is None:
        raise Invalid(**faults)
    method = BallotMethod(wish.method)
    return BallotRule(method, wish.most, wish.each or 1 if method is BallotMethod.POINTS else 1)


def rule_in_words(rule: BallotRule) -> Text:
    """How a ballot is filled in, for the page and for the script."""
    if rule.method is BallotMethod.APPROVAL:
        return Tn("Name at most {count} proposal.", "Name at most {count} proposals.", rule.most)
    return T("Spread at most {most} points; at most {each} on one proposal.", most=rule.most, each=rule.each)


@dataclass(frozen=True)
class Place:
    """Where one proposal stands in a ranking, and what follows from it."""

    rank: int
    outcome: Outcome | None
    is_gone: bool = False


GONE = frozenset({State.WITHDRAWN, State.MERGED})
"""What was on the ballot and stands in no place any more: its author withdrew it, or it was joined with another."""


def placed(lines: Sequence[Line], capacity: int, gone: Collection[str] = ()) -> dict[str, Place]:
    """What follows for each proposal: the first `capacity` are prioritised, the others are not; `gone` take no place.

    Where proposals that stand level would have to be parted by the capacity, the rule says nothing of them: the body
    that decides parts them, with its reason.
    """
    at: dict[int, int] = {}
    for line in lines:
        at[line.rank] = at.get(line.rank, 0) + (line.folio not in gone)
    found = {}
    for line in lines:
        before = sum(n for rank, n in at.items() if rank < line.rank)
        last = before + at[line.rank]
        outcome: Outcome | None = Outcome.PRIORITISED if last <= capacity else Outcome.NOT_PRIORITISED
        if before < capacity < last or line.folio in gone:
            outcome = None
        found[line.folio] = Place(line.rank, outcome, line.folio in gone)
    return found


def stored(line: Line) -> dict[str, object]:
    """A line of a ranking as it is kept: its score as a fraction, exact."""
    return {
        "folio": line.folio,
        "rank": line.rank,
        "score": f"{line.score.numerator}/{line.score.denominator}",
        "sum": line.sum,
        "named": line.named,
        "is_level": line.is_level,
    }


def read(kept: dict[str, object]) -> Line:
    """A line of a ranking out of what was kept."""
    rank, total, named = (int(str(kept[name])) for name in ("rank", "sum", "named"))
    return Line(str(kept["folio"]), rank, Fraction(str(kept["score"])), total, named, bool(kept["is_level"]))
