"""Who decides in a process besides the office: the bodies there are, and naming a council that decides by its acts."""

from __future__ import annotations

from starlette.responses import Response

from app.decisions import actions, queries
from app.decisions.rules import BODY_WORDS, BodyKind
from app.kit.i18n import T
from app.people.rules import Permission
from app.process.doors import standing
from app.web.edge import Router
from app.web.view import View

router = Router()
COUNCIL = "concejo"


@router.page("/p/{slug}/office/bodies", may=Permission.EDIT_PROCESS)
def bodies(view: View, slug: str) -> Response:
    """The bodies that decide here, and the council's name."""
    process = standing(view, slug)
    view.require(Permission.EDIT_PROCESS, process.id)
    found = queries.bodies_of(view.session, process.id)
    return view.render(
        "decisions/bodies.html",
        process=process,
        rows=[(body.name(view.language), BODY_WORDS[body.kind]) for body in found],
        council=next((body for body in found if body.slug == COUNCIL), None),
    )


@router.act("/p/{slug}/office/bodies", may=Permission.EDIT_PROCESS, again=bodies)
def name_council(view: View, slug: str) -> Response:
    """Name the council; which stages it decides at is chosen with their dates."""
    process = standing(view, slug)
    names = (view.typed("name_es"), view.typed("name_en"))
    body = actions.set_body(view.work, process, COUNCIL, BodyKind.COUNCIL, names)
    told = T("{name} can be chosen now as who decides at a stage.", name=body.name(view.language))
    return view.see_other(f"/p/{slug}/office/stages", told)
