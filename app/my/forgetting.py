"""How the tables of the stages forget a person; filled into `accounts.erasing.FORGET` where the parts are put together.

A table that only keeps the bare key says why: it points at a person without a name, and what was decided stays.
"""

from __future__ import annotations

from sqlalchemy import delete, select, update

from app.accounts.erasing import Forget, Leaving
from app.commitments.models import DraftComment, RoundCall
from app.feedback.models import Letter, Question
from app.kit import search
from app.meetings.forgetting import MEETINGS
from app.prioritisation.models import BallotRight
from app.proposals.actions.advancing import words_of
from app.proposals.models import Author, CoAuthorRequest, Invitation, Proposal, ProposalDraft, Revision
from app.publication import actions as following
from app.publication.models import Follower
from app.technical_tables.forgetting import TECHNICAL_TABLES
from app.work import Work

LONGEST = 600


def _authors(work: Work, leaving: Leaving) -> None:
    """Their proposals stay, under the pseudonym, and are no longer found by the name they had."""
    session = work.session
    _begun(work, leaving)
    mine = session.scalars(select(Author).where(Author.person_id == leaving.person_id)).all()
    for author in mine:
        proposal = session.get_one(Proposal, author.proposal_id)
        before, author.public_name = author.public_name, leaving.pseudonym
        author.confirm_hash = None
        names = [leaving.pseudonym if name == before else name for name in proposal.public_names.split(", ")]
        whole = proposal.public_names == before
        proposal.public_names = leaving.pseudonym if whole else ", ".join(dict.fromkeys(names))[:LONGEST]
        session.flush()
        _put_into_search(work, proposal)


def _begun(work: Work, leaving: Leaving) -> None:
    """Drafts, and what asks to sign a proposal too, lie under an address and not under a person: they go with it."""
    work.session.execute(delete(ProposalDraft).where(ProposalDraft.address.in_(leaving.addresses)))
    asked = update(CoAuthorRequest).where(CoAuthorRequest.address.in_(leaving.addresses))
    work.session.execute(asked.values(address=None))


def _put_into_search(work: Work, proposal: Proposal) -> None:
    if proposal.search_number is None:
        return
    newest = (Revision.proposal_id == proposal.id, Revision.number == proposal.revision)
    revision = work.session.scalars(select(Revision).where(*newest)).one()
    words = words_of(proposal, revision.title, revision.problem, revision.solution)
    search.put(work.session, proposal.search_number, str(proposal.process_id), words)


def _invitations(work: Work, leaving: Leaving) -> None:
    mine = update(Invitation).where(Invitation.person_id == leaving.person_id)
    work.session.execute(mine.values(address=""))


def _round_calls(work: Work, leaving: Leaving) -> None:
    mine = update(RoundCall).where(RoundCall.person_id == leaving.person_id)
    work.session.execute(mine.values(address=""))


def _draft_comments(work: Work, leaving: Leaving) -> None:
    """What they said of the draft stays, because it was answered; a name they had published is the pseudonym now."""
    mine = update(DraftComment).where(DraftComment.person_id == leaving.person_id)
    work.session.execute(mine.where(DraftComment.public_name != "").values(public_name=leaving.pseudonym))
    work.session.execute(mine.values(confirm_hash=None, has_contact=False))


def _letters(work: Work, leaving: Leaving) -> None:
    """The words of an answer go; that it was owed, written, approved and sent stays, with its hash."""
    mine = update(Letter).where(Letter.person_id == leaving.person_id)
    work.session.execute(mine.values(subject="", text="", html="", note="", question=""))


def _questions(work: Work, leaving: Leaving) -> None:
    """What they asked goes, and what they were answered; a question nobody has answered yet waits for nobody now."""
    mine = Question.person_id == leaving.person_id
    work.session.execute(delete(Question).where(mine, Question.answered_at.is_(None)))
    work.session.execute(update(Question).where(mine).values(words="", answer=""))


def _followers(work: Work, leaving: Leaving) -> None:
    """What they followed goes, with the address; also what was asked for under an address that was theirs alone."""
    theirs = (Follower.person_id == leaving.person_id) | Follower.address.in_(leaving.addresses)
    for follower in work.session.scalars(select(Follower).where(theirs)).all():
        following.stop(work, follower)


def _ballot_rights(work: Work, leaving: Leaving) -> None:
    """That one more had a ballot stays, without whom; the ballot itself never knew."""
    mine = update(BallotRight).where(BallotRight.person_id == leaving.person_id)
    work.session.execute(mine.values(person_id=None))


STAGES: dict[str, Forget | str] = {
    "authors": _authors,
    "ballot_rights": _ballot_rights,
    "conflict_declarations": "What a seat declared is part of the forum's record; the key names nobody any more.",
    "count_sheets": "That two different people typed a count is the record of the vote; the keys name nobody any more.",
    "dismissed_suspicions": "That a conflict was looked for is the forum's record; the key names nobody any more.",
    "draft_comments": _draft_comments,
    "followers": _followers,
    "invitations": _invitations,
    "letter_texts": "Who wrote what the letters of a stage say is the office's record; the key names nobody any more.",
    "letters": _letters,
    **MEETINGS,
    "report_notices": "That somebody was told of a published report keeps only the bare key.",
    "promise_notices": "That somebody was told of a date that slipped keeps only the bare key.",
    "questions": _questions,
    "recusals": "Who stood aside is the forum's public record by seat; the key names nobody any more.",
    "round_calls": _round_calls,
    "round_reminders": "That somebody was reminded keeps only the bare key.",
    "score_sheets": "A score counts for the seat, and its sum was published; the key names nobody any more.",
    "seat_holders": "Who sat in a public body is the body's record; the key names nobody any more.",
    "session_letters": "That somebody was called to a session keeps only the bare key.",
    "session_minutes": "Who wrote and who approved minutes is the forum's record; the keys name nobody any more.",
    **TECHNICAL_TABLES,
    "voided_sheets": "A sheet that counts no more is kept for the seat; the key names nobody any more.",
    "text_holds": "Who held a text, decided and reviewed is the office's record; the keys name nobody any more.",
}
