"""What an operator or a reader may meet is explained: settings, commands, permissions, states, datasets, targets."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import app
from app.kit.lifecycle import Lifecycle
from app.people.rules import Permission, Role
from app.settings import ROOT, Settings
from tests.guards.reading import calls, modules, tree

OPERATIONS = ROOT / "docs" / "OPERATIONS.md"
GLOSSARY = ROOT / "docs" / "GLOSSARY.md"


def unexplained(words: list[str], page: str) -> list[str]:
    """The words that have no row of their own: in a table's first column, in code type."""
    rows = re.findall(r"^\| *((?:`[^`|]+`[, ·]*)+)", page, flags=re.MULTILINE)
    explained = {word for row in rows for word in re.findall(r"`([^`]+)`", row)}
    explained |= {word.split()[1] for word in explained if word.startswith("minga ")}
    return [word for word in words if word not in explained]


def lifecycles() -> dict[str, Lifecycle[str]]:  # type: ignore[type-var]
    """Every lifecycle of the program, found in the rules of its packages and in the jobs."""
    found: dict[str, Lifecycle[str]] = {}  # type: ignore[type-var]
    for module in pkgutil.walk_packages(app.__path__, "app."):
        if re.search(r"\.(rules|jobs)(\.|$)", module.name):
            for value in vars(importlib.import_module(module.name)).values():
                if isinstance(value, Lifecycle):
                    found[value.name] = value
    return found


def commands() -> list[str]:
    """The commands of the program: what its parsers are asked to know."""
    files = [file for file in modules("app") if "cli" in file.relative_to(ROOT / "app").parts[0]]
    named = [
        call.args[0].value
        for file in files
        for call, name in calls(file)
        if name.rpartition(".")[2] == "add_parser" and call.args and isinstance(call.args[0], ast.Constant)
    ]
    return [str(name) for name in named]


def datasets() -> list[str]:
    """The public datasets: the keys of the table DATASETS, wherever in publication it stands."""
    for file in modules("app/publication"):
        for node in tree(file).body:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            if any(isinstance(target, ast.Name) and target.id == "DATASETS" for target in targets):
                name = ".".join(file.relative_to(ROOT).with_suffix("").parts)
                table = importlib.import_module(name).DATASETS
                return [str(getattr(row, "name", row)) for row in table]
    return []


def test_every_setting_is_explained() -> None:
    names = [f"MINGA_{name.upper()}" for name in Settings.model_fields]
    assert len(names) >= 20
    assert unexplained(names, OPERATIONS.read_text("utf-8")) == []


def test_no_setting_is_explained_that_does_not_exist() -> None:
    explained = set(re.findall(r"^\| *`(MINGA_\w+)`", OPERATIONS.read_text("utf-8"), flags=re.MULTILINE))
    assert explained - {f"MINGA_{name.upper()}" for name in Settings.model_fields} == set()


def test_every_command_is_explained() -> None:
    if not (ROOT / "app" / "cli.py").exists() and not (ROOT / "app" / "cli").exists():
        pytest.skip("there is no command line yet")
    assert len(commands()) >= 5
    assert unexplained(commands(), OPERATIONS.read_text("utf-8")) == []


def test_no_command_is_explained_that_does_not_exist() -> None:
    if not (ROOT / "app" / "cli.py").exists() and not (ROOT / "app" / "cli").exists():
        pytest.skip("there is no command line yet")
    explained = set(re.findall(r"^\| *`minga ([\w-]+)", OPERATIONS.read_text("utf-8"), flags=re.MULTILINE))
    assert explained - set(commands()) == set()


def test_every_permission_and_role_is_explained() -> None:
    words = [*map(str, Permission), *map(str, Role)]
    assert len(words) >= 15
    assert unexplained(words, GLOSSARY.read_text("utf-8")) == []


def test_every_state_is_explained() -> None:
    states = {str(state) for lifecycle in lifecycles().values() for state in lifecycle.states}
    assert len(lifecycles()) >= 3
    assert len(states) >= 10
    assert unexplained(sorted(states), GLOSSARY.read_text("utf-8")) == []


def test_every_dataset_is_explained() -> None:
    if not any("/datasets" in file.read_text("utf-8") for file in modules("app/publication")):
        pytest.skip("no page or address of the API speaks of datasets yet")
    assert len(datasets()) >= 3
    assert unexplained(datasets(), OPERATIONS.read_text("utf-8")) == []


def test_every_target_of_make_says_what_it_does() -> None:
    made = (ROOT / "Makefile").read_text("utf-8")
    public = re.search(r"^\.PHONY: (.*)$", made, flags=re.MULTILINE)
    assert public is not None
    silent = [name for name in public[1].split() if not re.search(rf"^{name}:.*## \S", made, flags=re.MULTILINE)]
    assert silent == ["chromium"]  # part of `test`


@pytest.mark.parametrize("file", sorted((ROOT / "docs").rglob("*.md")), ids=lambda file: file.name)
def test_every_link_between_pages_arrives(file: Path) -> None:
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", file.read_text("utf-8"))
    assert [link for link in links if not (file.parent / link).exists()] == []


def test_what_is_not_explained_is_caught() -> None:
    page = "| `open_process` | opens |\n| `minga serve [--host]` | serves |\n\nThe word `grant_roles` in a sentence."
    assert unexplained(["open_process", "serve", "grant_roles", "see_desk"], page) == ["grant_roles", "see_desk"]
