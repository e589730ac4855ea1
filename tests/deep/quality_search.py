"""How well search and similar proposals find, on 1,008 real proposals of Valladolid read from MINGA_SHARED.

Search: for every tenth proposal, a query of the three longest words of its description that are not in its title (of
equally long ones the first; words of four letters or more, none that stand in nearly every text, none in another form
of a word of the title). The rule looks at this one text only, never at the index. A proposal with fewer such words
asks nothing. Similar: twelve proposals the city joined with others say with which; each asks with its own title and
description. Some titles end in "(agrupada con 8424)", added by the city afterwards; nobody who writes has those words,
so they are left out of the question.
"""

from __future__ import annotations

import csv
import re
import uuid
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit import search
from app.kit.db import Database
from app.parts import fill_tables
from app.process import queries as processes
from app.process.models import Process
from app.proposals import queries, resembling
from app.proposals.models import Proposal, Revision
from app.proposals.queries import Filters
from tests.deep import valladolid

EVERY, WORDS, FIRST, SHORTEST = 10, 3, 10, 4
JOINED = "Agrupada con otra propuesta"
_WORD = re.compile(r"[^\W\d_]+")
_ADDED = re.compile(r"\((?:agrupada|inadmitida)[^)]*\)|^\d{4}-", re.IGNORECASE)


@dataclass(frozen=True)
class Known:
    """One of the real proposals."""

    folio: str
    key: uuid.UUID
    revision: Revision


@dataclass(frozen=True)
class Quality:
    """How many of the questions found their proposal among the first ten, and where each joined one stands."""

    asked: int
    found: int
    ranks: dict[str, int | None]

    @property
    def share(self) -> float:
        return self.found / self.asked

    def within(self, first: int) -> int:
        return sum(rank is not None and rank <= first for rank in self.ranks.values())


def content_words(title: str, description: str) -> list[str]:
    """The three longest words of a description that are not in the title, or fewer."""
    known = set(search.stems(title))
    words: dict[str, str] = {}
    for word in _WORD.findall(description):
        folded = search.plain(word)
        if len(folded) >= SHORTEST and folded not in search.SAY_LITTLE and search.stem(folded) not in known:
            words.setdefault(search.stem(folded), word)
    return sorted(words.values(), key=lambda word: -len(word))[:WORDS]


def take_in(database: Database, folder: Path) -> None:
    """The real proposals, in an empty database."""
    fill_tables()
    valladolid._open(database)
    valladolid._import(database, folder / "proposals.json")


def measure(session: Session, folder: Path) -> Quality:
    process = processes.by_slug(session, valladolid.SLUG)
    texts = session.execute(
        select(Proposal.folio, Proposal.source_ref, Proposal.id, Revision)
        .join(Revision, Revision.proposal_id == Proposal.id)
        .order_by(Proposal.number)
    ).all()
    asked = found = 0
    for folio, _, _, revision in texts[::EVERY]:
        words = content_words(revision.title, f"{revision.problem} {revision.solution}")
        if len(words) == WORDS:
            listing = queries.public_list(session, process, Filters(q=" ".join(words)), limit=FIRST)
            asked, found = asked + 1, found + (folio in [row.folio for row in listing.rows])
    by_code = {str(code): Known(folio, key, revision) for folio, code, key, revision in texts}
    ranks = {code: _rank(session, process, by_code[code], by_code[into].folio) for code, into in _joined(folder)}
    return Quality(asked, found, ranks)


def _joined(folder: Path) -> list[tuple[str, str]]:
    with (folder / "table-decisions.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["tipo_razon_exclusion"] == JOINED]
    return [(row["propuesta_id"], re.findall(r"propuesta\s+(\d{4})", row["razon_exclusion"])[0]) for row in rows]


def _rank(session: Session, process: Process, known: Known, into: str) -> int | None:
    own = known.revision
    written = resembling.Written(_ADDED.sub("", own.title), own.problem, own.solution, but=known.key)
    near = [one.folio for one in resembling.similar(session, process.id, written, FIRST)]
    return near.index(into) + 1 if into in near else None
