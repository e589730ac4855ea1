"""Passing one proposal of a request on inside an institution: a letter with a link that answers that proposal only."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit import ids, search
from app.kit.errors import Conflict, Invalid, NotFound
from app.kit.i18n import T, Text
from app.mail.outbox import Recipient
from app.mail.rendering import Rendered
from app.people import queries as people
from app.people.addresses import NOT_WHOLE, is_address
from app.people.models import Contact, Person
from app.people.rules import ContactKind, IdentityLevel, OriginSector
from app.process.models import Process
from app.proposals.models import Proposal
from app.technical_tables import letters
from app.technical_tables.actions.answering import GivenAnswer, held_open, require_may_answer, write_answer
from app.technical_tables.letters import Asks
from app.technical_tables.models import Assessment, Colleague, FeasibilityRequest
from app.technical_tables.queries import requests as queries
from app.technical_tables.rules import MOST_PASSED_ON
from app.work import Work

LONGEST_COLLEAGUE = 160


@dataclass(frozen=True)
class PassOn:
    """To whom a proposal is passed on: name and e-mail address."""

    name: str
    address: str


@dataclass(frozen=True)
class Passing:
    """The checked wish with its letter, written before the transaction, and the secret of its link."""

    wish: PassOn
    letter: Rendered
    token: str


def to_pass_on(session: Session, process: Process, request: FeasibilityRequest, folio: str, wish: PassOn) -> Passing:
    """Check what was typed and write the letter to the colleague."""
    _, proposal, revision = queries.asked_about(session, request, folio)
    faults: dict[str, Text] = {}
    if not wish.name.strip():
        faults["colleague"] = T("Write the name of your colleague.")
    elif len(wish.name) > LONGEST_COLLEAGUE:
        faults["colleague"] = T("This is too long: at most {n} characters.", n=LONGEST_COLLEAGUE)
    if not is_address(wish.address):
        faults["address"] = NOT_WHOLE
    if faults:
        raise Invalid(**faults)
    token = ids.new_token()
    asks = Asks(
        queries.institution_of(session, request).name,
        request.letter_number,
        request.dated_on,
        request.signatory,
        request.due_on,
        [f"{proposal.folio} · {revision.title}"],
    )
    return Passing(wish, letters.passed_on(process, asks, token), token)


def pass_on_by_link(work: Work, process: Process, token: str, folio: str, ready: Passing) -> Colleague:
    """Pass a proposal on; whoever holds the link of the institution's letter may."""
    return _pass_on(work, process, queries.request_by_token(work.session, process.id, token), folio, ready)


def pass_on_for(work: Work, process: Process, request: FeasibilityRequest, folio: str, ready: Passing) -> Colleague:
    """The same for those who sign in: the institution's own people, or the office."""
    require_may_answer(work, process, request)
    return _pass_on(work, process, request, folio, ready)


def take_back_by_link(work: Work, process: Process, token: str, folio: str) -> None:
    """Take back what was passed on: the colleague's link opens nothing any more. Whoever holds the letter's link."""
    _take_back(work, queries.request_by_token(work.session, process.id, token), folio)


def take_back_for(work: Work, process: Process, request: FeasibilityRequest, folio: str) -> None:
    """The same for those who sign in: the institution's own people, or the office."""
    require_may_answer(work, process, request)
    _take_back(work, request, folio)


def answer_as_colleague(work: Work, process: Process, token: str, given: GivenAnswer) -> Assessment:
    """Write down the answer about the one proposal that was passed on; whoever holds the colleague's link may."""
    _, request, folio = queries.passed_on_by_token(work.session, process.id, token)
    request = held_open(work, process, request)
    queries.passed_on_by_token(work.session, process.id, token)  # not taken back while the request was waited for
    return write_answer(work, process, request, folio, given)


def _pass_on(work: Work, process: Process, request: FeasibilityRequest, folio: str, ready: Passing) -> Colleague:
    request = held_open(work, process, request)
    _, proposal, _ = queries.asked_about(work.session, request, folio)
    if proposal.id in queries.colleagues_of(work.session, request):
        raise Conflict(T("This proposal is with a colleague already. Take it back first."))
    if queries.count_passed_on(work.session, request) >= MOST_PASSED_ON:
        raise Conflict(T("Proposals of this request were passed on {n} times already.", n=MOST_PASSED_ON))
    name, address = ready.wish.name.strip(), people.normal_address(ready.wish.address)
    colleague = Colleague(
        id=ids.new_id(),
        request_id=request.id,
        proposal_id=proposal.id,
        person_id=_person(work, process, name, address).id,
        name=name,
        address=address,
        token_hash=ids.hash_token(ready.token),
        passed_at=work.now,
    )
    work.session.add(colleague)
    work.post(ready.letter, Recipient(colleague.person_id, address, ready.letter.language))
    because = f"feasibility_colleague:{colleague.id}"  # who the colleague is stands in no entry
    work.record("feasibility.passed_on", request.subject, because=because, proposal=proposal.folio)
    return colleague


def _take_back(work: Work, request: FeasibilityRequest, folio: str) -> None:
    held = select(FeasibilityRequest).where(FeasibilityRequest.id == request.id).with_for_update()
    request = work.session.scalars(held.execution_options(populate_existing=True)).one()
    wanted = (Proposal.process_id == request.process_id, Proposal.folio == folio)
    proposal = work.session.scalars(select(Proposal).where(*wanted)).one_or_none()
    colleague = queries.colleagues_of(work.session, request).get(proposal.id) if proposal else None
    if proposal is None or colleague is None:
        raise NotFound
    colleague.withdrawn_at = work.now
    because = f"feasibility_colleague:{colleague.id}"
    work.record("feasibility.taken_back", request.subject, because=because, proposal=proposal.folio)


def _person(work: Work, process: Process, name: str, address: str) -> Person:
    """Whoever has this name at this mailbox, or somebody new; nobody vouches for the address."""
    same = search.plain(name)
    found = people.with_address(work.session, address)
    known = next((person for person in found if search.plain(person.name) == same), None)
    if known is not None:
        return known
    person = Person(
        id=ids.new_id(),
        name=name,
        public_name=name,
        language=process.language,
        origin_sector=OriginSector.PUBLIC,
        identity_level=IdentityLevel.UNCONFIRMED,
        created_at=work.now,
    )
    contact = Contact(person_id=person.id, kind=ContactKind.EMAIL, value=address, confirmed_at=None)
    work.session.add_all([person, contact])
    work.session.flush()
    return person
