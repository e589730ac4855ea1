"""What an act on a proposal needs and takes its time is made before the transaction: letters written, words stemmed.

Each act is then given what was made for it, and refuses it when the proposal has changed in between.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.errors import Conflict
from app.kit.i18n import T
from app.kit.text import say_instant
from app.mail.rendering import Letter, Rendered, render
from app.process.kinds import settings_of
from app.process.models import Process, Stage
from app.proposals import letters
from app.proposals.actions import advancing
from app.proposals.models import Author, Proposal, Revision

Versions = dict[uuid.UUID, int]
MEND_DAYS = 10


@dataclass(frozen=True)
class Texts:
    """The words of a revision."""

    title: str
    problem: str
    solution: str
    cause: str = ""
    result: str = ""


@dataclass(frozen=True)
class ToAdmit:
    """The words by which a proposal will be found."""

    of: Versions
    words: str


@dataclass(frozen=True)
class ToRevise:
    """A new text, and the words by which it will be found; none while nobody can find the proposal."""

    of: Versions
    texts: Texts
    words: str
    files: tuple[uuid.UUID, ...] = ()
    staying: frozenset[int] | None = None


@dataclass(frozen=True)
class ToTell:
    """The reason of an act, and the letter that tells the authors of it; for a return also until when."""

    of: Versions
    letter: Rendered
    unquoted: Rendered
    reason: str = ""
    mend_by: datetime | None = None
    words: str = ""

    def letter_to(self, author: Author) -> Rendered:
        """The letter, or for an address nobody has confirmed one that quotes nothing: it may be a stranger's."""
        return self.letter if author.confirmed_at else self.unquoted


def to_admit(session: Session, proposal: Proposal) -> ToAdmit:
    """Stem what the proposal says, to make it findable."""
    wanted = (Revision.proposal_id == proposal.id, Revision.number == proposal.revision)
    revision = session.scalars(select(Revision).where(*wanted)).one()
    words = advancing.words_of(proposal, revision.title, revision.problem, revision.solution)
    return ToAdmit(_versions(proposal), words)


def to_revise(proposal: Proposal, texts: Texts) -> ToRevise:
    """Stem the new text of a proposal that can be found already."""
    findable = proposal.search_number is not None
    words = advancing.words_of(proposal, texts.title, texts.problem, texts.solution) if findable else ""
    return ToRevise(_versions(proposal), texts, words)


def to_return(session: Session, process: Process, proposal: Proposal, reason: str, now: datetime) -> ToTell:
    """Write what to change and until when."""
    stage = session.get_one(Stage, proposal.stage_id)
    mend_by = now + timedelta(days=getattr(settings_of(stage.kind, stage.settings), "mend_days", MEND_DAYS))
    until = say_instant(mend_by, process.zone, letters.variant(process, proposal.language))
    letter = _written(process, proposal, letters.returned(process, proposal, reason, until))
    unquoted = _written(process, proposal, letters.news(process, proposal, until))
    return ToTell(_versions(proposal), letter, unquoted, reason, mend_by)


def to_merge(session: Session, process: Process, proposal: Proposal, into: Proposal, reason: str) -> ToTell:
    """Write with which other one it goes on, and why; and the words by which it is found from now on."""
    words = "" if proposal.search_number is not None else to_admit(session, proposal).words
    letter = _written(process, proposal, letters.merged(process, proposal, into, reason))
    unquoted = _written(process, proposal, letters.news(process, proposal))
    return ToTell(_versions(proposal, into), letter, unquoted, reason, words=words)


def to_withdraw(process: Process, proposal: Proposal) -> ToTell:
    """Write that it was withdrawn, as its author asked."""
    letter, unquoted = letters.withdrawn(process, proposal), letters.news(process, proposal)
    return ToTell(_versions(proposal), _written(process, proposal, letter), _written(process, proposal, unquoted))


def require_unchanged(made: ToAdmit | ToRevise | ToTell, *proposals: Proposal) -> None:
    """Refuse what was made for an earlier version: its letter would quote what no longer stands."""
    if made.of != _versions(*proposals):
        raise Conflict(T("Somebody changed this proposal in the meantime. Look at it again."))


def _versions(*proposals: Proposal) -> Versions:
    return {proposal.id: proposal.version for proposal in proposals}


def _written(process: Process, proposal: Proposal, letter: Letter) -> Rendered:
    return render(letter, letters.variant(process, proposal.language))
