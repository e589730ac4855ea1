"""Rounds: opened by letter, answered by link or by role, reminded by the clock, closed with figures that are kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import select

from app.commitments import actions
from app.commitments.actions import About, OpenRound, Report
from app.commitments.models import ProgressReport, RoundCall, RoundLink
from app.commitments.queries import commitments as queries
from app.commitments.queries import progress, rounds
from app.commitments.rules.progress import Mismatch, PlanFigure, Reach, Source
from app.kit.errors import Conflict, Invalid, NotAllowed, NotFound, NotNow
from app.mail.models import OutboxMessage
from app.parts import due
from app.people.actor import Actor
from app.people.models import Organisation, Person
from app.process import queries as processes
from app.work.transaction import transaction
from tests.acts import by_hand
from tests.commitments.building import LEAD, PlanBuilder
from tests.world import World

pytestmark = pytest.mark.either

FIFTH = {1: "92", 2: "100", 3: "100", 4: "100", 5: "65.8", 6: "57.14", 7: "100", 8: "90", 9: "40", 10: "92"}
COMPLETE, LIMITED, SUBSTANTIAL, NOTHING = "complete", "limited", "substantial", "not_started"
STEPS: dict[int, list[dict[str, str]]] = {
    8: [{"low": "100"}, {"low": "100"}, {"low": "75"}],
    9: [{"status": COMPLETE}] * 2 + [{"status": LIMITED}] * 2 + [{"status": NOTHING}] * 4,
    10: [{"status": SUBSTANTIAL}] * 5 + [{"status": NOTHING}],
}


@pytest.fixture
def plan(world: World) -> PlanBuilder:
    return PlanBuilder(world, world.open_process("plan", template="ogp_action_plan"))


def exact(figure: str) -> Reach:
    return Reach(Fraction(figure), Fraction(figure))


def belongs(world: World, who: str, name: str) -> None:
    """Somebody of the cast belongs to an organisation."""
    with world.work(Actor.system()) as work:
        body = work.session.scalars(select(Organisation).where(Organisation.name == name)).one()
        work.session.get_one(Person, world.people[who].id).organisation_id = body.id


def fifth_plan(plan: PlanBuilder) -> None:
    for number, figure in FIFTH.items():
        plan.entered(f"Compromiso {number} del quinto plan", f"Institución {number}")
        for place, _ in enumerate(STEPS.get(number, [])):
            plan.milestone(number, f"Hito {place + 1}")
        del figure
    plan.round(addresses={})
    for number, figure in FIFTH.items():
        plan.report(number, low=figure)
        for place, said in enumerate(STEPS.get(number, [])):
            plan.report(number, place + 1, **said)


def test_the_fifth_plan_gives_84_and_warns_of_8_and_10(world: World, plan: PlanBuilder) -> None:
    fifth_plan(plan)
    panel = plan.panel()
    assert panel.reported.reach == exact("83.694")
    assert {line.commitment.number: line.warning for line in panel.warned} == {
        8: Mismatch.DIFFERS,
        10: Mismatch.OUTSIDE,
    }
    computed = {line.commitment.number: line.computed for line in panel.lines if line.computed}
    assert computed == {
        8: exact("275/3"),
        9: Reach(Fraction(25), Fraction(50)),
        10: Reach(Fraction(0), Fraction(250, 3)),
    }
    assert [str(line.rating) for line in panel.lines] == [
        *["green"] * 4, "yellow", "yellow", "green", "green", "red", "green",
    ]  # fmt: skip
    closed = plan.close()
    assert (closed.figures["plan:reported"], closed.figures["8:computed"], closed.figures["10:computed"]) == (
        "83.69",
        "91.67",
        "0|83.33",
    )
    with world.database.reading() as session:
        assert progress.fault_of(session, plan.process) is None


def test_a_figure_changed_behind_a_closed_round_is_found(world: World, plan: PlanBuilder) -> None:
    plan.entered()
    plan.round()
    plan.report(1, low="60")
    plan.close()
    with by_hand(), world.work(Actor.system()) as work:
        work.session.scalars(select(ProgressReport)).one().low = "90"
    with world.database.reading() as session:
        fault = progress.fault_of(session, plan.process)
    assert fault == "round 1: the figure 1:reported was closed as '60' and the rows give '90'"


def test_a_round_without_a_report_shows_none_and_never_the_old_figure(world: World, plan: PlanBuilder) -> None:
    plan.entered()
    plan.milestone()
    plan.round("Junio")
    plan.report(1, low="80")
    plan.report(1, 1, status=COMPLETE)
    plan.close()
    plan.round("Diciembre")
    [line] = plan.panel().lines
    assert (line.has_report, line.reported, line.computed, line.rating) == (False, None, None, None)
    assert plan.panel().reported == PlanFigure(None, 0, 1)
    assert plan.panel(1).lines[0].reported == exact("80")


def test_a_milestone_nobody_reported_on_leaves_the_figure_open(world: World, plan: PlanBuilder) -> None:
    plan.entered()
    plan.milestone(title="Uno")
    plan.milestone(title="Dos")
    plan.round()
    plan.report(1, 1, low="50")
    [line] = plan.panel().lines
    assert (line.reported, line.computed) == (None, Reach(Fraction(25), Fraction(75)))


def test_progress_stands_against_the_version_that_counted_then(world: World, plan: PlanBuilder) -> None:
    plan.entered()
    plan.milestone(title="Uno")
    plan.round("Junio")
    plan.report(1, 1, low="40")
    plan.close()
    world.clock.move(days=1)
    plan.milestone(title="Otro, que se agregó después")
    [line] = plan.panel(1).lines
    assert [step.version.title for step in line.steps] == ["Uno"]
    assert line.computed == exact("40")
    assert line.steps[0].own is not None
    assert line.steps[0].own.milestone_version == 1


def test_a_correction_takes_the_place_of_a_report_and_the_earlier_one_stays(world: World, plan: PlanBuilder) -> None:
    plan.entered()
    plan.round()
    plan.report(1, low="80", done="Se publicó.")
    plan.report(1, low="70", done="Se contó de nuevo.")
    assert plan.panel().lines[0].reported == exact("70")
    with world.database.reading() as session:
        kept = progress.reports_of(session, plan.panel().lines[0].commitment.id)
    assert [(row.low, row.is_current) for row, _, _ in kept] == [("70", True), ("80", False)]


def test_the_three_views_stand_beside_one_another(world: World, plan: PlanBuilder) -> None:
    world.forum(plan.process)
    plan.entered()
    plan.round()
    plan.report(1, low="90")
    plan.report(1, source="counterpart", low="50", done="Falta la mitad.")
    plan.report(1, source="forum", who="marta", low="60", done="Visto en la sesión 4.")
    [line] = plan.panel().lines
    assert {source: row.low for source, row in line.reports.items()} == {
        Source.INSTITUTION: "90",
        Source.COUNTERPART: "50",
        Source.FORUM: "60",
    }
    assert line.reported == exact("90")


@pytest.mark.parametrize("who", ["ana", "bruno", "diego", "elena", "gloria", "admin", "stranger"])
def test_bruno_cannot_report_nor_validate_nor_open_a_round(world: World, plan: PlanBuilder, who: str) -> None:
    plan.entered()
    plan.round()
    for source in ("institution", "counterpart", "forum"):
        with pytest.raises(NotAllowed):
            plan.report(1, who=who, source=source, low="10")
    with world.work(who) as work, pytest.raises(NotAllowed):
        actions.close_round(work, processes.by_id(work.session, plan.process.id), 1)


def test_felix_reports_for_his_own_institution_only(world: World, plan: PlanBuilder) -> None:
    plan.entered()
    plan.entered("El de otra", "Otra institución")
    plan.round()
    with pytest.raises(NotAllowed):
        plan.report(1, who="felix", low="10")
    belongs(world, "felix", LEAD)
    plan.report(1, who="felix", low="10")
    for number, source in ((2, "institution"), (1, "counterpart"), (1, "forum")):
        with pytest.raises(NotAllowed):
            plan.report(number, who="felix", source=source, low="10")


def by_link(world: World, plan: PlanBuilder, token: str, number: int = 1, **said: Any) -> None:
    with transaction(world.database, Actor.anonymous(), world.now) as work:
        call, found = rounds.call_by_token(work.session, plan.process.id, token)
        one = queries.numbered(work.session, plan.process.id, number)
        here = processes.by_id(work.session, plan.process.id)
        actions.report(work, here, About(found, one, Source.INSTITUTION, None, call), Report(**said))


def test_whoever_has_the_letter_reports_without_an_account_for_that_institution_only(
    world: World, plan: PlanBuilder
) -> None:
    plan.entered()
    plan.entered("El de otra", "Otra institución")
    plan.round()
    token = plan.token()
    by_link(world, plan, token, low="35")
    with pytest.raises(NotAllowed):
        by_link(world, plan, token, 2, low="35")
    with pytest.raises(NotFound):
        by_link(world, plan, token + "x", low="35")
    with world.database.reading() as session:
        call = session.scalars(select(RoundCall)).one()
        assert call.first_report_at == world.now
        assert token not in session.scalars(select(RoundLink.token_hash)).one()
    plan.close()
    with pytest.raises(NotNow):
        by_link(world, plan, token, low="40")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"low": "101"}, "low"),
        ({"low": "60", "high": "50"}, "high"),
        ({"status": "excellent"}, "status"),
        ({"status": COMPLETE, "low": "90"}, "low"),
        ({"low": "10", "evidence": ("javascript:alert(1)",)}, "evidence"),
        ({}, "status"),
    ],
)
def test_what_cannot_be_taken_is_told_by_field(world: World, plan: PlanBuilder, said: Any, field: str) -> None:
    plan.entered()
    plan.round()
    with pytest.raises(Invalid) as refused:
        plan.report(1, **said)
    assert set(refused.value.fields) == {field}


def test_a_report_after_the_due_date_is_marked(world: World, plan: PlanBuilder) -> None:
    plan.entered()
    plan.round()
    world.clock.move(days=25)
    plan.report(1, low="10")
    own = plan.panel().lines[0].own
    assert own is not None
    assert own.is_late


def test_one_round_at_a_time_and_its_letter_says_everything(world: World, plan: PlanBuilder) -> None:
    plan.entered()
    made = plan.round()
    with pytest.raises(Conflict):
        plan.round("Otra")
    with world.database.reading() as session:
        letter = session.scalars(select(OutboxMessage).where(OutboxMessage.to_address == "aduanas@example.org")).one()
    for words in ("ORD. Diciembre", "La directora", LEAD, "1. Observatorio de comercio", "/reporting/"):
        assert words in letter.text
    assert made.number == 1


def test_what_the_office_types_wrong_is_told_by_field(world: World, plan: PlanBuilder) -> None:
    today = world.now.date()
    wish = OpenRound("", "", today, "", today - timedelta(days=1))
    with world.database.reading() as session, pytest.raises(Conflict):
        actions.to_open(session, plan.process, replace(wish, name="a", letter_number="b", signatory="c", due_on=today))
    plan.entered()
    with world.database.reading() as session:
        [(body, _)] = rounds.leading(session, plan.process.id)
        with pytest.raises(Invalid) as refused:
            actions.to_open(session, plan.process, replace(wish, addresses={body.id: "no es"}))
    assert set(refused.value.fields) == {"name", "letter_number", "signatory", "due_on", f"address-{body.id}"}


def test_silent_institutions_are_reminded_once_with_a_link_of_their_own(world: World, plan: PlanBuilder) -> None:
    plan.entered()
    plan.entered("El de otra", "Otra institución")
    plan.round(addresses={LEAD: "aduanas@example.org", "Otra institución": "otra@example.org"})
    first = plan.token()
    plan.report(2, low="10")

    def letters() -> list[str]:
        with world.database.reading() as session:
            return sorted(session.scalars(select(OutboxMessage.to_address)).all())

    def tick() -> None:
        due.do_what_is_due(world.settings, world.database, world.clock)
        job = due._claim(world.database, world.clock)
        if job is not None:
            due.do_job(world.database, job, world.clock)

    tick()
    assert len(letters()) == 2
    world.clock.move(days=14)
    tick()
    tick()
    assert letters() == ["aduanas@example.org", "aduanas@example.org", "otra@example.org"]
    for token in (first, plan.token()):
        by_link(world, plan, token, low="35")
    assert plan.token() != first
