"""What is hidden of a table cannot be worked out from what is shown, also by somebody who knows how it is chosen."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from app.proposals.cells import hidden
from app.proposals.traits import SMALLEST_CELL

SIZES = st.lists(st.integers(0, 9), min_size=1, max_size=5)


def could_be(sizes: list[int], gone: frozenset[int]) -> list[list[int]]:
    """Every table with the same figures in sight, the same sum, and the same places hidden by the rule."""
    total = sum(sizes)
    options = [range(1, total + 1) if place in gone else (size,) for place, size in enumerate(sizes)]
    return [list(one) for one in product(*options) if sum(one) == total and hidden(one) == gone]


@given(SIZES)
def test_few_are_never_shown_and_nobody_can_work_them_out(sizes: list[int]) -> None:
    gone = hidden(sizes)
    there = {place for place, size in enumerate(sizes) if size}
    assert all(place in gone for place in there if sizes[place] < SMALLEST_CELL)
    assert gone <= there
    if gone == there:
        return  # nothing of it is shown, the sum neither
    possible = could_be(sizes, gone)
    assert sizes in possible
    for place in gone:
        assert len({one[place] for one in possible}) > 1


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(0, 30)), min_size=1, max_size=8))
def test_of_those_hidden_neither_all_nor_none_went_on_unless_that_is_true_of_everybody(
    pairs: list[tuple[int, int]],
) -> None:
    sizes, parts = [size for size, _ in pairs], [min(pair) for pair in pairs]
    gone = hidden(sizes, parts)
    assert gone >= hidden(sizes)
    if gone and len(gone) < len(sizes) and sum(parts) not in {0, sum(sizes)}:
        assert 0 < sum(parts[place] for place in gone) < sum(sizes[place] for place in gone)


def test_where_nobody_stands_for_few_all_is_shown() -> None:
    assert hidden([5, 12, 0]) == frozenset()
    assert hidden([3, 12, 7, 40]) == {0, 2}, "one alone is the total less the others"
    assert hidden([2, 2, 9, 40]) == {0, 1, 2}, "two that are alike share what is left"
    assert hidden([1, 6, 6, 40]) == {0, 1, 2}, "of two that are next smallest neither is chosen by its place"
    assert hidden([3]) == {0}
    assert hidden([2, 3, 20, 30], [0, 0, 8, 9]) == {0, 1, 2}, "that none of them went on is not told either"
    assert hidden([2, 3, 20], [2, 3, 20]) == {0, 1}, "that everybody went on is no secret"
