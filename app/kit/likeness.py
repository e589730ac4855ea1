"""How alike two texts are, by the groups of letters they share: words in other forms and misspelt ones still meet.

Each text becomes a vector over its character n-grams, unless told otherwise of 3 to 5 letters, taken inside word
boundaries of the text without accents. A gram weighs (1 + ln tf) * (ln((1 + N) / (1 + df)) + 1), with N texts of which
df hold it, and each vector has length 1, so that the product of two is their cosine, from 0 (nothing in common) to 1
(the same).
See Salton and Buckley, Term-weighting approaches in automatic text retrieval (1988).
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain

Vector = Mapping[str, float]
SIZES = (3, 4, 5)
MOST_CHARACTERS = 4000
MANY = 64
COMMON, FEWEST, UNCOMMON_SHARE = 10, 10, 0.2
_WORD = re.compile(r"[a-z0-9]+")


def grams(text: str, sizes: tuple[int, ...] = SIZES) -> Counter[str]:
    """The n-grams of a text already without accents and in lower case, counted; a word's edges count as letters."""
    return Counter(chain.from_iterable(_of_word(word, sizes) for word in _WORD.findall(text[:MOST_CHARACTERS])))


@lru_cache(maxsize=4_000)
def _of_word(word: str, sizes: tuple[int, ...]) -> tuple[str, ...]:
    edged = f" {word} "
    return tuple(edged[start : start + n] for n in sizes for start in range(max(len(edged) - n + 1, 1)))


def _often(n: int) -> float:
    return 1 + math.log(n)


_OFTEN = [0.0, *(_often(n) for n in range(1, MANY))]


class Likeness:
    """A set of texts, against which any text can be compared."""

    def __init__(self, texts: Mapping[str, str], sizes: tuple[int, ...] = SIZES) -> None:
        self._sizes = sizes
        counted = {key: grams(text, sizes) for key, text in texts.items()}
        seen: Counter[str] = Counter()
        for counts in counted.values():
            seen.update(counts.keys())
        rarities = {n: math.log((1 + len(texts)) / (1 + n)) + 1 for n in {0, *seen.values()}}
        self._unseen = rarities[0]
        self._rarity = {gram: rarities[n] for gram, n in seen.items()}
        self.vectors: dict[str, Vector] = {key: self._vector(counts) for key, counts in counted.items()}

    def vector(self, text: str) -> Vector:
        """A text as a vector in the weights of this set."""
        return self._vector(grams(text, self._sizes))

    def _vector(self, counts: Mapping[str, int]) -> Vector:
        rarity, unseen = self._rarity, self._unseen
        weighed = {
            gram: rarity.get(gram, unseen) * (_OFTEN[n] if n < MANY else _often(n)) for gram, n in counts.items()
        }
        length = math.sqrt(math.fsum(weight * weight for weight in weighed.values()))
        return {gram: weight / length for gram, weight in weighed.items()} if length else {}


def product(one: Vector, other: Vector) -> float:
    """The cosine of two vectors of length 1."""
    small, large = (one, other) if len(one) <= len(other) else (other, one)
    return math.fsum(weight * large[gram] for gram, weight in small.items() if gram in large)


def middle(vectors: Iterable[Vector]) -> Vector:
    """The middle of some vectors, again of length 1."""
    total: defaultdict[str, float] = defaultdict(float)
    for vector in vectors:
        for gram, weight in vector.items():
            total[gram] += weight
    length = math.sqrt(math.fsum(weight * weight for weight in total.values()))
    return {gram: weight / length for gram, weight in total.items()} if length else {}


def nearest(vector: Vector, middles: Mapping[str, Vector], most: int = 3) -> list[tuple[str, float]]:
    """The nearest of some middles, the most alike first; equal ones in the order of their names."""
    scored = sorted(((key, product(vector, to)) for key, to in middles.items()), key=lambda pair: (-pair[1], pair[0]))
    return [pair for pair in scored[:most] if pair[1] > 0]


def pairs(vectors: Mapping[str, Vector], least: float, most: int = 200) -> list[tuple[str, str, float]]:
    """The pairs that are at least so alike, the most alike first; each is named once, in the order of its names.

    Only texts that share some of their weight in uncommon grams (in fewer than a tenth of the texts) are compared.
    """
    common = max(len(vectors) // COMMON, FEWEST)
    seen = Counter(gram for vector in vectors.values() for gram in vector)
    postings: defaultdict[str, list[tuple[str, float]]] = defaultdict(list)
    found: list[tuple[str, str, float]] = []
    for key in sorted(vectors):
        shared: defaultdict[str, float] = defaultdict(float)
        for gram, weight in vectors[key].items():
            if 1 < seen[gram] <= common:
                for other, its in postings[gram]:
                    shared[other] += weight * its
                postings[gram].append((key, weight))
        near = [other for other, some in shared.items() if some >= least * UNCOMMON_SHARE]
        scored = ((other, key, product(vectors[other], vectors[key])) for other in near)
        found.extend(pair for pair in scored if pair[2] >= least)
    return sorted(found, key=lambda pair: (-pair[2], pair[0], pair[1]))[:most]


def groups(vectors: Mapping[str, Vector], how_many: int, rounds: int = 12) -> list[list[str]]:
    """So many groups of texts that are alike, the largest first: spherical k-means from far-apart beginnings.

    Deterministic: the first beginning is the text nearest to the middle of all, each next one the text least alike to
    those chosen. A draft for people to change, never a decision.
    """
    keys = sorted(key for key, vector in vectors.items() if vector)
    if not keys:
        return []
    middles = _beginnings(vectors, keys, min(how_many, len(keys)))
    belongs: dict[str, int] = {}
    for _ in range(rounds):
        now = {key: _closest(vectors[key], middles) for key in keys}
        if now == belongs:
            break
        belongs = now
        middles = [
            middle(vectors[key] for key in keys if belongs[key] == at) or middles[at] for at in range(len(middles))
        ]
    made = [[key for key in keys if belongs[key] == at] for at in range(len(middles))]
    return sorted((group for group in made if group), key=lambda group: (-len(group), group[0]))


def _closest(vector: Vector, middles: Sequence[Vector]) -> int:
    alike = [product(vector, to) for to in middles]
    return alike.index(max(alike))


def _beginnings(vectors: Mapping[str, Vector], keys: Sequence[str], how_many: int) -> list[Vector]:
    whole = middle(vectors[key] for key in keys)
    chosen = [max(keys, key=lambda key: product(vectors[key], whole))]
    near = {key: product(vectors[key], vectors[chosen[0]]) for key in keys}
    while len(chosen) < how_many:
        chosen.append(min(keys, key=lambda key: (near[key], key)))
        for key in keys:
            near[key] = max(near[key], product(vectors[key], vectors[chosen[-1]]))
    return [vectors[key] for key in chosen]
