"""The forum lets two proposals go on as one, in a session with a quorum; every author is answered for the second."""

from __future__ import annotations

from app.decisions import queries as decided
from app.forum.actions.meeting import require_held
from app.forum.models import ForumSession
from app.forum.queries import seats
from app.forum.queries.standing import Standings
from app.kit.errors import Conflict, WrongState
from app.kit.i18n import T
from app.people.rules import Permission
from app.process.models import Process, Stage
from app.proposals import actions as proposals
from app.proposals.actions.preparing import ToTell
from app.proposals.models import Merge, Proposal
from app.work import Work


def merge_in_session(
    work: Work, process: Process, where: tuple[Stage, ForumSession], pair: tuple[Proposal, Proposal], made: ToTell
) -> Merge:
    """Let the first proposal go on as one with the second; its authors get a letter at once. Office or chair record it.

    Refused for a session of another forum than the one that decides at this stage, without a quorum of the seats that
    stand aside on neither, and once either is decided on there.
    """
    work.require(Permission.RECORD_SESSION, process.id)
    stage, meeting = where
    proposal, into = pair
    if seats.forum_for(work.session, stage).id != meeting.body_id:
        raise Conflict(T("Another body decides at this stage."))
    require_held(meeting)
    standing = Standings(work.session, meeting, stage.id).on(proposal.id, into.id)
    if not standing.holds:
        raise Conflict(standing.explained)
    for one in pair:
        if decided.current(work.session, stage.id, one.id) is not None:
            raise WrongState(T("There is a decision on {folio} already.", folio=one.folio), one.state.value, [])
    row = proposals.join(work, process, proposal, into, made)
    work.record("proposal.merged_in_session", proposal.subject, because=f"session:{meeting.number}", into=into.folio)
    return row
