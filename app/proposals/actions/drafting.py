"""What is typed into the form, kept on the server from the moment an address is known, so that no window loses it.

The key of a draft travels in a signed link: whoever holds it may go on writing, and nobody else finds it. A draft is
no act: it leaves no entry in the trail, and it goes when the proposal is received, or after 180 days.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app.kit.errors import Invalid, NotFound
from app.kit.i18n import T
from app.mail import unasked
from app.mail.outbox import Recipient
from app.mail.rendering import Rendered, render
from app.people import queries as people
from app.people.addresses import is_address
from app.process.models import Process
from app.proposals import letters
from app.proposals.models import ProposalDraft
from app.proposals.rules import LONGEST_TITLE
from app.work import Work

KEPT = timedelta(days=180)
A_LINK_EVERY = timedelta(minutes=1)
MOST_TYPED = 64 * 1024

Typed = Mapping[str, Sequence[str]]


def keep(work: Work, process: Process, draft_id: uuid.UUID, typed: Typed) -> ProposalDraft:
    """Keep what is typed under this key; refused without an e-mail address, because nobody could come back to it."""
    address = people.normal_address(next(iter(typed.get("contact", ())), ""))
    if not is_address(address):
        raise Invalid(contact=T("Write your e-mail address, so that we can send you the link to go on."))
    values: dict[str, Any] = {name: list(said) for name, said in typed.items() if any(said)}
    if sum(len(one) for said in values.values() for one in said) > MOST_TYPED:
        raise Invalid(problem=T("This is too long to be kept as a draft."))
    draft = work.session.get(ProposalDraft, draft_id)
    if draft is None:
        draft = ProposalDraft(id=draft_id, process_id=process.id, address=address)
        work.session.add(draft)
    elif draft.process_id != process.id:
        raise NotFound
    draft.address, draft.typed, draft.updated_at = address, values, work.now
    draft.title = next(iter(typed.get("title", ())), "")[:LONGEST_TITLE]
    return draft


def to_go_on(process: Process, path: str, language: str) -> Rendered:
    """The letter with the link, written before the transaction: nothing that was typed stands in it."""
    return render(letters.go_on(process, path), letters.variant(process, language))


def send_link(work: Work, draft: ProposalDraft, letter: Rendered) -> bool:
    """Send the link to the address of the draft; no address gets more than three letters a day that nobody there asked
    for, nor two within a minute: then it says that none was sent.
    """
    if draft.link_sent_at and work.now - draft.link_sent_at < A_LINK_EVERY:
        return False
    if unasked.is_enough(work.session, draft.address, work.now):
        raise Invalid(contact=T("Several letters have gone to this address today. Try again tomorrow."))
    draft.link_sent_at = work.now
    work.post(letter, Recipient(None, draft.address, letter.language))
    return True


def read(session: Session, process: Process, draft_id: uuid.UUID) -> ProposalDraft:
    """A draft by its key, in its process."""
    draft = session.get(ProposalDraft, draft_id)
    if draft is None or draft.process_id != process.id:
        raise NotFound(T("This draft was sent, or erased. If you sent it, follow it with your folio."))
    return draft


def throw_away(work: Work, draft_id: uuid.UUID) -> None:
    """Forget a draft: its proposal was received, or its writer wants it gone."""
    work.session.execute(delete(ProposalDraft).where(ProposalDraft.id == draft_id))


def move_address(work: Work, old: str, new: str) -> None:
    """What somebody began to write goes with them to another mailbox, unless the old one serves others too."""
    if old and not people.names_at(work.session, old):
        mine = update(ProposalDraft).where(ProposalDraft.address == old)
        work.session.execute(mine.values(address=new))


def forget_old(work: Work) -> None:
    """Forget what nobody has touched for 180 days."""
    work.session.execute(delete(ProposalDraft).where(ProposalDraft.updated_at < work.now - KEPT))
