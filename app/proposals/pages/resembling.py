"""What is like the proposal somebody is writing, looked up while they write."""

from __future__ import annotations

from starlette.responses import Response

from app.process.doors import standing
from app.proposals import resembling
from app.proposals.rules import LONGEST_TITLE
from app.web.edge import PUBLIC, Router
from app.web.view import View

router = Router()
MOST_READ = 5000


@router.ask("/p/{slug}/propose/similar", may=PUBLIC, limit="look_up")
def similar(view: View, slug: str) -> Response:
    """Up to five public proposals like what is typed so far; nothing of it is kept."""
    process = standing(view, slug)
    written = resembling.Written(
        view.typed("title")[:LONGEST_TITLE], view.typed("problem")[:MOST_READ], view.typed("solution")[:MOST_READ]
    )
    return view.render(
        "proposals/similar.html",
        block="similar",
        process=process,
        similar=resembling.similar(view.session, process.id, written),
    )
