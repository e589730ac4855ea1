"""Only app/work commits: it appends the trail as the last statement before, so no act goes without its entry."""

from __future__ import annotations

from pathlib import Path

from app.settings import ROOT
from tests.guards.reading import BROKEN, calls, modules, place

WORK = ROOT / "app" / "work"


def commits(file: Path) -> list[str]:
    """Commits and what amounts to one: a `begin()` block of a session or an engine, autocommit."""
    found = []
    for call, name in calls(file):
        last = name.rpartition(".")[2]
        committing = last in {"commit", "sessionmaker"} or name.endswith((".begin", "session.begin"))
        autocommit = any(word.arg in {"autocommit", "isolation_level"} for word in call.keywords)
        if committing or autocommit:
            found.append(place(file, call.lineno))
    return found


def test_only_work_commits() -> None:
    files = modules("app")
    inside = [file for file in files if file.is_relative_to(WORK)]
    assert [found for file in inside for found in commits(file)] != []
    assert [found for file in files if file not in inside for found in commits(file)] == []


def test_the_breakage_is_caught() -> None:
    assert len(commits(BROKEN / "code" / "commits.py")) == 3
