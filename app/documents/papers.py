"""Papers to hold: words in sections, set as tagged PDF by a child process with nothing of ours in it.

A paper is a title, a few facts and sections; a section has a level from 2 on and blocks: text somebody wrote, a
sentence of ours, a list, bars with their numbers, or a table with heads. A cell or an entry is a string, a text with an
address, or a text in a language of its own.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import asdict, dataclass
from typing import Any

import structlog

from app.kit.errors import Conflict
from app.kit.i18n import T
from app.settings import ROOT

Block = dict[str, Any]
SECONDS = 60.0
MOST_WORDS = 5_500_000
"""Bytes: a thousand proposals with reasons of the longest kind, which take 13 seconds and 0.8 of the gigabyte."""
PRESS = (sys.executable, "-s", "-m", "app.documents.press")
SHORT_ROWS, SHORT_LETTERS = 10, 1500
"""A table within both stays on one page."""
GAPS = T("Some signs have no letter in this PDF and stand here as �. The page on the web shows them.")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
log = structlog.get_logger("minga.documents")


@dataclass(frozen=True)
class Section:
    """One part of a paper under its heading."""

    level: int
    title: str
    blocks: list[Block]


@dataclass(frozen=True)
class Paper:
    """A paper as it is laid out: who wrote it, what as, the facts, and the parts in order."""

    language: str
    title: str
    body: str
    process: str
    facts: list[tuple[str, str]]
    sections: list[Section]


def set_paper(paper: Paper) -> bytes:
    """One paper as a tagged PDF; refused in words where it cannot be set."""
    return set_sheet(sheet_of(paper), "paper")


def set_sheet(sheet: bytes, template: str) -> bytes:
    """What a template is given, as a tagged PDF."""
    done = _run(sheet, template)
    if done is None or done.returncode or not done.stdout.startswith(b"%PDF-"):
        log.warning("documents: a paper could not be set", returncode=done.returncode if done else None)
        raise Conflict(T("The PDF could not be made. Try again; if it fails again, tell whoever runs this site."))
    return done.stdout


def sheet_of(paper: Paper) -> bytes:
    """What the template is given: the words as JSON, with a width for each column."""
    data = asdict(paper)
    for section in data["sections"]:
        for block in section["blocks"]:
            if block["kind"] == "table":
                block["breaks"] = len(block["rows"]) > SHORT_ROWS or _letters(block) > SHORT_LETTERS
                block.setdefault("widths", _widths(block))
    return sheet_from(data)


def sheet_from(data: dict[str, Any]) -> bytes:
    """Words as JSON for a template, with the sentence for signs no letter was found for in the paper's language."""
    return json.dumps(_printable(data | {"gaps": GAPS.into(data["language"])}), ensure_ascii=False).encode()


def _printable(value: Any) -> Any:
    """The same without control characters, which no paper shows."""
    if isinstance(value, str):
        return CONTROL.sub("", value)
    if isinstance(value, dict):
        return {key: _printable(one) for key, one in value.items()}
    return [_printable(one) for one in value] if isinstance(value, list | tuple) else value


def _run(data: bytes, template: str) -> subprocess.CompletedProcess[bytes] | None:
    try:
        return subprocess.run(  # noqa: S603 - our own program, no shell, nothing of the paper in its arguments
            (*PRESS, template), input=data, capture_output=True, cwd=ROOT, env={}, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return None


def _widths(block: Block) -> list[int]:
    """A share of the width for each column: a number needs little, a reason most."""
    longest = [
        max([len(head), *(len(_text(row[n])) for row in block["rows"])]) for n, head in enumerate(block["heads"])
    ]
    return [2 if most <= 8 else 4 if most <= 26 else 7 if most <= 90 else 12 for most in longest]


def _letters(block: Block) -> int:
    return sum(len(_text(cell)) for row in block["rows"] for cell in row)


def _text(cell: Any) -> str:
    return cell if isinstance(cell, str) else str(cell["text"])
