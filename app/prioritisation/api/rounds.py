"""Rounds of prioritisation by program: rules and tables, the ranking once closed, the ballots as a file."""

from __future__ import annotations

from pydantic import BaseModel
from starlette.responses import Response

from app.prioritisation.models import VotingRound
from app.prioritisation.queries import open_data, tables
from app.prioritisation.queries import rounds as queries
from app.process import doors
from app.process.models import Process
from app.web.edge import PUBLIC, Router
from app.web.hops import Length
from app.web.view import PRIVATE, View

router = Router()
BASE = "/api/v1/processes/{slug}/rounds"


class TableLine(BaseModel):
    """One table of a round, and where its vote stands."""

    number: int
    title: str
    scope: str
    vote: str
    ballots: int | None
    box_hash: str


class Ranked(BaseModel):
    """One proposal in the ranking; figures are missing where too few voted in all."""

    folio: str
    rank: int
    is_level: bool
    score: str | None
    sum: int | None
    named: int | None


class RoundLine(BaseModel):
    """One round and its rules."""

    number: int
    name: str
    state: str
    method: str
    most: int
    each: int
    over: str
    capacity: int
    url: str


class RoundTold(RoundLine):
    """One round with its ballot and tables, and once it is closed its ranking."""

    proposals: list[str]
    tables: list[TableLine]
    ballots: int | None
    inputs_hash: str | None
    ranking: list[Ranked]


class RoundPage(BaseModel):
    """The rounds of a process, the newest first."""

    items: list[RoundLine]
    next: str | None = None
    total: int
    total_is_capped: bool = False


def _answer(body: BaseModel) -> Response:
    return Response(body.model_dump_json(), media_type="application/json", headers=PRIVATE)


def _line(view: View, process: Process, found: VotingRound) -> RoundLine:
    return RoundLine(
        number=found.number,
        name=found.name(view.language),
        state=found.state.value,
        method=found.method.value,
        most=found.most,
        each=found.each,
        over=found.over.value,
        capacity=found.capacity,
        url=f"{view.house.settings.base_url}{view.url(f'/p/{process.slug}/tables/rounds/{found.number}')}",
    )


@router.read(BASE, may=PUBLIC, kept=True, response_model=RoundPage)
def listing(view: View, slug: str) -> Response:
    """The adopted rounds of a process."""
    process = doors.found(view, slug)
    items = [_line(view, process, found) for found in queries.rounds_of(view.session, process.id)]
    return _answer(RoundPage(items=items, total=len(items)))


@router.read(f"{BASE}/{{number}}", may=PUBLIC, kept=True, response_model=RoundTold)
def one(view: View, slug: str, number: int) -> Response:
    """One round; nothing of what was voted before it is closed."""
    process = doors.found(view, slug)
    found = queries.public_round(view.session, process.id, number)
    result = found.result or {"lines": [], "ballots": None, "inputs_hash": None, "is_told": False}
    return _answer(
        RoundTold(
            **_line(view, process, found).model_dump(),
            proposals=[row.folio for row in queries.on_ballot(view.session, found.id)],
            tables=[_table(view, at) for at in tables.tables_of(view.session, found.id)],
            ballots=result["ballots"],
            inputs_hash=result["inputs_hash"],
            ranking=[_ranked(line, is_told=result["is_told"]) for line in result["lines"]],
        )
    )


def _table(view: View, at: tables.AtTable) -> TableLine:
    return TableLine(
        number=at.table.number,
        title=at.meeting.title(view.language),
        scope=at.table.scope.value,
        vote=at.voting.state.value,
        ballots=at.voting.ballots if at.voting.closed_at else None,
        box_hash=at.voting.box_hash,
    )


def _ranked(line: dict[str, object], *, is_told: bool) -> Ranked:
    hidden = {} if is_told else {"score": None, "sum": None, "named": None}
    return Ranked.model_validate({**line, **hidden})


@router.read(f"{BASE}/{{number}}/ballots.pb", may=PUBLIC, kept=True, length=Length.LONG)
def ballots(view: View, slug: str, number: int) -> Response:
    """Every ballot of a closed round, as a Pabulib file."""
    process = doors.found(view, slug)
    found = queries.public_round(view.session, process.id, number)
    body = open_data.pabulib_file(view.session, process, found)
    name = f"{slug}-{number}.pb"
    headers = {"content-disposition": f'attachment; filename="{name}"', **PRIVATE}
    return Response(body.encode(), media_type="text/plain; charset=utf-8", headers=headers)
