"""A stage report as files, made from what is frozen of it: tagged PDF in both languages, and every proposal as CSV.

They are made in a reading, before the act that publishes them and outside its transaction. What a person typed never
becomes a formula of a spreadsheet.
"""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from typing import Any

from sqlalchemy.orm import Session

from app.decisions import queries as decisions
from app.documents import papers
from app.feedback import queries, reported
from app.feedback.report_wording import ReportPaper, outcome_word
from app.kit.cells import harmless
from app.kit.i18n import Text
from app.process.models import Process, Stage
from app.trail.rules import canonical, instant

COLUMNS = (
    *("folio", "title", "outcome", "outcome_in_words", "reason_codes", "reason", "override_reason", "decided_at"),
    *("decided_to_the", "decided_by", "session", "act", "provenance"),
)
WORDS = ("purpose", "what_changed", "what_next", "change_note")


@dataclass(frozen=True)
class Drawn:
    """One version of a report before it is published: what it says, as data, and its files."""

    words: dict[str, str]
    facts: dict[str, Any]
    version: int
    edition: int
    content_hash: str
    es: bytes
    en: bytes
    csv: bytes


def drawn(session: Session, process: Process, stage: Stage, words: dict[str, str], at: tuple[datetime, str]) -> Drawn:
    """The report as it would be published at this instant, with its files; `at` says when, and where the site is."""
    now, site = at
    content = content_of(session, process, stage, words, now)
    home = f"{site}/p/{process.slug}"
    es, en = (printed(content, language, home) for language in ("es", "en"))
    return Drawn(
        words,
        content["facts"],
        content["version"],
        decisions.last_edition(session, stage.id),
        hashlib.sha256(canonical(content).encode()).hexdigest(),
        *(es, en, annex(content["rows"], process.language)),
    )


def content_of(
    session: Session, process: Process, stage: Stage, words: dict[str, str], now: datetime
) -> dict[str, Any]:
    """All that the report would say if it were published at this instant, as data."""
    earlier = queries.reports_of(session, stage.id)
    return {
        "process": reported.both(process.name("es"), process.name("en")),
        "stage": reported.both(stage.name("es"), stage.name("en")),
        "slug": stage.slug,
        "kind": stage.kind.value,
        "zone": process.timezone,
        "written_in": process.language[:2],
        "version": earlier[0].version + 1 if earlier else 1,
        "at": instant(now),
        "facts": reported.stage_facts(session, process, stage),
        "rows": reported.rows_of(session, process, stage, now),
        **{name: words[name] for name in WORDS},
    }


def printed(content: dict[str, Any], language: str, home: str) -> bytes:
    """The report as a tagged PDF; where its reasons are too long for one, they stand in the CSV file only."""
    sheet = sheet_of(content, language, home)
    if len(sheet) > papers.MOST_WORDS:
        sheet = sheet_of(content, language, home, is_too_long=True)
    return papers.set_sheet(sheet, "paper")


def sheet_of(content: dict[str, Any], language: str, home: str, *, is_too_long: bool = False) -> bytes:
    """What the press is given of a report."""
    return papers.sheet_of(ReportPaper(content | {"is_too_long": is_too_long}, language, home).paper())


def annex(rows: list[dict[str, Any]], language: str) -> bytes:
    """Every proposal with its outcome and reason as CSV that no spreadsheet mistakes for formulas."""
    file = StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([harmless(cell) for cell in _cells(row, language)])
    return file.getvalue().encode("utf-8-sig")


def _cells(row: dict[str, Any], language: str) -> list[str]:
    word: Text = outcome_word(row["outcome"])
    return [
        *(row["folio"], row["title"], row["outcome"], word.into(language), "|".join(row["codes"])),
        *(row["reason"], row["override"], row["decided_at"], row["known_to"], row["body"][language[:2]]),
        *(row["session"], row["act"], row["provenance"]),
    ]
