"""Anybody recounts a round from its open data alone, and whoever changes one score is found by its proposal."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from app.cli import main
from app.forum import actions
from app.forum.models import RoundResult, Score, ScoreSheet
from app.people.actor import Actor
from app.proposals.models import Proposal
from app.publication import exporting, verifying
from app.publication.scoring import OF_THE_FORUM
from tests.acts import by_hand
from tests.forum.building import GOOD, POOR, VOTERS, ForumBuilder
from tests.forum.test_assigning import WHO, opened, places
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
Change = Callable[[list[dict[str, Any]]], None]


def closed(world: World, forum: ForumBuilder) -> list[Proposal]:
    """Two proposals scored by all, one of them with a seat that stood aside after it had scored."""
    good, torn = (world.admitted(forum.process, "ana", title) for title in ("Buena", "Discutida"))
    made = forum.round(capacity=1)
    for who in VOTERS:
        forum.score(who, good)
        forum.score(who, torn, GOOD if who in VOTERS[:2] else POOR)
    forum.score("elena", torn, POOR)
    forum.close(made)
    with world.work("carla") as work:
        fresh = work.session.get_one(Proposal, torn.id)
        actions.record_recusal(work, forum.process, forum.stage.id, fresh, (forum.seat(2), "family", ""))
    return [good, torn]


def exported(world: World, tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    list(exporting.export(world.settings, "plan", folder))
    return folder


def rows_of(folder: Path, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((folder / f"{name}.json").read_text("utf-8"))["rows"]
    return rows


def change(world: World, folder: Path, name: str, by: Change, *, seal: bool) -> None:
    """Change a dataset in both its files; the seal is made anew by whoever holds the key."""
    rows = rows_of(folder, name)
    by(rows)
    (folder / f"{name}.json").write_text(json.dumps({"rows": rows}), "utf-8")
    with (folder / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
        exporting.write_csv(file, OF_THE_FORUM[name], rows)
    if seal:
        exporting.seal(folder, world.settings)


def test_an_export_recounts(world: World, forum: ForumBuilder, tmp_path: Path) -> None:
    good, torn = closed(world, forum)
    folder = exported(world, tmp_path)
    assert verifying.check_export(folder).fault is None
    assert [row["folio"] for row in rows_of(folder, "results")] == [good.folio, torn.folio]
    scores = rows_of(folder, "scores")
    assert {row["counts"] for row in scores} == {True}, "of one seat with a voice anybody would know whose sheet it is"
    sheets = {(row["folio"], row["sheet"]) for row in scores}
    assert len(sheets) == len({key for _, key in sheets}) == 4 + 3
    aside = [(row["folio"], row["seat"], row["votes"], row["kind"]) for row in rows_of(folder, "recusals")]
    assert aside == [(torn.folio, 2, True, "family")]
    assert {row["version"] for row in rows_of(folder, "results")} == {2}


def test_a_round_by_lot_recounts_with_the_quorum_of_those_it_was_given_to(
    world: World, forum: ForumBuilder, tmp_path: Path
) -> None:
    one = world.admitted(forum.process)
    made = opened(world, forum, 2)
    seats = places(world, made)[one.folio]
    forum.score(WHO[seats[0]], one)
    forum.close(made)
    with world.work("carla") as work:  # of two one is left, and its sheet is enough; of four it would not be
        fresh = work.session.get_one(Proposal, one.id)
        actions.record_recusal(work, forum.process, forum.stage.id, fresh, (forum.seat(seats[1]), "family", ""))
        elsewhere = next(number for number in WHO if number not in seats)
        actions.record_recusal(work, forum.process, forum.stage.id, fresh, (forum.seat(elsewhere), "family", ""))
    folder = exported(world, tmp_path)
    assert verifying.check_export(folder).fault is None
    told = [(row["given_to"], row["needed"], row["recused"], row["verdict"]) for row in rows_of(folder, "results")]
    assert told == [(2, 1, 1, "pass")]
    assert [row["seat"] for row in rows_of(folder, "recusals")] == [seats[1]]


def test_one_changed_score_is_named_by_its_proposal(
    world: World, forum: ForumBuilder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, torn = closed(world, forum)
    folder = exported(world, tmp_path)

    def one(rows: list[dict[str, Any]]) -> None:
        found = next(r for r in rows if r["folio"] == torn.folio and r["criterion"] == "value" and r["level"] == "0")
        found["level"] = "2"

    fault = f"scoring of filtro, round 1: {torn.folio}: its scores are not those that were counted"
    change(world, folder, "scores", one, seal=False)
    assert verifying.check_export(folder).fault == f"scores.csv is not as it was exported; {fault}"
    exporting.seal(folder, world.settings)
    assert verifying.check_export(folder).fault == fault
    assert main(["verify", str(folder)]) == 1
    assert torn.folio in capsys.readouterr().err


def first_with(name: str, value: object) -> Change:
    def by(rows: list[dict[str, Any]]) -> None:
        rows[0][name] = value

    return by


@pytest.mark.parametrize(
    "case",
    [
        ("results", first_with("total", 99.0), "total 99.0 is published and 100.0 follows"),
        ("results", first_with("verdict", "fail"), "verdict fail is published and pass follows"),
        ("results", first_with("rank", 2), "rank 2 is published and 1 follows"),
        ("results", first_with("draw", "another"), "its fingerprint is not that of what was counted"),
        ("recusals", list.clear, "recused 1 is published and 0 follows"),
        ("scores", list.clear, "its scores are not those that were counted"),
        ("criteria", first_with("quorum_min", 2), "its fingerprint is not that of what was counted"),
    ],
)
def test_whatever_of_it_is_changed_is_found(
    world: World, forum: ForumBuilder, tmp_path: Path, case: tuple[str, Change, str]
) -> None:
    name, by, said = case
    closed(world, forum)
    folder = exported(world, tmp_path)
    change(world, folder, name, by, seal=True)
    fault = verifying.check_export(folder).fault
    assert fault is not None
    assert said in fault


def test_a_table_that_tells_another_score_than_its_twin_is_named(
    world: World, forum: ForumBuilder, tmp_path: Path
) -> None:
    good, _ = closed(world, forum)
    folder = exported(world, tmp_path)
    with (folder / "scores.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0]["level"] = "0"
    with (folder / "scores.csv").open("w", encoding="utf-8-sig", newline="") as file:
        exporting.write_csv(file, OF_THE_FORUM["scores"], rows)
    exporting.seal(folder, world.settings)
    assert verifying.check_export(folder).fault == f"scores: {good.folio}: the two files tell of it differently"


def test_the_database_recounts_and_a_changed_score_is_named(world: World, forum: ForumBuilder) -> None:
    good, _ = closed(world, forum)
    url = world.settings.database_url
    assert verifying.check_database(url).fault is None
    with by_hand(), world.work(Actor.system()) as work:
        sheet = work.session.scalars(select(ScoreSheet.id).where(ScoreSheet.proposal_id == good.id).limit(1)).one()
        worst = work.session.scalars(select(Score).where(Score.sheet_id == sheet)).all()
        work.session.delete(worst[0])
    fault = f"plan: scoring of filtro, round 1: {good.folio}: what is stored does not follow from its score sheets"
    assert verifying.check_database(url).fault == fault


def test_a_count_the_history_does_not_tell_of_is_found(world: World, forum: ForumBuilder) -> None:
    closed(world, forum)
    with by_hand(), world.work(Actor.system()) as work:
        work.session.execute(update(RoundResult).values(inputs_hash="0" * 64))
    fault = verifying.check_database(world.settings.database_url).fault
    assert fault == "plan: scoring of filtro, round 1: its fingerprint is not one the history tells of"


async def test_the_page_says_where_to_count_again_and_that_it_was_counted_again(
    world: World, forum: ForumBuilder
) -> None:
    closed(world, forum)
    async with world.browser() as browser:
        page = (await browser.get("/p/plan/forum/results")).text
    assert 'href="/p/plan/data"' in page
    assert "Este es el conteo número 2" in page


async def test_a_town_is_not_offered_what_it_has_not(world: World, forum: ForumBuilder) -> None:
    world.open_process("town")
    offered = {}
    async with world.browser() as browser:
        for slug in ("town", "plan"):
            told = (await browser.get(f"/api/v1/processes/{slug}/datasets")).json()
            offered[slug] = {row["name"] for row in told["items"]} & set(OF_THE_FORUM)
    assert offered == {"town": set(), "plan": {"criteria", "scores", "recusals", "results"}}
