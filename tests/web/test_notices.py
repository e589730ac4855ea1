"""The line that says what was done: once, on the next page, without a script, and in nobody else's browser."""

from __future__ import annotations

import re

import httpx2
import pytest

from tests.world import World, form_of

pytestmark = pytest.mark.either

DONE = "Propuesta TOWN-0001 admitida. Ya es pública."


def line_of(page: httpx2.Response) -> str | None:
    found = re.search(r'<div class="notice" role="status"><div class="wrap">(.*?)</div></div>', page.text)
    return found.group(1) if found else None


async def admit(browser: httpx2.AsyncClient, prefix: str = "") -> httpx2.Response:
    path = f"{prefix}/p/town/office/proposals/TOWN-0001"
    hidden = form_of((await browser.get(path)).text, f"{path}/admission")
    return await browser.post(f"{path}/admission", data={**hidden, "outcome": "admitted"})


async def test_an_act_is_told_once_on_the_next_page(world: World) -> None:
    world.propose(world.open_process())
    async with world.browser("carla") as browser:
        done = await admit(browser)
        assert done.status_code == 303
        after = await browser.get(done.headers["location"])
        assert line_of(after) == DONE
        assert line_of(await browser.get(done.headers["location"])) is None


async def test_it_speaks_the_language_of_the_page(world: World) -> None:
    world.propose(world.open_process())
    async with world.browser("carla") as browser:
        done = await admit(browser, "/en")
        after = await browser.get(done.headers["location"])
    assert line_of(after) == "Proposal TOWN-0001 was admitted. It is public now."


async def test_sending_the_same_form_twice_tells_it_again(world: World) -> None:
    world.propose(world.open_process())
    path = "/p/town/office/proposals/TOWN-0001"
    async with world.browser("carla") as browser:
        wish = {**form_of((await browser.get(path)).text, f"{path}/admission"), "outcome": "admitted"}
        await browser.post(f"{path}/admission", data=wish)
        browser.cookies.delete("minga_notice")
        again = await browser.post(f"{path}/admission", data=wish)
        assert line_of(await browser.get(again.headers["location"])) == DONE


async def test_a_forged_line_is_not_shown_and_a_page_with_one_is_kept_for_nobody(world: World) -> None:
    world.propose(world.open_process())
    async with world.browser("carla") as browser:
        await admit(browser)
        left = browser.cookies["minga_notice"]
    async with world.browser() as other, world.browser() as plain:
        other.cookies.set("minga_notice", "x" + left)
        assert line_of(await other.get("/p/town/proposals")) is None
        other.cookies.set("minga_notice", left)
        assert line_of(await other.get("/p/town/proposals")) == DONE
        assert line_of(await plain.get("/p/town/proposals")) is None
