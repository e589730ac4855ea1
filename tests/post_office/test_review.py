"""A letter in doubt waits for a person: what the person may say of it, and who may not."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.duties import ledger
from app.duties.models import Duty
from app.duties.rules import DutyState, Part
from app.kit import clock
from app.kit.db import Database
from app.kit.errors import Invalid, NotAllowed, NotFound, WrongState
from app.mail.models import OutboxMessage
from app.mail.rules import EventKind, OutboxState
from app.mail.transport import MemoryTransport
from app.people.actor import Actor
from app.people.models import Person
from app.people.rules import IdentityLevel, OriginSector
from app.post_office import reports, review
from app.post_office.reports import Report
from app.post_office.review import Finding
from app.post_office.worker import Worker
from app.process.kinds import StageKind
from app.process.models import FormOfAddress, Process, Stage
from app.trail import writing as trail
from app.trail.models import Entry
from app.work.transaction import Subject, Work, transaction
from tests.acts import by_hand
from tests.post_office import letters
from tests.post_office.letters import CITIZEN, OFFICE

pytestmark = pytest.mark.either

S = OutboxState


def in_doubt(database: Database) -> uuid.UUID:
    (message,) = letters.posted(database)
    letters.put_into(database, message, S.UNKNOWN, tries=6)
    return message


def verbs(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Entry.verb).order_by(Entry.chain_id, Entry.seq)))


@pytest.mark.parametrize(
    ("finding", "state"),
    [(Finding.ACCEPTED, S.ACCEPTED), (Finding.DELIVERED, S.DELIVERED), (Finding.BOUNCED, S.BOUNCED)],
)
def test_the_office_records_what_it_found(database: Database, finding: Finding, state: OutboxState) -> None:
    message = in_doubt(database)
    with database.reading() as session:
        assert [letter.id for letter in review.in_doubt(session)] == [message]
    with transaction(database, OFFICE, clock.now()) as work:
        review.found(work, message, finding, "the provider's own page")
    assert letters.row(database, message).state is state
    assert verbs(database) == [f"letter.found_{finding}"]
    with database.reading() as session:
        assert review.in_doubt(session) == []


async def test_a_letter_ordered_again_is_sent_with_six_new_tries(database: Database) -> None:
    message = in_doubt(database)
    with transaction(database, OFFICE, clock.now()) as work:
        review.order_again(work, message, "she says that nothing came")
    row = letters.row(database, message)
    assert (row.state, row.attempts, row.attempts_before) == (S.READY, 6, 6)
    assert await Worker(database, MemoryTransport()).run_until_idle() == 1
    assert verbs(database) == ["letter.ordered_again"]


def test_bruno_cannot_say_anything_of_a_letter(database: Database) -> None:
    message = in_doubt(database)
    acts: list[Callable[[Work], object]] = [
        lambda work: review.found(work, message, Finding.DELIVERED, "x"),
        lambda work: review.order_again(work, message, "x"),
        lambda work: review.cancel(work, message, "x"),
        lambda work: review.cancel(work, uuid.uuid4(), "x"),
    ]
    for actor in (CITIZEN, Actor.anonymous(), Actor.system()):
        for act in acts:
            with pytest.raises(NotAllowed), transaction(database, actor, clock.now()) as work:
                act(work)
    assert letters.row(database, message).state is S.UNKNOWN
    assert verbs(database) == []


@pytest.mark.parametrize("state", [state for state in OutboxState if state is not S.UNKNOWN])
def test_what_is_not_in_doubt_is_not_reviewed(database: Database, state: OutboxState) -> None:
    (message,) = letters.posted(database)
    letters.put_into(database, message, state)
    with pytest.raises(WrongState), transaction(database, OFFICE, clock.now()) as work:
        review.found(work, message, Finding.DELIVERED, "x")
    with pytest.raises(WrongState), transaction(database, OFFICE, clock.now()) as work:
        review.order_again(work, message, "x")
    assert letters.row(database, message).state is state


@pytest.mark.parametrize("state", list(OutboxState))
def test_only_what_has_not_left_is_cancelled(database: Database, state: OutboxState) -> None:
    (message,) = letters.posted(database)
    letters.put_into(database, message, state)
    row = letters.row(database, message)
    if review.may_cancel(row):
        with transaction(database, OFFICE, clock.now()) as work:
            review.cancel(work, message, "the decision changed")
        assert letters.row(database, message).state is S.CANCELLED
        return
    with pytest.raises(WrongState), transaction(database, OFFICE, clock.now()) as work:
        review.cancel(work, message, "the decision changed")
    assert letters.row(database, message).state is state


def test_every_review_says_why(database: Database) -> None:
    message = in_doubt(database)
    with pytest.raises(Invalid) as refusal, transaction(database, OFFICE, clock.now()) as work:
        review.order_again(work, message, "  ")
    assert list(refusal.value.fields) == ["reason"]
    with pytest.raises(NotFound), transaction(database, OFFICE, clock.now()) as work:
        review.order_again(work, uuid.uuid4(), "x")


# ------------------------------------------------------------------------------------------------ what the ledger owes


def owed(database: Database) -> tuple[uuid.UUID, uuid.UUID]:
    """Ana is owed an answer and one letter covers it: (duty, letter)."""
    now = clock.now()
    (message,) = letters.posted(database)
    process = Process(
        id=uuid.uuid4(),
        slug="plan",
        folio_prefix="6PA",
        name_es="Plan",
        timezone="America/Santiago",
        form_of_address=FormOfAddress.USTED,
        template="simple_consultation",
        opened_at=datetime(2026, 6, 1, tzinfo=UTC),
    )
    stage = Stage(id=uuid.uuid4(), process_id=process.id, slug="filtro", kind=StageKind.FILTER, position=1)
    person = Person(
        id=uuid.uuid4(),
        name="Ana",
        public_name="Ana",
        origin_sector=OriginSector.CITIZEN,
        identity_level=IdentityLevel.EMAIL_CONFIRMED,
        created_at=now,
    )
    with by_hand(), transaction(database, Actor.system(), now) as work:
        work.session.add_all([process, person])
        work.session.flush()
        work.session.add(stage)
        trail.begin_chain(work.session, process.id, "plan")
        duty = work.owe(person.id, stage.id, Part.AUTHOR, Subject("proposal:6PA-0001", uuid.uuid4(), process.id))
        work.session.flush()
        ledger.covers(work.session, message, [duty.id])
        letter = work.session.get_one(OutboxMessage, message)
        letter.process_id, letter.letter_id = process.id, uuid.uuid4()
    return duty.id, message


def duty_state(database: Database, duty: uuid.UUID) -> DutyState:
    with database.reading() as session:
        return session.scalars(select(Duty.state).where(Duty.id == duty)).one()


def report(database: Database, message: uuid.UUID, kind: EventKind) -> None:
    with transaction(database, Actor.system(), clock.now()) as work:
        reports.take_in(work, [Report(f"{kind}-{message}", message, kind, work.now)])


async def test_an_accepted_letter_covers_its_duty_and_a_bounce_reopens_it(database: Database) -> None:
    duty, message = owed(database)
    assert duty_state(database, duty) is DutyState.OWED
    await Worker(database, MemoryTransport()).run_until_idle()
    assert duty_state(database, duty) is DutyState.COVERED
    assert verbs(database) == ["answer.accepted"]
    report(database, message, EventKind.BOUNCED)
    assert duty_state(database, duty) is DutyState.OWED
    report(database, message, EventKind.DELIVERED)
    assert duty_state(database, duty) is DutyState.COVERED


def test_a_bounce_after_delivery_is_a_note(database: Database) -> None:
    duty, message = owed(database)
    letters.put_into(database, message, S.ATTEMPTING)
    report(database, message, EventKind.DELIVERED)
    report(database, message, EventKind.BOUNCED)
    assert duty_state(database, duty) is DutyState.COVERED


@pytest.mark.parametrize(
    ("finding", "state"), [(Finding.DELIVERED, DutyState.COVERED), (Finding.BOUNCED, DutyState.OWED)]
)
def test_what_a_person_found_covers_or_leaves_the_duty(database: Database, finding: Finding, state: DutyState) -> None:
    duty, message = owed(database)
    letters.put_into(database, message, S.UNKNOWN)
    with transaction(database, OFFICE, clock.now()) as work:
        review.found(work, message, finding, "she called")
    assert duty_state(database, duty) is state
