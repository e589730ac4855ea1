"""The desk: what is due this week, only in one's own processes, at a cost that does not grow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from app.admin import queries
from app.mail import outbox
from app.mail.models import OutboxMessage
from app.mail.outbox import Recipient
from app.mail.rules import OutboxState
from app.people.actor import Actor
from app.people.models import Person, RoleGrant
from app.people.rules import Role
from app.process import actions as process_actions
from app.process import queries as processes
from app.process.actions import OpenProcess
from app.process.models import Process
from tests.feedback import deciding
from tests.post_office.letters import put_into, written
from tests.world import STRANGER, World, form_of

pytestmark = pytest.mark.either

CEILING = 23


@contextmanager
def counted(world: World) -> Iterator[list[str]]:
    """The statements that leave for the database meanwhile."""
    said: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    event.listen(world.database.engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(world.database.engine, "before_cursor_execute", note)


def in_doubt(world: World, process: Process) -> OutboxMessage:
    with world.work(Actor.system()) as work:
        key = outbox.put(work.session, written("5PA-0001: respuesta"), Recipient(None, "ana@example.org"), world.now)
        letter = work.session.get_one(OutboxMessage, key)
        letter.process_id = process.id
    put_into(world.database, letter.id, OutboxState.UNKNOWN)
    return letter


async def test_the_office_sees_what_waits_and_where_it_is_done(world: World) -> None:
    process = world.open_process()
    world.propose(process, "zoe")
    world.propose(process, "yago", "Abrir los presupuestos")
    world.clock.move(days=8)
    async with world.browser("carla") as browser:
        page = await browser.get("/desk")
    assert page.status_code == 200
    assert "2 propuestas esperan su examen" in page.text
    assert "(desde hace 8 días)" in page.text
    assert 'href="/p/town/office/proposals"' in page.text
    assert "2 personas por contactar de otra manera" in page.text
    assert 'href="/p/town/office/stages/consulta"' in page.text


async def test_nothing_due_is_said_too(world: World) -> None:
    async with world.browser("carla") as browser:
        assert "No hay fechas próximas" in (await browser.get("/desk")).text
        world.open_process()
        page = await browser.get("/desk")
    assert "No hay nada pendiente esta semana" in page.text
    assert "Consulta pública: cierra el" in page.text


async def desk_of_carla(world: World) -> str:
    async with world.browser("carla") as browser:
        return (await browser.get("/desk")).text


async def test_what_is_decided_late_reported_and_concluded_is_on_the_desk(world: World) -> None:
    process = world.open_process()
    for who in ("ana", "bruno"):
        world.admitted(process, who, f"Propuesta de {who}")
    assert "esperan su decisión" not in await desk_of_carla(world)
    world.clock.move(days=11)
    page = await desk_of_carla(world)
    assert "2 propuestas esperan su decisión, hasta el" in page
    assert 'href="/p/town/office/decisions/decision"' in page
    assert "La etapa terminó el" in page
    deciding.decide(world, process, "TOWN-0001")
    deciding.publish(world, process)
    page = await desk_of_carla(world)
    assert "1 propuesta espera su decisión, hasta el" in page
    assert "Hay decisiones públicas que ningún informe de la etapa cuenta" in page
    assert 'href="/p/town/feedback/decision"' in page
    world.clock.move(days=40)
    assert "1 propuesta espera su decisión: con atraso, el plazo era el" in await desk_of_carla(world)


async def test_a_process_without_dates_and_an_open_round_are_on_the_desk(world: World) -> None:
    wish = OpenProcess(slug="nuevo", name_es="Nuevo", timezone="America/Santiago", template="simple_consultation")
    with world.work("admin") as work:
        process_actions.open_process(work, wish)
    forum = world.forum(world.open_process("plan", template="ogp_action_plan"))
    world.admitted(forum.process)
    forum.round()
    async with world.browser("carla") as browser:
        page = (await browser.get("/desk")).text
    assert 'href="/p/nuevo/office/stages">Todavía no es público' in page
    assert 'href="/p/plan/office/forum/rounds/filtro">Hay una ronda abierta' in page


@pytest.mark.parametrize(("who", "status"), [(STRANGER, 303), ("ana", 403), ("felix", 403), ("gloria", 403)])
async def test_nobody_else_sees_the_desk(world: World, who: str, status: int) -> None:
    async with world.browser(who) as browser:
        assert (await browser.get("/desk")).status_code == status


async def test_who_works_in_one_process_sees_nothing_of_another(world: World) -> None:
    town, village = world.open_process("town"), world.open_process("village", folio_prefix="VILL")
    world.propose(village, "ana")
    letter = in_doubt(world, village)
    with world.work("admin") as work:
        ana = work.session.get_one(Person, world.people["ana"].id)
        grant = RoleGrant(
            person_id=ana.id, role=Role.OFFICE, process_id=town.id, from_at=world.now - timedelta(hours=1)
        )
        work.session.add(grant)
    async with world.browser("ana") as browser:
        page = await browser.get("/desk")
        assert (await browser.get(f"/desk/letters/{letter.id}")).status_code == 404
    assert page.status_code == 200
    assert "village" not in page.text
    assert "respuesta</a>" not in page.text


async def test_a_letter_in_doubt_is_settled_by_a_person(world: World) -> None:
    letter = in_doubt(world, world.open_process())
    path = f"/desk/letters/{letter.id}"
    async with world.browser("carla") as browser:
        assert path in (await browser.get("/desk")).text
        page = await browser.get(path)
        hidden = form_of(page.text, f"{path}/finding")
        unsaid = await browser.post(f"{path}/finding", data={**hidden, "finding": "delivered", "source": ""})
        assert (unsaid.status_code, "historial" in unsaid.text) == (422, True)
        done = await browser.post(f"{path}/finding", data={**hidden, "finding": "delivered", "source": "Llamé a Ana"})
        assert done.status_code == 303
        late = await browser.post(
            f"{path}/order", data={**form_of(page.text, f"{path}/order"), "reason": "Por si acaso"}
        )
        assert late.status_code == 409
    with world.database.reading() as session:
        assert session.scalars(select(OutboxMessage.state)).all() == [OutboxState.DELIVERED]


async def test_a_letter_is_ordered_again_only_by_a_person(world: World) -> None:
    letter = in_doubt(world, world.open_process())
    path = f"/desk/letters/{letter.id}"
    async with world.browser("carla") as browser:
        hidden = form_of((await browser.get(path)).text, f"{path}/order")
        assert (await browser.post(f"{path}/order", data={**hidden, "reason": "No le llegó"})).status_code == 303
    with world.database.reading() as session:
        assert session.scalars(select(OutboxMessage.state)).all() == [OutboxState.READY]


def test_the_desk_costs_the_same_for_one_process_and_for_ten(world: World) -> None:
    for number in range(10):
        process = world.open_process(f"town-{number}", folio_prefix=f"TOWN{number}")
        world.propose(process, "ana", f"Propuesta {number}")
    carla = world.actor("carla")
    with counted(world) as said, world.database.reading() as session:
        desk = queries.desk_of(session, carla, world.now)
    assert len(desk.to_examine) == 10
    assert len([one for one in said if one.lstrip().upper().startswith("SELECT")]) <= CEILING


def test_windows_of_the_week_come_in_their_order(world: World) -> None:
    process = world.open_process()
    world.clock.move(days=4)
    with world.work("carla") as work:
        fresh = processes.by_slug(work.session, process.slug)
        stage = next(s for s in processes.stages_of(work.session, fresh.id) if s.slug == "consulta")
        assert stage.closes_at is not None
        process_actions.extend(work, fresh, stage, stage.closes_at + timedelta(hours=1), "Hubo feriado largo.")
    carla = world.actor("carla")
    with world.database.reading() as session:
        edges = queries.desk_of(session, carla, world.now).edges
    assert [(edge.stage.kind.value, edge.opens) for edge in edges] == [("filter", True), ("public_consultation", False)]


async def test_an_admin_finds_only_what_an_admin_may_do(world: World) -> None:
    process = world.open_process()
    world.propose(process)
    async with world.browser("carla") as carla, world.browser("admin") as admin:
        seen, not_seen = await carla.get("/desk"), await admin.get("/desk")
    assert "/p/town/office/proposals" in seen.text
    assert "/p/town/office/proposals" not in not_seen.text
