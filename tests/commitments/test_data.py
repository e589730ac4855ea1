"""The open data of the plan: what it holds, that anybody can compute it again, and that a changed figure is found."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from sqlalchemy import select

from app.accounts import erasing
from app.commitments.models import MonitoringRound, RoundCall
from app.people.actor import Actor
from app.people.models import Person
from app.publication import recomputing, verifying
from app.publication.datasets import DATASETS
from app.publication.exporting import export
from tests.acts import by_hand
from tests.commitments.building import LEAD, PlanBuilder
from tests.world import World


@pytest.fixture
def plan(world: World) -> PlanBuilder:
    made = PlanBuilder(world, world.open_process("plan", template="ogp_action_plan"))
    for title in ("Uno", "Dos", "Tres"):
        made.entered(title)
    made.drafted("Un borrador")
    for title in ("Publicar", "Revisar", "Corregir"):
        made.milestone(1, title)
    made.round()
    made.report(1, low="90")
    for number, low in enumerate(("100", "100", "75"), 1):
        made.report(1, number, low=low)
    made.report(2, status="limited", done="Se avanzó.")
    made.report(2, source="forum", low="20")
    return made


def rows(world: World, plan: PlanBuilder, name: str) -> list[dict[str, object]]:
    with world.database.reading() as session:
        return list(DATASETS[name].rows(session, plan.process))


def test_drafts_and_open_rounds_are_not_in_the_data(world: World, plan: PlanBuilder) -> None:
    assert [row["title_es"] for row in rows(world, plan, "commitments")] == ["Uno", "Dos", "Tres"]
    assert [(row["commitment"], row["title"]) for row in rows(world, plan, "milestones")] == [
        (1, "Publicar"),
        (1, "Revisar"),
        (1, "Corregir"),
    ]
    assert rows(world, plan, "progress") == []


def test_every_row_has_exactly_the_columns_of_its_dictionary(world: World, plan: PlanBuilder) -> None:
    plan.close()
    for name in ("commitments", "milestones", "progress"):
        columns = {column.name for column in DATASETS[name].columns}
        found = rows(world, plan, name)
        assert found
        assert all(set(row) == columns for row in found)


def test_reported_and_computed_stand_in_rows_of_their_own(world: World, plan: PlanBuilder) -> None:
    plan.close()
    found = [(r["commitment"], r["milestone"], r["source"], r["low"], r["high"]) for r in rows(world, plan, "progress")]
    assert found == [
        (1, "", "institution", "90", "90"),
        (1, 1, "institution", "100", "100"),
        (1, 2, "institution", "100", "100"),
        (1, 3, "institution", "75", "75"),
        (1, "", "computed", "91.67", "91.67"),
        (2, "", "institution", "0", "100"),
        (2, "", "forum", "20", "20"),
        (2, "", "computed", "", ""),
        (3, "", "computed", "", ""),
        ("", "", "plan_reported", "45", "95"),
        ("", "", "plan_computed", "91.67", "91.67"),
    ]


def test_an_export_is_computed_again_and_a_changed_figure_is_named(
    world: World, plan: PlanBuilder, tmp_path: Path
) -> None:
    plan.close()
    assert ("progress", 11) in dict.fromkeys(export(world.settings, "plan", tmp_path))
    assert verifying.check_export(tmp_path).fault is None
    file = tmp_path / "progress.csv"
    with file.open(encoding="utf-8-sig", newline="") as opened:
        kept = list(csv.DictReader(opened))
    for source, fault in (
        ("computed", "progress: round 1, commitment 1: 99 to 99 is not what follows"),
        ("plan_reported", "progress: round 1: plan_reported 99 to 99 is not the mean of its commitments"),
    ):
        changed = [row | {"low": "99", "high": "99"} if row["source"] == source and row["low"] else row for row in kept]
        with file.open("w", encoding="utf-8-sig", newline="") as opened:
            writer = csv.DictWriter(opened, list(kept[0]))
            writer.writeheader()
            writer.writerows(changed)
        assert recomputing.fault_of(tmp_path) == fault
        assert verifying.check_export(tmp_path).fault == "progress.csv is not as it was exported"


def test_the_database_is_computed_again_too(world: World, plan: PlanBuilder) -> None:
    closed = plan.close()
    with world.database.reading() as session:
        assert verifying.check_rows(session).fault is None
    with by_hand(), world.work(Actor.system()) as work:
        row = work.session.get_one(MonitoringRound, closed.id)
        row.figures = row.figures | {"plan:reported": "99"}
    with world.database.reading() as session:
        fault = verifying.check_rows(session).fault
    assert fault == "plan: round 1: the figure plan:reported was closed as '99' and the rows give '45|95'"


def test_an_institution_that_asks_to_be_forgotten_is_written_to_no_more(world: World, plan: PlanBuilder) -> None:
    with world.database.reading() as session:
        call = session.scalars(select(RoundCall)).one()
        person = session.get_one(Person, call.person_id)
    with world.work(Actor.system()) as work:
        leaving = erasing.Leaving(person.id, (call.address,), "somebody")
        forget = erasing.FORGET["round_calls"]
        assert callable(forget)
        forget(work, leaving)
        work.record("person.erased", plan.process.subject)
    with world.database.reading() as session:
        assert session.scalars(select(RoundCall.address)).one() == ""
    assert person.name == LEAD
