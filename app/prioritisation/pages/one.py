"""One theme for the office: renaming it, moving what stands in it, giving it up."""

from __future__ import annotations

from starlette.responses import Response

from app.kit.errors import Invalid
from app.kit.i18n import T
from app.people.rules import Permission
from app.prioritisation import actions
from app.prioritisation.models import Theme
from app.prioritisation.pages.grouping import office, typed_theme
from app.prioritisation.queries import themes as queries
from app.process.models import Process
from app.proposals import queries as proposals
from app.web.edge import Router
from app.web.view import View

router = Router()
PAGE = 25


@router.page("/p/{slug}/office/themes/{number}", may=Permission.GROUP_PROPOSALS)
def one(view: View, slug: str, number: int, after: int = 0) -> Response:
    """One theme: renaming it, moving what stands in it, giving it up."""
    process = office(view, slug)
    theme = queries.theme_numbered(view.session, process.id, number)
    rows = queries.standing_in(view.session, theme.id, after=after, limit=PAGE + 1)
    others = queries.themes_of(view.session, process.id)
    return view.render(
        "prioritisation/theme_office.html",
        process=process,
        theme=theme,
        rows=rows[:PAGE],
        more=rows[PAGE - 1].number if len(rows) > PAGE else None,
        choices=[(str(other.number), other.name(view.language)) for other in others if other.id != theme.id],
    )


@router.act("/p/{slug}/office/themes/{number}", may=Permission.GROUP_PROPOSALS, again=one)
def rename(view: View, slug: str, number: int) -> Response:
    """Change the name of a theme and what it says of itself."""
    process, theme = _theme(view, slug, number)
    actions.name_theme(view.work, process, typed_theme(view), theme)
    return view.see_other(f"/p/{slug}/office/themes/{number}", T("The theme is kept as it stands here."))


def _theme(view: View, slug: str, number: int) -> tuple[Process, Theme]:
    process = office(view, slug)
    return process, queries.theme_numbered(view.session, process.id, number)


@router.act("/p/{slug}/office/themes/{number}/removal", may=Permission.GROUP_PROPOSALS, again=one)
def take_out(view: View, slug: str, number: int) -> Response:
    """Take a proposal out of this theme; it waits for another."""
    process, theme = _theme(view, slug, number)
    folio = view.typed("folio")
    proposal = proposals.by_folio(view.session, process.id, folio)
    try:
        actions.take_out(view.work, process, theme, proposal, view.typed(f"reason-{folio}"))
    except Invalid as invalid:
        raise Invalid(**{f"{name}-{folio}": text for name, text in invalid.fields.items()}) from None
    told = T("{folio} stands in this theme no more.", folio=proposal.folio)
    return view.see_other(f"/p/{slug}/office/themes/{number}", told)


@router.act("/p/{slug}/office/themes/{number}/dissolution", may=Permission.GROUP_PROPOSALS, again=one)
def dissolve(view: View, slug: str, number: int) -> Response:
    """Give up a theme in which nothing stands."""
    process, theme = _theme(view, slug, number)
    actions.dissolve(view.work, process, theme)
    return view.see_other(f"/p/{slug}/office/themes", T("The theme was given up."))
