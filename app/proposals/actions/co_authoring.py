"""Several people behind one proposal: whoever sends it speaks for them, and each signs for themselves or does not.

Nobody's name is published because somebody else typed it. Each gets a letter with a link, and becomes a co-author, owed
an answer of their own, by saying so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import known
from app.accounts.known import Known
from app.duties.rules import Part
from app.kit import ids, search
from app.kit.errors import Conflict, Invalid, NotFound, NotNow
from app.kit.i18n import T
from app.mail import unasked
from app.mail.outbox import Recipient
from app.mail.rendering import LATE, Rendered, blank
from app.people import queries as people
from app.people.rules import ContactKind
from app.process.models import Process
from app.proposals import consent, letters, rules
from app.proposals.actions.wishing import name_faults, published_name
from app.proposals.models import Author, CoAuthorRequest, Proposal
from app.proposals.queries import newest_revision
from app.proposals.rules import State
from app.work import Work

CLOSED = frozenset({State.WITHDRAWN, State.INADMISSIBLE, State.MERGED})


@dataclass(frozen=True)
class Asking:
    """The letter to one who is to sign too, written before the transaction but for the folio."""

    address: str
    token: str
    letter: Rendered


@dataclass(frozen=True)
class Signing:
    """How somebody wants to stand beside a proposal."""

    name: str
    publish_as: str
    public_name: str
    consent: str
    language: str


def to_ask(process: Process, addresses: tuple[str, ...], language: str) -> list[Asking]:
    """Write to each of them; the letter holds the folio and a link, and nothing that was typed."""
    if not addresses:
        return []
    path = f"/p/{process.slug}/co-author/{LATE('token')}"
    letter = blank(letters.co_author(process, LATE("folio"), path), letters.variant(process, language))
    return [Asking(people.normal_address(address), ids.new_token(), letter) for address in addresses]


def ask(work: Work, proposal: Proposal, asked: Sequence[Asking]) -> None:
    """Ask them in the transaction that received the proposal; an address that has had its three letters today is not
    written to again, and its link waits for the office.
    """
    for one in asked:
        values = {"proposal_id": proposal.id, "address": one.address, "token_hash": ids.hash_token(one.token)}
        work.session.add(CoAuthorRequest(**values, asked_at=work.now))
        if not unasked.is_enough(work.session, one.address, work.now):
            work.post(
                one.letter.filled(folio=proposal.folio, token=one.token),
                Recipient(None, one.address, one.letter.language),
            )
    if asked:
        work.record("proposal.co_authors_asked", proposal.subject, people=len(asked))


def request_of(session: Session, process: Process, token: str) -> tuple[CoAuthorRequest, Proposal]:
    """The request a link belongs to, and its proposal."""
    wanted = (
        select(CoAuthorRequest, Proposal)
        .join(Proposal, Proposal.id == CoAuthorRequest.proposal_id)
        .where(CoAuthorRequest.token_hash == ids.hash_token(token), Proposal.process_id == process.id)
    )
    found = session.execute(wanted).first()
    if found is None:
        raise NotFound
    return found[0], found[1]


@dataclass(frozen=True)
class ToJoin:
    """What is made before the transaction: the names as they will stand, and the words the proposal is found by."""

    signing: Signing
    shown: str
    names: str
    words: str
    version: int


def to_join(session: Session, asked: tuple[CoAuthorRequest, Proposal], signing: Signing) -> ToJoin:
    """Check how somebody wants to sign; a name is searched for too, and stemming takes time."""
    _check(signing)
    _, proposal = asked
    shown = published_name(signing.publish_as, signing.name, signing.public_name, signing.language)
    known_names = dict.fromkeys([*proposal.public_names.split(", "), shown])
    names = ", ".join(name for name in known_names if name)[: rules.LONGEST_NAMES]
    text = newest_revision(session, proposal)
    words = search.folded(f"{proposal.folio} {text.title} {text.problem} {text.solution} {names}")
    return ToJoin(signing, shown, names, words, proposal.version)


def join(work: Work, process: Process, asked: tuple[CoAuthorRequest, Proposal], made: ToJoin) -> tuple[Author, str]:
    """Sign a proposal too: whoever holds the link may, once, while the process runs. From then on its co-author is
    answered at every stage like its author.
    """
    request, proposal = asked
    _require_open(process, request, proposal)
    if proposal.version != made.version or request.address is None:
        raise Conflict(T("The proposal changed while you read it. Load the page again."))
    signing, shown = made.signing, made.shown
    person = known.person_of(work, Known(signing.name, request.address, signing.language))
    if work.session.scalar(select(Author.id).where(Author.proposal_id == proposal.id, Author.person_id == person.id)):
        raise Invalid(name=T("Somebody with this name and address has signed this proposal already."))
    known.prove(work, person.id)
    code = ids.new_follow_code()
    author = Author(
        id=ids.new_id(),
        proposal_id=proposal.id,
        person_id=person.id,
        part=Part.CO_AUTHOR,
        public_name=shown,
        contact_kind=ContactKind.EMAIL,
        code_hash=ids.hash_token(code),
        confirmed_at=work.now,
        consent=signing.consent,
    )
    work.session.add(author)
    proposal.public_names = made.names
    request.address, request.answered_at, request.has_joined = None, work.now, True
    if proposal.search_number is not None:
        search.put(work.session, proposal.search_number, str(process.id), made.words)
    work.record("proposal.co_author_joined", proposal.subject)
    return author, code


def decline(work: Work, process: Process, asked: tuple[CoAuthorRequest, Proposal]) -> None:
    """Not sign it: the address is forgotten in the same act."""
    request, proposal = asked
    _require_open(process, request, proposal)
    request.address, request.answered_at = None, work.now
    work.record("proposal.co_author_declined", proposal.subject)


def counts(session: Session, proposal: Proposal) -> tuple[int, int]:
    """How many were asked to sign too, and how many have."""
    wanted = select(func.count(), func.count().filter(CoAuthorRequest.has_joined)).where(
        CoAuthorRequest.proposal_id == proposal.id
    )
    row = session.execute(wanted).one()
    return row[0], row[1]


def _require_open(process: Process, request: CoAuthorRequest, proposal: Proposal) -> None:
    if request.answered_at:
        raise Conflict(T("This was answered already. It cannot be answered twice."))
    if process.ended_at:
        raise NotNow(T("This process has ended."))
    if proposal.state in CLOSED:
        raise Conflict(T("This proposal no longer goes its own way, so nobody can sign it any more."))


def _check(signing: Signing) -> None:
    faults = name_faults(signing.name, signing.publish_as, signing.public_name)
    if not signing.publish_as:
        faults["publish_as"] = T("Choose one of the list.")
    if faults:
        raise Invalid(**faults)
    consent.require_consent(signing.consent)
