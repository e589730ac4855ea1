"""The fifth plan, played: its counts from rows, what became of each proposal and why, and nobody left unanswered."""

from __future__ import annotations

import html
import re
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.cli import main
from app.decisions.models import Decision
from app.demo import loading
from app.demo.fifth_plan.telling import facts, proposals
from app.duties import ledger
from app.duties.models import Duty
from app.duties.rules import DutyState
from app.feedback.models import Letter
from app.forum.models import Recusal, Round, ScoreSheet, Seat, SeatHolder
from app.kit.db import Database
from app.mail import rendering
from app.mail.models import OutboxMessage
from app.mail.rules import LetterKind, OutboxState
from app.meetings.models import Meeting
from app.parts import fill_tables
from app.prioritisation.models import Theme
from app.process import queries as processes
from app.process.models import Process
from app.proposals.models import Proposal
from app.proposals.rules import Provenance
from app.publication import verifying
from app.settings import Settings
from app.trail.models import Chain, Entry
from tests import databases
from tests.clock import MovableClock
from tests.conftest import SECRET
from tests.demo.conftest import Played
from tests.forum.reading_pdf import Read

pytestmark = pytest.mark.either

MADE_UP = "Esta decisión y su razón son inventadas, como ejemplo"


def owed(session: Session, process: Process) -> int:
    stages = processes.stages_of(session, process.id)
    return sum(ledger.tally(session, stage.id).owed for stage in stages)


async def test_the_counts_come_from_rows(played: Played) -> None:
    told = (await played.read("/api/v1/processes/quinto-plan")).json()
    assert told["counts"] == {
        "proposals_received": 81,
        "proposals_selected": 53,
        "themes": 10,
        "prioritisation_tables": 10,
        "attendances": 558,
        "technical_tables": 10,
        "commitments": 10,
        "awareness_sessions": 8,
        "forum_sessions": 40,
    }
    assert {stage["slug"]: stage["status"] for stage in told["stages"] if stage["slug"] != "borrador"} == dict.fromkeys(
        (stage["slug"] for stage in told["stages"] if stage["slug"] != "borrador"), "concluded"
    )


async def test_the_filter_has_criteria_scores_a_recusal_and_decisions_that_left_the_rule(played: Played) -> None:
    """All of it made up, by five seats of nobody; only the day on which criteria were agreed stands in the report."""
    criteria = (await played.read("/p/quinto-plan/forum/criteria")).text
    assert "Aprobados el 8 de septiembre de 2020." in criteria
    assert "Se aprobaron al día siguiente de que dejaron de llegar propuestas" in criteria
    with played.database.reading() as session:
        made = session.scalars(select(Round).where(Round.provenance == Provenance.ILLUSTRATIVE)).one()
        sheets = session.scalars(select(ScoreSheet).where(ScoreSheet.round_id == made.id)).all()
        names = session.scalars(select(Seat.name).where(Seat.body_id == made.body_id).order_by(Seat.number)).all()
        holders = session.scalar(
            select(func.count())
            .select_from(SeatHolder)
            .where(SeatHolder.seat_id.in_(select(Seat.id).where(Seat.body_id == made.body_id)))
        )
        aside = session.scalar(select(func.count()).select_from(Recusal).where(Recusal.stage_id == made.stage_id))
        left = session.scalars(
            select(Decision).where(Decision.stage_id == made.stage_id, Decision.follows_rule.is_(False))
        )
        assert [decision.outcome.value for decision in left].count("not_selected") == 3
    assert (len(sheets), {sheet.person_id for sheet in sheets}, aside, holders) == (81 * 5 - 1, {None}, 1, 0)
    assert names == [f"Asiento {number}" for number in range(1, 6)]
    results = (await played.read("/api/v1/processes/quinto-plan/results?stage=filtro")).json()
    assert [row["verdict"] for row in results["items"]].count("pass") == 55
    told = (await played.read("/p/quinto-plan/decisions/filtro")).text
    assert "quedó a dos puntos de la marca" in told
    assert "inventadas, para mostrar" in (await played.read("/p/quinto-plan/forum/results?stage=filtro")).text
    report = [(await played.read(f"/p/quinto-plan/forum/report?stage=filtro&page={page}")).text for page in (1, 2)]
    for said in (
        "inventadas, para mostrar",
        "Las decisiones de este informe se inventaron",
        "al día siguiente de que dejaron",
    ):
        assert said in report[0], said
    assert [page.count("inventado como ejemplo") for page in report] == [50, 31]


async def test_the_forum_is_told_as_documents_know_it(played: Played) -> None:
    forum = (await played.read("/p/quinto-plan/forums/foro")).text
    assert "Los documentos informan de 40 sesiones." in forum
    assert (forum.count("no se sabe quién lo ocupó"), "Asiento vacante" in forum) == (5, False)
    assert "Funcionó hasta el 18 de mayo de 2023." in forum
    after = (await played.read("/p/quinto-plan/forum")).text  # the one that sits now
    assert ("Mesa Nacional de Estado Abierto" in after, after.count("no se sabe quién lo ocupó")) == (True, 16)
    assert "4 cada uno" in after
    for path in ("meetings", "calendar"):
        assert "porque solo se conoce su año: 39." in (await played.read(f"/p/quinto-plan/{path}")).text


async def test_progress_is_the_mean_of_ten_reports_with_two_warnings(played: Played) -> None:
    told = (await played.read("/api/v1/processes/quinto-plan/progress")).json()
    assert told["plan"]["reported"] == 83.69
    assert told["plan"]["reported_rounded"] == facts()["reported_total_progress"] == 84
    assert told["plan"]["reported_known"] == 10
    assert [one["number"] for one in told["commitments"] if one["warnings"]] == [8, 10]
    eighth = next(one for one in told["commitments"] if one["number"] == 8)
    assert (eighth["reported"], eighth["computed"]) == (90.0, 91.67)


def test_what_was_played_is_verified(played: Played) -> None:
    verdict = verifying.check_database(played.settings.database_url)
    assert verdict.fault is None
    assert len(verdict.checked) == 3


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            "UPDATE meetings SET reported_people = 145 WHERE kind = 'prioritisation_table' AND number = 9",
            "quinto-plan: meeting:prioritisation-table-9: the history says that 144 came and the row says 145",
        ),
        (
            "DELETE FROM meetings WHERE kind = 'forum_session' AND number = 40",
            "quinto-plan: the history knows meeting:forum-session-40 and there is no such row",
        ),
        (
            "UPDATE decision_counts SET n = 54 WHERE mark = 'outcome:selected' AND n = 53",
            "quinto-plan: stage filtro: the counts of its decisions are not those of the decisions",
        ),
        (
            "UPDATE proposal_groups SET n = 34 WHERE dimension = 'territory' AND n = 33",
            "quinto-plan: the counts of proposals by sector, place, way and day are not those of the proposals",
        ),
        (
            "UPDATE decision_groups SET went_on = 22 WHERE dimension = 'sector' AND came = 40 AND went_on = 21",
            "quinto-plan: stage filtro: of how many of each group how many went on is not what was decided",
        ),
        (
            "UPDATE progress_reports SET low = '93' WHERE low = '92'",
            "quinto-plan: round 4: the figure 1:reported was closed as '92' and the rows give '93'",
        ),
    ],
    ids=["people", "meeting", "decisions", "in sight", "groups", "progress"],
)
def test_a_changed_figure_is_named(played: Played, change: str, fault: str) -> None:
    with played.database.writing() as session:
        session.execute(text(change))
        session.flush()
        assert verifying.check_rows(session).fault == fault  # what is changed is never kept
        session.rollback()


def test_every_proposal_is_answered_at_each_stage_that_decided_on_it(played: Played) -> None:
    with played.database.reading() as session:
        process = session.scalars(select(Process).where(Process.slug == "quinto-plan")).one()
        assert owed(session, process) == 0
        states = session.execute(
            select(Duty.state, func.count()).where(Duty.process_id == process.id).group_by(Duty.state)
        ).all()
        assert [(row[0], row[1]) for row in states] == [(DutyState.COVERED, 81 + 53 + 10 + 10)]
        kinds = (LetterKind.RECEIPT, LetterKind.DUTY)
        sent = session.execute(
            select(OutboxMessage.kind, OutboxMessage.state, OutboxMessage.provider_id, func.count())
            .where(OutboxMessage.process_id == process.id, OutboxMessage.kind.in_(kinds))
            .group_by(OutboxMessage.kind, OutboxMessage.state, OutboxMessage.provider_id)
        ).all()
        letters = session.scalar(select(func.count()).select_from(Letter).where(Letter.process_id == process.id))
        assert sorted(tuple(row) for row in sent) == [
            (LetterKind.DUTY, OutboxState.ACCEPTED, "sink", letters),
            (LetterKind.RECEIPT, OutboxState.ACCEPTED, "sink", 81),
        ]
        others = select(func.count()).where(OutboxMessage.provider_id == "sink", OutboxMessage.process_id != process.id)
        assert session.scalar(others) == 0


async def test_each_page_says_what_became_of_the_proposal_and_why(played: Played) -> None:
    with played.database.reading() as session:
        process = session.scalars(select(Process).where(Process.slug == "quinto-plan")).one()
        rows = session.scalars(select(Proposal).where(Proposal.process_id == process.id).order_by(Proposal.number))
        found = [(row.folio, row.title) for row in rows]
    told = proposals()
    assert [title for _, title in found] == [one.title for one in told]
    for (folio, _), one in zip(found, told, strict=True):
        page = html.unescape((await played.read(f"/p/quinto-plan/proposals/{folio}")).text)
        assert one.filter_reason in page
        assert (one.tables_reason or one.filter_reason) in page
        assert page.count(MADE_UP) == (1 if one.tables is None else 2), folio
        assert ("Se decidió así según un documento" in page) is (one.technical_table is not None)
        assert "inventado como ejemplo" in page


def test_a_letter_says_that_its_reason_is_made_up(played: Played) -> None:
    with played.database.reading() as session:
        process = session.scalars(select(Process).where(Process.slug == "quinto-plan")).one()
        texts = session.scalars(
            select(Letter.text).where(Letter.process_id == process.id, Letter.language == "es")
        ).all()
        english = session.scalars(
            select(Letter.text).where(Letter.process_id == process.id, Letter.language == "en")
        ).all()
    made_up = [text for text in texts if MADE_UP in " ".join(text.split())]
    reported = [
        text for text in texts if "Esta decisión se cuenta como la cuenta un documento." in " ".join(text.split())
    ]
    assert len(made_up) + len(reported) == len(texts)
    assert len(reported) == 20
    assert [("This decision and its reason are made up" in " ".join(text.split())) for text in english] == [True] * 4


def test_dates_are_only_as_exact_as_the_report(played: Played) -> None:
    with played.database.reading() as session:
        process = session.scalars(select(Process).where(Process.slug == "quinto-plan")).one()
        known = session.execute(
            select(Meeting.kind, Meeting.starts_to_the, func.count())
            .where(Meeting.process_id == process.id)
            .group_by(Meeting.kind, Meeting.starts_to_the)
        ).all()
        assert sorted((row[0].value, row[1].value, row[2]) for row in known) == [
            ("awareness_session", "day", 8),
            ("forum_session", "day", 1),
            ("forum_session", "year", 39),
            ("prioritisation_table", "day", 10),
        ]
        moments = session.scalars(
            select(Entry.recorded_at).join(Chain, Chain.id == Entry.chain_id).where(Chain.process_id == process.id)
        ).all()
        assert {moment.date() for moment in moments} == {played.clock().date()}


def test_a_second_call_changes_nothing(played: Played) -> None:
    def length() -> int:
        with played.database.reading() as session:
            return session.scalar(select(func.count()).select_from(Entry)) or 0

    before = length()
    assert loading.load(played.database, played.clock) == []
    assert length() == before


class Killed(BaseException):
    """What ends a program at any moment."""


@pytest.mark.parametrize("acts", [9, *(pytest.param(acts, marks=pytest.mark.deep) for acts in (13, 14))])
def test_what_was_cut_short_is_finished_by_the_next_call(acts: int, tmp_path: Path) -> None:
    clock, calls = MovableClock(), 0

    def moment() -> datetime:
        nonlocal calls
        calls += 1
        if calls == acts:
            raise Killed
        return clock()

    with databases.sqlite_copy() as url:
        fill_tables()
        rendering.lay_out(Settings(database_url=url, var=tmp_path, secret_key=SECRET, mail="memory"))
        database = Database(url)
        with pytest.raises(Killed):
            loading.load(database, moment)
        loading.load(database, clock)
        with database.reading() as session:
            process = session.scalars(select(Process).where(Process.slug == "quinto-plan")).one()
            assert owed(session, process) == 0
            assert session.scalar(select(func.count()).where(Proposal.process_id == process.id)) == 81
            assert session.scalar(select(func.count()).where(Theme.process_id == process.id)) == 10
            assert session.scalar(select(func.count()).where(Meeting.process_id == process.id)) == 58
            assert processes.stage_named(session, process.id, "plan").concluded_at is not None
        database.dispose()


def test_it_is_refused_where_the_site_can_be_reached_from_outside(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MINGA_DATABASE_URL", database_url)
    monkeypatch.setenv("MINGA_BASE_URL", "https://ogp.example.org")
    monkeypatch.setenv("MINGA_SECRET_KEY", "a key that is only ever used by tests, long enough")
    assert main(["demo"]) == 1
    assert re.search(r"--force", capsys.readouterr().err)


async def test_the_five_stage_reports_can_be_read_and_held(played: Played) -> None:
    """Each as a page, as a tagged PDF in both languages and as CSV; what the plan made up says so in each."""
    listed = (await played.read("/p/quinto-plan/feedback")).text
    for slug, rows in (("consulta", 0), ("filtro", 81), ("priorizacion", 53), ("mesas-tecnicas", 10), ("plan", 10)):
        here = f"/p/quinto-plan/feedback/{slug}"
        assert f'href="{here}"' in listed
        page = (await played.read(here)).text
        assert f"{here}/report.pdf?version=1" in page
        spanish, english = (
            Read((await played.read(f"{here}/report.pdf")).content),
            await played.read(f"/en{here}/report.pdf"),
        )
        assert (spanish.metadata["pdfuaid:part"], english.content[:5]) == ("1", b"%PDF-")
        told = (await played.read(f"{here}/proposals.csv")).text.splitlines()
        assert sum(line.startswith("5PA-") for line in told) == rows
        for words in (page, spanish.words):
            assert ("inventado como ejemplo" in words) == (slug in {"filtro", "priorizacion"}), slug
