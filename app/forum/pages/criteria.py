"""The criteria of a filter as the office writes them, adopts them in a session and opens a round with them."""

from __future__ import annotations

import uuid
from decimal import Decimal

from starlette.responses import Response

from app.forum import actions
from app.forum.actions.criteria import Thresholds
from app.forum.doors import forum_at, stage_at
from app.forum.models import CriteriaSet, Round
from app.forum.pages.opening import plan_form, typed_plan
from app.forum.pages.wording import NEW, form_of
from app.forum.queries import criteria as queries
from app.forum.queries import records, rounds, seats
from app.forum.rules import scoring
from app.forum.rules.motions import Matter
from app.forum.rules.scoring import CriterionKind, CriterionText, ReasonRule, SetState, TieRule
from app.kit.errors import Conflict, Invalid, NotFound
from app.kit.i18n import T, Text
from app.people.rules import Permission
from app.process.models import Process, Stage
from app.web.edge import Router
from app.web.view import View

router = Router()


@router.page("/p/{slug}/office/forum/criteria/{stage}", may=Permission.WRITE_CRITERIA)
def criteria(view: View, slug: str, stage: str) -> Response:
    """The draft being written, the set in force, and the rounds."""
    process, _ = forum_at(view, slug)
    view.require(Permission.WRITE_CRITERIA, process.id)
    found = stage_at(view, process, stage)
    body = seats.forum_for(view.session, found)
    draft = queries.in_state(view.session, found.id, SetState.DRAFT)
    adopted = queries.adopted(view.session, found.id)
    held = seats.held_sessions(view.session, body.id)
    return view.render(
        "forum/criteria_office.html",
        process=process,
        stage=found,
        stage_name=found.name(view.language),
        draft=draft,
        draft_rows=queries.criteria_of(view.session, draft.id) if draft else [],
        adopted=adopted,
        adopted_rows=queries.criteria_of(view.session, adopted.id) if adopted else [],
        sessions=held,
        is_carried=bool(held) and bool(records.carried_on(view.session, held[0].id, Matter.CRITERIA)),
        rounds=rounds.rounds_of(view.session, found.id),
        by_sheets=found.settings.get("method") == "score_sheets",
        said=queries.said,
        kind_words=scoring.KIND_WORDS,
        ties=list(scoring.TIE_WORDS.items()),
        others=[] if draft else queries.of_other_processes(view.session, process.id),
        **plan_form(view, found, body),
        **form_of(NEW),
    )


def _key(typed: str) -> uuid.UUID:
    try:
        return uuid.UUID(typed)
    except ValueError:
        raise Invalid(source=T("Choose one of the list.")) from None


def draft_at(view: View, stage: Stage) -> CriteriaSet:
    draft = queries.in_state(view.session, stage.id, SetState.DRAFT)
    if draft is None:
        raise Conflict(T("There is no draft of these criteria."))
    return draft


@router.act("/p/{slug}/office/forum/criteria/{stage}", may=Permission.WRITE_CRITERIA)
def begin(view: View, slug: str, stage: str) -> Response:
    """Begin a new version."""
    process, _ = forum_at(view, slug)
    typed = view.typed("source")
    source = queries.to_copy(view.session, _key(typed)) if typed else None
    actions.begin_set(view.work, process, stage_at(view, process, stage), source)
    return view.see_other(f"/p/{slug}/office/forum/criteria/{stage}", T("A new version was begun."))


@router.act("/p/{slug}/office/forum/criteria/{stage}/criterion", may=Permission.WRITE_CRITERIA, again=criteria)
def add(view: View, slug: str, stage: str) -> Response:
    """Add a criterion."""
    process, _ = forum_at(view, slug)
    draft = draft_at(view, stage_at(view, process, stage))
    actions.add_criterion(view.work, process, draft, typed_criterion(view))
    return view.see_other(f"/p/{slug}/office/forum/criteria/{stage}", T("The criterion was added."))


def typed_criterion(view: View) -> CriterionText:
    faults: dict[str, Text] = {}
    numbers = {name: _number(view, name, faults) for name in ("weight", "reason_level", "min_mean")}
    try:
        levels = scoring.parse_levels(view.typed("levels"))
    except ValueError:
        levels = ()
        faults["levels"] = T("Write each line like this: 2 | Cumple | It does")
    for name, kinds in (("kind", CriterionKind), ("reason_rule", ReasonRule)):
        if view.typed(name) not in set(kinds):
            faults[name] = T("Choose one of the list.")
    chars = view.typed("reason_min_chars") or "20"
    if not chars.isdigit() or int(chars) > 500:
        faults["reason_min_chars"] = T("Write a number from 0 to 500.")
    if faults:
        raise Invalid(**faults)
    return CriterionText(
        key=view.typed("key"),
        title_es=view.typed("title_es"),
        title_en=view.typed("title_en"),
        help_es=view.typed("help_es"),
        help_en=view.typed("help_en"),
        kind=CriterionKind(view.typed("kind")),
        weight=numbers["weight"] or Decimal(0),
        required=bool(view.typed("required")),
        reason_rule=ReasonRule(view.typed("reason_rule")),
        reason_level=numbers["reason_level"],
        reason_min_chars=int(chars),
        min_mean=numbers["min_mean"],
        levels=levels,
    )


def _number(view: View, name: str, faults: dict[str, Text]) -> Decimal | None:
    typed = view.typed(name)
    if not typed:
        return None
    try:
        return scoring.exact(typed)
    except ValueError:
        faults[name] = T("Write a number with at most three decimals.")
        return None


@router.act("/p/{slug}/office/forum/criteria/{stage}/removal", may=Permission.WRITE_CRITERIA, again=criteria)
def remove(view: View, slug: str, stage: str) -> Response:
    """Take a criterion out of the draft."""
    process, _ = forum_at(view, slug)
    actions.remove_criterion(view.work, process, draft_at(view, stage_at(view, process, stage)), view.typed("key"))
    return view.see_other(f"/p/{slug}/office/forum/criteria/{stage}", T("The criterion was taken out."))


@router.act("/p/{slug}/office/forum/criteria/{stage}/thresholds", may=Permission.WRITE_CRITERIA, again=criteria)
def thresholds(view: View, slug: str, stage: str) -> Response:
    """Set what has to be reached."""
    process, _ = forum_at(view, slug)
    draft = draft_at(view, stage_at(view, process, stage))
    actions.set_thresholds(view.work, process, draft, _typed_thresholds(view))
    return view.see_other(f"/p/{slug}/office/forum/criteria/{stage}", T("What has to be reached was written down."))


def _typed_thresholds(view: View) -> Thresholds:
    faults: dict[str, Text] = {}
    pass_total = _number(view, "pass_total", faults)
    shares = {}
    for name in ("knockout_share", "quorum_share"):
        try:
            shares[name] = scoring.share(view.typed(name))
        except ValueError:
            faults[name] = T("Write a share such as 2/3 or 0.5.")
    for name in ("quorum_min", "capacity"):
        if view.typed(name) and not (view.typed(name).isdigit() and len(view.typed(name)) < 6):
            faults[name] = T("Write a whole number.")
    if view.typed("tie_rule") not in set(TieRule):
        faults["tie_rule"] = T("Choose one of the list.")
    if faults:
        raise Invalid(**faults)
    return Thresholds(
        pass_total=pass_total or Decimal(0),
        quorum_min=int(view.typed("quorum_min") or 1),
        capacity=int(view.typed("capacity")) if view.typed("capacity") else None,
        tie_rule=TieRule(view.typed("tie_rule")),
        **shares,
    )


@router.act("/p/{slug}/office/forum/criteria/{stage}/adoption", may=Permission.RECORD_SESSION, again=criteria)
def adopt(view: View, slug: str, stage: str) -> Response:
    """Adopt the draft in a session."""
    process, body = forum_at(view, slug)
    number = view.typed("session")
    if not number.isdigit():
        raise Invalid(session=T("Choose the session in which they were adopted."))
    meeting = seats.session_numbered(view.session, body.id, int(number))
    actions.adopt(view.work, process, draft_at(view, stage_at(view, process, stage)), meeting)
    return view.see_other(
        f"/p/{slug}/office/forum/criteria/{stage}", T("The criteria are adopted. They no longer change.")
    )


@router.act("/p/{slug}/office/forum/criteria/{stage}/rounds", may=Permission.WRITE_CRITERIA, again=criteria)
def open_round(view: View, slug: str, stage: str) -> Response:
    """Open a round with the set in force."""
    process, _ = forum_at(view, slug)
    found = stage_at(view, process, stage)
    actions.open_round(view.work, process, found, typed_plan(view, process, found))
    return view.see_other(f"/p/{slug}/office/forum/rounds/{stage}", T("The round of scoring is open."))


def round_at(view: View, process: Process, stage: str) -> Round:
    """The round that counts at a stage."""
    found = rounds.last_round(view.session, stage_at(view, process, stage).id)
    if found is None:
        raise NotFound
    return found
