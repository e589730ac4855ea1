"""Files beside a proposal: its author adds and leaves out, the office holds back what may not be shown."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import func, select

from app.documents import actions as documents
from app.kit import ids
from app.kit.db import put
from app.kit.errors import Conflict, Invalid, NotFound
from app.kit.i18n import T
from app.people.rules import Permission
from app.proposals.models import Proposal, ProposalFile
from app.proposals.rules import MOST_FILES, HeldFor
from app.work import Work


def attach(work: Work, proposal: Proposal, keys: Sequence[uuid.UUID]) -> None:
    """Bind waiting documents to this version of a proposal, in the transaction that receives it."""
    if not keys:
        return
    bound = documents.bind(work, keys)
    taken = work.session.execute(
        select(
            func.max(ProposalFile.number), func.count(ProposalFile.id).filter(ProposalFile.until_revision.is_(None))
        ).where(ProposalFile.proposal_id == proposal.id)
    ).one()
    if taken[1] + len(bound) > MOST_FILES:
        raise Invalid(files=T("At most {n} files. Leave one out.", n=MOST_FILES))
    for number, document in enumerate(bound, (taken[0] or 0) + 1):
        row = {"id": ids.new_id(), "proposal_id": proposal.id, "document_id": document.id, "number": number}
        put(work.session, ProposalFile, {**row, "from_revision": proposal.revision})
    work.record("proposal.files_attached", proposal.subject, files=len(bound), revision=proposal.revision)


def change(work: Work, proposal: Proposal, keys: Sequence[uuid.UUID], staying: Collection[int] | None) -> None:
    """With a new version: leave out what its author does not keep, and add; earlier versions keep what they had."""
    if staying is not None:
        standing = (ProposalFile.proposal_id == proposal.id, ProposalFile.until_revision.is_(None))
        rows = work.session.scalars(select(ProposalFile).where(*standing)).all()
        left = [row for row in rows if row.number not in staying]
        for row in left:
            row.until_revision = proposal.revision - 1
        if left:
            work.session.flush()
            work.record("proposal.files_left_out", proposal.subject, files=len(left), revision=proposal.revision)
    attach(work, proposal, keys)


def hold_back(work: Work, proposal: Proposal, number: int, why: str) -> None:
    """Show a file to nobody but its author and the office, with the kind of reason in public. Office only."""
    work.require(Permission.EXAMINE_PROPOSALS, proposal.process_id)
    row = _file(work, proposal, number)
    if why not in set(HeldFor):
        raise Invalid(why=T("Choose why it is held back."))
    if row.held_for is not None:
        raise Conflict(T("This file is held back already."))
    row.held_for, row.held_at = HeldFor(why), work.now
    work.record("proposal.file_held_back", proposal.subject, number=number, why=row.held_for.value)


def release(work: Work, proposal: Proposal, number: int) -> None:
    """Show a file again that was held back. Office only."""
    work.require(Permission.EXAMINE_PROPOSALS, proposal.process_id)
    row = _file(work, proposal, number)
    if row.held_for is None:
        raise Conflict(T("This file is not held back."))
    row.held_for = row.held_at = None
    work.record("proposal.file_released", proposal.subject, number=number)


def _file(work: Work, proposal: Proposal, number: int) -> ProposalFile:
    wanted = (ProposalFile.proposal_id == proposal.id, ProposalFile.number == number)
    row = work.session.scalars(select(ProposalFile).where(*wanted)).one_or_none()
    if row is None:
        raise NotFound
    return row
