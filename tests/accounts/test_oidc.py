"""Coming in by an identity provider: a whole sign-in, and every answer that must not let anybody in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from sqlalchemy import func, select

from app.accounts import oidc
from app.accounts.models import OidcIdentity, SecurityEvent
from app.people.models import Contact, Person
from app.people.rules import IdentityLevel
from app.settings import Settings
from tests.clock import MovableClock
from tests.fakes.oidc import NAMES, RUN, Provider, provider
from tests.world import World

pytestmark = pytest.mark.either

BEGIN = "/sign-in/oidc"


@pytest.fixture(scope="module")
def there() -> Iterator[Provider]:
    with provider() as running:
        running.know("maria", RolUnico=RUN, name=NAMES, email="maria@example.org")
        running.know("pedro", name="Pedro Páramo", email="pedro@example.org")
        yield running


def configured(settings: Settings, issuer: str, preset: str) -> Settings:
    more = {"oidc_issuer": issuer, "oidc_client_id": "minga", "oidc_client_secret": "secret", "oidc_preset": preset}
    return Settings(**{**settings.model_dump(), **more, "oidc_scopes": "openid profile email"})


@pytest.fixture
def world(settings: Settings, clock: MovableClock, there: Provider) -> Iterator[World]:
    built = World(configured(settings, there.issuer, ""), clock)
    yield built
    built.close()


@pytest.fixture
def chile(settings: Settings, clock: MovableClock, there: Provider) -> Iterator[World]:
    built = World(configured(settings, there.issuer, "claveunica"), clock)
    yield built
    built.close()


async def set_out(browser: httpx2.AsyncClient, onward: str = "") -> str:
    led = await browser.get(BEGIN + (f"?next={onward}" if onward else ""))
    assert led.status_code == 302
    return str(led.headers["location"])


async def enter(world: World, there: Provider, sub: str) -> httpx2.Response:
    async with world.browser() as browser:
        return await browser.get(there.sign_in(await set_out(browser), sub))


async def is_in(browser: httpx2.AsyncClient) -> bool:
    return (await browser.get("/account")).status_code == 200


def count(world: World, table: Any) -> int:
    with world.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


async def test_a_whole_sign_in_and_the_same_person_the_second_time(world: World, there: Provider) -> None:
    for _ in range(2):
        async with world.browser() as browser:
            page = await browser.get("/sign-in?next=/p/town")
            assert "/sign-in/oidc?language=es&amp;next=/p/town" in page.text
            back = there.sign_in(await set_out(browser, "/p/town"), "pedro")
            entered = await browser.get(back)
            assert (entered.status_code, entered.headers["location"]) == (303, "/p/town")
            assert "Pedro Páramo" in (await browser.get("/account")).text
    with world.database.reading() as session:
        person = session.scalars(select(Person).where(Person.name == "Pedro Páramo")).one()
        identity = session.scalars(select(OidcIdentity)).one()
        contacts = session.scalars(select(Contact).where(Contact.person_id == person.id)).all()
    assert person.identity_level is IdentityLevel.OIDC
    assert (identity.issuer, identity.person_id, contacts) == (there.issuer, person.id, [])
    assert "pedro" not in identity.claim_hash


async def test_what_is_asked_of_the_provider(world: World) -> None:
    async with world.browser() as browser:
        asked = parse_qs(urlsplit(await set_out(browser)).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == [world.settings.base_url + "/sign-in/oidc/callback"]
    assert len(asked["state"][0]) >= 30
    assert asked["nonce"][0]
    assert asked["code_challenge"][0]


async def test_the_cookie_for_the_state_goes_to_two_addresses_only(world: World) -> None:
    async with world.browser() as browser:
        led = await browser.get(BEGIN)
    cookie = led.headers["set-cookie"]
    assert cookie.startswith("minga_oidc=")
    assert "path=/sign-in/oidc;" in cookie
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


async def test_the_attackers_answer_does_not_let_the_victim_in(world: World, there: Provider) -> None:
    async with world.browser() as attacker, world.browser() as victim:
        back = there.sign_in(await set_out(attacker), "pedro")
        assert (await victim.get(back)).status_code == 403
        await set_out(victim)
        assert (await victim.get(back)).status_code == 403
        assert not await is_in(victim)
    assert count(world, OidcIdentity) == 0


async def test_a_made_up_or_missing_state_is_refused(world: World, there: Provider) -> None:
    async with world.browser() as browser:
        back = there.sign_in(await set_out(browser), "pedro")
        state = parse_qs(urlsplit(back).query)["state"][0]
        for forged in (back.replace(state, "x" * 43), back.replace(f"state={state}", ""), "/sign-in/oidc/callback"):
            assert (await browser.get(forged)).status_code == 403
        assert not await is_in(browser)


async def test_an_answer_used_before_is_refused(world: World, there: Provider) -> None:
    async with world.browser() as browser:
        back = there.sign_in(await set_out(browser), "pedro")
        cookie = browser.cookies["minga_oidc"]
        assert (await browser.get(back)).status_code == 303
    async with world.browser() as again:
        again.cookies.set("minga_oidc", cookie)
        assert (await again.get(back)).status_code == 403
        assert not await is_in(again)


async def test_a_token_made_for_another_nonce_is_refused(world: World, there: Provider) -> None:
    async with world.browser() as browser:
        back = there.sign_in(await set_out(browser), "pedro", nonce="another")
        assert (await browser.get(back)).status_code == 403
        assert not await is_in(browser)


async def test_a_token_made_for_another_site_is_refused(world: World, there: Provider) -> None:
    async with world.browser() as browser:
        back = there.sign_in(await set_out(browser), "pedro", client_id="another")
        assert (await browser.get(back)).status_code == 403
        assert not await is_in(browser)


async def test_saying_no_over_there_is_no_fault(world: World) -> None:
    async with world.browser() as browser:
        state = parse_qs(urlsplit(await set_out(browser)).query)["state"][0]
        answer = await browser.get(f"/sign-in/oidc/callback?error=access_denied&state={state}")
    assert answer.status_code == 403
    assert '/sign-in"' in answer.text
    with world.database.reading() as session:
        event = session.scalars(select(SecurityEvent)).one()
    assert event.kind == "oidc_refused"


async def test_a_provider_of_another_name_is_not_ours(settings: Settings, clock: MovableClock, there: Provider) -> None:
    name = there.issuer.replace("127.0.0.1", "localhost")
    built = World(configured(settings, name, ""), clock)
    built.app.state.provider._server_metadata_url = f"{there.issuer}/.well-known/openid-configuration"
    try:
        async with built.browser() as browser:
            assert (await browser.get(BEGIN)).status_code == 403
    finally:
        built.close()


async def test_where_no_provider_is_configured_there_is_no_such_way(settings: Settings, clock: MovableClock) -> None:
    built = World(settings, clock)
    try:
        async with built.browser() as browser:
            assert "oidc" not in (await browser.get("/sign-in")).text
            for path in (BEGIN, "/sign-in/oidc/callback?code=x&state=y"):
                assert (await browser.get(path)).status_code == 404
    finally:
        built.close()


async def test_a_provider_that_does_not_answer_is_told_in_a_sentence(settings: Settings, clock: MovableClock) -> None:
    built = World(configured(settings, "http://127.0.0.1:9", ""), clock)
    try:
        async with built.browser() as browser:
            assert (await browser.get(BEGIN)).status_code == 403
            assert (await browser.get("/sign-in")).status_code == 200
    finally:
        built.close()


async def test_claveunica_asks_for_exactly_its_scopes_and_knows_people_by_their_run(
    chile: World, there: Provider
) -> None:
    async with chile.browser() as browser:
        address = await set_out(browser)
        assert parse_qs(urlsplit(address).query)["scope"] == ["openid run name"]
        assert (await browser.get(there.sign_in(address, "maria"))).status_code == 303
        assert "María del Carmen De los Ríos Pérez" in (await browser.get("/account")).text
    with chile.database.reading() as session:
        identity = session.scalars(select(OidcIdentity)).one()
    known = oidc.claim_hash(chile.settings.secret(), there.issuer, "44444444-4")
    assert identity.claim_hash == known
    there.know("maria-again", RolUnico=RUN, name=NAMES)
    assert (await enter(chile, there, "maria-again")).status_code == 303
    assert count(chile, OidcIdentity) == 1


async def test_claveunica_without_a_run_lets_nobody_in(chile: World, there: Provider) -> None:
    assert (await enter(chile, there, "pedro")).status_code == 403
    assert count(chile, OidcIdentity) == 0


async def test_going_out_ends_the_session_at_claveunica_as_well(chile: World, there: Provider) -> None:
    async with chile.browser() as browser:
        await browser.get(there.sign_in(await set_out(browser), "maria"))
        out = await browser.post("/sign-out", data={})
        assert out.headers["location"] == "/signed-out?by=provider"
        page = await browser.get(out.headers["location"])
    way_out = "https://accounts.claveunica.gob.cl/api/v1/accounts/app/logout?redirect=http%3A%2F%2F127.0.0.1%3A8000%2F"
    assert page.headers["refresh"] == f"1; url={way_out}"
    assert way_out.replace("&", "&amp;") in page.text
    async with chile.browser("ana") as browser:
        out = await browser.post("/sign-out", data={})
        assert out.headers["location"] == "/signed-out"


async def test_who_was_erased_comes_back_as_somebody_new(world: World, there: Provider) -> None:
    from app.accounts import erasing
    from app.people import queries as people
    from app.work import transaction

    await enter(world, there, "pedro")
    with world.database.reading() as session:
        pedro = session.scalars(select(Person).where(Person.name == "Pedro Páramo")).one()
        actor = people.actor_of(session, pedro, world.now)
    with transaction(world.database, actor, world.now) as work:
        erasing.erase(work, work.session.get_one(Person, pedro.id))
    assert count(world, OidcIdentity) == 0
    assert (await enter(world, there, "pedro")).status_code == 303
    with world.database.reading() as session:
        new = session.scalars(select(Person).where(Person.name == "Pedro Páramo")).one()
    assert new.id != pedro.id


@pytest.mark.parametrize(
    ("claims", "claim"),
    [
        ({"RolUnico": {"numero": 1000005, "DV": "k"}}, "1000005-K"),
        ({"sub": " abc "}, "abc"),
        ({"sub": 17}, "17"),
    ],
)
def test_the_claim_that_is_the_identity(claims: dict[str, Any], claim: str) -> None:
    assert oidc.claim_of(claims, next(iter(claims))) == claim


@pytest.mark.parametrize(
    "claims", [{}, {"sub": ""}, {"sub": None}, {"sub": ["a"]}, {"sub": {"DV": "4"}}, {"sub": "  "}]
)
def test_without_it_nobody_is_anybody(claims: dict[str, Any]) -> None:
    with pytest.raises(oidc.NotProved):
        oidc.claim_of(claims, "sub")
