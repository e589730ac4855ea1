"""Search that forgives accents, plurals and word order, the same on both databases.

Texts are folded here (NFKD, ASCII, lower case) and stemmed with the Snowball stemmer, because PostgreSQL's Spanish
configuration does not match "educacion" to "educación" and SQLite's tokenizer does not stem. The stems are fed to FTS5
on one side and to to_tsvector('simple', …) on the other. Entry numbers grow with time, so that the newest come first
without sorting. What is found is put in order by `kit.relevance`: the newest sixty that hold all words, the best
first, and behind them the rest, newest first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Any, cast

import Stemmer
from sqlalchemy import ARRAY, CTE, BigInteger, ColumnElement, String, any_, bindparam, func, select, text
from sqlalchemy import cast as sql_cast
from sqlalchemy import column as sql_column
from sqlalchemy.orm import Session

from app.kit import relevance

_WORD = re.compile(r"[a-z0-9]+")
MOST_STEMS = 4000
MOST_QUERY_WORDS = 8
COUNT_TO = 300
"""Whoever finds more says more, and need not know how much more: each further one has to be looked at."""
SHORTEST_BEGINNING = 3
RANKED = 60
PLACE = 2**40
"""A place within what was put in order is told as a number no entry reaches, so that one cursor serves both parts."""
MOST_OFTEN, MOST_PARTIAL = 3, 1000
_LITTLE = """a al algo alguna algunas alguno algunos ante antes asi aunque cada como con contra cual cuales cuando
de del desde donde durante e el ella ellas ellos en entre era eran eres es esa esas ese eso esos esta estaba estan
estar estas este esto estos etc fue fueron ha habia han hasta hay he la las le les lo los mas me mi mis mucho
muchos muy ni no nos nosotros nuestra nuestras nuestro nuestros o os otra otras otro otros para pero poco por
porque pues que quien quienes se sea sean ser si sin sino sobre solo son su sus tal tambien tan tanto te tiene
tienen toda todas todo todos tu tus u un una unas uno unos usted ustedes y ya yo"""
SAY_LITTLE = frozenset(_LITTLE.split())
"""Words of Spanish that stand in nearly every text and tell none from another."""
_stemmer = Stemmer.Stemmer("spanish", 0)  # keeps nothing itself: `stem` does, for every thread


def plain(words: str) -> str:
    """The text without accents, in lower case and ASCII: "Ñuñoa" becomes "nunoa"."""
    return unicodedata.normalize("NFKD", words.casefold()).encode("ascii", "ignore").decode()


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


def telling(words: str) -> list[str]:
    """The different stems of a text in reading order, without the words that say little."""
    found = _WORD.findall(plain(words))[:MOST_STEMS]
    return list(dict.fromkeys(stem(word) for word in found if word not in SAY_LITTLE))


@dataclass(frozen=True)
class Wanted:
    """Which page of a search: how many, after which cursor (`Found.next`), the best first or the newest."""

    limit: int
    after: int | None = None
    newest: bool = False

    @property
    def place(self) -> int:
        """The place among those that were put in order."""
        return self.after - PLACE if self.after is not None and self.after >= PLACE else 0


@dataclass(frozen=True)
class Found:
    """One page of a search: the entry numbers in order, how many there are, counted to 300, and where to go on.

    `is_partial` where no entry holds all the words and these hold some of them.
    """

    numbers: list[int]
    total: int
    is_capped: bool
    next: int | None = None
    is_partial: bool = False


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


def find(session: Session, scope: str, query: str, wanted: Wanted) -> Found | None:
    """One page of the entries that hold every word of the query; None when the query has no word in it.

    The best come first, or the newest where that is asked for. Words are first taken whole. Only where that finds
    nothing are they taken as beginnings of words, since a beginning makes the index gather every entry it could mean
    before the first one is known; and only where that finds nothing either, the entries that hold some of the words.
    """
    words = (telling(query) or list(dict.fromkeys(stems(query))))[:MOST_QUERY_WORDS]
    if not words:
        return None
    begun = [f"{word}*" if len(word) >= SHORTEST_BEGINNING else word for word in words]
    for spelled in (words, begun):
        terms = _terms(session, scope, spelled)
        found = _newest(session, terms, wanted) if wanted.newest else _best(session, terms, spelled, wanted)
        if found.total:
            return found
    return _some(session, scope, words, wanted) if len(words) > 1 else Found([], 0, is_capped=False)


def whole(session: Session, scope: str, query: str) -> str | None:
    """What `newest` is filled with (`:terms`) to hold every word of a query, taken whole only; None without words."""
    words = (telling(query) or list(dict.fromkeys(stems(query))))[:MOST_QUERY_WORDS]
    return _terms(session, scope, words) if words else None


def newest(dialect: str) -> CTE:
    """The numbers of the `:sought` newest entries that match `:terms`, as a table in the database: one column `number`.

    Where words taken whole find nothing, `find` goes on.
    """
    column, match = _MATCHING[dialect]
    reading = f"SELECT {column} AS number FROM search_words WHERE {match} ORDER BY {column} DESC LIMIT :sought"  # noqa: S608 - only literals of this page
    return text(reading).columns(sql_column("number", BigInteger)).cte("held")


def is_held(dialect: str, column: Any, held: CTE) -> ColumnElement[bool]:
    """Whether a column holds one of the numbers of `newest`."""
    numbers = select(held.c.number)
    if dialect == "sqlite":
        return cast("ColumnElement[bool]", column.in_(numbers))
    # As one array PostgreSQL goes through the index once, in its order, and not once for each number.
    return cast("ColumnElement[bool]", column == any_(func.array(numbers.scalar_subquery())))


def alike(session: Session, scope: str, title: str, body: str, most: int) -> list[tuple[int, float]]:
    """The entries that share the rarest words with a text, each with its weight, the heaviest first.

    Of the body the longest words are asked for: length is what a rare word shows before anything is looked up. Where
    every word is common, entries that hold two of the first three at once are asked for.
    """
    titled = telling(title)[: relevance.TITLED]
    rest = [word for word in telling(body) if word not in titled]
    words = titled + sorted(rest, key=lambda word: -len(word))[: relevance.ASKED - len(titled)]
    named = [(word, _terms(session, scope, [word])) for word in words]
    rare = relevance.holders(session, named)
    if not rare:
        pairs = list(combinations(relevance.common_of(named)[:MOST_OFTEN], 2))
        titled = [" ".join(pair) for pair in pairs]
        named = [(name, _terms(session, scope, pair)) for name, pair in zip(titled, pairs, strict=True)]
        rare = relevance.holders(session, named)
    return relevance.heaviest(rare, set(titled), most)


def among(dialect: str, column: Any) -> ColumnElement[bool]:
    """Whether a column holds one of `:numbers`, up to a thousand of them handed over as one value (`handed`)."""
    given = bindparam("numbers", type_=String)
    if dialect == "sqlite":
        return cast("ColumnElement[bool]", column.in_(select(func.json_each(given).table_valued("value").c.value)))
    return cast("ColumnElement[bool]", column == any_(sql_cast(given, ARRAY(BigInteger))))


def handed(session: Session, numbers: Sequence[int]) -> str:
    """Numbers as the one value that `among` takes; as a list they would be handed over one by one."""
    within = ",".join(map(str, numbers))
    return f"[{within}]" if session.get_bind().dialect.name == "sqlite" else f"{{{within}}}"


def _best(session: Session, terms: str, words: Sequence[str], wanted: Wanted) -> Found:
    if wanted.after is not None and wanted.after < PLACE:
        return _newest(session, terms, wanted)
    held, counted = relevance.read(session, terms, words, RANKED, COUNT_TO + 1)
    total, is_capped = min(counted, COUNT_TO), counted > COUNT_TO
    following = wanted.place + wanted.limit
    numbers = relevance.ranked(held)[wanted.place : following]
    if following < len(held):
        return Found(numbers, total, is_capped, PLACE + following)
    return Found(numbers, total, is_capped, held[-1].number if total > len(held) else None)


def _some(session: Session, scope: str, words: Sequence[str], wanted: Wanted) -> Found:
    held = relevance.holders(session, [(word, _terms(session, scope, [word])) for word in words], are_rare=False)
    numbers = [number for number, _ in relevance.heaviest(held, set(), MOST_PARTIAL)]
    following = wanted.place + wanted.limit
    cursor = PLACE + following if following < len(numbers) else None
    return Found(numbers[wanted.place : following], len(numbers), is_capped=False, next=cursor, is_partial=True)


def _newest(session: Session, terms: str, wanted: Wanted) -> Found:
    column, match = _matching(session)
    window = f"AND {column} < :after" if wanted.after is not None else ""
    page = f"SELECT {column} FROM search_words WHERE {match} {window} ORDER BY {column} DESC LIMIT :limit"  # noqa: S608 - only literals of this page
    values = {"terms": terms, "after": wanted.after, "limit": wanted.limit + 1}
    numbers = [row[0] for row in session.execute(text(page), values)]
    following = numbers[wanted.limit - 1] if len(numbers) > wanted.limit else None
    total, is_capped = min(len(numbers), wanted.limit), following is not None
    if wanted.limit < COUNT_TO and (following or wanted.after is not None):
        total, is_capped = _count(session, terms)
    return Found(numbers[: wanted.limit], total, is_capped, following)


def _count(session: Session, terms: str) -> tuple[int, bool]:
    column, match = _matching(session)
    counting = f"SELECT count(*) FROM (SELECT {column} FROM search_words WHERE {match} LIMIT :cap) AS capped"  # noqa: S608 - only literals of this page
    total = session.execute(text(counting), {"terms": terms, "cap": COUNT_TO + 1}).scalar_one()
    return min(total, COUNT_TO), total > COUNT_TO


_MATCHING = {
    "sqlite": ("rowid", "search_words MATCH :terms"),
    "postgresql": ("id", "words @@ to_tsquery('simple', :terms)"),
}


def _matching(session: Session) -> tuple[str, str]:
    return _MATCHING[session.get_bind().dialect.name]


def _terms(session: Session, scope: str, words: Sequence[str]) -> str:
    """The query for entries of this scope that hold all these words, as each database writes it."""
    if session.get_bind().dialect.name == "sqlite":
        spelled = ['"{}"{}'.format(word.rstrip("*"), "*" * word.endswith("*")) for word in words]
        return " AND ".join([f'"{_scope_word(scope)}"', *spelled])
    return " & ".join([_scope_word(scope), *(word.replace("*", ":*") for word in words)])


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
