"""Where other parts of a process tell more of a decided stage, as the forum's report of its filter; each puts it in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.kit.i18n import Text
from app.process.models import Stage


@dataclass(frozen=True)
class Report:
    """A page about the decisions of a stage in another part, below the process's address."""

    words: Text
    url: str


REPORTS: list[Callable[[Session, Stage], Report | None]] = []


def reports_of(session: Session, stage: Stage) -> list[Report]:
    """Every page in which another part reports on a stage whose decisions are public."""
    found = [question(session, stage) for question in REPORTS]
    return [one for one in found if one is not None]
