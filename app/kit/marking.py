"""Where the words of a search stand in a text: told apart by their stems, as the search finds them."""

from __future__ import annotations

import re
from functools import lru_cache

from app.kit.search import MOST_QUERY_WORDS, SHORTEST_BEGINNING, plain, stem, stems, telling

_TOKEN = re.compile(r"[^\W_]+")
EXCERPT = 220

Piece = tuple[str, bool]
"""A stretch of a text, and whether it is one of the words that were looked for."""


class Sought(dict[str, bool]):
    """The words of one search, by their stems, as the search finds them; it may also be the beginning of a word.

    It remembers of each word it met whether it is one of them: the texts of one page have most words in common.
    """

    def __init__(self, query: str) -> None:
        super().__init__()
        found = (telling(query) or list(dict.fromkeys(stems(query))))[:MOST_QUERY_WORDS]
        self._stems = frozenset(found)
        self._begun = tuple(one for one in found if len(one) >= SHORTEST_BEGINNING)

    def __missing__(self, word: str) -> bool:
        stemmed = _stem_of(word)
        self[word] = is_hit = stemmed in self._stems or stemmed.startswith(self._begun)
        return is_hit

    def marked(self, words: str) -> list[Piece]:
        """The whole text in pieces, with the words that were looked for told apart."""
        pieces, at = [], 0
        for found in _TOKEN.finditer(words):
            if self[found[0]]:
                pieces += [(words[at : found.start()], False), (found[0], True)]
                at = found.end()
        return [piece for piece in [*pieces, (words[at:], False)] if piece[0]]

    def excerpt(self, words: str, length: int = EXCERPT) -> list[Piece]:
        """A stretch of the text around the first word that was looked for; nothing where there is none."""
        first = next((found.start() for found in _TOKEN.finditer(words) if self[found[0]]), None)
        if first is None:
            return []
        start, end = max(0, first - length // 3), min(len(words), first + length * 2 // 3)
        if start:
            start = words.find(" ", start, first) + 1 or first
        if end < len(words):
            end = max(words.rfind(" ", first, end), first + 1)
        shown = " ".join(words[start:end].split())
        return self.marked(f"{'… ' * bool(start)}{shown}{' …' * (end < len(words))}")


@lru_cache(maxsize=20_000)
def _stem_of(word: str) -> str:
    return stem(plain(word))
