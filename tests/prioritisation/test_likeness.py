"""Texts are compared by their groups of letters: alike ones are found, and the same input gives the same result."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit import likeness
from app.prioritisation.rules import theming

TEXTS = {
    "A": "arboles y sombra en la plaza de armas",
    "B": "mas arboles en las plazas con sombra para los mayores",
    "C": "publicar las actas del concejo municipal como texto",
    "D": "las actas de los concejos municipales publicadas en texto",
    "E": "ciclovia por la costanera hasta el puente",
}
WORDS = st.text(alphabet="abcde ", max_size=40)


def test_words_in_other_forms_meet() -> None:
    likely = likeness.Likeness(TEXTS)
    alike = {other: likeness.product(likely.vectors["A"], likely.vectors[other]) for other in "BCE"}
    assert alike["B"] > 2 * max(alike["C"], alike["E"])


@given(st.dictionaries(st.sampled_from("ABCDEFGH"), WORDS, min_size=1))
def test_a_text_is_as_alike_to_itself_as_can_be(texts: dict[str, str]) -> None:
    likely = likeness.Likeness(texts)
    for key, vector in likely.vectors.items():
        assert math.isclose(likeness.product(vector, vector), 1.0) or not vector
        for other in likely.vectors.values():
            assert -1e-9 <= likeness.product(vector, other) <= 1 + 1e-9
            assert math.isclose(likeness.product(vector, other), likeness.product(other, vector))
        assert key in texts


def test_pairs_that_are_nearly_the_same_are_found_once_and_in_order() -> None:
    texts = TEXTS | {"F": TEXTS["E"] + " nuevo"}
    found = likeness.pairs(likeness.Likeness(texts).vectors, 0.6)
    assert [(one, other) for one, other, _ in found] == [("E", "F"), ("C", "D")]


@given(st.dictionaries(st.text("abc", min_size=1, max_size=3), WORDS, max_size=12))
def test_pairs_are_those_that_comparing_each_with_each_finds(texts: dict[str, str]) -> None:
    vectors = likeness.Likeness(texts).vectors
    keys = sorted(vectors)
    each = {(a, b): likeness.product(vectors[a], vectors[b]) for at, a in enumerate(keys) for b in keys[at + 1 :]}
    found = {(a, b): alike for a, b, alike in likeness.pairs(vectors, 0.9)}
    assert found.keys() <= each.keys()
    assert all(math.isclose(alike, each[pair]) and alike >= 0.9 for pair, alike in found.items())


def test_groups_hold_each_text_once_and_alike_ones_together() -> None:
    vectors = likeness.Likeness(TEXTS).vectors
    made = likeness.groups(vectors, 3)
    assert sorted(key for group in made for key in group) == sorted(TEXTS)
    together = {frozenset(group) for group in made}
    assert {frozenset("AB"), frozenset("CD"), frozenset("E")} == together
    assert made == likeness.groups(dict(reversed(vectors.items())), 3)


@pytest.mark.parametrize("how_many", [0, 1, 9])
def test_more_groups_than_texts_and_none_at_all_are_no_fault(how_many: int) -> None:
    assert likeness.groups({}, how_many) == []
    assert len(likeness.groups(likeness.Likeness(TEXTS).vectors, max(how_many, 1))) <= len(TEXTS)


def test_a_group_is_told_by_the_words_it_does_not_share_with_the_rest() -> None:
    texts = list(TEXTS.values())
    among = theming.in_how_many(texts)
    told = theming.telling_words([TEXTS["A"], TEXTS["B"]], among, len(texts), 2)
    assert told == ["arboles", "sombra"]
