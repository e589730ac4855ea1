"""Which entries of the search index have most to do with some words: the same reckoning on both databases.

Neither `bm25()` of FTS5 nor `ts_rank_cd` is asked. They reckon differently, and both look at every entry that holds a
word before the first is known. Here each database only says which entries hold a word, at most two hundred of each, and
where in them the words stand. A word that more entries hold says little about any of them.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

HELD = 200
"""So many entries of one word are looked at; a word held by more is common."""
ASKED, TITLED = 24, 10
"""So many different words of a text are asked for, and so many of them from its title."""
RAREST = 8
TITLE_COUNTS = 2.0
EARLY = 14
"""The scope, the folio and a title of usual length: who stands before this place most likely stands in the title."""
SPREAD, USUAL_LENGTH = 0.5, 60
_PLACES = re.compile(r"'([a-z0-9]+)':([0-9,]+)")


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
        gaps = (_gap(one, other) for one, other in zip(there, there[1:], strict=False))
        return sum(1 / (1 + math.log(gap)) for gap in gaps)


def _gap(one: Sequence[int], other: Sequence[int]) -> int:
    return min(abs(a - b) for a in one for b in other) or 1


def ranked(held: Iterable[Held]) -> list[int]:
    """The numbers of some entries, those that are most about the words first; equal ones newest first."""
    return [entry.number for entry in sorted(held, key=lambda entry: (-entry.weight, -entry.number))]


def read(session: Session, terms: str, words: Sequence[str], most: int = HELD) -> list[Held]:
    """The newest entries that the terms match, with the places of the words; a word may be a beginning (`agu*`)."""
    rows = session.execute(_READ[session.get_bind().dialect.name], {"terms": terms, "most": most})
    if session.get_bind().dialect.name == "sqlite":
        return [_from_words(number, entry.split(" "), words) for number, entry in rows]
    return [_from_vector(number, dict(_PLACES.findall(entry)), words) for number, entry in rows]


_READ: Mapping[str, TextClause] = {
    "sqlite": text(
        "SELECT rowid, words FROM search_words WHERE search_words MATCH :terms ORDER BY rowid DESC LIMIT :most"
    ),
    "postgresql": text(
        "SELECT id, words::text FROM search_words WHERE words @@ to_tsquery('simple', :terms) "
        "ORDER BY id DESC LIMIT :most"
    ),
}


def _from_words(number: int, entry: Sequence[str], words: Sequence[str]) -> Held:
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, word in enumerate(entry, start=1):
        places[word].append(place)
    return Held(number, tuple(_of(places, word) for word in words), len(places))


def _from_vector(number: int, entry: Mapping[str, str], words: Sequence[str]) -> Held:
    places = {word: [int(place) for place in said.split(",")] for word, said in entry.items() if _is_wanted(word, words)}
    return Held(number, tuple(_of(places, word) for word in words), len(entry))


def _is_wanted(word: str, words: Sequence[str]) -> bool:
    return any(word == wanted or (wanted.endswith("*") and word.startswith(wanted[:-1])) for wanted in words)


def _of(places: Mapping[str, list[int]], word: str) -> tuple[int, ...]:
    if not word.endswith("*"):
        return tuple(places.get(word, ()))
    return tuple(sorted(place for one, its in places.items() if one.startswith(word[:-1]) for place in its))


def holders(session: Session, terms: Sequence[str]) -> list[list[int]]:
    """For each of some terms the entries that match it, at most two hundred, all in one statement."""
    found: list[list[int]] = [[] for _ in terms]
    if terms:
        values: dict[str, Any] = {f"t{at}": term for at, term in enumerate(terms)} | {"most": HELD}
        for at, number in session.execute(_holding(session.get_bind().dialect.name, len(terms)), values):
            found[at].append(number)
    return found


@lru_cache(maxsize=128)
def _holding(dialect: str, count: int) -> TextClause:
    one = {
        "sqlite": "SELECT * FROM (SELECT {at}, rowid FROM search_words WHERE search_words MATCH :t{at} "
        "ORDER BY rowid DESC LIMIT :most)",
        "postgresql": "(SELECT {at}, id FROM search_words WHERE words @@ to_tsquery('simple', :t{at}) LIMIT :most)",
    }[dialect]
    return text(" UNION ALL ".join(one.format(at=at) for at in range(count)))


def heaviest(words: Sequence[str], titled: int, held: Sequence[Sequence[int]], most: int) -> list[tuple[int, float]]:
    """The entries that hold most of the rarest words, with what they weigh; the first words are a title's.

    A word weighs the more, the fewer entries hold it, and twice as much in a title.
    """
    rare = [
        (math.log(1 + 1000 / len(its)) * (TITLE_COUNTS if at < titled else 1), its)
        for at, (_, its) in enumerate(zip(words, held, strict=True))
        if its
    ]
    weights: defaultdict[int, float] = defaultdict(float)
    for weight, its in islice(sorted(rare, key=lambda one: -one[0]), RAREST):
        for number in its:
            weights[number] += weight
    return sorted(weights.items(), key=lambda one: (-one[1], -one[0]))[:most]
