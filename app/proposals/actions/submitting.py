"""Receiving a proposal: no account, a folio at once, a receipt by mail; received whole is received."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from app.duties.rules import Part
from app.kit import ids, search
from app.kit.db import put
from app.kit.errors import Invalid, NotAllowed
from app.kit.i18n import T
from app.kit.text import say_date, say_instant
from app.mail import unasked
from app.mail.outbox import Recipient
from app.mail.rendering import LATE, Rendered, blank
from app.people import queries as people
from app.people.models import Contact as ContactRow
from app.people.models import Organisation, Person
from app.people.rules import ContactKind, IdentityLevel, OriginSector, Permission
from app.process.actions import require_open
from app.process.kinds import IntakeSettings, settings_of
from app.process.models import Process, Stage, Territory
from app.process.rules import folio
from app.proposals import letters
from app.proposals.actions import advancing
from app.proposals.actions.arriving import Arrival, entered, told
from app.proposals.actions.attaching import attach
from app.proposals.actions.co_authoring import Asking, ask, to_ask
from app.proposals.actions.drafting import throw_away
from app.proposals.actions.wishing import Contact, Submission, check
from app.proposals.models import Author, Invitation, Proposal, Revision
from app.proposals.rules import AssistedBy, Channel, Precision
from app.work import Work


@dataclass(frozen=True)
class Prepared:
    """What is made before the transaction begins: the secrets, and the receipt but for its folio."""

    code: str
    token: str
    receipt: Rendered | None
    wish: Submission | None = None
    co_authors: Sequence[Asking] = ()


@dataclass(frozen=True)
class Received:
    """What the sender is shown at once."""

    proposal: Proposal
    author: Author
    code: str
    mail_was_sent: bool = field(default=False)


def prepare(process: Process, wish: Submission) -> Prepared:
    """Check what was sent and render its receipt, outside the transaction."""
    check(wish, _longest(IntakeSettings()))
    code, token = ids.new_follow_code(), ids.new_token()
    receipt = None
    if wish.contact.kind is ContactKind.EMAIL:
        letter = letters.receipt(process, LATE("folio"), LATE("token"), wish.language)
        receipt = blank(letter, letters.variant(process, wish.language))
    return Prepared(code, token, receipt, wish, to_ask(process, wish.co_authors, wish.language))


def submit(work: Work, process: Process, stage: Stage | None, wish: Submission, made: Prepared) -> Received:
    """Receive a proposal while the window of its intake stage is open. Anybody may, without an account.

    An official enters for somebody else (paper, phone, meeting) with the same folio; outside the window only by a
    reasoned act, and the proposal then says so wherever it is shown. To an unconfirmed address the receipt carries the
    folio and a link and nothing that was written; no address gets more than three such letters a day.
    """
    stage, arrival = _when(work, process, stage, wish)
    settings = settings_of(stage.kind, stage.settings)
    if made.wish is not wish or _longest(settings) != _longest(IntakeSettings()):
        check(wish, _longest(settings))
    person = _person_of(work, wish)
    place = _place(work, process, wish.territory)
    number = _next_number(work, process)
    values = _proposal_of(process, stage, wish, number)
    values |= {
        "territory_id": place,
        "organisation_id": person.organisation_id,
        "state": advancing.be_born(work, process),
        "received_at": arrival.at,
        "received_to_the": arrival.to_the,
        "entered_outside_because": arrival.because,
        "came_in_time": arrival.in_time,
    }
    put(work.session, Proposal, values)
    proposal = Proposal(**values)
    put(work.session, Revision, _revision_of(work, proposal, wish))
    confirm_days = getattr(settings, "confirm_days", 7)
    author_values = _author_of(work, proposal, person, (wish, made), confirm_days)
    put(work.session, Author, author_values)
    if wish.invitation is not None and wish.invitation.first_answer_at is None:
        wish.invitation.first_answer_at = work.now
    sent = _send_receipt(work, (process, proposal), person, wish, made)
    work.record("proposal.submitted", proposal.subject, at=arrival.at, **_facts(proposal, stage))
    attach(work, proposal, wish.files)
    if made.co_authors:
        ask(work, proposal, made.co_authors)
    if wish.draft is not None:
        throw_away(work, wish.draft)
    return Received(proposal, Author(**author_values), made.code, sent)


def _longest(settings: object) -> int:
    return int(getattr(settings, "longest_text", 5000))


def _when(work: Work, process: Process, stage: Stage | None, wish: Submission) -> tuple[Stage, Arrival]:
    """Who and when: officials may enter for others, and only they outside the window, by a reasoned act.

    What a document tells, or was made up, came on its own day, whatever day it is written down.
    """
    if wish.channel is Channel.ASSISTED:
        work.require(Permission.ENTER_FOR_OTHERS, process.id)
        if not wish.assisted_by or wish.assisted_by not in set(AssistedBy):
            raise Invalid(assisted_by=T("Say how it reached you: on paper, by phone or at a meeting."))
        return entered(process, stage, wish, work.now)
    if wish.channel is Channel.IMPORT:
        work.require(Permission.IMPORT_PROPOSALS, process.id)
        return told(process, stage, wish, work.now)
    if wish.outside_because or wish.received_on:
        raise NotAllowed
    return require_open(process, stage, work.now), Arrival(work.now)


def _person_of(work: Work, wish: Submission) -> Person:
    """The invited body; the signed-in sender; else whoever has this name at this mailbox; else somebody new."""
    if wish.invitation is not None:
        invited = work.session.get(Person, wish.invitation.person_id)
        if invited is not None:
            return invited
    if wish.channel in {Channel.WEB, Channel.API} and work.actor.person_id:
        person = work.session.get(Person, work.actor.person_id)
        if person is not None and _has_address(work.session, person, wish.contact):
            return person
    if wish.contact.kind is ContactKind.EMAIL:
        same = search.plain(wish.name)
        for key, name in people.names_at(work.session, wish.contact.value):
            if search.plain(name) == same:
                return work.session.get_one(Person, key)
    return _new_person(work, wish)


def _has_address(session: Session, person: Person, contact: Contact) -> bool:
    value = people.normal_address(contact.value)
    wanted = (ContactRow.person_id == person.id, ContactRow.kind == contact.kind, ContactRow.value == value)
    return session.scalar(select(ContactRow.id).where(*wanted)) is not None


def _new_person(work: Work, wish: Submission) -> Person:
    values: dict[str, Any] = {
        "id": ids.new_id(),
        "name": wish.name,
        "public_name": wish.published_as,
        "language": wish.language,
        "origin_sector": OriginSector(wish.origin_sector),
        "identity_level": IdentityLevel.UNCONFIRMED,
        "organisation_id": _organisation(work.session, wish),
        "created_at": work.now,
    }
    kind, value = wish.contact.kind, wish.contact.value
    stored = people.normal_address(value) if kind is ContactKind.EMAIL else value
    put(work.session, Person, values)
    put(work.session, ContactRow, {"person_id": values["id"], "kind": kind, "value": stored})
    return Person(**values)


def _organisation(session: Session, wish: Submission) -> uuid.UUID | None:
    if not wish.organisation:
        return None
    found = session.scalar(select(Organisation.id).where(Organisation.name == wish.organisation))
    if found is None:
        row = Organisation(id=ids.new_id(), name=wish.organisation, sector=OriginSector(wish.origin_sector))
        session.add(row)
        found = row.id
    return found


def _place(work: Work, process: Process, code: str) -> uuid.UUID | None:
    if not code:
        return None
    wanted = (Territory.process_id == process.id, Territory.code == code)
    found = work.session.scalar(select(Territory.id).where(*wanted))
    if found is None:
        raise Invalid(territory=T("Choose one of the places of the list."))
    return found


def _next_number(work: Work, process: Process) -> int:
    taken = work.session.connection().execute(_TAKE_NUMBER, {"process": process.id}).scalar_one()
    return int(taken)


_PROCESSES = Process.__table__
_TAKE_NUMBER = (
    update(_PROCESSES)  # type: ignore[arg-type]  # a mapped class always has a Table
    .where(_PROCESSES.c.id == bindparam("process"))
    .values(last_number=_PROCESSES.c.last_number + 1)
    .returning(_PROCESSES.c.last_number)
)


def _proposal_of(process: Process, stage: Stage, wish: Submission, number: int) -> dict[str, Any]:
    return {
        "id": ids.new_id(),
        "process_id": process.id,
        "stage_id": stage.id,
        "number": number,
        "folio": folio(process.folio_prefix, number),
        "title": wish.title,
        "origin_sector": OriginSector(wish.origin_sector),
        "values": list(wish.values),
        "language": wish.language,
        "written_in": wish.written_in,
        "channel": wish.channel,
        "assisted_by": AssistedBy(wish.assisted_by) if wish.assisted_by else None,
        "provenance": wish.provenance,
        "public_names": wish.published_as,
        "invitation_id": wish.invitation.id if wish.invitation else None,
        "revision": 1,
        "version": 1,
    }


def _revision_of(work: Work, proposal: Proposal, wish: Submission) -> dict[str, Any]:
    return {
        "proposal_id": proposal.id,
        "number": 1,
        "title": wish.title,
        "problem": wish.problem,
        "solution": wish.solution,
        "cause": wish.cause,
        "result": wish.result,
        "at": work.now,
    }


def _author_of(
    work: Work, proposal: Proposal, person: Person, sent: tuple[Submission, Prepared], days: int
) -> dict[str, Any]:
    wish, made = sent
    by_mail = wish.contact.kind is ContactKind.EMAIL
    is_body = wish.invitation is not None
    known = is_body or (person.identity_level is not IdentityLevel.UNCONFIRMED and person.id == work.actor.person_id)
    return {
        "id": ids.new_id(),
        "proposal_id": proposal.id,
        "person_id": person.id,
        "part": Part.INSTITUTION if wish.channel is Channel.INSTITUTION else Part.AUTHOR,
        "public_name": wish.published_as,
        "contact_kind": wish.contact.kind,
        "consent": wish.consent,
        "was_counted": False,
        "code_hash": ids.hash_token(made.code),
        "confirm_hash": ids.hash_token(made.token) if by_mail else None,
        "confirm_by": work.now + timedelta(days=days) if by_mail and not known else None,
        "confirmed_at": work.now if known else None,
    }


def _send_receipt(
    work: Work, received: tuple[Process, Proposal], person: Person, wish: Submission, made: Prepared
) -> bool:
    process, proposal = received
    if made.receipt is None:
        return False
    address = people.normal_address(wish.contact.value)
    if wish.channel not in {Channel.ASSISTED, Channel.IMPORT} and unasked.is_enough(work.session, address, work.now):
        return False
    at = _said(process, proposal, made.receipt.language)
    letter = made.receipt.filled(folio=proposal.folio, token=made.token, received_at=at)
    work.post(letter, Recipient(person.id, address, wish.language))
    return True


def _said(process: Process, proposal: Proposal, language: str) -> str:
    """The moment of reception, to the second by our own clock and else only to the day."""
    if proposal.received_to_the is Precision.INSTANT:
        return say_instant(proposal.received_at, process.zone, language, seconds=True)
    return say_date(proposal.received_at.astimezone(process.zone).date(), language)


def _facts(proposal: Proposal, stage: Stage) -> dict[str, object]:
    facts: dict[str, object] = {
        "folio": proposal.folio,
        "stage": stage.slug,
        "channel": proposal.channel.value,
        "origin_sector": proposal.origin_sector.value,
        "provenance": proposal.provenance.value,
    }
    for name in ("not_from_the_consultation", "entered_afterwards"):
        if getattr(proposal, name):
            facts[name] = getattr(proposal, name)
    return facts


def invited(session: Session, token: str) -> Invitation | None:
    """The invitation this link belongs to."""
    return session.scalars(select(Invitation).where(Invitation.token_hash == ids.hash_token(token))).one_or_none()
