"""What pages, files and letters say is so: joined proposals, reserves, commitments, addresses, codes to compare."""

from __future__ import annotations

import csv
import io
from email import message_from_bytes
from email.utils import parsedate_to_datetime

import pytest
from sqlalchemy import select

from app.decisions.rules import RULE_OF, Outcome, RuleSays
from app.feedback.rules import LetterState
from app.mail.models import OutboxMessage
from app.mail.transport import transport_of
from app.people.rules import ContactKind
from app.post_office.worker import Worker
from app.process import actions as process_actions
from app.process import queries as processes
from app.process.kinds import StageKind
from app.process.models import Process
from app.proposals import actions as proposals
from app.proposals.models import Proposal
from tests.feedback import deciding
from tests.world import World, form_of

pytestmark = pytest.mark.either


def join(world: World, process: Process, proposal: Proposal, into: Proposal) -> None:
    with world.work("carla") as work:
        here = processes.by_slug(work.session, process.slug)
        one, other = (work.session.get_one(Proposal, key.id) for key in (proposal, into))
        made = proposals.to_merge(work.session, here, one, other, "Piden lo mismo y van juntas.")
        proposals.merge(work, here, one, other, made)


@pytest.mark.parametrize("is_admitted", [False, True])
async def test_a_joined_proposal_is_found_by_word_folio_and_filter_and_says_where_it_went(
    world: World, *, is_admitted: bool
) -> None:
    process = world.open_process()
    into = world.admitted(process, "ana", "Actas en texto")
    joined = (world.admitted if is_admitted else world.propose)(process, "bruno", "Luminarias del pasaje")
    join(world, process, joined, into)
    async with world.browser() as browser:
        meant = await browser.get(f"/p/town/proposals/search?q={joined.folio.lower().replace('-', ' ')}")
        assert meant.headers["location"] == f"/p/town/proposals/{joined.folio}"
        for path in ("proposals", "proposals/search?q=luminarias"):
            page = await browser.get(f"/p/town/{path}")
            assert f"unida a {into.folio}" in page.text, path
        assert f"unida a {into.folio}" in (await browser.get("/p/town/proposals?state=merged")).text
        own = (await browser.get(f"/p/town/proposals/{joined.folio}")).text
        rows = (await browser.get("/api/v1/processes/town/datasets/proposals.csv")).text
    assert f"unida a {into.folio}" in own
    assert "todavía no es un compromiso" not in own
    assert [row["merged_into"] for row in csv.DictReader(io.StringIO(rows))] == ["", into.folio]
    world.clock.move(days=11)
    async with world.browser("carla") as browser:
        page = await browser.get(f"/p/town/office/decisions/decision/{into.folio}")
    assert "Unidas a ella" in page.text
    assert f"{joined.folio} · Luminarias del pasaje" in page.text


async def test_where_there_is_no_plan_nobody_speaks_of_commitments(world: World) -> None:
    process = world.open_process()
    proposal = world.admitted(process)
    with world.work("carla") as work:
        here = processes.by_slug(work.session, process.slug)
        settings = {"body": "office", "method": "simple"}
        process_actions.add_stage(work, here, StageKind.FILTER, "segunda", settings)
    world.clock.move(days=11)
    deciding.decide(world, process, proposal.folio)
    deciding.publish(world, process)
    deciding.draft(world, process)
    (letter,) = deciding.letters(world)
    assert "Su propuesta sigue." in letter.text
    assert "compromiso" not in letter.text
    async with world.browser() as browser:
        assert "compromiso" not in (await browser.get(f"/p/town/proposals/{proposal.folio}")).text


async def test_a_reserve_is_called_a_reserve_on_its_authors_page(world: World) -> None:
    deciding.decided(world, "ana", outcome="reserved")
    async with world.browser("ana") as browser:
        page = await browser.get("/account")
    assert "en reserva" in page.text
    assert "en estudio" not in page.text


async def test_pages_count_confirmed_addresses_as_such(world: World) -> None:
    process = world.open_process()
    world.admitted(process, "ana")
    world.admitted(process, "rosa", contact=(ContactKind.EMAIL, "rosa@example.org"))
    world.clock.move(days=11)
    for folio in ("TOWN-0001", "TOWN-0002"):
        deciding.decide(world, process, folio)
    async with world.browser("carla") as browser:
        page = await browser.get("/p/town/office/decisions/decision/publication")
        assert "<dt>Sin correo electrónico confirmado</dt><dd>1</dd>" in page.text
    deciding.publish(world, process)
    async with world.browser() as browser:
        report = await browser.get("/p/town/feedback/decision")
    assert "De 2 personas que propusieron, 1 confirmaron un correo electrónico" in report.text


def test_a_letter_about_several_opens_with_whole_sentences_and_the_reason_for_leaving_the_rule(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = world.open_process()
    for title in ("Actas", "Plaza"):
        world.admitted(process, "ana", title)
    world.clock.move(days=11)
    first = "Es materia de este proceso y el municipio puede hacerlo con sus propios medios durante el año que viene."
    long = f"{first} " + "Además hace falta coordinar a varias direcciones y eso toma tiempo. " * 4
    deciding.decide(world, process, "TOWN-0001", reason=long)
    monkeypatch.setitem(RULE_OF, (StageKind.FILTER, "simple"), lambda *_: RuleSays(Outcome.SELECTED))
    why = "El terreno está en litigio y no se puede intervenir."
    deciding.decide(world, process, "TOWN-0002", "not_selected", "Es materia de este proceso.", override_reason=why)
    monkeypatch.undo()
    deciding.publish(world, process)
    deciding.draft(world, process)
    (letter,) = deciding.letters(world)
    assert letter.state is LetterState.DRAFT
    opening = letter.text[: letter.text.index("Lo que viene")]
    assert f"TOWN-0001: {first}" in opening
    assert f"TOWN-0002: {why}" in opening
    assert "…" not in opening


async def test_the_story_names_the_reason_for_leaving_the_rule(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    process = world.open_process()
    world.admitted(process)
    world.clock.move(days=11)
    monkeypatch.setitem(RULE_OF, (StageKind.FILTER, "simple"), lambda *_: RuleSays(Outcome.SELECTED))
    deciding.decide(world, process, "TOWN-0001", "not_selected", override_reason="El terreno está en litigio.")
    deciding.publish(world, process)
    async with world.browser() as browser:
        page = await browser.get("/p/town/proposals/TOWN-0001")
    assert "<strong>Por qué se dejó la regla:</strong> El terreno está en litigio." in page.text


async def test_the_line_of_a_letter_is_compared_on_the_page_it_leads_to(world: World) -> None:
    process = deciding.decided(world)
    deciding.draft(world, process)
    (letter,) = deciding.letters(world)
    path = letter.text[letter.text.index("/p/town/data?entry=") :].split()[0]
    async with world.browser() as browser:
        page = await browser.get(path)
        shown = page.text[page.text.index('id="history"') :]
        code = shown[shown.index("<code>") + 6 : shown.index("</code>")]
        assert code in letter.text
        assert len(code) == 64
        for wrong in ("-1", "99999999999999"):
            assert "no tiene una anotación de ese número" in (await browser.get(f"/p/town/data?entry={wrong}")).text


async def test_a_letter_written_to_a_file_says_its_date(world: World) -> None:
    world.propose(world.open_process())
    settings = world.settings.model_copy(update={"mail": "file"})
    await Worker(world.database, transport_of(settings)).run_until_idle()
    (file,) = settings.var.rglob("*.eml")
    assert parsedate_to_datetime(message_from_bytes(file.read_bytes())["Date"]) == world.now.replace(microsecond=0)


async def test_whoever_is_appointed_is_told_whom_to_ask(world: World) -> None:
    world.open_process(ask_at="la oficina de partes, 41 222 3333")
    path = "/p/town/office/people"
    async with world.browser("admin") as browser:
        offered = (await browser.get(path)).text
        assert "reparte las papeletas y abre y cierra la votación" in offered  # what facilitating is
        typed = {"holder": "Inés Mella", "email": "ines@example.org", "role": "office"}
        sent = await browser.post(path, data=typed | form_of(offered, path))
        assert sent.status_code == 303
    await Worker(world.database, transport_of(world.settings)).run_until_idle()
    with world.database.reading() as session:
        text = " ".join(session.scalars(select(OutboxMessage.text)).one().split())
    assert "pregunte aquí: la oficina de partes, 41 222 3333" in text
    assert "responder a esta carta" not in text
