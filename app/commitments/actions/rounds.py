"""Opening a round of monitoring by an official letter to each institution, and closing it with its figures."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.commitments import letters
from app.commitments.models import MonitoringRound, RoundCall, RoundLink
from app.commitments.queries import progress, rounds
from app.kit import ids
from app.kit.errors import Conflict, Invalid
from app.kit.i18n import T, Text
from app.kit.text import say_date
from app.mail.outbox import Recipient
from app.mail.rendering import Rendered, render
from app.people import queries as people
from app.people.addresses import NOT_WHOLE, is_address
from app.people.models import Organisation, Person
from app.people.rules import Permission
from app.process.models import Process
from app.proposals.actions.inviting import contact_of
from app.proposals.letters import variant
from app.proposals.rules import Provenance
from app.work import Work


@dataclass(frozen=True)
class OpenRound:
    """A round as the office opens it: its letter, until when, and the address of each institution by its key."""

    name: str
    letter_number: str
    dated_on: date
    signatory: str
    due_on: date
    addresses: Mapping[uuid.UUID, str] = field(default_factory=dict)
    provenance: Provenance = Provenance.NATIVE


Written = Mapping[uuid.UUID, Rendered]
"""The letter to each institution, but for its secret."""


def to_open(session: Session, process: Process, wish: OpenRound) -> Written:
    """Check what was typed and write the letters, before the transaction begins."""
    leads = rounds.leading(session, process.id)
    _check(wish, [body.id for body, _ in leads])
    spoken = variant(process, process.language)
    facts = {
        "round": wish.name.strip(),
        "letter_number": wish.letter_number.strip(),
        "dated_on": say_date(wish.dated_on, spoken),
        "signatory": wish.signatory.strip(),
        "due_on": say_date(wish.due_on, spoken),
    }
    written = {}
    for body, _ in leads:
        if wish.addresses.get(body.id):
            own = rounds.led_by(session, process.id, body.id)
            titles = [f"{one.number}. {one.title(process.language)}" for one in own]
            letter = letters.round_opened(process, {**facts, "organisation": body.name}, titles)
            written[body.id] = render(letter, spoken)
    return written


def _check(wish: OpenRound, bodies: list[uuid.UUID]) -> None:
    faults: dict[str, Text] = {}
    if not wish.name.strip():
        faults["name"] = T("Give the round a name, for example December 2026.")
    if not wish.letter_number.strip():
        faults["letter_number"] = T("Write the number of the official letter.")
    if not wish.signatory.strip():
        faults["signatory"] = T("Write who signs the letter.")
    if wish.due_on < wish.dated_on:
        faults["due_on"] = T("The reports cannot be due before the date of the letter.")
    if not bodies:
        raise Conflict(T("No institution leads a commitment of the plan yet: there is nobody to ask."))
    for body in bodies:
        address = wish.addresses.get(body, "")
        if address and not is_address(address):
            faults[f"address-{body}"] = NOT_WHOLE
    if faults:
        raise Invalid(**faults)


def open_round(work: Work, process: Process, wish: OpenRound, written: Written) -> MonitoringRound:
    """Open a round and post its letter to each institution that has an address. Office only.

    One round at a time: refused while another is open. Its number, date and signatory are public, its links are not.
    """
    work.require(Permission.OPEN_MONITORING, process.id)
    made = next_round(
        work,
        process,
        name=wish.name.strip(),
        letter_number=wish.letter_number.strip(),
        dated_on=wish.dated_on,
        signatory=wish.signatory.strip(),
        due_on=wish.due_on,
        provenance=wish.provenance,
    )
    for body_id, letter in written.items():
        _call(work, process, made, (body_id, wish.addresses[body_id], letter))
    work.record(
        "monitoring.opened",
        made.subject,
        letter=made.letter_number,
        dated_on=made.dated_on.isoformat(),
        signatory=made.signatory,
        due_on=made.due_on.isoformat(),
        institutions=len(written),
    )
    return made


def next_round(work: Work, process: Process, **facts: Any) -> MonitoringRound:
    """The row of the next round, open; refused while another one is. The caller has asked who may."""
    newest = rounds.rounds_of(work.session, process.id, 1)
    if newest and newest[0].is_open:
        raise Conflict(T("Round {n} is still open. Close it first.", n=newest[0].number))
    here = MonitoringRound.process_id == process.id
    number = (work.session.scalar(select(func.max(MonitoringRound.number)).where(here)) or 0) + 1
    made = MonitoringRound(
        id=ids.new_id(), process_id=process.id, number=number, opened_at=work.now, figures={}, **facts
    )
    work.session.add(made)
    work.session.flush()
    return made


def _call(work: Work, process: Process, made: MonitoringRound, sent: tuple[uuid.UUID, str, Rendered]) -> None:
    body = work.session.get_one(Organisation, sent[0])
    address = people.normal_address(sent[1])
    call = RoundCall(
        id=ids.new_id(),
        round_id=made.id,
        organisation_id=body.id,
        person_id=_contact_of(work, process, body, address).id,
        address=address,
        sent_at=work.now,
    )
    work.session.add(call)
    post_with_link(work, call, sent[2])


def _contact_of(work: Work, process: Process, body: Organisation, address: str) -> Person:
    """The institution as somebody who is written to: the one who was before, else a new one the office vouches for."""
    earlier = (
        select(Person)
        .join(RoundCall, RoundCall.person_id == Person.id)
        .where(RoundCall.organisation_id == body.id, RoundCall.address == address, Person.erased_at.is_(None))
    )
    return work.session.scalars(earlier.limit(1)).one_or_none() or contact_of(work, process, body, address)


def post_with_link(work: Work, call: RoundCall, letter: Rendered) -> None:
    """Post a letter with a new secret for its link; of the secret only the hash stays."""
    token = ids.new_token()
    work.session.add(RoundLink(call_id=call.id, token_hash=ids.hash_token(token), made_at=work.now))
    work.post(letter.filled(token=token), Recipient(call.person_id, call.address, letter.language))


def close_round(work: Work, process: Process, number: int) -> MonitoringRound:
    """Close a round: nothing is reported in it any more, and its figures are written down. Office only."""
    work.require(Permission.OPEN_MONITORING, process.id)
    known = rounds.round_numbered(work.session, process.id, number)
    held = select(MonitoringRound).where(MonitoringRound.id == known.id).with_for_update()
    found = work.session.scalars(held.execution_options(populate_existing=True)).one()
    if not found.is_open:
        raise Conflict(T("This round is closed already."))
    found.closed_at = work.now
    panel = progress.panel(work.session, process, found, work.now)
    found.figures = progress.figures_of(panel)
    silent = sum(not line.has_report for line in panel.lines)
    plan = {name: found.figures[f"plan:{name}"] for name in ("reported", "computed")}
    warned = [line.commitment.number for line in panel.warned]
    work.record("monitoring.closed", found.subject, silent=silent, warnings=warned, **plan)
    return found
