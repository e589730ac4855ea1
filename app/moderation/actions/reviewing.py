"""The author asks that somebody else looks; another official than the first does."""

from __future__ import annotations

from app.kit.errors import Conflict, Invalid
from app.kit.i18n import T
from app.moderation import queries
from app.moderation.actions.holding import end, find_again, put_back
from app.moderation.models import TextHold
from app.moderation.rules import Ending, ReviewOutcome
from app.people.rules import Permission
from app.process.models import Process
from app.proposals.models import Author, Proposal
from app.work import Work


def ask_review(work: Work, own: tuple[Proposal, Author]) -> None:
    """Ask that another official looks at what was decided. Its author only, who holds folio and code."""
    held = queries.newest_hold(work.session, own[0].id)
    if held is None or not (held.is_in_force or held.kept_until is not None):
        raise Conflict(T("There is nothing to review: the text is shown, or the time for it is over."))
    if held.review_asked_at is not None:
        raise Conflict(T("A review was asked for already."))
    held.review_asked_at = work.now
    work.session.flush()
    work.record("proposal.review_asked", own[0].subject)


def review(work: Work, process: Process, proposal: Proposal, outcome: str) -> None:
    """Let the decision stand, or show the text again as it was. Office, but never who held it or decided."""
    work.require(Permission.MODERATE, process.id)
    held = queries.newest_hold(work.session, proposal.id)
    if held is None or not held.waits_for_review:
        raise Conflict(T("No review was asked for."))
    if work.actor.person_id in {held.held_by, held.decided_by}:
        raise Conflict(T("Somebody else than who decided has to review it."))
    if outcome not in set(ReviewOutcome):
        raise Invalid(review=T("Say what you find."))
    held.review, held.reviewed_at, held.reviewed_by = ReviewOutcome(outcome), work.now, work.actor.person_id
    if held.review is ReviewOutcome.OVERTURNED:
        _show_again(work, proposal, held)
    work.session.flush()
    work.record("proposal.text_reviewed", proposal.subject, outcome=outcome)


def _show_again(work: Work, proposal: Proposal, held: TextHold) -> None:
    if held.is_in_force:
        end(work, proposal, held, Ending.RELEASED)
    elif held.kept:
        put_back(work, proposal, held)
        held.kept, held.kept_until = {}, None
        work.session.flush()
        find_again(work, proposal)
