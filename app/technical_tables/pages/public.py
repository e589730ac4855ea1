"""The technical tables for everybody: who sits there and who is missing, what lies there, what institutions said."""

from __future__ import annotations

from starlette.responses import Response

from app.people.rules import Permission
from app.process.doors import standing
from app.proposals.rules import PLAIN_WORDS, plain_state
from app.proposals.words import PROVENANCE_WORDS, SECTORS
from app.technical_tables.queries import requests, tables
from app.technical_tables.rules import ANSWER_WORDS, DIMENSION_WORDS, GRADE_WORDS, ROLE_WORDS, SHARE_WORDS, Step
from app.web.edge import PUBLIC, Router
from app.web.view import View

router = Router()


@router.page("/p/{slug}/technical-tables", may=PUBLIC, kept=True)
def listing(view: View, slug: str) -> Response:
    """Every technical table, and every institution that was asked, with the dates."""
    process = standing(view, slug)
    found = tables.tables_of(view.session, process.id)
    return view.render(
        "technical_tables/list.html",
        process=process,
        tables=found,
        meetings=tables.meetings_of(view.session, found),
        actors=tables.actors_of(view.session, found),
        lying=tables.on_tables(view.session, found),
        requests=requests.requests_of(view.session, process.id),
        extensions=requests.extensions_in(view.session, process.id),
        role_words=ROLE_WORDS,
        provenance_words=PROVENANCE_WORDS,
        steps=Step,
        may_convene=view.actor.may(Permission.CONVENE_MEETINGS, process.id),
    )


@router.page("/p/{slug}/technical-tables/{number}", may=PUBLIC, kept=True)
def one(view: View, slug: str, number: int) -> Response:
    """One table: when it met, who sits there, and each proposal with what the institutions answered."""
    process = standing(view, slug)
    found = tables.table_numbered(view.session, process.id, number)
    lying = tables.on_tables(view.session, [found])[found.id]
    told = requests.told_about(view.session, process.id, [row.folio for row in lying])
    return view.render(
        "technical_tables/one.html",
        process=process,
        table=found,
        meeting=tables.meetings_of(view.session, [found]).get(found.id),
        actors=tables.actors_of(view.session, [found])[found.id],
        lying=[(row, PLAIN_WORDS[plain_state(row.state)], told[row.folio]) for row in lying],
        role_words=ROLE_WORDS,
        provenance_words=PROVENANCE_WORDS,
        sector=SECTORS[found.origin_sector] if found.origin_sector else None,
        share_words=SHARE_WORDS,
        answer_words=ANSWER_WORDS,
        dimension_words=DIMENSION_WORDS,
        grade_words=GRADE_WORDS,
    )
