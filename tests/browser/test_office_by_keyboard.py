"""A day of the office without a mouse: proposals are examined, decided on, published, answered and approved."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.browser.conftest import Doors, Site
from tests.browser.keys import Keys
from tests.chromium import DESK

HERE = "/p/taller/office"
NEXT = "/office/proposals"
ASKED = "Falta decir en qué calle sería."
REFUSED = "Pedir una sala prestada se hace en la ventanilla; le indicamos el teléfono."
REASON = "La casa de la cultura tiene la sala libre los martes y ya paga a quien enseña."


async def test_the_office_examines_decides_and_answers_by_keyboard_alone(doors: Doors, site: Site) -> None:
    carla = await (await doors.visitor("carla", DESK)).open("/desk")
    carla.on("dialog", lambda dialog: dialog.accept())
    await _examine(carla)
    await _decide(carla)
    await _draft(carla)
    hugo = await (await doors.visitor("hugo", DESK)).open(f"{HERE}/answers/decision")
    hugo.on("dialog", lambda dialog: dialog.accept())
    await _approve(hugo)


async def _examine(page: Page) -> None:
    """One is admitted, one sent back, one refused: forms that stand folded are opened with Enter."""
    keys = Keys(page)
    await keys.go(f"main a[href^='{HERE}/proposals']", f"{HERE}/proposals*")
    await keys.go("main a[href$='TALL-0001']", "TALL-0001")
    await keys.go("form[action$='/admission'] button", NEXT)
    await keys.go("main a[href$='TALL-0002']", "TALL-0002")
    await keys.open("return_reason")
    await keys.write("return_reason", ASKED)
    await keys.go("main form:has([name=return_reason]) button", NEXT)
    await keys.go("main a[href$='TALL-0003']", "TALL-0003")
    await keys.open("refuse_reason")
    await keys.press("main [name=reason_codes]", "Space")
    await keys.write("refuse_reason", REFUSED)
    await keys.go("main form:has([name=refuse_reason]) button", NEXT)


async def _decide(page: Page) -> None:
    """A decision without a reason leads back to the field that lacks it; then it is taken and published."""
    await page.goto(f"{HERE}/decisions/decision")
    keys = Keys(page)
    await keys.go("main a[href$='TALL-0001']", "TALL-0001")
    await keys.press("main [name=outcome]", "Space")
    await keys.press("main button[name=then][value=list]")
    await expect(page.locator(".error-summary")).to_be_focused()
    await keys.press(".error-summary a")
    await expect(page.locator("[name=reason]")).to_be_focused()
    await page.keyboard.type(REASON)
    await keys.go("main button[name=then][value=list]", "/office/decisions/decision")
    await keys.go("main a[href$='/publication']", "/publication")
    await keys.go("main form button", "/office/answers/decision")


async def _draft(page: Page) -> None:
    await Keys(page).press("main form[action$='/drafts'] button")
    await expect(page.locator("main a[href*='/letters/']")).to_have_count(1)


async def _approve(page: Page) -> None:
    """Hugo reads the letter that Carla had drafted and approves it where he read it."""
    keys = Keys(page)
    await keys.go("main a[href*='/letters/']", "/letters/*")
    await expect(page.locator("main")).to_contain_text(REASON)
    await keys.go("main form[action$='/approval'] button", "/office/answers/decision*")
    await expect(page.locator("main a[href*='/letters/']")).to_have_count(0)
