"""Ballots are counted exactly: what may be said, sums and order, each rule over tables, and a fair shortlist."""

from __future__ import annotations

import json
from collections import Counter
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.decisions.rules import Outcome
from app.kit.errors import Invalid
from app.prioritisation.rules import counting
from app.prioritisation.rules.counting import (
    BallotMethod,
    BallotRule,
    OverTables,
    Table,
    checked,
    opened,
    ranking,
    shortlist,
    with_one_more,
)
from app.prioritisation.rules.voting import placed

P, NOT = Outcome.PRIORITISED, Outcome.NOT_PRIORITISED
FOLIOS = ["P-1", "P-2", "P-3", "P-4"]
NAMING = BallotRule(BallotMethod.APPROVAL, 2)
POINTS = BallotRule(BallotMethod.POINTS, 10, 6)
BALLOTS = st.lists(st.dictionaries(st.sampled_from(FOLIOS), st.integers(1, 6), max_size=4), max_size=8)
TABLES = st.lists(BALLOTS, min_size=1, max_size=4).map(
    lambda boxes: [Table(number, box) for number, box in enumerate(boxes, start=1)]
)


@pytest.mark.parametrize(
    ("rule", "typed"),
    [
        (NAMING, {"P-1": 1, "P-2": 1, "P-3": 1}),
        (NAMING, {"P-1": 2}),
        (NAMING, {"P-9": 1}),
        (POINTS, {"P-1": 7}),
        (POINTS, {"P-1": 6, "P-2": 5}),
        (POINTS, {"P-1": -1}),
    ],
)
def test_a_ballot_that_says_too_much_is_refused_in_words(rule: BallotRule, typed: dict[str, int]) -> None:
    with pytest.raises(Invalid) as refused:
        checked(rule, typed, FOLIOS)
    assert set(refused.value.fields) == {"ballot"}


@pytest.mark.parametrize(
    ("rule", "typed"), [(NAMING, {"P-2": 1, "P-1": 1}), (POINTS, {"P-1": 6, "P-3": 4}), (NAMING, {})]
)
def test_a_ballot_within_its_limits_is_kept_without_what_got_nothing(rule: BallotRule, typed: dict[str, int]) -> None:
    assert checked(rule, typed | {"P-4": 0}, FOLIOS) == typed


@given(BALLOTS)
def test_a_box_is_the_same_in_whatever_order_it_was_filled(ballots: list[dict[str, int]]) -> None:
    boxes = set()
    for order in list(permutations(ballots[:4])):
        box: list[str] = []
        for ballot in order:
            box = with_one_more(box, ballot)
        boxes.add(json.dumps(box))
        assert Counter(map(str, map(sorted, (b.items() for b in opened(box))))) == Counter(
            map(str, map(sorted, (b.items() for b in order)))
        )
    assert len(boxes) == 1


@given(TABLES)
def test_sums_by_heads_are_those_of_all_ballots_together(tables: list[Table]) -> None:
    everything = [ballot for table in tables for ballot in table.ballots]
    result = ranking(tables, FOLIOS, OverTables.HEADS)
    for line in result.lines:
        assert line.score == line.sum == sum(ballot.get(line.folio, 0) for ballot in everything)
        assert line.named == sum(line.folio in ballot for ballot in everything)
    assert result.ballots == len(everything)
    assert [line.folio for line in result.lines] == [
        line.folio for line in ranking([Table(1, everything)], FOLIOS, OverTables.HEADS).lines
    ]


@given(TABLES)
def test_when_tables_weigh_the_same_their_size_does_not_matter(tables: list[Table]) -> None:
    result = ranking(tables, FOLIOS, OverTables.TABLES)
    with_doubled_first = [Table(1, [*tables[0].ballots, *tables[0].ballots]), *tables[1:]]
    again = ranking(with_doubled_first, FOLIOS, OverTables.TABLES)
    assert {line.folio: line.score for line in result.lines} == {line.folio: line.score for line in again.lines}
    filled = [table for table in tables if table.ballots]
    for line in result.lines:
        means = [Fraction(sum(b.get(line.folio, 0) for b in t.ballots), len(t.ballots)) for t in filled]
        assert line.score == (sum(means, Fraction(0)) / len(means) if means else 0)


@given(TABLES, st.sampled_from(list(OverTables)))
def test_ranks_follow_score_then_how_many_named_it_and_level_ones_share_theirs(
    tables: list[Table], rule: OverTables
) -> None:
    result = ranking(tables, FOLIOS, rule)
    keys = [(-line.score, -line.named) for line in result.lines]
    assert keys == sorted(keys)
    for line in result.lines:
        better = sum((other.score, other.named) > (line.score, line.named) for other in result.lines)
        level = sum((other.score, other.named) == (line.score, line.named) for other in result.lines)
        assert (line.rank, line.is_level) == (better + 1, level > 1)
    assert result == ranking(list(reversed(tables)), list(reversed(FOLIOS)), rule)


def test_one_ballot_more_is_another_fingerprint() -> None:
    tables = [Table(1, [{"P-1": 1}]), Table(2, [{"P-2": 1}])]
    before = ranking(tables, FOLIOS, OverTables.HEADS)
    assert before.inputs_hash != ranking([*tables, Table(3, [{}])], FOLIOS, OverTables.HEADS).inputs_hash
    assert before.inputs_hash != ranking(tables, FOLIOS, OverTables.TABLES).inputs_hash


@given(
    st.lists(st.sets(st.sampled_from(FOLIOS)).map(lambda names: dict.fromkeys(names, 1)), max_size=9), st.integers(1, 4)
)
def test_no_group_that_is_large_enough_and_agrees_is_left_without_any(
    ballots: list[dict[str, int]], seats: int
) -> None:
    """Justified representation: n/k people who name one proposal in common see one of theirs on the list."""
    taken = shortlist(ballots, FOLIOS, seats)
    supported = {folio for ballot in ballots for folio in ballot}
    assert len(taken) == len(set(taken)) == min(seats, len(supported))
    for folio in FOLIOS:
        left_out = [ballot for ballot in ballots if folio in ballot and not ballot.keys() & set(taken)]
        assert len(left_out) * seats < len(ballots) or not left_out


def test_a_shortlist_leaves_room_for_the_smaller_group_where_sums_do_not() -> None:
    larger, smaller = [{"P-1": 1, "P-2": 1}] * 6, [{"P-3": 1}] * 3
    sums = [line.folio for line in ranking([Table(1, larger + smaller)], FOLIOS, OverTables.HEADS).lines[:2]]
    assert sums == ["P-1", "P-2"]
    assert shortlist(larger + smaller, FOLIOS, 3) == ["P-1", "P-2", "P-3"]
    assert "P-3" in shortlist(larger[:4] + smaller, FOLIOS, 2)


@given(st.dictionaries(st.integers(1, 40), st.integers(0, 30), max_size=12))
def test_no_group_of_tables_that_is_shown_has_fewer_than_ten_ballots(sizes: dict[int, int]) -> None:
    made = counting.groups(sizes)
    assert sorted(number for group in made for number in group) == sorted(n for n, size in sizes.items() if size)
    totals = [sum(sizes[number] for number in group) for group in made]
    assert all(total >= counting.FEWEST_SHOWN for total in totals) or len(totals) == 1
    assert all(len(group) > 1 or sizes[group[0]] >= counting.FEWEST_SHOWN for group in made) or len(made) == 1


def test_sums_without_ballots_are_counted_beside_ballots() -> None:
    told = counting.Told(12, {"A": 9, "B": 3}, {"A": 9, "B": 3})
    tables = [counting.Table(1, (), told), counting.Table(2, [{"B": 1}] * 10)]
    found = counting.ranking(tables, "AB", counting.OverTables.HEADS)
    assert [(line.folio, line.sum, line.named) for line in found.lines] == [("B", 13, 13), ("A", 9, 9)]
    both = counting.together(tables)
    assert (both.number, both.size, dict(both.sums)) == (1, 22, {"A": 9, "B": 13})


def test_what_was_withdrawn_takes_no_place() -> None:
    found = ranking([Table(1, [{"A": 1}] * 3 + [{"B": 1}] * 2 + [{"C": 1}])], "ABCD", OverTables.HEADS)
    all_there = {folio: place.outcome for folio, place in placed(found.lines, 2).items()}
    assert all_there == {"A": P, "B": P, "C": NOT, "D": NOT}
    without = {folio: place.outcome for folio, place in placed(found.lines, 2, {"A"}).items()}
    assert without == {"A": None, "B": P, "C": P, "D": NOT}
