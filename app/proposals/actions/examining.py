"""What the office does at the door: admit, return for changes, refuse, merge; each with its reason and its letter."""

from __future__ import annotations

import uuid

from sqlalchemy import func, select

from app.kit import ids
from app.kit.errors import Conflict, Invalid, NotFound
from app.kit.i18n import T
from app.mail.outbox import Recipient
from app.people import queries as people
from app.people.rules import ContactKind, Permission
from app.process.models import Process
from app.proposals import letters, rules
from app.proposals.actions import advancing
from app.proposals.actions.preparing import ToAdmit, ToTell, require_unchanged
from app.proposals.models import Admission, AdmissionOutcome, Author, Merge, Proposal
from app.proposals.rules import State
from app.work import Work
from app.work.transaction import Subject


def admit(work: Work, proposal: Proposal, made: ToAdmit) -> Admission:
    """Let a proposal in: it becomes public and can be decided on. Office only."""
    work.require(Permission.EXAMINE_PROPOSALS, proposal.process_id)
    require_unchanged(made, proposal)
    admission = _note(work, proposal, AdmissionOutcome.ADMITTED, "", [])
    advancing.advance(work, proposal, "admit", because=f"admission:{admission.id}")
    advancing.put_into_search(work, proposal, made.words, str(proposal.process_id))
    return admission


def return_for_changes(work: Work, process: Process, proposal: Proposal, made: ToTell) -> Admission:
    """Send a proposal back with what to change and until when; its author gets a letter at once. Office only."""
    work.require(Permission.EXAMINE_PROPOSALS, proposal.process_id)
    _need_reason(made.reason)
    require_unchanged(made, proposal)
    admission = _note(work, proposal, AdmissionOutcome.RETURNED, made.reason, [])
    advancing.advance(work, proposal, "return", because=f"admission:{admission.id}", reason=made.reason)
    proposal.mend_by = made.mend_by
    _tell_authors(work, process, proposal, made)
    return admission


def refuse(work: Work, process: Process, proposal: Proposal, reason: str, codes: list[str]) -> Admission:
    """Not admit a proposal, with a reason; its authors are owed an answer from this very act on. Office only."""
    work.require(Permission.EXAMINE_PROPOSALS, process.id)
    _need_reason(reason)
    if not codes:
        raise Invalid(reason_codes=T("Choose at least one kind of reason."))
    admission = _note(work, proposal, AdmissionOutcome.REFUSED, reason, codes)
    advancing.advance(work, proposal, "refuse", because=f"admission:{admission.id}", reason_codes=codes)
    subject = Subject(f"admission:{proposal.folio}", admission.id, proposal.process_id, admission.number)
    for author in _authors(work, proposal.id):
        work.owe(author.person_id, proposal.stage_id, author.part, subject)
    return admission


def merge(work: Work, process: Process, proposal: Proposal, into: Proposal, made: ToTell) -> Merge:
    """Let two proposals go on as one; every author of the first is answered for the second from now on. Office only."""
    work.require(Permission.EXAMINE_PROPOSALS, process.id)
    return join(work, process, proposal, into, made)


def join(work: Work, process: Process, proposal: Proposal, into: Proposal, made: ToTell) -> Merge:
    """The same for a body that decides; the caller has asked who may."""
    _need_reason(made.reason)
    if into.process_id != proposal.process_id:
        raise NotFound
    if into.id == proposal.id or into.state in {State.MERGED, State.WITHDRAWN, State.INADMISSIBLE, State.RETURNED}:
        raise Conflict(T("Choose another proposal that is still on its way."))
    require_unchanged(made, proposal, into)
    row = Merge(id=ids.new_id(), proposal_id=proposal.id, into_id=into.id, reason=made.reason, at=work.now)
    work.session.add(row)
    proposal.merged_into_id = into.id
    advancing.advance(work, proposal, "merge", because=f"merge:{row.id}", into=into.folio, reason=made.reason)
    if made.words:
        advancing.put_into_search(work, proposal, made.words, str(proposal.process_id))
    _carry_authors(work, proposal, into)
    work.record("proposal.joined", into.subject, because=f"merge:{row.id}", from_folio=proposal.folio)
    _tell_authors(work, process, proposal, made)
    return row


def _carry_authors(work: Work, proposal: Proposal, into: Proposal) -> None:
    known = {author.person_id for author in _authors(work, into.id)}
    for author in _authors(work, proposal.id):
        if author.person_id in known:
            continue
        work.session.add(
            Author(
                proposal_id=into.id,
                person_id=author.person_id,
                part=author.part,
                public_name=author.public_name,
                contact_kind=author.contact_kind,
                code_hash=author.code_hash,
                confirmed_at=author.confirmed_at,
                came_by_merge_from=proposal.id,
            )
        )
    names = dict.fromkeys([into.public_names, proposal.public_names])
    into.public_names = ", ".join(name for name in names if name)[:600]


def _note(work: Work, proposal: Proposal, outcome: AdmissionOutcome, reason: str, codes: list[str]) -> Admission:
    earlier = select(func.count()).select_from(Admission).where(Admission.proposal_id == proposal.id)
    admission = Admission(
        id=ids.new_id(),
        proposal_id=proposal.id,
        number=(work.session.scalar(earlier) or 0) + 1,
        outcome=outcome,
        reason=reason,
        reason_codes=codes,
        at=work.now,
    )
    work.session.add(admission)
    return admission


def _authors(work: Work, proposal_id: uuid.UUID) -> list[Author]:
    return list(work.session.scalars(select(Author).where(Author.proposal_id == proposal_id).order_by(Author.id)))


def _tell_authors(work: Work, process: Process, proposal: Proposal, made: ToTell) -> None:
    for author in _authors(work, proposal.id):
        contact = people.email_of(work.session, author.person_id)
        if contact is not None and author.contact_kind is ContactKind.EMAIL:
            to = Recipient(author.person_id, contact.value, letters.variant(process, proposal.language))
            work.post(made.letter_to(author), to)


def _need_reason(reason: str) -> None:
    if len(reason.strip()) < rules.SHORTEST_REASON:
        raise Invalid(reason=T("Write the reason in at least one short sentence; the author will read it."))
