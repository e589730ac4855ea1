"""The office's pages about a process: opening one, dating its stages, and the acts with a public reason."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from app.kit.errors import Invalid
from app.kit.i18n import T
from app.people.rules import Permission
from app.process import actions, queries
from app.process.actions import OpenProcess, SetStage
from app.process.doors import standing
from app.process.kinds import TEMPLATES, FilterMethod, StageKind
from app.process.models import Process
from app.process.places import READY_LISTS
from app.process.rules import WindowStatus, local_of, parse_local, shifts_soon
from app.web.edge import Router
from app.web.view import View

router = Router()

TEMPLATE_WORDS = {
    "simple_consultation": T("Simple consultation: people propose, the office decides, everybody is answered"),
    "ogp_action_plan": T("Open government action plan: several stages and bodies, commitments and monitoring"),
}
PLACES_WORDS = {"none": T("No list"), "chile": T("The sixteen regions of Chile")}
METHOD_WORDS = {
    FilterMethod.SIMPLE: T("One reasoned decision for each proposal"),
    FilterMethod.SESSION: T("In a meeting, down the list against criteria"),
    FilterMethod.SCORE_SHEETS: T("By score sheets of each member"),
}


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
    return view.see_other(f"/p/{process.slug}/office/stages")


@router.page("/p/{slug}/office/stages", may=Permission.EDIT_PROCESS)
def stages(view: View, slug: str) -> Response:
    """The stages with their windows, and what may be done with each now."""
    process = standing(view, slug)
    view.require(Permission.EDIT_PROCESS, process.id)
    rows = [_stage_row(view, process, stage) for stage in queries.stages_of(view.session, process.id)]
    return view.render(
        "process/stages.html", process=process, rows=rows, acts=queries.acts_of(view.session, process.id)
    )


def _stage_row(view: View, process: Process, stage: Any) -> dict[str, Any]:
    status = stage.window.status(view.now)
    return {
        "stage": stage,
        "name": stage.name(view.language),
        "status": "concluded" if stage.concluded_at else status.value,
        "opens": local_of(stage.opens_at, process.zone) if stage.opens_at else "",
        "closes": local_of(stage.closes_at, process.zone) if stage.closes_at else "",
        "begun": status is not WindowStatus.SCHEDULED,
        "warning": bool(stage.closes_at and shifts_soon(stage.closes_at, process.zone)),
        "is_filter": stage.kind is StageKind.FILTER,
        "obstacles": actions.obstacles(view.session, stage) if status is WindowStatus.CLOSED else [],
    }


@router.page("/p/{slug}/office/stages/{stage}", may=Permission.EDIT_PROCESS)
def edit_stage(view: View, slug: str, stage: str) -> Response:
    """One stage: its window, its settings, and the acts on it."""
    process = standing(view, slug)
    view.require(Permission.EDIT_PROCESS, process.id)
    row = _stage_row(view, process, queries.stage_named(view.session, process.id, stage))
    methods = [(method.value, METHOD_WORDS[method]) for method in FilterMethod]
    return view.render("process/stage.html", process=process, row=row, stage=row["stage"], methods=methods)


@router.act("/p/{slug}/office/stages/{stage}", may=Permission.EDIT_PROCESS, again=edit_stage)
def set_stage(view: View, slug: str, stage: str) -> Response:
    """Set the window and the settings."""
    process = standing(view, slug)
    row = queries.stage_named(view.session, process.id, stage)
    settings = dict(row.settings)
    settings.update({name: view.typed(name) for name in ("body", "method") if view.typed(name)})
    typed_version = view.typed("version")
    wish = SetStage(
        opens_at=parse_local(view.typed("opens_at"), process.zone, "opens_at"),
        closes_at=parse_local(view.typed("closes_at"), process.zone, "closes_at"),
        settings=settings,
        name_es=view.typed("name_es"),
        name_en=view.typed("name_en"),
        reason=view.typed("reason"),
        version=int(typed_version) if typed_version.isdigit() else None,
    )
    actions.set_stage(view.work, process, row, wish)
    return view.see_other(f"/p/{slug}/office/stages")


@router.act("/p/{slug}/office/stages/{stage}/extension", may=Permission.EDIT_PROCESS, again=edit_stage)
def extend(view: View, slug: str, stage: str) -> Response:
    """Let the window close later, with a public reason."""
    process = standing(view, slug)
    row = queries.stage_named(view.session, process.id, stage)
    closes_at = parse_local(view.typed("closes_at"), process.zone, "closes_at")
    if closes_at is None:
        raise Invalid(closes_at=T("Write the new end."))
    actions.extend(view.work, process, row, closes_at, view.typed("reason"))
    return view.see_other(f"/p/{slug}/office/stages")


@router.act("/p/{slug}/office/stages/{stage}/conclusion", may=Permission.EDIT_PROCESS)
def conclude(view: View, slug: str, stage: str) -> Response:
    """Conclude the stage, if nothing is owed any more."""
    process = standing(view, slug)
    row = queries.stage_named(view.session, process.id, stage)
    actions.conclude(view.work, process, row, view.typed("note"))
    return view.see_other(f"/p/{slug}/office/stages")


@router.act("/p/{slug}/office/acts", may=Permission.EDIT_PROCESS, again=stages)
def act(view: View, slug: str) -> Response:
    """Pause, resume or end the whole process, with a public reason."""
    process = standing(view, slug)
    verbs = {"pause": actions.pause, "resume": actions.resume, "end": actions.end}
    wanted = verbs.get(view.typed("act"))
    if wanted is None:
        raise Invalid(act=T("Choose what to do."))
    wanted(view.work, process, view.typed("reason"))
    return view.see_other(f"/p/{slug}/office/stages")
