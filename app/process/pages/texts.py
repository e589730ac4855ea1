"""The names, the summary and the contact of a process, changed by the office; each change is recorded."""

from __future__ import annotations

from starlette.responses import Response

from app.kit.errors import NotFound
from app.kit.i18n import T
from app.people.rules import Permission
from app.process import actions
from app.process.colours import MINGAS, stylesheet
from app.process.colours import digest as digest_of
from app.process.doors import found, standing
from app.web.edge import PUBLIC, Router
from app.web.view import View

router = Router()
NAMES = ("name_es", "name_en", "summary_es", "summary_en", "ask_at", "form_of_address", "accent")


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
    told = {name: view.typed(name) for name in NAMES}
    is_chosen = view.typed("own_colour") or told["accent"].lower() not in {process.accent or MINGAS, ""}
    actions.set_texts(view.work, process, told if is_chosen else told | {"accent": ""})
    return view.see_other(f"/p/{slug}/office/stages", T("The names, the summary, the contact and the colour are kept."))


@router.page("/p/{slug}/theme-{digest}.css", may=PUBLIC)
def colours(view: View, slug: str, digest: str) -> Response:
    """The colours of the process, as a stylesheet that a browser may keep for ever: other colours have another name."""
    process = found(view, slug)
    if not process.accent or digest != digest_of(process.accent):
        raise NotFound
    headers = {"cache-control": "public, max-age=31536000, immutable"}
    return Response(stylesheet(process.accent), media_type="text/css", headers=headers)
