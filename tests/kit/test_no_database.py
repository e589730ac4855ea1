"""Commands where there is no database: one clear sentence, nothing made; the restore makes what it needs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli import main
from app.settings import Settings
from tests.clock import MovableClock
from tests.conftest import SECRET
from tests.world import World

COMMANDS = (
    ["verify"],
    ["serve"],
    ["worker"],
    ["demo"],
    ["grant", "ana@example.org", "admin"],
    ["revoke", "ana@example.org", "admin"],
    ["sign-in-link", "ana@example.org"],
    ["token", "ana@example.org"],
    ["pause-mail", "Algo anda mal con el correo."],
    ["import", "proposals", "nothing.csv", "--process", "town"],
    ["export", "--process", "town", "--out", "out"],
    ["copy", "--to", "sqlite:///other.db"],
    ["backup", "backup.zip"],
    ["erasures", "list"],
)


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with nothing in it, where the program is started."""
    folder = tmp_path / "empty"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("MINGA_SECRET_KEY", SECRET)
    for name in ("MINGA_DATABASE_URL", "MINGA_VAR"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def world(settings: Settings, clock: MovableClock) -> Iterator[World]:
    made = World(settings, clock)
    made.admitted(made.open_process())
    yield made
    made.close()


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_without_a_database_one_sentence_and_nothing_is_made(
    empty: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert main(words) == 1
    said = capsys.readouterr()
    assert said.err == "There is no database at var/minga.db. Make it first: minga migrate\n"
    assert list(empty.iterdir()) == []


def test_an_empty_file_and_one_that_is_no_database_are_told_apart(
    empty: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (empty / "var").mkdir()
    file = empty / "var" / "minga.db"
    file.touch()
    assert main(["verify"]) == 1
    assert "is empty. Prepare it first" in capsys.readouterr().err
    file.write_text("this is no database, only words, and more than a page of them. " * 99)
    assert main(["verify"]) == 1
    assert "does not answer, or is none" in capsys.readouterr().err


def test_a_folder_that_is_no_export_is_said(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "nowhere"]) == 1
    assert "There is no export at nowhere" in capsys.readouterr().err
    assert list(empty.iterdir()) == []


@pytest.mark.either
def test_a_restore_into_an_empty_folder_makes_what_it_needs(
    world: World, empty: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = empty.parent / "kept"
    monkeypatch.setenv("MINGA_DATABASE_URL", world.settings.database_url)
    monkeypatch.setenv("MINGA_VAR", str(world.settings.var))
    assert main(["backup", str(kept / "backup.zip")]) == 0
    said = capsys.readouterr().out
    assert f"the key that signs the trail: {world.settings.trail_key_path}" in said
    assert main(["erasures", str(kept / "erasures")]) == 0
    monkeypatch.delenv("MINGA_DATABASE_URL")
    monkeypatch.delenv("MINGA_VAR")
    assert main(["restore", str(kept / "gone.zip")]) == 1
    assert main(["restore", str(kept / "backup.zip"), "--erasures", str(kept / "gone")]) == 1
    assert list(empty.iterdir()) == []
    assert main(["restore", str(kept / "backup.zip"), "--erasures", str(kept / "erasures")]) == 0
    assert (empty / "var" / "minga.db").exists()
    assert main(["verify"]) == 0
