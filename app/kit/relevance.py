"""Which entries of the search index have most to do with some words: the same reckoning on both databases.

Neither `bm25()` of FTS5 nor `ts_rank_cd` is asked. They reckon differently, and both look at every entry that holds a
word before the first is known. Here each database only says which entries hold a word, at most two hundred of each, and
where in them the words stand. A word that more entries hold says little about any of them.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

HELD = 200
"""A word that so many entries hold is common."""
ASKED, TITLED = 10, 6
"""So many different words of a text are asked for, and so many of them from its title."""
RAREST = 8
MOST_KNOWN = 20_000
TITLE_COUNTS = 2.0
EARLY = 14
"""The scope, the folio and a title of usual length: who stands before this place most likely stands in the title."""
SPREAD, USUAL_LENGTH = 0.5, 60


@dataclass(frozen=True)
class Held:
    """One entry as far as some words stand in it: each word's places, and how many different words the entry has."""

    number: int
    places: tuple[tuple[int, ...], ...]
    length: int

    @property
    def weight(self) -> float:
        """How much an entry that holds all words is about them: often, early, in few words, and close together."""
        return sum(self._of_one(places) for places in self.places if places) + self._closeness()

    def _of_one(self, places: Sequence[int]) -> float:
        often = len(places) / (len(places) + SPREAD + SPREAD * self.length / USUAL_LENGTH)
        return often + (places[0] <= EARLY)

    def _closeness(self) -> float:
        there = [places for places in self.places if places]
        gaps = (_gap(one, other) for one, other in pairwise(there))
        return sum(1 / (1 + math.log(gap)) for gap in gaps)


def _gap(one: Sequence[int], other: Sequence[int]) -> int:
    return min(abs(a - b) for a in one for b in other) or 1


def ranked(held: Iterable[Held]) -> list[int]:
    """The numbers of some entries, those that are most about the words first; equal ones newest first."""
    return [entry.number for entry in sorted(held, key=lambda entry: (-entry.weight, -entry.number))]


def read(session: Session, terms: str, words: Sequence[str], most: int, count_to: int) -> tuple[list[Held], int]:
    """The newest entries that the terms match, with the places of the words, and how many match, counted so far.

    A word may be a beginning (`agu*`). One statement, since on PostgreSQL the looking is what takes long.
    """
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    values = {"terms": terms, "most": most, "count_to": count_to}
    rows = session.execute(_READ["sqlite" if is_sqlite else "postgresql"], values).all()
    total = rows[0][-1] if rows else 0
    if is_sqlite:
        return [_from_words(number, entry.split(" "), words) for number, entry, _ in rows], total
    wanted = _wanted(tuple(words))
    return [_from_vector(number, wanted.findall(entry), length, words) for number, entry, length, _ in rows], total


_READ: Mapping[str, TextClause] = {
    "sqlite": text(
        "SELECT rowid, words, (SELECT count(*) FROM "
        "(SELECT rowid FROM search_words WHERE search_words MATCH :terms LIMIT :count_to)) "
        "FROM search_words WHERE search_words MATCH :terms ORDER BY rowid DESC LIMIT :most"
    ),
    # In two steps: otherwise the words of every entry found are written out before the newest are chosen.
    "postgresql": text(
        "WITH found AS MATERIALIZED (SELECT id FROM search_words WHERE words @@ to_tsquery('simple', :terms) "
        "ORDER BY id DESC LIMIT :count_to) "
        "SELECT id, words::text, length(words), (SELECT count(*) FROM found) FROM search_words "
        "WHERE id IN (SELECT id FROM found ORDER BY id DESC LIMIT :most) ORDER BY id DESC"
    ),
}


def _from_words(number: int, entry: Sequence[str], words: Sequence[str]) -> Held:
    places = tuple(_in_order(entry, word) for word in words)
    return Held(number, places, len(set(entry)))


def _in_order(entry: Sequence[str], word: str) -> tuple[int, ...]:
    if word.endswith("*"):
        return tuple(place for place, one in enumerate(entry, start=1) if one.startswith(word[:-1]))
    found, place = [], 0
    for _ in range(entry.count(word)):
        place = entry.index(word, place) + 1
        found.append(place)
    return tuple(found)


def _from_vector(number: int, entry: Sequence[tuple[str, str]], length: int, words: Sequence[str]) -> Held:
    """From how PostgreSQL writes a vector down: `'agu':2,35 'plaz':4`."""
    places = [(lexeme, [int(place) for place in said.split(",")]) for lexeme, said in entry]
    return Held(number, tuple(_of(places, word) for word in words), length)


def _of(places: Sequence[tuple[str, list[int]]], word: str) -> tuple[int, ...]:
    its = [some for one, some in places if one == word or (word.endswith("*") and one.startswith(word[:-1]))]
    return tuple(sorted(chain.from_iterable(its)))


@lru_cache(maxsize=256)
def _wanted(words: tuple[str, ...]) -> re.Pattern[str]:
    each = "|".join(word.replace("*", "[a-z0-9]*") for word in words)
    return re.compile(f"'({each})':([0-9,]+)")


_common: dict[str, None] = {}
"""Terms known to be common, so that they are not asked for again: a process seldom loses proposals."""


def holders(session: Session, named: Sequence[tuple[str, str]], *, are_rare: bool = True) -> dict[str, list[int]]:
    """For each of some named terms the entries that match it, all in one statement; common ones are left out."""
    asked = [pair for pair in named if not (are_rare and pair[1] in _common)]
    if not asked:
        return {}
    found: dict[str, list[int]] = {name: [] for name, _ in asked}
    values: dict[str, Any] = {f"t{at}": term for at, (_, term) in enumerate(asked)} | {"most": HELD}
    for at, number in session.execute(_holding(session.get_bind().dialect.name, len(asked)), values):
        found[asked[at][0]].append(number)
    for name, term in asked:
        if len(found[name]) == HELD and are_rare:
            del found[name]
            _remember(term)
    return {name: its for name, its in found.items() if its}


def common_of(named: Sequence[tuple[str, str]]) -> list[str]:
    """Which of some named terms, asked for before, are common."""
    return [name for name, term in named if term in _common]


def _remember(term: str) -> None:
    if len(_common) >= MOST_KNOWN:
        _common.clear()
    _common[term] = None


@lru_cache(maxsize=128)
def _holding(dialect: str, count: int) -> TextClause:
    one = {
        "sqlite": "SELECT * FROM (SELECT {at}, rowid FROM search_words WHERE search_words MATCH :t{at} LIMIT :most)",
        "postgresql": "(SELECT {at}, id FROM search_words WHERE words @@ to_tsquery('simple', :t{at}) LIMIT :most)",
    }[dialect]
    whole = " UNION ALL ".join(one.format(at=at) for at in range(count))  # only places are written in, no words
    return text(whole)


def heaviest(held: Mapping[str, Sequence[int]], titled: Collection[str], most: int) -> list[tuple[int, float]]:
    """The entries that hold most of the rarest words, with what they weigh.

    A word weighs the more, the fewer entries hold it, and twice as much in a title.
    """
    rare = [
        (math.log(1 + 1000 / len(its)) * (TITLE_COUNTS if word in titled else 1), its) for word, its in held.items()
    ]
    weights: defaultdict[int, float] = defaultdict(float)
    for weight, its in sorted(rare, key=lambda one: -one[0])[:RAREST]:
        for number in its:
            weights[number] += weight
    return sorted(weights.items(), key=lambda one: (-one[1], -one[0]))[:most]
