"""A refusal that has a way on says where: a new letter, one's own proposal, the page a form belongs to."""

from __future__ import annotations

import pytest

from tests.world import World

pytestmark = pytest.mark.either


async def test_a_link_that_is_no_longer_good_leads_to_a_new_one(world: World) -> None:
    async with world.browser() as browser:
        page = await browser.get("/en/sign-in/nothing-of-ours")
    assert page.status_code == 404
    assert 'href="/en/sign-in"' in page.text.split('id="main"', 1)[1]


async def test_whoever_looks_for_what_is_not_public_yet_is_led_to_their_own_page(world: World) -> None:
    town = world.open_process()
    sent = world.propose(town)
    async with world.browser() as browser:
        waiting = await browser.get(f"/p/town/proposals/{sent.folio}")
        nothing = await browser.get("/p/town/proposals/TOWN-0099")
    assert (waiting.status_code, nothing.status_code) == (404, 404)
    assert f'href="/follow?folio={sent.folio}"' in waiting.text
    assert waiting.text.replace(sent.folio, "TOWN-0099") == nothing.text  # neither says which of them exists


async def test_the_address_a_form_is_sent_to_leads_back_to_its_page(world: World) -> None:
    town = world.open_process()
    folio = world.propose(town).folio
    door = f"/p/town/office/proposals/{folio}"
    async with world.browser("carla") as browser:
        led = await browser.get(f"/en{door}/admission")
        assert (led.status_code, led.headers["location"]) == (303, f"/en{door}")
        assert (await browser.get(led.headers["location"])).status_code == 200
    async with world.browser() as browser:
        assert (await browser.get("/api/v1/processes/town/criteria-sets")).status_code == 405


async def test_a_member_of_a_forum_finds_the_way_back_to_the_sheets(world: World) -> None:
    process = world.open_process(template="ogp_action_plan")
    forum = world.forum(process)
    world.admitted(process)
    forum.to_the_filter()
    forum.round("diego")
    async with world.browser("diego") as browser:
        account = (await browser.get("/account")).text
    assert f'href="/p/{process.slug}/score"' in account
    assert 'href="/home"' in account
    async with world.browser("ana") as browser:
        assert 'href="/home"' not in (await browser.get("/account")).text
