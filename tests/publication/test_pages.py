"""The public pages: what each costs, what is kept for two seconds and for whom, search that forgives, the calendar."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from app.kit import clock as real_clock
from app.process import actions as scheduling
from app.process import queries as processes
from app.process.actions import SetStage
from app.settings import Settings
from tests.costs import cost
from tests.world import World, form_of

pytestmark = pytest.mark.either

HOME, LIST, ONE = 12, 6, 12


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/p/town/proposals", LIST + 1),
        ("/p/town/proposals?sort=title", LIST + 1),
        ("/p/town/proposals/search?q=actas", LIST + 3),
        ("/p/town/proposals.atom", LIST + 1),
        ("/p/town/news.atom", LIST),
        ("/p/town/proposals/TOWN-0001.atom", LIST),
        ("/p/town/proposals/TOWN-0001", ONE + 1),
        ("/api/v1/processes/town/proposals", LIST),
        ("/api/v1/processes/town/proposals/TOWN-0001", ONE),
        ("/", HOME),
        ("/p/town/data", LIST),
        ("/p/town/calendar", LIST),
    ],
)
async def test_a_page_costs_the_same_however_much_there_is(world: World, path: str, most: int) -> None:
    process = world.open_process()
    world.admitted(process, "ana", "Publicar las actas")
    few = await cost(world, path)
    for number in range(12):
        world.admitted(process, "ana", f"Publicar las actas, parte {number}")
    assert few >= 1
    assert await cost(world, path) == few
    assert few <= most


async def test_the_front_page_begins_with_what_is_open_and_tells_whole_summaries(world: World) -> None:
    whole = "Lo que se decide, " + "y por qué, " * 30 + "se publica."
    town = world.open_process(summary_es=whole)
    with world.work("carla") as work:
        stage = processes.stage_named(work.session, town.id, "consulta")
        later = SetStage(stage.opens_at, world.now + timedelta(days=90), reason="Se amplió para llegar a más barrios.")
        scheduling.set_stage(work, town, stage, later)
    world.clock.move(days=1)
    world.open_process("plan", summary_es="Largo, " + whole * 2)
    world.clock.move(days=60)
    async with world.browser() as reader:
        page = (await reader.get("/")).text
    assert page.index('href="/p/town"') < page.index('href="/p/plan"')
    assert page.count("abierto ahora") == 1
    assert whole in page
    assert "Largo, " in page
    assert whole * 2 not in page


async def test_a_page_is_kept_for_two_seconds_and_told_apart_by_its_bytes(world: World) -> None:
    process = world.open_process()
    world.admitted(process)
    async with world.browser() as browser:
        first = await browser.get("/p/town/proposals")
        world.admitted(process, "bruno", "Abrir los presupuestos")
        kept = await browser.get("/p/town/proposals")
        same = await browser.get("/p/town/proposals", headers={"if-none-match": first.headers["etag"]})
        world.app.state.house.cache.clear()
        fresh = await browser.get("/p/town/proposals")
    assert first.headers["cache-control"] == "public, max-age=2"
    assert "Abrir los presupuestos" not in kept.text
    assert (same.status_code, same.content) == (304, b"")
    assert "content-length" not in same.headers  # a server breaks off where more was announced than comes
    assert "Abrir los presupuestos" in fresh.text
    assert fresh.headers["etag"] != first.headers["etag"]


async def test_nothing_is_kept_for_or_from_somebody_signed_in(world: World) -> None:
    process = world.open_process()
    async with world.browser("ana") as ana, world.browser() as stranger:
        own = await ana.get("/p/town")
        public = await stranger.get("/p/town")
        world.admitted(process)
        again = await ana.get("/p/town")
    assert "Ana Soto" in own.text
    assert "Ana Soto" not in public.text
    assert own.headers["cache-control"] == "no-store"
    assert own.text != again.text


async def test_a_form_is_never_kept(world: World) -> None:
    world.open_process()
    async with world.browser() as browser:
        for path in ("/p/town/propose", "/follow", "/sign-in"):
            assert (await browser.get(path)).headers["cache-control"] == "no-store", path


async def test_no_kept_page_outlives_the_edge_of_a_window(world: World) -> None:
    process = world.open_process()
    closes_at = world.stage(process, "consulta").closes_at
    assert closes_at is not None
    world.clock.set(closes_at - timedelta(milliseconds=50))
    async with world.browser() as browser:
        before = await browser.get("/p/town")
        began = real_clock.ticks()
        world.clock.set(closes_at)
        while real_clock.ticks() - began < 0.06:
            pass
        after = await browser.get("/p/town")
    assert "/p/town/propose" in before.text
    assert "/p/town/propose" not in after.text


@pytest.mark.parametrize("asked", ["jardín", "jardin", "jardines", "JARDÍN", "barrio jardines", "jardines del barrio"])
async def test_search_forgives_accents_plurals_and_word_order(world: World, asked: str) -> None:
    process = world.open_process()
    world.admitted(process, "ana", "Un jardín para cada barrio")
    world.admitted(process, "bruno", "Publicar las actas")
    async with world.browser() as browser:
        page = await browser.get("/p/town/proposals/search", params={"q": asked})
        told = (await browser.get("/api/v1/processes/town/proposals", params={"q": asked})).json()
    assert "Un jardín para cada barrio" in re.sub("</?mark>", "", page.text)
    assert [item["title"] for item in told["items"]] == ["Un jardín para cada barrio"]
    assert told["total"] == 1


@pytest.mark.parametrize(
    ("stage", "turn", "leads_to"),
    [
        ("seguimiento", "informan cuánto avanzan sus compromisos", "commitments"),
        ("priorizacion", "Es el turno de los encuentros que priorizan", "tables"),
        ("mesas-tecnicas", "Es el turno de las instituciones consultadas", "technical-tables"),
        ("plan", "Es el turno de quienes deciden", "decisions/plan"),
    ],
)
async def test_an_open_stage_leads_to_what_happens_in_it_and_says_whose_turn_it_is(
    world: World, stage: str, turn: str, leads_to: str
) -> None:
    process = world.open_process("plan", template="ogp_action_plan")
    world.clock.move(days=90)
    with world.work("carla") as work:
        here = processes.by_id(work.session, process.id)
        found = processes.stage_named(work.session, here.id, stage)
        window = SetStage(world.now, world.now + timedelta(days=9), dict(found.settings))
        scheduling.set_stage(work, here, found, window)
        scheduling.extend(work, here, found, world.now + timedelta(days=12), "Una región vota después.")
    async with world.browser() as browser:
        page = (await browser.get("/p/plan")).text
        assert turn in page
        assert f'href="/p/plan/{leads_to}"' in page
        assert re.search(r"Se amplió el plazo \([^)]+\)\. <span[^>]*>Una región vota después", page)
        assert (await browser.get(f"/p/plan/{leads_to}")).status_code == 200


async def test_search_never_leaves_its_process(world: World) -> None:
    world.admitted(world.open_process("town"), "ana", "Un jardín para cada barrio")
    world.open_process("village", folio_prefix="VILL")
    async with world.browser() as browser:
        told = (await browser.get("/api/v1/processes/village/proposals", params={"q": "jardín"})).json()
    assert (told["items"], told["total"]) == ([], 0)


@pytest.mark.parametrize("odd", ['"', "*", "' OR 1=1 --", "AND", "NEAR(a b)", "%", "\\", "(", "🌱", "a" * 500])
async def test_search_takes_whatever_is_typed(world: World, odd: str) -> None:
    world.admitted(world.open_process())
    async with world.browser() as browser:
        assert (await browser.get("/p/town/proposals/search", params={"q": odd})).status_code == 200


async def test_the_calendar_is_read_by_calendar_programs(world: World) -> None:
    process = world.open_process()
    stage = world.stage(process, "consulta")
    async with world.browser() as browser:
        file = await browser.get("/p/town/calendar.ics")
        page = await browser.get("/p/town/calendar")
    assert file.headers["content-type"] == "text/calendar; charset=utf-8"
    events: dict[str, Any] = {str(one["uid"]): one for one in Calendar.from_ical(file.content).walk("VEVENT")}
    assert len(events) == 2
    consultation = events[f"{stage.id}@minga"]
    assert consultation["dtstart"].dt.astimezone(UTC) == stage.opens_at
    assert consultation["dtend"].dt.astimezone(UTC) == stage.closes_at
    assert isinstance(consultation["dtstamp"].dt, datetime)
    assert "Consulta pública" in page.text


async def test_an_author_follows_by_folio_and_code_before_it_is_public(world: World) -> None:
    process = world.open_process()
    proposal = world.propose(process, "zoe")
    code = world.codes[proposal.folio]
    async with world.browser() as browser:
        hidden = form_of((await browser.get("/follow")).text, "/follow")
        told = await browser.post("/follow", data={**hidden, "folio": proposal.folio.lower(), "code": code})
        assert told.status_code == 303
        own = await browser.get(told.headers["location"])
        assert (await browser.get(f"/p/town/proposals/{proposal.folio}")).status_code == 404
    assert "recibida, en examen" in own.text
    assert own.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("wrong", [{"code": "AAAAAAAA"}, {"folio": "TOWN-9999"}, {"folio": "", "code": ""}])
async def test_a_wrong_folio_and_a_wrong_code_are_told_in_the_same_words(world: World, wrong: dict[str, str]) -> None:
    proposal = world.propose(world.open_process())
    sent = {"folio": proposal.folio, "code": world.codes[proposal.folio], **wrong}
    async with world.browser() as browser:
        told = await browser.post("/follow", data=sent)
    assert told.status_code == 422
    assert "El folio y el código no corresponden" in told.text


async def test_a_link_of_somebody_made_up_opens_nothing(world: World) -> None:
    world.propose(world.open_process())
    async with world.browser() as browser:
        for path in ("/follow/made-up", "/p/town/receipt/made-up", "/p/town/own/made-up/edit"):
            assert (await browser.get(path)).status_code == 404


async def test_the_page_of_open_data_explains_every_column_in_both_languages(world: World) -> None:
    world.open_process()
    async with world.browser() as browser:
        spanish = (await browser.get("/p/town/data")).text
        english = (await browser.get("/en/p/town/data")).text
    assert "nombre o seudónimo que eligió quien la propuso" in spanish
    assert "name or pseudonym its author chose" in english
    assert "name or pseudonym" not in spanish
    for text in (spanish, english):
        assert "/api/v1/processes/town/datasets/proposals.csv" in text
        assert "CC BY 4.0" in text


async def test_the_parts_are_shown_only_to_whoever_makes_them(world: World, settings: Settings) -> None:
    async with world.browser() as browser:
        assert (await browser.get("/styleguide")).status_code == 200
    world.app.state.house.settings = settings.model_copy(update={"base_url": "https://minga.example"})
    async with world.browser() as browser:
        assert (await browser.get("https://minga.example/styleguide")).status_code == 404
