"""A citizen with a telephone: from the front page to the receipt by touch, and what happens when something breaks."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import func, select

from app.accounts import sessions
from app.process import actions as process_actions
from app.process import queries as processes
from app.process.models import Process
from app.proposals.models import Proposal
from app.settings import Settings
from app.work import Work
from tests import databases
from tests.browser.conftest import Doors, Site
from tests.chromium import HEIGHT, PHONE, Console
from tests.clock import MovableClock
from tests.conftest import SECRET
from tests.serving import free_port, start_apart
from tests.world import World

MOST_TAPS = 11
TYPED = {
    "title": "Bancas con sombra en la plaza",
    "problem": "Los mayores esperan de pie y al sol.",
    "solution": "Tres bancas con techo junto a la entrada.",
    "name": "Rosa Díaz",
    "contact": "rosa@example.org",
}
A_BREATH = 400
READ_AGAIN = 2100  # the form trusts for two seconds what it has read of the process
RESTING = 900  # longer than the script waits before it keeps what was written
REVIEW, AGREE, SEND = "#propose button >> nth=0", "label[for=f-consent]", "#send button >> nth=0"


@dataclass
class Hand:
    """A thumb on a telephone: it taps, and counts; typing is not counted."""

    page: Page
    taps: int = field(default=0)

    async def tap(self, what: str) -> None:
        self.taps += 1
        await self.page.locator(what).first.tap()

    async def write(self, name: str, words: str) -> None:
        await self.tap(f"[name={name}]")
        await self.page.wait_for_timeout(A_BREATH)  # sooner than any thumb Chromium takes two taps for one gesture
        await self.page.keyboard.type(words)


async def a_telephone(chromium: Browser, url: str, console: Console | None = None) -> Page:
    context = await chromium.new_context(
        viewport={"width": PHONE, "height": HEIGHT}, is_mobile=True, has_touch=True, locale="es-CL", base_url=url
    )
    page = await context.new_page()
    (console or Console()).listen_to(page)
    return page


async def says(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        await expect(page.locator(f"#propose [name={name}]")).to_have_value(value)


async def filled(page: Page) -> None:
    for name, words in TYPED.items():
        await page.fill(f"#propose [name={name}]", words)
    await page.wait_for_timeout(RESTING)


async def test_from_the_front_page_to_the_receipt_in_a_few_taps(chromium: Browser, site: Site) -> None:
    console = Console()
    page = await a_telephone(chromium, site.url, console)
    hand = Hand(page)
    await page.goto("/")
    await hand.tap("a[href='/p/barrio/propose']")
    for name, words in TYPED.items():
        await hand.write(name, words)
    await hand.tap(REVIEW)
    await expect(page.locator("h1")).to_be_focused()
    await expect(page.locator("#proposing")).to_contain_text(TYPED["solution"])
    await hand.tap(AGREE)
    await hand.tap(SEND)
    await page.wait_for_url("**/receipt/**")
    await expect(page.locator("main")).to_contain_text("BARR-0")
    assert hand.taps <= MOST_TAPS
    await page.context.close()
    assert console.complaints == []


async def test_going_back_from_the_last_look_finds_the_form_as_it_was(doors: Doors) -> None:
    page = await (await doors.visitor()).open("/p/barrio/propose")
    await filled(page)
    await page.click(REVIEW)
    await page.wait_for_url("**/propose/look")
    await page.click("#send button >> nth=1")
    await says(page, **TYPED)
    await page.click(REVIEW)
    await page.wait_for_url("**/propose/look")
    await page.go_back()
    await page.wait_for_url("**/propose")
    await says(page, title=TYPED["title"], problem=TYPED["problem"], solution=TYPED["solution"])


async def test_a_closed_window_loses_nothing(doors: Doors) -> None:
    visitor = await doors.visitor()
    page = await visitor.open("/p/barrio/propose")
    await filled(page)
    await page.close()
    again = await visitor.open("/p/barrio/propose")
    await says(again, title=TYPED["title"], problem=TYPED["problem"], solution=TYPED["solution"])


async def test_a_session_that_ended_meanwhile_loses_nothing(doors: Doors, site: Site) -> None:
    page = await (await doors.visitor("bruno")).open("/p/barrio/propose")
    await filled(page)
    with site.world.database.writing() as session:
        sessions.end_all(session, site.world.people["bruno"].id, site.world.now)
    await page.click(REVIEW)
    await page.click(AGREE)
    await page.click(SEND)
    await page.wait_for_url("**/receipt/**")
    await expect(page.locator("main")).to_contain_text(TYPED["solution"])


async def test_a_refusal_in_place_of_the_form_is_in_focus_and_holds_what_was_typed(doors: Doors, site: Site) -> None:
    visitor = await doors.visitor()
    visitor.console.expected.add(409)
    page = await visitor.open("/p/barrio/propose")
    await filled(page)
    _at_the_office(site, process_actions.pause)
    try:
        await page.wait_for_timeout(READ_AGAIN)
        await page.click(REVIEW)
        await expect(page.locator("#main")).to_be_focused()
        await expect(page.locator("#main")).to_contain_text(TYPED["problem"])
        await expect(page.locator("#main")).to_have_count(1)
    finally:
        _at_the_office(site, process_actions.resume)


def _at_the_office(site: Site, act: Callable[[Work, Process, str], None]) -> None:
    with site.world.work("carla") as work:
        act(work, processes.by_slug(work.session, "barrio"), "Se revisa la convocatoria.")


@pytest.fixture
def town(tmp_path: Path) -> Iterator[World]:
    """A town whose program runs in a process of its own, and may be killed."""
    from app.kit import clock as real

    with databases.sqlite_copy() as database:
        settings = Settings(database_url=database, var=tmp_path, secret_key=SECRET, mail="memory")
        world = World(settings, MovableClock(real.now()))
        world.open_process()
        yield world
        world.close()


async def test_a_killed_server_loses_nothing_and_what_was_sent_arrives_once(
    chromium: Browser, town: World, tmp_path: Path
) -> None:
    port = free_port()
    lives: list[subprocess.Popen[bytes]] = [start_apart(town.settings.database_url, tmp_path, port)]
    page = await a_telephone(chromium, f"http://127.0.0.1:{port}", Console(0))
    try:
        await page.goto("/p/town/propose")
        await filled(page)
        for button, arrived in ((REVIEW, "#send"), (SEND, "text=TOWN-0001")):
            if button == SEND:
                await page.click(AGREE)
            _kill(lives[-1])
            await page.click(button)
            await expect(page.locator("[data-patience]")).to_contain_text("No hay conexión")
            lives.append(start_apart(town.settings.database_url, tmp_path, port))
            await page.wait_for_selector(arrived, timeout=20_000)
    finally:
        _kill(lives[-1])
        await page.context.close()
    with town.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Proposal)) == 1


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait(20)


async def test_a_title_without_spaces_makes_no_page_wider_than_the_telephone(doors: Doors, site: Site) -> None:
    wide = site.addresses["wide"]
    public = ["/p/taller/proposals", wide, f"{wide}/related", f"{wide}/follow", f"/p/taller/report?about={wide[-9:]}"]
    office = ["/p/taller/office/proposals", "/p/taller/office/decisions/decision"]
    for who, paths in (("", public), ("carla", office)):
        page = await (await doors.visitor(who)).page()
        for path in paths:
            await page.goto(path)
            assert "a" * 20 in await page.inner_text("main"), path
            assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE, path
