"""The formulas of progress, the dates of milestones, the check of verifiability; and the fifth plan's own figures."""

from __future__ import annotations

import json
import re
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.commitments.rules import plan
from app.commitments.rules import progress as rules
from app.commitments.rules.milestones import Timing, is_link, last_day, timing
from app.commitments.rules.plan import COMMITMENT, Level, Standing, Told, missing
from app.commitments.rules.progress import Mismatch, Rating, Reach, Status
from app.kit.errors import WrongState
from app.proposals.rules import Precision
from app.settings import ROOT, load_settings

DATA = load_settings().shared / "data" / "quinto-plan.json"
FIGURES = {1: "92", 2: "100", 3: "100", 4: "100", 5: "65.8", 6: "57.14", 7: "100", 8: "90", 9: "40", 10: "92"}
"""What the report of June 2023 prints for each of the ten commitments."""
MILESTONES: dict[int, list[Reach | None]] = {}


def exact(figure: str | int) -> Reach:
    return Reach(Fraction(figure), Fraction(figure))


ANY = rules.UNKNOWN
MILESTONES[6] = [*[ANY] * 4, *[exact(0)] * 3]
MILESTONES[8] = [exact(100), exact(100), exact(75)]
MILESTONES[9] = [*[exact(100)] * 2, *[ANY] * 2, *[exact(0)] * 4]
MILESTONES[10] = [*[ANY] * 5, exact(0)]


def warned(number: int) -> Mismatch | None:
    reported = exact(FIGURES[number])
    return rules.warning(reported, rules.computed(MILESTONES.get(number, [])), rules.decimals_of(FIGURES[number]))


def test_the_fifth_plan_is_84_percent_as_reported() -> None:
    plan_figure = rules.plan_figure([exact(figure) for figure in FIGURES.values()])
    assert plan_figure.reach is not None
    assert plan_figure.reach.low == Fraction("83.694")
    assert rules.as_text(plan_figure.reach.low) == "83.69"
    assert rules.rounded(plan_figure.reach.low) == 84
    assert (plan_figure.known, plan_figure.of) == (10, 10)


def test_the_computed_figures_of_the_fifth_plan_stand_beside_it() -> None:
    found = {number: rules.computed(some) for number, some in MILESTONES.items()}
    assert found[8] == exact("275/3")
    assert rules.as_text(Fraction("275/3"), 1) == "91.7"
    assert found[10] == Reach(Fraction(0), Fraction(250, 3))
    assert rules.as_text(Fraction(250, 3), 1) == "83.3"
    assert found[9] == Reach(Fraction(25), Fraction(50))
    assert found[6] == Reach(Fraction(0), Fraction(400, 7))


def test_the_fifth_plan_raises_two_warnings_and_no_others() -> None:
    assert {number: warned(number) for number in FIGURES if warned(number)} == {
        8: Mismatch.DIFFERS,
        10: Mismatch.OUTSIDE,
    }


@pytest.mark.shared
def test_these_are_the_figures_of_the_data() -> None:
    file = Path(DATA) if Path(DATA).is_absolute() else ROOT / DATA
    if not file.exists():
        pytest.skip(f"there is no {file}: set MINGA_SHARED to the folder of the real data")
    told: dict[str, Any] = json.loads(file.read_text("utf-8"))
    assert {c["number"]: Fraction(str(c["reported_progress"])) for c in told["commitments"]} == {
        number: Fraction(figure) for number, figure in FIGURES.items()
    }
    assert told["reported_total_progress"] == 84
    colours = {c["number"]: c["reported_rating"] for c in told["commitments"]}
    assert {n: str(rules.rating(exact(f), 80, 50)) for n, f in FIGURES.items()} == colours


shares = st.fractions(min_value=0, max_value=100, max_denominator=1000)
reaches = st.tuples(shares, shares).map(lambda ends: Reach(min(ends), max(ends)))


@given(st.lists(reaches, min_size=1, max_size=12))
def test_a_mean_lies_between_its_ends_and_is_wider_the_less_is_known(some: list[Reach]) -> None:
    found = rules.computed(list(some))
    assert found is not None
    assert min(r.low for r in some) <= found.low <= found.high <= max(r.high for r in some)
    with_a_gap = rules.computed([*some, None])
    assert with_a_gap is not None
    assert with_a_gap.high - with_a_gap.low >= (found.high - found.low) * len(some) / (len(some) + 1)
    assert rules.computed([*some, rules.UNKNOWN]) == with_a_gap


@given(st.lists(shares, min_size=1, max_size=12), st.randoms())
def test_the_order_of_milestones_changes_nothing(some: list[Fraction], random: Any) -> None:
    shuffled = list(some)
    random.shuffle(shuffled)
    assert rules.computed([Reach(s, s) for s in some]) == rules.computed([Reach(s, s) for s in shuffled])


@given(reaches)
def test_what_follows_from_the_milestones_is_never_warned_of(reach: Reach) -> None:
    assert rules.warning(reach, reach) is None
    assert rules.warning(Reach(reach.low, reach.low), reach) is None


@given(shares)
def test_a_figure_is_rounded_half_up_and_said_in_as_few_digits(share: Fraction) -> None:
    assert abs(rules.rounded(share, 2) - share) <= Fraction(1, 200)
    assert Fraction(rules.as_text(share)) == rules.rounded(share, 2)


def test_where_nothing_was_reported_nothing_is_computed() -> None:
    assert rules.computed([]) is None
    assert rules.computed([None, None]) is None
    assert rules.plan_figure([None, exact(50), None]) == rules.PlanFigure(exact(50), 1, 3)
    assert rules.plan_figure([]).reach is None
    assert rules.warning(None, exact(10)) is None


@pytest.mark.parametrize(
    ("typed", "kept"), [("92", "92"), (" 57,14 %", "57.14"), ("0", "0"), ("100,00", "100.00"), ("9.5%", "9.5")]
)
def test_a_figure_is_taken_as_people_write_it(typed: str, kept: str) -> None:
    assert rules.figure(typed) == kept


@pytest.mark.parametrize("typed", ["", "-1", "101", "100.5", "1e1", "9.999", "ninety", "½", "٣", "5/6", "nan"])
def test_what_is_no_share_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="^" + re.escape(typed)):
        rules.figure(typed)


def test_a_word_says_only_as_much_as_it_says() -> None:
    assert rules.reach_of(Status.COMPLETE, "", "") == exact(100)
    assert rules.reach_of(Status.LIMITED, "", "") == rules.UNKNOWN
    assert rules.reach_of(Status.LIMITED, "20", "40") == Reach(Fraction(20), Fraction(40))
    assert rules.reach_of(None, "", "40") == exact(40)
    assert rules.reach_of(None, "", "") is None
    assert rules.contradiction(Status.COMPLETE, exact(90))
    assert rules.contradiction(Status.NOT_STARTED, exact(1))
    assert not rules.contradiction(Status.LIMITED, exact(100))


def test_an_interval_over_two_colours_has_none() -> None:
    assert rules.rating(exact(80), 80, 50) is Rating.GREEN
    assert rules.rating(exact("79.99"), 80, 50) is Rating.YELLOW
    assert rules.rating(Reach(Fraction(40), Fraction(60)), 80, 50) is None
    assert rules.rating(None, 80, 50) is None


def test_a_date_is_as_late_as_it_was_exact() -> None:
    day = date(2026, 2, 10)
    assert last_day(day, Precision.DAY) == day
    assert last_day(day, Precision.MONTH) == date(2026, 2, 28)
    assert last_day(day, Precision.YEAR) == date(2026, 12, 31)
    late = [timing(day, Precision.MONTH, date(2026, 2, n), is_complete=False, risk_days=10) for n in (10, 18, 28)]
    assert late == [Timing.ON_TIME, Timing.AT_RISK, Timing.AT_RISK]
    assert timing(day, Precision.MONTH, date(2026, 3, 1), is_complete=False, risk_days=10) is Timing.LATE
    assert timing(day, Precision.MONTH, date(2026, 3, 1), is_complete=True, risk_days=10) is Timing.DONE
    assert timing(None, Precision.DAY, day, is_complete=False, risk_days=10) is Timing.UNDATED


def test_the_check_names_what_is_missing_and_nothing_else() -> None:
    whole = Told(
        has_lead=True,
        sections={"problem": "a", "solution": "b", "results": "c"},
        milestones=[("Jefatura", "Un sitio", True)],
        levels=[Level.OUTPUT, Level.OUTCOME],
    )
    assert missing(whole) == []
    lacking = Told(has_lead=False, sections={}, milestones=[("", "", False)], levels=[Level.GOAL])
    assert [line.message.split(":")[0] for line in missing(lacking)] == [
        "Actor", "Text", "Text", "Text", "Actor", "Deliverable", "Date", "Indicators", "Indicators",
    ]  # fmt: skip
    assert plan.changed("a  b", "a b") is False


@pytest.mark.parametrize("state", COMMITMENT.states)
@pytest.mark.parametrize("move", ["enter", "drop", "continue", "reformulate", "end"])
def test_every_move_of_a_commitment_is_in_the_table_or_refused(state: Standing, move: str) -> None:
    legal = {Standing.DRAFT: {"enter", "drop"}, Standing.IN_PLAN: {"continue", "reformulate", "end"}}
    if move in legal.get(state, set()):
        assert COMMITMENT.after(state, move) is not state
    else:
        with pytest.raises(WrongState):
            COMMITMENT.after(state, move)


def test_evidence_is_an_address_of_a_page() -> None:
    assert is_link("https://example.org/a")
    assert not any(is_link(wrong) for wrong in ("javascript:alert(1)", "example.org", "https://a b", "ftp://a"))
