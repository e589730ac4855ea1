"""A rule is proved by taking it out: in a copy of the program its lines are cut, and a test has to miss them.

A table of removals stands in a module of its own for each list of invariants (`removals.py` holds the forum's,
`removals_answers.py` those of the mail). A removal may need more than one cut, where a rule is kept in more than one
place: one cut alone would change nothing.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.settings import ROOT

CHANGED = ("app", "tests", "migrations")
"""Copied, because cuts are made there; the rest is only read, and linked."""
LEFT_OUT = {".git", ".venv", "shared", "var", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", *CHANGED}
OF_THE_RUN = ("PYTEST_", "MINGA_", "PYTHON")
MISSES = ("assert ", "AssertionError", "Failed: DID NOT RAISE", "tests.acts.SilentAct")
"""How the failure of a test begins that missed something; any other exception is an accident."""


@dataclass(frozen=True)
class Cut:
    """Lines as they stand in a file, exactly once, and what stands there when the rule is gone."""

    file: str
    rule: str
    instead: str = ""

    def made_in(self, text: str) -> str:
        """The text of the file without the rule."""
        times = text.count(self.rule)
        if times != 1:
            raise LookupError(f"{self.file} holds these lines {times} times and not once:\n{self.rule}")
        return text.replace(self.rule, self.instead)


@dataclass(frozen=True)
class Removal:
    """One clause of an invariant: its number, what it says, the test that has to miss it, and where it stands."""

    number: int
    says: str
    test: str
    cuts: tuple[Cut, ...]

    def texts(self, root: Path = ROOT) -> dict[str, str]:
        """The files it changes as they are without the rule, by name; raises LookupError where the lines are gone."""
        found: dict[str, str] = {}
        for cut in self.cuts:
            found[cut.file] = cut.made_in(found.get(cut.file) or (root / cut.file).read_text("utf-8"))
        return found


def removal(number: int, says: str, test: str, *cuts: Cut) -> Removal:
    """A row of a table."""
    return Removal(number, says, test, cuts)


@dataclass(frozen=True)
class Ran:
    """What a run of tests ended with: its exit code, how many ran, what failed and what broke, and all it said."""

    code: int
    count: int
    failures: tuple[str, ...]
    errors: tuple[str, ...]
    said: str


def read_report(code: int, report: Path, said: str) -> Ran:
    """A run as its report tells it; one that was never written tells of nothing that ran."""
    cases = list(ET.parse(report).iter("testcase")) if report.exists() else []

    def messages(kind: str) -> tuple[str, ...]:
        return tuple(found.get("message", "") for case in cases for found in case.findall(kind))

    return Ran(code, len(cases), messages("failure"), messages("error"), said)


def fault_of(ran: Ran) -> str | None:
    """Why a run does not prove that the rule was missed, or None if it does."""
    if ran.errors or ran.code not in {0, 1}:
        return f"it broke before the test could miss anything (exit {ran.code}): {ran.errors}"
    if not ran.count:
        return "no test ran"
    if not ran.failures:
        return "no test missed it"
    accidents = [told for told in ran.failures if not told.startswith(MISSES)]
    return f"it failed by accident: {accidents}" if accidents else None


class Workshop:
    """A copy of the program in which rules can be taken out one after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._cuts = 0
        for name in CHANGED:
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        for there in ROOT.iterdir():
            if there.name not in LEFT_OUT:
                (folder / there.name).symlink_to(there)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OF_THE_RUN)}
        self._warm = subprocess.Popen(
            [sys.executable, "tests/deep/warm.py"],
            cwd=folder,
            env=kept,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    @contextmanager
    def without(self, removed: Removal) -> Iterator[None]:
        """Take one rule out, and put it back.

        Each cut file is of an hour of its own: by that Python knows what it has compiled already from what it has not.
        """
        texts = removed.texts(self.folder)
        whole = {self.folder / name: (self.folder / name).stat().st_mtime for name in texts}
        before = {file: file.read_text("utf-8") for file in whole}
        self._cuts += 1
        try:
            for name, text in texts.items():
                (self.folder / name).write_text(text, encoding="utf-8")
                os.utime(self.folder / name, (0, whole[self.folder / name] + 60 * self._cuts))
            yield
        finally:
            for file, text in before.items():
                file.write_text(text, encoding="utf-8")
                os.utime(file, (0, whole[file]))

    def run(self, *tests: str) -> Ran:
        """Run these tests in a process of their own, up to the first that fails."""
        report, said = self.folder / "report.xml", self.folder / "said.txt"
        report.unlink(missing_ok=True)
        assert self._warm.stdin is not None
        assert self._warm.stdout is not None
        self._warm.stdin.write(json.dumps({"tests": tests}) + "\n")
        self._warm.stdin.flush()
        code = int(self._warm.stdout.readline())
        return read_report(code, report, said.read_text("utf-8")[-6000:])

    def close(self) -> None:
        """End the process that runs the tests."""
        self._warm.communicate()
