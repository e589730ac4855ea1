"""The way to the form stands at the head of every page of a process, as long as it is open and no longer."""

from __future__ import annotations

from datetime import timedelta

from app.process import actions, queries
from tests.world import World

DOOR = 'href="/p/town/propose">Proponer</a>'


async def has_door(world: World, path: str) -> bool:
    world.app.state.house.cache.clear()
    async with world.browser() as browser:
        page = await browser.get(path)
    assert page.status_code == 200
    return DOOR in page.text.split("</header>")[0]


async def test_it_is_there_while_proposals_are_taken_in(world: World) -> None:
    process = world.open_process()
    closes = world.stage(process, "consulta").closes_at
    assert closes is not None
    assert await has_door(world, "/p/town/proposals")
    assert await has_door(world, "/p/town/calendar")
    assert not await has_door(world, "/p/town/propose"), "who is at the form needs no way to it"
    assert not await has_door(world, "/p/town"), "the page of the process says it larger"
    world.clock.set(closes - timedelta(seconds=1))
    assert await has_door(world, "/p/town/proposals")
    world.clock.set(closes)
    assert not await has_door(world, "/p/town/proposals")


async def test_it_waits_for_the_opening_even_where_what_a_process_has_was_read_before(world: World) -> None:
    process = world.open_process()
    opens = world.now + timedelta(days=1)
    with world.work("carla") as work:
        stage = queries.stage_named(work.session, process.id, "consulta")
        here = queries.by_slug(work.session, "town")
        wish = actions.SetStage(opens, opens + timedelta(days=9), dict(stage.settings), reason="Se corrige la fecha.")
        actions.set_stage(work, here, stage, wish)
    world.clock.set(opens - timedelta(seconds=1))
    async with world.browser() as browser:
        assert DOOR not in (await browser.get("/p/town/proposals?x=1")).text
        world.clock.set(opens)
        assert DOOR in (await browser.get("/p/town/proposals?x=2")).text


async def test_a_process_that_stands_still_has_none(world: World) -> None:
    world.open_process()
    with world.work("carla") as work:
        actions.pause(work, queries.by_slug(work.session, "town"), "Se corrige la convocatoria.")
    assert not await has_door(world, "/p/town/proposals")
    with world.work("carla") as work:
        actions.resume(work, queries.by_slug(work.session, "town"), "Ya se corrigió la convocatoria.")
    assert await has_door(world, "/p/town/proposals")
    with world.work("carla") as work:
        actions.end(work, queries.by_slug(work.session, "town"), "Se decidió no seguir con este proceso.")
    assert not await has_door(world, "/p/town/proposals")
