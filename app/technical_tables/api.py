"""The technical tables of a process by program."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel
from starlette.responses import Response

from app.process import doors
from app.technical_tables.queries import tables as queries
from app.technical_tables.queries.tables import OnTable
from app.web.edge import PUBLIC, Router
from app.web.view import PRIVATE, View

router = Router()


class Lying(BaseModel):
    """A proposal on a table: how much of it, and in which words."""

    folio: str
    title: str
    share: str
    words: str


class TableLine(BaseModel):
    """One technical table: when it met, who sits there and which roles are missing, and what lies on it."""

    number: int
    topic: str
    met_on: date | None
    met_to_the: str
    meeting: str | None
    actors: dict[str, list[str]]
    missing: list[str]
    proposals: list[Lying]
    provenance: str
    url: str


class TablePage(BaseModel):
    """Every technical table of a process, by number."""

    items: list[TableLine]
    next: str | None = None
    total: int
    total_is_capped: bool = False


@router.read("/api/v1/processes/{slug}/technical-tables", may=PUBLIC, kept=True, response_model=TablePage)
def listing(view: View, slug: str) -> Response:
    """The technical tables of a process."""
    process = doors.found(view, slug)
    tables = queries.tables_of(view.session, process.id)
    lying = queries.on_tables(view.session, tables)
    actors = queries.actors_of(view.session, tables)
    meetings = queries.meetings_of(view.session, tables)
    base = view.house.settings.base_url
    items = [
        TableLine(
            number=table.number,
            topic=table.topic(view.language),
            met_on=table.met_on,
            met_to_the=table.met_to_the.value,
            meeting=meetings[table.id].slug if table.id in meetings else None,
            actors={role.value: names for role, names in actors[table.id].items()},
            missing=[role.value for role, names in actors[table.id].items() if not names],
            proposals=[_lying(row) for row in lying[table.id]],
            provenance=table.provenance.value,
            url=f"{base}{view.url(f'/p/{process.slug}/technical-tables/{table.number}')}",
        )
        for table in tables
    ]
    body = TablePage(items=items, total=len(items)).model_dump_json()
    return Response(body, media_type="application/json", headers=PRIVATE)


def _lying(row: OnTable) -> Lying:
    return Lying(folio=row.folio, title=row.title, share=row.share.value, words=row.words)
