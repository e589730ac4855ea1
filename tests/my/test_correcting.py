"""Correcting one's own data: another address that has to say yes itself, another name over what was proposed."""

from __future__ import annotations

import re

from httpx2 import AsyncClient, Response
from sqlalchemy import select

from app.accounts import tending
from app.accounts.models import AddressChange
from app.kit import search
from app.mail.models import OutboxMessage
from app.people import queries as people
from app.people.actor import Actor
from app.proposals.models import Author
from app.publication.models import Follower
from app.trail import queries as trail
from tests.world import World, address, form_of

NEW = "ana.nueva@example.net"


async def press(browser: AsyncClient, page: str, action: str, **typed: str) -> Response:
    return await browser.post(action, data=form_of((await browser.get(page)).text, action) | typed)


def letters(world: World, to: str) -> list[OutboxMessage]:
    with world.database.reading() as session:
        return list(session.scalars(select(OutboxMessage).where(OutboxMessage.to_address == to)))


def mailbox(world: World, who: str = "ana") -> str:
    with world.database.reading() as session:
        found = people.email_of(session, world.people[who].id)
        assert found
        return found.value


def way(world: World) -> str:
    found = re.search(r"(/account/address/\S+)", letters(world, NEW)[-1].text)
    assert found
    return found[1]


async def test_another_address_counts_once_its_mailbox_says_yes_and_what_was_followed_goes_along(world: World) -> None:
    world.admitted(world.open_process(), "bruno")
    form = "/p/town/proposals/TOWN-0001/follow"
    async with world.browser("ana") as ana, world.browser() as stranger:
        await press(ana, form, form, email=address("ana"))
        asked = await press(ana, "/account/address", "/account/address", email=NEW)
        assert asked.headers["location"] == "/account"
        (notice,) = letters(world, address("ana"))
        assert NEW not in notice.text
        assert NEW in (await ana.get("/account")).text
        path = way(world)
        assert (await stranger.get(path)).status_code == 200
        assert mailbox(world) == address("ana")
        assert (await stranger.post(f"{path}x", data={})).status_code == 404
        assert (await press(stranger, path, path)).status_code == 303
        assert mailbox(world) == NEW
        assert (await stranger.get(path)).status_code == 404
    with world.database.reading() as session:
        assert session.scalars(select(Follower.address)).all() == [NEW]
        assert people.with_address(session, address("ana")) == []


async def test_an_address_is_asked_for_only_by_whom_signed_in_a_moment_ago_and_can_be_taken_back(world: World) -> None:
    async with world.browser("ana") as ana:
        wrong = await press(ana, "/account/address", "/account/address", email="ana")
        assert wrong.status_code == 422
        same = await press(ana, "/account/address", "/account/address", email=address("ana"))
        assert same.status_code == 422
        await press(ana, "/account/address", "/account/address", email=NEW)
        path = way(world)
        await press(ana, "/account", "/account/address/end")
        assert (await ana.post(path, data={})).status_code == 404
        world.clock.move(minutes=1)
        await press(ana, "/account/address", "/account/address", email=NEW)
        world.clock.move(minutes=16)
        assert (await ana.get("/account/address")).headers["location"] == "/sign-in?next=/account/address"
        assert (await ana.post("/account/address", data={"email": NEW})).status_code == 403
        world.clock.move(days=1)
        assert (await ana.post(way(world), data={})).status_code == 409
    with world.work(Actor.system()) as work:
        tending.forget_old(work)
    with world.database.reading() as session:
        assert session.scalars(select(AddressChange)).all() == []
    assert mailbox(world) == address("ana")


async def test_a_proposal_is_published_under_another_name_and_bruno_cannot_change_it(world: World) -> None:
    process = world.open_process()
    proposal = world.admitted(process, "ana", "Actas en texto para buscar")
    with world.database.reading() as session:
        key = session.scalars(select(Author.id)).one()
    path = f"/account/proposals/{key}/name"
    async with world.browser("ana") as ana, world.browser("bruno") as bruno:
        assert path in (await ana.get("/account")).text
        assert (await bruno.get(path)).status_code == 404
        assert (await bruno.post(path, data={"publish_as": "none"})).status_code == 404
        empty = await press(ana, path, path, publish_as="other", public_name="")
        assert empty.status_code == 422
        assert (await press(ana, path, path, publish_as="other", public_name="Vecina del cerro")).status_code == 303
        page = (await ana.get("/p/town/proposals/TOWN-0001")).text
        assert "Vecina del cerro" in page
        assert "El autor" not in page or "Ana Soto" not in page.partition("<main")[2]
        with world.database.reading() as session:
            told = trail.about(session, process.id, proposal.subject.name)[-1]
            assert told.leaf
            assert told.leaf["verb"] == "proposal.name_changed"
            assert told.leaf["facts"] == {}
            by_new = search.find(session, str(process.id), "vecina cerro", search.Wanted(5))
            by_old = search.find(session, str(process.id), "soto", search.Wanted(5))
            assert by_new
            assert by_old
            assert (by_new.total, by_old.total) == (1, 0)
        await press(ana, path, path, publish_as="none")
        assert world.fresh(proposal).public_names == "Sin nombre"
        await press(ana, path, path, publish_as="own")
    assert world.fresh(proposal).public_names == "Ana Soto"
