"""The name under which an author is read, changed afterwards: what is public here carries the new one from now on."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.duties.rules import Part
from app.kit import search
from app.kit.errors import Conflict, Invalid, NotAllowed
from app.kit.i18n import T
from app.people.models import Person
from app.proposals import rules
from app.proposals.actions.advancing import put_into_search
from app.proposals.actions.wishing import NO_NAME
from app.proposals.models import Author, Proposal, Revision
from app.proposals.rules import PublishAs
from app.work import Work


@dataclass(frozen=True)
class ToRename:
    """Another name, the names the proposal then carries, and the words by which it will be found."""

    version: int
    name: str
    names: str
    words: str


def to_rename(session: Session, own: tuple[Proposal, Author], publish_as: str, other: str) -> ToRename:
    """Check the choice, and make ready what is found by the new name."""
    proposal, author = own
    if author.part is Part.INSTITUTION:
        raise Conflict(T("What an institution proposes carries the name of the institution."))
    name = _name(session, own, publish_as, other)
    authors = session.scalars(select(Author).where(Author.proposal_id == proposal.id).order_by(Author.id)).all()
    names = ", ".join(dict.fromkeys(name if one.id == author.id else one.public_name for one in authors))
    words = ""
    if proposal.search_number is not None:
        newest = (Revision.proposal_id == proposal.id, Revision.number == proposal.revision)
        text = session.scalars(select(Revision).where(*newest)).one()
        words = search.folded(f"{proposal.folio} {text.title} {text.problem} {text.solution} {names}")
    return ToRename(proposal.version, name, names[: rules.LONGEST_NAMES], words)


def _name(session: Session, own: tuple[Proposal, Author], publish_as: str, other: str) -> str:
    if publish_as == PublishAs.OWN:
        return session.get_one(Person, own[1].person_id).name
    if publish_as == PublishAs.NO_NAME:
        return NO_NAME.into(own[0].language)
    if publish_as != PublishAs.OTHER:
        raise Invalid(publish_as=T("Choose one of the list."))
    if not other:
        raise Invalid(public_name=T("Write the other name, or choose another way of being published."))
    if len(other) > rules.LONGEST_NAME:
        raise Invalid(public_name=T("Shorten the name to {n} characters.", n=rules.LONGEST_NAME))
    return other


def rename(work: Work, own: tuple[Proposal, Author], made: ToRename) -> None:
    """Publish a proposal under another name of its author from now on. The author only, whatever became of it.

    The history says that the name was changed and neither the old one nor the new one.
    """
    if own[1].person_id != work.actor.person_id:
        raise NotAllowed
    rename_by_link(work, own, made)


def rename_by_link(work: Work, own: tuple[Proposal, Author], made: ToRename) -> None:
    """The same for whoever came with folio and code; of those who signed, each for their own name."""
    proposal, author = own
    if author.proposal_id != proposal.id:
        raise NotAllowed
    if made.version != proposal.version:
        raise Conflict(T("Somebody changed this proposal in the meantime. Look at it again."))
    author.public_name, proposal.public_names = made.name, made.names
    if made.words:
        put_into_search(work, proposal, made.words, str(proposal.process_id))
    work.record("proposal.name_changed", proposal.subject)
