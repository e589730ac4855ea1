"""The papers of a session and the report of a filter, on a phone and at a desk: no fault that axe can find."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.async_api import Browser, Page

from app.kit import clock as real
from app.settings import Settings
from tests import databases
from tests.browser.test_pages import is_sound
from tests.browser.test_scoring import member
from tests.chromium import DESK, HEIGHT, PHONE
from tests.clock import MovableClock
from tests.conftest import SECRET
from tests.forum.filtering import PACK, REPORT, Filtered
from tests.serving import bound, serving
from tests.world import World


@pytest.fixture(scope="module")
def filtered() -> Iterator[Filtered]:
    """A counted filter in a world of its own, and served."""
    with databases.sqlite_copy() as database, bound() as (taken, url):
        settings = Settings(database_url=database, secret_key=SECRET, mail="memory", base_url=url)
        world = World(settings, MovableClock(real.now()))
        made = Filtered(world, world.forum(world.open_process("plan", template="ogp_action_plan")))
        made.close()
        with serving(world.app, taken):
            yield made
        world.close()


async def test_both_are_sound_on_a_phone_and_at_a_desk(chromium: Browser, filtered: Filtered) -> None:
    context = await member(chromium, filtered.world, "marta")
    await _look(await context.new_page(), PACK)
    filtered.decide()
    filtered.publish()
    await _look(await context.new_page(), REPORT)
    await context.close()


async def _look(page: Page, address: str) -> None:
    for prefix, width in (("", PHONE), ("/en", DESK)):
        await page.set_viewport_size({"width": width, "height": HEIGHT})
        answered = await page.goto(prefix + address)
        assert answered is not None
        assert answered.status == 200
        await is_sound(page, f"{address.rsplit('/', 1)[-1]}-{width}")
