"""What people do in a journey, each in their own browser, and the site in which they do it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import TracebackType
from typing import Protocol, Self
from zoneinfo import ZoneInfo

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from app import cli
from app.duties.models import Duty, DutyLetter
from app.duties.rules import DutyState
from app.feedback.models import Letter
from app.kit import clock as kit_clock
from app.kit.db import Database
from app.mail.models import OutboxMessage
from app.mail.rules import LetterKind
from app.mail.transport import transport_of
from app.main import create_app
from app.people.models import Person
from app.post_office.worker import Worker
from app.process.rules import local_of
from app.proposals.consent import CURRENT
from app.publication.verifying import check_database
from app.settings import Settings
from tests.clock import MovableClock
from tests.journeys.mailboxes import Arrived, Post
from tests.journeys.plain import Typed

ZONE = "America/Santiago"
TOLD = ("base_url", "database_url", "var", "secret_key", "mail", "smtp_url", "sendgrid_api_key", "sendgrid_host")


class Browser(Protocol):
    """What a person does with a browser of either kind; `at` is where it is, `seen` what it was shown."""

    at: str
    seen: list[tuple[str, str]]

    async def open(self, path: str, status: int = 200) -> str: ...

    async def send(self, page: str, action: str = "", /, **typed: Typed) -> str: ...

    async def look_and_send(self, page: str, send: str, agreed: dict[str, Typed], /, **typed: Typed) -> str: ...

    async def refused(self, status: int, page: str, action: str = "", /, **typed: Typed) -> str: ...

    async def close(self) -> None: ...


NewBrowser = Callable[[FastAPI, str, list[tuple[str, str]]], Browser]


@dataclass
class Site:
    """A bare installation: an empty migrated database, the program over it, its post, and a clock for all of them.

    Everybody has a browser of one kind, but for those named in `others`.
    """

    settings: Settings
    clock: MovableClock
    post: Post
    monkeypatch: pytest.MonkeyPatch
    new_browser: NewBrowser
    others: dict[str, NewBrowser] = field(default_factory=dict)
    seen: list[tuple[str, str]] = field(default_factory=list)
    app: FastAPI = field(init=False)
    database: Database = field(init=False)
    _browsers: dict[str, Browser] = field(default_factory=dict)
    _at_the_end: AsyncExitStack = field(default_factory=AsyncExitStack)

    def __post_init__(self) -> None:
        self.settings = self.post.with_settings(self.settings)
        self.monkeypatch.setattr(kit_clock, "now", self.clock)
        for name in TOLD:
            if value := getattr(self.settings, name):
                self.monkeypatch.setenv(f"MINGA_{name.upper()}", _open(value))
        self.app = create_app(self.settings, now=self.clock)
        self.database = self.app.state.house.database
        self.app.state.house.limits.is_on = False
        self._at_the_end.callback(self.database.dispose)
        self._at_the_end.callback(self.app.state.house.hops.close)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._at_the_end.aclose()

    def somebody(self, place: str = "the library") -> Browser:
        """A browser without anybody signed in: that of the library, which one unknown person uses after another."""
        return self._browser_of(place)

    def _browser_of(self, who: str) -> Browser:
        if who not in self._browsers:
            browser = self.others.get(who, self.new_browser)(self.app, self.settings.base_url, self.seen)
            self._at_the_end.push_async_callback(browser.close)
            self._browsers[who] = browser
        return self._browsers[who]

    def operator(self, *words: str) -> None:
        """The operator types one command at the terminal."""
        assert cli.main(words) == 0, words

    async def signed_in(self, who: str, capsys: pytest.CaptureFixture[str]) -> Browser:
        """Somebody's own browser after the operator handed them a link and they pressed its button."""
        capsys.readouterr()
        self.operator("sign-in-link", address(who))
        found = re.search(
            rf"^{re.escape(self.settings.base_url)}(/sign-in/\S+)$", capsys.readouterr().out, re.MULTILINE
        )
        assert found
        browser = self._browser_of(who)
        await browser.send(found[1])
        return browser

    async def deliver(self) -> int:
        """The worker sends whatever is due."""
        return await Worker(self.database, transport_of(self.settings)).run_until_idle()

    def local(self, instant: datetime) -> str:
        """An instant as one types it into a field, in the zone of the process."""
        return local_of(instant, ZoneInfo(ZONE))

    def verify(self) -> None:
        """Everything that stands in the database holds."""
        verdict = check_database(self.settings.database_url)
        assert verdict.fault is None
        assert verdict.checked


def _open(value: object) -> str:
    """A setting as one writes it into the environment; a secret by its words."""
    reveal: Callable[[], str] | None = getattr(value, "get_secret_value", None)
    return reveal() if reveal else str(value)


def address(who: str) -> str:
    return f"{who}@example.org"


# ------------------------------------------------------------------------------------------------------ what is shown


def words_of(page: str) -> str:
    """What a reader sees of a page: no tags, no entities."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def folio_on(page: str) -> str:
    """The folio of a receipt."""
    return _found(r"\b([A-Z0-9]{2,8}-\d{4})\b", words_of(page))


def code_on(page: str) -> str:
    """The code of a receipt."""
    return _found(r"<dt>[^<]*(?:Código|Code)[^<]*</dt>\s*<dd[^>]*>\s*([A-Z0-9-]+)", page)


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match, f"nothing like {pattern} on this page"
    return match[1]


# --------------------------------------------------------------------------------------------------------- an author


@dataclass
class Sent:
    """A proposal as its author left it: what the receipt says."""

    folio: str
    code: str
    receipt: str


async def propose(browser: Browser, slug: str, who: str, title: str, **more: Typed) -> Sent:
    """Send a proposal as anybody does, and keep the receipt."""
    page = await browser.look_and_send(
        f"/p/{slug}/propose",
        f"/p/{slug}/propose",
        {"consent": CURRENT},
        title=title,
        problem=f"Hoy no se puede: {title.lower()}.",
        solution=f"Que se haga así: {title.lower()}, con fecha y responsable.",
        name=who.title(),
        contact=address(who),
        **more,
    )
    return Sent(folio_on(page), code_on(page), page)


async def confirm(browser: Browser, arrived: list[Arrived]) -> None:
    """Open the link of each receipt in a mailbox and press its button."""
    links = {
        match[1] for letter in arrived if (match := re.search(r"https?://[^/\s]+(/p/\S+/confirm/\S+)", letter.text))
    }
    assert links, "no receipt with a link to confirm has arrived"
    for path in links:
        await browser.send(path)


async def follow(browser: Browser, sent: Sent) -> str:
    """Enter folio and code; the address of one's own page."""
    await browser.send("/follow", folio=sent.folio, code=sent.code)
    return browser.at


# --------------------------------------------------------------------------------------------------------- the office


async def open_process(site: Site, capsys: pytest.CaptureFixture[str], slug: str, *stages: str, **typed: Typed) -> str:
    """The operator names an admin and two officials; the admin opens a process, an official dates its two stages.

    The page of the new process.
    """
    for who, role in (("alicia", "admin"), ("carla", "office"), ("hugo", "office")):
        site.operator("grant", address(who), role)
        site.clock.move(seconds=1)
    alicia = await site.signed_in("alicia", capsys)
    await alicia.open("/")
    await alicia.open("/desk")
    opened = await alicia.send("/processes/new", "/processes", slug=slug, **typed)
    carla, now = await site.signed_in("carla", capsys), site.clock.now
    receives, decides = stages
    opens, closes, ends = (site.local(now + timedelta(days=days)) for days in (1, 10, 40))
    await set_window(carla, slug, receives, opens, closes)
    await set_window(carla, slug, decides, closes, ends)
    return opened


async def set_window(browser: Browser, slug: str, stage: str, opens: str, closes: str) -> None:
    await browser.send(f"/p/{slug}/office/stages/{stage}", opens_at=opens, closes_at=closes)


async def examine(browser: Browser, slug: str, folio: str, outcome: str, **typed: Typed) -> None:
    """Admit, return or refuse."""
    here = f"/p/{slug}/office/proposals/{folio}"
    await browser.send(here, f"{here}/admission", outcome=outcome, **typed)


async def publish(browser: Browser, slug: str, stage: str) -> str:
    """Publish, be led on to the answers, and look at what everybody reads."""
    answers = await browser.send(f"/p/{slug}/office/decisions/{stage}/publication")
    assert f'action="/p/{slug}/office/answers/{stage}/drafts"' in answers
    return await browser.open(f"/p/{slug}/decisions/{stage}")


async def draft(browser: Browser, slug: str, stage: str) -> str:
    here = f"/p/{slug}/office/answers/{stage}"
    return await browser.send(here, f"{here}/drafts")


async def approve_all(browser: Browser, slug: str, stage: str) -> str:
    here = f"/p/{slug}/office/answers/{stage}"
    return await browser.send(here, f"{here}/approval", which="all")


async def let_rest_go(browser: Browser, slug: str, stage: str) -> bool:
    """Of more than twenty letters, look at what became of the first and let the others leave; whether any waited."""
    here = f"/p/{slug}/office/answers/{stage}"
    waits = f'action="{here}/look"' in await browser.open(here)
    if waits:
        await browser.send(here, f"{here}/look")
    return waits


async def hand_over(browser: Browser, slug: str, stage: str, note: str) -> int:
    """Hand over every letter that no mail can carry; how many there were."""
    here = f"/p/{slug}/office/answers/{stage}"
    page = await browser.open(f"{here}?kind=hand")
    found = sorted(set(re.findall(rf'href="({here}/letters/[0-9a-f-]+)"', page)))
    for letter in found:
        await browser.send(letter, f"{letter}/handover", handed_note=note)
    return len(found)


async def conclude(browser: Browser, slug: str, stage: str) -> None:
    here = f"/p/{slug}/office/stages/{stage}"
    await browser.send(here, f"{here}/conclusion", note="Todo quedó respondido.")
    assert "concluida" in words_of(await browser.open(f"/p/{slug}/office/stages")).lower()


# ---------------------------------------------------------------------------------------------------- what has come out


def answers(site: Site, to: str) -> list[Arrived]:
    """The answers in a mailbox, without receipts and sign-in letters."""
    with site.database.reading() as session:
        sent = select(OutboxMessage.subject).where(OutboxMessage.kind == LetterKind.DUTY)
        subjects = set(
            session.scalars(sent.where(OutboxMessage.to_address == to, OutboxMessage.letter_id.is_not(None)))
        )
    return [letter for letter in site.post.letters(to) if letter.subject in subjects]


def nothing_is_owed_and_nothing_was_said_twice(site: Site) -> None:
    """Each duty is closed, and by one letter: handed to the provider, or handed over."""
    with site.database.reading() as session:
        duties = list(session.scalars(select(Duty)))
        covering = list(session.execute(select(DutyLetter.duty_id, DutyLetter.outbox_message_id)))
        handed = list(session.scalars(select(Letter).where(Letter.handed_over_at.is_not(None))))
        names = {person.id: person.name for person in session.scalars(select(Person))}
    assert duties
    assert [names[duty.person_id] for duty in duties if duty.state is not DutyState.COVERED] == []
    by_hand = {letter.person_id for letter in handed}
    for duty in duties:
        letters = [message for key, message in covering if key == duty.id]
        assert len(letters) == (0 if duty.person_id in by_hand else 1), f"{names[duty.person_id]}: {letters}"
