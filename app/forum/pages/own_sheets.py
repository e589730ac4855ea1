"""A member's own score sheets side by side, to see whether they measured all by the same yardstick."""

from __future__ import annotations

from starlette.responses import Response

from app.forum.doors import own_round
from app.forum.queries import criteria
from app.forum.queries.own_sheets import own_sheets
from app.forum.rules.scoring import CriterionKind
from app.kit.text import say_number
from app.people.rules import Permission
from app.process.rules import WindowStatus
from app.web.edge import Router
from app.web.view import View

router = Router()
PAGE = 100


@router.page("/p/{slug}/sheets", may=Permission.SEE_FORUM)
def sheets(view: View, slug: str, page: int = 1) -> Response:
    """What this seat gave, proposal by proposal, the highest first; each leads to its sheet, nobody else's is there."""
    process, found, seat = own_round(view, slug)
    rows = criteria.criteria_of(view.session, found.criteria_set_id)
    own = own_sheets(view.session, found, seat, rows, view.actor.person_id)
    first = max(page - 1, 0) * PAGE
    return view.render(
        "forum/own_sheets.html",
        process=process,
        criteria=[row.criterion for row in rows if row.criterion.kind is not CriterionKind.INFORMATIVE],
        rows=[
            (sheet, "–" if sheet.total is None else say_number(float(sheet.total), view.variant, 1))
            for sheet in own[first : first + PAGE]
        ],
        is_open=found.closed_at is None and found.window.status(view.now) is WindowStatus.OPEN,
        total=len(own),
        page=page,
        pages=(len(own) + PAGE - 1) // PAGE or 1,
    )
