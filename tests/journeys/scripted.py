"""A browser with JavaScript on: Chromium on a telephone, with the verbs of the plain browser.

A person reads, writes into fields where they can be seen and belong to a label, presses buttons and answers questions.
What a page complains about in the console is kept until the end.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

from fastapi import FastAPI
from playwright.async_api import Browser as Chromium
from playwright.async_api import BrowserContext, Dialog, FilePayload, Locator, Page, Response

from tests.chromium import HEIGHT, PHONE, Console
from tests.journeys.plain import Attached, Form, Typed, fitting, form_for

LOOK = """async () => {
  await new Promise((done) => setTimeout(done)); // the scripts have done what they do when a page is there
  const summary = document.querySelector(".error-summary");
  return {
    html: document.documentElement.outerHTML,
    words: document.querySelector("main").innerText,
    title: document.title,
    heading: document.querySelector("h1")?.innerText ?? "",
    trouble: document.getElementById("trouble")?.innerText ?? "",
    isFound: !summary || summary === document.activeElement,
    drafts: Object.keys(localStorage),
    twice: [...document.querySelectorAll("[id]")].map((one) => one.id).filter((id, n, all) => all.indexOf(id) < n),
  };
}"""
CONTROLS = """(form) => [...form.elements].filter((one) => one.name && one.labels).map((one) => ({
  name: one.name,
  value: one.value,
  kind: one.type,
  isChecked: Boolean(one.checked),
  isLabelled: one.labels.length > 0,
  isFolded: Boolean(one.closest("details:not([open])")),
}))"""
FILLED = "(form) => [...new FormData(form)].map(([name, value]) => [name, (value.name ?? value).trim()])"
KEPT_SECONDS = 2.0
A_SENTENCE = 12
LEADS_ON = "hx-location"  # once it was done, a form that stays on its page goes where this says


class Browser:
    """One person's telephone; `seen` gathers every page it was shown."""

    def __init__(self, chromium: Chromium, app: FastAPI, base_url: str, seen: list[tuple[str, str]]) -> None:
        self._chromium = chromium
        self._base_url = base_url
        self._cache = app.state.house.cache
        self._console = Console()
        self._context: BrowserContext | None = None
        self._kept: dict[str, float] = {}
        self._asked: list[str] = []
        self._page: Page
        self._shown: dict[str, Any]
        self.seen = seen
        self.at = ""

    async def open(self, path: str, status: int = 200) -> str:
        """Open a page, following where it leads; its HTML."""
        if status >= 400:
            self._console.expected.add(status)
        await self._take_in_hand()
        await self._let_time_pass(path)
        answer = await self._read(status, await self._page.goto(path, wait_until="domcontentloaded"))
        if "public" in answer.headers.get("cache-control", ""):
            self._kept[path] = time.monotonic()
        return await self._look()

    async def send(self, page: str, action: str = "", /, **typed: Typed) -> str:
        """Open a page, fill in its form with this action (its own address by default), and press its button.

        The page one is led to; the program has it, so the device keeps no draft of it.
        """
        filled, answer = await self._send(page, action, typed)
        if LEADS_ON not in answer.headers:
            await self._read(200, answer)
            assert answer.request.redirected_from, f"POST {answer.url} was not done"
        shown = await self._look()
        assert f"minga:draft:{filled.draft}" not in self._shown["drafts"], f"{page} was sent, its draft is still kept"
        return shown

    async def look_and_send(self, page: str, send: str, agreed: dict[str, Typed], /, **typed: Typed) -> str:
        """The same over a page that shows what is about to be sent: it is read, `agreed` is ticked, and it goes."""
        filled, answer = await self._send(page, f"{send}/look", typed)
        await self._read(200, answer)
        last = Filling(self._page, *form_for(await self._look(), page, send, agreed))
        button = await last.fill(agreed)
        async with self._page.expect_event("domcontentloaded"):
            await button.click()
        shown = await self._look()
        assert f"minga:draft:{filled.draft}" not in self._shown["drafts"], f"{page} was sent, its draft is still kept"
        return shown

    async def refused(self, status: int, page: str, action: str = "", /, **typed: Typed) -> str:
        """The same, where it has to be refused; the page that says why, with all that was typed."""
        self._console.expected.add(status)
        filled, answer = await self._send(page, action, typed)
        await self._read(status, answer)
        shown = await self._look()
        if again := fitting(shown, filled.form.action, typed):
            there = await Filling(self._page, *again[0]).words()
            lost = [words for words in filled.given if words not in there]
        else:
            assert status != 422, f"the form to {filled.form.action} did not come back"
            sentences = [words for words in filled.given if len(words[1]) >= A_SENTENCE]
            lost = [words for words in sentences if words[1] not in self._shown["words"]]
        assert lost == [], f"{self.at} lost what was typed: {lost}"
        return shown

    async def close(self) -> None:
        """Put it away, and say what its pages complained about."""
        if self._context:
            await self._context.close()
        assert self._console.complaints == [], self._console.complaints

    async def _take_in_hand(self) -> None:
        if self._context:
            return
        self._context = await self._chromium.new_context(
            viewport={"width": PHONE, "height": HEIGHT}, locale="es-CL", base_url=self._base_url
        )
        self._page = await self._context.new_page()
        self._page.on("dialog", self._agree)
        self._console.listen_to(self._page)

    async def _let_time_pass(self, path: str) -> None:
        """People take longer than the two seconds for which a page is kept, here and by the program."""
        await asyncio.sleep(max(0.0, self._kept.get(path, 0.0) + KEPT_SECONDS - time.monotonic()))
        self._cache.clear()

    async def _agree(self, dialog: Dialog) -> None:
        self._asked.append(dialog.message)
        await dialog.accept()

    async def _read(self, status: int, answer: Response | None) -> Response:
        assert answer, f"nothing answers at {self._page.url}"
        if answer.status != status:
            words = await self._page.inner_text("body")
            raise AssertionError(f"{answer.request.method} {answer.url}: {answer.status}, not {status}\n{words}")
        return answer

    async def _look(self) -> str:
        """Read the page: it says what it is, leads to what has to be corrected, and no script is in trouble."""
        self._shown = await self._page.evaluate(LOOK)
        self.at = self._page.url.removeprefix(self._base_url)
        assert self._shown["title"].strip(), f"{self.at} has no title"
        assert self._shown["heading"].strip(), f"{self.at} has no heading"
        assert self._shown["isFound"], f"what has to be corrected on {self.at} is not in focus"
        assert self._shown["trouble"] == "", f"{self.at}: {self._shown['trouble']}"
        assert self._shown["twice"] == [], f"{self.at} gives the same name to several places"
        shown = str(self._shown["html"])
        self.seen.append((self.at, shown))
        return shown

    async def _send(self, page: str, action: str, typed: dict[str, Typed]) -> tuple[Filling, Response]:
        shown = await self.open(page)
        filling = Filling(self._page, *form_for(shown, page, action, typed))
        button = await filling.fill(typed)
        questions = await filling.questions(button)
        self._asked.clear()
        self._cache.clear()
        if await filling.stays():
            return filling, await self._answered_in_place(button)
        async with self._page.expect_event("domcontentloaded"), self._page.expect_response(_is_a_page) as going:
            await button.click()
        answer = await going.value
        assert self._asked == questions, f"{page} asks {self._asked}, not {questions}"
        return filling, answer

    async def _answered_in_place(self, button: Locator) -> Response:
        """Press the button of a form that stays on its page until the answer takes its place there.

        Meanwhile the page may ask for proposals like it, or keep the draft: those are not the answer.
        """
        goes_to = await button.evaluate("it => it.hasAttribute('formaction') ? it.formAction : it.form.action")

        def is_the_answer(answer: Response) -> bool:
            return answer.request.method == "POST" and answer.url == goes_to

        async with self._page.expect_response(is_the_answer) as going:
            await button.click()
        answer = await going.value
        if where := answer.headers.get(LEADS_ON):
            await self._page.wait_for_url(lambda url: url.endswith(where), wait_until="domcontentloaded")
        else:
            await self._page.wait_for_function("() => !document.querySelector('.htmx-request')")
        return answer


class Filling:
    """One form on the screen while a person fills it in."""

    def __init__(self, page: Page, place: int, form: Form) -> None:
        self.form = form
        self.given: list[list[str]] = []
        self.draft = ""
        self._on = page.locator("form[method=post]").nth(place)

    async def fill(self, typed: dict[str, Typed]) -> Locator:
        """Write and choose all this; the button that is left to press."""
        self.draft = await self._on.get_attribute("data-keep") or ""
        controls: list[dict[str, Any]] = await self._on.evaluate(CONTROLS)
        button = self._on.locator("button:not([type=button])").first
        for name, value in typed.items():
            if isinstance(value, str) and (name, value) in self.form.buttons:
                button = self._on.locator(f'button[name="{name}"][value="{value}"]')
            elif isinstance(value, Attached):
                chosen: FilePayload = {"name": value.name, "mimeType": value.kind, "buffer": value.content}
                await self._on.locator(f'[name="{name}"]').set_input_files(chosen)
            elif name in self.form.names:
                values = [value] if isinstance(value, str) else value
                self.given += [[name, one.strip()] for one in values]
                await self._give([one for one in controls if one["name"] == name], values)
        await _unfold(button)
        return button

    async def questions(self, button: Locator) -> list[str]:
        """What is asked before this is sent; the button's own question goes before the form's."""
        found = [await place.get_attribute("data-confirm") for place in (button, self._on)]
        return [question for question in found if question][:1]

    async def stays(self) -> bool:
        """Whether its answer takes its place on the page, rather than being a page of its own.

        A form that htmx sends at something else than the press of its button (notes, as they change) is no such form.
        """
        on = self._on
        return await on.get_attribute("hx-post") is not None and await on.get_attribute("hx-trigger") is None

    async def words(self) -> list[list[str]]:
        """What would be sent: names and values."""
        found: list[list[str]] = await self._on.evaluate(FILLED)
        return found

    async def _give(self, controls: list[dict[str, Any]], values: list[str]) -> None:
        """Write into a field, or press the whole line of each choice that has to change."""
        for one in controls:
            named, kind, is_wanted = f'[name="{one["name"]}"]', one["kind"], one["value"] in values
            assert one["isLabelled"], f"no label belongs to {named} in the form to {self.form.action}"
            if one["isFolded"]:
                await _unfold(self._on.locator(named).first)
            if kind == "select-one":
                await self._on.locator(named).select_option(values)
            elif kind not in {"checkbox", "radio"}:
                await self._on.locator(named).fill(*values)
            elif is_wanted != one["isChecked"] and (is_wanted or kind == "checkbox"):
                await self._on.locator(f'.option:has({named}[value="{one["value"]}"]) label').click()


def _is_a_page(answer: Response) -> bool:
    return answer.request.is_navigation_request() and not 300 <= answer.status < 400


async def _unfold(what: Locator) -> None:
    """Open what it is folded into."""
    folds = what.locator("xpath=ancestor::details[not(@open)]/summary")
    while await folds.count():
        await folds.first.click()
