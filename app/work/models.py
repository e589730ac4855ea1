"""The row of a job, and its life."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Key, one_of
from app.kit.lifecycle import Lifecycle, Move


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


JOB: Lifecycle[JobState] = Lifecycle(
    "job",
    [
        Move((), "ask", JobState.WAITING),
        Move((JobState.WAITING, JobState.RUNNING), "claim", JobState.RUNNING),
        Move((JobState.RUNNING,), "finish", JobState.DONE),
        Move((JobState.RUNNING,), "try_again", JobState.WAITING),
        Move((JobState.RUNNING,), "fail", JobState.FAILED),
    ],
)


class Job(Base):
    """One piece of work that is done after its transaction."""

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_to_do", "state", "not_before"),)

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(60))
    arguments: Mapped[dict[str, Any]]
    state: Mapped[JobState] = mapped_column(one_of(JobState, "state"), default=JobState.WAITING)
    not_before: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    claim_token: Mapped[uuid.UUID | None]
    tries: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(500), default="")
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
