"""The stages of a process with their dates, what is still to be done before it can begin, and the public acts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from starlette.responses import Response

from app.kit.errors import Invalid
from app.kit.i18n import T, Text
from app.people.rules import Permission
from app.process import actions, queries
from app.process.actions import SetStage
from app.process.doors import standing
from app.process.kinds import DECIDING, FORUM, MONITORING_WORDS, FilterMethod, StageKind, settings_of
from app.process.models import Process, Stage
from app.process.pages.beginning import BODIES_OF, to_begin
from app.process.rules import WindowStatus, local_of, parse_local, shifts_soon
from app.web.edge import Router
from app.web.view import View

router = Router()

METHOD_WORDS = {
    FilterMethod.SIMPLE: T("One reasoned decision for each proposal"),
    FilterMethod.SESSION: T("In a meeting, down the list against criteria"),
    FilterMethod.SCORE_SHEETS: T("By score sheets of each member"),
}
CLOSING_HINTS: dict[StageKind, Text] = {
    StageKind.PUBLIC_CONSULTATION: T("From this minute on nothing is received any more."),
    StageKind.CALL_TO_PUBLIC_BODIES: T("From this minute on nothing is received any more."),
    StageKind.FILTER: T("Until when you mean to decide. Afterwards decisions can still be taken and published."),
}
SIMPLE = "simple_consultation"
A_STAGE_ENDS = T("When this stage ends.")
DONE: dict[str, Text] = {
    "pause": T("The process is paused. The public reads why."),
    "resume": T("The process goes on. The public reads why."),
    "end": T("The process has ended. The public reads why."),
}


@router.page("/p/{slug}/office/stages", may=Permission.EDIT_PROCESS)
def stages(view: View, slug: str) -> Response:
    """The stages with their windows, and what may be done with each now."""
    process = standing(view, slug)
    view.require(Permission.EDIT_PROCESS, process.id)
    rows = [_stage_row(view, process, stage) for stage in queries.stages_of(view.session, process.id)]
    return view.render(
        "process/stages.html",
        process=process,
        rows=rows,
        acts=queries.acts_of(view.session, process.id),
        todo=to_begin(view, process, [row["stage"] for row in rows]),
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
        "is_deciding": stage.kind in DECIDING,
        "closing_hint": CLOSING_HINTS.get(stage.kind, A_STAGE_ENDS),
        "obstacles": actions.obstacles(view.session, stage) if status is WindowStatus.CLOSED else [],
    }


@router.page("/p/{slug}/office/stages/{stage}", may=Permission.EDIT_PROCESS)
def edit_stage(view: View, slug: str, stage: str) -> Response:
    """One stage: its window, its settings, and the acts on it."""
    process = standing(view, slug)
    view.require(Permission.EDIT_PROCESS, process.id)
    row = _stage_row(view, process, queries.stage_named(view.session, process.id, stage))
    methods = [(method.value, METHOD_WORDS[method]) for method in FilterMethod]
    return view.render(
        "process/stage.html",
        process=process,
        row=row,
        stage=row["stage"],
        methods=methods,
        bodies=_bodies(view, process, row["stage"]),
        monitoring=_monitoring(row["stage"]),
    )


def _monitoring(stage: Stage) -> list[tuple[str, Text, int]]:
    """The thresholds and days of a stage of monitoring, with their words; none for another kind."""
    if stage.kind is not StageKind.MONITORING:
        return []
    kept = settings_of(stage.kind, stage.settings).model_dump()
    return [(name, word, int(kept[name])) for name, word in MONITORING_WORDS.items()]


def _bodies(view: View, process: Process, stage: Stage) -> list[tuple[str, Text | str]]:
    """Who may decide at a stage: the office, each body there is, and the forum even before it is set up."""
    found: dict[str, Text | str] = {"office": T("The office")}
    for bodies_of in BODIES_OF:
        found |= {slug: name for slug, name in bodies_of(view.session, process.id, view.language) if slug not in found}
    chosen = str(stage.settings.get("body", "office"))
    for slug in (chosen, FORUM) if process.template != SIMPLE else (chosen,):
        found.setdefault(slug, T("The forum, once it is set up") if slug == FORUM else slug)
    return list(found.items())


@router.act("/p/{slug}/office/stages/{stage}", may=Permission.EDIT_PROCESS, again=edit_stage)
def set_stage(view: View, slug: str, stage: str) -> Response:
    """Set the window and the settings."""
    process = standing(view, slug)
    row = queries.stage_named(view.session, process.id, stage)
    settings = dict(row.settings)
    names = MONITORING_WORDS if row.kind is StageKind.MONITORING else ("body", "method")
    settings.update({name: view.typed(name) for name in names if view.typed(name)})
    if row.kind is StageKind.PUBLIC_CONSULTATION:
        settings["complaints_at"] = view.typed("complaints_at")
    typed_version = view.typed("version")
    opens_at = parse_local(view.typed("opens_at"), process.zone, "opens_at")
    if _opens_now(row, opens_at, view.now) and not view.typed("opens_now"):
        raise Invalid(opens_now=T("With this date it opens now, for everybody. Tick the box if that is meant."))
    wish = SetStage(
        opens_at=opens_at,
        closes_at=parse_local(view.typed("closes_at"), process.zone, "closes_at"),
        settings=settings,
        name_es=view.typed("name_es"),
        name_en=view.typed("name_en"),
        reason=view.typed("reason"),
        version=int(typed_version) if typed_version.isdigit() else None,
    )
    actions.set_stage(view.work, process, row, wish)
    return view.see_other(
        f"/p/{slug}/office/stages", T("The dates and settings of {stage} are kept.", stage=row.name(view.language))
    )


def _opens_now(stage: Stage, opens_at: datetime | None, now: datetime) -> bool:
    """Whether keeping this date opens, at once and for everybody, a stage that had not opened."""
    scheduled = stage.window.status(now) is WindowStatus.SCHEDULED
    return scheduled and opens_at is not None and opens_at <= now


@router.act("/p/{slug}/office/stages/{stage}/extension", may=Permission.EDIT_PROCESS, again=edit_stage)
def extend(view: View, slug: str, stage: str) -> Response:
    """Let the window close later, with a public reason."""
    process = standing(view, slug)
    row = queries.stage_named(view.session, process.id, stage)
    closes_at = parse_local(view.typed("closes_at"), process.zone, "closes_at")
    if closes_at is None:
        raise Invalid(closes_at=T("Write the new end."))
    actions.extend(view.work, process, row, closes_at, view.typed("reason"))
    return view.see_other(
        f"/p/{slug}/office/stages", T("{stage} closes later now. The public reads why.", stage=row.name(view.language))
    )


@router.act("/p/{slug}/office/stages/{stage}/conclusion", may=Permission.EDIT_PROCESS)
def conclude(view: View, slug: str, stage: str) -> Response:
    """Conclude the stage, if nothing is owed any more."""
    process = standing(view, slug)
    row = queries.stage_named(view.session, process.id, stage)
    actions.conclude(view.work, process, row, view.typed("note"))
    return view.see_other(f"/p/{slug}/office/stages", T("{stage} is concluded.", stage=row.name(view.language)))


@router.act("/p/{slug}/office/acts", may=Permission.EDIT_PROCESS, again=stages)
def act(view: View, slug: str) -> Response:
    """Pause, resume or end the whole process, with a public reason."""
    process = standing(view, slug)
    verbs = {"pause": actions.pause, "resume": actions.resume, "end": actions.end}
    wanted = verbs.get(view.typed("act"))
    if wanted is None:
        raise Invalid(act=T("Choose what to do."))
    wanted(view.work, process, view.typed("reason"))
    return view.see_other(f"/p/{slug}/office/stages", DONE[view.typed("act")])
