"""The report of a filter and the papers of a session: the same rows as page, PDF, XLSX and ODS, each in its time."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from html import unescape
from io import BytesIO
from itertools import pairwise
from typing import Any

import openpyxl
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from app.decisions import actions as decisions
from app.documents import papers
from app.forum import actions, printing, report_files
from app.forum.actions import Line
from app.forum.models import ForumSession, Round
from app.forum.queries import rounds
from app.forum.report_files import Kept, PressBusy, ods, xlsx
from app.forum.report_wording import Sheet
from app.forum.rules.reporting import to_look_at_first
from app.forum.rules.results import Flag
from app.kit.errors import Conflict
from app.process import queries as processes
from app.proposals import actions as proposal_actions
from app.proposals.models import Proposal
from tests.costs import cost
from tests.forum.building import ForumBuilder
from tests.forum.filtering import FORMULA, LEFT, NO, PACK, REPORT, VOICE, YES, Filtered
from tests.forum.reading_pdf import Read
from tests.forum.test_deciding import copied
from tests.world import STRANGER, World

pytestmark = pytest.mark.either

FILES = (".pdf", ".xlsx", ".ods")
CEILING, CEILING_OF_PAPERS = 26, 34
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def words_of(page: str) -> str:
    """The words of a page, without its marks."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.fixture
def filtered(world: World, forum: ForumBuilder) -> Filtered:
    return Filtered(world, forum)


async def statuses(world: World, who: str, path: str) -> set[int]:
    async with world.browser(who) as browser:
        return {(await browser.get(path + form)).status_code for form in ("", *FILES)}


async def got(world: World, who: str, path: str) -> bytes:
    async with world.browser(who) as browser:
        answered = await browser.get(path)
    assert answered.status_code == 200, answered.text
    content: bytes = answered.content
    return content


def rows_of(content: bytes, sheet: int = 0) -> list[list[Any]]:
    """What an independent reader finds in a spreadsheet, of either kind."""
    return CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(sheet).to_python(skip_empty_area=False)


async def test_each_comes_out_in_its_time_and_for_whom_it_is(world: World, filtered: Filtered) -> None:
    """Nobody reads anything while the round is blind; then the forum has its papers; then everybody the report."""
    forum_members = ("marta", "diego", "elena", "carla")
    for who in (STRANGER, *forum_members):
        assert await statuses(world, who, REPORT) == {409}, who
    for who in forum_members:
        assert await statuses(world, who, PACK) == {409}, who
    filtered.close()
    for who in forum_members:
        assert await statuses(world, who, PACK) == {200}, who
    for who in ("ana", "bruno", "felix", "gloria"):
        assert await statuses(world, who, PACK) == {403}, f"{who} cannot"
    assert await statuses(world, STRANGER, PACK) == {303}
    filtered.decide()
    assert await statuses(world, "marta", PACK) == {200}
    assert await statuses(world, STRANGER, REPORT) == {409}
    async with world.browser() as stranger:
        refused = (await stranger.get(REPORT)).text
        assert ("junto con las decisiones" in refused, LEFT in unescape(refused)) == (True, False)
        assert "forum/report" not in (await stranger.get("/p/plan/forum/results")).text
    filtered.publish()
    assert await statuses(world, STRANGER, REPORT) == {200}
    assert await statuses(world, "marta", PACK) == {409}
    async with world.browser("marta") as chair:
        assert PACK not in (await chair.get(PACK.removesuffix("/pack"))).text
    async with world.browser() as stranger:
        for page in ("/p/plan/forum/results", "/p/plan/decisions/filtro"):
            assert 'href="/p/plan/forum/report?stage=filtro"' in (await stranger.get(page)).text, page
        assert (await stranger.get(f"{REPORT}?stage=none")).status_code == 404


@on_sqlite
async def test_the_four_forms_tell_the_same(world: World, filtered: Filtered) -> None:
    """Every proposal and reason stands in each, the numbers are those of the API, and nothing typed is a formula."""
    filtered.close()
    filtered.decide()
    filtered.publish()
    async with world.browser() as browser:
        page = words_of((await browser.get(f"{REPORT}?stage=filtro")).text)
        items = (await browser.get("/api/v1/processes/plan/results")).json()["items"]
    read = Read(await got(world, STRANGER, f"{REPORT}.pdf"))
    for words in (page, read.words):
        found = [text for text in (*filtered.folios, FORMULA, YES, LEFT, *NO.split("\n\n")) if text not in words]
        assert found == []
        assert "1 asiento se inhabilitó" in words
        assert [name for name in ("Diego", "Contraloría", "Red académica") if name in words] == []
    assert "Según la regla siguen 1 de 3. Decisión «Sigue»: 2. Decisión «No sigue»: 1. 1 decisión se aparta" in page
    expected = {one["folio"]: one for one in items}
    assert sorted(expected) == sorted(filtered.folios)
    for form in (".xlsx", ".ods"):
        heads, *rows = rows_of(await got(world, STRANGER, REPORT + form))
        told = {row[0]: dict(zip(heads, row, strict=True)) for row in rows}
        assert sorted(told) == sorted(filtered.folios), form
        for folio, one in expected.items():
            row = told[folio]
            assert (row["Puntos de 100"], row["Pautas"]) == (round(float(Fraction(one["score_exact"])), 3), one["n"])
            means = {mean["key"]: (mean["mean"], mean["n"]) for mean in one["criteria"]}
            assert (row["Promedio: Valor público"], row["Pautas que respondieron: Valor público"]) == means["value"]
        poor, torn = told[filtered.poor.folio], told[filtered.torn.folio]
        assert poor["Propuesta"] == FORMULA
        assert poor["Razón publicada"].split() == NO.split()
        assert (torn["Sigue la regla"], torn["Por qué se dejó la regla"]) == ("no", LEFT)
        assert (torn["Asientos inhabilitados"], poor["Sigue la regla"], torn["Decisión"]) == (1, "sí", "Sigue")
        rule = words_of(
            " ".join(str(cell) for row in rows_of(await got(world, STRANGER, REPORT + form), 1) for cell in row)
        )
        assert ("Valor público" in rule, "tiene 60 puntos o más de 100" in rule) == (True, True)
    english = rows_of(await got(world, STRANGER, f"/en{REPORT}.xlsx"))[0]
    assert [english[n] for n in (0, 1, 3, -3)] == ["Folio", "Proposal", "Points of 100", "Published reason"]


def test_what_is_typed_stays_text_in_both_spreadsheets() -> None:
    """A formula, an address and a sign that XML does not know; heads stay in sight in the workbook."""
    typed = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "https://malo.example", "=cmd|' /C calc'!A0", "a\x0bb\uffff"]
    sheet = Sheet("Hoja", ["Texto", "Número"], [[text, 1.5] for text in typed])
    for content in (xlsx([sheet]), ods([sheet])):
        assert [row[0] for row in rows_of(content)] == ["Texto", *typed[:-1], "ab"]
        assert {row[1] for row in rows_of(content)[1:]} == {1.5}
    book = openpyxl.load_workbook(BytesIO(xlsx([sheet])))["Hoja"]
    assert {(cell.data_type, cell.hyperlink) for (cell, *_) in book.iter_rows()} == {("s", None)}
    assert book.freeze_panes == "B2"
    assert b"table:formula" not in ods([sheet])


@on_sqlite
async def test_the_paper_is_tagged_and_is_made_once(world: World, filtered: Filtered) -> None:
    filtered.close()
    filtered.decide()
    filtered.publish()
    for prefix, language in (("", "es"), ("/en", "en")):
        read = Read(await got(world, STRANGER, f"{prefix}{REPORT}.pdf"))
        assert (bool(read.root.MarkInfo.Marked), str(read.root.Lang)[:2]) == (True, language)
        assert str(read.metadata["pdfuaid:part"]) == "1"
        levels = [int(tag[1]) for tag in read.tags if tag[:1] == "H" and tag[1:].isdigit()]
        assert (levels[0], levels.count(1), levels.count(3)) == (1, 1, 3)
        assert all(after - before <= 1 for before, after in pairwise(levels))
        assert {"Table", "THead", "TR", "TH", "TD", "Caption", "Link"} <= set(read.tags)
        assert "Figure" not in read.tags
    async with world.browser() as browser:
        first = await browser.get(f"{REPORT}.pdf")
        again = await browser.get(f"{REPORT}.pdf", headers={"if-none-match": first.headers["etag"]})
        other = await browser.get(f"/en{REPORT}.pdf", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content, other.status_code) == (304, b"", 200)
    assert first.headers["cache-control"] == "public, no-cache"
    assert 'filename="plan-filtro-report.pdf"' in first.headers["content-disposition"]


@on_sqlite
async def test_the_papers_begin_with_what_is_to_be_looked_at(world: World, filtered: Filtered) -> None:
    """With the reason a seat wrote, or the one put together; who stands aside on a proposal reads only that."""
    filtered.close()
    with world.work("nadia") as work:
        found = work.session.scalars(select(Round)).one()
        fresh = work.session.get_one(Proposal, filtered.good.id)
        actions.write_reason(work, filtered.forum.process, found, fresh, (VOICE, None))
    async with world.browser("marta") as chair, world.browser("diego") as diego:
        for there in (PACK.removesuffix("/pack"), "/p/plan/reasons/filtro"):
            assert f'href="{PACK}"' in (await chair.get(there)).text, there
        page = words_of((await chair.get(PACK)).text)
        own = (await diego.get(PACK)).text
        answered = await chair.get(f"{PACK}.pdf")
    assert sorted(filtered.folios, key=page.index) == [filtered.torn.folio, filtered.good.folio, filtered.poor.folio]
    assert f"Razón en borrador, escrita por un asiento {VOICE}" in page
    assert page.count("Razón en borrador, según lo que dicen los criterios No sigue.") == 2
    assert "1 propuesta lleva una señal para que la sesión la mire." in page
    assert [name for name in ("Contraloría", "Red académica", "Porque así es") if name in page] == []
    assert answered.headers["cache-control"] == "no-store"
    assert VOICE in Read(answered.content).words
    line = words_of(own[own.index(f'<li id="{filtered.torn.folio}">') :].split("</li>")[0])
    assert line == f"Discutida {filtered.torn.folio} Usted se inhabilitó en esta propuesta."
    assert own.index(filtered.good.folio) < own.index(f'<li id="{filtered.torn.folio}">')
    for form in (".xlsx", ".ods"):
        told = next(row for row in rows_of(await got(world, "diego", PACK + form)) if row[0] == filtered.torn.folio)
        said = ["Discutida", "Usted se inhabilitó en esta propuesta."]
        assert [cell for cell in told[1:] if cell not in {"", None}] == said, form
    paper = Read(await got(world, "diego", f"{PACK}.pdf")).words
    assert paper.count("Usted se inhabilitó en esta propuesta.") == 2  # in the table, and by itself
    assert paper.count("difieren mucho") == 0
    assert Read(answered.content).words.count("difieren mucho") == 2


async def test_what_was_left_undecided_says_why(world: World, filtered: Filtered) -> None:
    filtered.close()
    meeting, why = filtered.forum.session(), "Falta saber qué cuesta."
    with world.work("carla") as work:
        held = work.session.get_one(ForumSession, meeting.id)
        lines = [Line(filtered.good.folio, "selected", YES), Line(filtered.poor.folio, "not_selected", NO)]
        actions.decide_in_session(work, filtered.forum.process, filtered.forum.stage, held, lines)
        fresh = processes.by_slug(work.session, "plan")
        stage = processes.stage_named(work.session, fresh.id, "filtro")
        torn = work.session.get_one(Proposal, filtered.torn.id)
        decisions.note_undecided(work, fresh, stage, torn, why)
    filtered.publish()
    page = words_of((await got(world, STRANGER, REPORT)).decode())
    assert page.index("Quedó sin decidir") < page.index(why)


@on_sqlite
async def test_the_papers_count_conflicts_that_nobody_settled(world: World, forum: ForumBuilder) -> None:
    """Of the proposal of somebody who sits in the forum: how many, and not whose."""
    hers = world.admitted(forum.process, "nadia", "Suya")
    filtered = Filtered(world, forum)
    filtered.close()
    page = words_of((await got(world, "elena", PACK)).decode())
    assert page.count("1 posible conflicto sin resolver") == 1
    for form in (".xlsx", ".ods"):
        heads, *rows = rows_of(await got(world, "elena", PACK + form))
        told = {row[0]: row[heads.index("Posibles conflictos sin resolver")] for row in rows}
        assert told == {folio: int(folio == hers.folio) for folio in (hers.folio, *filtered.folios)}


@on_sqlite
async def test_what_goes_on_as_one_with_another_says_so(world: World, filtered: Filtered) -> None:
    """In the papers, without a reason to begin from, and in the report, where nothing was decided on it by itself."""
    filtered.close()
    meeting, process = filtered.forum.session(), filtered.forum.process
    with world.work("marta") as work:
        torn, good = (work.session.get_one(Proposal, one.id) for one in (filtered.torn, filtered.good))
        made = proposal_actions.to_merge(
            work.session, process, torn, good, "Las dos piden lo mismo con otras palabras."
        )
        held = work.session.get_one(ForumSession, meeting.id)
        actions.merge_in_session(work, process, (filtered.forum.stage, held), (torn, good), made)
    told = f"Sigue unida a {filtered.good.folio}"
    page = words_of((await got(world, "marta", PACK)).decode())
    assert (page.count(told), page.count("Razón en borrador")) == (1, 2)
    assert told in [cell for row in rows_of(await got(world, "marta", f"{PACK}.ods")) for cell in row]
    filtered.follow_the_rule()
    filtered.publish()
    page = words_of((await got(world, STRANGER, REPORT)).decode())
    assert (page.count(told), page.count("Razón publicada")) == (1, 2)


@on_sqlite
def test_a_session_looks_first_where_the_seats_lie_apart(world: World, filtered: Filtered) -> None:
    """By the first sign there is, then by what is nearest to the mark; what has no points comes after what has."""
    filtered.close()
    with world.database.reading() as session:
        outturn = rounds.outturn(session, session.scalars(select(Round)).one(), world.now)
    one = outturn.counted.ranked[0]

    def made(folio: str, total: int | None, *flags: Flag) -> Any:
        return replace(one, folio=folio, total=None if total is None else Fraction(total), flags=flags)

    ordered = to_look_at_first(
        outturn.config,
        [
            made("H", 90),
            made("F", None, Flag.NO_QUORUM),
            made("E", 10, Flag.NO_QUORUM),
            made("D", 59, Flag.DECIDED_BY_ONE_SCORE),
            made("C", 61, Flag.NEAR_CUT),
            made("B", 80, Flag.DISAGREEMENT, Flag.NEAR_CUT),
            made("A", 58, Flag.DISAGREEMENT),
            made("G", 59),
        ],
    )
    assert "".join(result.folio for result in ordered) == "ABCDEFGH"


@on_sqlite
async def test_a_long_filter_asks_the_database_no_more(world: World, filtered: Filtered) -> None:
    """Two hundred proposals, told fifty to a page or whole, cost as few readings as three."""
    copied(world, filtered.good, 200)
    filtered.close()
    costs = [await cost(world, path, "marta") for path in (PACK, f"{PACK}?page=5", f"{PACK}.xlsx")]
    assert max(costs) <= CEILING_OF_PAPERS, costs
    assert words_of((await got(world, "marta", f"{PACK}?page=5")).decode()).count("Razón en borrador") == 3
    assert len(rows_of(await got(world, "marta", f"{PACK}.ods"))) == 204
    filtered.decide()
    filtered.follow_the_rule()
    filtered.publish()
    costs = [await cost(world, path) for path in (REPORT, f"{REPORT}?page=5", f"{REPORT}.ods")]
    assert max(costs) <= CEILING, costs
    assert words_of((await got(world, STRANGER, f"{REPORT}?page=5")).decode()).count("Razón publicada") == 3


def test_what_no_paper_holds_is_refused_before_it_is_set() -> None:
    with pytest.raises(Conflict, match="too long for a PDF"):
        printing.set_report({"language": "es", "cards": ["x" * papers.MOST_WORDS]})


def test_no_more_is_kept_than_memory_allows() -> None:
    kept = Kept()
    for number in range(9):
        kept._keep(str(number), b"x" * 6_000_000)
    assert list(kept._files) == ["5", "6", "7", "8"]


def test_who_asks_while_another_is_being_made_is_told_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_files, "PATIENCE", 0)
    kept = Kept()
    told: list[PressBusy] = []

    def ask_meanwhile() -> bytes:
        with pytest.raises(PressBusy) as refused:
            kept._made(lambda: b"second")
        told.append(refused.value)
        return b"first"

    assert kept._made(ask_meanwhile) == b"first"
    assert kept._made(lambda: b"third") == b"third"
    assert [(one.status, "Another report is being made" in str(one.text)) for one in told] == [(503, True)]
