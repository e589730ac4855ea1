"""What one has written is there again until it was sent, and then it is not; a file can be asked for twice."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.browser.conftest import Doors, Site

TITLE = "Bancas con sombra en la plaza"
PROBLEM = "Los mayores esperan de pie y al sol."
RESTING = 900  # longer than the script waits before it keeps what was written


async def _says(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        await expect(page.locator(f"[name={name}]")).to_have_value(value)


async def test_a_draft_is_there_again_after_the_page_was_left(doors: Doors) -> None:
    page = await (await doors.visitor()).open("/p/barrio/propose")
    await page.type("[name=title]", TITLE)
    await page.type("[name=problem]", PROBLEM)
    await page.wait_for_timeout(RESTING)
    await page.reload()
    await _says(page, title=TITLE, problem=PROBLEM)


async def test_what_was_sent_does_not_come_back(doors: Doors) -> None:
    page = await (await doors.visitor()).open("/p/barrio/propose")
    written = {
        "title": TITLE,
        "problem": PROBLEM,
        "solution": "Tres bancas con techo junto a la entrada.",
        "name": "Rosa",
        "contact": "rosa@example.org",
    }
    for name, value in written.items():
        await page.fill(f"[name={name}]", value)
    await page.wait_for_timeout(RESTING)
    await page.click("#propose button >> nth=0")
    await page.click("label[for=f-consent]")
    await page.click("#send button >> nth=0")
    await page.wait_for_url("**/receipt/**")
    await page.goto("/p/barrio/propose")
    await _says(page, **dict.fromkeys(written, ""))
    await expect(page.locator(".kept")).to_have_count(0)


async def test_what_was_refused_is_there_again_after_the_page_was_left(doors: Doors) -> None:
    page = await (await doors.visitor()).open("/p/barrio/propose")
    await page.fill("[name=title]", TITLE)
    await page.click("#propose button >> nth=0")
    await expect(page.locator(".error-summary")).to_be_focused()
    await page.fill("[name=problem]", PROBLEM)
    await page.wait_for_timeout(RESTING)
    await page.goto("/p/barrio/propose")
    await _says(page, title=TITLE, problem=PROBLEM)


async def test_a_changed_text_is_there_again_and_can_be_put_back(doors: Doors, site: Site) -> None:
    page = await (await doors.visitor()).open("/follow")
    await page.fill("[name=folio]", site.addresses["folio"])
    await page.fill("[name=code]", site.addresses["code"])
    await page.click("main form button")
    await page.click("a[href$='/edit']")
    before = await page.input_value("[name=title]")
    await page.fill("[name=title]", TITLE)
    await page.wait_for_timeout(RESTING)
    await page.goto(page.url)
    await _says(page, title=TITLE)
    await page.click(".kept button")
    await _says(page, title=before)
    await page.goto(page.url)
    await _says(page, title=before)


async def test_ones_data_can_be_downloaded_twice(doors: Doors) -> None:
    page = await (await doors.visitor("ana")).open("/account")
    for _ in range(2):
        async with page.expect_download() as coming:
            await page.click("form[action='/account/data'] button")
        assert (await coming.value).suggested_filename == "minga-my-data.json"
