"""Rounds of monitoring at the office: opening one by letters, seeing who reported, closing it."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from app.commitments import actions, words
from app.commitments.actions import OpenRound
from app.commitments.doors import needed_day, office
from app.commitments.pages.panel import row_of
from app.commitments.queries import progress, rounds
from app.kit.i18n import T
from app.people.rules import Permission
from app.web.edge import Router
from app.web.view import View

router = Router()
MAY = Permission.OPEN_MONITORING


@router.page("/p/{slug}/office/monitoring", may=MAY)
def listing(view: View, slug: str) -> Response:
    """Every round, and the form to open the next: a letter to each institution that leads a commitment."""
    process = office(view, slug, MAY)
    return view.render(
        "commitments/rounds.html",
        process=process,
        rounds=rounds.rounds_of(view.session, process.id),
        leading=rounds.leading(view.session, process.id),
        addresses=rounds.last_addresses(view.session, process.id),
    )


def _prepare(view: View, slug: str) -> Any:
    process = office(view, slug, MAY)
    wish = OpenRound(
        name=view.typed("name"),
        letter_number=view.typed("letter_number"),
        dated_on=needed_day(view, "dated_on"),
        signatory=view.typed("signatory"),
        due_on=needed_day(view, "due_on"),
        addresses={body.id: view.typed(f"address-{body.id}") for body, _ in rounds.leading(view.session, process.id)},
    )
    return wish, actions.to_open(view.session, process, wish)


@router.act("/p/{slug}/office/monitoring", may=MAY, again=listing, prepare=_prepare)
def open_round(view: View, slug: str) -> Response:
    """Open a round and post its letters."""
    process = office(view, slug, MAY)
    wish, written = view.prepared
    made = actions.open_round(view.work, process, wish, written)
    told = T("Round {n} is open. Letters on their way: {letters}.", n=made.number, letters=len(written))
    return view.see_other(f"/p/{slug}/office/monitoring/{made.number}", told)


@router.page("/p/{slug}/office/monitoring/{number}", may=MAY)
def one(view: View, slug: str, number: int) -> Response:
    """One round: whom it asked, who reported, and what was reported so far."""
    process = office(view, slug, MAY)
    found = rounds.round_numbered(view.session, process.id, number)
    panel = progress.panel(view.session, process, found, view.now)
    return view.render(
        "commitments/round.html",
        process=process,
        round=found,
        asked=rounds.asked_in(view.session, found),
        rows=[row_of(view, line, found) for line in panel.lines],
        reported=words.say_plan(panel.reported, view.variant),
        computed=words.say_plan(panel.computed, view.variant),
        panel=panel,
    )


@router.act("/p/{slug}/office/monitoring/{number}/closing", may=MAY, again=one)
def close(view: View, slug: str, number: int) -> Response:
    """Close a round: its figures are written down."""
    process = office(view, slug, MAY)
    actions.close_round(view.work, process, number)
    return view.see_other(f"/p/{slug}/office/monitoring/{number}", T("The round is closed."))
