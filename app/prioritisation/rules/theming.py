"""What the grouping of proposals asks for, and the words a group of texts is told by."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from app.decisions.rules import GATES
from app.process.kinds import StageKind

SHORTEST_REASON = 10
LONGEST_REASON = 1000
LONGEST_NAME = 160
LONGEST_PART = 300
MOST_THEMES = 60
MOST_COMPARED = 5_000
FEWEST_GROUPS, MOST_GROUPS = 2, 30
MUCH_ALIKE = 0.6
"""From this cosine on two texts are shown to the office as perhaps the same."""
SHORTEST_WORD = 4

MAY_BE_GROUPED = GATES[StageKind.PRIORITISATION].open_to
"""Proposals that a prioritisation may still take up; others keep the theme they have."""


def telling_words(texts: Sequence[str], among: Mapping[str, int], size: int, most: int = 3) -> list[str]:
    """The words in which some texts differ most from all: n * ln(size / df), n counting each text once."""
    counted: Counter[str] = Counter()
    for text in texts:
        counted.update(set(words_of(text)))
    few = max(len(texts) // 4, 1)
    weighed = ((n * math.log(size / among[word]), word) for word, n in counted.items() if n >= few and among.get(word))
    return [word for weight, word in sorted(weighed, key=lambda pair: (-pair[0], pair[1])) if weight > 0][:most]


def shared_words(text: str, others: Mapping[str, int], among: Mapping[str, int], size: int, most: int = 3) -> list[str]:
    """The words of a text that stand in most of some others and in few of all: what a suggestion is explained by."""
    weighed = (
        (others[word] * math.log(size / among[word]), word)
        for word in set(words_of(text))
        if others.get(word, 0) > 1 and among.get(word)
    )
    return [word for weight, word in sorted(weighed, key=lambda pair: (-pair[0], pair[1])) if weight > 0][:most]


def words_of(text: str) -> list[str]:
    """The longer words of a text, in lower case, as they are written."""
    return [word for word in (raw.strip(".,;:()«»\"'¿?¡!").lower() for raw in text.split()) if _tells(word)]


def _tells(word: str) -> bool:
    return len(word) >= SHORTEST_WORD and word.isalpha()


def in_how_many(texts: Iterable[str]) -> Counter[str]:
    """In how many of these texts each word stands."""
    counted: Counter[str] = Counter()
    for text in texts:
        counted.update(set(words_of(text)))
    return counted
