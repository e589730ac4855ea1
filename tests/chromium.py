"""One Chromium for all tests of a worker that need one, and an ear for what its pages complain about."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE, DESK, HEIGHT = 360, 1280, 740
SECONDS = 10


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    where = os.environ.get("MINGA_CHROMIUM", "/usr/bin/chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=where, args=ARGUMENTS)
        yield browser
        await browser.close()


class Console:
    """Keeps what the pages of one person complain about, but for refusals that the test itself asks for."""

    def __init__(self, *expected: int) -> None:
        self.expected = set(expected)
        self.complaints: list[str] = []

    def listen_to(self, page: Page) -> None:
        page.set_default_timeout(SECONDS * 1000)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        is_expected = any(f"status of {status} " in message.text for status in self.expected)
        if message.type in {"error", "warning"} and not is_expected:
            self.complaints.append(f"{message.text} ({message.location.get('url')})")
