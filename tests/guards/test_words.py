"""The project speaks of its subject, not of how it is written: no tracker numbers, no tools that wrote it."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from tests.guards.reading import BROKEN, place, texts

# Turned by thirteen letters, so that this page keeps its own rule.
TOOLS = codecs.decode("naguebcvp|pynhqr|pungtcg|tcg-\\q|pbcvybg|bcranv|yynz\\o|trzvav", "rot13")
UNSPOKEN = {
    "a tool": re.compile(rf"(?i)\b(?:{TOOLS})"),
    "an assistant": re.compile(
        r"(?i)\b(?:language[ ]model|ai[- ](?:assistant|agent|generated)|generated (?:by|with) an? ai)\b"
    ),
    "a number of the tracker": re.compile(
        r"(?i)\b(?:issue|ticket)s? #?\d+\b|\b(?:closes|fixes|resolves) #\d+|\bGH-\d+\b"
    ),
    "a promise": re.compile(r"\b(?:TO" "DO|FIX" r"ME|X" r"XX)\b"),  # noqa: ISC001 - not to find itself
}
NOT_OURS = {"LICENSE", "requirements.lock", "requirements-dev.lock", "package-lock.json"}


def unspoken(text: str) -> list[tuple[int, str]]:
    lines = enumerate(text.splitlines(), 1)
    return [(number, what) for number, line in lines for what, seen in UNSPOKEN.items() if seen.search(line)]


def test_the_project_does_not_speak_of_its_making() -> None:
    read: list[Path] = []
    found = []
    for file, text in texts():
        if file.name not in NOT_OURS:
            read.append(file)
            found += [f"{place(file, line)}: {what}" for line, what in unspoken(text)]
    assert len(read) > 40
    assert found == []


def test_the_breakage_is_caught() -> None:
    kept = (BROKEN / "files" / "words.txt").read_text("utf-8")
    written = codecs.decode(kept, "rot13")
    assert [what for _, what in unspoken(written)] == list(UNSPOKEN)
