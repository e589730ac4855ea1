"""The office's own words about what comes next: versions, placeholders, what is typed staying words, and letters."""

from __future__ import annotations

import html
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from app.duties.models import Duty
from app.feedback import actions as feedback
from app.feedback import letter_texts, own_words
from app.feedback.actions import About
from app.feedback.models import Letter, LetterText
from app.kit.errors import Conflict, NotAllowed, NotFound
from app.mail.models import OutboxMessage
from app.mail.transport import transport_of
from app.mail.wording import ZERO_WIDTH_SPACE
from app.people.actor import Actor
from app.people.models import Person, RoleGrant
from app.people.rules import Role
from app.post_office.worker import Worker
from app.process import queries as processes
from app.process.models import Process
from app.trail.models import Entry
from tests.costs import cost
from tests.feedback.deciding import STAGE, approve, decide, decided, draft, letters, publish
from tests.journeys.mailboxes import by_smtp
from tests.mail.hostile import Seen
from tests.world import World, address, form_of

pytestmark = pytest.mark.either

HERE = "/p/town/office/answers/decision"
TEXTS = f"{HERE}/texts"
ONE = f"{TEXTS}/not_selected/es"
OURS = "Queda pública, con esta razón al lado."
DEADLINE = "puede pedir que se la expliquemos"
OWN = "La guardamos para la **próxima** consulta, que abre en marzo.\n\n- Su folio es {folio}."


def write(
    world: World,
    process: Process,
    body: str,
    *,
    who: str = "carla",
    seen: int = 0,
    which: Mapping[str, str] = MappingProxyType({}),
) -> LetterText:
    """Somebody saves a text; without `which`, that of what does not go on, in Spanish."""
    with world.work(who) as work:
        here = processes.by_slug(work.session, process.slug)
        stage = processes.stage_named(work.session, here.id, which.get("stage", STAGE))
        about = About(here, stage, which.get("outcome", "not_selected"), which.get("language", "es"), body, world.now)
        return feedback.write(work, about, seen)


def draft_anew(world: World, process: Process) -> int:
    with world.work("carla") as work:
        here = processes.by_slug(work.session, process.slug)
        stage = processes.stage_named(work.session, here.id, STAGE)
        return feedback.draft(work, here, stage, feedback.prepare_anew(work.session, here, stage, world.now)).letters


def test_every_saving_is_another_version_and_an_empty_one_puts_our_words_back(world: World) -> None:
    process = decided(world, outcome="not_selected")
    assert [write(world, process, words, seen=n).version for n, words in enumerate(("Uno.", "Dos.", "  "))] == [1, 2, 3]
    assert write(world, process, "Third language.", which={"language": "en"}).version == 4
    for seen in (0, 2):
        with pytest.raises(Conflict, match="Somebody changed"):
            write(world, process, "Otra.", seen=seen)
    with pytest.raises(Conflict, match="Nothing was changed"):
        write(world, process, " ", seen=3)
    for name, nowhere in (("outcome", "committed"), ("outcome", "refused"), ("language", "fr"), ("stage", "consulta")):
        with pytest.raises(NotFound):
            write(world, process, "Otra.", which={name: nowhere})
    with world.database.reading() as session:
        kept = session.scalars(select(LetterText).order_by(LetterText.version)).all()
        assert [(one.body, one.language) for one in kept][:3] == [("Uno.", "es"), ("Dos.", "es"), ("", "es")]
        assert {one.written_by for one in kept} == {world.people["carla"].id}
        told = session.scalars(select(Entry.leaf).where(Entry.verb == "letter_text.written").order_by(Entry.seq)).all()
        assert [f'"version":{n}' in one for n, one in enumerate(told, start=1)] == [True] * 4
        assert "Uno." not in str(told)
    draft(world, process)
    assert OURS in letters(world)[0].text


@pytest.mark.parametrize("who", ["ana", "bruno", "diego", "felix", "gloria", "admin", "stranger"])
def test_nobody_else_writes_them(world: World, who: str) -> None:
    process = decided(world)
    with pytest.raises(NotAllowed):
        write(world, process, "Nadie más.", who=who)


@pytest.mark.parametrize("role", [Role.FORUM_GUEST, Role.FORUM_MEMBER, Role.FORUM_CHAIR])
async def test_a_forum_neither_reads_nor_writes_them(world: World, role: Role) -> None:
    process = decided(world)
    with world.work(Actor.system()) as work:
        since = world.now - timedelta(days=1)
        grant = RoleGrant(person_id=world.people["diego"].id, role=role, process_id=process.id, from_at=since)
        work.session.add(grant)
    with pytest.raises(NotAllowed):
        write(world, process, "Nadie más.", who="diego")
    async with world.browser("diego") as diego:
        assert (await diego.get(ONE)).status_code == 403
        assert 'href="/p/town/office/answers/decision/texts"' not in (await diego.get(HERE)).text


FAULTS = {
    "Estimada {nombre}:": "Nadie sabe qué va en {nombre}. Se conocen estos: {proceso}, {etapa}, {folio}",
    "Su folio es {folio.": "Hay una llave { suelta",
    "Su folio es folio}.": "Hay una llave } suelta",
    "{{ folio }}": "Nadie sabe qué va en { folio }",
    "{}": "Nadie sabe qué va en {}",
    "{FOLIO}": "Nadie sabe qué va en {FOLIO}",
    "a" * 601: "600 caracteres",
    "-\n\n**": "no tiene palabras",
}


async def test_what_could_not_stand_in_a_letter_is_refused_and_nothing_typed_is_lost(world: World) -> None:
    decided(world)
    async with world.browser("carla") as carla:
        form = form_of((await carla.get(ONE)).text, ONE)
        for body, words in FAULTS.items():
            for do in ("", "look", "test"):
                sent = await carla.post(ONE, data=form | {"body": body, "do": do})
                assert sent.status_code == 422, body
                assert words in html.unescape(sent.text), body
                assert f"{body}</textarea>" in html.unescape(sent.text)
    with world.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(LetterText)) == 0
        assert session.scalar(select(func.count()).where(OutboxMessage.subject.startswith("[TEST]"))) == 0


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Zl", "Zp"]), min_size=1, max_size=40))
def test_a_value_stays_as_it_was_typed(title: str) -> None:
    """Whatever it holds: it is put in once, after the Markdown was read."""
    values = {"titulo": title, "folio": "X-1"}
    [line] = own_words.lines_of("Su **{titulo}** ({folio}), *{titulo}*.", values)
    same = " ".join(title.split())
    assert own_words.told([line]) == f"Su {same} (X-1), {same}."
    assert {run.text for run in line if run.is_strong or run.is_marked} <= {same}


async def test_written_drafted_approved_and_sent_it_is_in_both_parts_of_the_letter_that_arrives(world: World) -> None:
    """The title of one is as hostile as a title can be; the other goes on and gets the program's own words."""
    title = "**No** {folio} <b>x</b> {{ 7*7 }} [ganó](https://evil.example/a) mal.example"
    process = world.open_process(name_en="The town")
    for who, named in (("ana", title), ("bruno", "Otra"), ("diego", "Una más")):
        world.admitted(process, who, named)
    with world.work(Actor.system()) as work:
        work.session.execute(update(Person).where(Person.id == world.people["diego"].id).values(language="en"))
    world.clock.move(days=11)
    for number, outcome in enumerate(("not_selected", "selected", "not_selected"), start=1):
        decide(world, process, f"TOWN-{number:04d}", outcome)
    publish(world, process)
    body = f"{OWN}\n- La suya se llama {{titulo}}.\n\nVea www.otra.example y *mal*.example <i>ya</i>."
    async with world.browser("carla") as carla:
        form = form_of((await carla.get(ONE)).text, ONE)
        assert (await carla.post(ONE, data=form | {"body": body})).headers["location"] == TEXTS
        assert "palabras de la oficina, versión 1" in (await carla.get(TEXTS)).text
    draft(world, process)
    approve(world, process)
    with by_smtp() as post:
        await Worker(world.database, transport_of(post.with_settings(world.settings))).run_until_idle()
        arrived = {one.to: one for one in post.arrived if "Proceso" in one.subject or "The town" in one.subject}
    ana, bruno, diego = (arrived[address(who)] for who in ("ana", "bruno", "diego"))
    seen = Seen(ana.html)
    for told in (ana.text, seen.words):
        flat = " ".join(told.replace(ZERO_WIDTH_SPACE, "").split())
        assert "La guardamos para la próxima consulta, que abre en marzo." in flat
        assert "- Su folio es TOWN-0001." in flat
        assert f"- La suya se llama {title}." in flat
        assert DEADLINE in flat
        assert OURS not in flat
        for link in ("www.otra.example", "evil.example", "mal.example", "https://evil"):
            assert link not in told
    assert "<strong>próxima</strong>" in ana.html
    assert not {"b", "i"} & seen.tags
    assert not [one for one in seen.addresses if "evil" in one or "otra" in one or "//mal" in one]
    assert OURS not in bruno.text
    assert "guardamos" not in bruno.text
    assert "It stays public" in diego.text
    assert "guardamos" not in diego.text


def test_the_day_is_not_said_twice_and_a_reason_written_with_the_decision_comes_first(world: World) -> None:
    process = world.open_process()
    for who in ("ana", "bruno"):
        world.admitted(process, who, f"Propuesta de {who}")
    world.clock.move(days=11)
    decide(world, process, "TOWN-0001", "not_selected")
    decide(world, process, "TOWN-0002", "not_selected", what_next="El lunes la llamamos.")
    publish(world, process)
    write(world, process, "Pregunte hasta el {hasta} sobre {etapa} de {proceso}.")
    draft(world, process)
    first, second = (" ".join(letter.text.split()) for letter in letters(world))
    assert "Pregunte hasta el " in first
    assert "{" not in first
    assert DEADLINE not in first
    assert "El lunes la llamamos." in second
    assert "Pregunte hasta" not in second
    assert [letter.sections[0]["next_version"] for letter in letters(world)] == [1, 1]


def test_what_is_approved_stays_and_a_draft_says_that_it_is_older(world: World) -> None:
    process = decided(world, "ana", "bruno", outcome="not_selected")
    write(world, process, "Texto uno.")
    draft(world, process)
    approved, waits = letters(world)
    approve(world, process, chosen=[approved.id])
    with world.work("carla") as work:
        here = processes.by_slug(work.session, process.slug)
        stage = processes.stage_named(work.session, here.id, STAGE)
        letter = work.session.get_one(Letter, waits.id)
        feedback.edit(work, here, letter, feedback.to_edit(work.session, here, stage, letter, {"note": "Gracias."}))
    assert older(world, process) == []
    write(world, process, "Texto dos.", seen=1)
    write(world, process, "De otros.", which={"outcome": "selected"})
    assert older(world, process) == [waits.id]
    assert draft_anew(world, process) == 1
    assert older(world, process) == []
    assert draft_anew(world, process) == 0
    before, now = letters(world)
    if before.id != approved.id:
        before, now = now, before
    assert (before.text, before.html, before.content_hash) == (approved.text, approved.html, approved.content_hash)
    assert "Texto uno." in before.text
    assert "Texto dos." in now.text
    assert now.note == "Gracias."
    assert "Gracias." in now.text
    assert [one.sections[0]["next_version"] for one in (before, now)] == [1, 2]


def older(world: World, process: Process) -> list[Any]:
    with world.database.reading() as session:
        stage = processes.stage_named(session, process.id, STAGE)
        found = [one.id for one in session.scalars(select(Letter)) if letter_texts.is_draft_older(session, one)]
        assert len(found) == letter_texts.count_older(session, stage.id)
    return found


async def test_older_drafts_are_said_and_drafted_anew_on_the_page(world: World) -> None:
    process = decided(world, outcome="not_selected")
    draft(world, process)
    async with world.browser("carla") as carla:
        assert "anteriores a un texto" not in (await carla.get(HERE)).text
        write(world, process, OWN)
        page = await carla.get(HERE)
        assert "anteriores a un texto de la oficina: 1" in page.text
        path = f"{HERE}/letters/{letters(world)[0].id}"
        assert "Este borrador es anterior" in (await carla.get(path)).text
        assert (await carla.post(f"{HERE}/drafts", data=form_of(page.text, f"{HERE}/drafts"))).status_code == 303
        assert "anteriores a un texto" not in (await carla.get(HERE)).text
        assert "versión 1" in (await carla.get(path)).text
        read = await carla.get("/api/v1/processes/town/feedback/texts")
    assert read.json() == [
        {"stage": "decision", "outcome": "not_selected", "language": "es", "version": 1, "body": OWN}
    ]


async def test_what_two_write_at_once_is_not_written_over_and_the_second_keeps_what_they_typed(world: World) -> None:
    process = decided(world)
    async with world.browser("carla") as carla:
        form = form_of((await carla.get(ONE)).text, ONE)
        write(world, process, "La de Hugo.", who="hugo")
        sent = await carla.post(ONE, data=form | {"body": "La de Carla."})
        assert sent.status_code == 409
        assert "Alguien cambió este texto entretanto" in sent.text
        assert "La de Carla.</textarea>" in sent.text
        assert "La de Hugo." in sent.text
        again = await carla.post(ONE, data=form_of(sent.text, ONE) | {"body": "La de Carla."})
        assert again.status_code == 303
    with world.database.reading() as session:
        kept = session.scalars(select(LetterText.body).order_by(LetterText.version)).all()
    assert kept == ["La de Hugo.", "La de Carla."]


async def test_it_is_looked_at_in_real_letters_or_with_samples_and_saves_nothing(world: World) -> None:
    process = decided(world, "ana", "bruno", outcome="not_selected")
    async with world.browser("carla") as carla:
        form = form_of((await carla.get(ONE)).text, ONE)
        looked = {"body": f"{OWN} {{titulo}}", "do": "look"}
        page = await carla.post(ONE, data=form | looked)
        assert page.status_code == 200
        assert "Su folio es TOWN-0000. Bancas y sombra en la plaza" in page.text
        assert "se usan ejemplos" in page.text
        draft(world, process)
        page = await carla.post(ONE, data=form_of(page.text, ONE) | looked)
        kept = await carla.get(ONE)
    assert "Su folio es TOWN-0001. Propuesta de ana" in page.text
    assert "Ana Soto" in page.text
    assert "se usan ejemplos" not in page.text
    assert "{titulo}</textarea>" in page.text
    assert "guardamos" not in kept.text
    assert not any("guardamos" in letter.text for letter in letters(world))


async def test_a_test_to_oneself_answers_nobody(world: World) -> None:
    process = decided(world, outcome="not_selected")
    owed = standing_of(world)
    async with world.browser("carla") as carla:
        form = form_of((await carla.get(ONE)).text, ONE)
        sent = await carla.post(ONE, data=form | {"body": OWN, "do": "test"})
        assert "marcada como prueba" in sent.text
    with world.database.reading() as session:
        [one] = session.scalars(select(OutboxMessage).where(OutboxMessage.subject.startswith("[TEST]"))).all()
    assert (one.to_address, one.letter_id, one.stage_id) == ("carla@example.org", None, None)
    assert "La guardamos para la próxima consulta" in one.text
    await Worker(world.database, transport_of(world.settings)).run_until_idle()
    assert standing_of(world) == owed
    assert letters(world) == []
    assert draft(world, process).letters == 1


def standing_of(world: World) -> list[Any]:
    with world.database.reading() as session:
        return [(one.id, one.state, one.closed_at) for one in session.scalars(select(Duty).order_by(Duty.id))]


async def test_how_easily_it_reads_is_said_while_it_is_written_and_stops_nobody(world: World) -> None:
    decided(world)
    hard = "La institucionalidad correspondiente procederá oportunamente a la consideración administrativa pertinente."
    async with world.browser("carla", **{"hx-request": "true"}) as carla:
        for name in ("body", "note", "reason"):
            said = (await carla.get("/p/town/office/reading", params={name: "La vemos en mayo. Le escribimos."})).text
            assert "Se lee: muy fácil" in said
            assert "6 palabras, 3 por frase" in said
    async with world.browser("carla") as carla:
        page = (await carla.get(ONE)).text
        sent = await carla.post(ONE, data=form_of(page, ONE) | {"body": hard})
        assert sent.status_code == 303
        kept = (await carla.get(ONE)).text
        assert "Se lee: muy difícil" in kept
        assert "Ayudan las frases más cortas" in kept
        assert 'class="hint reading"' not in (await carla.get(ONE.replace("/es", "/en"))).text


async def test_the_office_sees_how_many_reasons_serve_several(world: World) -> None:
    process = world.open_process()
    for who in ("ana", "bruno", "diego"):
        world.admitted(process, who, f"Propuesta de {who}")
    world.clock.move(days=11)
    for number, reason in enumerate(("Se estudió con calma.", "Se estudió con calma.", "Ya está en obra."), start=1):
        decide(world, process, f"TOWN-{number:04d}", "selected", reason)
    publish(world, process)
    async with world.browser("carla") as carla:
        assert "2 de 3 razones se usan en más de una propuesta." in (await carla.get(HERE)).text


async def test_the_pages_cost_the_same_for_one_version_and_for_many(world: World) -> None:
    process = decided(world, outcome="not_selected")
    write(world, process, "Texto uno.")
    before = [await cost(world, path, "carla") for path in (TEXTS, ONE, HERE)]
    for n in range(1, 6):
        write(world, process, f"Texto {n + 1}.", seen=n)
    assert [await cost(world, path, "carla") for path in (TEXTS, ONE, HERE)] == before
    assert all(one <= most for one, most in zip(before, (8, 9, 28), strict=True)), before


def test_a_draft_that_was_begun_before_a_text_was_saved_is_older_than_it(world: World) -> None:
    process = decided(world, outcome="not_selected")
    with world.database.reading() as session:
        here = processes.by_slug(session, process.slug)
        stage = processes.stage_named(session, here.id, STAGE)
        begun = feedback.prepare(session, here, stage, world.now)
    write(world, process, "Texto uno.")
    with world.work("carla") as work:
        feedback.draft(work, here, stage, begun)
    assert OURS in letters(world)[0].text
    assert len(older(world, process)) == 1


def test_with_a_placeholder_that_has_no_value_nothing_is_written_out() -> None:
    with pytest.raises(KeyError):
        own_words.lines_of("{hasta}", {})
