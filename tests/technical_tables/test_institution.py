"""Whoever speaks for an institution finds on one page what it was asked and what it leads, and nothing of others."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select

from app.people.models import Organisation, Person
from app.process import queries as processes
from app.technical_tables import actions
from app.technical_tables.queries import requests as queries
from tests.commitments.building import PlanBuilder
from tests.costs import cost
from tests.technical_tables.building import MINISTRY, TechnicalBuilder, given
from tests.world import World

pytestmark = pytest.mark.either

PAGE = "/p/plan/institution"
ARCHIVE = "Servicio de Archivos"


def speaks_for(world: World, name: str, who: str = "felix") -> uuid.UUID:
    with world.work("admin") as work:
        body = work.session.scalars(select(Organisation).where(Organisation.name == name)).one()
        work.session.get_one(Person, world.people[who].id).organisation_id = body.id
        return body.id


async def read(world: World, who: str = "felix") -> str:
    async with world.browser(who) as browser:
        answered = await browser.get(PAGE)
    assert answered.status_code == 200
    return answered.text


@pytest.mark.parametrize("who", ["ana", "bruno", "diego", "elena", "gloria", "admin"])
async def test_for_bruno_and_all_who_speak_for_no_institution_there_is_no_such_page(
    world: World, technical: TechnicalBuilder, who: str
) -> None:
    technical.asked()
    async with world.browser(who) as browser:
        assert (await browser.get(PAGE)).status_code == 404
        assert PAGE not in (await browser.get("/p/plan")).text


async def test_felix_finds_the_page_in_the_row_of_his_work(world: World, technical: TechnicalBuilder) -> None:
    technical.asked()
    async with world.browser("felix") as browser:
        assert f'href="{PAGE}"' in (await browser.get("/p/plan")).text
    async with world.browser("carla") as office:
        assert f'href="{PAGE}"' not in (await office.get("/p/plan")).text


async def test_until_somebody_says_for_whom_he_speaks_and_until_it_is_asked_the_page_says_what_will_come(
    world: World, technical: TechnicalBuilder
) -> None:
    technical.asked()
    assert "Aún no se ha indicado por qué institución habla usted" in await read(world)
    with world.work("admin") as work:
        work.session.add(Organisation(name=ARCHIVE, sector=world.people["felix"].origin_sector))
    speaks_for(world, ARCHIVE)
    page = await read(world)
    assert "Nada espera todavía a su institución" in page
    assert MINISTRY not in page
    assert "ORD. N°12" not in page


async def test_open_requests_come_first_with_how_many_are_unanswered(world: World, technical: TechnicalBuilder) -> None:
    done = technical.asked("PLAN-0003", letter_number="ORD. N°11")
    first = technical.asked("PLAN-0001", "PLAN-0002", letter_number="ORD. N°12")
    technical.asked("PLAN-0001", organisation=ARCHIVE, letter_number="ORD. N°13")
    speaks_for(world, MINISTRY)
    with world.work("felix") as work:
        here = processes.by_slug(work.session, "plan")
        for request, folio in ((done, "PLAN-0003"), (first, "PLAN-0001")):
            actions.answer_for(work, here, queries.by_id(work.session, request.id), folio, given("yes"))
    with world.work("stranger") as work:
        here = processes.by_slug(work.session, "plan")
        actions.approve_by_link(work, here, technical.tokens()[0], actions.Approval("Rosa Jefa", "Subsecretaria"))
    page = await read(world)
    assert page.index("ORD. N°12") < page.index("ORD. N°11")
    assert "ORD. N°13" not in page
    assert 'href="/p/plan/office/feasibility/2"' in page
    assert "Se consultó por 2 propuestas." in page
    assert "1 sigue sin respuesta." in page
    async with world.browser("felix") as browser:
        assert (await browser.get("/p/plan/office/feasibility/2")).status_code == 200
        assert (await browser.get("/p/plan/office/feasibility/3")).status_code == 404


async def test_commitments_it_leads_are_reported_on_from_here_while_a_round_is_open(
    world: World, technical: TechnicalBuilder
) -> None:
    plan = PlanBuilder(world, technical.process)
    plan.entered("Archivo abierto", ARCHIVE)
    plan.entered("Obras a la vista", MINISTRY)
    speaks_for(world, ARCHIVE)
    quiet = await read(world)
    assert "Obras a la vista" not in quiet
    assert 'href="/p/plan/commitments/1"' in quiet
    assert "No hay una ronda abierta" in quiet
    plan.round(addresses={ARCHIVE: "archivos@example.org"})
    asked = await read(world)
    assert 'href="/p/plan/commitments/1/report/institution"' in asked
    assert "falta informar" in asked
    plan.report(1, who="felix", status="limited", done="Se publicó el catálogo.")
    told = await read(world)
    assert "falta informar" not in told
    plan.close()
    assert "/report/institution" not in await read(world)


async def test_the_page_costs_the_same_for_one_request_and_for_three(world: World, technical: TechnicalBuilder) -> None:
    technical.asked("PLAN-0001")
    speaks_for(world, MINISTRY)
    one = await cost(world, PAGE, "felix")
    technical.asked("PLAN-0002")
    technical.asked("PLAN-0003")
    assert await cost(world, PAGE, "felix") == one == 8
