"""Many answers at once: paused, taken back, and the first twenty looked at before the others leave."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.duties.models import Duty
from app.duties.rules import DutyState
from app.feedback import actions as feedback
from app.feedback import looks
from app.feedback.actions import Approved
from app.feedback.models import FirstLook, Letter
from app.feedback.rules import FIRST, LetterState, Way
from app.kit.errors import Conflict, Invalid, NotAllowed, WrongState
from app.mail.models import OutboxMessage
from app.mail.rules import OutboxState
from app.mail.transport import MemoryTransport
from app.people.actor import Actor
from app.post_office import claims
from app.post_office.worker import Worker
from app.process import queries as processes
from app.process.models import Process, Stage
from app.work import Work
from tests.feedback.deciding import STAGE, approve, decided, draft, letters
from tests.world import World

WHY = "El plazo que dicen las cartas está equivocado."


def town(world: World, count: int) -> Process:
    """A decided stage with so many letters drafted, one for each of so many people."""
    for n in range(count):
        world.somebody(f"p{n}", f"Persona {n}")
    process = decided(world, *(f"p{n}" for n in range(count)))
    with world.work(Actor.system()) as work:
        work.session.execute(update(OutboxMessage).values(state=OutboxState.CANCELLED))  # receipts left long ago
    assert draft(world, process).letters == count
    return process


def act(world: World, process: Process, what: Callable[[Work, Process, Stage], int | None], who: str = "hugo") -> int:
    with world.work(who) as work:
        here = processes.by_slug(work.session, process.slug)
        return what(work, here, processes.stage_named(work.session, here.id, STAGE)) or 0


def pause(work: Work, process: Process, stage: Stage) -> None:
    feedback.pause(work, process, stage, WHY)


def pause_all(work: Work, process: Process, _stage: Stage) -> None:
    feedback.pause(work, process, None, WHY)


def go_on(work: Work, process: Process, stage: Stage) -> None:
    feedback.go_on(work, process, stage, WHY)


def stop(work: Work, process: Process, stage: Stage) -> int:
    return feedback.stop(work, process, stage, WHY)


def stop_all(work: Work, process: Process, _stage: Stage) -> int:
    return feedback.stop(work, process, None, WHY)


async def send(world: World) -> int:
    """How many letters leave now; each goes to somebody else."""
    transport = MemoryTransport()
    await Worker(world.database, transport).run_until_idle()
    assert len({letter.to_address for letter in transport.sent}) == len(transport.sent)
    return len(transport.sent)


def states(world: World) -> Counter[OutboxState]:
    with world.database.reading() as session:
        sent = select(OutboxMessage.state).where(OutboxMessage.letter_id.is_not(None))
        return Counter(session.scalars(sent))


def owed(world: World) -> Counter[DutyState]:
    with world.database.reading() as session:
        return Counter(session.scalars(select(Duty.state)))


@pytest.mark.either
async def test_twenty_letters_leave_at_once(world: World) -> None:
    process = town(world, FIRST)
    assert approve(world, process) == Approved(FIRST, 0, [])
    assert await send(world) == FIRST
    with pytest.raises(WrongState):
        act(world, process, feedback.let_rest_go)


@pytest.mark.either
async def test_of_twenty_one_the_last_waits_for_a_look(world: World) -> None:
    process = town(world, FIRST + 1)
    assert approve(world, process) == Approved(FIRST + 1, 0, [], 1)
    with pytest.raises(Conflict):  # none has left: there is nothing to look at
        act(world, process, feedback.let_rest_go)
    assert await send(world) == FIRST
    with world.database.reading() as session:
        stage = session.scalars(select(FirstLook.stage_id)).one()
        seen = looks.waiting(session, stage)
    assert seen is not None
    assert (Counter(line.sent for line in seen.first), seen.waiting) == ({OutboxState.ACCEPTED: FIRST}, 1)
    for who in ("ana", "gloria", "admin"):
        with pytest.raises(NotAllowed):
            act(world, process, feedback.let_rest_go, who)
    assert await send(world) == 0
    assert act(world, process, feedback.let_rest_go) == 1
    with pytest.raises(WrongState):
        act(world, process, feedback.let_rest_go)
    assert await send(world) == 1
    assert owed(world) == {DutyState.COVERED: FIRST + 1}


@pytest.mark.either
def test_what_is_handed_over_is_not_counted_among_the_many(world: World) -> None:
    process = town(world, FIRST + 1)
    with world.work(Actor.system()) as work:
        one = work.session.scalars(select(Letter).limit(1)).one()
        one.way = Way.HAND
    assert approve(world, process) == Approved(FIRST, 1, [])


@pytest.mark.either
async def test_what_is_approved_while_others_wait_waits_with_them_and_a_new_act_begins_anew(world: World) -> None:
    process = town(world, 46)
    keys = [letter.id for letter in letters(world)]
    assert approve(world, process, chosen=keys[:22]).waiting == 2
    assert approve(world, process, chosen=keys[22:23]).waiting == 1
    assert await send(world) == FIRST
    assert act(world, process, feedback.let_rest_go) == 3
    assert approve(world, process, chosen=keys[23:25]).waiting == 0
    assert approve(world, process, chosen=keys[25:]).waiting == 1


def test_two_officials_who_approve_at_once_share_one_look(world: World) -> None:
    process = town(world, 44)
    keys = [letter.id for letter in letters(world)]
    done: list[Approved] = []

    def approves(chosen: slice) -> None:
        done.append(approve(world, process, chosen=keys[chosen]))

    both = [threading.Thread(target=approves, args=(part,)) for part in (slice(0, 22), slice(22, 44))]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(one.waiting for one in done) == [2, 22]
    assert states(world) == {OutboxState.READY: FIRST, OutboxState.DRAFT: 24}
    with world.database.reading() as session:
        (look,) = session.scalars(select(FirstLook))
    assert len(set(look.letters)) == FIRST


async def test_a_job_that_was_looked_at_goes_on_and_one_that_was_stopped_ends(world: World) -> None:
    process = town(world, 47)
    keys = [letter.id for letter in letters(world)]
    began = world.now

    def some(work: Work, here: Process, stage: Stage, chosen: slice) -> int:
        return feedback.approve(work, here, stage, keys[chosen], began).waiting

    assert act(world, process, lambda *at: some(*at, slice(0, 22))) == 2
    assert await send(world) == FIRST
    assert act(world, process, feedback.let_rest_go) == 2
    assert act(world, process, lambda *at: some(*at, slice(22, 44))) == 0
    act(world, process, pause)
    assert act(world, process, stop) == 24
    hugo = world.actor("hugo")
    assert feedback.approve_all(world.database, hugo, world.now, process.slug, STAGE, since=began) == 0
    later = world.now + timedelta(seconds=1)
    assert feedback.approve_all(world.database, hugo, later, process.slug, STAGE) == 27
    assert states(world) == {OutboxState.ACCEPTED: 20, OutboxState.CANCELLED: 24, OutboxState.READY: 20, "draft": 7}


@pytest.mark.parametrize("everywhere", [False, True], ids=["stage", "process"])
async def test_stop_takes_back_what_has_not_left_and_owes_it_still(world: World, everywhere: bool) -> None:
    process = town(world, 23)
    approve(world, process)
    assert await send(world) == FIRST
    act(world, process, pause_all if everywhere else pause)
    assert act(world, process, stop_all if everywhere else stop) == 3
    assert states(world) == {OutboxState.ACCEPTED: FIRST, OutboxState.CANCELLED: 3}
    assert owed(world) == {DutyState.COVERED: FIRST, DutyState.OWED: 3}
    again = [letter for letter in letters(world) if letter.state is LetterState.DRAFT]
    assert [(one.outbox_message_id, one.approved_by, one.approved_at) for one in again] == [(None, None, None)] * 3
    assert approve(world, process) == Approved(3, 0, [])  # neither paused nor waiting for a look any more
    assert await send(world) == 3
    assert owed(world) == {DutyState.COVERED: 23}


async def test_a_pause_in_the_middle_holds_the_rest_and_each_leaves_once(world: World) -> None:
    process = town(world, 5)
    approve(world, process)
    act(world, process, pause)
    assert await send(world) == 0
    with pytest.raises(Conflict):
        act(world, process, pause)
    act(world, process, go_on)
    with pytest.raises(WrongState):
        act(world, process, go_on)
    assert (await send(world), await send(world)) == (5, 0)


def test_stop_is_refused_unless_it_is_paused_and_while_a_worker_holds_a_letter(world: World) -> None:
    process = town(world, 2)
    approve(world, process)
    with pytest.raises(WrongState):
        act(world, process, stop)
    with world.work(Actor.system()) as work:
        (held, _) = claims.claim(work, 2, process_id=process.id)
    act(world, process, pause)
    with pytest.raises(Conflict):
        act(world, process, stop)
    with world.work(Actor.system()) as work:
        assert claims.begin(work, held) is None
        claims.give_back(work, _)
    with pytest.raises(Invalid):
        act(world, process, lambda work, here, stage: feedback.stop(work, here, stage, "no"))
    assert act(world, process, stop) == 2


@pytest.mark.either
@pytest.mark.parametrize("who", ["ana", "bruno", "felix", "gloria", "admin", "stranger"])
def test_nobody_else_pauses_goes_on_or_stops(world: World, who: str) -> None:
    process = town(world, 1)
    for what in (pause, pause_all, stop, stop_all, go_on):
        with pytest.raises(NotAllowed):
            act(world, process, what, who)
