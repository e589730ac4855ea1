"""Whoever has no confirmed address is reached another way, and by mail once the address is confirmed after all."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.duties.models import Duty
from app.duties.rules import DutyState
from app.feedback import actions as feedback
from app.feedback.models import Letter
from app.feedback.rules import Way
from app.mail.models import OutboxMessage
from app.mail.rules import LetterKind
from app.mail.transport import MemoryTransport
from app.parts.due import do_what_is_due
from app.people.rules import ContactKind
from app.post_office.worker import Worker
from app.process import queries as processes
from app.process.models import Process
from app.proposals import actions as proposals
from app.proposals.models import Author, Proposal
from app.trail.models import Entry
from tests.feedback.deciding import approve, decide, draft, letters, publish
from tests.world import World


def by_hand(world: World, contact: tuple[ContactKind, str] = (ContactKind.EMAIL, "rosa@example.org")) -> Process:
    """A town that decided on Rosa's proposal and approved the letter to her, to be handed over."""
    process = world.open_process()
    proposal = world.admitted(process, "rosa", contact=contact)
    world.clock.move(days=6)
    with world.work("carla") as work:
        stage = processes.stage_named(work.session, process.id, "decision")
        stage.opens_at = world.now
        work.record("stage.set", stage.subject)
    decide(world, process, proposal.folio)
    publish(world, process)
    draft(world, process)
    assert approve(world, process).by_hand == 1
    return process


def confirm(world: World) -> None:
    """She opens the link of her receipt."""
    with world.work("bruno") as work:
        author = work.session.scalars(select(Author)).one()
        proposals.confirm(work, work.session.get_one(Proposal, author.proposal_id), author)


def posted(world: World) -> list[OutboxMessage]:
    with world.database.reading() as session:
        return list(session.scalars(select(OutboxMessage).where(OutboxMessage.kind == LetterKind.DUTY)))


async def test_an_address_confirmed_after_the_approval_gets_the_letter_once_as_it_was_approved(world: World) -> None:
    by_hand(world)
    do_what_is_due(world.settings, world.database, world.clock)
    assert posted(world) == []
    confirm(world)
    for _ in range(3):
        do_what_is_due(world.settings, world.database, world.clock)
    (message,) = posted(world)
    (letter,) = letters(world)
    assert (message.to_address, message.letter_id) == ("rosa@example.org", letter.id)
    assert (message.subject, message.text, message.html) == (letter.subject, letter.text, letter.html)
    assert letter.way is Way.EMAIL
    await Worker(world.database, MemoryTransport()).run_until_idle()
    with world.database.reading() as session:
        assert session.scalars(select(Duty.state)).all() == [DutyState.COVERED]
        assert len(session.scalars(select(Entry).where(Entry.verb == "answer.posted")).all()) == 1


def test_what_was_handed_over_is_not_mailed_besides(world: World) -> None:
    process = by_hand(world)
    with world.work("carla") as work:
        here = processes.by_slug(work.session, process.slug)
        letter = work.session.scalars(select(Letter)).one()
        feedback.hand_over(work, here, letter, "Se entregó en la oficina el lunes.")
    confirm(world)
    do_what_is_due(world.settings, world.database, world.clock)
    assert posted(world) == []


@pytest.mark.parametrize(
    ("contact", "shown"),
    [
        ((ContactKind.EMAIL, "rosa@example.org"), "rosa@example.org"),
        ((ContactKind.PHONE, "+56 9 5555 1234"), "+56 9 5555 1234"),
        ((ContactKind.POST, "Calle Larga 12\nLota"), "Calle Larga 12\nLota"),
    ],
)
async def test_the_office_sees_how_to_reach_somebody_and_nobody_else_does(
    world: World, contact: tuple[ContactKind, str], shown: str
) -> None:
    by_hand(world, contact)
    (letter,) = letters(world)
    path = f"/p/town/office/answers/decision/letters/{letter.id}"
    async with world.browser("hugo") as browser:
        for page in (await browser.get(path), await browser.get("/p/town/office/proposals/TOWN-0001")):
            assert page.status_code == 200
            assert shown in page.text
            assert ("sin confirmar" in page.text) is (contact[0] is ContactKind.EMAIL)
    async with world.browser() as browser:
        assert shown not in (await browser.get("/p/town/proposals/TOWN-0001")).text


async def test_the_letter_prints_alone_with_the_postal_address(world: World) -> None:
    by_hand(world, (ContactKind.POST, "Calle Larga 12\nLota"))
    (letter,) = letters(world)
    async with world.browser("hugo") as browser:
        page = (await browser.get(f"/p/town/office/answers/decision/letters/{letter.id}")).text
    paper = page[page.index('<div class="paper') : page.index("</div>", page.index('<div class="paper'))]
    assert "Calle Larga 12\nLota</address>" in paper
    assert "<blockquote><p>Publicar cada acta como texto" in paper
    assert "&gt; " not in paper
    assert letter.content_hash not in paper
