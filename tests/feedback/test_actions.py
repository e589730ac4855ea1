"""From a decision to a person who was answered: drafted, approved by a second person, sent, covered, concluded."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from app.duties.models import Duty, DutyLetter
from app.duties.rules import DutyState
from app.feedback import actions as feedback
from app.feedback import queries
from app.feedback.models import Letter, LetterDuty
from app.feedback.rules import Blocked, LetterState, Way
from app.kit import ids
from app.kit.errors import Conflict, NotAllowed
from app.mail.models import OutboxMessage
from app.mail.rules import EventKind, LetterKind, OutboxState
from app.mail.transport import MemoryTransport
from app.people.actor import Actor
from app.people.models import RoleGrant
from app.people.rules import ContactKind, Role
from app.post_office import reports
from app.post_office.reports import Report
from app.post_office.worker import Worker
from app.process import actions as process_actions
from app.process import queries as processes
from app.process.models import Process
from app.proposals import actions as proposals
from app.proposals.models import Proposal
from app.trail.models import Entry
from tests.feedback.deciding import REASON, STAGE, approve, decide, decided, draft, letters, publish
from tests.world import World

pytestmark = pytest.mark.either


async def send(world: World) -> MemoryTransport:
    """What the worker does with the letters of duty; receipts left before."""
    with world.work(Actor.system()) as work:
        work.session.execute(
            update(OutboxMessage).where(OutboxMessage.kind != LetterKind.DUTY).values(state=OutboxState.CANCELLED)
        )
    transport = MemoryTransport()
    await Worker(world.database, transport).run_until_idle()
    return transport


def duties(world: World) -> list[Duty]:
    with world.database.reading() as session:
        return list(session.scalars(select(Duty).order_by(Duty.owed_at, Duty.id)))


def conclude(world: World, process: Process, stage: str = STAGE) -> None:
    world.clock.move(days=40)
    with world.work("carla") as work:
        here = processes.by_slug(work.session, process.slug)
        process_actions.conclude(work, here, processes.stage_named(work.session, here.id, stage))


def reject(world: World, proposal: Proposal, reason: str) -> None:
    with world.work("carla") as work:
        here = processes.by_id(work.session, proposal.process_id)
        one = work.session.get_one(Proposal, proposal.id)
        proposals.refuse(work, here, one, reason, ["complaint"])


async def test_from_the_decision_to_the_answer_and_the_end_of_the_stage(world: World) -> None:
    process = decided(world)
    assert draft(world, process).letters == 1
    approved = approve(world, process)
    assert (approved.posted, approved.by_hand, approved.left_out) == (1, 0, [])
    transport = await send(world)
    (sent,) = transport.sent
    assert sent.to_address == "ana@example.org"
    assert sent.subject.startswith("Proceso town · TOWN-0001:")
    for words in (sent.text, sent.html):
        assert REASON in words
        assert "cinco días" in words  # the author's own words
    (duty,) = duties(world)
    assert duty.state is DutyState.COVERED
    conclude(world, process)


async def test_what_is_approved_is_what_is_sent(world: World) -> None:
    process = decided(world)
    draft(world, process)
    (letter,) = letters(world)
    approve(world, process)
    (sent,) = (await send(world)).sent
    assert (sent.subject, sent.text, sent.html) == (letter.subject, letter.text, letter.html)
    with world.database.reading() as session:
        row = session.scalars(select(OutboxMessage).where(OutboxMessage.letter_id == letter.id)).one()
        leaves = [entry.leaf for entry in session.scalars(select(Entry))]
    assert row.content_hash == letter.content_hash
    assert any("answer.approved" in leaf for leaf in leaves)
    assert not any("Ana" in leaf or "ana@" in leaf for leaf in leaves if "answer." in leaf)


def test_who_wrote_a_letter_does_not_approve_it(world: World) -> None:
    process = decided(world)
    draft(world, process)
    with pytest.raises(NotAllowed):
        approve(world, process, "carla")
    assert approve(world, process, "hugo").posted == 1
    assert not letters(world)[0].is_lone_approval


@pytest.mark.parametrize("who", ["ana", "bruno", "felix", "gloria", "admin", "stranger"])
def test_nobody_else_drafts_approves_or_settles(world: World, who: str) -> None:
    process = decided(world)
    with pytest.raises(NotAllowed):
        draft(world, process, who)
    draft(world, process)
    with pytest.raises(NotAllowed):
        approve(world, process, who)
    (duty,) = duties(world)
    with pytest.raises(NotAllowed), world.work(who) as work:
        feedback.settle(work, work.session.get_one(Duty, duty.id), "no_address", "No quiso dejar dirección.")


@pytest.mark.parametrize("role", [Role.FORUM_GUEST, Role.FORUM_MEMBER, Role.FORUM_CHAIR])
def test_a_forum_does_not_approve_what_the_office_decided(world: World, role: Role) -> None:
    process = decided(world)
    draft(world, process)
    with world.work(Actor.system()) as work:
        diego = world.people["diego"].id
        work.session.add(
            RoleGrant(person_id=diego, role=role, process_id=process.id, from_at=world.now - timedelta(days=1))
        )
    with pytest.raises(NotAllowed):
        approve(world, process, "diego")


def test_an_official_alone_waits_a_day_and_is_marked(world: World) -> None:
    process = decided(world)
    with world.work(Actor.system()) as work:
        work.session.execute(
            update(RoleGrant).where(RoleGrant.person_id == world.people["hugo"].id).values(to_at=world.now)
        )
    draft(world, process)
    world.clock.move(hours=23, minutes=59)
    with pytest.raises(NotAllowed):
        approve(world, process, "carla")
    world.clock.move(minutes=1)
    assert approve(world, process, "carla").posted == 1
    assert letters(world)[0].is_lone_approval
    with world.database.reading() as session:
        stage = processes.stage_named(session, process.id, STAGE)
        assert queries.how_it_went(session, stage.id).lone == 1


def test_editing_after_approval_needs_another_approval(world: World) -> None:
    process = decided(world)
    draft(world, process)
    approve(world, process)
    (letter,) = letters(world)
    with world.work("hugo") as work:
        here = processes.by_slug(work.session, process.slug)
        stage = processes.stage_named(work.session, here.id, STAGE)
        one = work.session.get_one(Letter, letter.id)
        words = {"note": "Le agradecemos también su llamada.", "TOWN-0001": "Más detalle."}
        feedback.edit(work, here, one, feedback.to_edit(work.session, here, stage, one, words))
    (edited,) = letters(world)
    assert edited.state is LetterState.DRAFT
    assert "su llamada" in edited.text
    assert "Más detalle." in edited.html
    assert edited.content_hash != letter.content_hash
    with world.database.reading() as session:
        assert session.get_one(OutboxMessage, letter.outbox_message_id).state is OutboxState.CANCELLED
    with pytest.raises(NotAllowed):
        approve(world, process, "hugo")
    assert approve(world, process, "carla").posted == 1


def test_a_decision_without_reason_blocks_its_letter(world: World) -> None:
    from app.proposals.rules import Provenance

    process = world.open_process()
    first, second = world.admitted(process, "ana", "Una"), world.admitted(process, "bruno", "Dos")
    world.clock.move(days=11)
    decide(world, process, first.folio)
    decide(world, process, second.folio, "not_selected", "", provenance=Provenance.IMPORTED)
    publish(world, process)
    made = draft(world, process)
    assert (made.letters, made.blocked) == (2, 1)
    blocked = next(letter for letter in letters(world) if letter.blocked_because)
    assert blocked.blocked_because is Blocked.NO_REASON
    with pytest.raises(Conflict, match=second.folio):
        approve(world, process, chosen=[letter.id for letter in letters(world)])
    approved = approve(world, process)
    assert (approved.posted, approved.left_out) == (1, [second.folio])
    with pytest.raises(Conflict, match=second.folio):
        conclude(world, process)


def test_drafting_again_makes_no_second_letter(world: World) -> None:
    process = decided(world, "ana", "bruno")
    assert draft(world, process).letters == 2
    assert draft(world, process).letters == 0
    approve(world, process)
    assert draft(world, process).letters == 0
    assert len(letters(world)) == 2


async def test_a_decision_that_changes_before_sending_cancels_the_letter(world: World) -> None:
    process = decided(world)
    draft(world, process)
    approve(world, process)
    decide(world, process, "TOWN-0001", "not_selected", "El concejo no aprobó los fondos que hacían falta.")
    publish(world, process)
    draft(world, process)
    first, second = letters(world)
    assert (first.state, second.state, second.edition) == (LetterState.CANCELLED, LetterState.DRAFT, 2)
    assert second.supersedes_id is None
    assert "reemplaza" not in second.text
    approve(world, process)
    (sent,) = (await send(world)).sent
    assert "El concejo no aprobó" in sent.text
    assert {duty.state for duty in duties(world)} == {DutyState.COVERED}
    assert len(duties(world)) == 2


async def test_a_decision_that_changes_after_sending_is_told_first(world: World) -> None:
    process = decided(world)
    draft(world, process)
    approve(world, process)
    await send(world)
    decide(world, process, "TOWN-0001", "not_selected", "El concejo no aprobó los fondos que hacían falta.")
    publish(world, process)
    draft(world, process)
    approve(world, process)
    first, second = letters(world)
    assert (first.state, second.state) == (LetterState.SUPERSEDED, LetterState.APPROVED)
    assert second.supersedes_id == first.id
    assert second.sections[0]["is_changed"]
    assert "reemplaza" in second.text[: second.text.index("El concejo no aprobó")]
    await send(world)
    assert {duty.state for duty in duties(world)} == {DutyState.COVERED}


async def test_a_late_decision_adds_another_edition(world: World) -> None:
    process = world.open_process()
    first, second = world.admitted(process, "ana", "Una"), world.admitted(process, "ana", "Dos")
    world.clock.move(days=11)
    decide(world, process, first.folio)
    publish(world, process)
    draft(world, process)
    approve(world, process)
    await send(world)
    decide(world, process, second.folio)
    publish(world, process)
    draft(world, process)
    newest = letters(world)[-1]
    assert (newest.edition, newest.folios) == (2, [second.folio])
    approve(world, process)
    await send(world)
    assert {duty.state for duty in duties(world)} == {DutyState.COVERED}


def test_a_refusal_at_the_door_is_answered_too(world: World) -> None:
    process = world.open_process()
    refused = world.propose(process, "ana")
    reject(world, refused, "Es una queja por un cobro y la resuelve la oficina de reclamos.")
    assert draft(world, process, stage="consulta").letters == 1
    (letter,) = letters(world)
    assert "oficina de reclamos" in letter.text
    assert f"/proposals/{refused.folio}" not in letter.text
    world.clock.move(days=11)
    with pytest.raises(Conflict, match=refused.folio):
        conclude(world, process, "consulta")


async def test_whoever_left_no_mail_is_reached_by_other_means(world: World) -> None:
    process = world.open_process()
    proposal = world.admitted(process, "rosa", contact=(ContactKind.PICK_UP, ""))
    world.clock.move(days=11)
    decide(world, process, proposal.folio)
    publish(world, process)
    draft(world, process)
    (letter,) = letters(world)
    assert letter.way is Way.HAND
    approved = approve(world, process)
    assert (approved.posted, approved.by_hand) == (0, 1)
    with pytest.raises(Conflict, match=proposal.folio):
        conclude(world, process)
    with world.work("carla") as work:
        here = processes.by_slug(work.session, process.slug)
        feedback.hand_over(work, here, work.session.get_one(Letter, letter.id), "Se entregó en la oficina el lunes.")
    assert duties(world)[0].state is DutyState.COVERED
    conclude(world, process)


async def test_several_proposals_of_one_person_are_one_letter_and_joined_ones_are_not_lost(world: World) -> None:
    process = world.open_process()
    one, two = world.admitted(process, "ana", "Actas en texto"), world.admitted(process, "ana", "Plaza con sombra")
    joined = world.admitted(process, "bruno", "Actas que se puedan buscar")
    with world.work("carla") as work:
        here = processes.by_slug(work.session, process.slug)
        source, into = (work.session.get_one(Proposal, key.id) for key in (joined, one))
        made = proposals.to_merge(work.session, here, source, into, "Piden lo mismo y van juntas.")
        proposals.merge(work, here, source, into, made)
    world.clock.move(days=11)
    decide(world, process, one.folio)
    decide(world, process, two.folio, "not_selected", "La plaza tiene ya un proyecto de sombra en obra.")
    publish(world, process)
    assert draft(world, process).letters == 2
    by_folios = {tuple(letter.folios): letter for letter in letters(world)}
    assert set(by_folios) == {(one.folio, two.folio), (joined.folio,)}
    theirs = by_folios[joined.folio,]
    assert joined.folio in theirs.subject
    assert one.folio not in theirs.subject
    assert f"{joined.folio} · Actas que se puedan buscar" in theirs.text
    assert f"se unió a {one.folio}, «Actas en texto»" in " ".join(theirs.text.split())
    assert "La plaza tiene ya" in by_folios[one.folio, two.folio].text
    assert REASON in by_folios[one.folio, two.folio].text
    approve(world, process)
    assert len((await send(world)).sent) == 2
    assert [duty.state for duty in duties(world)] == [DutyState.COVERED] * 3


async def test_a_letter_that_bounces_is_owed_again_and_can_be_written_again(world: World) -> None:
    from app.duties import ledger

    process = decided(world)
    draft(world, process)
    approve(world, process)
    await send(world)
    (letter,) = letters(world)
    with world.work(Actor.system()) as work:
        work.session.execute(
            update(OutboxMessage).where(OutboxMessage.id == letter.outbox_message_id).values(state=OutboxState.BOUNCED)
        )
        assert letter.outbox_message_id is not None
        ledger.reopened_by(work.session, letter.outbox_message_id, work.now)
    assert draft(world, process).letters == 0
    with world.work("carla") as work:
        here = processes.by_slug(work.session, process.slug)
        feedback.write_again(work, here, work.session.get_one(Letter, letter.id))
    assert draft(world, process).letters == 1
    assert [one.edition for one in letters(world)] == [1, 2]


def heard(world: World, letter: Letter, kind: EventKind) -> None:
    """The provider tells what became of a letter it took; a full mailbox is tried again later."""
    assert letter.outbox_message_id is not None
    told = Report(str(ids.new_id()), letter.outbox_message_id, kind, world.now, {"type": "blocked"})
    with world.work(Actor.system()) as work:
        reports.take_in(work, [told])


async def test_a_draft_whose_older_half_was_handed_over_meanwhile_is_written_anew(world: World) -> None:
    process = decided(world)
    draft(world, process)
    approve(world, process)
    await send(world)
    (first,) = letters(world)
    heard(world, first, EventKind.BOUNCED)
    decide(world, process, "TOWN-0001", "not_selected", "El concejo no aprobó los fondos que hacían falta.")
    publish(world, process)
    draft(world, process)
    with world.work("carla") as work:
        here = processes.by_slug(work.session, process.slug)
        feedback.hand_over(work, here, work.session.get_one(Letter, first.id), "Se entregó en la oficina el lunes.")
    with pytest.raises(Conflict, match="Draft them again"):
        approve(world, process)
    assert draft(world, process).letters == 1
    approve(world, process)
    await send(world)
    assert {duty.state for duty in duties(world)} == {DutyState.COVERED}
    assert [letter.state for letter in letters(world)] == [LetterState.SUPERSEDED, LetterState.APPROVED]


async def test_what_came_back_is_told_again_with_what_changed(world: World) -> None:
    process = decided(world, "ana", "ana")
    draft(world, process)
    approve(world, process)
    await send(world)
    (first,) = letters(world)
    heard(world, first, EventKind.BOUNCED)
    decide(world, process, "TOWN-0001", "not_selected", "El concejo no aprobó los fondos que hacían falta.")
    publish(world, process)
    draft(world, process)
    approve(world, process)
    second = letters(world)[-1]
    assert second.folios == ["TOWN-0001", "TOWN-0002"]
    await send(world)
    assert {duty.state for duty in duties(world)} == {DutyState.COVERED}


async def test_what_comes_back_late_is_told_again_but_no_decision_that_was_replaced(world: World) -> None:
    process = decided(world, "ana", "ana")
    draft(world, process)
    approve(world, process)
    await send(world)
    decide(world, process, "TOWN-0001", "not_selected", "El concejo no aprobó los fondos que hacían falta.")
    publish(world, process)
    draft(world, process)
    approve(world, process)
    await send(world)
    first, second = letters(world)
    assert second.folios == ["TOWN-0001"]
    heard(world, first, EventKind.BOUNCED)
    owed = [(duty.subject, duty.subject_version) for duty in duties(world) if duty.state is DutyState.OWED]
    assert owed == [("proposal:TOWN-0002", 1)]
    assert draft(world, process).letters == 1
    approve(world, process)
    assert letters(world)[-1].folios == ["TOWN-0002"]
    await send(world)
    assert {duty.state for duty in duties(world)} == {DutyState.COVERED}


async def test_whoever_was_told_the_newer_decision_is_not_told_the_older_after_it(world: World) -> None:
    process = decided(world)
    draft(world, process)
    approve(world, process)
    await send(world)
    decide(world, process, "TOWN-0001", "not_selected", "El concejo no aprobó los fondos que hacían falta.")
    publish(world, process)
    draft(world, process)
    approve(world, process)
    heard(world, letters(world)[0], EventKind.BOUNCED)
    assert [duty.state for duty in duties(world)] == [DutyState.OWED, DutyState.OWED]
    await send(world)
    assert [duty.state for duty in duties(world)] == [DutyState.COVERED, DutyState.COVERED]
    assert draft(world, process).letters == 0


async def test_a_draft_is_given_up_when_the_letter_before_it_arrived_after_all(world: World) -> None:
    process = decided(world)
    draft(world, process)
    approve(world, process)
    await send(world)
    (first,) = letters(world)
    heard(world, first, EventKind.BOUNCED)
    with world.work("carla") as work:
        here = processes.by_slug(work.session, process.slug)
        feedback.write_again(work, here, work.session.get_one(Letter, first.id))
    assert draft(world, process).letters == 1
    heard(world, first, EventKind.DELIVERED)
    assert approve(world, process).posted == 0
    assert [letter.state for letter in letters(world)] == [LetterState.CANCELLED, LetterState.CANCELLED]
    assert (await send(world)).sent == []
    assert {duty.state for duty in duties(world)} == {DutyState.COVERED}


@hypothesis_settings(max_examples=12, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    owners=st.lists(st.sampled_from(["ana", "bruno", "diego", "elena"]), min_size=1, max_size=6),
    pairs=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=2),
    changed=st.lists(st.integers(0, 5), max_size=2),
)
def test_exactly_one_letter_covers_each_person_and_decision(
    world: World, owners: list[str], pairs: list[tuple[int, int]], changed: list[int]
) -> None:
    _run(world, owners, pairs, changed)


SLUGS = itertools.count()


def _run(world: World, owners: list[str], pairs: list[tuple[int, int]], changed: list[int]) -> None:
    slug = f"p{next(SLUGS)}"
    process = world.open_process(slug)
    made = [world.admitted(process, who, f"Propuesta {i}") for i, who in enumerate(owners)]
    live = dict(enumerate(made))
    for source, into in pairs:
        if source in live and into in live and source != into:
            with world.work("carla") as work:
                here = processes.by_slug(work.session, slug)
                a, b = (work.session.get_one(Proposal, live[i].id) for i in (source, into))
                reason = "Piden lo mismo y van juntas."
                proposals.merge(work, here, a, b, proposals.to_merge(work.session, here, a, b, reason))
            del live[source]
    world.clock.move(days=11)
    for proposal in live.values():
        decide(world, process, proposal.folio)
    publish(world, process)
    draft(world, process)
    again = sorted({i for i in changed if i in live})
    for i in again:
        decide(world, process, live[i].folio, "reserved", "Se espera el informe de la dirección de obras.")
    if again:
        publish(world, process)
        draft(world, process)
    approve(world, process)
    with world.database.reading() as session:
        owed = set(session.scalars(select(Duty.id).where(Duty.process_id == process.id)))
        carried = list(
            session.execute(
                select(LetterDuty.duty_id, LetterDuty.letter_id)
                .join(Letter, Letter.id == LetterDuty.letter_id)
                .where(Letter.process_id == process.id, Letter.state != LetterState.CANCELLED)
            )
        )
        posted = set(session.scalars(select(DutyLetter.duty_id)))
    assert {duty for duty, _ in carried} == owed
    assert len(carried) == len(owed)
    assert owed <= posted


def test_a_letter_prints_a_head_of_the_history_that_holds_its_decision(world: World) -> None:
    process = decided(world, "ana")
    draft(world, process)
    with world.database.reading() as session:
        published = session.scalars(select(Entry).where(Entry.verb == "decisions.published")).one()
        last = session.scalars(
            select(Entry).where(Entry.chain_id == published.chain_id).order_by(Entry.seq.desc())
        ).first()
    assert last is not None
    assert last.seq >= published.seq
    (letter,) = letters(world)
    assert last.hash in letter.text
    assert f"tenía {last.seq} anotaciones" in letter.text
    assert f"/p/{process.slug}/data" in letter.text


def test_where_no_stage_follows_a_letter_announces_none(world: World) -> None:
    process = decided(world, "ana")
    draft(world, process)
    (letter,) = letters(world)
    assert "Su propuesta sigue." in letter.text
    assert "compromiso" not in letter.text
    assert "cada paso que venga" not in letter.text
    assert "no queda otra decisión por tomar" in letter.text


def test_a_letter_about_two_proposals_says_the_reason_of_each(world: World) -> None:
    process = world.open_process()
    for title in ("Una", "Otra"):
        world.admitted(process, "ana", title)
    world.clock.move(days=11)
    decide(world, process, "TOWN-0001")
    decide(world, process, "TOWN-0002", "not_selected", "No hay fondos para hacerlo este año.")
    publish(world, process)
    draft(world, process)
    (letter,) = letters(world)
    opening = letter.text[: letter.text.index("> ")]
    assert "TOWN-0002: No hay fondos para hacerlo este año." in opening
    assert "TOWN-0001: El municipio ya publica" in opening
