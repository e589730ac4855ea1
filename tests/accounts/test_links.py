"""The letter that lets somebody in: good once, for a short time, for the browser that asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.accounts import links
from app.accounts.models import SignInLink
from app.kit.errors import NotFound, NotNow
from app.mail.models import OutboxMessage
from app.people.actor import Actor
from app.people.models import Contact, Person
from app.settings import Settings
from tests.clock import MovableClock
from tests.world import World, address

pytestmark = pytest.mark.either

BROWSER = "the secret of Ana's browser"
OTHER = "the secret of another browser"


@pytest.fixture
def world(settings: Settings, clock: MovableClock) -> Iterator[World]:
    built = World(settings, clock)
    yield built
    built.close()


def ask(world: World, who: str = "ana", browser: str = BROWSER, mailbox: str | None = None) -> links.Asked:
    with world.database.reading() as session:
        asked = links.prepare(session, mailbox or address(who), "es", world.now)
    with world.work(Actor.anonymous()) as work:
        links.ask(work, asked, browser)
    return asked


def letters(world: World) -> list[OutboxMessage]:
    with world.database.reading() as session:
        return list(session.scalars(select(OutboxMessage).order_by(OutboxMessage.created_at, OutboxMessage.id)))


def use(world: World, token: str, browser: str = BROWSER) -> list[str]:
    with world.work(Actor.anonymous()) as work:
        link = links.by_token(work.session, token, world.now)
        assert links.is_from(link, browser)
        return [person.name for person in links.use(work.session, link, world.now)]


def type_code(world: World, code: str, browser: str = BROWSER) -> list[str]:
    with world.work(Actor.anonymous()) as work:
        link = links.by_code(work.session, browser, code, world.now)
        return [person.name for person in links.use(work.session, link, world.now)] if link else []


def test_a_link_lets_in_once(world: World) -> None:
    asked = ask(world)
    assert use(world, asked.token) == ["Ana Soto"]
    with pytest.raises(NotNow):
        use(world, asked.token)


def test_a_link_of_the_operators_is_good_from_any_browser(world: World) -> None:
    with world.work(Actor.system()) as work:
        token = links.make(work.session, world.people["carla"], world.now, timedelta(hours=1))
    assert use(world, token, "any") == ["Carla Fuentes"]


def test_a_link_is_of_the_browser_that_asked(world: World) -> None:
    asked = ask(world)
    with world.database.reading() as session:
        link = links.by_token(session, asked.token, world.now)
        assert links.is_from(link, BROWSER)
        assert not links.is_from(link, OTHER)
        assert not links.is_from(link, "")


@pytest.mark.parametrize(("who", "minutes"), [("ana", 30), ("carla", 10)])
def test_a_link_is_good_for_its_minutes(world: World, clock: MovableClock, who: str, minutes: int) -> None:
    asked = ask(world, who)
    clock.move(minutes=minutes, seconds=-1)
    with world.database.reading() as session:
        links.by_token(session, asked.token, world.now)
    clock.move(seconds=1)
    with world.database.reading() as session, pytest.raises(NotNow):
        links.by_token(session, asked.token, world.now)
    assert type_code(world, asked.code) == []


def test_a_new_letter_makes_the_earlier_one_worthless(world: World, clock: MovableClock) -> None:
    first = ask(world)
    clock.move(minutes=1)
    second = ask(world)
    assert type_code(world, first.code if first.code != second.code else "x") == []
    with world.database.reading() as session, pytest.raises(NotNow):
        links.by_token(session, first.token, world.now)
    assert use(world, second.token) == ["Ana Soto"]


def test_the_code_lets_in_from_the_page_that_is_open(world: World) -> None:
    asked = ask(world)
    assert type_code(world, asked.code, OTHER) == []
    assert type_code(world, f" {asked.code[:3]} {asked.code[3:]} ") == ["Ana Soto"]
    assert type_code(world, asked.code) == []


def test_a_code_has_five_tries_and_then_the_link_is_worthless_too(world: World) -> None:
    asked = ask(world)
    wrong = "000000" if asked.code != "000000" else "111111"
    assert [type_code(world, wrong) for _ in range(5)] == [[]] * 5
    assert type_code(world, asked.code) == []
    with world.database.reading() as session, pytest.raises(NotNow):
        links.by_token(session, asked.token, world.now)


def test_nothing_that_lets_in_stands_in_the_database(world: World) -> None:
    asked = ask(world)
    with world.database.reading() as session:
        link = session.scalars(select(SignInLink)).one()
    held = (link.token_hash, link.code_hash, link.browser_hash)
    assert not any(secret in value for secret in (asked.token, asked.code, BROWSER) for value in held)


def test_an_unknown_address_gets_no_account_and_no_way_in(world: World) -> None:
    asked = ask(world, mailbox="nobody@example.org")
    letter = letters(world)[-1]
    assert letter.to_address == "nobody@example.org"
    assert asked.code not in letter.text
    assert asked.token not in letter.text
    with world.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == len(world.people)
    with world.database.reading() as session, pytest.raises(NotNow):
        links.by_token(session, asked.token, world.now)
    assert type_code(world, asked.code) == []


def test_three_unused_letters_a_day_and_no_fourth(world: World, clock: MovableClock) -> None:
    for mailbox in (address("ana"), "nobody@example.org"):
        before = len(letters(world))
        for n in range(6):
            ask(world, mailbox=mailbox, browser=f"browser {n}")
            clock.move(minutes=1)
        assert len(letters(world)) - before == 3
    clock.move(hours=24)
    before = len(letters(world))
    ask(world)
    assert len(letters(world)) == before + 1


def test_a_letter_that_was_used_does_not_count(world: World, clock: MovableClock) -> None:
    for _ in range(5):
        asked = ask(world)
        assert use(world, asked.token) == ["Ana Soto"]
        clock.move(minutes=1)
    assert len(letters(world)) == 5


def test_an_unknown_link_is_nothing(world: World) -> None:
    with world.database.reading() as session, pytest.raises(NotFound):
        links.by_token(session, "x" * 43, world.now)


def test_one_mailbox_may_serve_several_people(world: World, clock: MovableClock) -> None:
    with world.work(Actor.system()) as work:
        moved = update(Contact).where(Contact.person_id == world.people["bruno"].id).values(value=address("ana"))
        work.session.execute(moved)
    asked = ask(world)
    assert use(world, asked.token) == ["Ana Soto", "Bruno Rivas"]
    with world.work(Actor.anonymous()) as work:
        link = links.to_choose(work.session, BROWSER, world.now)
        with pytest.raises(NotFound):
            links.chosen(work.session, link, world.people["carla"].id)
        assert links.chosen(work.session, link, world.people["bruno"].id).name == "Bruno Rivas"
    with world.database.reading() as session, pytest.raises(NotNow):
        links.to_choose(session, BROWSER, world.now)


def test_choosing_takes_ten_minutes_at_most_and_the_same_browser(world: World, clock: MovableClock) -> None:
    with world.work(Actor.system()) as work:
        moved = update(Contact).where(Contact.person_id == world.people["bruno"].id).values(value=address("ana"))
        work.session.execute(moved)
    use(world, ask(world).token)
    with world.database.reading() as session, pytest.raises(NotNow):
        links.to_choose(session, OTHER, world.now)
    clock.move(minutes=10)
    with world.database.reading() as session, pytest.raises(NotNow):
        links.to_choose(session, BROWSER, world.now)
