"""How a result is shown to people: rows for a table and bars for a picture, of the same figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.kit.i18n import T, Text
from app.prioritisation.models import VotingRound
from app.prioritisation.queries.rounds import OnIt
from app.prioritisation.rules.counting import Line, OverTables
from app.prioritisation.rules.voting import GONE, placed, read


@dataclass(frozen=True)
class Ranked:
    """One line of a ranking as people read it."""

    rank: int
    is_level: bool
    folio: str
    title: str
    score: float
    decimals: int
    sum: int
    named: int
    goes_on: bool | None
    is_gone: bool


def ranked(found: VotingRound, on_it: Sequence[OnIt]) -> list[Ranked]:
    """The ranking of a closed round; nothing before."""
    if not found.result:
        return []
    titles = {one.folio: one.title for one in on_it}
    lines = [read(line) for line in found.result["lines"]]
    gone = {one.folio for one in on_it if one.state in GONE}
    places = placed(lines, found.capacity, gone)
    decimals = 0 if found.over is OverTables.HEADS else 3
    return [
        replace(_ranked(line, titles, decimals, places[line.folio].outcome), is_gone=line.folio in gone)
        for line in lines
    ]


def _ranked(line: Line, titles: Mapping[str, str], decimals: int, outcome: Any) -> Ranked:
    return Ranked(
        rank=line.rank,
        is_level=line.is_level,
        folio=line.folio,
        title=titles.get(line.folio, ""),
        score=float(line.score),
        decimals=decimals,
        sum=line.sum,
        named=line.named,
        goes_on=None if outcome is None else outcome.value == "prioritised",
        is_gone=False,
    )


def sums_of(group: Mapping[str, Any] | None, on_it: Sequence[OnIt]) -> list[tuple[OnIt, int]]:
    """What each proposal received in a group of tables, most first."""
    if group is None:
        return []
    rows = [(one, int(group["sums"].get(one.folio, 0))) for one in on_it]
    return sorted(rows, key=lambda row: (-row[1], row[0].number))


def why_hidden(found: VotingRound) -> Text | None:
    """Why no figures are shown: the round is not closed, or too few voted in all of it."""
    if not found.result:
        return T(
            "The results of all tables are shown together when the round is closed, so that no table follows another."
        )
    if not found.result["is_told"]:
        return T(
            "Fewer than 10 ballots were cast in all: only the order is shown, so that nobody's vote can be guessed."
        )
    return None
