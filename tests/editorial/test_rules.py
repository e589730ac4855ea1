"""Civic dates, links, names and reach: what may be typed and what it means."""

from __future__ import annotations

from datetime import date

import pytest

from app.editorial.rules.outreach import ReachKnown, reach_fault
from app.editorial.rules.words import DateTo, check_link, check_name, civic_date
from app.kit.errors import Invalid

TODAY = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026", (date(2026, 1, 1), DateTo.YEAR)),
        ("2026-05", (date(2026, 5, 1), DateTo.MONTH)),
        ("2026-06-01", (TODAY, DateTo.DAY)),
    ],
)
def test_a_civic_date_is_as_exact_as_it_was_typed(typed: str, meant: tuple[date, DateTo]) -> None:
    assert civic_date(typed, TODAY) == meant


@pytest.mark.parametrize("typed", ["", "mayo", "2026-13", "2026-06-02", "2026-6-1-1", "0090", "2026-", "²026"])
def test_what_is_no_date_or_is_still_to_come_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        civic_date(typed, TODAY)
    assert list(refused.value.fields) == ["dated_on"]


@pytest.mark.parametrize(
    "link",
    [
        *("http://example.org", "javascript:alert(1)", "https://", "https://localhost", "https://user@example.org"),
        *("https://example.org/a b", 'https://example.org/"', "https://[", "https://example.org/" + "a" * 600),
    ],
)
def test_only_a_whole_address_of_the_web_is_linked(link: str) -> None:
    with pytest.raises(Invalid):
        check_link(link)


def test_a_whole_address_is_linked_as_it_is() -> None:
    assert check_link("https://example.org/plan.pdf?a=1") == "https://example.org/plan.pdf?a=1"


@pytest.mark.parametrize(("name", "fits"), [("como-se-decide", True), ("Cómo", False), ("a--b", False), ("new", False)])
def test_the_last_part_of_an_address(name: str, fits: bool) -> None:
    assert (check_name(name) is None) is fits


@pytest.mark.parametrize(
    ("reach", "known", "fits"),
    [
        (0, ReachKnown.COUNTED, True),
        (None, ReachKnown.COUNTED, False),
        (5, ReachKnown.UNKNOWN, False),
        (None, ReachKnown.UNKNOWN, True),
        (100_000_001, ReachKnown.ESTIMATED, False),
    ],
)
def test_a_number_is_only_written_where_somebody_knows_it(reach: int | None, known: ReachKnown, *, fits: bool) -> None:
    assert (reach_fault(reach, known) is None) is fits
