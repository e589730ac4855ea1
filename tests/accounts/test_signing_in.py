"""Signing in through the pages, as a browser does it, and everything that must not let anybody in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import httpx2
import pytest
from sqlalchemy import func, select, update

from app.accounts import links, rules
from app.accounts.models import AccountSession, SecurityEvent, SignInLink
from app.mail.models import OutboxMessage
from app.people.actor import Actor
from app.people.models import Contact, Person
from app.people.rules import IdentityLevel
from app.settings import Settings
from tests.clock import MovableClock
from tests.world import World, address, form_of

pytestmark = pytest.mark.either


@pytest.fixture
def world(settings: Settings, clock: MovableClock) -> Iterator[World]:
    built = World(settings, clock)
    yield built
    built.close()


def newest_letter(world: World) -> OutboxMessage:
    with world.database.reading() as session:
        newest = select(OutboxMessage).order_by(OutboxMessage.created_at.desc(), OutboxMessage.id.desc()).limit(1)
        return session.scalars(newest).one()


def link_in(letter: OutboxMessage) -> str:
    found = re.search(r"https?://\S+/sign-in/\S+", letter.text)
    assert found
    return found[0]


def code_in(letter: OutboxMessage) -> str:
    found = re.search(r"^\d{6}$", letter.text, re.MULTILINE)
    assert found
    return found[0]


async def ask(browser: httpx2.AsyncClient, mailbox: str, onward: str = "") -> httpx2.Response:
    page = await browser.get(f"/sign-in?next={onward}" if onward else "/sign-in")
    assert page.status_code == 200
    return await browser.post("/sign-in", data=form_of(page.text, "/sign-in") | {"email": mailbox})


async def is_in(browser: httpx2.AsyncClient) -> bool:
    return (await browser.get("/account")).status_code == 200


async def test_by_the_link_of_the_letter(world: World) -> None:
    async with world.browser() as browser:
        sent = await ask(browser, " Ana@Example.org ", "/p/town")
        assert (sent.status_code, sent.headers["location"]) == (303, "/sign-in/sent?next=/p/town")
        path = link_in(newest_letter(world)).removeprefix(world.settings.base_url)
        page = await browser.get(path)
        assert page.status_code == 200
        assert "Ana Soto" in page.text
        assert not await is_in(browser)
        action = path.partition("?")[0]
        entered = await browser.post(action, data=form_of(page.text, action))
        assert (entered.status_code, entered.headers["location"]) == (303, "/p/town")
        assert await is_in(browser)
        again = await browser.post(action, data={})
        assert again.status_code == 409


async def test_by_the_code_typed_into_the_open_page(world: World) -> None:
    async with world.browser() as browser:
        sent = await ask(browser, address("ana"))
        page = await browser.get(sent.headers["location"])
        typed = {"code": code_in(newest_letter(world))} | form_of(page.text, "/sign-in/sent")
        entered = await browser.post("/sign-in/sent", data=typed)
        assert (entered.status_code, entered.headers["location"]) == (303, "/home")
        assert await is_in(browser)


async def test_the_link_lets_nobody_in_on_another_device(world: World) -> None:
    async with world.browser() as browser, world.browser() as other:
        await ask(browser, address("ana"))
        path = link_in(newest_letter(world)).removeprefix(world.settings.base_url)
        page = await other.get(path)
        assert page.status_code == 200
        assert "Ana Soto" not in page.text
        refused = await other.post(path, data={})
        assert refused.status_code == 403
        assert not await is_in(other)
        assert (await browser.post(path, data={})).status_code == 303


async def test_twenty_openings_by_a_scanner_leave_the_link_good(world: World) -> None:
    async with world.browser() as browser, world.browser() as scanner:
        await ask(browser, address("ana"))
        path = link_in(newest_letter(world)).removeprefix(world.settings.base_url)
        for _ in range(20):
            assert (await scanner.get(path)).status_code == 200
            assert (await scanner.head(path)).status_code in {200, 405}
            assert "set-cookie" not in (await browser.get(path)).headers
        assert (await browser.post(path, data={})).status_code == 303
        assert await is_in(browser)


async def test_known_and_unknown_addresses_look_alike(world: World) -> None:
    seen = []
    for mailbox in (address("ana"), address("carla"), "nobody@example.org"):
        async with world.browser() as browser:
            sent = await ask(browser, mailbox)
            page = await browser.get(sent.headers["location"])
            wrong = await browser.post("/sign-in/sent", data={"code": "12 34"})
            names = sorted(name for name in sent.headers if name != "set-cookie")
            shown = [re.sub(r'value="[^"]*"', "", answer.text) for answer in (page, wrong)]
            seen.append((sent.status_code, sent.headers["location"], names, page.status_code, wrong.status_code, shown))
    assert seen[0] == seen[1] == seen[2]
    with world.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == len(world.people)
        assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 3
    assert "sign-in/" not in newest_letter(world).text


async def test_an_address_that_is_none_is_said(world: World) -> None:
    async with world.browser() as browser:
        refused = await ask(browser, "ana@")
        assert refused.status_code == 422
        assert 'value="ana@"' in refused.text
    with world.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 0


async def test_five_wrong_codes_and_the_letter_is_worthless(world: World) -> None:
    async with world.browser() as browser:
        await ask(browser, address("ana"))
        letter = newest_letter(world)
        wrong = "000000" if code_in(letter) != "000000" else "111111"
        for _ in range(5):
            assert (await browser.post("/sign-in/sent", data={"code": wrong})).status_code == 422
        assert (await browser.post("/sign-in/sent", data={"code": code_in(letter)})).status_code == 422
        path = link_in(letter).removeprefix(world.settings.base_url)
        assert (await browser.post(path, data={})).status_code == 409
        assert not await is_in(browser)


async def test_links_in_letters_name_the_configured_site_whatever_the_host_header_says(world: World) -> None:
    evil = {"host": "evil.example", "x-forwarded-host": "evil.example", "forwarded": "host=evil.example"}
    async with world.browser(**evil) as browser:
        await ask(browser, address("ana"))
    letter = newest_letter(world)
    assert link_in(letter).startswith(world.settings.base_url + "/sign-in/")
    assert "evil" not in letter.text + letter.html + letter.subject


async def test_a_made_up_forwarded_address_does_not_reset_the_limit(world: World) -> None:
    world.app.state.house.limits.is_on = True
    statuses = []
    for n in range(22):
        async with world.browser(**{"x-forwarded-for": f"10.0.0.{n}", "x-real-ip": f"10.0.1.{n}"}) as browser:
            sent = await browser.post("/sign-in", data={"email": f"someone{n}@example.org"})
            statuses.append(sent.status_code)
    assert statuses == [303] * 20 + [429] * 2
    with world.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 20


async def test_three_letters_a_day_to_one_address_whatever_the_network_address(world: World) -> None:
    for _ in range(6):
        async with world.browser() as browser:
            sent = await ask(browser, "victim@example.org")
            assert (sent.status_code, sent.headers["location"]) == (303, "/sign-in/sent")
    with world.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 3


async def test_the_session_is_another_after_signing_in(world: World) -> None:
    async with world.browser("bruno") as browser:
        before = browser.cookies["minga_session"]
        await ask(browser, address("ana"))
        path = link_in(newest_letter(world)).removeprefix(world.settings.base_url)
        entered = await browser.post(path, data={})
    given = re.search("minga_session=([^;]+)", entered.headers["set-cookie"])
    assert given
    assert given[1] != before
    async with world.browser() as old, world.browser() as new:
        old.cookies.set("minga_session", before)
        new.cookies.set("minga_session", given[1])
        assert not await is_in(old)
        assert "Ana Soto" in (await new.get("/account")).text


async def test_signing_out_ends_the_session_on_the_server(world: World) -> None:
    async with world.browser("ana") as browser:
        secret = browser.cookies["minga_session"]
        out = await browser.post("/sign-out", data={})
        assert out.status_code == 303
        assert '"cache"' in out.headers["clear-site-data"]
        browser.cookies.set("minga_session", secret)
        assert not await is_in(browser)


async def test_opening_the_way_out_signs_nobody_out(world: World) -> None:
    async with world.browser("ana") as browser:
        assert (await browser.get("/sign-out")).status_code == 405
        assert await is_in(browser)


async def test_pages_with_a_token_tell_nobody_where_one_was(world: World) -> None:
    async with world.browser() as browser:
        await ask(browser, address("ana"))
        path = link_in(newest_letter(world)).removeprefix(world.settings.base_url)
        page = await browser.get(path)
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert not re.search(r'(?:src|href)="https?://', page.text)


async def test_the_cookies_are_hard_to_steal(world: World, settings: Settings) -> None:
    settings.base_url = "https://participa.example.org"
    async with world.browser() as browser:
        sent = await ask(browser, address("ana"))
        cookie = sent.headers["set-cookie"]
        assert cookie.startswith("__Host-minga_asked=")
        for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
            assert part in cookie
        assert "Domain" not in cookie


async def test_a_form_from_another_site_signs_nobody_in(world: World) -> None:
    async with world.browser() as browser:
        await ask(browser, address("ana"))
        path = link_in(newest_letter(world)).removeprefix(world.settings.base_url)
        forged = await browser.post(path, data={}, headers={"sec-fetch-site": "cross-site"})
        assert forged.status_code == 403
        assert (await browser.post(path, data={}, headers={"sec-fetch-site": "", "origin": "null"})).status_code == 403
        assert not await is_in(browser)


async def test_old_browsers_come_in_by_the_token_of_the_form(world: World) -> None:
    async with world.browser() as browser:
        del browser.headers["sec-fetch-site"]
        await ask(browser, address("ana"))
        path = link_in(newest_letter(world)).removeprefix(world.settings.base_url)
        page = await browser.get(path)
        assert (await browser.post(path, data=form_of(page.text, path))).status_code == 303
        assert await is_in(browser)


async def test_coming_by_letter_confirms_the_address_and_by_the_operators_link_does_not(world: World) -> None:
    with world.work(Actor.system()) as work:
        for who in ("ana", "bruno"):
            key = world.people[who].id
            work.session.execute(update(Contact).where(Contact.person_id == key).values(confirmed_at=None))
            level = IdentityLevel.UNCONFIRMED
            work.session.execute(update(Person).where(Person.id == key).values(identity_level=level))
        token = links.make(work.session, world.people["bruno"], world.now, timedelta(hours=1))
    async with world.browser() as browser:
        await ask(browser, address("ana"))
        await browser.post(link_in(newest_letter(world)).removeprefix(world.settings.base_url), data={})
    async with world.browser() as browser:
        assert (await browser.post(f"/sign-in/{token}", data={})).status_code == 303
        assert await is_in(browser)
    with world.database.reading() as session:
        levels = {who: session.get_one(Person, world.people[who].id).identity_level for who in ("ana", "bruno")}
    assert levels == {"ana": IdentityLevel.EMAIL_CONFIRMED, "bruno": IdentityLevel.UNCONFIRMED}


async def test_a_mailbox_of_two_people_asks_who(world: World) -> None:
    with world.work(Actor.system()) as work:
        moved = update(Contact).where(Contact.person_id == world.people["bruno"].id).values(value=address("ana"))
        work.session.execute(moved)
    async with world.browser() as browser:
        await ask(browser, address("ana"))
        entered = await browser.post("/sign-in/sent", data={"code": code_in(newest_letter(world))})
        assert (entered.status_code, entered.headers["location"]) == (303, "/sign-in/who")
        assert not await is_in(browser)
        page = await browser.get("/sign-in/who")
        assert "Ana Soto" in page.text
        assert "Bruno Rivas" in page.text
        assert (await browser.post("/sign-in/who", data={})).status_code == 422
        wrong = await browser.post("/sign-in/who", data={"person": str(world.people["carla"].id)})
        assert wrong.status_code == 404
        chosen = await browser.post("/sign-in/who", data={"person": str(world.people["bruno"].id)})
        assert chosen.status_code == 303
        assert "Bruno Rivas" in (await browser.get("/account")).text


async def test_a_page_one_may_not_see_leads_to_signing_in_and_back(world: World) -> None:
    async with world.browser() as browser:
        refused = await browser.get("/en/account")
        assert refused.headers["location"] == "/en/sign-in?next=/en/account"
        page = await browser.get(refused.headers["location"])
        sent = await browser.post("/en/sign-in", data=form_of(page.text, "/en/sign-in") | {"email": address("ana")})
        assert sent.headers["location"] == "/en/sign-in/sent?next=/account"
        typed = form_of((await browser.get(sent.headers["location"])).text, "/en/sign-in/sent")
        entered = await browser.post("/en/sign-in/sent", data=typed | {"code": code_in(newest_letter(world))})
        assert entered.headers["location"] == "/en/account"


async def test_the_log_of_the_doors_names_nobody(world: World) -> None:
    async with world.browser() as browser:
        await ask(browser, "stranger@example.org")
        await browser.post("/sign-in/sent", data={"code": "123456"})
        await ask(browser, address("ana"))
        await browser.post("/sign-in/sent", data={"code": code_in(newest_letter(world))})
    with world.database.reading() as session:
        events = list(session.scalars(select(SecurityEvent).order_by(SecurityEvent.id)))
    assert [event.kind for event in events] == ["letter_asked", "code_refused", "letter_asked", "signed_in"]
    assert events[-1].person_id == world.people["ana"].id
    written = str([event.detail for event in events])
    assert not any(word in written for word in ("example.org", "stranger", "127.0.0.1", "ana"))


async def test_an_expired_link_stays_expired_whatever_else_happens(world: World, clock: MovableClock) -> None:
    async with world.browser() as browser:
        await ask(browser, address("carla"))
        path = link_in(newest_letter(world)).removeprefix(world.settings.base_url)
        clock.move(minutes=10)
        assert (await browser.get(path)).status_code == 409
        await ask(browser, address("carla"))
        await browser.post("/sign-in/sent", data={"code": "000000"})
        assert (await browser.post(path, data={})).status_code == 409
        assert not await is_in(browser)
        assert (await browser.get("/sign-in/who")).status_code == 409


async def test_a_role_holder_is_out_after_half_an_hour(world: World, clock: MovableClock) -> None:
    async with world.browser("carla") as office, world.browser("ana") as citizen:
        clock.move(minutes=31)
        assert not await is_in(office)
        assert await is_in(citizen)
    with world.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(AccountSession)) == 2
        assert session.scalar(select(func.count()).select_from(SignInLink)) == 0


LOCAL = {
    "/p/town": "/p/town",
    "/p/town/proposals?q=agua&after=3": "/p/town/proposals?q=agua&after=3",
    "/en/p/town": "/p/town",
    "/en": "/",
    "/": "/",
    "/p/town/proposals/TOWN-0001": "/p/town/proposals/TOWN-0001",
    "/english": "/english",
}
ELSEWHERE = [
    "",
    "account",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/ /evil.example",
    "/%09/evil.example",
    "/%0a/evil.example",
    "/%0d%0aLocation:%20https://evil.example",
    "/%2f/evil.example",
    "/%2fevil.example",
    "/%5cevil.example",
    "/%5c%5cevil.example",
    "%2f%2fevil.example",
    "/..//evil.example",
    "/../evil",
    "/.//evil.example",
    "/en//evil.example",
    "/en/%2fevil.example",
    "https://evil.example",
    "http://evil.example",
    "HTTPS://evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "http:\\\\evil.example",
    "ftp://evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "\x01javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "mailto:evil@evil.example",
    "file:///etc/passwd",
    "//127.0.0.1:8000@evil.example",
    "//evil.example/127.0.0.1:8000",
    "http://127.0.0.1:8000@evil.example",
    "http://127.0.0.1:8000.evil.example",
    "@evil.example",
    ".evil.example",
    "evil.example/p/town",
    "?next=//evil.example",
    "#//evil.example",
    "/#//evil.example",
    "//evil。example",
    "//evil%E3%80%82example",
    "/\u2215evil.example",
    "/／evil.example",
    "／／evil.example",
    "//%65vil.example",
    "//[::1]/",
    "//evil.example\\@127.0.0.1",
    "/\x00/evil.example",
    "/<script>",
    "/sign-out",
    "/sign-in?next=//evil.example",
    "/" + "a" * 400,
]


@pytest.mark.parametrize("asked", [*LOCAL, *ELSEWHERE])
def test_where_one_goes_after_signing_in_is_always_here(asked: str) -> None:
    assert rules.local_path(asked) == LOCAL.get(asked, "/home")


async def test_no_way_in_leads_to_another_site(world: World) -> None:
    for asked in (
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/%09/evil.example",
    ):
        async with world.browser() as browser:
            page = await browser.get("/sign-in", params={"next": asked})
            assert form_of(page.text, "/sign-in")["next"] == "/home"
            with world.work(Actor.system()) as work:
                token = links.make(work.session, world.people["ana"], world.now, timedelta(hours=1))
            entered = await browser.post(f"/sign-in/{token}", data={"next": asked})
            assert (entered.status_code, entered.headers["location"]) == (303, "/home")
