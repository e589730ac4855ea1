"""Appointing somebody for an institution says which, so that they reach its requests and reports and no other's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from app.people.models import Organisation, Person, RoleGrant
from app.people.rules import Role
from app.settings import Settings
from app.trail.models import Entry
from tests.clock import MovableClock
from tests.world import World, address, form_of

pytestmark = pytest.mark.either

PAGE = "/p/town/office/people"
PORTS = "Dirección de Puertos"
WORKS = "Ministerio de Obras"


@pytest.fixture
def world(settings: Settings, clock: MovableClock) -> Iterator[World]:
    built = World(settings, clock)
    built.open_process()
    yield built
    built.close()


async def appoint(world: World, institution: str, page: str = PAGE, who: str = "bruno", **more: str) -> tuple[int, str]:
    """The administration appoints somebody for an institution; what it is answered."""
    async with world.browser("admin") as browser:
        shown = (await browser.get(page)).text
        typed = {"holder": world.people[who].name, "email": address(who), "role": "institution"}
        typed |= {"institution": institution} | more
        sent = await browser.post(page, data=form_of(shown, page) | typed)
        return sent.status_code, sent.text


def belongs_to(world: World, who: str = "bruno") -> str:
    with world.database.reading() as session:
        mine = select(Organisation.name).join(Person, Person.organisation_id == Organisation.id)
        return session.scalar(mine.where(Person.id == world.people[who].id)) or ""


def grants(world: World, who: str = "bruno") -> int:
    with world.database.reading() as session:
        mine = (RoleGrant.person_id == world.people[who].id, RoleGrant.role == Role.INSTITUTION)
        return len(session.scalars(select(RoleGrant).where(*mine)).all())


async def test_without_an_institution_nobody_is_appointed_for_one(world: World) -> None:
    status, page = await appoint(world, " ")
    assert status == 422
    assert 'id="f-institution-error"' in page
    assert address("bruno") in page
    assert (grants(world), belongs_to(world)) == (0, "")
    status, page = await appoint(world, "x" * 201)
    assert (status, 'id="f-institution-error"' in page) == (422, True)


async def test_whoever_is_appointed_belongs_to_the_institution_and_the_trail_names_no_person(world: World) -> None:
    assert (await appoint(world, f"  {PORTS} "))[0] == 303
    assert (grants(world), belongs_to(world)) == (1, PORTS)
    async with world.browser("admin") as browser:
        page = (await browser.get(PAGE)).text
    assert f'<option value="{PORTS}">' in page
    assert f"Institución · {PORTS}" in page
    with world.database.reading() as session:
        told = session.scalars(select(Entry).where(Entry.verb == "role.institution_named")).one()
        assert PORTS in str(told.leaf)
        for private in ("Bruno", address("bruno"), str(world.people["bruno"].id)):
            assert private not in str(told.leaf)


async def test_appointed_again_for_another_institution_somebody_moves_there_with_one_role(world: World) -> None:
    await appoint(world, PORTS)
    assert (await appoint(world, PORTS))[0] == 409
    assert (await appoint(world, WORKS))[0] == 303
    assert (grants(world), belongs_to(world)) == (1, WORKS)


async def test_one_process_does_not_move_somebody_who_speaks_for_an_institution_in_another(world: World) -> None:
    world.open_process("other", folio_prefix="OTHER")
    await appoint(world, PORTS)
    there = "/p/other/office/people"
    status, page = await appoint(world, WORKS, there)
    assert (status, 'id="f-institution-error"' in page) == (422, True)
    assert (grants(world), belongs_to(world)) == (1, PORTS)
    assert (await appoint(world, PORTS, there))[0] == 303
    assert (grants(world), belongs_to(world)) == (2, PORTS)


async def test_another_role_asks_for_no_institution(world: World) -> None:
    assert (await appoint(world, "", role="facilitator"))[0] == 303
    assert (grants(world), belongs_to(world)) == (0, "")
