"""Once a round has opened nothing of it can be deleted: the forum's slice deletes only what is still a draft."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from app import forum as slice_of_the_forum
from app.forum import actions
from app.forum.models import CriteriaSet
from app.kit.errors import WrongState
from tests.forum.building import ForumBuilder
from tests.world import World

HOME = Path(slice_of_the_forum.__file__).parent
OF_DRAFTS = {
    ("actions/criteria.py", "_take_out"),
    ("actions/agenda.py", "write_item"),
    ("actions/agenda.py", "remove_item"),
}
"""Where rows are deleted: a criterion of a draft with its levels, and points of a session that has not begun."""


def deleting(source: str) -> set[str]:
    """The functions of a file that delete rows, through the session or by a statement."""
    found = set()
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef):
            calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
            names = {getattr(call.func, "id", getattr(call.func, "attr", "")) for call in calls}
            if "delete" in names:
                found.add(function.name)
    return found


def test_only_drafts_lose_rows() -> None:
    found = {
        (file.relative_to(HOME).as_posix(), name)
        for file in sorted(HOME.rglob("*.py"))
        for name in deleting(file.read_text("utf-8"))
    }
    assert found == OF_DRAFTS


def test_the_search_finds_what_deletes() -> None:
    assert deleting("def a(work):\n    work.session.delete(row)\n\ndef b():\n    return delete(Row)") == {"a", "b"}


def test_what_was_adopted_loses_nothing(world: World, forum: ForumBuilder) -> None:
    made = forum.round()
    with world.work("carla") as work:
        adopted = work.session.get_one(CriteriaSet, made.criteria_set_id)
        with pytest.raises(WrongState):
            actions.remove_criterion(work, forum.process, adopted, "value")
