"""The office's board: what is still to be placed with its hints, the themes, and what a comparison suggests."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from app.kit.errors import Invalid
from app.kit.i18n import T, Text
from app.people.rules import Permission
from app.prioritisation import actions
from app.prioritisation.actions import NameTheme, Place
from app.prioritisation.queries import themes as queries
from app.prioritisation.queries.themes import Hint
from app.prioritisation.rules.theming import FEWEST_GROUPS, MOST_GROUPS
from app.process.doors import standing
from app.process.models import Process
from app.proposals import queries as proposals
from app.web.edge import Router
from app.web.view import View

router = Router()
PAGE = 25
IN_A_COLUMN = 40
ABOUT_SO_MANY = 10


def office(view: View, slug: str) -> Process:
    """The process, for those who group its proposals."""
    process = standing(view, slug)
    view.require(Permission.GROUP_PROPOSALS, process.id)
    return process


@router.page("/p/{slug}/office/themes", may=Permission.GROUP_PROPOSALS)
def board(view: View, slug: str, after: int = 0) -> Response:
    """What waits for a theme, each with three hints, and every theme with what stands in it."""
    process = office(view, slug)
    themes = queries.themes_of(view.session, process.id)
    waiting = queries.to_place(view.session, process.id, after=after, limit=PAGE + 1)
    comparison = queries.comparison_of(view.session, process.id)
    return view.render(
        "prioritisation/board.html",
        process=process,
        themes=themes,
        choices=[(str(theme.number), theme.name(view.language)) for theme in themes],
        waiting=[(row, [_hint(view, hint) for hint in row.hints]) for row in waiting[:PAGE]],
        left=queries.count_to_place(view.session, process.id),
        more=waiting[PAGE - 1].number if len(waiting) > PAGE else None,
        columns=queries.columns(view.session, [theme.id for theme in themes], IN_A_COLUMN),
        comparison=comparison[0] if comparison else None,
        job=comparison[1] if comparison else None,
        is_comparing=queries.is_comparing(comparison),
        drafts=len(queries.drafts_of(view.session, process.id)),
        groups=len(themes) or ABOUT_SO_MANY,
        limits=(FEWEST_GROUPS, MOST_GROUPS),
    )


def _hint(view: View, hint: Hint) -> dict[str, Any]:
    """A hint with the reason it offers, to be changed before it is public."""
    name = hint.theme.name(view.language)
    words = ", ".join(hint.words)
    reason: Text = T("It is about the same matter as the other proposals of this theme.")
    if words:
        reason = T("Like others of this theme it speaks of {words}.", words=words)
    return {"number": str(hint.theme.number), "name": name, "reason": reason.into(view.variant), "words": words}


@router.act("/p/{slug}/office/themes", may=Permission.GROUP_PROPOSALS, again=board)
def name_theme(view: View, slug: str) -> Response:
    """Name a new theme."""
    process = office(view, slug)
    theme = actions.name_theme(view.work, process, typed_theme(view))
    told = T("The theme {name} is there: now proposals can be placed in it.", name=theme.name(view.language))
    return view.see_other(f"/p/{slug}/office/themes", told)


def typed_theme(view: View, ending: str = "") -> NameTheme:
    """What was typed about a theme, where the names of the fields may end in the number of a draft."""
    return NameTheme(*(view.typed(name + ending) for name in ("name_es", "name_en", "about_es", "about_en")))


@router.act("/p/{slug}/office/themes/placements", may=Permission.GROUP_PROPOSALS, again=board)
def place(view: View, slug: str) -> Response:
    """Place one proposal, whole or a named part of it, with the reason."""
    process = office(view, slug)
    folio = view.typed("folio")
    proposal = proposals.by_folio(view.session, process.id, folio)
    number = view.typed(f"theme-{folio}")
    if not number.isdigit():
        raise Invalid(**{f"theme-{folio}": T("Choose a theme.")})
    theme = queries.theme_numbered(view.session, process.id, int(number))
    wish = Place(view.typed(f"reason-{folio}"), view.typed(f"part-{folio}"))
    try:
        actions.place(view.work, process, theme, proposal, wish)
    except Invalid as invalid:
        raise Invalid(**{f"{name}-{folio}": text for name, text in invalid.fields.items()}) from None
    told = T("{folio} stands in {name} now.", folio=proposal.folio, name=theme.name(view.language))
    return view.see_other(_back(view, slug), told)


def _back(view: View, slug: str) -> str:
    board, theme = f"/p/{slug}/office/themes", view.typed("back")
    return f"{board}/{theme}" if theme.isdigit() else board


@router.act("/p/{slug}/office/themes/comparison", may=Permission.GROUP_PROPOSALS, again=board)
def compare(view: View, slug: str) -> Response:
    """Ask for a comparison of the texts."""
    process = office(view, slug)
    typed = view.typed("groups")
    actions.ask_comparison(view.work, process, int(typed) if typed.isdigit() else 0)
    return view.see_other(f"/p/{slug}/office/themes", T("The texts are being compared. It takes a few seconds."))


@router.page("/p/{slug}/office/themes/suggestions", may=Permission.GROUP_PROPOSALS)
def suggestions(view: View, slug: str) -> Response:
    """Drafts of groups to name and adopt, and pairs of proposals that may be the same."""
    process = office(view, slug)
    drafts = queries.drafts_of(view.session, process.id)
    titles = queries.titles_of(view.session, process.id, [folio for draft in drafts for folio in draft.folios])
    return view.render(
        "prioritisation/suggestions.html",
        process=process,
        drafts=[(draft, [(folio, titles[folio]) for folio in draft.folios if folio in titles]) for draft in drafts],
        alikes=queries.alikes_of(view.session, process.id),
    )


def _again(view: View, slug: str, number: int) -> Response:
    del number
    return suggestions(view, slug)


@router.act("/p/{slug}/office/themes/suggestions/{number}", may=Permission.GROUP_PROPOSALS, again=_again)
def adopt(view: View, slug: str, number: int) -> Response:
    """Make a theme of a draft, with the proposals that stayed ticked."""
    process = office(view, slug)
    draft = queries.draft_numbered(view.session, process.id, number)
    chosen = (view.typed_all(f"folios-{number}"), view.typed(f"reason-{number}"))
    try:
        theme = actions.adopt_draft(view.work, process, draft, typed_theme(view, f"-{number}"), chosen)
    except Invalid as invalid:
        raise Invalid(**{f"{name}-{number}": text for name, text in invalid.fields.items()}) from None
    told = T("The draft became the theme {name}.", name=theme.name(view.language))
    return view.see_other(f"/p/{slug}/office/themes/suggestions", told)
