"""The worker: what it sends first, what it tries again, what it gives up, and whom a fault does not reach."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text, update
from sqlalchemy.exc import OperationalError

from app.kit import clock
from app.kit.db import Database
from app.mail import moves, outbox
from app.mail.composing import Outgoing, sender_of
from app.mail.models import OutboxMessage
from app.mail.outbox import Recipient
from app.mail.rendering import LATE
from app.mail.rules import EventKind, LetterKind, OutboxState, StopReason
from app.mail.transport import Accepted, MemoryTransport, Outcome, Refused, SendGridTransport, TryAgain
from app.people.actor import Actor
from app.post_office import claims, reports
from app.post_office.claims import Held
from app.post_office.reports import Report
from app.post_office.worker import Worker, beside
from app.work.transaction import transaction
from tests.fakes import sendgrid
from tests.fakes.sendgrid import KEY, Answer, FakeSendGrid
from tests.post_office import letters

S = OutboxState


@pytest.fixture
def provider() -> Iterator[FakeSendGrid]:
    with sendgrid.serving() as fake:
        yield fake


def through(database: Database, fake: FakeSendGrid, *, key: str = KEY, seconds: float = 5, slots: int = 4) -> Worker:
    transport = SendGridTransport(key, sender_of("Minga <minga@example.org>"), host=fake.url, seconds=seconds)
    return Worker(database, transport, slots=slots)


async def test_sign_ins_and_receipts_leave_first_then_answers_then_news(database: Database) -> None:
    for kind in (LetterKind.OPTIONAL, LetterKind.DUTY, LetterKind.RECEIPT, LetterKind.SIGN_IN):
        letters.posted(database, kind=kind, address=kind.value + "{}@example.org")
    transport = MemoryTransport()
    assert await Worker(database, transport, slots=1).run_until_idle() == 4
    first, second, *rest = [letter.to_address for letter in transport.sent]
    assert {first, second} == {"receipt0@example.org", "sign_in0@example.org"}
    assert rest == ["duty0@example.org", "optional0@example.org"]


def test_finding_the_next_letters_sorts_no_others(database: Database) -> None:
    letters.posted(database, 3)
    plans: list[str] = []

    def look(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT") and "next_try_at" in statement:
            explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
            plans.extend(
                str(row[-1]) for row in connection.connection.cursor().execute(explain + statement, parameters)
            )

    with transaction(database, Actor.system(), clock.now()) as work:
        if not database.is_sqlite:
            work.session.execute(text("SET LOCAL enable_seqscan = off"))  # three rows are read sooner without an index
        event.listen(database.engine, "before_cursor_execute", look)
        assert len(claims.claim(work, 2)) == 2
        event.remove(database.engine, "before_cursor_execute", look)
    assert sum("ix_outbox_messages_to_send" in line for line in plans) == 2, plans
    assert not [line for line in plans if "TEMP B-TREE" in line or line.strip().startswith("Sort")]


async def test_an_accepted_letter_says_when_and_under_which_name(database: Database, provider: FakeSendGrid) -> None:
    (message,) = letters.posted(database)
    before = clock.now()
    assert await through(database, provider).run_until_idle() == 1
    row = letters.row(database, message)
    assert (row.state, row.provider_id, row.attempts, row.last_error) == (S.ACCEPTED, "sg-1", 1, None)
    assert row.accepted_at is not None
    assert before <= row.accepted_at <= clock.now()
    assert (row.claim_token, row.lease_until) == (None, None)


def test_a_letter_of_an_act_that_failed_does_not_exist(database: Database) -> None:
    def fails_halfway() -> None:
        with transaction(database, Actor.system(), clock.now()) as work:
            outbox.put(work.session, letters.written(), Recipient(None, "ana@example.org"), work.now)
            work.session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails_halfway()
    assert letters.states(database) == {}


def test_a_letter_with_a_value_missing_is_not_posted(database: Database) -> None:
    lacking = letters.written(subject=f"Folio {LATE('folio')}")
    with pytest.raises(ValueError, match="folio"), transaction(database, Actor.system(), clock.now()) as work:
        outbox.put(work.session, lacking, Recipient(None, "ana@example.org"), work.now)
    with transaction(database, Actor.system(), clock.now()) as work:
        key = outbox.put(work.session, lacking.filled(folio="6PA-0001"), Recipient(None, "a@example.org"), work.now)
        row = work.session.get_one(OutboxMessage, key)
    assert row.subject == "Folio 6PA-0001"


async def test_a_draft_waits_until_it_is_released(database: Database) -> None:
    with transaction(database, Actor.system(), clock.now()) as work:
        draft_id = outbox.put(work.session, letters.written(), Recipient(None, "a@example.org"), work.now, draft=True)
    transport = MemoryTransport()
    assert await Worker(database, transport).run_until_idle() == 0
    with transaction(database, Actor.system(), clock.now()) as work:
        assert moves.move(work.session, draft_id, S.DRAFT, ["release"]) is S.READY
        assert moves.move(work.session, draft_id, S.DRAFT, ["release"]) is None
    assert await Worker(database, transport).run_until_idle() == 1


@pytest.mark.parametrize("first", [Answer(500), Answer(503), Answer(429, {"Retry-After": "900"})])
async def test_what_the_provider_did_not_take_is_tried_again_later(
    database: Database, provider: FakeSendGrid, first: Answer
) -> None:
    (message,) = letters.posted(database)
    provider.script(first, Answer())
    worker = through(database, provider)
    now = clock.now()
    assert await worker.run_until_idle() == 0
    row = letters.row(database, message)
    assert row.state is S.RETRY_WAIT
    assert row.next_try_at >= now + timedelta(seconds=900 if first.status == 429 else 15)
    assert await worker.run_until_idle() == 0  # it is not due yet
    letters.let_waiting_pass(database)
    assert await worker.run_until_idle() == 1
    assert provider.taken() == {str(message): 2}
    assert letters.row(database, message).attempts == 2


async def test_after_six_tries_it_is_given_up(database: Database, provider: FakeSendGrid) -> None:
    (message,) = letters.posted(database)
    provider.script(Answer(500))
    worker = through(database, provider)
    for _ in range(8):
        await worker.run_until_idle()
        letters.let_waiting_pass(database)
    row = letters.row(database, message)
    assert (row.state, row.attempts, provider.taken()) == (S.FAILED, 6, {str(message): 6})


async def test_one_bad_address_does_not_hold_up_the_rest(database: Database, provider: FakeSendGrid) -> None:
    bad = letters.posted(database, address="malo{}@example.org")
    good = letters.posted(database, count=8)
    provider.answer = lambda body: Answer(400 if "malo" in json_address(body) else 202)
    assert await through(database, provider, slots=2).run_until_idle() == 8
    assert letters.row(database, bad[0]).state is S.FAILED
    assert {letters.row(database, message).state for message in good} == {S.ACCEPTED}


def json_address(body: dict[str, Any]) -> str:
    return str(body["personalizations"][0]["to"][0]["email"])


async def test_a_provider_that_hangs_on_one_letter_leaves_the_other_slots_working(
    database: Database, provider: FakeSendGrid
) -> None:
    slow = letters.posted(database, address="lento{}@example.org")
    letters.posted(database, count=10)
    provider.answer = lambda body: Answer(wait=30 if "lento" in json_address(body) else 0)
    worker = through(database, provider, seconds=1.0, slots=2)
    running = asyncio.ensure_future(worker.run_until_idle())
    for _ in range(200):
        if letters.states(database)[S.ACCEPTED] == 10:
            break
        await asyncio.sleep(0.01)
    assert letters.row(database, slow[0]).state is S.ATTEMPTING
    assert await running == 10
    assert letters.row(database, slow[0]).state is S.UNKNOWN


@pytest.mark.parametrize("answer", [Answer(wait=30), Answer(is_cut=True)])
async def test_what_may_have_left_is_never_sent_again_by_itself(
    database: Database, provider: FakeSendGrid, answer: Answer
) -> None:
    (message,) = letters.posted(database)
    provider.script(answer, Answer())
    worker = through(database, provider, seconds=0.3)
    for _ in range(3):
        assert await worker.run_until_idle() == 0
        letters.let_waiting_pass(database)
    assert letters.row(database, message).state is S.UNKNOWN
    assert provider.taken() == {str(message): 1}


async def test_a_provider_that_refuses_us_does_not_burn_the_whole_outbox(
    database: Database, provider: FakeSendGrid
) -> None:
    letters.posted(database, count=20)
    worker = through(database, provider, key="SG.wrong", slots=2)
    assert await worker.run_until_idle() == 0
    found = letters.states(database)
    assert found[S.FAILED] <= 2
    assert found[S.READY] + found[S.RETRY_WAIT] == 20 - found[S.FAILED]


@pytest.mark.parametrize(
    ("kind", "reason", "sent"),
    [
        (LetterKind.DUTY, StopReason.HARD_BOUNCE, 0),
        (LetterKind.DUTY, StopReason.OPTOUT_OPTIONAL, 1),
        (LetterKind.OPTIONAL, StopReason.OPTOUT_OPTIONAL, 0),
        (LetterKind.SIGN_IN, StopReason.HARD_BOUNCE, 1),
    ],
)
async def test_a_stopped_address_gets_only_what_it_should(
    database: Database, kind: LetterKind, reason: StopReason, sent: int
) -> None:
    with transaction(database, Actor.system(), clock.now()) as work:
        assert moves.stop(work.session, "P0@Example.org", reason, work.now)
        assert not moves.stop(work.session, "p0@example.org", reason, work.now)
    (message,) = letters.posted(database, kind=kind)
    transport = MemoryTransport()
    assert await Worker(database, transport).run_until_idle() == sent == len(transport.sent)
    assert letters.row(database, message).state is (S.ACCEPTED if sent else S.FAILED)


async def test_a_sign_in_whose_link_has_run_out_is_not_sent(database: Database) -> None:
    (message,) = letters.posted(database, kind=LetterKind.SIGN_IN)
    (other,) = letters.posted(database, kind=LetterKind.RECEIPT)
    with transaction(database, Actor.system(), clock.now()) as work:
        work.session.execute(update(OutboxMessage).values(created_at=work.now - timedelta(minutes=30)))
    assert await Worker(database, MemoryTransport()).run_until_idle() == 1
    assert letters.row(database, message).state is S.FAILED
    assert letters.row(database, other).state is S.ACCEPTED


async def test_a_reason_that_is_kept_names_no_address(database: Database, provider: FakeSendGrid) -> None:
    (message,) = letters.posted(database)
    provider.script(Answer(400, body="p0@example.org is bad"))
    await through(database, provider).run_until_idle()
    assert letters.row(database, message).last_error == "400 [address] is bad"


async def test_confirming_an_address_lifts_its_stop(database: Database) -> None:
    with transaction(database, Actor.system(), clock.now()) as work:
        moves.stop(work.session, "p0@example.org", StopReason.HARD_BOUNCE, work.now)
        moves.stop(work.session, "otra@example.org", StopReason.HARD_BOUNCE, work.now)
    with transaction(database, Actor.system(), clock.now()) as work:
        moves.lift(work.session, "P0@example.org", work.now)
    with database.reading() as session:
        assert moves.stops_of(session, ["p0@example.org", "otra@example.org"]) == {
            "otra@example.org": {StopReason.HARD_BOUNCE}
        }
    letters.posted(database)
    assert await Worker(database, MemoryTransport()).run_until_idle() == 1


class ReportComesFirst:
    """A provider whose report is stored before its answer is."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def send(self, letter: Outgoing) -> Outcome:
        await asyncio.to_thread(self._report, letter.id)
        return Accepted("later")

    def _report(self, message: uuid.UUID) -> None:
        with transaction(self.database, Actor.system(), clock.now()) as work:
            reports.take_in(work, [Report(f"d{message}", message, EventKind.DELIVERED, work.now)])


async def test_a_report_that_is_quicker_than_the_answer_stands(database: Database) -> None:
    (message,) = letters.posted(database)
    await Worker(database, ReportComesFirst(database)).run_until_idle()
    assert letters.row(database, message).state is S.DELIVERED


async def test_an_answer_is_written_down_even_if_the_database_stumbles(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    (message,) = letters.posted(database)
    stumbles = [OperationalError("select", {}, Exception("gone")), None]

    def stumble(step: str) -> None:
        if step == "before_commit" and (error := stumbles.pop(0) if stumbles else None):
            raise error

    worker = Worker(database, MemoryTransport(), at_step=stumble)
    assert await worker.run_until_idle() == 1
    assert letters.row(database, message).state is S.ACCEPTED


@pytest.mark.parametrize(
    ("outcome", "state"), [(Accepted("late"), S.ACCEPTED), (TryAgain("late"), S.UNKNOWN), (Refused("late"), S.UNKNOWN)]
)
def test_an_answer_after_the_lease_was_lost_only_settles_the_doubt(
    database: Database, outcome: Outcome, state: OutboxState
) -> None:
    letters.posted(database)
    with transaction(database, Actor.system(), clock.now()) as work:
        (held,) = claims.claim(work, 4)
    with transaction(database, Actor.system(), clock.now()) as work:
        assert claims.begin(work, Held(held.id, uuid.uuid4())) is None
        assert claims.begin(work, held, lease=timedelta(seconds=-1)) is not None
        assert claims.begin(work, held) is None
    with transaction(database, Actor.system(), clock.now()) as work:
        assert claims.record(work, Held(held.id, uuid.uuid4()), outcome, 0.5) is None
        assert claims.sweep(work) == (0, 1)
    with transaction(database, Actor.system(), clock.now()) as work:
        assert claims.record(work, held, outcome, 0.5) is (state if state is S.ACCEPTED else None)
    assert letters.row(database, held.id).state is state


async def test_it_works_beside_the_web_and_comes_home_when_told(database: Database) -> None:
    transport = MemoryTransport()
    async with beside(Worker(database, transport)) as worker:
        (message,) = letters.posted(database)
        worker.wake()
        for _ in range(300):
            if letters.row(database, message).state is S.ACCEPTED:
                break
            await asyncio.sleep(0.01)
    assert letters.row(database, message).state is S.ACCEPTED
    letters.posted(database)
    await asyncio.sleep(0.05)
    assert len(transport.sent) == 1


async def test_texts_and_addresses_are_dropped_after_their_time(database: Database) -> None:
    old, young, waiting, given_up = letters.posted(database, count=4)
    now = clock.now()
    with transaction(database, Actor.system(), now) as work:
        for message, age in ((old, 91), (young, 89)):
            work.session.execute(
                update(OutboxMessage)
                .where(OutboxMessage.id == message)
                .values(state=S.DELIVERED, accepted_at=now - timedelta(days=age))
            )
    with transaction(database, Actor.system(), now) as work:
        work.session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id == given_up)
            .values(state=S.FAILED, created_at=now - timedelta(days=91))
        )
    with transaction(database, Actor.system(), now) as work:
        assert claims.forget_bodies(work, now - timedelta(days=90)) == 2
        assert claims.forget_bodies(work, now - timedelta(days=90)) == 0
    gone = letters.row(database, old)
    assert (gone.to_address, gone.subject, gone.text, gone.html) == ("", "", "", "")
    assert gone.content_hash == letters.written("carta 0").content_hash
    assert letters.row(database, given_up).to_address == ""
    assert letters.row(database, young).to_address == "p1@example.org"
    assert letters.row(database, waiting).to_address == "p2@example.org"
