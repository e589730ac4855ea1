"""No SQL is built from strings, and no shell is asked: values go as parameters, commands as lists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.guards.reading import BROKEN, calls, is_waived, modules, place

SQL = {"text", "execute", "executemany", "executescript", "exec_driver_sql", "literal_column", "scalar", "scalars"}
SHELL = {"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput", "eval", "exec"}


# Ruff asks the same of literals that name SQL; where its question was answered with a reason, so is ours.
ANSWERED = re.compile(r"# noqa: S608 - \w+ \w+")


def built_statements(file: Path) -> list[str]:
    found = []
    for call, name in calls(file):
        first = call.args[0] if call.args else None
        if name.rpartition(".")[2] in SQL and first is not None and _is_built(first) and not _is_answered(file, call):
            found.append(place(file, call.lineno))
    return found


def _is_answered(file: Path, call: ast.Call) -> bool:
    line = file.read_text(encoding="utf-8").splitlines()[call.lineno - 1]
    return is_waived(file, call.lineno) or ANSWERED.search(line) is not None


def _is_built(statement: ast.expr) -> bool:
    if isinstance(statement, ast.JoinedStr):
        # A PRAGMA takes no parameters.
        start = statement.values[0]
        is_pragma = isinstance(start, ast.Constant) and str(start.value).startswith("PRAGMA ")
        return not is_pragma and any(isinstance(part, ast.FormattedValue) for part in statement.values)
    if isinstance(statement, ast.BinOp):
        return any(isinstance(side, ast.Constant) and isinstance(side.value, str) for side in ast.walk(statement))
    return (
        isinstance(statement, ast.Call)
        and isinstance(statement.func, ast.Attribute)
        and statement.func.attr in {"format", "format_map", "join", "replace"}
    )


def shells(file: Path) -> list[str]:
    found = []
    for call, name in calls(file):
        asked = any(
            word.arg == "shell" and not (isinstance(word.value, ast.Constant) and word.value.value is False)
            for word in call.keywords
        )
        if asked or name in SHELL:
            found.append(place(file, call.lineno))
    return found


def test_no_sql_is_built_from_strings() -> None:
    assert len(modules("app")) > 20
    assert [found for file in modules("app") for found in built_statements(file)] == []


def test_no_shell_is_asked() -> None:
    assert [found for file in modules("app", "tests", "migrations") for found in shells(file)] == []


def test_the_breakages_are_caught() -> None:
    broken = BROKEN / "code" / "statements.py"
    assert len(built_statements(broken)) == 5
    assert len(shells(broken)) == 3
