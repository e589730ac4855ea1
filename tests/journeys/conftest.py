"""What a journey starts from: a bare installation, its post, and people with browsers of one kind or the other."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from app.settings import Settings
from tests.clock import MovableClock
from tests.journeys import plain, scripted
from tests.journeys.mailboxes import WAYS, Post
from tests.journeys.steps import NewBrowser, Site
from tests.serving import bound, serving

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each journey is walked at every change in one way at least; its other ways wait for the deep run.

    What scripts do is the same over either database. At every change the town is walked by script and a mail server,
    and without one by the other provider over PostgreSQL; a forum and the whole way without a script.
    """
    for item in items:
        if HERE not in item.path.parents:
            continue
        ways = set(re.split(r"[\[\]-]", item.name))
        at_every_change = {"plain", "sqlite"} <= ways
        if item.path.name == "test_town.py":
            at_every_change = {"scripted", "sqlite"} <= ways or {"sendgrid", "postgresql"} <= ways
        if not at_every_change:
            item.add_marker(pytest.mark.deep)


@pytest.fixture
def post(request: pytest.FixtureRequest) -> Iterator[Post]:
    """The mailboxes of everybody; a mail server brings the letters unless the test names another way."""
    with WAYS[getattr(request, "param", "smtp")]() as opened:
        yield opened


@pytest.fixture(params=["plain", pytest.param("scripted", marks=pytest.mark.browser)])
def new_browser(request: pytest.FixtureRequest) -> NewBrowser:
    """Browsers without JavaScript, then those with it."""
    if request.param == "plain":
        return plain.Browser
    return partial(scripted.Browser, request.getfixturevalue("chromium"))


@pytest_asyncio.fixture
async def site(
    settings: Settings, clock: MovableClock, post: Post, new_browser: NewBrowser, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Site]:
    """Nothing is there yet; browsers with JavaScript find it on a port."""
    with bound() as (taken, url):
        settings = settings.model_copy(update={"base_url": url})
        async with Site(settings, clock, post, monkeypatch, new_browser) as made:
            with nullcontext() if new_browser is plain.Browser else serving(made.app, taken):
                yield made
