"""The project as its guards read it: tracked files, syntax trees, and waivers that give a reason."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from app.settings import ROOT

BROKEN = ROOT / "tests" / "guards" / "broken"
WAIVER = re.compile(r"# waiver: (?P<reason>.+)$")
WORDS_OF_A_SENTENCE = 4


@cache
def tracked() -> tuple[Path, ...]:
    """Every file that is handed in, the kept breakages left out."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    files = [ROOT / name for name in listed.split("\0") if name]
    return tuple(file for file in files if file.is_file() and not file.is_relative_to(BROKEN))


def texts() -> Iterator[tuple[Path, str]]:
    """Every tracked file that is text."""
    for file in tracked():
        try:
            yield file, file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def modules(*folders: str) -> list[Path]:
    """The Python files of the working tree under these folders, handed in or not yet."""
    found = [file for folder in folders for file in sorted((ROOT / folder).rglob("*.py"))]
    return [file for file in found if not file.is_relative_to(BROKEN)]


def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), filename=str(file))


def calls(file: Path) -> Iterator[tuple[ast.Call, str]]:
    """Every call in a file with the dotted name of what is called, as far as it has one."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Call):
            yield node, dotted(node.func)


def dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def is_waived(file: Path, line: int) -> bool:
    """Whether this line carries a waiver that says why, in a sentence."""
    written = file.read_text(encoding="utf-8").splitlines()[line - 1]
    found = WAIVER.search(written)
    return found is not None and len(found["reason"].split()) >= WORDS_OF_A_SENTENCE


def place(file: Path, line: int | None = None) -> str:
    """How a guard names what it found."""
    name = str(file.relative_to(ROOT)) if file.is_relative_to(ROOT) else file.name
    return name if line is None else f"{name}:{line}"
