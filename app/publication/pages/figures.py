"""The process in tables: one page for each, and one that lists them."""

from __future__ import annotations

from starlette.responses import Response

from app.kit.errors import NotFound
from app.process import queries as processes
from app.process.doors import standing
from app.publication.figures import Asked, offered
from app.web.edge import PUBLIC, Router
from app.web.view import View

router = Router()


@router.page("/p/{slug}/figures", may=PUBLIC, kept=True)
def listing(view: View, slug: str) -> Response:
    """The tables this process has."""
    process = standing(view, slug)
    kinds = {stage.kind for stage in processes.stages_of(view.session, process.id)}
    return view.render("publication/figures.html", process=process, figures=offered(kinds))


@router.page("/p/{slug}/figures/{name}", may=PUBLIC, kept=True)
def one(view: View, slug: str, name: str, after: int = 0) -> Response:
    """One table, as the rows give it now."""
    process = standing(view, slug)
    kinds = {stage.kind for stage in processes.stages_of(view.session, process.id)}
    figure = offered(kinds).get(name)
    if figure is None:
        raise NotFound
    drawn = figure.draw(view.session, Asked(process, view.language, view.now, max(after, 0)))
    return view.render("publication/figure.html", process=process, name=name, figure=figure, drawn=drawn)
