"""Every page that can be reached by links, in both languages, as a phone and a desk show it, by day and by night."""

from __future__ import annotations

import io
import re
from collections import deque
from functools import lru_cache
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from babel.messages.pofile import read_po
from playwright.async_api import Page

from tests.browser.conftest import Doors, Site
from tests.browser.test_pages import is_sound
from tests.chromium import DESK, PHONE

pytestmark = pytest.mark.deep

FIRST = {
    "": [
        "/",
        "/en/",
        "/p/town",
        "/p/barrio",
        "/p/plan",
        "/p/consejo/forum",
        "/en/p/town",
        "/en/p/plan",
        "/en/p/consejo/forum",
        "/follow",
        "/en/follow",
    ],
    "ana": ["/account", "/en/account"],
    "carla": [
        "/desk",
        "/en/desk",
        "/p/consejo/office/forum",
        "/en/p/consejo/office/forum",
        "/p/town",
        "/p/barrio",
        "/p/plan",
        "/en/p/town",
        "/en/p/plan",
    ],
    "nadia": ["/account", "/p/plan", "/en/p/plan", "/p/plan/forum"],
    "marta": [
        "/p/consejo/forum",
        "/en/p/consejo/forum",
        "/p/consejo/office/forum/sessions/2",
        "/en/p/consejo/office/forum/sessions/2",
    ],
    "diego": [
        "/p/consejo/reasons/filtro",
        "/en/p/consejo/reasons/filtro",
        "/p/consejo/sheets",
        "/p/plan/sheets",
        "/account",
    ],
    "gloria": ["/p/plan/score", "/en/p/plan/score", "/account"],
    "admin": ["/desk", "/en/desk", "/p/plan"],
}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
MOST = 400  # nobody has as many: a walk that comes here goes in a circle
LOCALE = Path(__file__).parents[2] / "frontend" / "locale" / "es"
NOT_PAGES = re.compile(r"\.(csv|json|ics|pdf|xlsx|ods|txt|svg|css|zip)(\?|$)|^/(static|api|webhooks)/|/sign-out|#")
ONE_OF_MANY = re.compile(r"[0-9A-F]{8}-[0-9a-f-]+|[A-Z0-9]+-\d{4}|\d+|[A-Za-z0-9_.-]{24,}", re.IGNORECASE)
_seen_by_all: set[str] = set()


def kind_of(address: str) -> str:
    """The address without what tells one page of a kind from another, and without what it was asked for."""
    path = urlsplit(address).path
    path = re.sub(r"/p/(town|barrio|taller|villa)", "/p/town", path)
    return ONE_OF_MANY.sub("*", path)


async def links_on(page: Page) -> list[str]:
    found: list[str] = await page.eval_on_selector_all(
        "a[href]", "links => links.map(link => link.getAttribute('href'))"
    )
    return [href for href in found if href.startswith("/") and not NOT_PAGES.search(href)]


async def is_page(page: Page, address: str, dead: list[str]) -> bool:
    """Whether there is a page at this address, and not a file; a link that leads nowhere is noted."""
    answer = await page.request.get(address)
    if answer.status != 200:
        dead.append(f"{urlsplit(address).path}: {answer.status}")
    return answer.status == 200 and "text/html" in answer.headers.get("content-type", "")


async def walk(  # noqa: PLR0917 # waiver: what is walked, in whose eyes, from where, and how far
    page: Page, site: str, who: str, first: list[str], known: set[str], most: int = MOST
) -> int:
    """Look at one page of each kind that links lead to, by day and night, on a phone and a desk; gives how many."""
    waiting, dead, looked = deque(first), list[str](), 0
    while waiting:
        assert looked < most, f"{len(waiting)} links were left: {sorted({kind_of(one) for one in waiting})[:20]}"
        address = waiting.popleft()
        if kind_of(address) in known:
            continue
        known.add(kind_of(address))
        if await is_page(page, site + address, dead):
            looked += 1
            for scheme in SCHEMES:
                await page.emulate_media(color_scheme=scheme)
                await page.goto(site + address)  # loaded anew: colours that are still changing are no contrast
                for width in (PHONE, DESK):
                    await page.set_viewport_size({"width": width, "height": 740})
                    await is_sound(page, f"{who or 'anybody'}{kind_of(address).replace('/', '_')}-{width}-{scheme}")
            await refused_is_sound(page, site + address, f"{who or 'anybody'}{kind_of(address).replace('/', '_')}")
            await speaks(page, "en" if address.startswith("/en/") else "es")
        waiting.extend(await links_on(page))
    print(f"\n{who or 'anybody'}: {looked} pages")
    assert dead == []
    return looked


EMPTIED = """() => {
  const form = [...document.querySelectorAll("main form[method=post]")].find(
    (one) => !one.dataset.confirm && !one.querySelector("[data-confirm]") && one.querySelector("[aria-required=true]"));
  const written = [...(form?.querySelectorAll("input, textarea") ?? [])].filter((field) =>
    ["text", "email", "url", "date", "datetime-local", "textarea"].includes(field.type));
  written.forEach((field) => (field.value = ""));
  form?.toggleAttribute("data-emptied", written.some((field) => field.ariaRequired === "true"));
  return form?.hasAttribute("data-emptied") ?? false;
}"""
SENT = "() => document.querySelector('[data-emptied]').requestSubmit()"


async def refused_is_sound(page: Page, address: str, name: str) -> None:
    """What stands there when the first form is sent with nothing in it: with its errors the page is as sound."""
    await page.emulate_media(color_scheme="light")
    await page.set_viewport_size({"width": PHONE, "height": 740})
    if not await page.evaluate(EMPTIED):
        return
    async with page.expect_response(lambda answer: answer.request.method == "POST") as going:
        await page.evaluate(SENT)
    if (await going.value).status == 422:
        await page.wait_for_selector(".error-summary")
        await is_sound(page, f"{name}-errors")
    await page.wait_for_load_state("networkidle")  # what was taken leads elsewhere first
    await page.goto(address)


@lru_cache(maxsize=1)
def in_english() -> tuple[str, ...]:
    """Sentences of the program that say something else in Spanish, without those that are filled in."""
    found = []
    for file in sorted(LOCALE.glob("*.po")):
        for message in read_po(io.BytesIO(file.read_bytes())):
            words = message.id if isinstance(message.id, str) else ""
            if words.count(" ") >= 3 and not re.search(r"[{%<]", words) and message.string != words:
                found.append(words)
    return tuple(found)


async def speaks(page: Page, language: str) -> None:
    """The page says in which language it is, and a Spanish one says nothing of the program's own in English."""
    assert await page.get_attribute("html", "lang") == language
    if language == "es":
        seen = await page.inner_text("body")
        assert [words for words in in_english() if words in seen] == []


@pytest.mark.parametrize("who", FIRST)
async def test_every_page_is_sound(doors: Doors, site: Site, who: str) -> None:
    visitor = await doors.visitor(who)
    known = set(_seen_by_all)
    assert await walk(await visitor.page(), site.url, who, FIRST[who], known) > 3
    if not who:
        _seen_by_all.update(known)
