"""Search that forgives accents, plurals and word order, the same on both databases.

Texts are folded here (NFKD, ASCII, lower case) and stemmed with the Snowball stemmer, because PostgreSQL's Spanish
configuration does not match "educacion" to "educación" and SQLite's tokenizer does not stem. The stems are fed to FTS5
on one side and to to_tsvector('simple', …) on the other. Entry numbers grow with time, so that the newest come first
without sorting.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import Stemmer
from sqlalchemy import text
from sqlalchemy.orm import Session

_WORD = re.compile(r"[a-z0-9]+")
_TOKEN = re.compile(r"[^\W_]+")
MOST_STEMS = 4000
EXCERPT = 220
MOST_QUERY_WORDS = 8
COUNT_TO = 1000
SHORTEST_BEGINNING = 3
_stemmer = Stemmer.Stemmer("spanish", 0)  # keeps nothing itself: `stem` does, for every thread


def plain(words: str) -> str:
    """The text without accents, in lower case and ASCII: "Ñuñoa" becomes "nunoa"."""
    decomposed = unicodedata.normalize("NFKD", words.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).encode("ascii", "ignore").decode()


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """The stem of one folded word."""
    return str(_stemmer.stemWord(word))


def stems(words: str) -> list[str]:
    """The stems of a text in reading order, at most 4,000 of them."""
    return [stem(word) for word in _WORD.findall(plain(words))[:MOST_STEMS]]


def folded(words: str) -> str:
    """The text as it is fed to the index: folded stems between spaces."""
    return " ".join(stems(words))


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


def _wanted(query: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(stems(query)[:MOST_QUERY_WORDS]))


def _is_hit(token: str, wanted: tuple[str, ...]) -> bool:
    stemmed = _stem_of(token)
    return any(stemmed == one or (len(one) >= SHORTEST_BEGINNING and stemmed.startswith(one)) for one in wanted)


@lru_cache(maxsize=20_000)
def _stem_of(token: str) -> str:
    return stem(plain(token))


def _pieces(words: str, wanted: tuple[str, ...]) -> list[Piece]:
    pieces, at = [], 0
    for found in _TOKEN.finditer(words):
        if _is_hit(found[0], wanted):
            pieces += [(words[at : found.start()], False), (found[0], True)]
            at = found.end()
    return [piece for piece in [*pieces, (words[at:], False)] if piece[0]]


@dataclass(frozen=True)
class Found:
    """One page of a search: the entry numbers, newest first, and how many there are, counted to 1,000."""

    numbers: list[int]
    total: int
    is_capped: bool


def put(session: Session, number: int, scope: str, stemmed: str) -> None:
    """Write or rewrite one entry; the scope (a process) is indexed as a word of its own."""
    drop(session, number)
    if session.get_bind().dialect.name == "sqlite":
        session.execute(
            text("INSERT INTO search_words(rowid, words) VALUES (:number, :words)"),
            {"number": number, "words": f"{_scope_word(scope)} {stemmed}"},
        )
    else:
        session.execute(
            text("INSERT INTO search_words(id, words) VALUES (:number, to_tsvector('simple', :words))"),
            {"number": number, "words": f"{_scope_word(scope)} {stemmed}"},
        )


def put_many(session: Session, scope: str, entries: list[tuple[int, str]]) -> None:
    """Write many new entries at once; none of them may be there already."""
    if session.get_bind().dialect.name == "sqlite":
        statement = text("INSERT INTO search_words(rowid, words) VALUES (:number, :words)")
    else:
        statement = text("INSERT INTO search_words(id, words) VALUES (:number, to_tsvector('simple', :words))")
    rows = [{"number": number, "words": f"{_scope_word(scope)} {stemmed}"} for number, stemmed in entries]
    if rows:
        session.execute(statement, rows)


def drop(session: Session, number: int) -> None:
    """Take one entry out of the index, for example when its proposal is withdrawn."""
    column = "rowid" if session.get_bind().dialect.name == "sqlite" else "id"
    session.execute(text(f"DELETE FROM search_words WHERE {column} = :number"), {"number": number})  # noqa: S608 - one of two literals


def find(session: Session, scope: str, query: str, limit: int, before: int | None = None) -> Found | None:
    """The entries that hold every word of the query, newest first; None when the query has no word in it.

    Words are first taken whole. Only where that finds nothing are they taken as beginnings of words, since a beginning
    makes the index gather every entry it could mean before the first one is known.
    """
    words = list(dict.fromkeys(stems(query)))[:MOST_QUERY_WORDS]
    if not words:
        return None
    whole = _find(session, scope, words, limit, before)
    begun = [f"{word}*" if len(word) >= SHORTEST_BEGINNING else word for word in words]
    if whole.total or begun == words:
        return whole
    return _find(session, scope, begun, limit, before)


def _find(session: Session, scope: str, words: list[str], limit: int, before: int | None) -> Found:
    if session.get_bind().dialect.name == "sqlite":
        spelled = ['"{}"{}'.format(word.rstrip("*"), "*" * word.endswith("*")) for word in words]
        terms = " AND ".join([f'"{_scope_word(scope)}"', *spelled])
        column, match = "rowid", "search_words MATCH :terms"
    else:
        terms = " & ".join([_scope_word(scope), *(word.replace("*", ":*") for word in words)])
        column, match = "id", "words @@ to_tsquery('simple', :terms)"
    window = f"AND {column} < :before" if before else ""
    select = f"SELECT {column} FROM search_words WHERE {match}"  # noqa: S608 - only literals of this page
    values = {"terms": terms, "before": before, "limit": limit, "cap": COUNT_TO + 1}
    counting = f"SELECT count(*) FROM ({select} LIMIT :cap) AS capped"  # noqa: S608 - only literals of this page
    counted = select.replace("SELECT ", f"SELECT ({counting}), ", 1)
    page = f"{counted} {window} ORDER BY {column} DESC LIMIT :limit"
    rows = session.execute(text(page), values).all()
    total = rows[0][0] if rows else 0
    if before and not rows:
        total = session.execute(text(counting), values).scalar_one()
    return Found(numbers=[row[1] for row in rows], total=min(total, COUNT_TO), is_capped=total > COUNT_TO)


def _scope_word(scope: str) -> str:
    return "scope" + re.sub(r"[^a-z0-9]", "", scope.lower())


SCHEMA = {
    "sqlite": [
        "CREATE VIRTUAL TABLE search_words USING fts5(words, tokenize='ascii')",
    ],
    "postgresql": [
        "CREATE TABLE search_words (id bigint PRIMARY KEY, words tsvector NOT NULL)",
        "CREATE INDEX ix_search_words ON search_words USING gin (words)",
    ],
}
