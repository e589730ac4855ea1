"""Where the words of a search stand in a text: told apart by their stems, as the search finds them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from app.kit.search import MOST_QUERY_WORDS, SHORTEST_BEGINNING, plain, stem, stems, telling

_TOKEN = re.compile(r"[^\W_]+")
EXCERPT = 220

Piece = tuple[str, bool]
"""A stretch of a text, and whether it is one of the words that were looked for."""


def marked(words: str, query: str) -> list[Piece]:
    """The whole text in pieces, with the words that were looked for told apart: by their stem, as the search does."""
    return _pieces(words, _wanted(query))


def excerpt(words: str, query: str, length: int = EXCERPT) -> list[Piece]:
    """A stretch of the text around the first word that was looked for; nothing where there is none."""
    wanted = _wanted(query)
    first = next((found.start() for found in _TOKEN.finditer(words) if _is_hit(found[0], wanted)), None)
    if first is None:
        return []
    start, end = max(0, first - length // 3), min(len(words), first + length * 2 // 3)
    if start:
        start = words.find(" ", start, first) + 1 or first
    if end < len(words):
        end = max(words.rfind(" ", first, end), first + 1)
    shown = " ".join(words[start:end].split())
    return _pieces(f"{'… ' * bool(start)}{shown}{' …' * (end < len(words))}", wanted)


class _Wanted(NamedTuple):
    """The stems that were looked for: all of them, and those that may also be the beginning of a word."""

    stems: frozenset[str]
    begun: tuple[str, ...]


def _wanted(query: str) -> _Wanted:
    found = (telling(query) or list(dict.fromkeys(stems(query))))[:MOST_QUERY_WORDS]
    return _Wanted(frozenset(found), tuple(one for one in found if len(one) >= SHORTEST_BEGINNING))


def _is_hit(token: str, wanted: _Wanted) -> bool:
    stemmed = _stem_of(token)
    return stemmed in wanted.stems or stemmed.startswith(wanted.begun)


@lru_cache(maxsize=20_000)
def _stem_of(token: str) -> str:
    return stem(plain(token))


def _pieces(words: str, wanted: _Wanted) -> list[Piece]:
    pieces, at = [], 0
    for found in _TOKEN.finditer(words):
        if _is_hit(found[0], wanted):
            pieces += [(words[at : found.start()], False), (found[0], True)]
            at = found.end()
    return [piece for piece in [*pieces, (words[at:], False)] if piece[0]]
