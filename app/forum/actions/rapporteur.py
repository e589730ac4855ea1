"""A rapporteur puts the reason of a proposal into one voice before the forum decides; the decision begins from it."""

from __future__ import annotations

from app.decisions import queries as decided
from app.decisions.rules import LONGEST_REASON, SHORTEST_REASON
from app.forum.models import Round
from app.forum.queries import rapporteur, rounds, seats
from app.forum.queries.aside import stands_aside_on
from app.forum.reason_drafts import ReasonDraft
from app.kit import ids
from app.kit.errors import Conflict, Invalid, NotAllowed, Stale, WrongState
from app.kit.i18n import T
from app.people.rules import Permission
from app.process.models import Process
from app.proposals.models import Proposal
from app.work import Work


def write_reason(
    work: Work, process: Process, found: Round, proposal: Proposal, written: tuple[str, int | None]
) -> ReasonDraft:
    """Keep the reason a seat writes as rapporteur; whoever begins is the rapporteur of this proposal.

    `written` is the text and the version the person saw, None where nothing was written. Who sits in the forum, after
    the close; refused for who stands aside on the proposal, for another seat's, and once it is decided.
    """
    work.require(Permission.SEE_FORUM, process.id)
    seat = seats.seat_held(work.session, found.body_id, work.actor.person_id, work.now)
    if seat is None:
        raise NotAllowed(T("Only who sits in the forum may do this."))
    if proposal.folio in stands_aside_on(work.session, found.stage_id, work.actor.person_id):
        raise NotAllowed(T("You stand aside on this proposal."))
    rounds.require_closed(found, work.now)
    text, version = written[0].strip(), written[1]
    draft = rapporteur.of_one(work.session, found.stage_id, proposal.id)
    if draft is not None and draft.seat_id not in {None, seat.id}:
        raise Conflict(T("Another seat writes the reason of this proposal."))
    if decided.current(work.session, found.stage_id, proposal.id) is not None:
        raise WrongState(T("The forum has decided on this proposal already."), proposal.state.value, [])
    if not SHORTEST_REASON <= len(text) <= LONGEST_REASON:
        least_and_most = {"least": SHORTEST_REASON, "most": LONGEST_REASON}
        raise Invalid(text=T("Write the reason in {least} to {most} characters.", **least_and_most))
    if version != (draft.version if draft else None):
        raise Stale
    if draft is None:
        draft = ReasonDraft(id=ids.new_id(), stage_id=found.stage_id, proposal_id=proposal.id, saved_at=work.now)
        work.session.add(draft)
    draft.seat_id, draft.text, draft.saved_at = seat.id, text, work.now
    work.record("reason.drafted", proposal.subject, characters=len(text))
    work.session.flush()
    return draft


def hand_back(work: Work, process: Process, draft: ReasonDraft, proposal: Proposal) -> None:
    """Let another seat go on with a reason; what is written stays. Office or chair."""
    work.require(Permission.RECORD_SESSION, process.id)
    draft.seat_id = None
    work.record("reason.handed_back", proposal.subject)
