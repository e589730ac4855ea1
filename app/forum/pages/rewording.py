"""Changing one criterion of a draft where it stands, and the order of them."""

from __future__ import annotations

from starlette.responses import Response

from app.forum import actions
from app.forum.doors import forum_at, stage_at
from app.forum.pages.criteria import criteria, draft_at, typed_criterion
from app.forum.pages.wording import form_of, text_of
from app.forum.queries import criteria as queries
from app.kit.errors import NotFound
from app.kit.i18n import T
from app.people.rules import Permission
from app.web.edge import Router
from app.web.view import View

router = Router()


@router.page("/p/{slug}/office/forum/criteria/{stage}/criterion/{key}", may=Permission.WRITE_CRITERIA)
def criterion(view: View, slug: str, stage: str, key: str) -> Response:
    """One criterion of the draft, to be changed."""
    process, _ = forum_at(view, slug)
    view.require(Permission.WRITE_CRITERIA, process.id)
    found = stage_at(view, process, stage)
    rows = queries.criteria_of(view.session, draft_at(view, found).id)
    row = next((row for row in rows if row.criterion.key == key), None)
    if row is None:
        raise NotFound
    return view.render(
        "forum/criterion.html",
        process=process,
        stage=found,
        stage_name=found.name(view.language),
        key=key,
        title=row.criterion.title(view.language),
        **form_of(text_of(row)),
    )


@router.act("/p/{slug}/office/forum/criteria/{stage}/criterion/{key}", may=Permission.WRITE_CRITERIA, again=criterion)
def change(view: View, slug: str, stage: str, key: str) -> Response:
    """Write the criterion anew."""
    process, _ = forum_at(view, slug)
    draft = draft_at(view, stage_at(view, process, stage))
    actions.change_criterion(view.work, process, draft, key, typed_criterion(view))
    return view.see_other(f"/p/{slug}/office/forum/criteria/{stage}", T("The criterion was changed."))


@router.act("/p/{slug}/office/forum/criteria/{stage}/order", may=Permission.WRITE_CRITERIA, again=criteria)
def move_up(view: View, slug: str, stage: str) -> Response:
    """Let a criterion change places with the one before it."""
    process, _ = forum_at(view, slug)
    actions.move_up(view.work, process, draft_at(view, stage_at(view, process, stage)), view.typed("key"))
    return view.see_other(f"/p/{slug}/office/forum/criteria/{stage}")
