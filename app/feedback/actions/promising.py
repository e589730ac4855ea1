"""A promised date that slips: the new one and why, public, and one notice to each person who still waits."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.duties import ledger, promises
from app.duties.models import Duty, Promise, PromiseNotice
from app.duties.rules import DutyState
from app.feedback import letters
from app.kit import clock, ids
from app.kit.db import Database
from app.kit.errors import Conflict, Invalid
from app.kit.i18n import T
from app.mail.outbox import Recipient
from app.mail.rendering import Rendered
from app.people import queries as people
from app.people.actor import Actor
from app.people.models import Person
from app.people.rules import ContactKind, Permission
from app.process import queries as processes
from app.process.models import Process, Stage
from app.trail.rules import instant
from app.work import Work, jobs, transaction

JOB = "feedback.tell_late"
SHORTEST_REASON, LONGEST_REASON = 10, 1000
LONGEST_DELAY = timedelta(days=365)
AT_ONCE = 100
Tell = Callable[[int, int], None]


def move_promise(work: Work, process: Process, stage: Stage, new_at: datetime | None, reason: str) -> Promise:
    """Promise another date for the answers still owed, with the public reason. Office only.

    What was promised before stays public beside it, and everybody who still waits is told once, by letter. Refused
    while nothing is owed, and for a date that is not after the promised one or more than a year ahead.
    """
    work.require(Permission.PUBLISH_DECISIONS, process.id)
    before = promises.in_force(promises.of_stage(work.session, stage.id))
    if before is None or not ledger.tally(work.session, stage.id).owed:
        raise Conflict(T("No answer is owed at this stage, so there is no date to move."))
    if new_at is None or new_at <= max(work.now, before.promised_at) or new_at > work.now + LONGEST_DELAY:
        raise Invalid(new_on=T("Choose a day after the promised one and within a year."))
    reason = reason.strip()
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        limits = {"least": SHORTEST_REASON, "most": LONGEST_REASON}
        raise Invalid(reason=T("Write why, in {least} to {most} characters. Everybody reads it.", **limits))
    before.slipped_at, before.new_at, before.reason = work.now, new_at, reason
    after = Promise(
        id=ids.new_id(),
        process_id=process.id,
        stage_id=stage.id,
        what=promises.ANSWERS,
        promised_at=new_at,
        made_at=work.now,
    )
    work.session.add(after)
    jobs.ask(work.session, JOB, {"promise": str(before.id), "stage_id": str(stage.id)}, work.now)
    dates = {"promised": instant(before.promised_at), "moved_to": instant(new_at)}
    work.record("promise.moved", stage.subject, because=f"promise:{before.id}", reason=reason, **dates)
    return after


def tell_late_job(database: Database, arguments: dict[str, Any], tell: Tell) -> None:
    """The job `feedback.tell_late`: argument `promise`; tells everybody who waits and was not told yet."""
    promise_id = uuid.UUID(arguments["promise"])
    told = 0
    while notices := _read(database, promise_id):
        with transaction(database, Actor.system(), clock.now()) as work:
            for notice in notices:
                work.session.add(PromiseNotice(promise_id=promise_id, person_id=notice.to.person_id, at=work.now))
                work.post(notice.letter, notice.to)
        told += len(notices)
        tell(told, told)


@dataclass(frozen=True)
class _Notice:
    """One letter, written out, and to whom."""

    to: Recipient
    letter: Rendered


def _read(database: Database, promise_id: uuid.UUID) -> list[_Notice]:
    """The next notices, read and written out outside any transaction that writes."""
    with database.reading() as session:
        promise = session.get_one(Promise, promise_id)
        process = processes.by_id(session, promise.process_id)
        persons = _waiting(session, promise)
        reached = people.contacts_of(session, [person.id for person in persons])
        folios = _folios(session, promise.stage_id, [person.id for person in persons])
    found = []
    for person in persons:
        addresses = [one for one in reached[person.id] if one.kind is ContactKind.EMAIL and one.confirmed_at]
        letter = letters.late(process, promise, (person.name, person.language), folios[person.id])
        letter = dataclasses.replace(letter, stage_id=promise.stage_id)
        found.append(_Notice(Recipient(person.id, addresses[0].value, person.language), letter))
    return found


def _waiting(session: Session, promise: Promise) -> Sequence[Person]:
    """People with a confirmed address who are still owed an answer and were not told of this date."""
    owed = exists().where(Duty.person_id == Person.id, Duty.stage_id == promise.stage_id, Duty.state == DutyState.OWED)
    told = exists().where(PromiseNotice.promise_id == promise.id, PromiseNotice.person_id == Person.id)
    wanted = (owed, ~told, people.is_reached_by_mail(Person.id), Person.erased_at.is_(None))
    return session.scalars(select(Person).where(*wanted).order_by(Person.id).limit(AT_ONCE)).all()


def _folios(session: Session, stage_id: uuid.UUID, persons: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """What each of these people waits for, as the duty names it."""
    found: dict[uuid.UUID, list[str]] = {person: [] for person in persons}
    wanted = (Duty.stage_id == stage_id, Duty.state == DutyState.OWED, Duty.person_id.in_(persons))
    for person, subject in session.execute(select(Duty.person_id, Duty.subject).where(*wanted).order_by(Duty.subject)):
        found[person].append(subject.partition(":")[2])
    return found
