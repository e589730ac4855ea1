"""Jobs: longer work with a lease and progress, done by whichever worker claims it first.

A job is born in the transaction of the act that wants it. Whoever claims it holds a lease and renews it by telling
progress; a lease that ran out is claimed again, so work survives a killed worker. Claiming is a conditional UPDATE, so
two workers never hold one job.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from app.kit import ids
from app.work.models import Job, JobState

LEASE = timedelta(minutes=2)
MOST_TRIES = 5


def ask(
    session: Session, name: str, arguments: dict[str, Any], now: datetime, not_before: datetime | None = None
) -> Job:
    """Ask for a job; nobody starts it before the asking transaction has committed."""
    job = Job(name=name, arguments=arguments, asked_at=now, not_before=not_before or now, total=0)
    session.add(job)
    return job


def is_any_due(session: Session, now: datetime) -> bool:
    """Whether there is a job to claim; a look that takes no lock."""
    return session.scalar(select(Job.id).where(_due(now)).limit(1)) is not None


def _due(now: datetime) -> ColumnElement[bool]:
    return or_(
        (Job.state == JobState.WAITING) & (Job.not_before <= now),
        (Job.state == JobState.RUNNING) & (Job.lease_until < now),
    )


def claim(session: Session, now: datetime) -> Job | None:
    """Take the oldest job that is due or whose lease ran out; None when there is nothing to do."""
    due = _due(now)
    job_id = session.scalar(
        select(Job.id).where(due).order_by(Job.not_before, Job.id).limit(1).with_for_update(skip_locked=True)
    )
    if job_id is None:
        return None
    token = ids.random_id()
    session.execute(
        update(Job)
        .where(Job.id == job_id, due)
        .values(state=JobState.RUNNING, claim_token=token, lease_until=now + LEASE, tries=Job.tries + 1)
    )
    return session.scalars(
        select(Job).where(Job.id == job_id, Job.claim_token == token).execution_options(populate_existing=True)
    ).one_or_none()


def tell(session: Session, job: Job, done: int, total: int, now: datetime) -> bool:
    """Tell progress and renew the lease; False when the lease was lost to another worker, which then goes on alone."""
    return _while_held(session, job, done=done, total=total, lease_until=now + LEASE)


def finish(session: Session, job: Job, now: datetime) -> bool:
    """Say that the job is done, if its lease is still held."""
    return _while_held(session, job, state=JobState.DONE, lease_until=None, ended_at=now)


def give_back(session: Session, job: Job, error: str, now: datetime) -> bool:
    """Put a job that failed back for later, or for good after five tries."""
    if job.tries >= MOST_TRIES:
        return _while_held(session, job, state=JobState.FAILED, lease_until=None, ended_at=now, error=error[:500])
    later = now + timedelta(seconds=10 * 2**job.tries)
    return _while_held(session, job, state=JobState.WAITING, lease_until=None, not_before=later, error=error[:500])


def _while_held(session: Session, job: Job, **values: Any) -> bool:
    held = (Job.id == job.id, Job.claim_token == job.claim_token, Job.state == JobState.RUNNING)
    result = session.execute(update(Job).where(*held).values(**values))
    return bool(getattr(result, "rowcount", 0))
