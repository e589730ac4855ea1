"""A date that was promised for answers: public, on the desk once it has passed, moved only with a reason, told once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.duties import promises
from app.duties.models import Promise
from app.feedback import actions as feedback
from app.kit import ids
from app.kit.errors import Conflict, Invalid, NotAllowed
from app.mail.models import OutboxMessage
from app.mail.transport import MemoryTransport
from app.parts import due
from app.post_office.worker import Worker
from app.process import queries as processes
from app.process.models import Process
from app.trail.models import Entry
from tests.feedback.deciding import STAGE, approve, decided, draft
from tests.world import World, address, form_of

WHY = "Faltan los informes de dos direcciones, que llegan en agosto."
OFFICE = "/p/town/office/answers/decision"


def moved(world: World, process: Process, days: int = 60, reason: str = WHY, who: str = "carla") -> None:
    with world.work(who) as work:
        here = processes.by_slug(work.session, process.slug)
        stage = processes.stage_named(work.session, here.id, STAGE)
        feedback.move_promise(work, here, stage, world.now + timedelta(days=days), reason)


def told(world: World) -> list[OutboxMessage]:
    """The notices, after the worker has done what it was asked."""
    while (job := due._claim(world.database, world.clock)) is not None:
        due.do_job(world.database, job, world.clock)
    with world.database.reading() as session:
        late = select(OutboxMessage).where(OutboxMessage.subject.contains("llega más tarde"))
        return list(session.scalars(late.order_by(OutboxMessage.to_address)))


def test_everybody_who_waits_is_told_once_and_nobody_else(world: World) -> None:
    process = decided(world, "ana", "bruno")
    world.clock.move(days=20)
    moved(world, process)
    letters = told(world)
    assert [letter.to_address for letter in letters] == [address("ana"), address("bruno")]
    assert all(WHY in letter.text and WHY in letter.html for letter in letters)
    assert "TOWN-0001" in letters[0].text
    assert "TOWN-0002" not in letters[0].text
    assert [letter.id for letter in told(world)] == [letter.id for letter in letters]
    draft(world, process)
    approve(world, process)
    world.clock.move(days=1)
    with world.database.reading() as session:
        promises = session.scalars(select(Promise).order_by(Promise.made_at)).all()
        assert [promise.slipped_at is None for promise in promises] == [False, True]
        assert promises[0].new_at == promises[1].promised_at
        (entry,) = session.scalars(select(Entry.leaf).where(Entry.verb == "promise.moved"))
        assert WHY in entry
        assert "ana" not in entry.lower()


def test_a_date_is_moved_forward_with_a_reason_and_only_while_somebody_waits(world: World) -> None:
    process = decided(world, "ana")
    for days, reason, field in ((-1, WHY, "new_on"), (5, WHY, "new_on"), (400, WHY, "new_on"), (60, "Corta", "reason")):
        with pytest.raises(Invalid) as refused:
            moved(world, process, days, reason)
        assert set(refused.value.fields) == {field}
    for who in ("ana", "bruno", "diego", "felix", "gloria", "stranger"):
        with pytest.raises(NotAllowed):
            moved(world, process, who=who)


def test_where_nothing_is_owed_there_is_no_date_to_move(world: World) -> None:
    process = world.open_process()
    with pytest.raises(Conflict):
        moved(world, process)


async def test_the_desk_says_what_is_late_and_the_public_reads_both_dates_and_why(world: World) -> None:
    process = decided(world, "ana")
    async with world.browser("carla") as carla, world.browser() as reader:
        assert "Están prometidas para el" in (await reader.get("/p/town/feedback/decision")).text
        assert "prometieron respuestas" not in (await carla.get("/desk")).text
    world.clock.move(days=31)
    async with world.browser("carla") as carla, world.browser() as reader:
        assert "Se prometieron respuestas para antes del" in (await carla.get("/desk")).text
        page = await carla.get(OFFICE)
        typed = {"new_on": "2026-08-30", "reason": ""} | form_of(page.text, f"{OFFICE}/promise")
        short = await carla.post(f"{OFFICE}/promise", data=typed)
        assert short.status_code == 422
        assert 'value="2026-08-30"' in short.text
        assert (await carla.post(f"{OFFICE}/promise", data=typed | {"reason": WHY})).status_code == 303
        assert "Se prometieron respuestas para antes del" not in (await carla.get("/desk")).text
        world.app.state.house.cache.clear()
        public = await reader.get("/p/town/feedback/decision")
        assert WHY in public.text
        assert "30 de agosto de 2026" in public.text
    draft(world, process)
    approve(world, process)
    await Worker(world.database, MemoryTransport()).run_until_idle()
    async with world.browser() as reader:
        world.app.state.house.cache.clear()
        page = await reader.get("/p/town/feedback/decision")
        assert "Esa fecha se cambió al 30 de agosto de 2026." in page.text
        assert page.text.count("Se prometieron para el") == 1


async def test_no_promised_day_is_said_twice(world: World) -> None:
    process = decided(world, "ana")
    with world.work("carla") as work:
        (first,) = work.session.scalars(select(Promise))
        for days in (0, 9):
            facts = {"process_id": first.process_id, "stage_id": first.stage_id, "what": first.what}
            later = first.promised_at + timedelta(days=days)
            work.session.add(Promise(id=ids.new_id(), promised_at=later, made_at=work.now, reason="", **facts))
    with world.database.reading() as session:
        found = promises.of_stage(session, first.stage_id)
        told = promises.told(found, process.zone, 1)
    assert len(found) == 3
    assert [(promise.promised_at - first.promised_at, is_other) for promise, is_other in told] == [
        (timedelta(), False),
        (timedelta(days=9), True),
    ]
    async with world.browser() as reader:
        page = (await reader.get("/p/town/feedback/decision")).text
        assert page.count("Están prometidas para el") == 1
        assert page.count("Otras, para el") == 1
