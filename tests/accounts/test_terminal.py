"""The operator's terminal: the first admin, a way in for who is locked out, a token for a program."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from app.cli import people as terminal
from app.kit.errors import Conflict, Invalid, NotFound, Refusal
from app.people.models import Contact, Person
from app.people.rules import IdentityLevel, Role
from app.settings import Settings
from app.trail.models import Entry
from tests.clock import MovableClock
from tests.world import World, address

pytestmark = pytest.mark.either


@pytest.fixture
def world(settings: Settings, clock: MovableClock) -> Iterator[World]:
    from app.kit import clock as kit_clock

    clock.set(kit_clock.now())
    built = World(settings, clock)
    yield built
    built.close()


def say(world: World, *words: str) -> None:
    parser = argparse.ArgumentParser()
    terminal.add_to(parser.add_subparsers())
    asked = parser.parse_args(words)
    assert asked.run(world.settings, asked) == 0
    world.clock.move(minutes=1)


async def test_the_first_admin_of_a_site(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    say(world, "grant", "Jefa@Municipio.example.org", "admin", "--post", "Jefatura")
    say(world, "sign-in-link", "jefa@municipio.example.org")
    found = re.search(rf"^{world.settings.base_url}(/sign-in/\S+)$", capsys.readouterr().out, re.MULTILINE)
    assert found
    async with world.browser() as browser:
        assert (await browser.get(found[1])).status_code == 200
        assert (await browser.post(found[1], data={})).status_code == 303
        assert (await browser.get("/account")).status_code == 200
        assert (await browser.post(found[1], data={})).status_code == 409
    with world.database.reading() as session:
        contact = session.scalars(select(Contact).where(Contact.value == "jefa@municipio.example.org")).one()
        person = session.get_one(Person, contact.person_id)
        verbs = session.scalars(select(Entry.verb).order_by(Entry.seq)).all()
        leaves = "".join(session.scalars(select(Entry.leaf)))
    assert person.identity_level is IdentityLevel.OFFICE_CONFIRMED
    assert verbs == ["person.vouched_for", "role.granted"]
    assert '"role":"system"' in leaves
    assert "jefa" not in leaves.lower()


def test_a_role_in_one_process_and_taken_again(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    town = world.open_process("town")
    say(world, "grant", address("ana"), "facilitator", "--process", "town")
    assert [(held.role, held.process_id) for held in world.actor("ana").held] == [(Role.FACILITATOR, town.id)]
    say(world, "revoke", address("ana"), "facilitator", "--process", "town")
    world.clock.move(minutes=1)
    assert world.actor("ana").held == ()
    assert capsys.readouterr().out.splitlines()[-1].startswith("revoked: facilitator from ana@example.org in town")


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (("grant", "ana@example.org", "forum_member"), Refusal),
        (("grant", "ana@example.org", "mayor"), Refusal),
        (("grant", "ana@", "office"), Invalid),
        (("grant", "ana@example.org", "office", "--process", "nowhere"), NotFound),
        (("grant", "carla@example.org", "office"), Conflict),
        (("revoke", "ana@example.org", "office"), Conflict),
        (("revoke", "nobody@example.org", "office"), NotFound),
        (("sign-in-link", "nobody@example.org"), NotFound),
        (("token", "nobody@example.org"), NotFound),
        (("token", "ana@example.org", "--days", "0"), Invalid),
    ],
)
def test_what_is_refused_changes_nothing(world: World, words: tuple[str, ...], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        say(world, *words)
    with world.database.reading() as session:
        assert session.scalars(select(Entry)).all() == []
        assert len(session.scalars(select(Person)).all()) == len(world.people)


async def test_a_token_is_printed_once(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    say(world, "token", address("ana"), "--name", "tests", "--days", "1")
    token = capsys.readouterr().out.strip()
    async with world.browser(authorization=f"Bearer {token}") as program:
        assert (await program.get("/account")).status_code == 200
        world.clock.move(days=1)
        assert (await program.get("/account")).status_code == 303
