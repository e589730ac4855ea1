"""How many proposals came in and how many went on from each gate: the process at a glance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.decisions.models import DecisionCount
from app.decisions.rules import OUTCOME_MARK, Outcome, going
from app.kit.i18n import T, Text
from app.process.kinds import DECIDING
from app.process.models import Process, Stage


@dataclass(frozen=True)
class Band:
    """One band of the funnel: what it counts, how many, and the list behind it."""

    label: Text | str
    value: int
    url: str

    def at(self, address: Callable[[str], str]) -> Band:
        """The same band with its address in the reader's language."""
        return replace(self, url=address(self.url))


def bands_of(session: Session, process: Process, stages: Sequence[Stage], received: int, language: str) -> list[Band]:
    """The proposals received, and of those decided on at each stage the ones that go on; empty before any decision.

    Read from the counts kept at publication, in one statement, however many proposals and stages there are.
    """
    deciding = [stage for stage in stages if stage.kind in DECIDING]
    outcomes = _outcomes(session, deciding)
    if not outcomes:
        return []
    base = f"/p/{process.slug}"
    bands = [Band(T("Proposals received"), received, f"{base}/proposals")]
    bands += [
        Band(stage.name(language), going(outcomes[stage.id]), f"{base}/decisions/{stage.slug}")
        for stage in deciding
        if stage.id in outcomes
    ]
    return bands


def _outcomes(session: Session, stages: Sequence[Stage]) -> dict[object, dict[Outcome, int]]:
    marks = {OUTCOME_MARK + outcome.value: outcome for outcome in Outcome}
    wanted = (DecisionCount.stage_id.in_([stage.id for stage in stages]), DecisionCount.mark.in_(marks))
    found: dict[object, dict[Outcome, int]] = defaultdict(dict)
    counted = select(DecisionCount.stage_id, DecisionCount.mark, DecisionCount.n).where(*wanted, DecisionCount.n > 0)
    for key, mark, n in session.execute(counted):
        found[key][marks[mark]] = n
    return found
