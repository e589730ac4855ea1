"""What citizens and members of a forum do, by keyboard alone."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Doors, Site
from tests.browser.keys import Keys
from tests.chromium import DESK, PHONE

SNAPSHOTS = Path(__file__).parent / "snapshots"


async def test_a_proposal_is_sent_by_keyboard_alone(doors: Doors) -> None:
    page = await (await doors.visitor(width=DESK)).open("/")
    keys = Keys(page)
    await keys.press("a[href='/p/barrio/propose']")
    await page.wait_for_url("**/propose")
    await keys.press(".skip")
    await keys.write("title", "Bancas con sombra en la plaza")
    await keys.write("problem", "Los mayores esperan de pie y al sol.")
    await keys.write("solution", "Tres bancas con techo junto a la entrada.")
    await keys.write("name", "Rosa Díaz")
    await keys.press("#propose button")
    await expect(page.locator(".error-summary")).to_be_focused()
    await keys.press(".error-summary a")
    await expect(page.locator("[name=contact]")).to_be_focused()
    await page.keyboard.type("rosa@example.org")
    await keys.press("#propose button")
    await expect(page.locator("h1")).to_be_focused()
    await keys.press("[name=consent]", "Space")
    await keys.press("#send button")
    await page.wait_for_url("**/receipt/**")
    await expect(page.locator("main")).to_contain_text("BARR-0")


async def test_a_proposal_is_found_and_followed_by_keyboard_alone(doors: Doors, site: Site) -> None:
    page = await (await doors.visitor(width=PHONE)).open("/p/town/proposals")
    keys = Keys(page)
    await keys.write("q", "actas")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/search?q=actas*")
    await keys.press("main article a")
    await page.wait_for_url("**/proposals/TOWN-*")
    await page.goto("/follow")
    await keys.write("folio", site.addresses["folio"])
    await keys.write("code", site.addresses["code"])
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/follow/*")
    await expect(page.locator("main")).to_contain_text(site.addresses["folio"])


async def test_a_member_of_the_forum_scores_by_keyboard_alone(doors: Doors, site: Site) -> None:
    page = await (await doors.visitor("nadia", DESK)).open(site.addresses["sheet"])
    keys = Keys(page)
    await keys.to("main input[type=radio]")
    await page.keyboard.press("ArrowDown")
    assert await page.evaluate("document.activeElement.checked")
    await keys.press("main [data-criterion] summary")
    await keys.to("main textarea")
    await page.keyboard.type("Se puede medir")
    await keys.to("main button[type=submit]")


@pytest.mark.parametrize(
    ("name", "address"),
    [("form", "/p/barrio/propose"), ("list", "/p/villa/proposals"), ("proposal", "/p/villa/proposals/VILL-0001")],
)
async def test_what_a_screen_reader_reads(doors: Doors, name: str, address: str) -> None:
    """The tree that assistive programs read, as somebody read it and found it good; a change is read anew.

    With `SNAPSHOTS=write` in the environment the files are written anew.
    """
    page = await (await doors.visitor()).open(address)
    heard = _without_dates(await page.locator("main").aria_snapshot())
    file = SNAPSHOTS / f"{name}.txt"
    if os.environ.get("SNAPSHOTS") == "write":
        file.parent.mkdir(exist_ok=True)
        file.write_text(heard + "\n", "utf-8")
    assert heard == file.read_text("utf-8").rstrip("\n")


def _without_dates(heard: str) -> str:
    """Dates, sealed links and addresses of this one run say nothing about how a page reads."""
    heard = re.sub(r"\n +- /url: .*", "", heard)
    heard = re.sub(r"\d{1,2} de [a-z]+ de \d{4}(, \d{2}:\d{2})?", "(fecha)", heard)
    heard = re.sub(r"UTC[−+-]\d+", "UTC", heard)
    heard = re.sub(r"(en|hace) \d+ [a-zí]+", "(cuándo)", heard)
    return re.sub(r"http://127\.0\.0\.1:\d+", "", heard)
