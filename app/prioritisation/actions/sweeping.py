"""Sweeping up after a vote: what databases leave lying about of earlier boxes, and in which order, is gone from disk.

While people vote the box is written again with every ballot. What it held before lies on in freed pages, in SQLite's
write-ahead log or as dead rows of PostgreSQL, each with the code that was spent beside it, until somebody sweeps.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from sqlalchemy import delete, insert, select

from app.kit import ids
from app.kit.db import Base, Database
from app.prioritisation.models import Ballot, BallotBox, CountSheet, Credential, RehearsalBox
from app.work import Work, jobs
from app.work.sweeping import sweep

JOB = "prioritisation.sweep"
SWEPT: tuple[type[Base], ...] = (BallotBox, Credential, Ballot, CountSheet, RehearsalBox)


def sweep_later(work: Work, voting_id: uuid.UUID) -> None:
    """Put the codes of a vote that ended back in no order, and have the worker sweep the files."""
    wanted = select(Credential.code_hash, Credential.is_spent).where(Credential.voting_id == voting_id)
    rows = [
        {"id": ids.random_id(), "voting_id": voting_id, "code_hash": row[0], "is_spent": row[1]}
        for row in work.session.execute(wanted.order_by(Credential.code_hash))
    ]
    work.session.execute(delete(Credential).where(Credential.voting_id == voting_id))
    if rows:
        work.session.execute(insert(Credential), rows)
    jobs.ask(work.session, JOB, {}, work.now)


def sweep_job(database: Database, _arguments: dict[str, Any], _tell: Callable[[int, int], None]) -> None:
    """The job `prioritisation.sweep`; where somebody reads for too long it fails, and is done again later."""
    sweep(database, [table.__tablename__ for table in SWEPT])
