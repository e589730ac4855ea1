"""Answering back: asked once about a decision, in time, answered in writing, read by nobody else, counted in public."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts import erasing
from app.decisions.models import DecidingBody
from app.decisions.rules import BodyKind
from app.feedback import actions as feedback
from app.feedback import questions, rules
from app.feedback.models import Letter, Question
from app.feedback.rules import Asked, Reply, Way
from app.kit.errors import Conflict, Invalid, NotAllowed, NotFound, NotNow
from app.mail.models import OutboxMessage
from app.mail.rules import LetterKind
from app.mail.transport import MemoryTransport
from app.my import queries as mine
from app.people.actor import Actor
from app.people.models import Person, RoleGrant
from app.people.rules import ContactKind, Role
from app.post_office.worker import Worker
from app.process import queries as processes
from app.process.actions import obstacles
from app.process.models import Process
from app.proposals import actions as proposals
from app.proposals.models import Proposal
from app.trail.models import Entry
from tests.acts import by_hand
from tests.costs import cost
from tests.feedback.deciding import REASON, STAGE, approve, decide, decided, draft, letters, publish
from tests.world import STRANGER, World, form_of

WORDS = "No entiendo por qué el portal que ya existe hace innecesaria mi idea de buscar."
ANSWER = "El portal permite buscar desde marzo dentro de cada acta; la dirección está en la portada."
ASKS = ("clarification", WORDS)
DOUBTS = ("reconsideration", WORDS)
OFFICE = "/p/town/office/answers/decision/questions"


def answered(world: World, *whos: str) -> Process:
    """A town that decided on one proposal of each, and whose letters are approved."""
    process = decided(world, *whos, outcome="not_selected")
    draft(world, process)
    approve(world, process)
    return process


def letter_of(world: World, who: str) -> Letter:
    """The newest letter to somebody."""
    person = world.people[who].id
    return [one for one in letters(world) if one.person_id == person][-1]


def ask(
    world: World, process: Process, who: str = "ana", typed: tuple[str, str] = ASKS, by: str = STRANGER
) -> Question:
    """The holder of somebody's letter asks about the first decision it tells; no account is needed."""
    letter = letter_of(world, who)
    with world.work(by) as work:
        here = work.session.get_one(Letter, letter.id)
        return feedback.ask(work, processes.by_slug(work.session, process.slug), here, letter.folios[0], typed)


def reply(
    world: World, process: Process, asked: Question, by: str = "carla", typed: tuple[str, str] = ("clarified", ANSWER)
) -> Question:
    with world.work(by) as work:
        here = processes.by_slug(work.session, process.slug)
        stage = processes.stage_named(work.session, here.id, STAGE)
        row = work.session.get_one(Question, asked.id)
        written = feedback.to_answer(work.session, here, stage, row, typed)
        return feedback.answer(work, here, stage, asked.id, written)


def figures(world: World, process: Process) -> Asked:
    with world.database.reading() as session:
        return questions.figures(session, processes.stage_named(session, process.id, STAGE).id)


def posted(world: World) -> list[OutboxMessage]:
    """The letters that carry answers to questions."""
    with world.database.reading() as session:
        duties = select(OutboxMessage).where(OutboxMessage.kind == LetterKind.DUTY, OutboxMessage.letter_id.is_(None))
        return list(session.scalars(duties))


async def test_somebody_asks_from_the_letter_and_reads_the_answer_in_the_mail_and_on_the_same_page(
    world: World,
) -> None:
    process = answered(world, "ana")
    letter = letter_of(world, "ana")
    here = f"/p/town/answers/clear/{letter.question}"
    assert letter.text.count(here) == letter.html.count(here) == 1  # one place to say whether it was clear and to ask
    assert "puede pedir una aclaración o pedir que se reconsidere hasta el" in letter.text
    async with world.browser() as reader, world.browser("carla") as carla:
        page = await reader.get(here)
        assert REASON in page.text
        action = f"{here}/questions"
        typed = {"sought-TOWN-0001": "clarification", "words-TOWN-0001": WORDS} | form_of(page.text, action)
        assert (await reader.post(action, data=typed)).status_code == 303
        assert "Su pregunta espera respuesta." in (await reader.get(here)).text
        desk = (await carla.get("/desk")).text
        assert OFFICE in desk
        assert "1 persona que preguntó espera respuesta" in desk
        listing = (await carla.get(OFFICE)).text
        (asked,) = everything(world)
        assert f"{OFFICE}/{asked.id}" in listing
        page = await carla.get(f"{OFFICE}/{asked.id}")
        assert WORDS in page.text
        assert REASON in page.text
        typed = {"reply": "clarified", "answer": ANSWER} | form_of(page.text, f"{OFFICE}/{asked.id}")
        assert (await carla.post(f"{OFFICE}/{asked.id}", data=typed)).headers["location"] == OFFICE
        assert OFFICE not in (await carla.get("/desk")).text
        assert "Nadie que haya preguntado espera respuesta." in (await carla.get(OFFICE)).text
        assert ANSWER in (await carla.get(f"{OFFICE}/{asked.id}")).text
        assert ANSWER in (await reader.get(here)).text
    transport = MemoryTransport()
    await Worker(world.database, transport).run_until_idle()
    (sent,) = [one for one in transport.sent if ANSWER in one.text]
    assert (sent.to_address, process.slug) == ("ana@example.org", "town")
    for words in (sent.text, sent.html):
        assert ANSWER in words
        assert WORDS in words
        assert "La decisión se mantiene." in words
        assert here in words


def everything(world: World) -> list[Question]:
    with world.database.reading() as session:
        return list(session.scalars(select(Question).order_by(Question.id)))


@pytest.mark.either
async def test_only_the_holder_of_the_letter_asks(world: World) -> None:
    answered(world, "ana", "bruno")
    theirs = letter_of(world, "ana")
    for who in (STRANGER, "bruno", "felix", "gloria", "diego"):
        async with world.browser(who) as browser:
            path = "/p/town/answers/clear/otro/questions"
            sent = await browser.post(path, data={"about": "TOWN-0001", "sought-TOWN-0001": "clarification"})
            assert sent.status_code == 404
            other = f"/p/town/answers/clear/{letter_of(world, 'bruno').question}"
            typed = {"about": theirs.folios[0], "sought-TOWN-0001": "clarification", "words-TOWN-0001": WORDS}
            hidden = form_of((await browser.get(other)).text, f"{other}/questions")
            assert (await browser.post(f"{other}/questions", data=hidden | typed)).status_code == 404
    assert everything(world) == []


@pytest.mark.either
async def test_nobody_else_reads_or_answers_a_question(world: World) -> None:
    process = answered(world, "ana")
    asked = ask(world, process)
    for who in ("ana", "bruno", "diego", "elena", "felix", "gloria", "admin", STRANGER):
        with pytest.raises(NotAllowed):
            reply(world, process, asked, by=who)
        async with world.browser(who) as browser:
            expected = 303 if who == STRANGER else 403
            for path in (OFFICE, f"{OFFICE}/{asked.id}"):
                page = await browser.get(path)
                assert (who, page.status_code, WORDS in page.text) == (who, expected, False)
    assert figures(world, process).answered == 0


@pytest.mark.either
@pytest.mark.parametrize(
    ("role", "is_of_forum", "may"),
    [
        (Role.FORUM_CHAIR, True, True),
        (Role.FORUM_CHAIR, False, False),
        (Role.FORUM_MEMBER, True, False),
        (Role.FORUM_GUEST, True, False),
    ],
)
async def test_the_chair_of_a_forum_answers_about_what_the_forum_decided(
    world: World, role: Role, is_of_forum: bool, may: bool
) -> None:
    process = answered(world, "ana")
    asked = ask(world, process)
    with by_hand(), world.work(Actor.system()) as work:
        since = world.now - timedelta(days=1)
        seat = RoleGrant(person_id=world.people["diego"].id, role=role, process_id=process.id, from_at=since)
        work.session.add(seat)
        if is_of_forum:
            body = DecidingBody(process_id=process.id, slug="foro", kind=BodyKind.FORUM, name_es="Foro")
            stage = processes.stage_named(work.session, process.id, STAGE)
            stage.settings = {**stage.settings, "body": "foro"}
            work.session.add(body)
    async with world.browser("diego") as diego:
        assert (await diego.get(f"{OFFICE}/{asked.id}")).status_code == (200 if may else 403)
        above = await diego.get("/p/town/office/answers/decision")
        assert (f'href="{OFFICE}"' in above.text) == may
    if may:
        assert reply(world, process, asked, by="diego").answered_by == world.people["diego"].id
    else:
        with pytest.raises(NotAllowed):
            reply(world, process, asked, by="diego")


@pytest.mark.either
def test_one_asks_once_about_each_version_of_a_decision(world: World) -> None:
    process = answered(world, "ana")
    first = letter_of(world, "ana")
    ask(world, process)
    with pytest.raises(Conflict, match="already asked"):
        ask(world, process, typed=DOUBTS)
    decide(world, process, "TOWN-0001", "selected", "Se revisó: el portal no permite buscar dentro de las actas.")
    publish(world, process)
    draft(world, process)
    approve(world, process)
    assert letter_of(world, "ana").id != first.id
    ask(world, process)
    with pytest.raises(Conflict, match="already asked"):
        ask(world, process)
    assert [one.subject_version for one in everything(world)] == [1, 2]


@pytest.mark.either
def test_a_decision_that_was_replaced_is_not_asked_about_any_more(world: World) -> None:
    process = answered(world, "ana")
    decide(world, process, "TOWN-0001", "selected", "Se revisó: el portal no permite buscar dentro de las actas.")
    publish(world, process)
    with pytest.raises(Conflict, match="later decision"):
        ask(world, process)


@pytest.mark.either
def test_one_asks_until_the_end_of_the_day_that_the_letter_names(world: World) -> None:
    process = answered(world, "ana", "bruno")
    letter = letter_of(world, "ana")
    until = rules.asks_until(letter.ask_by, process.zone)
    there = until.astimezone(process.zone)
    named = letter.ask_by.astimezone(process.zone).date()
    assert ((there.hour, there.minute, there.second), there.date()) == ((0, 0, 0), named + timedelta(days=1))
    assert f"hasta el {named.day} de " in letter.text
    world.clock.set(until - timedelta(microseconds=1))
    ask(world, process, "ana")
    world.clock.set(until)
    with pytest.raises(NotNow) as late:
        ask(world, process, "bruno")
    assert late.value.closes_at == until
    with pytest.raises(NotNow):
        ask(world, process, "ana")


@pytest.mark.either
async def test_what_is_typed_stays_and_the_field_says_what_is_wrong_with_it(world: World) -> None:
    process = answered(world, "ana")
    here = f"/p/town/answers/clear/{letter_of(world, 'ana').question}"
    for typed, field in ((("clarification", "Corta, pero no tanto"[:19]), "words"), (("", WORDS), "sought")):
        with pytest.raises(Invalid) as refused:
            ask(world, process, typed=typed)
        assert set(refused.value.fields) == {field}
    with pytest.raises(Invalid):
        ask(world, process, typed=("clarification", "a" * 2001))
    async with world.browser() as reader:
        hidden = form_of((await reader.get(here)).text, f"{here}/questions")
        short = {"sought-TOWN-0001": "reconsideration", "words-TOWN-0001": "Muy corta."}
        sent = await reader.post(f"{here}/questions", data=hidden | short)
    assert sent.status_code == 422
    assert 'id="f-words-TOWN-0001-error"' in sent.text
    assert "Muy corta.</textarea>" in sent.text
    assert everything(world) == []
    assert ask(world, process, typed=("clarification", "a" * 20)).words == "a" * 20


@pytest.mark.either
def test_whoever_thinks_it_mistaken_is_told_whether_it_stands(world: World) -> None:
    process = answered(world, "ana", "bruno")
    doubt, doubtful = ask(world, process, "ana", DOUBTS), ask(world, process, "bruno", ASKS)
    for asked, word in ((doubt, "clarified"), (doubtful, "upheld"), (doubt, "perhaps")):
        with pytest.raises(Invalid) as refused:
            reply(world, process, asked, typed=(word, ANSWER))
        assert set(refused.value.fields) == {"reply"}
    with pytest.raises(Invalid) as refused:
        reply(world, process, doubt, typed=("upheld", "No."))
    assert set(refused.value.fields) == {"words"}
    assert reply(world, process, doubt, typed=("upheld", ANSWER)).reply is Reply.UPHELD


@pytest.mark.either
def test_nobody_is_told_of_another_decision_where_none_can_follow(world: World) -> None:
    process = world.open_process()
    proposal = world.propose(process)
    with world.work("carla") as work:
        here = processes.by_slug(work.session, process.slug)
        fresh = work.session.get_one(Proposal, proposal.id)
        proposals.refuse(work, here, fresh, "Es un reclamo de otra oficina, que lo atiende.", ["complaint"])
    draft(world, process, stage="consulta")
    approve(world, process, stage="consulta")
    asked = ask(world, process, typed=DOUBTS)
    stage = world.stage(process, "consulta")

    def told(word: str) -> feedback.Written:
        with world.database.reading() as session:
            return feedback.to_answer(session, process, stage, session.get_one(Question, asked.id), (word, ANSWER))

    with pytest.raises(Invalid, match="check the marked") as refused:
        told("anew")
    assert set(refused.value.fields) == {"reply"}
    assert told("upheld").reply is Reply.UPHELD


def test_two_officials_at_once_send_one_letter(world: World) -> None:
    process = answered(world, "ana")
    asked = ask(world, process)
    refused: list[Conflict] = []

    def second() -> None:
        try:
            reply(world, process, asked, by="hugo")
        except Conflict as conflict:
            refused.append(conflict)

    other = threading.Thread(target=second)
    with world.work("carla") as work:
        here = processes.by_slug(work.session, process.slug)
        stage = processes.stage_named(work.session, here.id, STAGE)
        row = work.session.get_one(Question, asked.id)
        written = feedback.to_answer(work.session, here, stage, row, ("clarified", ANSWER))
        feedback.answer(work, here, stage, asked.id, written)
        work.session.flush()
        other.start()
        other.join(0.4)  # it stands before the row, or before the only door
    other.join(10)
    assert len(refused) == 1
    assert len(posted(world)) == 1


@pytest.mark.either
async def test_without_a_confirmed_address_the_answer_is_handed_over_and_it_is_said_so(world: World) -> None:
    process = world.open_process()
    world.admitted(process, "rosa", contact=(ContactKind.PHONE, "+56 9 1234 5678"))
    world.clock.move(days=11)
    decide(world, process, "TOWN-0001")
    publish(world, process)
    draft(world, process)
    assert approve(world, process).by_hand == 1
    (letter,) = letters(world)
    with world.work(STRANGER) as work:
        asked = feedback.ask(work, process, work.session.get_one(Letter, letter.id), "TOWN-0001", ASKS)
    assert reply(world, process, asked).way is Way.HAND
    assert posted(world) == []
    here = f"{OFFICE}/{asked.id}"
    async with world.browser("carla") as carla:
        assert OFFICE in (await carla.get("/desk")).text
        page = await carla.get(here)
        assert "+56 9 1234 5678" in page.text
        hidden = form_of(page.text, f"{here}/handover")
        assert (await carla.post(f"{here}/handover", data=hidden | {"handed_note": "Ya"})).status_code == 422
        told = {"handed_note": "Se le leyó por teléfono el lunes."}
        assert (await carla.post(f"{here}/handover", data=hidden | told)).status_code == 303
        assert OFFICE not in (await carla.get("/desk")).text
        assert f"{here}/handover" not in (await carla.get(here)).text
    stage = world.stage(process, STAGE)
    with pytest.raises(Conflict), world.work("carla") as work:
        feedback.hand_over_answer(work, process, stage, asked.id, "Se le leyó otra vez por teléfono.")


@pytest.mark.either
async def test_deciding_anew_is_another_act_and_the_question_shows_that_it_followed(world: World) -> None:
    process = answered(world, "ana")
    asked = ask(world, process, typed=DOUBTS)
    reply(world, process, asked, typed=("anew", ANSWER))
    here = f"/p/town/answers/clear/{letter_of(world, 'ana').question}"
    assert figures(world, process) == Asked(asked=1, answered=1, anew=0, median_days=0.0)
    async with world.browser("carla") as carla, world.browser() as reader:
        page = (await carla.get(f"{OFFICE}/{asked.id}")).text
        assert "/p/town/office/decisions/decision/TOWN-0001" in page
        assert "Después hubo otra decisión" not in page
        assert "Otra decisión reemplazó" not in (await reader.get(here)).text
        decide(world, process, "TOWN-0001", "selected", "Se revisó: el portal no permite buscar dentro de las actas.")
        publish(world, process)
        page = (await carla.get(f"{OFFICE}/{asked.id}")).text
        assert "/p/town/office/decisions/decision/TOWN-0001" not in page
        assert "Después hubo otra decisión" in page
        assert "Otra decisión reemplazó" in (await reader.get(here)).text
    assert figures(world, process) == Asked(asked=1, answered=1, anew=1, median_days=0.0)


@pytest.mark.either
def test_nothing_of_the_words_stands_in_the_trail(world: World) -> None:
    process = answered(world, "ana")
    reply(world, process, ask(world, process))
    with world.database.reading() as session:
        rows = session.execute(select(Entry.verb, Entry.leaf)).all()
    told = {verb: leaf for verb, leaf in rows if verb.startswith("question.")}
    assert set(told) == {"question.asked", "question.answered"}
    for leaf in told.values():
        assert '"folio":"TOWN-0001"' in leaf
        assert '"version":1' in leaf
    for _, leaf in rows:
        assert [word for word in ("portal", "clarif", "Ana", "ana@") if word in leaf] == []


@pytest.mark.either
def test_a_person_takes_their_questions_along_and_they_go_with_them(world: World) -> None:
    process = answered(world, "ana", "bruno")
    asked = ask(world, process, "ana")
    reply(world, process, asked)
    waiting = ask(world, process, "bruno")
    with world.database.reading() as session:
        (taken,) = mine.everything(session, world.people["ana"], world.now)["questions"]
        assert mine.everything(session, world.people["carla"], world.now)["questions"] == []
    assert (taken["folio"], taken["words"], taken["answer"]) == ("TOWN-0001", WORDS, ANSWER)
    for who in ("ana", "bruno"):
        with world.work("carla" if who == "ana" else "hugo") as work:
            erasing.erase(work, work.session.get_one(Person, world.people[who].id))
    (left,) = everything(world)
    assert (left.id, left.words, left.answer) == (asked.id, "", "")
    assert waiting.id != left.id
    with pytest.raises(NotFound):
        ask(world, process, "bruno")


@pytest.mark.either
def test_a_stage_with_an_open_question_is_not_concluded_and_nobody_is_named(world: World) -> None:
    process = answered(world, "ana", "bruno")
    asked = ask(world, process, "ana", DOUBTS)
    ask(world, process, "bruno")

    def said() -> list[str]:
        with world.database.reading() as session:
            found = obstacles(session, processes.stage_named(session, process.id, STAGE))
        return [str(one.text.into("en")) for one in found if "/questions" in one.where]

    assert said() == ["2 questions about decisions have no answer yet."]
    reply(world, process, asked, typed=("anew", ANSWER))
    assert said() == [
        "1 question about a decision has no answer yet.",
        "Somebody was told that 1 decision will be taken anew, and it was not.",
    ]
    decide(world, process, "TOWN-0001", "selected", "Se revisó: el portal no permite buscar dentro de las actas.")
    publish(world, process)
    assert said() == ["1 question about a decision has no answer yet."]


def test_small_numbers_are_not_given_nor_what_they_could_be_computed_from() -> None:
    withheld = dict.fromkeys(("asked", "answered", "waiting", "anew", "median_days"))
    assert Asked(4, 4, 4, 1.0).shown() == withheld
    assert Asked().shown() == {"asked": 0, "answered": 0, "waiting": 0, "anew": 0, "median_days": None}
    assert Asked(7, 6, 2, 3.0).shown() == {
        "asked": 7, "answered": None, "waiting": None, "anew": None, "median_days": 3.0,
    }  # fmt: skip
    assert Asked(12, 7, 5, 3.0).shown() == {
        "asked": 12, "answered": 7, "waiting": 5, "anew": 5, "median_days": 3.0,
    }  # fmt: skip


@pytest.mark.either
async def test_everybody_reads_how_many_asked_and_the_office_by_program_exactly(world: World) -> None:
    whos = ("ana", "bruno", "diego", "elena", "gloria")
    process = answered(world, *whos)
    async with world.browser() as reader:
        assert "Preguntas sobre decisiones" not in (await reader.get("/p/town/feedback/decision")).text
        asked = [ask(world, process, who) for who in whos[:4]]
        world.app.state.house.cache.clear()
        assert "menos de cinco personas" in (await reader.get("/p/town/feedback/decision")).text
        asked.append(ask(world, process, whos[4]))
        world.clock.move(days=2)
        for one in asked:
            reply(world, process, one)
        world.app.state.house.cache.clear()
        page = (await reader.get("/p/town/feedback/decision")).text
        data = (await reader.get("/api/v1/processes/town/datasets/answers.json")).text
    assert "menos de cinco personas" not in page
    assert "<dt>Preguntaron</dt><dd>5</dd>" in page
    assert "<dt>Mediana de días hasta la respuesta</dt><dd>2</dd>" in page
    assert '"questions_asked":5' in data.replace(" ", "")
    async with world.browser("carla") as carla, world.browser("ana") as ana:
        path = "/api/v1/processes/town/feedback/questions"
        counts = (await carla.get(path)).json()
        assert (await ana.get(path)).status_code == 403
    assert counts == {"decision": {"asked": 5, "answered": 5, "waiting": 0, "anew": 0, "median_days": 2.0}}


@pytest.mark.either
async def test_a_page_costs_the_same_for_one_question_and_for_several(world: World) -> None:
    whos = ("ana", "bruno", "diego", "elena")
    process = answered(world, *whos)
    reader = f"/p/town/answers/clear/{letter_of(world, 'ana').question}"
    asked = ask(world, process, "ana")
    paths = ((reader, STRANGER), (OFFICE, "carla"), (f"{OFFICE}/{asked.id}", "carla"))
    before = [await cost(world, path, who) for path, who in paths]
    for who in whos[1:]:
        ask(world, process, who)
    assert [await cost(world, path, who) for path, who in paths] == before
    assert all(one <= most for one, most in zip(before, (11, 11, 16), strict=True)), before


@pytest.mark.either
async def test_a_person_signed_in_finds_the_way_from_their_letter(world: World) -> None:
    answered(world, "ana")
    letter = letter_of(world, "ana")
    async with world.browser("ana") as ana:
        page = await ana.get(f"/account/letters/{letter.outbox_message_id}")
        assert f'href="/p/town/answers/clear/{letter.question}"' in page.text
