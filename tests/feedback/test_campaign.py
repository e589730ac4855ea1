"""Many answers at once: paused, taken back, and the first twenty looked at before the others leave."""

from __future__ import annotations

import argparse
import csv
import html
import io
import re
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import httpx2
import pytest
from sqlalchemy import select, update

from app.cli import mailing
from app.duties import ledger
from app.duties.models import Duty
from app.duties.rules import DutyState, SettledBecause
from app.feedback import actions as feedback
from app.feedback import looks, queries, reconciling
from app.feedback.actions import Approved
from app.feedback.models import FirstLook, Letter
from app.feedback.reconciling import Fate
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
from app.trail.models import Entry
from app.work import Work
from tests.acts import by_hand
from tests.costs import cost, statements
from tests.feedback.deciding import STAGE, approve, decided, draft, letters
from tests.world import World, form_of

S = OutboxState
WHY = "El plazo que dicen las cartas está equivocado."


def words_of(page: str) -> str:
    """What a page says, without its marks."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


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

    def some(chosen: slice) -> Callable[[Work, Process, Stage], int]:
        return lambda work, here, stage: feedback.approve(work, here, stage, keys[chosen], began).waiting

    assert act(world, process, some(slice(0, 22))) == 2
    assert await send(world) == FIRST
    assert act(world, process, feedback.let_rest_go) == 2
    assert act(world, process, some(slice(22, 44))) == 0
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


@pytest.mark.either
async def test_the_office_pauses_looks_and_goes_on_from_the_page_of_answers(world: World) -> None:
    process = town(world, 23)
    here = "/p/town/office/answers/decision"
    async with world.browser("hugo") as hugo, world.browser("carla") as carla:

        async def press(action: str, **typed: str) -> httpx2.Response:
            page = await hugo.get(here)
            return await hugo.post(f"{here}/{action}", data=typed | form_of(page.text, f"{here}/{action}"))

        approve(world, process)
        assert f'action="{here}/look"' not in (await hugo.get(here)).text  # none of the first has left
        assert (await press("pause", pause_reason="no")).status_code == 422
        assert (await press("pause", pause_reason=WHY, whole="yes")).status_code == 303
        for path in (here, "/p/town/office/answers"):
            assert f"Por qué: {WHY}" in words_of((await carla.get(path)).text)
        assert await send(world) == 0
        assert (await press("resumption", on_reason=WHY, whole="yes")).status_code == 303
        assert await send(world) == FIRST
        page = words_of((await carla.get(here)).text)
        assert "3 cartas esperan una revisión" in page
        assert "aceptada por el servicio de correo: 20" in page
        assert (await press("look")).status_code == 303
        assert (await press("pause", pause_reason=WHY)).status_code == 303
        assert (await press("stop", stop_reason=WHY)).status_code == 303
    assert owed(world) == {DutyState.COVERED: FIRST, DutyState.OWED: 3}
    assert states(world) == {OutboxState.ACCEPTED: FIRST, OutboxState.CANCELLED: 3}


async def test_what_became_of_each_answer_adds_up(world: World) -> None:
    process = town(world, 9)
    (stage,) = {letter.stage_id for letter in letters(world)}
    approve(world, process, chosen=[letter.id for letter in letters(world)[1:]])
    assert await send(world) == 8
    left = [letter.outbox_message_id for letter in letters(world)[1:]]
    became = (S.DELIVERED, S.BOUNCED, S.UNKNOWN, S.FAILED, S.CANCELLED, S.READY, S.COMPLAINED)
    with world.work(Actor.system()) as work:
        work.session.execute(update(OutboxMessage).values(accepted_at=work.now))  # workers go by the real clock
        for message, state in zip(left, became, strict=False):
            row = work.session.get_one(OutboxMessage, message)
            row.state = state
            if state not in reconciling.ARRIVED:
                ledger.reopened_by(work.session, row.id, work.now)
    with by_hand(), world.work(Actor.system()) as work:
        first = work.session.scalars(select(Duty).where(Duty.state == DutyState.OWED).order_by(Duty.owed_at).limit(1))
        ledger.settle(work.session, first.one(), SettledBecause.NO_ADDRESS, "No dejó dirección.", work.now)
    later = world.now + timedelta(hours=49)
    with world.database.reading() as session, statements() as said:
        sums = reconciling.reckoning(session, stage, later - reconciling.QUIET_AFTER)
        early = reconciling.reckoning(session, stage, world.now - reconciling.QUIET_AFTER)
        figures = queries.figures(session, stage)
    assert {fate: n for fate, n in sums.fates.items() if n} == {
        Fate.DELIVERED: 2,
        Fate.ACCEPTED: 1,
        Fate.SETTLED: 1,
        Fate.IN_DOUBT: 1,
        Fate.WAITING: 1,
        Fate.RETURNED: 3,
    }
    assert (sums.covered, sums.settled, sums.owed, sums.total) == (
        figures.covered,
        figures.settled,
        figures.owed,
        figures.total,
    )
    assert sums.total == 9
    assert [sums.letters[kind] for kind in ("quiet", "unknown", "came_back", "failed")] == [1, 1, 1, 2]
    assert early.letters["quiet"] == 0
    assert max(said.values()) == 8
    async with world.browser("carla") as carla:
        for kind in reconciling.KINDS:
            page = await carla.get(f"/p/town/office/answers/decision/sent?kind={kind}&hours=1")
            assert page.text.count("/office/answers/decision/letters/") == early.letters[kind]
        file = await carla.get("/p/town/office/answers/decision/sent.csv")
        assert (await carla.get("/p/town/office/answers/decision/sent?kind=other")).status_code == 404
    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert Counter(row["fate"] for row in rows) == {str(fate): n for fate, n in sums.fates.items() if n}


@pytest.mark.either
async def test_the_page_of_the_count_costs_the_same_for_few_and_many(world: World) -> None:
    process = town(world, 21)
    here = "/p/town/office/answers/decision/sent?kind=draft"
    before = await cost(world, here, "carla")
    approve(world, process, chosen=[letter.id for letter in letters(world)][:20])
    assert await cost(world, here, "carla") == before <= 12


@pytest.mark.either
async def test_an_administrator_pauses_all_mail_and_the_desk_says_so(world: World) -> None:
    world.open_process()
    async with world.browser("admin") as admin, world.browser("carla") as carla:

        async def press(action: str, **typed: str) -> httpx2.Response:
            page = await admin.get("/desk/mail")
            return await admin.post(f"/desk/mail/{action}", data=typed | form_of(page.text, f"/desk/mail/{action}"))

        assert (await press("pause", reason="no")).status_code == 422
        assert (await press("pause", reason=WHY)).status_code == 303
        assert WHY in words_of((await carla.get("/desk")).text)
        assert "Solo salen los enlaces para entrar" in (await admin.get("/desk/mail")).text
        assert (await press("resumption", reason=WHY)).status_code == 303
        assert WHY not in words_of((await carla.get("/desk")).text)
        assert (await carla.get("/desk/mail")).status_code == 403


@pytest.mark.either
async def test_the_operator_pauses_all_mail_at_the_terminal(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    process = town(world, 1)
    approve(world, process)

    def say(*words: str) -> None:
        parser = argparse.ArgumentParser()
        mailing.add_to(parser.add_subparsers())
        asked = parser.parse_args(words)
        assert asked.run(world.settings, asked) == 0

    say("pause-mail", WHY)
    assert await send(world) == 0
    with pytest.raises(Conflict):
        say("pause-mail", "--sign-ins", WHY)
    say("resume-mail", WHY)
    assert await send(world) == 1
    assert capsys.readouterr().out == "paused: all mail waits, except sign-in links\nresumed: mail leaves again\n"
    with world.database.reading() as session:
        told = select(Entry.leaf).where(Entry.verb.startswith("sending.")).order_by(Entry.seq)
        assert ['"role":"admin"' in leaf for leaf in session.scalars(told)] == [True, True]
