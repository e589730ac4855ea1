"""The written answers about one's own proposal, for whoever has its folio and code: at home, or read at a counter."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.feedback.models import Letter
from app.feedback.rules import MAY_BE_ASKED, Way
from app.mail.models import OutboxMessage
from app.mail.rules import MAY_HAVE_LEFT
from app.proposals.models import Author, Proposal


def of_author(session: Session, proposal: Proposal, author: Author) -> Sequence[Letter]:
    """What was written to this author about this proposal, newest first.

    A letter stands here once it has left or is to be handed over; one that waits to leave may still be taken back.
    """
    wanted = (Letter.person_id == author.person_id, Letter.process_id == proposal.process_id)
    rows = session.execute(
        select(Letter, OutboxMessage.state)
        .outerjoin(OutboxMessage, OutboxMessage.id == Letter.outbox_message_id)
        .where(*wanted, Letter.state.in_(MAY_BE_ASKED))
        .order_by(Letter.approved_at.desc(), Letter.id.desc())
    )
    folios = {proposal.folio}
    if author.came_by_merge_from is not None:
        folios.add(session.get_one(Proposal, author.came_by_merge_from).folio)
    return [
        letter
        for letter, sent in rows
        if folios & set(letter.folios) and (letter.way is Way.HAND or sent in MAY_HAVE_LEFT)
    ]
