"""Mailboxes that follow something: asked and confirmed as people do it, and what was sent to them."""

from __future__ import annotations

import re

from httpx2 import AsyncClient, Response
from sqlalchemy import select

from app.mail.models import OutboxMessage
from app.mail.rules import LetterKind
from app.process import queries as processes
from app.proposals import actions as proposals
from app.proposals.models import Author, Proposal
from app.publication import posting
from app.publication.models import Follow, Follower, NewsLetter, WeekLetter
from tests.world import World, form_of

MAILBOX = "vecina@example.net"
FORM = "/p/town/proposals/TOWN-0001/follow"


def mails(world: World, to: str = MAILBOX) -> list[OutboxMessage]:
    with world.database.reading() as session:
        sent = select(OutboxMessage).where(OutboxMessage.to_address == to)
        return list(session.scalars(sent.order_by(OutboxMessage.created_at, OutboxMessage.id)))


def rows(world: World, letter: type[NewsLetter | WeekLetter] = NewsLetter) -> tuple[int, int, int]:
    with world.database.reading() as session:
        return tuple(len(session.scalars(select(one)).all()) for one in (Follower, Follow, letter))  # type: ignore[return-value]


def path_in(letter: OutboxMessage, kind: str) -> str:
    found = re.search(rf"https?://[^/\s]+(/\S*{kind}/\S+)", letter.text)
    assert found
    return found[1]


async def ask(browser: AsyncClient, email: str = MAILBOX, form: str = FORM, how_often: str = "each_time") -> Response:
    page = await browser.get(form)
    return await browser.post(form, data=form_of(page.text, form) | {"email": email, "how_often": how_often})


async def press(browser: AsyncClient, path: str) -> Response:
    return await browser.post(path, data=form_of((await browser.get(path)).text, path))


async def follow(world: World, form: str = FORM, email: str = MAILBOX, how_often: str = "each_time") -> None:
    async with world.browser() as browser:
        await ask(browser, email, form, how_often)
        done = await press(browser, path_in(mails(world, email)[-1], "confirm"))
    assert done.status_code == 303


def withdraw(world: World) -> None:
    with world.work("ana") as work:
        own = work.session.execute(select(Proposal, Author).join(Author, Author.proposal_id == Proposal.id)).one()
        process = processes.by_slug(work.session, "town")
        stage = processes.stage_named(work.session, process.id, "consulta")
        made = proposals.to_withdraw(process, own[0])
        proposals.withdraw(work, process, stage, (own[0], own[1]), made)


def news(world: World) -> list[OutboxMessage]:
    while posting.tell_some(world.database, world.now):
        pass
    return [one for one in mails(world) if one.kind is LetterKind.OPTIONAL]
