"""Counting the proposals the public may see by sector, place, way and day: kept up, so that no picture counts rows."""

from __future__ import annotations

import uuid
from collections import Counter
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.db import upsert_of
from app.process.models import Process
from app.proposals.groups import Dimension, dated_groups_of
from app.proposals.models import Proposal, ProposalGroup

BATCH = 2000


def regroup(session: Session, proposal: Proposal) -> None:
    """A proposal came into sight, or went out of it."""
    zone = session.get_one(Process, proposal.process_id).zone
    step = 1 if proposal.is_public else -1
    _count(session, proposal.process_id, Counter(dict.fromkeys(dated_groups_of(proposal, zone), step)))


def group_import(session: Session, process: Process, import_id: uuid.UUID) -> None:
    """All proposals of an imported file came into sight together."""
    seen = (Proposal.origin_sector, Proposal.territory_id, Proposal.channel)
    rows = session.execute(
        select(*seen, Proposal.received_at, Proposal.received_to_the)
        .where(Proposal.import_id == import_id)
        .execution_options(yield_per=BATCH)
    )
    _count(session, process.id, Counter(group for row in rows for group in dated_groups_of(row, process.zone)))


def _count(session: Session, process_id: uuid.UUID, steps: Counter[tuple[Dimension, str]]) -> None:
    rows = [
        {"process_id": process_id, "dimension": dimension.value, "value": value, "n": step}
        for (dimension, value), step in sorted(steps.items())
    ]
    if rows:
        session.execute(_counting(session.get_bind().dialect.name), rows)


@cache
def _counting(dialect: str) -> Any:
    added = upsert_of(dialect)(ProposalGroup)
    more = {"n": ProposalGroup.n + added.excluded.n}
    return added.on_conflict_do_update(index_elements=["process_id", "dimension", "value"], set_=more)
