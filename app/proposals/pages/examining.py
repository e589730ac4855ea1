"""The office at the door: the queue, one proposal with all that can be done with it, and doing it."""

from __future__ import annotations

from starlette.responses import Response

from app.kit.errors import Invalid
from app.kit.i18n import T
from app.people.rules import Permission
from app.process.doors import standing
from app.proposals import actions, queries, words
from app.proposals.rules import JOURNEY, STATE_WORDS
from app.web.edge import Router
from app.web.view import View

router = Router()


@router.page("/p/{slug}/office/proposals", may=Permission.EXAMINE_PROPOSALS)
def queue(view: View, slug: str, after: int = 0) -> Response:
    """The proposals waiting at the door, oldest first."""
    process = standing(view, slug)
    view.require(Permission.EXAMINE_PROPOSALS, process.id)
    waiting = queries.to_examine(view.session, process.id, 51, after)
    return view.render(
        "proposals/queue.html",
        process=process,
        waiting=waiting[:50],
        more=waiting[49].number if len(waiting) > 50 else None,
        counts_rows=[(STATE_WORDS[s], n) for s, n in queries.counts_of(view.session, process.id).items()],
        unconfirmed=queries.unconfirmed(view.session, process.id, view.now),
    )


@router.page("/p/{slug}/office/proposals/{folio}", may=Permission.EXAMINE_PROPOSALS)
def examine(view: View, slug: str, folio: str) -> Response:
    """One proposal as the office sees it, with the moves its state allows."""
    process = standing(view, slug)
    view.require(Permission.EXAMINE_PROPOSALS, process.id)
    proposal = queries.by_folio(view.session, process.id, folio)
    return view.render(
        "proposals/examine.html",
        process=process,
        proposal=proposal,
        revision=queries.newest_revision(view.session, proposal),
        authors=queries.authors_of(view.session, proposal.id),
        admissions=queries.admissions_of(view.session, proposal.id),
        moves=JOURNEY.moves_from(proposal.state),
        state_word=STATE_WORDS[proposal.state],
        reasons=list(words.REFUSAL_REASONS.items()),
        channel=words.CHANNELS[proposal.channel],
        contacts=words.CONTACTS,
        outcomes=words.OUTCOMES,
    )


@router.act("/p/{slug}/office/proposals/{folio}/admission", may=Permission.EXAMINE_PROPOSALS, again=examine)
def decide_admission(view: View, slug: str, folio: str) -> Response:
    """Admit, return or refuse."""
    process = standing(view, slug)
    proposal = queries.by_folio(view.session, process.id, folio)
    outcome = view.typed("outcome")
    if outcome == "admitted":
        actions.admit(view.work, proposal)
    elif outcome == "returned":
        actions.return_for_changes(view.work, process, proposal, view.typed("reason"))
    elif outcome == "refused":
        actions.refuse(view.work, process, proposal, view.typed("reason"), view.typed_all("reason_codes"))
    else:
        raise Invalid(outcome=T("Choose what to do with it."))
    return view.see_other(f"/p/{slug}/office/proposals")


@router.act("/p/{slug}/office/proposals/{folio}/merge", may=Permission.EXAMINE_PROPOSALS, again=examine)
def merge(view: View, slug: str, folio: str) -> Response:
    """Let it go on as one with another."""
    process = standing(view, slug)
    proposal = queries.by_folio(view.session, process.id, folio)
    wanted = view.typed("into").upper()
    if not wanted:
        raise Invalid(into=T("Write the folio of the other proposal."))
    into = queries.by_folio(view.session, process.id, wanted)
    actions.merge(view.work, process, proposal, into, view.typed("merge_reason"))
    return view.see_other(f"/p/{slug}/office/proposals/{into.folio}")
