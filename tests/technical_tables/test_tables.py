"""Technical tables: who sits there, who is missing in public, and which proposals lie on them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from app.kit.errors import Conflict, Invalid, NotAllowed, WrongState
from app.meetings.models import Meeting
from app.process import queries as processes
from app.proposals.models import Proposal
from app.publication.datasets import DATASETS
from app.technical_tables import actions
from app.technical_tables.actions import NameTable, PutOn
from app.technical_tables.queries import tables as queries
from app.technical_tables.rules import Role, Share
from app.trail.models import Entry
from tests.meetings.building import MeetingBuilder
from tests.technical_tables.building import TABLE, TechnicalBuilder
from tests.world import World

pytestmark = pytest.mark.either

OFFICE = "/p/plan/office/technical-tables"
CORE = PutOn("core")


def put(world: World, folio: str, wish: PutOn = CORE, who: str = "carla", number: int = 1) -> None:
    with world.work(who) as work:
        here = processes.by_slug(work.session, "plan")
        table = queries.table_numbered(work.session, here.id, number)
        proposal = work.session.scalars(select(Proposal).where(Proposal.folio == folio)).one()
        actions.put_on(work, here, table, proposal, wish)


@pytest.mark.parametrize("who", ["ana", "bruno", "diego", "elena", "felix", "gloria", "admin", "stranger"])
def test_nobody_but_the_office_sets_up_a_table(world: World, technical: TechnicalBuilder, who: str) -> None:
    technical.table()
    with pytest.raises(NotAllowed):
        technical.table(who=who)
    with pytest.raises(NotAllowed):
        put(world, "PLAN-0001", who=who)


def test_a_part_is_named_in_words_and_a_proposal_lies_on_several_tables(
    world: World, technical: TechnicalBuilder
) -> None:
    technical.table()
    technical.table(NameTable("Árboles"))
    with pytest.raises(Invalid) as refused:
        put(world, "PLAN-0001", PutOn("partly", "corto"))
    assert set(refused.value.fields) == {"words"}
    with pytest.raises(Invalid) as refused:
        put(world, "PLAN-0001", PutOn("wholly"))
    assert set(refused.value.fields) == {"share"}
    put(world, "PLAN-0001")
    put(world, "PLAN-0001", PutOn("contributing", "Ahora solo aporta."))
    put(world, "PLAN-0001", PutOn("partly", "El registro de los árboles."), number=2)
    with world.database.reading() as session:
        found = queries.tables_of(session, technical.process.id)
        lying = queries.on_tables(session, found)
        assert [(row.folio, row.share) for row in lying[found[0].id]] == [("PLAN-0001", Share.CONTRIBUTING)]
        assert [(row.folio, row.share) for row in lying[found[1].id]] == [("PLAN-0001", Share.PARTLY)]


def test_a_proposal_not_so_far_is_refused(world: World, technical: TechnicalBuilder) -> None:
    technical.table()
    world.propose(technical.process, "elena", "Recién llegada")
    with pytest.raises(WrongState):
        put(world, "PLAN-0004")


def test_taking_off_needs_a_reason_and_leaves_a_trace(world: World, technical: TechnicalBuilder) -> None:
    technical.table()
    put(world, "PLAN-0001")
    for reason, refusal in (("", Invalid), ("Pasó a la otra mesa técnica.", None), ("Otra vez lo mismo.", Conflict)):
        with world.work("carla") as work:
            here = processes.by_slug(work.session, "plan")
            table = queries.table_numbered(work.session, here.id, 1)
            proposal = work.session.scalars(select(Proposal).where(Proposal.folio == "PLAN-0001")).one()
            if refusal is None:
                actions.take_off(work, here, table, proposal, reason)
                continue
            with pytest.raises(refusal):
                actions.take_off(work, here, table, proposal, reason)
    with world.database.reading() as session:
        leaf = session.scalars(select(Entry.leaf).where(Entry.verb == "proposal.taken_off_table")).one()
        assert "otra mesa" in str(leaf)


def test_only_a_meeting_that_is_a_technical_table_is_joined(world: World, technical: TechnicalBuilder) -> None:
    meetings = MeetingBuilder(world, technical.process)
    other = meetings.convened()
    with pytest.raises(Invalid) as refused:
        technical.table(NameTable("Actas", meeting=other))
    assert set(refused.value.fields) == {"meeting"}
    right: Meeting = meetings.convened("technical_table")
    assert technical.table(NameTable("Actas", meeting=right)).meeting_id == right.id


async def test_a_meeting_leads_to_its_technical_table(world: World, technical: TechnicalBuilder) -> None:
    meeting = MeetingBuilder(world, technical.process).convened("technical_table")
    page = f"/p/plan/meetings/{meeting.slug}"
    async with world.browser() as stranger, world.browser("carla") as carla, world.browser("gloria") as gloria:
        assert 'href="/p/plan/technical-tables/1"' not in (await stranger.get(page)).text
        technical.table(NameTable("Actas", meeting=meeting))
        world.app.state.house.cache.clear()
        assert 'href="/p/plan/technical-tables/1"' in (await stranger.get(page)).text
        office = f"/p/plan/office/meetings/{meeting.slug}"
        assert f'href="{OFFICE}/1"' in (await carla.get(office)).text
        assert f'href="{OFFICE}/1"' not in (await gloria.get(office)).text


async def test_what_is_missing_is_shown_in_public_and_counted(world: World, technical: TechnicalBuilder) -> None:
    technical.table()
    put(world, "PLAN-0001", PutOn("partly", "Solo la publicación de las actas."))
    async with world.browser() as stranger:
        page = (await stranger.get("/p/plan/technical-tables")).text
        assert page.count("Falta:") == 4
        assert "Falta: El foro" not in page
        page = (await stranger.get("/p/plan/technical-tables/1")).text
        assert "Foro de prueba" in page
        assert "Solo la publicación de las actas." in page
        assert "19 de enero de 2026" in page
        assert (await stranger.get("/p/plan/technical-tables/2")).status_code == 404
        answer = (await stranger.get("/api/v1/processes/plan/technical-tables")).json()
        assert answer["items"][0]["missing"] == ["institution", "civil_society", "academia", "experts"]
        assert answer["items"][0]["proposals"][0]["share"] == "partly"
        counts: Any = (await stranger.get("/api/v1/processes/plan")).json()["counts"]
        assert counts["technical_tables"] == 1
        page = (await stranger.get("/p/plan/proposals/PLAN-0001")).text
        assert "Se llevó a la mesa técnica 1" in page
    with world.database.reading() as session:
        rows = list(DATASETS["technical_tables"].rows(session, technical.process))
        assert [row["folio"] for row in rows] == ["PLAN-0001"]
        assert set(rows[0]) == {column.name for column in DATASETS["technical_tables"].columns}


async def test_the_office_sets_up_a_table_on_its_pages(world: World, technical: TechnicalBuilder) -> None:
    del technical
    typed = {"topic_es": "", "met_on": "2026-01-12", "met_to_the": "month", "forum": "Mesa Uno\n\n Mesa  Dos "}
    async with world.browser("carla") as office:
        page = await office.post(OFFICE, data=typed)
        assert page.status_code == 422
        assert "Escriba de qué trata esta mesa técnica." in page.text
        assert "Mesa  Dos" in page.text
        answered = await office.post(OFFICE, data=typed | {"topic_es": "Actas"})
        assert (answered.status_code, answered.headers["location"]) == (303, f"{OFFICE}/1")
        page = await office.get(f"{OFFICE}/1")
        assert "Mesa Uno\nMesa Dos" in page.text
        refused = await office.post(f"{OFFICE}/1/proposals", data={"folio": "PLAN-9999", "share": "core"})
        assert refused.status_code == 422
        assert (
            await office.post(f"{OFFICE}/1/proposals", data={"folio": "plan-0002", "share": "core"})
        ).status_code == 303
        left = await office.post(f"{OFFICE}/1/removal", data={"folio": "PLAN-0002", "reason-PLAN-0002": "no"})
        assert left.status_code == 422
        assert re.search(r'id="f-reason-PLAN-0002-error"', left.text)
    async with world.browser() as stranger:
        assert "enero de 2026" in (await stranger.get("/p/plan/technical-tables/1")).text
        nav = (await stranger.get("/p/plan")).text
        assert "/p/plan/technical-tables" in nav


async def test_a_process_without_such_a_stage_has_no_door_to_it(world: World) -> None:
    world.open_process("town")
    async with world.browser("carla") as office:
        page = (await office.get("/p/town")).text
        assert "technical-tables" not in page
        assert (await office.get("/p/town/office/feasibility")).status_code == 404


def test_seats_are_replaced_whole(world: World, technical: TechnicalBuilder) -> None:
    table = technical.table()
    with world.work("carla") as work:
        here = processes.by_slug(work.session, "plan")
        found = queries.table_numbered(work.session, here.id, table.number)
        wish = NameTable(TABLE.topic_es, actors={Role.INSTITUTION: ("Ministerio",)})
        actions.name_table(work, here, wish, found)
    with world.database.reading() as session:
        actors = queries.actors_of(session, queries.tables_of(session, technical.process.id))[table.id]
        assert {role.value: names for role, names in actors.items() if names} == {"institution": ["Ministerio"]}
