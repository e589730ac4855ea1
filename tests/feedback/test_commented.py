"""Letters that answer comments on the draft: own words, the answer, why, what changed; approved by a second person."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from app.duties.models import Duty
from app.duties.rules import DutyState
from app.feedback import queries
from app.feedback.rules import LetterState, Way
from app.kit.errors import NotAllowed
from app.mail.models import OutboxMessage
from app.mail.rules import LetterKind, OutboxState
from app.mail.transport import MemoryTransport
from app.people.actor import Actor
from app.post_office.worker import Worker
from app.process import actions as scheduling
from tests.commitments.drafting import REASON, SAID, STAGE, DraftBuilder
from tests.feedback import deciding
from tests.world import World, address


@pytest.fixture
def draft(world: World) -> DraftBuilder:
    return DraftBuilder(world, world.open_process("plan", template="ogp_action_plan", name_en="The plan"))


async def send(world: World) -> MemoryTransport:
    """What the worker does with the letters of duty; receipts left before."""
    with world.work(Actor.system()) as work:
        receipts = update(OutboxMessage).where(OutboxMessage.kind != LetterKind.DUTY)
        work.session.execute(receipts.values(state=OutboxState.CANCELLED))
    transport = MemoryTransport()
    await Worker(world.database, transport).run_until_idle()
    return transport


def duties(world: World) -> list[tuple[str, int, DutyState]]:
    with world.database.reading() as session:
        rows = session.scalars(select(Duty).order_by(Duty.subject, Duty.subject_version))
        return [(duty.subject.partition(":")[2], duty.subject_version, duty.state) for duty in rows]


async def test_from_a_comment_to_its_letter_and_the_end_of_the_stage(world: World, draft: DraftBuilder) -> None:
    version = draft.rewrite(1, solution="Publicar cada compra antes del 1 de marzo.")
    draft.answered(
        "ana", "Sin correo", response="accepted", change_words="Se fija la fecha.", changes=(f"1.{version}",)
    )
    assert deciding.draft(world, draft.process, stage=STAGE).letters == 1
    with pytest.raises(NotAllowed):
        deciding.approve(world, draft.process, "carla", stage=STAGE)
    assert deciding.approve(world, draft.process, stage=STAGE).posted == 1
    [sent] = (await send(world)).sent
    assert sent.to_address == address("ana")
    assert sent.subject == "Proceso plan · PLAN-C0001: se acogió, y qué cambia (Comentarios al borrador)"
    for words in (sent.text, sent.html):
        for told in (
            SAID,
            REASON,
            "Lo que usted planteó se acogió.",
            "Se fija la fecha.",
            "Compromiso 1, versión 2",
            "/p/plan/draft/issues/1",
            "Lo que usted comentó",
            "Gracias por leer el borrador",
        ):
            assert told in words
        for other in ("Follow it with", "código", "proponer", "Ver su historia"):
            assert other not in words
    assert duties(world) == [("PLAN-C0001", 1, DutyState.COVERED), ("PLAN-C0002", 1, DutyState.SETTLED)]
    async with world.browser() as reader:
        mine = (await reader.get(f"/p/plan/draft/mine/{draft.tokens()[0]}")).text
    assert "La respuesta por escrito ya se envió." in mine
    assert "público: cualquier persona puede leerlo" in mine
    assert "Sí, es mi dirección" not in mine
    world.clock.move(days=40)
    with draft.office() as (work, here, stage):
        scheduling.conclude(work, here, stage)


def test_several_comments_of_one_person_are_answered_in_one_letter(world: World, draft: DraftBuilder) -> None:
    for n, response in enumerate(("accepted", "not_accepted"), start=1):
        said = draft.comment("bruno", f"{SAID} Punto {n}.")
        draft.admit(said.folio)
        draft.respond(draft.group(said.folio, title=f"Punto {n}"), response, change_words="Se agrega.")
    draft.publish()
    deciding.draft(world, draft.process, stage=STAGE)
    [letter] = deciding.letters(world)
    assert (letter.folios, letter.way, letter.state) == (["PLAN-C0001", "PLAN-C0002"], Way.EMAIL, LetterState.DRAFT)
    assert "De sus 2 comentarios se acogió 1, en todo o en parte." in letter.text
    assert "Lo que usted planteó no se acogió." in letter.text


def test_a_comment_held_back_is_told_why_and_a_later_answer_is_told_by_the_letter_that_follows(
    world: World, draft: DraftBuilder
) -> None:
    said = draft.comment("bruno")
    draft.hold_back(said.folio, because="off_topic")
    deciding.draft(world, draft.process, stage=STAGE)
    [first] = deciding.letters(world)
    assert "Su comentario no se publicó." in first.text
    assert "No trata del borrador." in first.text
    draft.admit(said.folio)
    assert deciding.draft(world, draft.process, stage=STAGE).letters == 0
    draft.respond(draft.group(said.folio))
    draft.publish()
    deciding.draft(world, draft.process, stage=STAGE)
    [again] = deciding.letters(world)
    assert again.id == first.id
    assert "Se tomó nota de lo que usted planteó." in again.text
    with world.database.reading() as session:
        told = [duty.subject_version for duty in queries.duties_of_letter(session, again.id)]
    assert told == [1, 2]


def test_a_changed_answer_makes_an_edition_that_says_so_first(world: World, draft: DraftBuilder) -> None:
    draft.answered("ana")
    deciding.draft(world, draft.process, stage=STAGE)
    deciding.approve(world, draft.process, stage=STAGE)
    with world.work(Actor.system()) as work:
        duty = update(OutboxMessage).where(OutboxMessage.kind == LetterKind.DUTY)
        work.session.execute(duty.values(state=OutboxState.ACCEPTED))
    draft.respond(1, "accepted", change_words="Se fija la fecha.")
    draft.publish()
    deciding.draft(world, draft.process, stage=STAGE)
    first, second = deciding.letters(world)
    assert (second.edition, second.supersedes_id) == (2, first.id)
    assert "cambió la decisión sobre PLAN-C0001" in second.text


def test_an_english_reader_is_written_to_in_english(world: World, draft: DraftBuilder) -> None:
    said = draft.comment("Mary Hill", email="mary@example.org", language="en")
    draft.confirm(draft.tokens()[0])
    draft.admit(said.folio)
    draft.respond(draft.group(said.folio))
    draft.publish()
    deciding.draft(world, draft.process, stage=STAGE)
    [letter] = deciding.letters(world)
    assert letter.subject == "The plan · PLAN-C0001: it was taken note of, and why (Comments on the draft)"
    assert "The reasons are in Spanish" in letter.text


async def test_the_pages_of_answers_speak_of_comments_and_lead_to_the_table(world: World, draft: DraftBuilder) -> None:
    draft.answered("ana", "bruno")
    async with world.browser("carla") as carla:
        office = (await carla.get(f"/p/plan/office/answers/{STAGE}")).text
        report = (await carla.get(f"/p/plan/feedback/{STAGE}")).text
    assert "2 personas, sobre 2 comentarios" in office
    assert 'href="/p/plan/draft/issues"' in report
    assert "Propuestas recibidas" not in report
