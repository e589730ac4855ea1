"""Each main page as a phone shows it: nothing axe finds wrong, and nothing to scroll sideways for."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.async_api import Page, expect

from app.settings import ROOT
from tests.browser.conftest import Doors, Site
from tests.chromium import DESK, PHONE

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = {
    "home": "",
    "process": "",
    "propose": "",
    "proposals": "",
    "proposal": "",
    "decisions": "",
    "follow": "",
    "sign-in": "",
    "account": "ana",
    "desk": "carla",
    "sheet": "nadia",
    "forum": "",
    "minutes": "",
    "results": "",
    "round": "marta",
    "deciding": "marta",
    "points": "marta",
    "reason": "diego",
}
LOOKS: tuple[tuple[str, Literal["light", "dark"], int], ...] = (
    ("", "light", PHONE),
    ("/en", "dark", DESK),
    ("/en", "light", PHONE),
    ("", "dark", DESK),
    ("", "light", DESK),
    ("/en", "dark", PHONE),
)
"""Language, light and width: neighbours pair each with each, and each page meets two of them."""


@pytest.mark.parametrize(("name", "turn"), [(name, turn) for turn, name in enumerate(PAGES)])
async def test_a_page_is_sound_in_two_of_its_looks(doors: Doors, site: Site, name: str, turn: int) -> None:
    for language, light, width in (LOOKS[2 * turn % 6], LOOKS[(2 * turn + 1) % 6]):
        page = await (await doors.visitor(PAGES[name], width)).page()
        await page.emulate_media(color_scheme=light)
        await page.goto(site.url + language + site.addresses[name])
        await is_sound(page, f"{name}-{width}-{light}")


@pytest.mark.parametrize(
    ("address", "button"),
    [("/p/barrio/propose", "#propose button"), ("/en/follow", "main form button"), ("/sign-in", "main form button")],
)
async def test_a_form_with_its_errors_is_sound(doors: Doors, address: str, button: str) -> None:
    page = await (await doors.visitor()).open(address)
    await page.locator(button).first.click()
    await expect(page.locator(".error-summary")).to_be_focused()
    await is_sound(page, f"errors{address.replace('/', '-')}")


@pytest.mark.parametrize("address", ["/p/town/proposals/search?q=zzz", "/en/p/none", "/p/barrio/meetings"])
async def test_a_page_with_nothing_on_it_is_sound(doors: Doors, address: str) -> None:
    visitor = await doors.visitor()
    visitor.console.expected.add(404)
    await is_sound(await visitor.open(address), f"empty{address.replace('/', '-')}")


async def test_ones_own_page_and_receipt_are_sound(doors: Doors, site: Site) -> None:
    page = await (await doors.visitor()).open("/follow")
    await page.fill("[name=folio]", site.addresses["folio"])
    await page.fill("[name=code]", site.addresses["code"])
    await page.click("main form button")
    await page.wait_for_url("**/follow/*")
    await is_sound(page, f"own-{PHONE}")


@cache
def axe() -> str:
    """The program that looks at a page for barriers."""
    return AXE.read_text("utf-8")


async def is_sound(page: Page, name: str) -> None:
    """No violation of WCAG 2.2 AA that axe can find, and the page is not wider than the screen."""
    assert page.url
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(axe())
    found: list[dict[str, Any]] = await page.evaluate(
        "async (tags) => (await axe.run({runOnly: tags, resultTypes: ['violations']})).violations", TAGS
    )
    await kept(page, name)
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
    ids: list[str] = await page.eval_on_selector_all("[id]", "all => all.map(one => one.id)")
    assert [one for one in set(ids) if ids.count(one) > 1] == []
    wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{name} is {wide} pixels too wide"


async def kept(page: Page, name: str) -> None:
    """A picture of the page, for people to look at, where SHOTS names a folder."""
    folder = os.environ.get("SHOTS")
    if folder:
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
