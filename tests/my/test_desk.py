"""A person's own desk: theirs, whole, and nobody else's."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from app.accounts.models import AccountSession
from app.mail.models import OutboxMessage
from app.people.models import Person
from app.settings import Settings
from tests.clock import MovableClock
from tests.world import World, address, form_of

pytestmark = pytest.mark.either


@pytest.fixture
def world(settings: Settings, clock: MovableClock) -> Iterator[World]:
    built = World(settings, clock)
    yield built
    built.close()


async def test_ana_sees_hers_and_bruno_his(world: World) -> None:
    process = world.open_process()
    world.propose(process, "ana", "Actas en texto para buscar")
    world.propose(process, "bruno", "Micros hasta la noche")
    async with world.browser("ana") as browser:
        page = (await browser.get("/account")).text
        assert "Actas en texto para buscar" in page
        assert "TOWN-0001" in page
        assert address("ana") in page
        assert not any(word in page for word in ("Micros", "TOWN-0002", "Bruno", address("bruno")))
        taken = await browser.post("/account/data", data={})
    assert taken.headers["content-disposition"] == 'attachment; filename="minga-my-data.json"'
    assert taken.headers["cache-control"] == "no-store"
    found = taken.json()
    kept = "at_the_door attendances ballots contacts draft_comments drafts follows letters person proposals"
    assert sorted(found) == [*kept.split(), "questions", "registrations", "roles", "sessions"]
    assert found["proposals"][0]["texts"][0]["title"] == "Actas en texto para buscar"
    assert len(found["letters"]) == 1
    assert not any(word in taken.text for word in ("Micros", "TOWN-0002", "Bruno", address("bruno")))


async def test_the_link_of_a_proposal_leads_to_it_before_it_is_public(world: World) -> None:
    world.propose(world.open_process(), "ana")
    async with world.browser("ana") as browser:
        page = (await browser.get("/account")).text
        path = page.partition('href="/follow/')[2].partition('"')[0]
        assert "Publicar las actas" in (await browser.get(f"/follow/{path}")).text


async def test_a_letter_is_read_by_whom_it_was_written_to(world: World) -> None:
    world.propose(world.open_process(), "ana")
    with world.database.reading() as session:
        letter = session.scalars(select(OutboxMessage)).one()
    async with world.browser("ana") as ana, world.browser("bruno") as bruno, world.browser() as stranger:
        page = await ana.get(f"/account/letters/{letter.id}")
        assert letter.subject in page.text
        assert (await bruno.get(f"/account/letters/{letter.id}")).status_code == 404
        assert (await ana.get(f"/account/letters/{uuid.uuid4()}")).status_code == 404
        assert (await stranger.get(f"/account/letters/{letter.id}")).status_code == 303


async def test_whoever_has_no_letters_reads_that_no_proposal_of_theirs_was_answered(world: World) -> None:
    async with world.browser("ana") as browser:
        assert "Todavía no hay respuestas a sus propuestas." in (await browser.get("/account")).text


async def test_name_public_name_and_language_are_changed_and_the_past_keeps_its_own(world: World) -> None:
    proposal = world.admitted(world.open_process(), "ana")
    async with world.browser("ana") as browser:
        page = await browser.get("/account")
        typed = form_of(page.text, "/account/me")
        wrong = await browser.post("/account/me", data=typed | {"name": "", "public_name": "A", "language": "xx"})
        assert wrong.status_code == 422
        new = {"name": "Ana María Soto", "public_name": "A. M. S.", "language": "en"}
        done = await browser.post("/account/me", data=typed | new)
        assert done.status_code == 303
    with world.database.reading() as session:
        ana = session.get_one(Person, world.people["ana"].id)
    assert (ana.name, ana.public_name, ana.language) == ("Ana María Soto", "A. M. S.", "en")
    assert world.fresh(proposal).public_names == "Ana Soto"


async def test_ana_ends_a_session_of_hers_and_none_of_brunos(world: World) -> None:
    async with world.browser("ana") as browser, world.browser("ana") as lost, world.browser("bruno") as bruno:
        with world.database.reading() as session:
            rows = session.scalars(select(AccountSession).order_by(AccountSession.id)).all()
        first, second, third = rows
        assert (await browser.post(f"/account/sessions/{third.id}/end", data={})).status_code == 404
        assert (await browser.post(f"/account/sessions/{second.id}/end", data={})).status_code == 303
        assert (await lost.get("/account")).status_code == 303
        assert (await bruno.get("/account")).status_code == 200
        assert str(first.id) not in (await browser.get("/account")).text
        out = await browser.post("/account/sessions/end", data={})
        assert (out.status_code, out.headers["location"]) == (303, "/signed-out")
        assert (await browser.get("/account")).status_code == 303


@pytest.mark.parametrize("path", ["/account", "/account/erase"])
async def test_a_stranger_is_asked_to_sign_in(world: World, path: str) -> None:
    async with world.browser() as browser:
        answer = await browser.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?next={path}")
        for act in ("/account/me", "/account/data", "/account/erase", "/account/sessions/end"):
            assert (await browser.post(act, data={"sure": "yes"})).status_code == 403
