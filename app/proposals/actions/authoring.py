"""What an author may do with their own proposal: confirm the address, revise, mend what was returned, withdraw."""

from __future__ import annotations

from app.accounts import known
from app.duties import ledger
from app.duties.rules import Part
from app.kit import search
from app.kit.errors import Conflict, Invalid, NotAllowed, NotNow
from app.kit.i18n import T, Text
from app.mail.outbox import Recipient
from app.people import queries as people
from app.people.models import Contact
from app.people.rules import ContactKind, IdentityLevel
from app.process.actions import require_open
from app.process.models import Process, Stage
from app.proposals import letters, queries, rules
from app.proposals.actions import advancing, attaching
from app.proposals.actions.preparing import Texts, ToRevise, ToTell, require_unchanged
from app.proposals.models import Author, Proposal, Revision
from app.proposals.rules import State
from app.work import Work

REVISABLE = frozenset({State.SUBMITTED, State.RETURNED, State.ADMITTED})


def confirm(work: Work, proposal: Proposal, author: Author) -> None:
    """Confirm the address the receipt went to; whoever holds the link may, once, within the days the receipt named."""
    if author.confirmed_at:
        return
    if author.confirm_by is None or work.now >= author.confirm_by:
        raise NotNow(T("This link has expired. Write to the office: your proposal was received all the same."))
    author.confirmed_at = work.now
    known.prove(work, author.person_id)
    work.record("proposal.author_confirmed", proposal.subject, identity_level=IdentityLevel.EMAIL_CONFIRMED.value)


def revise(work: Work, process: Process, stage: Stage, own: tuple[Proposal, Author], made: ToRevise) -> Revision:
    """Write a new version while the window is open; earlier ones stay and can be read side by side. Its author only."""
    proposal = _own(own)
    require_open(process, stage, work.now)
    require_unchanged(made, proposal)
    if proposal.state not in REVISABLE:
        raise Conflict(T("This proposal is no longer being examined, so its text stays as it is."))
    return _write(work, proposal, made)


def resubmit(work: Work, process: Process, own: tuple[Proposal, Author], made: ToRevise) -> Revision:
    """Send a returned proposal again, mended, until the date its return named even if the window has closed."""
    proposal = _own(own)
    if process.ended_at or process.paused_at:
        raise NotNow(T("This process is not running at the moment."))
    if proposal.mend_by and work.now >= proposal.mend_by:
        raise NotNow(T("The time to send it again has ended."), closes_at=proposal.mend_by)
    require_unchanged(made, proposal)
    advancing.advance(work, proposal, "resubmit", because=f"revision:{proposal.revision + 1}")
    return _write(work, proposal, made)


def withdraw(work: Work, process: Process, stage: Stage, own: tuple[Proposal, Author], made: ToTell) -> None:
    """Take a proposal back while the window is open. Its author only; whoever signed it too is told, and what was still
    owed about it is settled.
    """
    proposal = _own(own)
    require_open(process, stage, work.now)
    require_unchanged(made, proposal)
    advancing.advance(work, proposal, "withdraw", because="author")
    if not proposal.admitted_at and proposal.search_number:
        search.drop(work.session, proposal.search_number)
    ledger.settle_withdrawn(work.session, proposal.id, work.now)
    for author in queries.authors_of(work.session, proposal.id):
        contact = people.email_of(work.session, author.person_id)
        if contact is not None and author.contact_kind is ContactKind.EMAIL:
            to = Recipient(author.person_id, contact.value, letters.variant(process, proposal.language))
            work.post(made.letter_to(author), to)


def _own(own: tuple[Proposal, Author]) -> Proposal:
    """The proposal, for whoever sent it: those who signed it too may only take their own name off."""
    proposal, author = own
    if author.proposal_id != proposal.id:
        raise NotAllowed
    if author.part is Part.CO_AUTHOR:
        raise NotAllowed(T("Whoever sent this proposal speaks for the group. You may change how your own name stands."))
    return proposal


def _write(work: Work, proposal: Proposal, made: ToRevise) -> Revision:
    texts = made.texts
    if proposal.held_at is not None:
        raise Conflict(T("This text is held back at the moment. You can change it once that is over."))
    _check(texts)
    proposal.revision += 1
    proposal.title = texts.title
    revision = Revision(
        proposal_id=proposal.id,
        number=proposal.revision,
        title=texts.title,
        problem=texts.problem,
        solution=texts.solution,
        cause=texts.cause,
        result=texts.result,
        at=work.now,
    )
    work.session.add(revision)
    if proposal.search_number is not None:
        advancing.put_into_search(work, proposal, made.words, str(proposal.process_id))
    work.record("proposal.revised", proposal.subject, revision=proposal.revision)
    attaching.change(work, proposal, made.files, made.staying)
    return revision


def _check(texts: Texts) -> None:
    faults: dict[str, Text] = {}
    if not texts.title or len(texts.title) > rules.LONGEST_TITLE:
        faults["title"] = T("Give it a title of at most {n} characters.", n=rules.LONGEST_TITLE)
    if len(texts.problem) < rules.SHORTEST_PROBLEM:
        faults["problem"] = T(
            "Tell us in at least {n} characters what the problem is and whom it affects.", n=rules.SHORTEST_PROBLEM
        )
    if len(texts.solution) < rules.SHORTEST_SOLUTION:
        faults["solution"] = T("Tell us in at least {n} characters what you propose.", n=rules.SHORTEST_SOLUTION)
    if faults:
        raise Invalid(**faults)


__all__ = ["Contact", "Texts", "confirm", "resubmit", "revise", "withdraw"]
