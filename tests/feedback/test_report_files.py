"""The report of a stage as one holds it: its PDF, its CSV, what it tells besides figures, and that it never changes."""

from __future__ import annotations

import csv
from datetime import date
from io import StringIO
from itertools import pairwise
from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from app.decisions import actions as decisions
from app.documents import papers
from app.editorial import actions as editorial
from app.editorial.actions import Entry
from app.feedback import actions as feedback
from app.feedback import report_files, reported
from app.feedback.models import StageReport
from app.feedback.report_files import WORDS, Drawn, annex, printed
from app.feedback.report_wording import ReportPaper
from app.forum import actions as forum_actions
from app.forum.actions import Line, Prints, Says, Wish
from app.forum.models import ForumSession
from app.forum.queries import minutes
from app.forum.rules.minutes import fingerprint
from app.kit.errors import NotAllowed, Stale
from app.mail.models import OutboxMessage
from app.mail.rules import LetterKind
from app.parts import due
from app.people.rules import ContactKind
from app.process import queries as processes
from app.process.models import Process
from app.proposals.models import Proposal
from tests.costs import cost
from tests.feedback.deciding import REASON, STAGE, decide, publish
from tests.forum.building import VOTERS, ForumBuilder
from tests.forum.reading_pdf import Read
from tests.world import NAMES, STRANGER, World, form_of

pytestmark = pytest.mark.either

P = "/p/town/feedback/decision"
WHY_NOT = 'El municipio ya licitó #panic("x") otra obra, y $dos tercios$ de la plaza *no* se tocan.'
FORMULA = "=1+1 plaza nueva"
CHANGED = "La ordenanza de áreas verdes cambió en su artículo tercero."
ASKED = "Se preguntó qué mejorar en la comuna."
CEILINGS = [35, 14, 5, 5]


def _town(world: World) -> Process:
    """Two proposals decided on, one of them with words that would do harm elsewhere; one act of outreach."""
    process = world.open_process()
    world.admitted(process, "ana", "Publicar las actas")
    world.admitted(process, "bruno", FORMULA)
    told = Entry("Aviso en la radio local", "2026-05", ("rural",), "radio", "counted", 1200)
    with world.work("carla") as work:
        editorial.enter(work, processes.by_slug(work.session, "town"), told)
    world.clock.move(days=11)
    decide(world, process, "TOWN-0001")
    decide(world, process, "TOWN-0002", "not_selected", WHY_NOT)
    publish(world, process)
    return process


async def _publish(browser: httpx2.AsyncClient, **typed: str) -> httpx2.Response:
    page = await browser.get(P)
    return await browser.post(f"{P}/report", data={"purpose": ASKED} | typed | form_of(page.text, f"{P}/report"))


def _drawn(world: World, slug: str = "town", stage: str = STAGE) -> Drawn:
    words = dict.fromkeys(WORDS, "") | {"purpose": ASKED}
    with world.database.reading() as session:
        process = processes.by_slug(session, slug)
        row = processes.stage_named(session, process.id, stage)
        return report_files.drawn(session, process, row, words, (world.now, "https://minga.example"))


async def test_it_is_read_as_a_tagged_paper_in_both_languages(world: World) -> None:
    _town(world)
    async with world.browser("carla") as carla, world.browser(STRANGER) as stranger:
        assert (await stranger.get(f"{P}/report.pdf")).status_code == 404
        assert (await _publish(carla, what_changed=CHANGED)).status_code == 303
        page = (await carla.get(P)).text
        files = [await stranger.get(f"{place}{P}/report.pdf") for place in ("", "/en")]
        again = await stranger.get(f"{P}/report.pdf", headers={"if-none-match": files[0].headers["etag"]})
    assert (f"{P}/report.pdf?version=1" in page, f"{P}/proposals.csv?version=1" in page) == (True, True)
    assert (again.status_code, files[0].headers["content-type"]) == (304, "application/pdf")
    assert "town-informe-decision-1.pdf" in files[0].headers["content-disposition"]
    for file, language, title, said in (
        (files[0], "es", "Qué hicimos con lo que usted propuso: Decisión sobre las propuestas", "No sigue"),
        (files[1], "en", "What we did with what you proposed: Decision on the proposals", "It does not go on"),
    ):
        read = Read(file.content)
        assert (str(read.root.Lang), read.metadata["pdfuaid:part"]) == (language, "1")
        assert str(read.metadata["dc:title"]) == title
        levels = [int(tag[1]) for tag in read.tags if tag[:1] == "H" and tag[1:].isdigit()]
        assert (levels[0], levels.count(1)) == (1, 1)
        assert all(after - before <= 1 for before, after in pairwise(levels))
        assert {"Table", "THead", "TR", "TH", "TD", "Caption"} <= set(read.tags)
        assert "Figure" not in read.tags  # the bars are for the eye: their numbers stand beside them
        words = read.words
        for text in (REASON, WHY_NOT, FORMULA, CHANGED, ASKED, said, "TOWN-0001", "Aviso en la radio local"):
            assert text in words, text
        assert not [name for name in NAMES.values() if name in words or name in page.replace("Carla Fuentes", "")]


async def test_the_page_tells_what_the_paper_tells(world: World) -> None:
    _town(world)
    async with world.browser("carla") as carla:
        await _publish(carla, what_changed=CHANGED, what_next="Sigue la obra.")
    async with world.browser() as stranger:
        page = (await stranger.get(P)).text
    for text in ("Cómo se dio a conocer", "mayo de 2026", "1.200", "De cuántas que llegaron, cuántas siguen", CHANGED):
        assert text in page, text


async def test_a_version_never_changes_and_the_next_one_says_why(world: World) -> None:
    process = _town(world)
    async with world.browser("carla") as carla, world.browser(STRANGER) as stranger:
        await _publish(carla)
        addresses = [f"{P}/report.pdf?version=1", f"/en{P}/report.pdf?version=1", f"{P}/proposals.csv?version=1"]
        before = [(await stranger.get(path)).content for path in addresses]
        world.clock.move(minutes=20)
        decide(world, process, "TOWN-0001", "not_selected", "Una ley nueva lo hace innecesario desde junio.")
        publish(world, process)
        assert (await _publish(carla)).status_code == 422
        assert (await _publish(carla, change_note="Cambió la ley.")).status_code == 303
        after = [(await stranger.get(path)).content for path in addresses]
        newest = [(await stranger.get(f"{P}/{name}")).content for name in ("report.pdf", "proposals.csv")]
        assert (await stranger.get(f"{P}/report.pdf?version=3")).status_code == 404
    assert before == after
    assert ("Una ley nueva" in Read(before[0]).words, "Una ley nueva" in Read(newest[0]).words) == (False, True)
    assert "Cambió la ley." in Read(newest[0]).words
    assert ("Una ley nueva" in before[2].decode(), "Una ley nueva" in newest[1].decode()) == (False, True)


async def test_the_annex_holds_every_proposal_and_no_formula(world: World) -> None:
    process = _town(world)
    async with world.browser("carla") as carla, world.browser(STRANGER) as stranger:
        await _publish(carla)
        file = await stranger.get(f"{P}/proposals.csv")
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(StringIO(file.content.decode("utf-8-sig"))))
    assert [(row["folio"], row["outcome"], row["reason"], row["reason_codes"]) for row in rows] == [
        ("TOWN-0001", "selected", REASON, "other"),
        ("TOWN-0002", "not_selected", WHY_NOT, "other"),
    ]
    assert rows[1]["title"] == f"'{FORMULA}"
    assert {row["decided_at"][:10] for row in rows} == {world.now.date().isoformat()}
    assert {row["decided_by"] for row in rows} == {"La oficina a cargo del proceso"}
    assert not [name for name in NAMES.values() if name in file.text]
    assert process.slug == "town"


async def test_what_was_left_undecided_stands_in_page_paper_and_annex(world: World) -> None:
    process = world.open_process()
    one, other = world.admitted(process, "ana"), world.admitted(process, "bruno", "Otra plaza")
    world.clock.move(days=11)
    decide(world, process, one.folio)
    with world.work("carla") as work:
        stage = processes.stage_named(work.session, process.id, STAGE)
        decisions.note_undecided(work, process, stage, work.session.get_one(Proposal, other.id), WHY_NOT)
    publish(world, process)
    async with world.browser() as reader:
        page = (await reader.get(P)).text
    drawn = _drawn(world)
    assert ("Quedó sin decisión" in page, "Otra plaza" in page) == (True, True)
    words = Read(drawn.es).words
    assert ("Quedó sin decisión" in words, WHY_NOT in words) == (True, True)
    assert "TOWN-0002,Otra plaza,undecided" in drawn.csv.decode()


def test_an_answer_left_open_stands_in_it_with_its_reason() -> None:
    row: dict[str, Any] = {
        "folio": "A-1",
        "title": "@uno",
        "outcome": "undecided",
        "codes": [],
        "reason": "+Falta saber.",
    }
    row |= {"override": "", "decided_at": "2026-05-01", "known_to": "day", "body": {"es": "", "en": ""}}
    row |= {"session": "", "act": "", "provenance": "native"}
    assert annex([row], "es").decode("utf-8-sig").splitlines()[1] == (
        "A-1,'@uno,undecided,Quedó sin decisión,,'+Falta saber.,,2026-05-01,day,,,,native"
    )


def test_where_few_took_part_no_number_is_given(world: World) -> None:
    _town(world)
    drawn = _drawn(world)
    assert drawn.facts["sectors"] == {"citizen": None}
    assert drawn.facts["channels"] == {"web": None}
    words = Read(drawn.es).words
    assert "Ciudadanía no se muestra" in words
    assert "Cuando una cifra de personas es menor de cinco no se da" in words


def test_nobody_else_publishes_it_and_nothing_that_was_drawn_before(world: World) -> None:
    process = _town(world)
    drawn = _drawn(world)
    for who in ("bruno", "felix", "gloria", STRANGER):
        with world.work(who) as work, pytest.raises(NotAllowed):
            feedback.publish_report(work, process, world.stage(process, STAGE), drawn)
    world.clock.move(minutes=20)
    decide(world, process, "TOWN-0001", "not_selected", "Una ley nueva lo hace innecesario desde junio.")
    publish(world, process)
    with world.work("carla") as work, pytest.raises(Stale):
        feedback.publish_report(work, process, world.stage(process, STAGE), drawn)
    with world.database.reading() as session:
        assert session.scalars(select(StageReport)).all() == []


def test_the_same_words_give_the_same_bytes(world: World) -> None:
    _town(world)
    one, other = _drawn(world), _drawn(world)
    assert (one.es, one.en, one.csv, one.content_hash) == (other.es, other.en, other.csv, other.content_hash)


async def test_it_asks_the_database_no_more_than_it_must(world: World) -> None:
    _town(world)
    before = await cost(world, P)
    async with world.browser("carla") as carla:
        await _publish(carla)
    counted = [
        before,
        await cost(world, P),
        await cost(world, f"{P}/report.pdf"),
        await cost(world, f"{P}/proposals.csv"),
    ]
    assert [told <= most for told, most in zip(counted, CEILINGS, strict=True)] == [True] * 4, counted


def test_who_differed_and_what_left_the_rule_is_told(world: World) -> None:
    forum = ForumBuilder(world, world.open_process("plan", template="ogp_action_plan"))
    first, second = world.admitted(forum.process), world.admitted(forum.process, title="Otra")
    made = forum.round()
    for who in VOTERS:
        for proposal in (first, second):
            forum.score(who, proposal)
    forum.close(made)
    forum.to_the_filter()
    meeting, left = forum.session(), "Es la única de su región y las demás ya tienen algo parecido."
    with world.work("carla") as work:
        held, process = work.session.get_one(ForumSession, meeting.id), forum.process
        lines = [Line(first.folio, "selected", REASON), Line(second.folio, "not_selected", WHY_NOT, ("other",), left)]
        forum_actions.decide_in_session(work, process, forum.stage, held, lines)
        forum_actions.put_motion(work, process, held, Wish("Publicar esta lista.", 1))
        said = {n: Says("for") for n in (1, 2, 4)} | {3: Says("against", "Falta oír a las regiones.")}
        forum_actions.vote(work, process, held, 1, said)
        forum_actions.write_minutes(work, process, held, "Se decidió la lista.")
        forum_actions.close_session(work, process, held)
    _publish_decisions(world, forum)
    assert _facts(world, forum)["dissent"] == []  # its minutes are not public yet
    _publish_minutes(world, forum, meeting)
    facts = _facts(world, forum)
    where = facts["dissent"][0].pop("where")
    assert facts["dissent"] == [
        {"who": "Red académica", "about": "Publicar esta lista.", "said": "Falta oír a las regiones."}
    ]
    assert where == {"es": "Sesión ordinaria n.º 2", "en": "Ordinary session no. 2"}
    assert [(row["folio"], row["outcome"], row["reason"]) for row in facts["against"]] == [
        (second.folio, "not_selected", left)
    ]
    words = Read(_drawn(world, "plan", forum.stage.slug).es).words
    for text in ("Falta oír a las regiones.", "Red académica", left, "Decisiones que se apartaron de la regla"):
        assert text in words, text


def _publish_decisions(world: World, forum: ForumBuilder) -> None:
    with world.work("carla") as work:
        fresh = processes.by_slug(work.session, "plan")
        decisions.publish(work, fresh, processes.stage_named(work.session, fresh.id, forum.stage.slug))


def _facts(world: World, forum: ForumBuilder) -> dict[str, list[dict[str, object]]]:
    with world.database.reading() as session:
        process = processes.by_slug(session, "plan")
        stage = processes.stage_named(session, process.id, forum.stage.slug)
        return reported.stage_facts(session, process, stage)


def _publish_minutes(world: World, forum: ForumBuilder, meeting: ForumSession) -> None:
    with world.work("marta") as work:
        held = work.session.get_one(ForumSession, meeting.id)
        forum_actions.approve_minutes(work, forum.process, held)
    with world.work("carla") as work:
        held = work.session.get_one(ForumSession, meeting.id)
        content = minutes.assembled(work.session, forum.process, held, work.now)
        forum_actions.publish_minutes(work, forum.process, held, Prints(fingerprint(content), b"%PDF-es", b"%PDF-en"))


def test_answers_are_told_by_day_by_month_or_by_year() -> None:
    days = [date(2026, 5, 4), date(2026, 5, 4), date(2026, 6, 1)]
    assert reported.when_answered(days) == [["2026-05-04", 2], ["2026-06-01", 1]]
    many = [date(2026, month, day) for month in (1, 2) for day in range(1, 11)]
    assert reported.when_answered(many) == [["2026-01", 10], ["2026-02", 10]]
    years = [date(year, month, 1) for year in (2024, 2025, 2026) for month in range(1, 13)]
    assert reported.when_answered(years) == [["2024", 12], ["2025", 12], ["2026", 12]]


def test_reasons_too_long_for_a_paper_stand_in_the_annex(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    _town(world)
    seen: list[dict[str, object]] = []
    whole = ReportPaper.__init__

    def note(self: ReportPaper, content: dict[str, object], language: str, home: str) -> None:
        seen.append(content)
        whole(self, content, language, home)

    monkeypatch.setattr(ReportPaper, "__init__", note)
    drawn = _drawn(world)
    content = seen[0]
    monkeypatch.setattr(papers, "MOST_WORDS", 10)
    short = Read(printed(content, "es", "https://minga.example/p/town")).words
    assert (WHY_NOT in Read(drawn.es).words, WHY_NOT in short) == (True, False)
    assert "Están completas en el archivo CSV." in short
    assert WHY_NOT in drawn.csv.decode().replace('""', '"')


async def test_everybody_who_took_part_is_told_once_for_each_version(world: World) -> None:
    """By one short letter to a confirmed address; whoever has none is told by nobody, whoever took no part neither."""
    process = world.open_process()
    for who in ("ana", "bruno", "diego"):
        world.admitted(process, who, f"Propuesta de {who}")
    world.admitted(process, "Rosa Muñoz", "Una más", contact=(ContactKind.PHONE, "+56 9 5555 1234"))
    world.clock.move(days=11)
    for folio in ("TOWN-0001", "TOWN-0002", "TOWN-0004"):  # not on diego's: nothing is owed to him at this stage
        decide(world, process, folio)
    publish(world, process)
    async with world.browser("carla") as carla:
        assert (await _publish(carla)).status_code == 303
        first = _told(world)
        assert (await _publish(carla, change_note="Se corrigió un dato.")).status_code == 303
    assert sorted(one.to_address for one in first) == ["ana@example.org", "bruno@example.org"]
    later = _told(world)[len(first) :]
    assert sorted(one.to_address for one in later) == ["ana@example.org", "bruno@example.org"]
    for one, version, note in ((first[0], 1, False), (later[0], 2, True)):
        assert f"/p/town/feedback/decision?version={version}" in one.text
        assert ("Se corrigió un dato." in one.text, "Se corrigió un dato." in one.html) == (note, note)
        assert "Decisión sobre las propuestas" in one.subject
    with world.database.reading() as session:
        report = session.scalars(select(StageReport).where(StageReport.version == 1)).one()
    feedback.tell_report_job(world.database, {"report": str(report.id)}, lambda *_: None)  # again, and of what is past
    assert len(_told(world)) == 4


def _told(world: World) -> list[OutboxMessage]:
    """What was written to those who took part, after the worker has done what it was asked."""
    while (job := due._claim(world.database, world.clock)) is not None:
        due.do_job(world.database, job, world.clock)
    with world.database.reading() as session:
        told = select(OutboxMessage).where(OutboxMessage.kind == LetterKind.DUTY)
        return list(session.scalars(told.order_by(OutboxMessage.id)))
