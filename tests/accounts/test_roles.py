"""Giving and taking roles: who may, what follows at once, and what the trail keeps."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts import links, roles, sessions, tokens
from app.accounts.models import ApiToken, SecurityEvent
from app.kit import ids
from app.kit.errors import Conflict, Invalid, NotAllowed, NotFound, NotNow, Refusal
from app.people import queries as people
from app.people.actor import Actor
from app.people.models import RoleGrant
from app.people.rules import FROM_A_SEAT, GRANTABLE, Permission, Role
from app.settings import Settings
from app.trail.models import Entry, PrivatePart
from tests.clock import MovableClock
from tests.world import World, address

pytestmark = pytest.mark.either


@pytest.fixture
def world(settings: Settings, clock: MovableClock) -> Iterator[World]:
    built = World(settings, clock)
    yield built
    built.close()


def held(world: World, who: str) -> set[tuple[Role, uuid.UUID | None]]:
    return {(one.role, one.process_id) for one in world.actor(who).held}


def entries(world: World, verb: str) -> list[Entry]:
    with world.database.reading() as session:
        return list(session.scalars(select(Entry).where(Entry.verb == verb)))


def test_an_admin_gives_a_role_in_one_process_and_nowhere_else(world: World) -> None:
    town, other = world.open_process("town"), world.open_process("other")
    with world.work("admin") as work:
        roles.grant(work, address("bruno"), Role.OFFICE, town.id, "Secretaría de planificación")
    bruno = world.actor("bruno")
    assert bruno.may(Permission.EXAMINE_PROPOSALS, town.id)
    assert not bruno.may(Permission.EXAMINE_PROPOSALS, other.id)
    assert not bruno.may(Permission.EXAMINE_PROPOSALS)


@pytest.mark.parametrize("who", ["ana", "carla", "diego", "felix", "gloria", "stranger"])
def test_nobody_but_an_admin_gives_or_takes_roles(world: World, who: str) -> None:
    for act in (roles.grant, roles.revoke):
        with pytest.raises(NotAllowed), world.work(who) as work:
            act(work, world.people["carla"], Role.OFFICE)
    assert held(world, "carla") == {(Role.OFFICE, None)}


def test_an_admin_of_one_process_gives_nothing_elsewhere(world: World) -> None:
    town, other = world.open_process("town"), world.open_process("other")
    with world.work("admin") as work:
        roles.grant(work, world.people["bruno"], Role.ADMIN, town.id)
    for process_id in (None, other.id):
        with pytest.raises(NotAllowed), world.work("bruno") as work:
            roles.grant(work, world.people["ana"], Role.OFFICE, process_id)
    with world.work("bruno") as work:
        roles.grant(work, world.people["ana"], Role.OFFICE, town.id)
    assert held(world, "ana") == {(Role.OFFICE, town.id)}


@pytest.mark.parametrize("role", sorted(FROM_A_SEAT))
def test_the_roles_of_the_forum_follow_from_a_seat(world: World, role: Role) -> None:
    for actor in ("admin", Actor.system()):
        with pytest.raises(Refusal, match="seat"), world.work(actor) as work:
            roles.grant(work, world.people["ana"], role)
    assert held(world, "ana") == set()


@pytest.mark.parametrize("role", sorted(GRANTABLE))
def test_every_other_role_is_given_and_taken(world: World, clock: MovableClock, role: Role) -> None:
    with world.work("admin") as work:
        roles.grant(work, world.people["ana"], role)
    assert held(world, "ana") == {(role, None)}
    clock.move(minutes=1)
    with world.work("admin") as work:
        roles.revoke(work, world.people["ana"], role)
    assert held(world, "ana") == set()
    with world.database.reading() as session:
        kept = session.scalars(select(RoleGrant).where(RoleGrant.person_id == world.people["ana"].id)).one()
    assert (kept.from_at, kept.to_at) == (world.now - timedelta(minutes=1), world.now)


def test_given_twice_or_taken_twice_changes_nothing(world: World) -> None:
    with pytest.raises(Conflict), world.work("admin") as work:
        roles.grant(work, world.people["carla"], Role.OFFICE)
    with pytest.raises(Conflict), world.work("admin") as work:
        roles.revoke(work, world.people["ana"], Role.OFFICE)


async def test_taking_a_role_ends_sessions_tokens_and_links_at_once(world: World) -> None:
    with world.work(Actor.system()) as work:
        token = tokens.make(work, world.people["carla"], "tests", 1)
        link = links.make(work.session, world.people["carla"], world.now, timedelta(hours=1))
        other = sessions.open_for(work.session, world.people["hugo"], "test", "", world.now)
    async with world.browser("carla") as browser:
        assert (await browser.get("/account")).status_code == 200
        with world.work("admin") as work:
            roles.revoke(work, world.people["carla"], Role.OFFICE)
        assert (await browser.get("/account")).status_code == 303
        assert (await browser.post(f"/sign-in/{link}", data={})).status_code == 409
    async with world.browser(authorization=f"Bearer {token}") as program:
        assert (await program.get("/account")).status_code == 303
    async with world.browser() as hugo:
        hugo.cookies.set("minga_session", other)
        assert (await hugo.get("/account")).status_code == 200
    with world.database.reading() as session, pytest.raises(NotNow):
        links.by_token(session, link, world.now)


async def test_being_given_a_role_ends_the_sessions_of_the_time_before(world: World) -> None:
    async with world.browser("ana") as browser:
        with world.work("admin") as work:
            roles.grant(work, world.people["ana"], Role.OFFICE)
        assert (await browser.get("/account")).status_code == 303


def test_every_change_of_roles_is_in_the_trail_and_in_the_log_of_the_doors(world: World) -> None:
    town = world.open_process("town")
    with world.work("admin") as work:
        given = roles.grant(work, world.people["ana"], Role.FACILITATOR, town.id, "Ana Soto, suplente")
    with world.work("admin") as work:
        roles.revoke(work, world.people["ana"], Role.FACILITATOR, town.id)
    granted, revoked = entries(world, "role.granted")[0], entries(world, "role.revoked")[0]
    for entry in (granted, revoked):
        assert entry.subject == "role:facilitator"
        assert f"grant:{given.id}" in entry.leaf
        assert not any(word in entry.leaf for word in ("Ana", "ana@", str(world.people["ana"].id)))
    with world.database.reading() as session:
        where = (PrivatePart.chain_id == granted.chain_id, PrivatePart.seq == granted.seq)
        private = session.scalars(select(PrivatePart).where(*where)).one()
        kinds = session.scalars(select(SecurityEvent.kind).order_by(SecurityEvent.id)).all()
    assert private.person_id == world.people["admin"].id
    assert private.data == {"whom": str(world.people["ana"].id), "post": "Ana Soto, suplente"}
    assert kinds == ["role.granted", "role.revoked"]


def test_an_unknown_or_a_shared_address_is_refused(world: World) -> None:
    with pytest.raises(NotFound), world.work("admin") as work:
        roles.grant(work, "nobody@example.org", Role.OFFICE)
    with pytest.raises(NotFound), world.work("admin") as work:
        roles.known_or_new(work, "nobody@example.org")
    with world.work(Actor.system()) as work:
        from app.people.models import Contact

        work.session.scalars(select(Contact).where(Contact.value == address("bruno"))).one().value = address("ana")
    with pytest.raises(Invalid), world.work("admin") as work:
        roles.grant(work, address("ana"), Role.OFFICE)


def test_a_token_carries_its_person_and_dies_in_time(world: World, clock: MovableClock) -> None:
    with world.work(Actor.system()) as work:
        token = tokens.make(work, world.people["carla"], "tests", 2)
    with world.database.reading() as session:
        row = session.scalars(select(ApiToken)).one()
        assert row.token_hash == ids.hash_token(token)
        assert people.roles_of(session, row.person_id, world.now)
    assert row.expires_at == world.now + timedelta(days=2)
    for days in (0, 367):
        with pytest.raises(Invalid), world.work(Actor.system()) as work:
            tokens.make(work, world.people["carla"], "tests", days)
