"""Every page that can be reached by links, in both languages, as a phone and a desk show it, by day and by night."""

from __future__ import annotations

import io
import re
from collections import deque
from collections.abc import Awaitable, Callable
from functools import lru_cache
from html import unescape
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx2
import pytest
from babel.messages.pofile import read_po
from playwright.async_api import Error, Page

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
Opened = Callable[[], Awaitable[Page]]
Whose = tuple[str, str]
PAGES_IN_A_TAB = 15  # one that has shown hundreds keeps a gigabyte and becomes slow
MOST = 400  # nobody has as many: a walk that comes here goes in a circle
LOCALE = Path(__file__).parents[2] / "frontend" / "locale" / "es"
NOT_PAGES = re.compile(r"\.(csv|json|ics|pdf|xlsx|ods|txt|svg|css|zip)(\?|$)|^/(static|api|webhooks)/|/sign-out|#")
ONE_OF_MANY = re.compile(r"[0-9A-F]{8}-[0-9a-f-]+|[A-Z0-9]+-\d{4}|\d+|[A-Za-z0-9_.-]{24,}", re.IGNORECASE)


def kind_of(address: str) -> str:
    """The address without what tells one page of a kind from another, and without what it was asked for."""
    path = urlsplit(address).path
    path = re.sub(r"/p/(town|barrio|taller|villa)", "/p/town", path)
    path = re.sub(r"(/office/answers)/[^/]+/(.+)", r"\1/*/\2", path)  # one for each stage,
    path = re.sub(r"/texts/[a-z_]+/[a-z]+$", "/texts/*", path)  # and of these one for each outcome and language
    return ONE_OF_MANY.sub("*", path)


def language_of(address: str) -> str:
    return "en" if re.match("/en(/|$)", address) else "es"


async def links_on(page: Page) -> list[str]:
    found: list[str] = await page.eval_on_selector_all(
        "a[href]", "links => links.map(link => link.getAttribute('href'))"
    )
    return [href for href in found if href.startswith("/") and not NOT_PAGES.search(href)]


async def page_at(page: Page, address: str, dead: list[str]) -> str:
    """What stands at this address if it is a page, and not a file; a link that leads nowhere is noted."""
    answer = await page.request.get(address)
    if answer.status != 200:
        dead.append(f"{urlsplit(address).path}: {answer.status}")
    is_page = answer.status == 200 and "text/html" in answer.headers.get("content-type", "")
    return await answer.text() if is_page else ""


def links_in(text: str) -> list[str]:
    """The links of a page as it was sent."""
    hrefs = [unescape(href) for href in re.findall(r'<a[^>]*\shref="([^"]+)"', text)]
    return [href for href in hrefs if href.startswith("/") and not NOT_PAGES.search(href)]


async def walk(opened: Opened, site: str, whose: Whose, first: list[str], seen: set[str]) -> int:
    """Look at one page of each kind that links lead to, by day and night, on a phone and a desk; gives how many.

    Of the kinds that were `seen` in another walk only the links are followed; and only pages of the language, if any.
    """
    who, language = whose
    waiting, dead, looked, known = deque(first), list[str](), 0, set[str]()
    page = await opened()
    while waiting:
        assert looked < MOST, f"{len(waiting)} links were left: {sorted({kind_of(one) for one in waiting})[:20]}"
        address = waiting.popleft()
        if kind_of(address) in known or (language and language != language_of(address)):
            continue
        known.add(kind_of(address))
        text = await page_at(page, site + address, dead)
        if text and kind_of(address) in seen:
            waiting.extend(links_in(text))
        elif text:
            looked += 1
            page = page if looked % PAGES_IN_A_TAB else await _anew(page, opened)
            for scheme in SCHEMES:
                await page.emulate_media(color_scheme=scheme)
                await page.goto(site + address)  # loaded anew: colours that are still changing are no contrast
                for width in (PHONE, DESK):
                    await page.set_viewport_size({"width": width, "height": 740})
                    await is_sound(page, f"{who or 'anybody'}{kind_of(address).replace('/', '_')}-{width}-{scheme}")
            await refused_is_sound(page, site + address, f"{who or 'anybody'}{kind_of(address).replace('/', '_')}")
            await speaks(page, language_of(address))
            waiting.extend(await links_on(page))
    print(f"\n{who or 'anybody'} {language}: {looked} pages")
    assert dead == []
    return looked


async def _anew(page: Page, opened: Opened) -> Page:
    await page.close()
    return await opened()


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
    status = (await going.value).status
    assert status in {200, 204, 303, 422}, f"a form that is offered is refused with {status}"
    if status == 422:
        await page.wait_for_selector(".error-summary")
        await is_sound(page, f"{name}-errors")
    await page.wait_for_load_state("networkidle")  # what was taken leads elsewhere first
    try:
        await page.goto(address)
    except Error as error:
        if "interrupted by another navigation" not in str(error):
            raise
        await page.wait_for_load_state("networkidle")  # it began to lead elsewhere only now
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


WITHOUT_ENGLISH = """() => {
  const body = document.body.cloneNode(true);
  body.querySelectorAll("[lang=en], script").forEach((one) => one.remove());
  return body.textContent;
}"""
"""What is marked as English is meant to be: the words of letters to people who read it, for one."""


async def speaks(page: Page, language: str) -> None:
    """The page says in which language it is, and a Spanish one says nothing of the program's own in English."""
    assert await page.get_attribute("html", "lang") == language
    if language == "es":
        seen = await page.evaluate(WITHOUT_ENGLISH)
        assert [words for words in in_english() if words in seen] == []


KNOWN_TO_ALL: dict[str, set[str]] = {}


async def kinds_for_all(url: str, first: list[str]) -> set[str]:
    """The kinds of pages anybody comes to: whoever is signed in sees them with another header, and skips them here.

    What the public sees of them is looked at in its own walk, which may be done beside this one.
    """
    if url not in KNOWN_TO_ALL:
        KNOWN_TO_ALL[url] = await _kinds_from(url, first)
    return KNOWN_TO_ALL[url]


async def _kinds_from(url: str, first: list[str]) -> set[str]:
    known, waiting = set[str](), deque(first)
    async with httpx2.AsyncClient(base_url=url, headers={"sec-fetch-site": "same-origin"}, timeout=30) as anybody:
        while waiting:
            address = waiting.popleft()
            if kind_of(address) in known:
                continue
            known.add(kind_of(address))
            answer = await anybody.get(address, follow_redirects=True)
            if "text/html" in answer.headers.get("content-type", ""):
                waiting.extend(links_in(answer.text))
    return known


def walks(first: dict[str, list[str]]) -> list[Any]:
    """Who walks: the office, which comes to the most pages, once in each language."""
    found = [(who, language) for who in first for language in (("es", "en") if who == "carla" else ("",))]
    return [pytest.param(one, id="-".join(filter(None, one)) or "anybody") for one in found]


@pytest.mark.parametrize("whose", walks(FIRST))
async def test_every_page_is_sound(doors: Doors, site: Site, whose: Whose) -> None:
    who, _ = whose
    visitor = await doors.visitor(who)
    first = FIRST[who]
    seen = await kinds_for_all(site.url, FIRST[""]) - {kind_of(one) for one in first} if who else set()
    assert await walk(visitor.page, site.url, whose, first, seen) > 3
