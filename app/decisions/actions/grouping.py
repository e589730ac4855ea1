"""Of how many of each sector, place and way how many go on, kept up with each publication."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from sqlalchemy.orm import Session

from app.decisions.models import Decision, DecisionGroup
from app.decisions.rules import FOLLOWED, GOES_ON, LEFT, NO_RULE, RULE, SESSION
from app.kit.db import upsert_of
from app.proposals.groups import groups_of
from app.proposals.models import Proposal

Decided = Mapping[int, Decision]
FOLLOWS = {True: FOLLOWED, False: LEFT, None: NO_RULE}


def replace(
    session: Session, stage_id: uuid.UUID, proposals: Mapping[int, Proposal], decided: tuple[Decided, Decided]
) -> None:
    """Count the decisions just published, the second of the two, in the place of those they supersede, the first."""
    steps: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for sign, decisions in zip((-1, 1), decided, strict=True):
        for number, decision in decisions.items():
            for group in groups_at(proposals[number], decision):
                steps[group][0] += sign
                steps[group][1] += sign * (decision.outcome in GOES_ON)
    rows = [
        {"stage_id": stage_id, "dimension": dimension, "value": value, "came": came, "went_on": went_on}
        for (dimension, value), (came, went_on) in sorted(steps.items())
    ]
    session.execute(_counting(session.get_bind().dialect.name), rows)


def groups_at(proposal: Proposal, decision: Decision) -> Iterator[tuple[str, str]]:
    """What a decided proposal is counted under: by itself, by session or act, and by whether the rule was followed."""
    for dimension, value in groups_of(proposal):
        yield dimension.value, value
    yield SESSION, " · ".join(word for word in (decision.session_name, decision.act_number) if word)
    yield RULE, FOLLOWS[decision.follows_rule]


@cache
def _counting(dialect: str) -> Any:
    added = upsert_of(dialect)(DecisionGroup)
    more = {name: getattr(DecisionGroup, name) + added.excluded[name] for name in ("came", "went_on")}
    return added.on_conflict_do_update(index_elements=["stage_id", "dimension", "value"], set_=more)
