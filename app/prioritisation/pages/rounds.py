"""The office's rounds of prioritisation: setting one, joining its tables, adopting it, closing it."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from app.kit.errors import Invalid, NotFound
from app.kit.i18n import T
from app.meetings.queries import meetings
from app.people.rules import Permission
from app.prioritisation import actions
from app.prioritisation.doors import office_round
from app.prioritisation.models import VotingRound
from app.prioritisation.pages.tables import WORDS
from app.prioritisation.queries import rounds as queries
from app.prioritisation.queries import tables
from app.prioritisation.rules.voting import METHOD_WORDS, OVER_WORDS, SCOPE_WORDS, RoundState, RoundWish, rule_in_words
from app.process import queries as processes
from app.process.doors import standing
from app.process.models import Process, Stage
from app.web.edge import Router
from app.web.view import View

router = Router()
ALL, ONE = "/p/{slug}/office/tables", "/p/{slug}/office/tables/rounds/{number}"
SET, RUN = Permission.SET_ROUNDS, Permission.RUN_TABLES


@router.page(ALL, may=RUN)
def listing(view: View, slug: str) -> Response:
    """Every round with its tables, and for the office the form of a new one."""
    process = standing(view, slug)
    view.require(RUN, process.id)
    rows = queries.rounds_of(view.session, process.id, drafts=True)
    at = tables.of_rounds(view.session, [row.id for row in rows])
    return view.render(
        "prioritisation/rounds_office.html",
        process=process,
        rows=[(row, rule_in_words(row.rule), at.get(row.id, [])) for row in rows],
        stages=[
            (stage.slug, stage.name(view.language))
            for stage in queries.stages_to_prioritise(view.session, process.id)
            if not stage.concluded_at
        ],
        round=None,
        may_set=view.actor.may(SET, process.id),
        **_choices(),
        **WORDS,
    )


def _choices() -> dict[str, Any]:
    return {
        "methods": [(method.value, word) for method, word in METHOD_WORDS.items()],
        "overs": [(over.value, word) for over, word in OVER_WORDS.items()],
        "scopes": [(scope.value, word) for scope, word in SCOPE_WORDS.items()],
    }


def _number(view: View, name: str) -> int | None:
    typed = view.typed(name)
    return int(typed) if typed.isdigit() and len(typed) <= len("9999") else None


def _wish(view: View) -> RoundWish:
    return RoundWish(
        name_es=view.typed("name_es"),
        name_en=view.typed("name_en"),
        method=view.typed("method"),
        most=_number(view, "most"),
        each=_number(view, "each"),
        over=view.typed("over"),
        capacity=_number(view, "capacity"),
        with_reserved=bool(view.typed("with_reserved")),
    )


def _stage(view: View, process: Process) -> Stage:
    known = queries.stages_to_prioritise(view.session, process.id)
    named = [stage for stage in known if stage.slug == view.typed("stage")] or known
    if not named:
        raise Invalid(name_es=T("This process has no stage in which meetings set priorities."))
    return named[0]


@router.act(ALL, may=SET, again=listing)
def set_round(view: View, slug: str) -> Response:
    """Set a new round, as a draft."""
    process = standing(view, slug)
    view.require(SET, process.id)
    made = actions.set_round(view.work, process, _stage(view, process), _wish(view))
    told = T("The round is a draft. Join its meetings, then adopt it before anybody can register.")
    return view.see_other(f"/p/{slug}/office/tables/rounds/{made.number}", told)


@router.page(ONE, may=SET)
def one(view: View, slug: str, number: int) -> Response:
    """One round: what is missing before it is adopted, its tables, closing it."""
    process, found = office_round(view, slug, number)
    stage = processes.stage_by_id(view.session, found.stage_id)
    is_draft = found.state is RoundState.DRAFT
    on_it = (
        queries.may_be_on(view.session, stage, with_reserved=found.with_reserved)
        if is_draft
        else queries.on_ballot(view.session, found.id)
    )
    return view.render(
        "prioritisation/round_office.html",
        process=process,
        round=found,
        rule=rule_in_words(found.rule),
        is_draft=is_draft,
        stages=[],
        on_it=on_it,
        tables=tables.tables_of(view.session, found.id),
        free=[
            (meeting.slug, f"{meeting.number}. {meeting.title(view.language)}")
            for meeting in tables.may_be_joined(view.session, found)
        ],
        **_choices(),
        **WORDS,
    )


@router.act(ONE, may=SET, again=one)
def change(view: View, slug: str, number: int) -> Response:
    """Change a draft."""
    process, found = office_round(view, slug, number)
    stage = processes.stage_by_id(view.session, found.stage_id)
    actions.set_round(view.work, process, stage, _wish(view), found)
    return view.see_other(f"/p/{slug}/office/tables/rounds/{number}", T("The draft is kept."))


@router.act(f"{ONE}/adoption", may=SET, again=one)
def adopt(view: View, slug: str, number: int) -> Response:
    """Adopt the round: its rules and its ballot are public and no longer change."""
    process, found = office_round(view, slug, number)
    actions.adopt(view.work, process, found)
    told = T("The round is adopted and public. Now the registration for its meetings may open.")
    return view.see_other(f"/p/{slug}/office/tables/rounds/{number}", told)


@router.act(f"{ONE}/closing", may=SET, again=one)
def close(view: View, slug: str, number: int) -> Response:
    """Close the round and count it."""
    process, found = office_round(view, slug, number)
    actions.close_round(view.work, process, found)
    return view.see_other(f"/p/{slug}/tables/rounds/{number}", T("The round is closed. Its results are public."))


@router.act(f"{ONE}/tables", may=SET, again=one)
def join(view: View, slug: str, number: int) -> Response:
    """Let a meeting vote in this round."""
    process, found = office_round(view, slug, number)
    if not view.typed("meeting"):
        raise Invalid(meeting=T("Choose one of the list."))
    meeting = meetings.at(view.session, process.id, view.typed("meeting"))
    actions.join_table(view.work, process, found, meeting, view.typed("scope"))
    told = T("Meeting {n} votes in this round.", n=meeting.number)
    return view.see_other(f"/p/{slug}/office/tables/rounds/{number}", told)


def _again_at(view: View, slug: str, number: int, table: int) -> Response:
    del table
    return one(view, slug, number)


@router.act(f"{ONE}/tables/{{table}}/removal", may=SET, again=_again_at)
def leave(view: View, slug: str, number: int, table: int) -> Response:
    """Take a meeting out of a draft."""
    process, found = office_round(view, slug, number)
    at, its = tables.table_numbered(view.session, process.id, table)
    _require_same(its, found)
    actions.leave_round(view.work, process, found, at.table)
    return view.see_other(f"/p/{slug}/office/tables/rounds/{number}", T("It votes in this round no more."))


def _require_same(its: VotingRound, found: VotingRound) -> None:
    if its.id != found.id:
        raise NotFound
