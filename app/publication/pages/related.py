"""The proposals most like one that is read: asked for when a reader comes to them, so that its page costs no more."""

from __future__ import annotations

from starlette.responses import Response

from app.process.doors import standing
from app.proposals import queries, resembling
from app.web.edge import PUBLIC, Router
from app.web.hops import Length
from app.web.view import View

router = Router()


@router.page("/p/{slug}/proposals/{folio}/related", may=PUBLIC, kept=True, length=Length.SEARCH)
def related(view: View, slug: str, folio: str) -> Response:
    """Up to four public proposals like this one; a page of its own where no script runs."""
    process = standing(view, slug)
    found = queries.public_by_folio(view.session, process.id, folio)
    newest = queries.newest_revision(view.session, found)
    written = resembling.Written(newest.title, newest.problem, newest.solution, but=found.id)
    return view.render(
        "publication/related.html",
        block="related",
        process=process,
        proposal=found,
        related=resembling.related(view.session, process.id, written),
    )
