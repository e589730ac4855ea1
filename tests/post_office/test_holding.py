"""What is paused waits and what was just asked for does not; all workers together keep the pace that was set."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app.kit import clock
from app.kit.db import Database
from app.kit.errors import Conflict, Invalid, NotAllowed, WrongState
from app.mail import pausing as held
from app.mail.models import OutboxMessage, SendingPause
from app.mail.rules import LetterKind, OutboxState
from app.mail.transport import MemoryTransport
from app.people.actor import OPERATOR, Actor, ActorKind, Held
from app.people.rules import Role
from app.post_office import claims, pausing
from app.post_office.pausing import Scope
from app.post_office.worker import Worker
from app.trail.models import Entry
from app.work.transaction import Subject, transaction
from tests.fakes import sendgrid
from tests.fakes.sendgrid import KEY
from tests.post_office import dying_worker, letters

S = OutboxState
K = LetterKind
WHY = "Una carta salió con el plazo equivocado."
HERE, ELSEWHERE = uuid.UUID(int=7), uuid.UUID(int=8)
STAGE, OTHER_STAGE = uuid.UUID(int=71), uuid.UUID(int=72)
OF_STAGE = Scope(HERE, STAGE, Subject("stage:x", STAGE, None))
OF_PROCESS = Scope(HERE, None, Subject("process:x", HERE, None))
ALL = Scope()


@contextlib.contextmanager
def paused(database: Database, scope: Scope, **more: bool) -> Iterator[None]:
    """While this is paused by whoever may."""
    with transaction(database, OPERATOR, clock.now()) as work:
        pausing.pause(work, scope, WHY, **more)
    yield
    with transaction(database, OPERATOR, clock.now()) as work:
        pausing.go_on(work, scope, WHY)


def placed(database: Database, kind: LetterKind, process: uuid.UUID = HERE, stage: uuid.UUID = STAGE) -> uuid.UUID:
    """A letter of a stage of a process."""
    (message,) = letters.posted(database, kind=kind, address=f"{kind.value}-{uuid.uuid4().hex}-{{}}@example.org")
    with transaction(database, Actor.system(), clock.now()) as work:
        row = work.session.get_one(OutboxMessage, message)
        row.process_id, row.stage_id = process, stage
    return message


async def sent(database: Database, *among: uuid.UUID) -> list[uuid.UUID]:
    """Which of these letters a worker sends now, in the order in which they were given."""
    transport = MemoryTransport()
    await Worker(database, transport).run_until_idle()
    gone = {letter.id for letter in transport.sent}
    assert len(transport.sent) == len(gone)
    return [message for message in among if message in gone]


@pytest.mark.parametrize("scope", [OF_STAGE, OF_PROCESS], ids=["stage", "process"])
async def test_what_is_paused_waits_and_what_is_asked_for_leaves(database: Database, scope: Scope) -> None:
    answers = [placed(database, K.DUTY), placed(database, K.MEETING)]
    asked = [placed(database, K.RECEIPT), placed(database, K.SIGN_IN), placed(database, K.OPTIONAL)]
    elsewhere = [placed(database, K.DUTY, ELSEWHERE, OTHER_STAGE)]
    sibling = placed(database, K.DUTY, HERE, OTHER_STAGE)
    with paused(database, scope):
        found = await sent(database, *answers, sibling, *asked, *elsewhere)
        assert found == [*([sibling] if scope is OF_STAGE else []), *asked, *elsewhere]
    assert await sent(database, *answers, sibling) == [*answers, *([] if scope is OF_STAGE else [sibling])]
    assert await sent(database) == []


async def test_of_everything_only_sign_ins_leave_and_not_those_where_it_is_said(database: Database) -> None:
    first = [placed(database, kind) for kind in (K.SIGN_IN, K.RECEIPT, K.DUTY, K.OPTIONAL)]
    with paused(database, ALL):
        assert await sent(database, *first) == first[:1]
    with paused(database, ALL, has_sign_ins=True):
        more = [placed(database, K.SIGN_IN), *first[1:]]
        assert await sent(database, *more) == []
    assert await sent(database, *more) == more


async def test_of_a_process_sign_ins_leave_whatever_is_ticked(database: Database) -> None:
    message = placed(database, K.SIGN_IN)
    with paused(database, OF_PROCESS, has_sign_ins=True):
        assert await sent(database, message) == [message]


@pytest.mark.parametrize("scope", [OF_STAGE, OF_PROCESS, ALL], ids=["stage", "process", "everything"])
def test_what_is_paused_is_not_even_claimed(database: Database, scope: Scope) -> None:
    message = placed(database, K.DUTY)
    with paused(database, scope), transaction(database, Actor.system(), clock.now()) as work:
        assert claims.claim(work, 4) == []
    with transaction(database, Actor.system(), clock.now()) as work:
        assert [taken.id for taken in claims.claim(work, 4)] == [message]


def test_a_letter_already_claimed_goes_back_untouched(database: Database) -> None:
    message = placed(database, K.DUTY)
    with transaction(database, Actor.system(), clock.now()) as work:
        (taken,) = claims.claim(work, 4)
    with paused(database, OF_STAGE), transaction(database, Actor.system(), clock.now()) as work:
        assert claims.begin(work, taken) is None
    row = letters.row(database, message)
    assert (row.state, row.attempts, row.claim_token, row.last_error) == (S.RETRY_WAIT, 0, None, None)


def _person(role: Role, process: uuid.UUID | None) -> Actor:
    return Actor(kind=ActorKind.PERSON, name="x", held=(Held(role, process),))


@pytest.mark.parametrize(
    ("actor", "scope"),
    [
        (letters.CITIZEN, OF_STAGE),
        (_person(Role.FACILITATOR, None), OF_PROCESS),
        (_person(Role.OFFICE, ELSEWHERE), OF_STAGE),
        (_person(Role.OFFICE, None), ALL),
        (_person(Role.ADMIN, None), OF_PROCESS),
    ],
    ids=["citizen", "facilitator", "office of another process", "office everywhere", "administrator"],
)
def test_who_may_not_pause_or_go_on(database: Database, actor: Actor, scope: Scope) -> None:
    with pytest.raises(NotAllowed), transaction(database, actor, clock.now()) as work:
        pausing.pause(work, scope, WHY)
    with paused(database, scope), pytest.raises(NotAllowed), transaction(database, actor, clock.now()) as work:
        pausing.go_on(work, scope, WHY)


def test_twice_is_refused_and_so_is_going_on_where_nothing_is_paused(database: Database) -> None:
    with paused(database, OF_STAGE):
        with pytest.raises(Conflict), transaction(database, OPERATOR, clock.now()) as work:
            pausing.pause(work, OF_STAGE, WHY)
        with pytest.raises(WrongState), transaction(database, OPERATOR, clock.now()) as work:
            pausing.go_on(work, OF_PROCESS, WHY)
        with pytest.raises(Invalid), transaction(database, OPERATOR, clock.now()) as work:
            pausing.go_on(work, OF_STAGE, "porque sí")
    with database.reading() as session:
        assert held.standing(session, [HERE]) == []
        verbs = [entry.leaf for entry in session.scalars(select(Entry).order_by(Entry.recorded_at))]
        (row,) = session.scalars(select(SendingPause))
    assert [verb in leaf for verb, leaf in zip(("paused", "went_on"), verbs, strict=True)] == [True, True]
    assert not any(WHY in leaf for leaf in verbs)  # what an official types may name somebody
    assert (row.reason, row.by_role, row.is_stopped) == (WHY, "office", False)


async def test_two_workers_keep_one_pace_and_a_receipt_waits_for_neither(database: Database) -> None:
    letters.posted(database, count=12)
    letters.posted(database, count=3, kind=K.RECEIPT, address="r{}@example.org")
    transport = MemoryTransport()
    workers = [Worker(database, transport, per_minute=5) for _ in range(2)]
    await asyncio.gather(*(worker.run_until_idle() for worker in workers))
    assert _kinds(transport) == (3, 5)
    with transaction(database, Actor.system(), clock.now()) as work:
        a_minute_ago = work.now - timedelta(seconds=61)
        work.session.execute(update(OutboxMessage).values(claimed_at=a_minute_ago))
    letters.posted(database, kind=K.RECEIPT, address="s{}@example.org")
    await asyncio.gather(*(worker.run_until_idle() for worker in workers))
    assert _kinds(transport) == (4, 10)


def _kinds(transport: MemoryTransport) -> tuple[int, int]:
    to = [letter.to_address for letter in transport.sent]
    assert len(set(to)) == len(to)
    return sum(address[0] in "rs" for address in to), sum(address[0] == "p" for address in to)


async def test_a_worker_that_dies_while_it_is_paused_loses_and_doubles_nothing(database: Database) -> None:
    messages = [placed(database, K.DUTY) for _ in range(6)]
    with sendgrid.serving() as provider:
        url = database.url.render_as_string(hide_password=False)
        told = {"database_url": url, "provider": provider.url, "key": KEY, "slots": 2, "lease": 0.3}
        argument = json.dumps({**told, "deaths": [["before_call", 0, 0]]})
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, str(Path(dying_worker.__file__)), argument],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        assert done.stdout.splitlines() == ['["before_call", true]']
        await asyncio.sleep(0.4)
        with paused(database, OF_STAGE):
            assert await sent(database, *messages) == []
            in_doubt = [message for message in messages if letters.row(database, message).state is S.UNKNOWN]
            assert 1 <= len(in_doubt) <= 2
        rest = [message for message in messages if message not in in_doubt]
        assert await sent(database, *messages) == rest
        assert provider.taken() == {}
