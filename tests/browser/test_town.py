"""A proposal is sent from a phone and decided at a desk, with scripts and without."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Doors
from tests.browser.test_pages import is_sound
from tests.chromium import DESK

TITLE = "Bancas con sombra en la plaza"
PROBLEM = "Los mayores esperan de pie y al sol."


async def _write(page: Page, *, whole: bool) -> None:
    await page.fill("[name=title]", TITLE)
    await page.fill("[name=problem]", PROBLEM)
    if whole:
        await page.fill("[name=solution]", "Tres bancas con techo junto a la entrada.")
        await page.fill("[name=name]", "Rosa")
        await page.fill("[name=contact]", "rosa@example.org")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_a_proposal_is_sent_from_a_phone_and_a_mistake_loses_nothing(doors: Doors, scripts: bool) -> None:
    page = await (await doors.visitor(scripts=scripts)).open("/p/barrio/propose")
    await _write(page, whole=False)
    await page.click("#propose button >> nth=0")
    await expect(page.locator(".error-summary")).to_be_visible()
    await expect(page.locator("[name=title]")).to_have_value(TITLE)
    await expect(page.locator("[name=problem]")).to_have_value(PROBLEM)
    await _write(page, whole=True)
    await page.click("#propose button >> nth=0")
    await page.click("label[for=f-consent]")
    await page.click("#send button >> nth=0")
    await page.wait_for_url("**/receipt/**")
    await expect(page.locator("main")).to_contain_text("BARR-0")
    if scripts:
        await is_sound(page, "receipt-360")


async def test_the_office_decides_and_publishes_by_clicking(doors: Doors) -> None:
    page = await (await doors.visitor("carla", DESK)).open("/desk")
    page.on("dialog", lambda dialog: dialog.accept())
    await page.goto("/p/town/office/decisions")
    await page.click("text=Publicar las actas de diego")
    await page.click("label[for=f-outcome]")  # the whole line is what one presses
    await page.fill("[name=reason]", "El concejo ya escribe sus actas en computador: publicarlas no cuesta más.")
    await page.click("button[name=then][value=list]")
    await page.wait_for_url("**/office/decisions/decision")
    await page.click("a[href$='/publication']")
    await page.click("main form button")
    await page.wait_for_url("**/p/town/office/answers/decision")  # what comes next: the letters
    await page.goto("/p/town/decisions/decision")
    await expect(page.locator("main")).to_contain_text("De 3 propuestas, 2 siguen")
