"""How firm results are: other weights, scorers who give less, sectors of one weight. Each against a plain reckoning.

The reckoning reads a table of single answers (proposal, evaluator, criterion, value), as anybody would who has the open
data and a spreadsheet; it shares no line with what it checks.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from fractions import Fraction
from random import Random
from statistics import mean

import pytest

from app.forum.rules.results import Config, RoundVerdict, Scored, compute
from app.forum.rules.scoring import CriterionKind
from app.forum.rules.sectors import balanced
from app.forum.rules.sensitivity import STEPS, Flip, flips
from app.forum.rules.severity import SHRUNK_BY, adjusted, leans
from app.forum.rules.totals import CriterionRule, Sheet

F = Fraction
VALUE = CriterionRule("value", CriterionKind.SCORED, F(30), F(0), F(4))
DOABLE = CriterionRule("doable", CriterionKind.SCORED, F(20), F(1), F(3))
FOCUS = CriterionRule("focus", CriterionKind.SCORED, F(50), F(0), F(5))
OPEN = CriterionRule("open", CriterionKind.INFORMATIVE, F(0), F(0), F(2))
CONFIG = Config((VALUE, DOABLE, FOCUS, OPEN), voting_seats=5)
SCALES = {"value": 4, "doable": 3, "focus": 5, "open": 2}


@dataclass(frozen=True)
class Answer:
    proposal: str
    evaluator: str
    criterion: str
    value: int


def answers(dice: Random, proposals: int = 12, gaps: float = 0.15) -> list[Answer]:
    return [
        Answer(f"P-{number}", f"{seat:04d}", key, dice.randint(key == "doable", highest))
        for number in range(proposals)
        for seat in range(1, 6)
        for key, highest in SCALES.items()
        if dice.random() > gaps
    ]


def handed_in(table: list[Answer]) -> list[Scored]:
    sheets: dict[tuple[str, str], dict[str, F]] = defaultdict(dict)
    for answer in table:
        sheets[answer.proposal, answer.evaluator][answer.criterion] = F(answer.value)
    by_proposal: dict[str, list[Sheet]] = defaultdict(list)
    for (proposal, evaluator), values in sheets.items():
        by_proposal[proposal].append(Sheet(evaluator, values))
    return [Scored(folio, tuple(sheets)) for folio, sheets in by_proposal.items()]


def plain_total(table: list[Answer], weights: dict[str, F]) -> F | None:
    """The weighted mean of the criteria's means, from single answers: hundredths of the way up each scale."""
    columns = {key: [F(a.value) for a in table if a.criterion == key] for key in weights}
    lowest = {"doable": 1}
    up = {
        key: (mean(values) - lowest.get(key, 0)) / (SCALES[key] - lowest.get(key, 0))
        for key, values in columns.items()
        if values
    }
    weight = sum((weights[key] for key in up), F(0))
    return 100 * sum((weights[key] * up[key] for key in up), F(0)) / weight if up else None


WEIGHTS = {"value": F(30), "doable": F(20), "focus": F(50)}


def of_one(table: list[Answer], folio: str) -> list[Answer]:
    return [answer for answer in table if answer.proposal == folio]


@pytest.mark.parametrize("seed", range(40))
def test_totals_are_those_of_a_spreadsheet_to_the_last_digit(seed: int) -> None:
    table = answers(Random(seed))
    found = compute(CONFIG, handed_in(table))
    for folio, result in found.results.items():
        total = plain_total(of_one(table, folio), WEIGHTS)
        assert result.total == total
        assert total is not None
        if result.verdict is not RoundVerdict.NO_QUORUM:
            assert (result.verdict is RoundVerdict.PASS) == (total >= 60)


@pytest.mark.parametrize("seed", range(3))
def test_what_other_weights_turn_is_what_a_whole_new_count_turns(seed: int) -> None:
    """Every weight moved, everything computed again from the sheets, capacity included."""
    entries = handed_in(answers(Random(seed), proposals=20))
    config = replace(CONFIG, capacity=8)
    counted = compute(config, entries)
    before = {folio for folio, one in counted.results.items() if one.goes_on}
    expected = set()
    for key in WEIGHTS:
        for step in STEPS:
            criteria = tuple(replace(c, weight=c.weight * (1 + step)) if c.key == key else c for c in config.criteria)
            again = compute(replace(config, criteria=criteria), entries)
            after = {folio for folio, one in again.results.items() if one.goes_on}
            expected |= {(folio, key, step, folio in after) for folio in before ^ after}
    assert {(f.folio, f.criterion, f.step, f.goes_on) for f in flips(config, counted)} == expected


def test_a_proposal_at_the_mark_is_turned_by_a_tenth_and_one_far_from_it_by_nothing() -> None:
    """70 · 30 % + 100 · 20 % + 38 · 50 % = 60: less weight on its strength and it no longer reaches the mark."""
    mark = Config(
        tuple(CriterionRule(key, CriterionKind.SCORED, weight, F(0), F(100)) for key, weight in WEIGHTS.items()),
        voting_seats=1,
    )
    near = Scored("P-1", (Sheet("0001", {"value": F(70), "doable": F(100), "focus": F(38)}),))
    far = Scored("P-2", (Sheet("0001", {"value": F(99), "doable": F(99), "focus": F(99)}),))
    counted = compute(mark, [near, far])
    assert counted.results["P-1"].total == 60
    assert flips(mark, counted) == [
        Flip("P-1", "doable", F(-1, 5), False),
        Flip("P-1", "doable", F(-1, 10), False),
        Flip("P-1", "focus", F(1, 10), False),
        Flip("P-1", "focus", F(1, 5), False),
        Flip("P-1", "value", F(-1, 5), False),
        Flip("P-1", "value", F(-1, 10), False),
    ]


def test_who_gives_less_than_the_others_leans_that_way_and_the_total_can_be_seen_without_it() -> None:
    """Two give 3 of 4 everywhere, one 1: on each of ten proposals 50 points less than the others, over 10 + 5."""
    one = Config((replace(VALUE, weight=F(1)),), voting_seats=3)
    entries = [
        Scored(f"P-{n}", tuple(Sheet(who, {"value": F(v)}) for who, v in (("a", 3), ("b", 3), ("c", 1))))
        for n in range(10)
    ]
    found = leans(one, entries)
    assert [(lean.evaluator, lean.points, lean.n) for lean in found] == [
        ("c", F(-50 * 10, 10 + SHRUNK_BY), 10),
        ("a", F(25 * 10, 10 + SHRUNK_BY), 10),
        ("b", F(25 * 10, 10 + SHRUNK_BY), 10),
    ]
    total = compute(one, entries).results["P-0"].total
    assert total == F(700, 12)
    assert adjusted(entries[0], total, found) == total, "who leans either way evens out where all scored"
    without = Scored("P-9", entries[0].sheets[:2])
    assert adjusted(without, F(75), found) == F(75) - F(50, 3)


def test_a_lone_score_tells_nothing_of_whoever_gave_it() -> None:
    assert leans(CONFIG, [Scored("P-1", (Sheet("a", {"value": F(4), "doable": F(3), "focus": F(5)}),))]) == []


@pytest.mark.parametrize("seed", range(10))
def test_sectors_of_one_weight_are_the_mean_of_their_own_counts(seed: int) -> None:
    table = answers(Random(seed))
    sector = {"0001": "state", "0002": "state", "0003": "state", "0004": "academia", "0005": "civil_society"}
    for scored in handed_in(table):
        own = of_one(table, scored.folio)
        each = {
            name: plain_total([a for a in own if sector[a.evaluator] == name], WEIGHTS)
            for name in ("academia", "civil_society", "state")
        }
        said = {name: total for name, total in each.items() if total is not None}
        found = balanced(CONFIG, scored, sector)
        assert found.by_sector == said
        assert found.total == sum(said.values()) / len(said)
        assert set(found.silent) == set(each) - set(said)


def test_a_bloc_cannot_carry_a_proposal_alone() -> None:
    """Three of the state give everything, one of each other sector nothing: 60 of 100 by heads, a third by sectors."""
    config = Config((replace(VALUE, weight=F(1)),), voting_seats=5)
    sheets = [Sheet(str(n), {"value": F(4 if n <= 3 else 0)}) for n in range(1, 6)]
    sector = {"1": "state", "2": "state", "3": "state", "4": "academia", "5": "civil_society"}
    scored = Scored("P-1", tuple(sheets))
    assert compute(config, [scored]).results["P-1"].total == 60
    assert balanced(config, scored, sector).total == F(100, 3)
