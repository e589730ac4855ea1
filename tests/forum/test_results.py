"""Results are a pure function: exact, the same in any order and when computed again; checked against an oracle."""

from __future__ import annotations

import time
from dataclasses import replace
from fractions import Fraction
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from app.forum.rule_words import rule_in_words
from app.forum.rules.drafting import met_and_missed
from app.forum.rules.results import Config, Flag, RoundVerdict, Scored, compute, needed_sheets
from app.forum.rules.scoring import CriterionKind, TieRule
from app.forum.rules.totals import CriterionRule, Sheet

F = Fraction
SCOPE = CriterionRule("scope", CriterionKind.KNOCKOUT, F(0), F(0), F(1))
VALUE = CriterionRule("value", CriterionKind.SCORED, F(5, 2), F(0), F(4))
DOABLE = CriterionRule("doable", CriterionKind.SCORED, F(1), F(1), F(3))
CONFIG = Config((SCOPE, VALUE, DOABLE), voting_seats=4)


def sheet(who: int, value: int, doable: int = 3, scope: int = 1) -> Sheet:
    return Sheet(f"{who:04d}", {"scope": F(scope), "value": F(value), "doable": F(doable)})


def of(*sheets: Sheet, folio: str = "P-1", recused: int = 0) -> Scored:
    return Scored(folio, sheets, recused)


def only(config: Config, scored: Scored) -> object:
    return compute(config, [scored]).results[scored.folio]


def test_the_formula_by_hand() -> None:
    found = compute(CONFIG, [of(sheet(1, 4, 3), sheet(2, 2, 2), sheet(3, 3, 1))]).results["P-1"]
    value, doable = F(4 + 2 + 3, 3 * 4), F(2 + 1 + 0, 3 * 2)
    assert found.total == 100 * (F(5, 2) * value + doable) / F(7, 2)
    assert [mean.unit for mean in found.means] == [F(1), value, doable]
    totals = [F(100), 100 * (F(5, 2) * F(1, 2) + F(1, 2)) / F(7, 2), 100 * (F(5, 2) * F(3, 4)) / F(7, 2)]
    assert found.mean == sum(totals) / 3 == found.total  # complete data: both ways agree
    assert found.median == sorted(totals)[1]
    assert found.spread == max(totals) - min(totals)
    assert found.variance == sum((t - sum(totals) / 3) ** 2 for t in totals) / 3
    assert (found.verdict, found.rank, found.n, found.needed) == (RoundVerdict.PASS, 1, 3, 2)


def test_what_is_in_favour_and_what_falls_short() -> None:
    """By the minimum of a criterion, else by the share that is asked of the whole; a requirement by the verdict."""
    strict = CriterionRule("value", CriterionKind.SCORED, F(5, 2), F(0), F(4), min_mean=F(3))
    told = CriterionRule("told", CriterionKind.INFORMATIVE, F(0), F(0), F(4))
    for rule, met in ((VALUE, ["scope", "value"]), (strict, ["scope"])):
        config = Config((SCOPE, rule, DOABLE, told), voting_seats=4)
        given = [sheet(who, 5 - who, 1) for who in (2, 3)]
        sheets = [replace(one, values={**one.values, "told": F(4)}) for one in given]
        found = compute(config, [of(*sheets)]).results["P-1"]
        missed = [key for key in ("value", "doable") if key not in met]
        assert met_and_missed(config, found) == (met, missed)
    fallen = compute(CONFIG, [of(sheet(1, 4, scope=0), sheet(2, 4, scope=0))]).results["P-1"]
    assert met_and_missed(CONFIG, fallen) == (["value", "doable"], ["scope"])


def test_the_mark_is_met_exactly_and_missed_by_a_hair() -> None:
    third = CriterionRule("value", CriterionKind.SCORED, F(1), F(0), F(3))
    config = Config((third,), voting_seats=1, pass_total=F(200, 3))
    two = Scored("P-1", (Sheet("1", {"value": F(2)}),))
    assert compute(config, [two]).results["P-1"].verdict is RoundVerdict.PASS
    harder = Config((third,), voting_seats=1, pass_total=F(200, 3) + F(1, 10**30))  # no number with a point tells them
    assert compute(harder, [two]).results["P-1"].verdict is RoundVerdict.FAIL


def test_the_mark_is_said_as_it_was_adopted() -> None:
    said = [rule_in_words(replace(CONFIG, pass_total=mark), "es")[0].into("es") for mark in (F(125, 2), F(60))]
    assert ["62,5 puntos" in said[0], "60 puntos" in said[1]] == [True, True], said


def test_a_rank_is_by_what_nobody_rounded() -> None:
    """Of two that are shown as the same number of points the higher comes first, whatever its folio and the draw."""
    fine = CriterionRule("value", CriterionKind.SCORED, F(1), F(0), F(10**12))
    for lower, higher in (("P-1", "P-2"), ("P-2", "P-1")):
        twins = [Scored(lower, (Sheet("1", {"value": F(10)}),)), Scored(higher, (Sheet("1", {"value": F(11)}),))]
        for seed in "abcd":
            found = compute(Config((fine,), 1, seed=seed, tie_rule=TieRule.DRAW), twins)
            assert [result.folio for result in found.ranked] == [higher, lower]


def test_the_hash_is_another_when_anything_that_decides_is() -> None:
    given = [of(sheet(1, 4), sheet(2, 3)), of(sheet(1, 2), folio="P-2", recused=1)]
    heavier = replace(VALUE, weight=F(3))
    configs = [
        *(CONFIG, replace(CONFIG, criteria=(SCOPE, heavier, DOABLE)), replace(CONFIG, voting_seats=5)),
        *(replace(CONFIG, pass_total=F(61)), replace(CONFIG, knockout_share=F(1, 2)), replace(CONFIG, quorum_min=2)),
        *(replace(CONFIG, quorum_share=F(1, 3)), replace(CONFIG, capacity=1), replace(CONFIG, seed="x")),
        replace(CONFIG, tie_rule=TieRule.DRAW),
        replace(CONFIG, criteria=(SCOPE, replace(VALUE, min_mean=F(1)), DOABLE)),
    ]
    others = [
        [of(sheet(1, 4), sheet(2, 2)), given[1]],
        [of(sheet(1, 4), sheet(3, 3)), given[1]],
        [given[0], replace(given[1], recused=2)],
        [given[0], replace(given[1], folio="P-3")],
        [given[0], replace(given[1], given_to=3)],
    ]
    hashes = [compute(config, given).inputs_hash for config in configs]
    hashes += [compute(CONFIG, other).inputs_hash for other in others]
    assert len(set(hashes)) == len(configs) + len(others)


def test_a_requirement_needs_its_share_of_the_votes() -> None:
    met = compute(CONFIG, [of(sheet(1, 4), sheet(2, 4), sheet(3, 4, scope=0))]).results["P-1"]
    assert met.verdict is RoundVerdict.PASS  # two thirds of three are two
    failed = compute(CONFIG, [of(sheet(1, 4), sheet(2, 4, scope=0), sheet(3, 4, scope=0))]).results["P-1"]
    assert (failed.verdict, failed.rank, failed.failed) == (RoundVerdict.INELIGIBLE, None, ("scope",))


def test_a_minimum_is_asked_of_the_raw_mean() -> None:
    strict = CriterionRule("value", CriterionKind.SCORED, F(1), F(0), F(4), min_mean=F(3))
    config = Config((strict,), voting_seats=2, pass_total=F(0))
    both = Scored("P-1", (Sheet("1", {"value": F(2)}), Sheet("2", {"value": F(4)})))
    assert compute(config, [both]).results["P-1"].verdict is RoundVerdict.PASS
    less = Scored("P-1", (Sheet("1", {"value": F(2)}), Sheet("2", {"value": F(3)})))
    assert compute(config, [less]).results["P-1"].verdict is RoundVerdict.FAIL


def test_who_stands_aside_leaves_the_base_and_who_abstains_stays_in_it() -> None:
    assert (needed_sheets(CONFIG, 0), needed_sheets(CONFIG, 1), needed_sheets(CONFIG, 2)) == (2, 2, 1)
    one = sheet(1, 4)
    assert compute(CONFIG, [of(one)]).results["P-1"].verdict is RoundVerdict.NO_QUORUM
    assert compute(CONFIG, [of(one, recused=2)]).results["P-1"].verdict is RoundVerdict.PASS
    assert compute(CONFIG, [of(recused=4)]).results["P-1"].verdict is RoundVerdict.NO_QUORUM


def test_flags_say_what_to_look_at() -> None:
    torn = compute(CONFIG, [of(sheet(1, 4, 3), sheet(2, 0, 1))]).results["P-1"]
    assert Flag.DISAGREEMENT in torn.flags
    assert Flag.DECIDED_BY_ONE_SCORE in torn.flags
    agreed = compute(CONFIG, [of(sheet(1, 4), sheet(2, 4), sheet(3, 4))]).results["P-1"]
    assert agreed.flags == ()


def test_more_than_fit_stay_in_reserve_and_ties_follow_the_rule() -> None:
    heavy = of(sheet(1, 4, 1), sheet(2, 4, 1), folio="HEAVY")
    same_total = 100 * F(5, 2) / F(7, 2)
    config = Config((SCOPE, VALUE, DOABLE), voting_seats=2, pass_total=F(10), capacity=1)
    results = compute(config, [of(sheet(1, 2, 2), sheet(2, 2, 2), folio="LOW"), heavy])
    assert results.results["HEAVY"].total == same_total
    assert [(r.folio, r.rank, r.is_within_capacity) for r in results.ranked] == [("HEAVY", 1, True), ("LOW", 2, False)]
    drawn = [
        [r.folio for r in compute(Config((VALUE,), 1, seed=seed, tie_rule=TieRule.DRAW), twins).ranked]
        for seed in "abcdefgh"
        for twins in [[Scored(f, (Sheet("1", {"value": F(4)}),)) for f in ("P-1", "P-2")]]
    ]
    assert ["P-1", "P-2"] in drawn
    assert ["P-2", "P-1"] in drawn


values = st.integers(0, 4)
Drawn = list[tuple[list[tuple[int | None, int | None, int]], int]]
given_sheets = st.lists(st.tuples(st.none() | values, st.none() | st.integers(1, 3), st.integers(0, 1)), max_size=4)
entries = st.lists(st.tuples(given_sheets, st.integers(0, 3)), min_size=1, max_size=6)


def built(drawn: Drawn) -> list[Scored]:
    made = []
    for number, (filled, recused) in enumerate(drawn):
        sheets = []
        for who, (value, doable, scope) in enumerate(filled):
            pairs = {"value": value, "doable": doable, "scope": scope}
            sheets.append(Sheet(f"{who:04d}", {k: F(v) for k, v in pairs.items() if v is not None}))
        made.append(Scored(f"P-{number}", tuple(sheets), recused))
    return made


@given(entries, st.randoms(use_true_random=False), st.one_of(st.none(), st.integers(1, 3)))
def test_order_makes_no_difference_and_computing_again_gives_the_same(
    drawn: Drawn, random: Random, capacity: int | None
) -> None:
    config = Config((SCOPE, VALUE, DOABLE), voting_seats=4, capacity=capacity, seed="x")
    scored = built(drawn)
    shuffled = [Scored(s.folio, tuple(random.sample(s.sheets, len(s.sheets))), s.recused) for s in scored]
    random.shuffle(shuffled)
    assert compute(config, scored) == compute(config, shuffled)


@given(entries)
def test_what_decides_stays_in_its_bounds(drawn: Drawn) -> None:
    results = compute(CONFIG, built(drawn))
    ranks = [r.rank for r in results.ranked if r.rank is not None]
    assert ranks == list(range(1, len(ranks) + 1))
    for found in results.results.values():
        assert found.total is None or 0 <= found.total <= 100
        assert found.verdict is RoundVerdict.NO_QUORUM or found.n >= found.needed
        assert not (found.verdict is RoundVerdict.NO_QUORUM and found.rank)


def test_a_thousand_proposals_of_nine_members_take_less_than_some_seconds() -> None:
    many = [
        of(*(sheet(who, (n * who) % 5, 1 + (n + who) % 3) for who in range(1, 10)), folio=f"P-{n}") for n in range(1000)
    ]
    began = time.perf_counter()
    compute(Config((SCOPE, VALUE, DOABLE), voting_seats=9), many)
    took = time.perf_counter() - began
    print(f"1,000 × 9 took {took:.2f} s")
    assert took < 10
