"""The themes of a process and what stands in each, for everybody."""

from __future__ import annotations

from starlette.responses import Response

from app.people.rules import Permission
from app.prioritisation.queries import themes as queries
from app.process.doors import standing
from app.proposals.rules import PLAIN_WORDS, plain_state
from app.web.edge import PUBLIC, Router
from app.web.view import View

router = Router()
PAGE = 50


@router.page("/p/{slug}/themes", may=PUBLIC, kept=True)
def listing(view: View, slug: str) -> Response:
    """Every theme with what it is about and how much stands in it."""
    process = standing(view, slug)
    rows = queries.themes_of(view.session, process.id)
    bars = [
        {"label": theme.name(view.language), "value": theme.whole, "url": view.url(f"/p/{slug}/themes/{theme.number}")}
        for theme in rows
    ]
    return view.render(
        "prioritisation/themes.html",
        process=process,
        rows=rows,
        bars=bars,
        may_group=view.actor.may(Permission.GROUP_PROPOSALS, process.id),
    )


@router.page("/p/{slug}/themes/{number}", may=PUBLIC, kept=True)
def theme(view: View, slug: str, number: int, after: int = 0) -> Response:
    """One theme: the proposals that stand in it, whole or in part, each with the reason."""
    process = standing(view, slug)
    found = queries.theme_numbered(view.session, process.id, number)
    rows = queries.standing_in(view.session, found.id, after=after, limit=PAGE + 1)
    return view.render(
        "prioritisation/theme.html",
        process=process,
        theme=found,
        rows=[(row, PLAIN_WORDS[plain_state(row.state)]) for row in rows[:PAGE]],
        more=rows[PAGE - 1].number if len(rows) > PAGE else None,
    )
