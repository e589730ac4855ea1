"""The chair's view of a round: who is done while it is blind, closing it, and the scores by name afterwards."""

from __future__ import annotations

import uuid
from typing import Any

from starlette.responses import Response

from app.decisions import queries as decided
from app.forum import actions
from app.forum.doors import forum_at, readable, stage_at
from app.forum.models import Round, Seat
from app.forum.pages.criteria import round_at
from app.forum.pages.opening import themes_by_seat
from app.forum.pages.register import known_of
from app.forum.queries import criteria, discussing, owed, reporting, results, rounds, seats
from app.forum.queries.aside import seats_aside, stands_aside_on
from app.forum.queries.assigned import given
from app.forum.rules.seeing import SEEN_SENTENCES
from app.kit.errors import Invalid, NotFound
from app.kit.i18n import T, Tn
from app.people.rules import Permission
from app.process.models import Process
from app.process.rules import WindowStatus, parse_local
from app.proposals import queries as proposals
from app.proposals.models import Proposal
from app.proposals.rules import Provenance
from app.web.edge import Router
from app.web.hops import Length
from app.web.view import View

router = Router()
PAGE = 50


@router.page("/p/{slug}/office/forum/rounds/{stage}", may=Permission.RECORD_SESSION)
def matrix(view: View, slug: str, stage: str, page: int = 1) -> Response:
    """Proposals and seats: handed in or not, and nothing else."""
    process, _ = forum_at(view, slug)
    view.require(Permission.RECORD_SESSION, process.id)
    found = round_at(view, process, stage)
    listed = rounds.scorable(view.session, found)
    all_seats = seats.seats_of(view.session, found.body_id)
    return view.render(
        "forum/matrix.html",
        process=process,
        stage=stage,
        round=found,
        seats=all_seats,
        themes_of=themes_by_seat(view, found),
        page=page,
        pages=(len(listed) + PAGE - 1) // PAGE or 1,
        before=rounds.round_before(view.session, found),
        may_discuss=_may_discuss(view, found),
        has_papers=found.closed_at is not None and reporting.is_before(view.session, found, view.now),
        may_remind=found.closed_at is None and found.window.status(view.now) is WindowStatus.OPEN,
        may_close=owed.may_close(view.session, found, view.now),
        missing=owed.count_missing(view.session, found, view.now) if found.closed_at is None else 0,
        held=seats.held_sessions(view.session, found.body_id),
        **_table(view, found, listed, (all_seats, max(page - 1, 0) * PAGE)),
        **known_of(view, found, all_seats),
    )


def _table(
    view: View, found: Round, listed: list[tuple[uuid.UUID, str, str]], part: tuple[list[Seat], int]
) -> dict[str, Any]:
    """Who has done what of what they have to do, by proposal for one page and by seat for all."""
    all_seats, first = part
    done, aside = rounds.done_in(view.session, found), seats_aside(view.session, found, view.now)
    voices = {seat.id for seat in all_seats if not seat.votes}
    everybody = voices if found.is_shared else {seat.id for seat in all_seats}
    places = {key: some | voices for key, some in given(view.session, found).items()}

    def mark(key: uuid.UUID, seat: Seat) -> str:
        has_place = seat.id in places.get(key, everybody)
        return _mark((key, seat.id) in done, seat.id in aside.get(key, ()), has_place)

    return {
        "rows": [
            (folio, title, [mark(key, seat) for seat in all_seats])
            for key, folio, title in listed[first : first + PAGE]
        ],
        "done_by_seat": [sum((key, seat.id) in done for key, _, _ in listed) for seat in all_seats],
        "totals": [sum(seat.id in places.get(key, everybody) for key, _, _ in listed) for seat in all_seats],
    }


def _may_discuss(view: View, found: Round) -> bool:
    """Whether opening it again is offered: it was held here, is counted, and nothing was decided on it."""
    native = found.provenance is Provenance.NATIVE
    counted = decided.count_taken(view.session, found.stage_id)
    return native and results.is_counted(view.session, found) and not counted["taken"]


@router.act("/p/{slug}/office/forum/rounds/{stage}/recusals", may=Permission.RECORD_SESSION, again=matrix)
def record_recusal(view: View, slug: str, stage: str) -> Response:
    """Write down that a seat stands aside, as said in a session or found later."""
    process, _ = forum_at(view, slug)
    found = round_at(view, process, stage)
    numbers = {str(seat.number): seat for seat in seats.seats_of(view.session, found.body_id)}
    seat = numbers.get(view.typed("seat"))
    proposal = by_folio(view, process, view.typed("folio"))
    if seat is None or proposal is None:
        missing = {} if seat else {"seat": T("Choose one of the list.")}
        if proposal is None:
            missing["folio"] = T("There is no proposal of this folio.")
        raise Invalid(**missing)
    noted = (seat, view.typed("kind"), view.typed("note"))
    actions.record_recusal(view.work, process, found.stage_id, proposal, noted)
    told = T(
        "Seat {number} stands aside on {folio}. Its score sheet on it does not count.",
        number=seat.number,
        folio=proposal.folio,
    )
    return view.see_other(f"/p/{slug}/office/forum/rounds/{stage}", told)


def by_folio(view: View, process: Process, folio: str) -> Proposal | None:
    try:
        return proposals.by_folio(view.session, process.id, folio)
    except NotFound:
        return None


def _mark(is_done: bool, is_aside: bool, is_given: bool) -> str:  # noqa: FBT001
    return "aside" if is_aside else "done" if is_done else "open" if is_given else "none"


@router.act("/p/{slug}/office/forum/rounds/{stage}/discussion", may=Permission.RECORD_SESSION, again=matrix)
def discuss(view: View, slug: str, stage: str) -> Response:
    """Open the round again, to be discussed."""
    process, _ = forum_at(view, slug)
    closes_at = parse_local(view.typed("closes_at"), process.zone, "closes_at")
    actions.open_discussion(view.work, process, stage_at(view, process, stage), closes_at, view.typed("reason"))
    told = T("The round is open for discussion. Each seat finds its own first score sheets and may change them.")
    return view.see_other(f"/p/{slug}/office/forum/rounds/{stage}", told)


@router.act("/p/{slug}/office/forum/rounds/{stage}/reminders", may=Permission.RECORD_SESSION)
def remind(view: View, slug: str, stage: str) -> Response:
    """Have those who are late written to."""
    process, _ = forum_at(view, slug)
    members = actions.remind_late(view.work, process, round_at(view, process, stage))
    told = Tn("{count} person will be reminded by letter.", "{count} people will be reminded by letter.", members)
    return view.see_other(f"/p/{slug}/office/forum/rounds/{stage}", told)


@router.act("/p/{slug}/office/forum/rounds/{stage}/closing", may=Permission.RECORD_SESSION)
def close(view: View, slug: str, stage: str) -> Response:
    """Close the round once its time has passed, or before it when no sheet is missing."""
    process, _ = forum_at(view, slug)
    actions.close_round(view.work, process, round_at(view, process, stage))
    told = T("The round is closed. The scores are no longer sealed, and the forum can decide in a session.")
    return view.see_other(f"/p/{slug}/office/forum/rounds/{stage}", told)


@router.page("/p/{slug}/office/forum/rounds/{stage}/{folio}", may=Permission.SEE_FORUM, length=Length.LONG)
def named(view: View, slug: str, stage: str, folio: str) -> Response:
    """Who gave what and why on one proposal: for the forum, after the close, and not for who stands aside on it."""
    process, _ = forum_at(view, slug)
    view.require(Permission.SEE_FORUM, process.id)
    found = readable(view, round_at(view, process, stage))
    proposal = proposals.by_folio(view.session, process.id, folio)
    aside = proposal.folio in stands_aside_on(view.session, found.stage_id, view.actor.person_id)
    given = [] if aside else rounds.named_scores(view.session, found, proposal.id, view.now)
    asked = [] if aside else criteria.criteria_of(view.session, found.criteria_set_id)
    return view.render(
        "forum/named.html",
        status=403 if aside else 200,
        process=process,
        stage=stage,
        proposal=proposal,
        aside=aside,
        seen=found.scores_seen,
        what_is_seen=SEEN_SENTENCES[found.scores_seen],
        abstained=[] if aside else rounds.who_abstained(view.session, found, proposal.id, view.now),
        first=discussing.first_levels(view.session, found, proposal.id) if not aside else {},
        words={level.id: level.label(view.language) for row in asked for level in row.levels},
        criteria=[
            (row.criterion, [score for score in given if score.criterion_id == row.criterion.id]) for row in asked
        ],
    )
