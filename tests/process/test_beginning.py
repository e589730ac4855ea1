"""A new process: what is still to be done is said, its texts are changed and its people appointed on pages."""

from __future__ import annotations

import httpx2
import pytest
from sqlalchemy import select

from app.mail.models import OutboxMessage
from app.people.models import Person, RoleGrant
from app.people.rules import Role
from app.process import queries as processes
from app.trail.models import Entry
from tests.world import World, form_of

pytestmark = pytest.mark.either

OFFICE = "/p/nuevo/office"


async def send(browser: httpx2.AsyncClient, page: str, action: str, **typed: str) -> httpx2.Response:
    shown = await browser.get(page)
    assert shown.status_code == 200, shown.text
    return await browser.post(action, data=form_of(shown.text, action) | typed)


async def opened(browser: httpx2.AsyncClient, template: str = "simple_consultation") -> None:
    typed = {"template": template, "name_es": "Nuevo", "slug": "nuevo", "timezone": "America/Santiago"}
    sent = await send(browser, "/processes/new", "/processes", **typed)
    assert sent.headers["location"] == f"{OFFICE}/stages"


async def test_a_new_process_says_what_is_still_to_be_done(world: World) -> None:
    async with world.browser("admin") as admin:
        await opened(admin)
        page = await admin.get(f"{OFFICE}/stages")
        assert "El proceso está abierto." in page.text
        assert "Poner fechas a las etapas: 2 no las tienen" in page.text
        for address in ("stages/consulta", "texts", "people"):
            assert f'href="{OFFICE}/{address}"' in page.text
        typed = {
            "name_es": "Nuevo nombre",
            "summary_es": "De qué se trata.",
            "ask_at": "Teléfono 1",
            "form_of_address": "tu",
        }
        assert (await send(admin, f"{OFFICE}/texts", f"{OFFICE}/texts", **typed)).status_code == 303
        stage = f"{OFFICE}/stages/consulta"
        await send(admin, stage, stage, opens_at="2030-01-02T10:00", closes_at="2030-02-02T10:00")
        page = await admin.get(f"{OFFICE}/stages")
        assert "Poner fechas a la etapa" in page.text  # the decision has none yet
        stage = f"{OFFICE}/stages/decision"
        await send(admin, stage, stage, opens_at="2030-02-02T10:00")
        page = await admin.get(f"{OFFICE}/stages")
        assert "Se guardaron las fechas" in page.text
        assert "Antes de empezar" not in page.text  # Carla and Hugo are the office everywhere
    with world.database.reading() as session:
        process = processes.by_slug(session, "nuevo")
        assert (process.name_es, process.form_of_address.value) == ("Nuevo nombre", "tu")
        assert "process.described" in session.scalars(select(Entry.verb)).all()


async def test_texts_are_refused_without_a_name_and_to_others(world: World) -> None:
    world.open_process("nuevo")
    async with world.browser("carla") as carla:
        assert (await send(carla, f"{OFFICE}/texts", f"{OFFICE}/texts", form_of_address="usted")).status_code == 422
    async with world.browser("gloria") as gloria:
        assert (await gloria.get(f"{OFFICE}/texts")).status_code == 403


async def test_an_admin_appoints_by_name_and_mail_and_the_person_is_told(world: World) -> None:
    world.open_process("nuevo")
    people = f"{OFFICE}/people"
    async with world.browser("admin") as admin, world.browser("carla") as carla:
        assert (await carla.get(people)).status_code == 403
        empty = await send(admin, people, people, role="forum_member")
        assert empty.status_code == 422
        assert all(f'href="#f-{name}"' in empty.text for name in ("holder", "email", "role"))
        typed = {"holder": "Rosa Núñez", "email": "Rosa@example.org", "role": "office", "post": "Jefatura"}
        assert (await send(admin, people, people, **typed)).status_code == 303
        page = await admin.get(people)
        assert "Rosa Núñez tiene el rol." in page.text
        assert (await send(admin, people, people, **typed)).status_code == 409
        with world.database.reading() as session:
            letter = session.scalars(select(OutboxMessage).where(OutboxMessage.to_address == "rosa@example.org")).one()
            rosa = session.scalars(select(Person).where(Person.name == "Rosa Núñez")).one()
            given = session.scalars(select(RoleGrant).where(RoleGrant.person_id == rosa.id)).one()
            leaves = "".join(session.scalars(select(Entry.leaf)))
        assert "/sign-in?next=/home" in letter.text
        assert "Proceso nuevo" in letter.subject
        assert (given.role, given.post) == (Role.OFFICE, "Jefatura")
        assert "rosa" not in leaves.lower()
        world.clock.move(minutes=1)
        assert (await send(admin, people, f"{people}/end", grant=str(given.id))).status_code == 303
        world.clock.move(minutes=1)
        assert "Se puso fin al rol de Rosa Núñez." in (await admin.get(people)).text
    with world.database.reading() as session:
        assert session.get_one(RoleGrant, given.id).to_at is not None


async def test_nobody_appoints_themselves_nor_ends_a_role_of_elsewhere(world: World) -> None:
    world.open_process("nuevo")
    people = f"{OFFICE}/people"
    with world.database.reading() as session:
        everywhere = session.scalars(select(RoleGrant).where(RoleGrant.role == Role.OFFICE)).first()
    assert everywhere is not None
    async with world.browser("admin") as admin:
        typed = {"holder": "Alicia Admin", "email": "admin@example.org", "role": "office"}
        assert (await send(admin, people, people, **typed)).status_code == 403
        assert (await admin.post(f"{people}/end", data={"grant": str(everywhere.id)})).status_code == 404


async def test_the_form_of_a_stage_says_what_its_dates_mean_and_offers_the_bodies(world: World) -> None:
    world.open_process("nuevo", template="ogp_action_plan")
    async with world.browser("carla") as carla:
        intake = (await carla.get(f"{OFFICE}/stages/consulta")).text
        filtering = (await carla.get(f"{OFFICE}/stages/filtro")).text
    assert "Desde este minuto ya no se recibe nada" in intake
    assert "Extender" not in intake
    assert "Ampliar el plazo" in intake
    assert "Desde este minuto" not in filtering
    assert '<option value="office">La oficina</option>' in filtering
    assert '<option value="foro" selected>' in filtering


async def test_a_process_without_dates_exists_only_for_those_who_prepare_it(world: World) -> None:
    public = ("/p/nuevo", "/p/nuevo/calendar", "/p/nuevo/proposals", "/api/v1/processes/nuevo")
    async with world.browser("admin") as admin, world.browser("ana") as ana:
        await opened(admin)
        assert {(await ana.get(path)).status_code for path in public} == {404}
        assert {(await admin.get(path)).status_code for path in public} == {200}
        assert "Nuevo" not in (await ana.get("/")).text
        stage = f"{OFFICE}/stages/consulta"
        await send(admin, stage, stage, opens_at="2030-01-02T10:00", closes_at="2030-02-02T10:00")
        assert {(await ana.get(path)).status_code for path in public} == {200}
        assert "Nuevo" in (await ana.get("/")).text


async def test_a_date_that_opens_a_stage_at_once_is_asked_about(world: World) -> None:
    stage = f"{OFFICE}/stages/consulta"
    async with world.browser("admin") as admin:
        await opened(admin)
        asked = await send(admin, stage, stage, opens_at="2020-01-02T10:00", closes_at="2030-02-02T10:00")
        assert asked.status_code == 422
        assert "se abre ahora, para todo el mundo" in asked.text
        assert (await send(admin, stage, stage, opens_at="2020-01-02T10:00", opens_now="yes")).status_code == 303


async def test_a_plan_says_that_its_forum_is_to_be_set_up_and_where(world: World) -> None:
    async with world.browser("admin") as admin, world.browser("carla") as carla:
        await opened(admin, "ogp_action_plan")
        assert "La oficina constituye el foro" in (await admin.get(f"{OFFICE}/stages")).text
        page = await carla.get(f"{OFFICE}/stages")
        assert f'href="{OFFICE}/forum"' in page.text
        assert (await carla.get(f"{OFFICE}/forum")).status_code == 200


async def test_a_council_is_named_and_chosen_for_a_town_before_the_stage_opens(world: World) -> None:
    stage = f"{OFFICE}/stages/decision"
    async with world.browser("admin") as admin, world.browser("ana") as ana:
        await opened(admin)
        assert "Decide la oficina" in (await admin.get(f"{OFFICE}/bodies")).text
        assert (await send(admin, f"{OFFICE}/bodies", f"{OFFICE}/bodies")).status_code == 422
        assert (await ana.get(f"{OFFICE}/bodies")).status_code == 403
        named = await send(admin, f"{OFFICE}/bodies", f"{OFFICE}/bodies", name_es="Concejo Municipal")
        assert named.status_code == 303
        page = await admin.get(stage)
        assert ">Concejo Municipal</option>" in page.text
        assert "foro" not in page.text.lower()
        kept = await send(admin, stage, stage, opens_at="2030-02-02T10:00", body="concejo")
        assert kept.status_code == 303
    with world.database.reading() as session:
        found = processes.stage_named(session, processes.by_slug(session, "nuevo").id, "decision")
        assert found.settings["body"] == "concejo"
