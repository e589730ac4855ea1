"""A new code for an author who lost theirs: asked for by folio, and given only to the confirmed address."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.kit import ids
from app.mail.models import OutboxMessage
from app.mail.outbox import Recipient
from app.mail.rendering import Rendered, render
from app.mail.rules import LetterKind
from app.people import queries as people
from app.people.rules import ContactKind
from app.process import queries as processes
from app.process.models import Process
from app.proposals import letters, queries
from app.proposals.models import Author, Proposal
from app.work import Work

WAYS_A_DAY = 3
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class WayBack:
    """One author's letter with the link to a new code, written before the transaction."""

    person_id: uuid.UUID
    address: str
    letter: Rendered


def to_recover(session: Session, typed: str, link: Callable[[Author], str]) -> list[WayBack]:
    """Write to each author of the proposal with this folio whose e-mail address is confirmed.

    Where there is none a letter is written all the same and thrown away, so that the answer takes as long.
    """
    found = [
        (proposal, author, contact.value)
        for proposal in queries.with_folio(session, typed)
        for author in queries.authors_of(session, proposal.id)
        if author.contact_kind is ContactKind.EMAIL
        and (contact := people.email_of(session, author.person_id)) is not None
        and contact.confirmed_at is not None
    ]
    if not found:
        for process in processes.listed(session, 1):
            _written(process, "", link(Author(id=ids.new_id(), code_hash="")), process.language)
    return [
        WayBack(author.person_id, address, _letter(session, proposal, link(author)))
        for proposal, author, address in found
    ]


def _letter(session: Session, proposal: Proposal, path: str) -> Rendered:
    process = processes.by_id(session, proposal.process_id)
    return _written(process, proposal.folio, path, proposal.language)


def _written(process: Process, folio: str, path: str, language: str) -> Rendered:
    return render(letters.new_code(process, folio, path, language), letters.variant(process, language))


def send_ways(work: Work, ways: list[WayBack]) -> None:
    """Post them. Anybody may ask who knows the folio; about one folio no address gets more than three a day."""
    for way in ways:
        if _sent_today(work, way) < WAYS_A_DAY:
            work.post(way.letter, Recipient(way.person_id, way.address, way.letter.language))


def _sent_today(work: Work, way: WayBack) -> int:
    counted = select(func.count()).where(
        OutboxMessage.to_address == way.address,
        OutboxMessage.kind == LetterKind.RECEIPT,
        OutboxMessage.subject == way.letter.subject,
        OutboxMessage.created_at > work.now - A_DAY,
    )
    return work.session.scalar(counted) or 0


def renew_code(work: Work, proposal: Proposal, author: Author) -> str:
    """Give an author a new code in place of the old one. Whoever holds the link sent to the confirmed address may."""
    code = ids.new_follow_code()
    author.code_hash = ids.hash_token(code)
    work.record("proposal.code_renewed", proposal.subject)
    return code
