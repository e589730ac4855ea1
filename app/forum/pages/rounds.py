"""The chair's view of a round: who is done while it is blind, closing it, and the scores by name afterwards."""

from __future__ import annotations

from starlette.responses import Response

from app.forum import actions
from app.forum.doors import forum_at
from app.forum.pages.criteria import round_at
from app.forum.queries import criteria, rounds, seats
from app.kit.i18n import T
from app.people.rules import Permission
from app.proposals import queries as proposals
from app.web.edge import Router
from app.web.hops import Length
from app.web.view import View

router = Router()
PAGE = 50


@router.page("/p/{slug}/office/forum/rounds/{stage}", may=Permission.RECORD_SESSION)
def matrix(view: View, slug: str, stage: str, page: int = 1) -> Response:
    """Proposals and seats: handed in or not, and nothing else."""
    process, body = forum_at(view, slug)
    view.require(Permission.RECORD_SESSION, process.id)
    found = round_at(view, process, stage)
    listed = rounds.scorable(view.session, found)
    done = rounds.done_in(view.session, found)
    aside = {(folio, number) for folio, number, _ in rounds.recusals_of(view.session, found.stage_id)}
    all_seats = seats.seats_of(view.session, body.id)
    first = max(page - 1, 0) * PAGE
    rows = [
        (folio, title, [_mark(view, (key, seat.id) in done, (folio, seat.number) in aside) for seat in all_seats])
        for key, folio, title in listed[first : first + PAGE]
    ]
    return view.render(
        "forum/matrix.html",
        process=process,
        stage=stage,
        round=found,
        seats=all_seats,
        rows=rows,
        done_by_seat=[sum((key, seat.id) in done for key, _, _ in listed) for seat in all_seats],
        total=len(listed),
        page=page,
        pages=(len(listed) + PAGE - 1) // PAGE or 1,
        may_close=rounds.may_close(view.session, found, view.now),
        missing=rounds.count_missing(view.session, found, view.now) if found.closed_at is None else 0,
        held=seats.held_sessions(view.session, body.id),
    )


def _mark(view: View, is_done: bool, is_aside: bool) -> str:  # noqa: FBT001
    return "aside" if is_aside else "done" if is_done else "open"


@router.act("/p/{slug}/office/forum/rounds/{stage}/closing", may=Permission.RECORD_SESSION)
def close(view: View, slug: str, stage: str) -> Response:
    """Close the round once its time has passed, or before it when no sheet is missing."""
    process, _ = forum_at(view, slug)
    actions.close_round(view.work, process, round_at(view, process, stage))
    told = T("The round is closed. The scores are no longer sealed, and the forum can decide in a session.")
    return view.see_other(f"/p/{slug}/office/forum/rounds/{stage}", told)


@router.page("/p/{slug}/office/forum/rounds/{stage}/{folio}", may=Permission.SEE_FORUM, length=Length.LONG)
def named(view: View, slug: str, stage: str, folio: str) -> Response:
    """Who gave what and why on one proposal: for the forum, after the close."""
    process, _ = forum_at(view, slug)
    view.require(Permission.SEE_FORUM, process.id)
    found = round_at(view, process, stage)
    rounds.require_closed(found, view.now)
    proposal = proposals.by_folio(view.session, process.id, folio)
    given = rounds.named_scores(view.session, found, proposal.id, view.now)
    return view.render(
        "forum/named.html",
        process=process,
        stage=stage,
        proposal=proposal,
        criteria=[
            (row.criterion, [score for score in given if score.criterion_id == row.criterion.id])
            for row in criteria.criteria_of(view.session, found.criteria_set_id)
        ],
    )
