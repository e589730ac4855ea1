"""One Chromium and one site for all tests of a worker: a town that decided, one that asks, and a forum that scores."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page

from app.accounts import sessions
from app.kit import clock as kit_clock
from app.people.actor import Actor
from app.settings import Settings
from tests import databases
from tests.browser.council import Council, stand_aside
from tests.chromium import HEIGHT, PHONE, Console
from tests.clock import MovableClock
from tests.commitments.drafting import DraftBuilder
from tests.conftest import SECRET
from tests.feedback import deciding
from tests.serving import bound, serving
from tests.world import World

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass
class Site:
    """The world behind the pages, and where it is served."""

    world: World
    url: str
    addresses: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with databases.sqlite_copy() as database, bound() as (taken, url):
        settings = Settings(
            database_url=database, var=tmp_path_factory.mktemp("var"), secret_key=SECRET, mail="memory", base_url=url
        )
        world = World(settings, MovableClock(kit_clock.now() - timedelta(days=11, minutes=1)))
        made = Site(world, url)
        _inhabit(made)
        with serving(world.app, taken):
            yield made
        world.close()


def _inhabit(site: Site) -> None:
    """`town` has decided on two of three; `barrio` asks now; the forum of `plan` scores."""
    world = site.world
    town = world.open_process("town", name_en="The town", ask_at="Teléfono 55 1234")
    for who in ("ana", "bruno", "diego"):
        world.admitted(town, who, f"Publicar las actas de {who}")
    villa = world.open_process("villa")  # nobody touches it, so what is read of it stays the same
    for who in ("ana", "bruno", "diego"):
        world.admitted(villa, who, f"Publicar las actas de {who}")
    office = world.open_process("taller", ask_at="Teléfono 55 1234")  # its office works by keyboard alone
    for who in ("ana", "bruno", "diego"):
        world.propose(office, who, f"Un taller de {who}")
    wide = world.admitted(office, "ana", "https://example.org/" + "a" * 100)
    world.propose(office, "bruno", "https://example.org/" + "a" * 100)
    began = world.now
    council = Council(world)
    council.score_and_discuss()
    world.clock.set(began + timedelta(days=11))
    council.decide_and_minute()
    for folio, outcome in (("VILL-0001", "selected"), ("VILL-0002", "not_selected")):
        deciding.decide(world, villa, folio, outcome)
    deciding.publish(world, villa)
    deciding.decide(world, town, "TOWN-0001")
    deciding.decide(world, town, "TOWN-0002", "not_selected")
    deciding.publish(world, town)
    barrio = world.open_process("barrio", ask_at="Teléfono 55 1234")
    world.admitted(barrio, "ana", "Bancas con sombra en el consultorio")
    followed = world.propose(barrio, "bruno", "Un buzón de preguntas en la biblioteca")
    plan = world.open_process("plan", template="ogp_action_plan")
    forum = world.forum(plan)
    scored = world.admitted(plan, "ana", "Abrir los datos de compras públicas")
    forum.round()
    stand_aside(world, plan, forum, world.admitted(plan, "bruno", "Explicar cada compra en palabras simples"))
    _comment_on_the_draft(DraftBuilder(world, plan))
    site.addresses |= {
        "home": "/",
        "process": "/p/barrio",
        "propose": "/p/barrio/propose",
        "proposals": "/p/town/proposals",
        "proposal": "/p/town/proposals/TOWN-0001",
        "decisions": "/p/town/decisions/decision",
        "follow": "/follow",
        "sign-in": "/sign-in",
        "account": "/account",
        "desk": "/desk",
        "sheet": f"/p/plan/score/{scored.folio}",
        "wide": f"/p/taller/proposals/{wide.folio}",
        "forum": "/p/consejo/forum",
        "minutes": "/p/consejo/forum/sessions/1",
        "results": "/p/consejo/forum/results?stage=filtro",
        "round": "/p/consejo/office/forum/rounds/filtro",
        "deciding": "/p/consejo/office/forum/sessions/2/deciding/filtro?only=look",
        "points": "/p/consejo/office/forum/sessions/2",
        "reason": f"/p/consejo/reasons/filtro/{council.proposals[1].folio}",
        "folio": followed.folio,
        "code": world.codes[followed.folio],
    }


def _comment_on_the_draft(draft: DraftBuilder) -> None:
    """One point answered, one that waits, one comment held back and one that nobody has read."""
    version = draft.rewrite(1, solution="Publicar cada compra antes del 1 de marzo.")
    draft.answered("ana", "bruno", response="accepted_in_part", changes=(f"1.{version}",))
    said = [
        draft.comment(who, publish_name=True, about="1", section="solution") for who in ("diego", "elena", "gloria")
    ]
    draft.admit(said[0].folio)
    draft.group(said[0].folio, title="Publicar también los anexos")
    draft.hold_back(said[1].folio, because="off_topic")


@dataclass
class Visitor:
    """Somebody with a browser; what its console complains about is kept and looked at when the test ends."""

    context: BrowserContext
    site: Site
    console: Console = field(default_factory=lambda: Console(422))

    async def page(self) -> Page:
        page = await self.context.new_page()
        self.console.listen_to(page)
        return page

    async def open(self, address: str) -> Page:
        page = await self.page()
        await page.goto(self.site.url + address)
        return page


@dataclass
class Doors:
    """Opens browsers for people and closes them at the end, asking each whether it complained."""

    chromium: Browser
    site: Site
    visitors: list[Visitor] = field(default_factory=list)

    async def visitor(self, who: str = "", width: int = PHONE, *, scripts: bool = True) -> Visitor:
        context = await self.chromium.new_context(
            viewport={"width": width, "height": HEIGHT},
            java_script_enabled=scripts,
            locale="es-CL",
            base_url=self.site.url,
        )
        if who:
            await context.add_cookies([{"name": "minga_session", "value": self._secret(who), "url": self.site.url}])
        made = Visitor(context, self.site)
        self.visitors.append(made)
        return made

    def _secret(self, who: str) -> str:
        world = self.site.world
        with world.work(Actor.system()) as work:
            return sessions.open_for(work.session, world.people[who], "test", "test", world.now)


@pytest_asyncio.fixture(loop_scope="session")
async def doors(chromium: Browser, site: Site) -> AsyncIterator[Doors]:
    made = Doors(chromium, site)
    yield made
    for visitor in made.visitors:
        await visitor.context.close()
    assert [complaint for visitor in made.visitors for complaint in visitor.console.complaints] == []
