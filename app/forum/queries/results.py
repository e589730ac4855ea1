"""The stored results of closed rounds: how far a count has come, and what it found once it is done."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.forum.models import Round, RoundResult
from app.forum.queries.counting import config_of
from app.forum.rules import stored
from app.forum.rules.firmness import Firmness
from app.forum.rules.results import Config, RoundResults
from app.forum.rules.scoring import RoundState
from app.forum.rules.stored import Outcome
from app.kit.errors import Conflict
from app.kit.i18n import T, Text
from app.work.models import Job, JobState

KEPT_OUTCOMES = 8
FIRMING = T("The points are counted. Now it is checked how firm they are.")
"""Said when every proposal is done and what remains is what other weights would change."""


@dataclass(frozen=True)
class Outturn:
    """The results of a closed round, and beside them the advisory ones of the seats without a vote."""

    round: Round
    version: int
    config: Config
    counted: RoundResults
    advisory: RoundResults
    firmness: Firmness
    without_leans: Mapping[str, Fraction]


@dataclass(frozen=True)
class Standing:
    """How far the newest count of a round has come."""

    is_ready: bool
    done: int = 0
    total: int = 0
    has_failed: bool = False

    @property
    def sentence(self) -> Text:
        """What is said while it is not ready."""
        if self.has_failed:
            return T("The results could not be counted. Whoever runs this site has to look at it.")
        if not self.total:
            return T("The results are being counted.")
        if self.done >= self.total:
            return FIRMING
        return T("The results are being counted ({done} of {total}).", done=self.done, total=self.total)


class Counting(Conflict):
    """The round is closed and its results are not counted yet; says how far it is."""

    code = "counting"

    def __init__(self, standing: Standing) -> None:
        super().__init__(standing.sentence)
        self.standing = standing


_outcomes: dict[uuid.UUID, Outcome] = {}


def newest(session: Session, found: Round) -> RoundResult | None:
    """The count of a round that was asked for last: the one that holds, or will."""
    wanted = select(RoundResult).where(RoundResult.round_id == found.id)
    return session.scalars(wanted.order_by(RoundResult.version.desc()).limit(1)).one_or_none()


def standing(session: Session, found: Round) -> Standing:
    """How far the newest count of a closed round has come."""
    kept = newest(session, found)
    if kept is None or kept.computed_at is not None:
        return Standing(is_ready=kept is not None)
    job = session.get(Job, kept.job_id) if kept.job_id else None
    if job is None:
        return Standing(is_ready=False)
    return Standing(is_ready=False, done=job.done, total=job.total, has_failed=job.state is JobState.FAILED)


def is_counted(session: Session, found: Round) -> bool:
    """Whether the results of a round can be read."""
    return found.state is RoundState.CLOSED and standing(session, found).is_ready


def outturn(session: Session, found: Round) -> Outturn:
    """The stored results of a round; whoever asks while they are counted is told how far it is.

    A count never changes once it is stored, so its numbers are kept in memory.
    """
    kept = newest(session, found)
    if kept is None or kept.computed_at is None:
        raise Counting(standing(session, found))
    outcome = outcome_of(kept)
    return Outturn(
        found,
        kept.version,
        config_of(session, found),
        outcome.counted,
        outcome.advisory,
        outcome.firmness,
        outcome.without_leans,
    )


def outcome_of(kept: RoundResult) -> Outcome:
    """What a count found, read once and kept."""
    outcome = _outcomes.get(kept.id)
    if outcome is None:
        outcome = _outcomes[kept.id] = stored.read(kept.outcome)
        while len(_outcomes) > KEPT_OUTCOMES:
            _outcomes.pop(next(iter(_outcomes)))
    return outcome


def uncounted(session: Session) -> list[Round]:
    """The closed rounds nobody asked to count: those closed before counts were stored."""
    wanted = select(Round).where(
        Round.state == RoundState.CLOSED, ~select(RoundResult.id).where(RoundResult.round_id == Round.id).exists()
    )
    return list(session.scalars(wanted))


def given_up(session: Session, before: datetime) -> list[tuple[Round, RoundResult]]:
    """The counts whose job failed for good by then, and that are still wanted."""
    failed = (RoundResult.computed_at.is_(None), Job.state == JobState.FAILED, Job.ended_at < before)
    rows = session.execute(
        select(Round, RoundResult)
        .join(RoundResult, RoundResult.round_id == Round.id)
        .join(Job, Job.id == RoundResult.job_id)
        .where(*failed)
    )
    return [(found, kept) for found, kept in rows if newest(session, found) is kept]
