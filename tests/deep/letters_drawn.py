"""Twenty of Valladolid's letters, drawn by a seed, as text and as a phone shows them; and the rows that got no letter.

They are written for somebody to read who knows nothing else, and never committed: they quote real proposals. A row is
named by its number in the file of the decisions, counted from 1 without its head.
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.feedback.models import Letter
from app.feedback.rules import Blocked
from app.kit.db import Database
from app.process import queries as processes
from app.proposals.models import Proposal
from tests.chromium import ARGUMENTS, HEIGHT, PHONE

SEED = 20260618
HOW_MANY = 20
WHY = {
    Blocked.NO_REASON: "no reason was published",
    Blocked.NOT_RENDERED: "could not be written out",
}


@dataclass(frozen=True)
class Drawn:
    """One letter and the row it answers."""

    row: int
    letter: Letter


def write(database: Database, place: tuple[str, tuple[str, ...]], codes: list[str], folder: Path) -> dict[str, Any]:
    """Write the letters drawn and the list of the rows that are blocked; gives how many of each.

    `place` is the process and its stages; `codes` says in which row the proposal of each source stands.
    """
    slug, stages = place
    folder.mkdir(parents=True, exist_ok=True)
    for old in (*folder.glob("row-*"), *folder.glob("blocked.txt")):
        old.unlink()
    with database.reading() as session:
        process = processes.by_slug(session, slug)
        rows = _rows(session, process.id, codes)
        letters = [
            (stage, letter)
            for stage in stages
            for letter in session.scalars(
                select(Letter).where(Letter.stage_id == processes.stage_named(session, process.id, stage).id)
            )
        ]
    posted = [Drawn(rows[letter.folios[0]], letter) for _, letter in letters if letter.outbox_message_id is not None]
    blocked = [(rows[one.folios[0]], stage, one.blocked_because) for stage, one in letters if one.blocked_because]
    drawn = random.Random(SEED).sample(sorted(posted, key=lambda one: one.row), min(HOW_MANY, len(posted)))
    for one in drawn:
        words = f"{one.letter.subject}\n\n{one.letter.text}"
        (folder / f"row-{one.row:03}.txt").write_text(words, encoding="utf-8")
    _photograph(drawn, folder)
    lines = [f"row {row:03}, {stage}: {WHY[why]}" for row, stage, why in sorted(blocked)]
    (folder / "blocked.txt").write_text("\n".join([*lines, ""]), encoding="utf-8")
    return {"letters drawn": len(drawn), "rows blocked": len(lines), "rows": sorted(one.row for one in drawn)}


def _rows(session: Session, process_id: Any, codes: list[str]) -> dict[str, int]:
    """In which row of the file each folio stands."""
    numbers = {code: n for n, code in enumerate(codes, start=1)}
    found = session.execute(select(Proposal.folio, Proposal.source_ref).where(Proposal.process_id == process_id))
    return {folio: numbers[source] for folio, source in found if source in numbers}


def _photograph(drawn: list[Drawn], folder: Path) -> None:
    """Each letter as the mail program of a phone shows it, whole."""
    where = os.environ.get("MINGA_CHROMIUM", "/usr/bin/chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=where, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": PHONE, "height": HEIGHT})
        for one in drawn:
            page.set_content(one.letter.html)
            page.screenshot(path=folder / f"row-{one.row:03}.png", full_page=True)
        browser.close()
