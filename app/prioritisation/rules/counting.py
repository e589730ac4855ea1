"""Counting ballots: what one may say, what each proposal received, and the order that follows, exact to the last digit.

A round of prioritisation is voted by approval (each person names up to so many proposals) or by points (each person
spreads up to so many). The rule over several tables is adopted and published before anybody registers:

- `heads`: every ballot weighs the same, wherever it was cast. Score of a proposal = the sum over all ballots.
- `tables`: every table weighs the same. Score = the mean over the tables of (sum at the table / ballots at the table).

Whoever scores more comes first; of two with the same score the one that more ballots named; then they stand level, and
the deciding body parts them with a reason. Everything is whole numbers and fractions, so anybody gets the same result.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from app.kit.errors import Invalid
from app.kit.i18n import T
from app.trail.rules import canonical

FORMULA = "ballots-1"
FEWEST_SHOWN = 10
"""Sums of fewer ballots than this are only shown together with another table's."""


class BallotMethod(StrEnum):
    """How people vote: naming proposals, or spreading points over them."""

    APPROVAL = "approval"
    POINTS = "points"


class OverTables(StrEnum):
    """What weighs the same when several tables are counted together: every head, or every table."""

    HEADS = "heads"
    TABLES = "tables"


@dataclass(frozen=True)
class BallotRule:
    """What a ballot may say: at most `most` proposals named, or `most` points in all and `each` on one proposal."""

    method: BallotMethod
    most: int
    each: int = 1


Ballot = Mapping[str, int]
"""Folio → points; with approval each named proposal has 1."""


def checked(rule: BallotRule, typed: Mapping[str, int], on_it: Iterable[str]) -> dict[str, int]:
    """A ballot as it is counted, without what was given nothing; refused in words that say what to change.

    An empty ballot is one too: who came and named nothing is counted as having voted.
    """
    known = set(on_it)
    given = {folio: points for folio, points in sorted(typed.items()) if points}
    if not given.keys() <= known:
        raise Invalid(ballot=T("This ballot names a proposal that is not on it. Load it again."))
    if any(points < 0 for points in given.values()):
        raise Invalid(ballot=T("Points cannot be less than nothing."))
    if rule.method is BallotMethod.APPROVAL:
        if any(points != 1 for points in given.values()):
            raise Invalid(ballot=T("Each proposal can be named once."))
        if len(given) > rule.most:
            too_many = {"most": rule.most, "n": len(given)}
            raise Invalid(ballot=T("You named {n} proposals. Name at most {most}.", **too_many))
        return given
    if any(points > rule.each for points in given.values()):
        raise Invalid(ballot=T("At most {each} points can be given to one proposal.", each=rule.each))
    if sum(given.values()) > rule.most:
        too_much = {"most": rule.most, "n": sum(given.values())}
        raise Invalid(ballot=T("You gave {n} points. You have {most}.", **too_much))
    return given


def sealed(ballot: Ballot) -> str:
    """A ballot as one line of text, the same for the same choices: nothing in it tells who cast it or when."""
    return canonical(dict(ballot))


def with_one_more(box: Sequence[str], ballot: Ballot) -> list[str]:
    """A ballot box with one more ballot: a sorted list, so that its order says nothing about the order of casting."""
    return sorted([*box, sealed(ballot)])


def opened(box: Iterable[str]) -> list[dict[str, int]]:
    """The ballots of a box."""
    return [json.loads(line) for line in box]


@dataclass(frozen=True)
class Told:
    """What a count sheet tells where no ballots were kept: how many there were and what each proposal received.

    On how many ballots a proposal was named follows for approval only; for points nobody can say, and it counts as 0.
    """

    ballots: int
    sums: Mapping[str, int]
    named: Mapping[str, int]


@dataclass(frozen=True)
class Table:
    """What was cast at one table, or at some small ones that are counted as one; `told` where only sums were kept."""

    number: int
    ballots: Sequence[Ballot] = ()
    told: Told | None = None

    @property
    def size(self) -> int:
        """How many ballots were cast here."""
        return self.told.ballots if self.told else len(self.ballots)

    @property
    def sums(self) -> Counter[str]:
        """What each proposal received here."""
        if self.told:
            return Counter(dict(self.told.sums))
        received: Counter[str] = Counter()
        for ballot in self.ballots:
            received.update(ballot)
        return received

    @property
    def named(self) -> Counter[str]:
        """On how many ballots of this table each proposal was named."""
        if self.told:
            return Counter(dict(self.told.named))
        return Counter(folio for ballot in self.ballots for folio in ballot)


@dataclass(frozen=True)
class Line:
    """One proposal in a ranking; those that stand level share a rank."""

    folio: str
    rank: int
    score: Fraction
    sum: int
    named: int
    is_level: bool


@dataclass(frozen=True)
class Ranking:
    """The order of the proposals with everything it was computed from."""

    lines: tuple[Line, ...]
    ballots: int
    rule: OverTables
    inputs_hash: str
    formula: str = FORMULA


def ranking(tables: Sequence[Table], folios: Iterable[str], rule: OverTables) -> Ranking:
    """The order of these proposals over these tables; a table without ballots weighs nothing."""
    counted = [table for table in sorted(tables, key=lambda table: table.number) if table.size]
    sums: Counter[str] = Counter()
    named: Counter[str] = Counter()
    for table in counted:
        sums.update(table.sums)
        named.update(table.named)
    scores = {folio: _score(counted, folio, rule, sums[folio]) for folio in sorted(set(folios))}
    ordered = sorted(scores, key=lambda folio: (-scores[folio], -named[folio], folio))
    keys = {folio: (scores[folio], named[folio]) for folio in ordered}
    level = Counter(keys.values())
    ranks: dict[tuple[Fraction, int], int] = {}
    for place, folio in enumerate(ordered, start=1):
        ranks.setdefault(keys[folio], place)
    lines = tuple(
        Line(folio, ranks[keys[folio]], scores[folio], sums[folio], named[folio], level[keys[folio]] > 1)
        for folio in ordered
    )
    return Ranking(lines, sum(table.size for table in counted), rule, inputs_hash(tables, folios, rule))


def _score(tables: Sequence[Table], folio: str, rule: OverTables, total: int) -> Fraction:
    if rule is OverTables.HEADS or not tables:
        return Fraction(total)
    return sum((Fraction(table.sums[folio], table.size) for table in tables), Fraction(0)) / len(tables)


def inputs_hash(tables: Sequence[Table], folios: Iterable[str], rule: OverTables) -> str:
    """The SHA-256 over everything a ranking is computed from."""
    boxes = {str(table.number): _box(table) for table in tables if table.size}
    told = canonical({"formula": FORMULA, "rule": rule.value, "folios": sorted(set(folios)), "boxes": boxes})
    return hashlib.sha256(told.encode()).hexdigest()


def _box(table: Table) -> list[str] | dict[str, object]:
    if table.told:
        return {"ballots": table.told.ballots, "sums": {folio: n for folio, n in table.told.sums.items() if n}}
    return sorted(sealed(ballot) for ballot in table.ballots)


def box_hash(table: Table, salt: str) -> str:
    """The SHA-256 over what one table's box held: told when its vote is closed, and again by whoever recounts.

    Salted, because the few ballots of a small table could be found by trying.
    """
    told = canonical({"formula": FORMULA, "salt": salt, "box": _box(table)})
    return hashlib.sha256(told.encode()).hexdigest()


def groups(sizes: Mapping[int, int]) -> list[list[int]]:
    """Which tables are counted and shown together, so that no shown sum is of fewer than ten ballots.

    A table with ten ballots or more stands alone. Smaller ones are joined in the order of their numbers until they
    have ten; what is left over joins the last such group, or else the smallest of the others. Every group is shown once
    and only whole, so that none can be told by taking others from the total.
    """
    large = [[number] for number, size in sorted(sizes.items()) if size >= FEWEST_SHOWN]
    joined: list[list[int]] = []
    left: list[int] = []
    for number in sorted(number for number, size in sizes.items() if 0 < size < FEWEST_SHOWN):
        left.append(number)
        if sum(sizes[one] for one in left) >= FEWEST_SHOWN:
            joined.append(left)
            left = []
    if left and joined:
        joined[-1] = sorted(joined[-1] + left)
    elif left and large:
        smallest = min(large, key=lambda group: (sizes[group[0]], group[0]))
        smallest.extend(left)
        smallest.sort()
    elif left:
        joined.append(left)
    return sorted(large + joined)


def together(tables: Sequence[Table]) -> Table:
    """Several tables counted as one, under the lowest of their numbers; sums where one of them has only those."""
    number = min(table.number for table in tables)
    if not any(table.told for table in tables):
        return Table(number, [ballot for table in tables for ballot in table.ballots])
    sums: Counter[str] = Counter()
    named: Counter[str] = Counter()
    for table in tables:
        sums.update(table.sums)
        named.update(table.named)
    return Table(number, (), Told(sum(table.size for table in tables), dict(sums), dict(named)))


def shortlist(ballots: Sequence[Ballot], folios: Iterable[str], seats: int) -> list[str]:
    """A shortlist of so many proposals in which no group of like-minded people is left out: equal shares.

    Method of Equal Shares for approval with a unit price, completed by raising everybody's share in equal steps until
    it holds `seats` proposals: each person has seats / voters; a proposal costs 1, shared by those who named it, and
    the one is taken next whose supporters pay least each; of equals the first by folio. Points count as naming.
    Source: Peters and Skowron, Proportionality and the Limits of Welfarism (2020). Shown beside the ranking; it binds
    only where the rule says so.
    """
    supporters = {folio: [at for at, ballot in enumerate(ballots) if folio in ballot] for folio in sorted(set(folios))}
    wanted = min(seats, sum(bool(who) for who in supporters.values()))
    share = Fraction(wanted, len(ballots)) if ballots else Fraction(0)
    taken: list[str] = []
    while wanted and len(taken) < wanted:
        taken = _equal_shares(supporters, len(ballots), share, wanted)
        share += Fraction(1, len(ballots))
    return taken


def _equal_shares(supporters: Mapping[str, Sequence[int]], voters: int, share: Fraction, most: int) -> list[str]:
    purse = [share] * voters
    taken: list[str] = []
    while len(taken) < most:
        prices = {
            folio: price
            for folio, who in supporters.items()
            if folio not in taken and (price := _price(sorted(purse[at] for at in who))) is not None
        }
        if not prices:
            return taken
        best = min(prices, key=lambda folio: (prices[folio], folio))
        for at in supporters[best]:
            purse[at] -= min(purse[at], prices[best])
        taken.append(best)
    return taken


def _price(purses: Sequence[Fraction]) -> Fraction | None:
    """What each supporter pays at most so that together they pay 1; None where all they have is less."""
    if sum(purses, Fraction(0)) < 1:
        return None
    left = Fraction(1)
    for at, purse in enumerate(purses):
        each = left / (len(purses) - at)
        if purse >= each:
            return each
        left -= purse
    return None
