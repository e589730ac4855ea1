"""Function ≤ 40 lines, file ≤ 400, arguments ≤ 5; more only with a waiver that says why in a sentence.

The waiver stands at the end of the line with `def`, or of a file's first line: `# waiver: the table is read whole`.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.guards.reading import BROKEN, is_waived, modules, place, tree

FUNCTION, FILE, ARGUMENTS = 40, 400, 5
SAYS_NOTHING = re.compile(r"^_?(utils?|helpers?|common|base|managers?|services?|misc|tools?)$")
ENDS_EMPTY = re.compile(r".(Manager|Service|Helper|Utils?|Handler|Repository)$")


def too_big(file: Path) -> list[str]:
    found = []
    lines = file.read_text(encoding="utf-8").count("\n")
    if lines > FILE and not is_waived(file, 1):
        found.append(f"{place(file)} has {lines} lines")
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not is_waived(file, node.lineno):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION:
                found.append(f"{place(file, node.lineno)} {node.name} has {length} lines")
            if _arguments(node) > ARGUMENTS:
                found.append(f"{place(file, node.lineno)} {node.name} takes {_arguments(node)} arguments")
    return found


def _arguments(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    named = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return sum(argument.arg not in {"self", "cls"} for argument in named)


def empty_names(file: Path) -> list[str]:
    """Names of files and classes that say nothing about what is in them."""
    classes = [node for node in ast.walk(tree(file)) if isinstance(node, ast.ClassDef) and ENDS_EMPTY.search(node.name)]
    files = [place(file)] if SAYS_NOTHING.match(file.stem) else []
    return files + [place(file, node.lineno) for node in classes]


def test_nothing_is_too_big() -> None:
    files = modules("app", "migrations/env.py")
    assert len(files) > 20
    assert [found for file in files for found in too_big(file)] == []


def test_every_name_says_something() -> None:
    assert [found for file in modules("app") for found in empty_names(file)] == []


def test_the_breakages_are_caught() -> None:
    found = too_big(BROKEN / "code" / "sizes.py")
    assert [line.partition(" ")[2] for line in found] == [
        "long has 42 lines",
        "wide takes 6 arguments",
        "idle takes 6 arguments",
    ]


def test_a_file_past_its_length_is_caught(tmp_path: Path) -> None:
    file = tmp_path / "helpers.py"
    file.write_text("import os\n" * 401, encoding="utf-8")
    assert too_big(file) == ["helpers.py has 401 lines"]
    assert empty_names(file) == ["helpers.py"]
