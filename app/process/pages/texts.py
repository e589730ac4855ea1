"""The names, the summary and the contact of a process, changed by the office; each change is recorded."""

from __future__ import annotations

from starlette.responses import Response

from app.kit.i18n import T
from app.people.rules import Permission
from app.process import actions
from app.process.doors import standing
from app.web.edge import Router
from app.web.view import View

router = Router()
NAMES = ("name_es", "name_en", "summary_es", "summary_en", "ask_at", "form_of_address")


@router.page("/p/{slug}/office/texts", may=Permission.EDIT_PROCESS)
def texts(view: View, slug: str) -> Response:
    """What the process is called, what it is about, and where people may ask."""
    process = standing(view, slug)
    view.require(Permission.EDIT_PROCESS, process.id)
    return view.render("process/texts.html", process=process)


@router.act("/p/{slug}/office/texts", may=Permission.EDIT_PROCESS, again=texts)
def set_texts(view: View, slug: str) -> Response:
    """Change them."""
    process = standing(view, slug)
    actions.set_texts(view.work, process, {name: view.typed(name) for name in NAMES})
    return view.see_other(f"/p/{slug}/office/stages", T("The names, the summary and the contact are kept."))
