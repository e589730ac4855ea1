"""Every page of the demo, as a phone and a desk show it: the fifth plan from end to end, and a rehearsal with every
stage open. Here stand the pages of meetings, themes, votes, technical tables, commitments and progress.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, Page

from app.accounts import sessions
from app.demo import cast
from app.kit import clock
from app.kit.db import Database
from app.people.actor import Actor
from app.settings import Settings
from app.work import transaction
from tests import databases
from tests.browser.test_every_page import Whose, kind_of, kinds_for_all, walk, walks
from tests.chromium import HEIGHT, PHONE, Console
from tests.conftest import SECRET
from tests.demo_served import demo_served
from tests.serving import bound

pytestmark = pytest.mark.deep

PLAN, REHEARSAL = "/p/quinto-plan", "/p/sexto-plan-ensayo"
FIRST = {
    "": [PLAN, f"/en{PLAN}", REHEARSAL, f"/en{REHEARSAL}", f"{REHEARSAL}/tables/1", f"{PLAN}/figures"],
    "carla": [
        *(REHEARSAL, "/desk", f"{REHEARSAL}/office/commitments", f"{REHEARSAL}/office/tables/1"),
        *(f"/en{REHEARSAL}", "/en/desk", f"/en{REHEARSAL}/office/commitments", f"/en{REHEARSAL}/office/tables/1"),
    ],
    "gloria": [REHEARSAL, f"{REHEARSAL}/office/tables", f"/en{REHEARSAL}/office/tables/1"],
    "felix": [REHEARSAL, f"{REHEARSAL}/commitments/1", "/account"],
    "diego": [REHEARSAL, f"{REHEARSAL}/forum"],
}


@dataclass(frozen=True)
class Demo:
    """The demo, served."""

    database: Database
    url: str

    def secret(self, who: str) -> str:
        """A session of somebody of the demo."""
        now = clock.now()
        with transaction(self.database, Actor.system(), now) as work:
            person = cast.find(work.session, who)
            assert person is not None
            return sessions.open_for(work.session, person, "test", "test", now)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with databases.sqlite_copy() as database_url, bound() as (taken, url):
        folder = tmp_path_factory.mktemp("var")
        settings = Settings(database_url=database_url, var=folder, secret_key=SECRET, mail="memory", base_url=url)
        with demo_served(settings, taken) as served:
            yield Demo(served, url)


@pytest.mark.parametrize("whose", walks(FIRST))
async def test_every_page_of_the_demo_is_sound(chromium: Browser, demo: Demo, whose: Whose) -> None:
    who, _ = whose
    context = await chromium.new_context(viewport={"width": PHONE, "height": HEIGHT}, locale="es-CL", base_url=demo.url)
    if who:
        await context.add_cookies([{"name": "minga_session", "value": demo.secret(who), "url": demo.url}])
    console = Console(422)

    async def opened() -> Page:
        page = await context.new_page()
        console.listen_to(page)
        return page

    first = FIRST[who]
    seen = await kinds_for_all(demo.url, FIRST[""]) - {kind_of(one) for one in first} if who else set()
    assert await walk(opened, demo.url, whose, first, seen) > 3
    await context.close()
    assert console.complaints == []
