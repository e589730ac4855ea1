"""The answer to a meeting by letter: to confirmed addresses and others, once each, again when the answer changed."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select, update

from app.decisions import actions as decisions
from app.decisions.actions import Verdict
from app.duties.models import Duty
from app.duties.rules import DutyState, Part
from app.feedback import actions as feedback
from app.feedback.actions import Words
from app.feedback.models import Letter
from app.feedback.rules import LetterState
from app.kit.errors import Conflict
from app.mail import moves
from app.mail.models import OutboxMessage, Suppression
from app.mail.rules import EventKind, LetterKind, OutboxState, StopReason
from app.mail.transport import MemoryTransport, transport_of
from app.parts.due import do_what_is_due
from app.people.actor import Actor
from app.people.models import Contact, Person
from app.post_office.reports import Report, take_in
from app.post_office.worker import Worker
from app.proposals.models import Proposal
from app.trail.models import Entry
from tests.feedback.deciding import approve, draft, letters
from tests.journeys.mailboxes import WAYS
from tests.prioritisation.voting import STAGE, Town
from tests.world import World, form_of

pytestmark = pytest.mark.either

REASON = "La asamblea la puso entre las primeras y hay con qué hacerla."
WORDS = "Ustedes pidieron sombra y actas que se puedan buscar; las dos siguen."
CHANGED = "Se corrigió el lugar de una propuesta."
LATER = "Ustedes pidieron sombra y actas; la segunda queda para el próximo año."


def met(world: World, *who: str) -> Town:
    """A town whose one meeting is over, counted and decided on; these people came, each by name and address."""
    town = Town(world, proposals=2)
    town.adopted()
    town.hold()
    people = town.came([*who, *(f"Persona {at}" for at in range(2))])
    handed = town.given(people)
    town.open()
    for code in handed:
        town.cast(code, town.folios[0])
    town.close()
    town.meetings.close(town.table().meeting)
    town.close_round()
    for at, folio in enumerate(town.folios):
        with town.work("carla") as (work, here):
            proposal = work.session.scalars(select(Proposal).where(Proposal.folio == folio)).one()
            outcome = ("prioritised", "not_prioritised")[at]
            rule = {} if at == 0 else {"override_reason": "Nadie la puso entre las suyas."}
            decisions.decide(work, here, town.stage(work), proposal, Verdict(outcome, REASON, **rule))  # type: ignore[arg-type]
    with town.work("carla") as (work, here):
        decisions.publish(work, here, town.stage(work))
    return town


def published(town: Town, words: str = WORDS, change: str = "") -> int:
    with town.work("carla") as (work, here):
        return feedback.publish_together(work, here, *town.at(work), Words(words, change))[1]


async def sent(town: Town) -> list[tuple[str, str]]:
    """Address and text of the letters to participants that leave once everything is drafted, approved and sent."""
    draft(town.world, town.process, stage=STAGE)
    if any(letter.state is LetterState.DRAFT for letter in letters(town.world)):
        approve(town.world, town.process, stage=STAGE)
    return await leave(town.world)


async def leave(world: World) -> list[tuple[str, str]]:
    with world.work(Actor.system()) as work:
        waiting = (OutboxMessage.kind != LetterKind.DUTY, OutboxMessage.state == OutboxState.READY)
        work.session.execute(update(OutboxMessage).where(*waiting).values(state=OutboxState.CANCELLED))
    transport = MemoryTransport()
    await Worker(world.database, transport).run_until_idle()
    return sorted((one.to_address, one.text) for one in transport.sent if "/tables/1/answer" in one.text)


def owed(world: World) -> list[tuple[int, str]]:
    """Version and state of everything owed to participants."""
    wanted = select(Duty.subject_version, Duty.state).where(Duty.part == Part.PARTICIPANT)
    with world.database.reading() as session:
        return sorted((version, state.value) for version, state in session.execute(wanted))


@pytest.mark.parametrize("way", sorted(WAYS))
async def test_it_arrives_in_each_readers_language_by_a_mail_server_and_by_the_provider(world: World, way: str) -> None:
    town = met(world, "Ana Soto; ana@example.org", "Bruno Vera; bruno@example.org")
    with town.work("carla") as (work, _here):
        bruno = select(Contact.person_id).where(Contact.value == "bruno@example.org")
        work.session.execute(update(Person).where(Person.id.in_(bruno)).values(language="en"))
    published(town)
    draft(world, town.process, stage=STAGE)
    approve(world, town.process, stage=STAGE)
    with WAYS[way]() as post:
        await Worker(world.database, transport_of(post.with_settings(world.settings))).run_until_idle()
        arrived = {one.to: one for one in post.letters() if "/tables/1/answer" in one.text}
    assert set(arrived) == {"ana@example.org", "bruno@example.org"}
    assert all(one.says(WORDS) for one in arrived.values())
    assert arrived["ana@example.org"].says("Esta es la respuesta")
    assert arrived["bruno@example.org"].says("This is the answer to everybody who took part in the meeting.")


def stop_path(text: str) -> str:
    return str(re.findall(r"https?://[^/]+(/p/town/answers/stop/\S+)", text)[0])


async def test_an_address_nobody_confirmed_gets_a_letter_that_names_no_one_and_says_how_to_stop(world: World) -> None:
    town = met(world, "Rosa Pérez; rosa@example.org", "Ana Soto; ana@example.org")
    assert published(town) == 0
    assert owed(world) == [(1, "owed")] * 2
    (to_ana, to_rosa) = await sent(town)
    assert (to_ana[0], to_rosa[0]) == ("ana@example.org", "rosa@example.org")
    assert "Ana Soto" in to_ana[1]
    assert "/answers/stop/" not in to_ana[1]
    assert WORDS in to_rosa[1]
    assert "alguien dejó esta dirección en el encuentro «Encuentro en Valdivia»" in to_rosa[1]
    assert "Rosa" not in to_rosa[1]
    assert "participó" not in to_rosa[1]
    assert await sent(town) == []
    assert owed(world) == [(1, "covered")] * 2
    (letter,) = [one for one in letters(world) if one.is_to_anybody]
    with town.work("carla") as (work, here):
        stage = town.stage(work)
        with pytest.raises(Conflict):  # the office adds no words to it
            feedback.to_edit(work.session, here, stage, letter, {"note": "Señora Rosa: gracias."})
        work.session.execute(update(Contact).where(Contact.value == "rosa@example.org").values(confirmed_at=world.now))
    with town.work("stranger") as (work, _), pytest.raises(Conflict):
        feedback.leave_alone(work, letter)  # an old link stops nothing once the address is confirmed
    assert standing_stops(world) == []


async def test_only_the_public_answer_goes_to_an_address_nobody_confirmed(world: World) -> None:
    """Whoever is owed an answer of their own gets that by hand, and the meeting's answer by its publication."""
    town = met(world, "Rosa Pérez; rosa@example.org")
    with town.work("carla") as (work, _):
        duty = work.session.scalars(select(Duty).where(Duty.part == Part.PARTICIPANT)).one()
        mine = work.session.scalars(select(Duty).where(Duty.part == Part.AUTHOR, Duty.stage_id == duty.stage_id)).all()
        mine[0].person_id = duty.person_id
        work.record("stage.set", town.stage(work).subject)
    assert published(town) == 1
    assert owed(world) == [(1, "covered")]
    assert await sent(town) == []
    to_her = [letter for letter in letters(world) if letter.person_id == duty.person_id]
    assert [(one.way.value, one.is_to_anybody) for one in to_her] == [("hand", False)]


async def test_when_the_letter_to_an_unconfirmed_address_comes_back_the_published_answer_stands(world: World) -> None:
    town = met(world, "Rosa Pérez; rosa@example.org", "Ana Soto; ana@example.org")
    published(town)
    await sent(town)
    for address in ("rosa@example.org", "ana@example.org"):
        bounce(world, address)
    assert owed(world) == [(1, "owed")] * 2
    for _ in range(2):
        do_what_is_due(world.settings, world.database, world.clock)
    assert owed(world) == [(1, "covered"), (1, "owed")]  # Ana confirmed hers: the office tries another way
    with world.database.reading() as session:
        stands = select(func.count()).select_from(Entry).where(Entry.verb == "answer.stands_published")
        assert session.scalar(stands) == 1


def test_whoever_asks_to_be_left_alone_before_the_approval_is_answered_by_the_publication(world: World) -> None:
    town = met(world, "Rosa Pérez; rosa@example.org")
    published(town)
    draft(world, town.process, stage=STAGE)
    with world.work(Actor.system()) as work:
        moves.stop(work.session, "rosa@example.org", StopReason.COMPLAINT, world.now)
    do_what_is_due(world.settings, world.database, world.clock)
    assert owed(world) == [(1, "owed")]  # while its letter is only drafted
    approve(world, town.process, stage=STAGE)
    do_what_is_due(world.settings, world.database, world.clock)
    assert owed(world) == [(1, "covered")]
    (letter,) = [one for one in letters(world) if one.is_to_anybody]
    assert (letter.state, letter.outbox_message_id) == (LetterState.CANCELLED, None)


def bounce(world: World, address: str) -> None:
    with world.work(Actor.system()) as work:
        wanted = (OutboxMessage.to_address == address, OutboxMessage.state == OutboxState.ACCEPTED)
        message = work.session.scalars(select(OutboxMessage).where(*wanted)).one()
        detail = {"reason": "no such mailbox"}
        take_in(work, [Report(f"bounce-{address}", message.id, EventKind.BOUNCED, world.now, detail)])


async def test_one_click_stops_letters_to_the_address_and_looking_stops_nothing(world: World) -> None:
    town = met(world, "Rosa Pérez; rosa@example.org", "Ana Soto; ana@example.org")
    published(town)
    _, (_, text) = await sent(town)
    path = stop_path(text)
    (letter,) = [one for one in letters(world) if one.is_to_anybody]
    async with world.browser() as reader, world.browser("hugo") as hugo:
        office = await hugo.get(f"/p/town/office/answers/{STAGE}/letters/{letter.id}")
        assert "Nadie confirmó esta dirección." in office.text
        page = await reader.get(path)
        assert standing_stops(world) == []
        form = form_of(page.text, path)
        for _ in range(2):
            assert (await reader.post(path, data=form)).status_code == 303
        assert "Ya no se envía nada más" in (await reader.get(path)).text
        with world.database.reading() as session:
            question = session.scalars(select(Letter.question).where(Letter.way == "email")).all()
        others = [f"/p/town/answers/stop/{one}" for one in question if one not in path]
        assert [(await reader.get(one)).status_code for one in others] == [404] * len(others)
        assert others
    assert standing_stops(world) == [("rosa@example.org", StopReason.COMPLAINT)]
    assert published(town, LATER, CHANGED) == 0
    do_what_is_due(world.settings, world.database, world.clock)
    assert [address for address, _ in await sent(town)] == ["ana@example.org"]
    with world.database.reading() as session:
        assert len(session.scalars(select(Entry).where(Entry.verb == "answer.left_alone")).all()) == 1


def standing_stops(world: World) -> list[tuple[str, StopReason]]:
    with world.database.reading() as session:
        rows = session.execute(select(Suppression.address_norm, Suppression.reason))
        return [(row[0], row[1]) for row in rows]


async def test_a_changed_answer_goes_once_to_everybody_who_got_the_first_by_letter(world: World) -> None:
    town = met(world, "Rosa Pérez; rosa@example.org", "Ana Soto; ana@example.org", "Iris Vega; iris@example.org")
    published(town)
    await sent(town)
    bounce(world, "iris@example.org")
    do_what_is_due(world.settings, world.database, world.clock)
    world.clock.move(days=3)
    published(town, LATER, CHANGED)
    assert owed(world) == [(1, "covered")] * 3 + [(2, "owed")] * 2
    again = await sent(town)
    assert [address for address, _ in again] == ["ana@example.org", "rosa@example.org"]
    for _, text in again:
        assert LATER in text
        assert WORDS not in text
        assert CHANGED in text
        assert re.search(r"Esta carta reemplaza la del \d+ de \w+ de \d+: cambió la respuesta", text)
        assert text.index("Esta carta reemplaza") < text.index("Ustedes pidieron")
    assert owed(world) == [(1, "covered")] * 3 + [(2, "covered")] * 2
    assert await sent(town) == []
    published(town, WORDS, "Esto no alcanza a salir.")
    draft(world, town.process, stage=STAGE)
    published(town, WORDS, "Se volvió a la primera.")
    last = await sent(town)
    assert [address for address, _ in last] == ["ana@example.org", "rosa@example.org"]
    for _, text in last:
        assert "Esta carta reemplaza" in text
        assert "Se volvió a la primera." in text
        assert "no alcanza" not in text
    assert {state for _, state in owed(world)} == {DutyState.COVERED}


async def test_a_letter_that_waits_is_taken_back_and_tells_the_new_answer_only(world: World) -> None:
    town = met(world, "Rosa Pérez; rosa@example.org", "Ana Soto; ana@example.org")
    published(town)
    draft(world, town.process, stage=STAGE)
    approve(world, town.process, chosen=[one.id for one in at_stage(town) if one.is_to_anybody], stage=STAGE)
    published(town, LATER, CHANGED)
    assert {one.state for one in at_stage(town) if not one.is_to_anybody} >= {LetterState.CANCELLED}
    told = await sent(town)
    assert [address for address, _ in told] == ["ana@example.org", "rosa@example.org"]
    assert all(LATER in text and "Esta carta reemplaza" not in text for _, text in told)
    assert owed(world) == [(1, "covered")] * 2


def at_stage(town: Town) -> list[Letter]:
    with town.world.database.reading() as session:
        stage = select(Duty.stage_id).where(Duty.part == Part.PARTICIPANT).limit(1).scalar_subquery()
        return list(session.scalars(select(Letter).where(Letter.stage_id == stage)))


async def test_both_versions_stand_on_the_page_with_what_changed_and_the_meeting_links_to_them(world: World) -> None:
    town = met(world, "Rosa Pérez; rosa@example.org")
    slug = town.table().meeting.slug
    async with world.browser() as reader:
        assert "/tables/1/answer" not in (await reader.get(f"/p/town/meetings/{slug}")).text
        published(town)
        published(town, LATER, CHANGED)
        world.app.state.house.cache.clear()
        page = (await reader.get("/p/town/tables/1/answer")).text
        assert "/p/town/tables/1/answer" in (await reader.get(f"/p/town/meetings/{slug}")).text
        assert "/p/town/tables/1/answer" in (await reader.get("/p/town/tables/1")).text
    assert page.index(CHANGED) < page.index(LATER) < page.index("Versiones anteriores") < page.index(WORDS)
    assert f"/p/town/meetings/{slug}" in page
    assert "Rosa" not in page
