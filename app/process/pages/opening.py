"""Opening a process from a template."""

from __future__ import annotations

from starlette.responses import Response

from app.kit.i18n import T
from app.people.rules import Permission
from app.process import actions
from app.process.actions import OpenProcess
from app.process.kinds import TEMPLATES
from app.process.places import READY_LISTS
from app.web.edge import Router
from app.web.view import View

router = Router()

TEMPLATE_WORDS = {
    "simple_consultation": T("Simple consultation: people propose, the office decides, everybody is answered"),
    "ogp_action_plan": T("Open government action plan: several stages and bodies, commitments and monitoring"),
}
PLACES_WORDS = {"none": T("No list"), "chile": T("The sixteen regions of Chile")}


@router.page("/processes/new", may=Permission.OPEN_PROCESS)
def new(view: View) -> Response:
    """The form that opens a process."""
    return view.render(
        "process/new.html",
        templates=[(name, TEMPLATE_WORDS[name]) for name in TEMPLATES],
        places=[(name, PLACES_WORDS[name]) for name in READY_LISTS],
    )


@router.act("/processes", may=Permission.OPEN_PROCESS, again=new)
def open_process(view: View) -> Response:
    """Open a process from a template."""
    wish = OpenProcess(
        slug=view.typed("slug"),
        name_es=view.typed("name_es"),
        timezone=view.typed("timezone"),
        template=view.typed("template"),
        folio_prefix=view.typed("folio_prefix").upper(),
        form_of_address=view.typed("form_of_address") or "usted",
        places=view.typed("places") or "none",
        name_en=view.typed("name_en"),
        summary_es=view.typed("summary_es"),
        summary_en=view.typed("summary_en"),
        ask_at=view.typed("ask_at"),
    )
    process = actions.open_process(view.work, wish)
    told = T("The process is open. This list says what is still to be done before people meet it.")
    return view.see_other(f"/p/{process.slug}/office/stages", told)
