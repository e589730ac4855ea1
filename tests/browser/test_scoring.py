"""A member of the forum at work: twenty proposals by keys alone, a server that dies meanwhile, and two windows."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Route, expect
from sqlalchemy import select

from app.accounts import sessions
from app.forum.models import Criterion, Round, ScaleLevel, Score, ScoreSheet
from app.forum.rules.scoring import SheetState
from app.kit import clock as real
from app.people.actor import Actor
from app.proposals.models import Proposal
from app.settings import Settings
from tests import databases
from tests.browser.conftest import Doors, Site
from tests.browser.keys import Keys
from tests.chromium import DESK, HEIGHT, Console
from tests.clock import MovableClock
from tests.conftest import SECRET
from tests.forum.building import GOOD, ForumBuilder
from tests.serving import bound, free_port, serving, start_apart
from tests.world import World

MANY = 20
FIRST = "[data-criterion=scope] input[type=radio] >> nth=0"
NOTE, ALERT = "[data-kept-note]", "#sheet [data-patience]"
WHY = "Nadie tiene hoy esa tarea."
SOON = 30_000


@pytest.fixture(scope="module")
def forum() -> Iterator[ForumBuilder]:
    """A forum with twenty proposals before it, in a world of its own, and served."""
    with databases.sqlite_copy() as database, bound() as (taken, url):
        settings = Settings(database_url=database, secret_key=SECRET, mail="memory", base_url=url)
        world = World(settings, MovableClock(real.now()))
        made = world.forum(world.open_process("plan", template="ogp_action_plan"))
        for number in range(MANY):
            world.admitted(made.process, "ana", f"Publicar las actas del barrio {number}")
        made.round()
        with serving(world.app, taken):
            yield made
        world.close()


async def member(chromium: Browser, world: World, who: str, url: str = "") -> BrowserContext:
    with world.work(Actor.system()) as work:
        secret = sessions.open_for(work.session, world.people[who], "test", "test", world.now)
    address = url or world.settings.base_url
    context = await chromium.new_context(viewport={"width": DESK, "height": HEIGHT}, locale="es-CL", base_url=address)
    await context.add_cookies([{"name": "minga_session", "value": secret, "url": address}])
    return context


def sheets(world: World, who: str, state: SheetState) -> dict[str, str]:
    """What somebody's sheets in this state say: by criterion and level how many, with the reasons."""
    with world.database.reading() as session:
        rows = session.execute(
            select(Criterion.key, ScaleLevel.value, Score.reason)
            .join(Score, Score.criterion_id == Criterion.id)
            .join(ScaleLevel, ScaleLevel.id == Score.level_id)
            .join(ScoreSheet, ScoreSheet.id == Score.sheet_id)
            .join(Round, Round.id == ScoreSheet.round_id)
            .where(ScoreSheet.person_id == world.people[who].id, ScoreSheet.state == state)
            .where(Round.closed_at.is_(None))
        ).all()
    said: dict[str, list[str]] = {}
    for key, value, reason in rows:
        said.setdefault(f"{key} {int(value)}", []).append(reason)
    return {key: f"{len(reasons)} {'|'.join(sorted(set(reasons)))}".strip() for key, reasons in said.items()}


async def fill(page: Page, keys: str) -> None:
    await page.focus(FIRST)
    for key in keys:
        await page.keyboard.press(key)


async def test_twenty_proposals_are_scored_by_keyboard_alone(chromium: Browser, forum: ForumBuilder) -> None:
    context = await member(chromium, forum.world, "nadia")
    page, console = await context.new_page(), Console()
    console.listen_to(page)
    await page.goto("/p/plan/score")
    await Keys(page).press("main a.button")
    for number in range(MANY):
        await expect(page.locator("main")).to_contain_text(f"{number} de {MANY}")
        await expect(page.locator("h1")).to_be_focused()
        await page.keyboard.press("Tab")
        await expect(page.locator(FIRST)).to_be_focused()
        await page.keyboard.type("12")
        if number % 10 == 9:  # a level that asks for its reason opens the field, and a number is a number there
            await page.keyboard.type(f"0{WHY} 2")
            await page.keyboard.press("Tab")
        else:
            await page.keyboard.press("2")
        await expect(page.locator("#sheet button").first).to_be_focused()
        await page.keyboard.press("Enter")
        await page.wait_for_function("n => document.querySelector('progress').value === n", arg=number + 1)
    assert page.url == f"{forum.world.settings.base_url}/p/plan/score"
    assert sheets(forum.world, "nadia", SheetState.SUBMITTED) == {
        "scope 1": str(MANY),
        "value 2": str(MANY),
        "doable 2": str(MANY - 2),
        "doable 0": f"2 {WHY} 2",
    }
    assert await page.evaluate("localStorage.length") == 0
    assert console.complaints == []
    await context.close()


async def test_a_killed_server_loses_nothing_that_was_on_the_screen(
    chromium: Browser, forum: ForumBuilder, tmp_path: Path
) -> None:
    world, port = forum.world, free_port()
    lives = [start_apart(world.settings.database_url, tmp_path, port)]
    context = await member(chromium, world, "diego", f"http://127.0.0.1:{port}")
    page = await context.new_page()
    try:
        await page.goto("/p/plan/score/PLAN-0001")
        _kill(lives[-1])
        await fill(page, "12")
        await expect(page.locator(ALERT)).to_contain_text("No hay conexión", timeout=SOON)
        await page.keyboard.type(f"0{WHY}")
        await page.click("#sheet button[value=submit]")
        lives.append(start_apart(world.settings.database_url, tmp_path, port))
        await page.wait_for_url(lambda url: not url.endswith("PLAN-0001"), timeout=SOON)
    finally:
        _kill(lives[-1])
        await context.close()
    assert sheets(world, "diego", SheetState.SUBMITTED) == {"scope 1": "1", "value 2": "1", "doable 0": f"1 {WHY}"}


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait(20)


async def test_a_lost_line_and_a_closed_window_lose_nothing(chromium: Browser, forum: ForumBuilder) -> None:
    context = await member(chromium, forum.world, "marta")
    page = await context.new_page()
    await page.goto("/p/plan/score/PLAN-0001")
    await page.route("**/score-sheet", _answered_to_nobody, times=1)
    await fill(page, "12")
    await expect(page.locator(NOTE)).to_contain_text("como borrador", timeout=SOON)  # asked again, done once
    assert sheets(forum.world, "marta", SheetState.DRAFT) == {"scope 1": "1", "value 2": "1"}
    assert await page.evaluate("localStorage.length") == 0  # the server has it
    await context.set_offline(True)
    await page.keyboard.type(f"0{WHY}")
    await expect(page.locator(NOTE)).to_contain_text("en este aparato")
    await page.close()
    await context.set_offline(False)
    page = await context.new_page()
    await page.goto("/p/plan/score/PLAN-0001")
    await expect(page.locator("#sheet .kept")).to_contain_text("Recuperamos")
    await expect(page.locator("[name=reason-doable]")).to_have_value(WHY)
    await expect(page.locator(NOTE)).to_contain_text("como borrador", timeout=SOON)
    assert sheets(forum.world, "marta", SheetState.DRAFT) == {"scope 1": "1", "value 2": "1", "doable 0": f"1 {WHY}"}
    await context.close()


async def test_what_a_device_kept_of_an_earlier_sheet_is_offered_and_not_put_in(
    chromium: Browser, forum: ForumBuilder
) -> None:
    context = await member(chromium, forum.world, "elena")
    page = await context.new_page()
    await page.goto("/p/plan/score/PLAN-0001")
    await context.set_offline(True)
    await fill(page, "120")
    await expect(page.locator(NOTE)).to_contain_text("en este aparato")
    await page.close()
    with forum.world.database.reading() as session:
        proposal = session.scalars(select(Proposal).where(Proposal.folio == "PLAN-0001")).one()
    forum.score("elena", proposal)  # on another computer
    await context.set_offline(False)
    page = await context.new_page()
    await page.goto("/p/plan/score/PLAN-0001")
    kept = page.locator("#sheet .kept")
    await expect(kept).to_contain_text("hay otra versión")
    chosen = page.locator("#sheet input:checked")
    assert [await one.input_value() for one in await chosen.all()] == list(GOOD.values())
    await kept.get_by_text("Ponerla aquí").click()
    assert [await one.input_value() for one in await chosen.all()] == ["1", "2", "0"]
    await kept.get_by_text("Descartarla").click()
    assert [await one.input_value() for one in await chosen.all()] == list(GOOD.values())
    assert await page.evaluate("localStorage.length") == 0
    await context.close()


async def _answered_to_nobody(route: Route) -> None:
    await route.fetch()
    await route.abort()


async def test_two_windows_of_one_member_never_overwrite_each_other_unseen(doors: Doors, site: Site) -> None:
    visitor = await doors.visitor("pablo", DESK)
    visitor.console.expected.add(409)
    one, other = [await visitor.open(site.addresses["sheet"]) for _ in range(2)]
    await fill(one, "11")
    await expect(one.locator(NOTE)).to_contain_text("como borrador")
    await fill(other, "12")
    await expect(other.locator(ALERT)).to_contain_text("Nada de eso se borró")
    assert sheets(site.world, "pablo", SheetState.DRAFT) == {"scope 1": "1", "value 1": "1"}
    await other.click("[data-compare]")
    await expect(other.locator(".error-summary")).to_be_focused()
    await expect(other.locator(".saved-now")).to_have_text(["Guardado ahora: En parte"])
    await fill(other, "122")
    await expect(other.locator(NOTE)).to_contain_text("en este aparato")
    await other.click("#sheet button[value=submit]")
    await other.wait_for_url("**/score/PLAN-0002")
    assert sheets(site.world, "pablo", SheetState.SUBMITTED) == {"scope 1": "1", "value 2": "1", "doable 2": "1"}
    await fill(one, "110")
    await one.click("#sheet button[value=submit]")
    await expect(one.locator("#scoring")).to_contain_text("Usted guardó esta pauta en otra ventana")
    assert sheets(site.world, "pablo", SheetState.SUBMITTED) == {"scope 1": "1", "value 2": "1", "doable 2": "1"}
    await one.click("[data-thrown-away]")
    await expect(one.locator("#sheet input[name=level-doable][value='2']")).to_be_checked()
    assert await one.evaluate("localStorage.length") == 0
