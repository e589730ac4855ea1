"""What the public counts and lists, kept up with each publication: its pages cost the same however much was decided."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.decisions.models import Decision, DecisionCount, DecisionMark
from app.decisions.rules import ALL
from app.kit.db import upsert_of

AT_ONCE = 400


def in_force(session: Session, stage_id: uuid.UUID, numbers: list[int]) -> dict[int, Decision]:
    """The published decisions of a stage that count now on the proposals with these numbers."""
    found: dict[int, Decision] = {}
    for start in range(0, len(numbers), AT_ONCE):
        here = (DecisionMark.stage_id == stage_id, DecisionMark.mark == ALL)
        some = (
            select(DecisionMark.number, Decision).join(Decision, Decision.id == DecisionMark.decision_id).where(*here)
        )
        rows = session.execute(some.where(DecisionMark.number.in_(numbers[start : start + AT_ONCE])))
        found.update({row[0]: row[1] for row in rows})
    return found


def replace(session: Session, stage_id: uuid.UUID, earlier: dict[int, Decision], now: dict[int, Decision]) -> None:
    """Put the decisions just published in the place of those they supersede."""
    steps = Counter(mark for decision in now.values() for mark in decision.marks)
    steps.subtract(mark for decision in earlier.values() for mark in decision.marks)
    for number, decision in earlier.items():
        gone = (DecisionMark.stage_id == stage_id, DecisionMark.number == number)
        session.execute(delete(DecisionMark).where(*gone, DecisionMark.mark.in_(decision.marks)))
    rows = [
        {"stage_id": stage_id, "mark": mark, "number": number, "decision_id": decision.id}
        for number, decision in now.items()
        for mark in decision.marks
    ]
    session.execute(insert(DecisionMark), rows)
    _count(session, stage_id, steps.items())


def _count(session: Session, stage_id: uuid.UUID, steps: Iterable[tuple[str, int]]) -> None:
    rows = [{"stage_id": stage_id, "mark": mark, "n": step} for mark, step in sorted(steps) if step]
    if rows:
        session.execute(_counting(session.get_bind().dialect.name), rows)


@cache
def _counting(dialect: str) -> Any:
    added = upsert_of(dialect)(DecisionCount)
    more = {"n": DecisionCount.n + added.excluded.n}
    return added.on_conflict_do_update(index_elements=["stage_id", "mark"], set_=more)
