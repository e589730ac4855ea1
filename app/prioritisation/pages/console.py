"""The facilitator's console: the script on one page, a rehearsal, opening and closing by one button, the screen."""

from __future__ import annotations

import hashlib

from starlette.responses import Response

from app.kit.errors import NotFound
from app.kit.i18n import T, Tn
from app.people.rules import Permission
from app.prioritisation import actions
from app.prioritisation.doors import run_table
from app.prioritisation.pages.casting import typed_ballot
from app.prioritisation.pages.tables import WORDS
from app.prioritisation.queries import rounds, tables
from app.prioritisation.queries.rounds import OnIt
from app.prioritisation.queries.tables import AtTable
from app.prioritisation.rules.codes import spaced
from app.prioritisation.rules.counting import BallotMethod
from app.prioritisation.rules.voting import VOTING, RoundState, rule_in_words
from app.web import sealing
from app.web.edge import Router
from app.web.view import View

router = Router()
ONE = "/p/{slug}/office/tables/{number}"
RUN, SET = Permission.RUN_TABLES, Permission.SET_ROUNDS


@router.page(ONE, may=RUN)
def console(view: View, slug: str, number: int) -> Response:
    """Everything a facilitator needs on one page, in the order in which it is needed."""
    process, at, found = run_table(view, slug, number)
    return view.render(
        "prioritisation/console.html",
        process=process,
        at=at,
        round=found,
        title=at.meeting.title(view.language),
        rule=rule_in_words(found.rule),
        moves=VOTING.moves_from(at.voting.state),
        is_adopted=found.state is RoundState.ADOPTED,
        rehearsal=tables.rehearsal_of(view.session, at.table.id),
        turnout=tables.turnout(view.session, at.voting),
        codes=tables.count_codes(view.session, at.voting.id),
        votes=tables.votes_of(view.session, at.table.id),
        sheet=tables.sheet_of(view.session, at.voting.id),
        groups=tables.subgroups_of(view.session, at.table.id),
        on_it=_drawn(at, rounds.on_ballot(view.session, found.id)),
        may_set=view.actor.may(SET, process.id),
        **WORDS,
    )


def _drawn(at: AtTable, on_it: list[OnIt]) -> list[OnIt]:
    """The order in which the proposals are presented: by lot, another one for each table, the same at each look."""
    return sorted(on_it, key=lambda one: hashlib.sha256(f"{at.table.id}{one.id}".encode()).digest())


@router.act(f"{ONE}/opening", may=RUN, again=console)
def open_vote(view: View, slug: str, number: int) -> Response:
    """Open the vote."""
    process, at, found = run_table(view, slug, number)
    actions.open_vote(view.work, process, at, found, view.typed("way"))
    return view.see_other(f"/p/{slug}/office/tables/{number}", T("The vote is open."))


@router.act(f"{ONE}/closing", may=RUN, again=console)
def close_vote(view: View, slug: str, number: int) -> Response:
    """Close the vote and count it."""
    process, at, found = run_table(view, slug, number)
    closed = actions.close_vote(view.work, process, at, found)
    told = Tn(
        "The vote is closed. {count} ballot was counted.", "The vote is closed. {count} ballots were counted.",
        closed.ballots,
    )  # fmt: skip
    return view.see_other(f"/p/{slug}/office/tables/{number}", told)


@router.act(f"{ONE}/annulment", may=SET, again=console)
def annul(view: View, slug: str, number: int) -> Response:
    """Annul the vote, with the public reason; it can be made again."""
    process, at, found = run_table(view, slug, number)
    actions.annul(view.work, process, at, found, view.typed("reason"))
    told = T("The vote is annulled, with its reason in public. A new one is prepared.")
    return view.see_other(f"/p/{slug}/office/tables/{number}", told)


@router.act(f"{ONE}/groups", may=RUN, again=console)
def set_subgroups(view: View, slug: str, number: int) -> Response:
    """Set the groups, one on each line: who facilitates and, after a semicolon, who takes notes."""
    process, at, _ = run_table(view, slug, number)
    lines = [line for line in view.typed("groups").splitlines() if line.strip()]
    pairs = [(one.strip(), other.strip()) for one, _, other in (line.partition(";") for line in lines)]
    actions.set_subgroups(view.work, process, at, pairs)
    return view.see_other(f"/p/{slug}/office/tables/{number}", T("The groups are set."))


@router.act(f"{ONE}/rehearsal", may=RUN, again=console)
def rehearse(view: View, slug: str, number: int) -> Response:
    """Begin a rehearsal and show its code."""
    process, at, found = run_table(view, slug, number)
    code = actions.rehearse(view.work, process, at, found)
    sealed = sealing.seal(view.house.settings.secret(), "rehearsal", [at.table.id.hex, code])
    return view.see_other(f"/p/{slug}/office/tables/{number}/rehearsal/{sealed}")


@router.act(f"{ONE}/rehearsal/end", may=RUN, again=console)
def end_rehearsal(view: View, slug: str, number: int) -> Response:
    """End the rehearsal and throw its box away."""
    process, at, _ = run_table(view, slug, number)
    tried = actions.end_rehearsal(view.work, process, at)
    told = Tn(
        "The rehearsal is over: {count} try was thrown away.", "The rehearsal is over: {count} tries were thrown away.",
        tried,
    )  # fmt: skip
    return view.see_other(f"/p/{slug}/office/tables/{number}", told)


@router.page(f"{ONE}/rehearsal/{{sealed}}", may=RUN)
def rehearsal(view: View, slug: str, number: int, sealed: str) -> Response:
    """The code of the rehearsal in large letters; everybody in the room tries with the same."""
    process, at, found = run_table(view, slug, number)
    key, code = sealing.unseal(view.house.settings.secret(), "rehearsal", sealed, sealing.A_DAY)
    if key != at.table.id.hex or tables.rehearsal_by(view.session, code) is None:
        raise NotFound
    address = f"{view.house.settings.base_url}{view.url(f'/p/{slug}/vote')}"
    return view.render(
        "prioritisation/rehearsal.html", process=process, at=at, round=found, code=spaced(code), address=address
    )


@router.page(f"{ONE}/screen", may=RUN)
def screen(view: View, slug: str, number: int) -> Response:
    """For the wall: how many have voted of how many; it renews itself, and never shows what was voted."""
    process, at, found = run_table(view, slug, number)
    rehearsal = tables.rehearsal_of(view.session, at.table.id)
    return view.render(
        "prioritisation/screen.html",
        block="turnout",
        process=process,
        at=at,
        round=found,
        title=at.meeting.title(view.language),
        rule=rule_in_words(found.rule),
        rehearsal=rehearsal,
        turnout=tables.turnout(view.session, at.voting),
        address=f"{view.house.settings.base_url}{view.url(f'/p/{slug}/vote')}".removeprefix("https://"),
        **WORDS,
    )


@router.page(f"{ONE}/assisted", may=RUN)
def assisted(view: View, slug: str, number: int) -> Response:
    """The ballot of somebody who asked the facilitator to type it."""
    process, at, found = run_table(view, slug, number)
    return view.render(
        "prioritisation/vote.html",
        process=process,
        round=found,
        rounds=[found],
        rule=rule_in_words(found.rule),
        order="",
        on_it=rounds.on_ballot(view.session, found.id),
        solutions=rounds.solutions_on(view.session, found.id),
        by_points=found.method is BallotMethod.POINTS,
        address=f"/p/{slug}/office/tables/{at.table.number}/assisted",
        is_assisted=True,
    )


@router.act(f"{ONE}/assisted", may=RUN, again=assisted, limit="ballot")
def cast_assisted(view: View, slug: str, number: int) -> Response:
    """Type a ballot for somebody, with their code."""
    process, at, found = run_table(view, slug, number)
    actions.cast_assisted(view.work, process, at, found, (view.typed("code"), typed_ballot(view, found)))
    return view.see_other(f"/p/{slug}/office/tables/{number}", T("The ballot is in the box."))
