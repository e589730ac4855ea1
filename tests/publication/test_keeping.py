"""Copying to the other database, backing up while the site runs, restoring: whole, verified, and nobody comes back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text

from app.accounts import erasing
from app.cli import main
from app.kit.db import Database
from app.kit.errors import Refusal
from app.people.models import Person
from app.process import queries as processes
from app.proposals import queries as proposals
from app.proposals.queries import Filters
from app.publication import keeping, verifying
from app.settings import Settings
from tests.clock import MovableClock
from tests.world import World


@pytest.fixture
def world(settings: Settings, clock: MovableClock) -> Iterator[World]:
    made = World(settings, clock)
    process = made.open_process()
    made.admitted(process, "ana", "Más árboles en la plaza")
    made.admitted(process, "bruno", "Horario de la feria")
    yield made
    made.close()


def test_a_copy_is_whole_searchable_and_holds(world: World, empty_database_url: str) -> None:
    copied = dict(keeping.copy(world.settings.database_url, empty_database_url))
    assert copied["proposals"] == 2
    assert verifying.check_database(empty_database_url).fault is None
    target = Database(empty_database_url)
    with target.reading() as session:
        process = processes.by_slug(session, "town")
        found = proposals.public_list(session, process, Filters(q="arbol"))
        assert [row.title for row in found.rows] == ["Más árboles en la plaza"]
    with target.writing() as session:
        session.execute(text("INSERT INTO search_entries (proposal_id) SELECT id FROM proposals WHERE false"))
    target.dispose()
    with pytest.raises(Refusal, match="not empty"):
        list(keeping.copy(world.settings.database_url, empty_database_url))


@pytest.mark.either
def test_a_backup_is_restored_whole(world: World, empty_database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    rows = keeping.backup(world.settings, file)
    target = world.settings.model_copy(update={"database_url": empty_database_url})
    assert keeping.restore(target, file) == (rows, 0)
    assert verifying.check_database(empty_database_url).fault is None


@pytest.mark.either
def test_who_was_erased_does_not_come_back_with_an_older_backup(
    world: World, empty_database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "backup.zip"
    keeping.backup(world.settings, file)
    with world.work("carla") as work:
        erasing.erase(work, work.session.get_one(Person, world.people["ana"].id))
    with world.database.reading() as session:
        erasing.write_down(session, world.settings)
    target = world.settings.model_copy(update={"database_url": empty_database_url})
    assert keeping.restore(target, file)[1] == 1
    assert verifying.check_database(empty_database_url).fault is None
    restored = Database(empty_database_url)
    with restored.reading() as session:
        person = session.scalars(select(Person).where(Person.id == world.people["ana"].id)).one()
        assert person.erased_at is not None
        assert "Ana" not in person.name
    restored.dispose()


def test_the_commands_say_what_they_did(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MINGA_DATABASE_URL", world.settings.database_url)
    monkeypatch.setenv("MINGA_VAR", str(tmp_path / "var"))
    assert main(["backup", str(tmp_path / "b.zip")]) == 0
    assert main(["export", "--process", "town", "--out", str(tmp_path / "out")]) == 0
    assert main(["verify", str(tmp_path / "out")]) == 0
    assert main(["verify"]) == 0
    assert main(["restore", str(tmp_path / "b.zip")]) == 1
    said = capsys.readouterr()
    assert "exported: proposals 2" in said.out
    assert "holds: town" in said.out
    assert "not empty" in said.err
