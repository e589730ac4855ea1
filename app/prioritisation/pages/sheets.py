"""The count of a vote on paper: typed by one person, typed again by another."""

from __future__ import annotations

from starlette.responses import Response

from app.kit.i18n import T
from app.people.rules import Permission
from app.prioritisation import actions
from app.prioritisation.actions import Sheet
from app.prioritisation.doors import run_table
from app.prioritisation.models import VotingRound
from app.prioritisation.pages.tables import WORDS
from app.prioritisation.queries import rounds, tables
from app.prioritisation.rules.counting import BallotMethod
from app.prioritisation.rules.voting import rule_in_words
from app.web.edge import Router
from app.web.view import View

router = Router()
COUNT = "/p/{slug}/office/tables/{number}/count"
RUN = Permission.RUN_TABLES


@router.page(COUNT, may=RUN)
def count(view: View, slug: str, number: int) -> Response:
    """The form of the first person, or of the second once the first is done."""
    process, at, found = run_table(view, slug, number)
    sheet = tables.sheet_of(view.session, at.voting.id)
    return view.render(
        "prioritisation/count.html",
        process=process,
        at=at,
        round=found,
        title=at.meeting.title(view.language),
        rule=rule_in_words(found.rule),
        on_it=rounds.on_ballot(view.session, found.id),
        by_points=found.method is BallotMethod.POINTS,
        waits=sheet is not None and sheet.checked_at is None,
        is_done=sheet is not None and sheet.checked_at is not None,
        is_mine=sheet is not None and sheet.typed_by_person_id == view.actor.person_id,
        only_sums=bool(view.typed("only_sums")) or (sheet is not None and sheet.told is not None),
        turnout=tables.turnout(view.session, at.voting),
        **WORDS,
    )


def _typed(view: View, found: VotingRound) -> Sheet:
    sums = {one.folio: _number(view, f"sum-{one.folio}") for one in rounds.on_ballot(view.session, found.id)}
    return Sheet(view.typed("rows"), _number(view, "ballots"), sums, only_sums=view.typed("way") == "sums")


def _number(view: View, name: str) -> int | None:
    typed = view.typed(name)
    return int(typed) if typed.isdigit() and len(typed) <= len("999999") else None


@router.act(COUNT, may=RUN, again=count)
def type_sheet(view: View, slug: str, number: int) -> Response:
    """Type the count, as the first person."""
    process, at, found = run_table(view, slug, number)
    actions.type_sheet(view.work, process, at, found, _typed(view, found))
    told = T("It is kept. Now another person types it again from the paper, without seeing this.")
    return view.see_other(f"/p/{slug}/office/tables/{number}/count", told)


@router.act(f"{COUNT}/check", may=RUN, again=count)
def check_sheet(view: View, slug: str, number: int) -> Response:
    """Type it again, as the second person."""
    process, at, found = run_table(view, slug, number)
    actions.check_sheet(view.work, process, at, found, _typed(view, found))
    return view.see_other(f"/p/{slug}/office/tables/{number}", T("Both typed the same. The vote can be closed."))
