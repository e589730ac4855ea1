"""Erasing a person: nothing that names them is left anywhere, and every proof still holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import LargeBinary, select, update

from app.accounts import erasing, roles, tending
from app.accounts.models import AccountSession, Erasure, SecurityEvent, SignInLink
from app.duties.models import Duty
from app.duties.rules import DutyState, Part, SettledBecause
from app.kit import schema
from app.kit.errors import Conflict, NotAllowed
from app.mail.models import OutboxMessage
from app.mail.rules import OutboxState
from app.people.actor import Actor
from app.people.models import Contact, Person
from app.people.rules import Role
from app.proposals.models import Author
from app.settings import Settings
from app.trail.models import Entry, PrivatePart
from app.work.transaction import Subject
from tests.clock import MovableClock
from tests.world import World, address, form_of

pytestmark = pytest.mark.either


@pytest.fixture
def world(settings: Settings, clock: MovableClock) -> Iterator[World]:
    built = World(settings, clock)
    yield built
    built.close()


def everything(world: World) -> dict[str, str]:
    """Every row of every table as text, by table."""
    found = {}
    with world.database.reading() as session:
        for table in schema.metadata().sorted_tables:
            columns = [column for column in table.columns if not isinstance(column.type, LargeBinary)]
            rows: list[Any] = list(session.execute(select(*columns)))
            found[table.name] = "\n".join(str(tuple(row)) for row in rows)
    return found


def spent_link(world: World, mailbox: str) -> SignInLink:
    return SignInLink(token_hash="t", code_hash="", address=mailbox, asked_at=world.now, expires_at=world.now)


def erase(world: World, who: str, by: str) -> None:
    with world.work(by) as work:
        erasing.erase(work, work.session.get_one(Person, world.people[who].id))


def test_every_table_with_a_person_in_it_says_how_it_forgets() -> None:
    from app.parts import fill_tables

    schema.metadata()
    fill_tables()
    tables = {table.name for table, _ in erasing.tables_of_people()}
    assert len(tables) > 12
    assert tables - {"people"} == set(erasing.FORGET)
    assert [name for name, how in erasing.FORGET.items() if isinstance(how, str) and len(how.split()) < 6] == []


def test_nothing_that_names_the_person_is_left(world: World) -> None:
    process = world.open_process()
    proposal = world.admitted(process, "ana")
    with world.work("admin") as work:
        roles.grant(work, world.people["ana"], Role.FACILITATOR, process.id)
    with world.work(Actor.system()) as work:
        work.session.add(
            SignInLink(token_hash="t", code_hash="", address=address("ana"), asked_at=world.now, expires_at=world.now)
        )
        work.session.add(SecurityEvent(kind="x", person_id=world.people["ana"].id, detail={}, at=world.now))
    before = everything(world)
    assert sum("Ana Soto" in rows or address("ana") in rows for rows in before.values()) >= 4
    erase(world, "ana", "ana")
    after = everything(world)
    named = [name for name, rows in after.items() if "Ana Soto" in rows or address("ana") in rows]
    assert named == []
    assert world.fresh(proposal).public_names == "Persona 1"
    with world.database.reading() as session:
        assert session.scalars(select(Author.public_name)).all() == ["Persona 1"]
        assert session.get_one(Person, world.people["ana"].id).name == "Persona 1"
    bruno = [rows for rows in after.values() if "Bruno Rivas" in rows]
    assert bruno


def test_the_trail_says_that_somebody_left_and_not_who(world: World) -> None:
    process = world.open_process()
    world.propose(process, "ana")
    with world.work("ana") as work:
        work.record("test.done", Subject("test", process.id, process.id), private={"name": "Ana Soto"})
    erase(world, "ana", "ana")
    key = world.people["ana"].id
    with world.database.reading() as session:
        entry = session.scalars(select(Entry).where(Entry.verb == "person.erased")).one()
        whose = session.scalars(select(PrivatePart.person_id)).all()
        where = (PrivatePart.chain_id == entry.chain_id, PrivatePart.seq == entry.seq)
        private = session.scalars(select(PrivatePart).where(*where)).one()
        erased = session.scalars(select(Erasure)).one()
    assert str(key) not in entry.leaf
    assert "Ana" not in entry.leaf
    assert key not in whose
    assert private.data == {}
    assert (erased.person_id, erased.at) == (key, world.now)


def test_the_chains_still_hold(world: World) -> None:
    from app.publication import verifying

    process = world.open_process()
    world.admitted(process, "ana")
    erase(world, "ana", "ana")
    found = verifying.check_database(world.settings.database_url)
    assert found.checked
    assert found.fault is None


def test_letters_lose_their_words_and_those_not_sent_are_cancelled(world: World) -> None:
    process = world.open_process()
    world.propose(process, "ana")
    world.propose(process, "bruno", "Otra propuesta")
    with world.database.reading() as session:
        hashes = set(session.scalars(select(OutboxMessage.content_hash)))
    erase(world, "ana", "ana")
    with world.database.reading() as session:
        rows = {row.person_id: row for row in session.scalars(select(OutboxMessage))}
    ana, bruno = rows[world.people["ana"].id], rows[world.people["bruno"].id]
    assert (ana.to_address, ana.subject, ana.text, ana.html) == ("", "", "", "")
    assert ana.state is OutboxState.CANCELLED
    assert bruno.to_address == address("bruno")
    assert bruno.text
    assert {row.content_hash for row in rows.values()} == hashes


def test_what_is_still_owed_is_settled_because_no_address_is_left(world: World) -> None:
    process = world.open_process()
    proposal = world.admitted(process, "ana")
    stage = world.stage(process, "consulta")
    with world.work("carla") as work:
        for who in ("ana", "bruno"):
            work.owe(world.people[who].id, stage.id, Part.AUTHOR, proposal.subject)
    erase(world, "ana", "ana")
    with world.database.reading() as session:
        duties = {duty.person_id: duty for duty in session.scalars(select(Duty))}
    ana, bruno = duties[world.people["ana"].id], duties[world.people["bruno"].id]
    assert (ana.state, ana.settled_because) == (DutyState.SETTLED, SettledBecause.NO_ADDRESS)
    assert bruno.state is DutyState.OWED


@pytest.mark.parametrize("by", ["bruno", "felix", "gloria", "diego", "admin", "stranger"])
def test_others_cannot_erase_somebody(world: World, by: str) -> None:
    with pytest.raises(NotAllowed):
        erase(world, "ana", by)
    with world.database.reading() as session:
        assert session.get_one(Person, world.people["ana"].id).name == "Ana Soto"


def test_the_office_of_the_whole_site_may_and_that_of_one_process_may_not(world: World) -> None:
    process = world.open_process()
    with world.work("admin") as work:
        roles.grant(work, world.people["bruno"], Role.OFFICE, process.id)
    with pytest.raises(NotAllowed):
        erase(world, "ana", "bruno")
    erase(world, "ana", "carla")
    with pytest.raises(Conflict):
        erase(world, "ana", "carla")


def test_what_went_to_a_shared_mailbox_stays_for_the_other(world: World) -> None:
    with world.work(Actor.system()) as work:
        moved = update(Contact).where(Contact.person_id == world.people["bruno"].id).values(value=address("ana"))
        work.session.execute(moved)
        work.session.add(
            SignInLink(token_hash="t", code_hash="", address=address("ana"), asked_at=world.now, expires_at=world.now)
        )
    erase(world, "ana", "ana")
    with world.database.reading() as session:
        assert session.scalars(
            select(Contact.value).where(Contact.person_id == world.people["bruno"].id)
        ).one() == address("ana")
        assert len(session.scalars(select(SignInLink)).all()) == 1


async def test_somebody_erases_themselves_through_the_page(world: World) -> None:
    async with world.browser("ana") as browser, world.browser("ana") as telephone:
        page = await browser.get("/account/erase")
        assert page.status_code == 200
        typed = form_of(page.text, "/account/erase")
        unsure = await browser.post("/account/erase", data=typed)
        assert unsure.status_code == 422
        done = await browser.post("/account/erase", data=typed | {"sure": "yes"})
        assert (done.status_code, done.headers["location"]) == (303, "/signed-out?by=erased")
        assert (await browser.get(done.headers["location"])).status_code == 200
        assert (await browser.get("/account")).status_code == 303
        assert (await telephone.get("/account")).status_code == 303
    with world.database.reading() as session:
        assert (
            session.scalars(select(AccountSession).where(AccountSession.person_id == world.people["ana"].id)).all()
            == []
        )


async def test_an_old_session_is_asked_to_sign_in_before_erasing_or_taking_data(
    world: World, clock: MovableClock
) -> None:
    async with world.browser("ana") as browser:
        clock.move(minutes=16)
        page = await browser.get("/account/erase")
        assert page.headers["location"] == "/sign-in?next=/account/erase"
        assert (await browser.post("/account/erase", data={"sure": "yes"})).status_code == 403
        taken = await browser.post("/account/data", data={})
        assert taken.headers["location"] == "/sign-in?next=/account"
    with world.database.reading() as session:
        assert session.get_one(Person, world.people["ana"].id).erased_at is None


def test_nobody_comes_back_with_an_older_backup(world: World, tmp_path: Path) -> None:
    erase(world, "ana", "ana")
    with world.work(Actor.system()) as work:
        tending.tend(work, world.settings)
        tending.tend(work, world.settings)
    written = (world.settings.var / erasing.LOG).read_text(encoding="utf-8")
    assert written.splitlines() == [f"{world.people['ana'].id} {world.now.isoformat()}"]
    with world.work(Actor.system()) as work:
        ana = work.session.get_one(Person, world.people["ana"].id)
        ana.name, ana.erased_at = "Ana Soto", None
        work.session.delete(work.session.scalars(select(Erasure)).one())
    assert erasing.replay_from(world.settings) == 1
    assert erasing.replay_from(world.settings) == 0
    with world.database.reading() as session:
        ana = session.get_one(Person, world.people["ana"].id)
        assert ana.name == "Persona 1"
        assert ana.erased_at is not None
        assert session.scalars(select(Erasure.person_id)).all() == [ana.id]


def test_every_table_of_the_doors_has_its_time(world: World, clock: MovableClock) -> None:
    kept = {"api_tokens", "account_sessions", "security_events", "sign_in_links"}
    assert kept == set(tending.KEPT)
    with world.work(Actor.system()) as work:
        work.session.add(
            SignInLink(token_hash="t", code_hash="", address="a", asked_at=world.now, expires_at=world.now)
        )
        work.session.add(SecurityEvent(kind="x", person_id=None, detail={}, at=world.now))
    for days, left in ((2, (1, 1)), (1, (0, 1)), (87, (0, 1)), (1, (0, 0))):
        clock.move(days=days)
        with world.work(Actor.system()) as work:
            tending.forget_old(work)
        with world.database.reading() as session:
            counted = [len(session.scalars(select(table)).all()) for table in (SignInLink, SecurityEvent)]
        assert tuple(counted) == left
