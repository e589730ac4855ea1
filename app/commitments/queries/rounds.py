"""Rounds of monitoring, whom they asked, and the letter behind a link."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from app.commitments.models import Commitment, MonitoringRound, ProgressReport, RoundCall, RoundLink
from app.commitments.queries.commitments import within
from app.commitments.rules.plan import PUBLIC
from app.commitments.rules.progress import Source
from app.kit import ids
from app.kit.errors import NotFound
from app.people.models import Organisation


@dataclass(frozen=True)
class Asked:
    """One institution of a round: whether it was written to, how many of its commitments it has reported on."""

    organisation: Organisation
    call: RoundCall | None
    commitments: int
    reported: int


def rounds_of(session: Session, process_id: uuid.UUID, limit: int = 100) -> list[MonitoringRound]:
    """The rounds of a process, newest first."""
    wanted = select(MonitoringRound).where(MonitoringRound.process_id == process_id)
    return list(session.scalars(wanted.order_by(MonitoringRound.number.desc()).limit(limit)))


def round_numbered(session: Session, process_id: uuid.UUID, number: int) -> MonitoringRound:
    """The round of this number."""
    wanted = (MonitoringRound.process_id == process_id, MonitoringRound.number == within(number))
    found = session.scalars(select(MonitoringRound).where(*wanted)).one_or_none()
    if found is None:
        raise NotFound
    return found


def chosen(session: Session, process_id: uuid.UUID, number: int | None) -> MonitoringRound | None:
    """The round that was asked for, else the newest; none where there is none yet."""
    if number is not None:
        return round_numbered(session, process_id, number)
    return next(iter(rounds_of(session, process_id, 1)), None)


def round_by_id(session: Session, round_id: uuid.UUID) -> MonitoringRound:
    """The round with this key."""
    return session.get_one(MonitoringRound, round_id)


def leading(session: Session, process_id: uuid.UUID) -> list[tuple[Organisation, int]]:
    """The institutions that lead commitments of the plan, each with how many."""
    rows = session.execute(
        select(Organisation, func.count())
        .join(Commitment, Commitment.lead_id == Organisation.id)
        .where(Commitment.process_id == process_id, Commitment.state.in_(PUBLIC))
        .group_by(Organisation.id)
        .order_by(Organisation.name)
    )
    return [(row[0], row[1]) for row in rows]


def last_addresses(session: Session, process_id: uuid.UUID) -> dict[uuid.UUID, str]:
    """The address each institution was written to last, to be offered again."""
    rows = session.execute(
        select(RoundCall.organisation_id, RoundCall.address)
        .join(MonitoringRound, MonitoringRound.id == RoundCall.round_id)
        .where(MonitoringRound.process_id == process_id, RoundCall.address != "")
        .order_by(MonitoringRound.number)
    )
    return {row[0]: row[1] for row in rows}


def asked_in(session: Session, monitoring_round: MonitoringRound) -> list[Asked]:
    """Whom a round asked, or should have, and who reported."""
    calls = {
        call.organisation_id: call
        for call in session.scalars(select(RoundCall).where(RoundCall.round_id == monitoring_round.id))
    }
    rows = session.execute(
        select(Commitment.lead_id, func.count(func.distinct(Commitment.id)))
        .join(ProgressReport, ProgressReport.commitment_id == Commitment.id)
        .where(ProgressReport.round_id == monitoring_round.id, ProgressReport.source == Source.INSTITUTION)
        .group_by(Commitment.lead_id)
    )
    reported = {row[0]: row[1] for row in rows}
    leads = leading(session, monitoring_round.process_id)
    return [Asked(body, calls.get(body.id), n, reported.get(body.id, 0)) for body, n in leads]


def call_by_token(session: Session, process_id: uuid.UUID, token: str) -> tuple[RoundCall, MonitoringRound]:
    """The letter behind a link; a link nobody sent does not exist."""
    row = session.execute(
        select(RoundCall, MonitoringRound)
        .join(RoundLink, RoundLink.call_id == RoundCall.id)
        .join(MonitoringRound, MonitoringRound.id == RoundCall.round_id)
        .where(RoundLink.token_hash == ids.hash_token(token), MonitoringRound.process_id == process_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def led_by(session: Session, process_id: uuid.UUID, organisation_id: uuid.UUID) -> list[Commitment]:
    """The commitments of the plan that an institution leads, by number."""
    wanted = (Commitment.process_id == process_id, Commitment.lead_id == organisation_id)
    statement = select(Commitment).where(*wanted, Commitment.state.in_(PUBLIC))
    return list(session.scalars(statement.order_by(Commitment.number)))


def reported_in(session: Session, round_id: uuid.UUID, organisation_id: uuid.UUID) -> set[uuid.UUID]:
    """The commitments of an institution on which it has reported in a round."""
    wanted = (ProgressReport.round_id == round_id, ProgressReport.source == Source.INSTITUTION)
    statement = (
        select(ProgressReport.commitment_id)
        .join(Commitment, Commitment.id == ProgressReport.commitment_id)
        .where(*wanted, Commitment.lead_id == organisation_id)
    )
    return set(session.scalars(statement))


def to_remind(session: Session, until: date) -> Sequence[MonitoringRound]:
    """The open rounds due by a day of which nobody was reminded yet."""
    open_now = (MonitoringRound.closed_at.is_(None), MonitoringRound.reminded_at.is_(None))
    return session.scalars(select(MonitoringRound).where(*open_now, MonitoringRound.due_on <= until)).all()


def silent_calls(session: Session, round_id: uuid.UUID) -> list[tuple[RoundCall, str]]:
    """The letters of a round whose institution leads a commitment nobody has reported on, each with its name."""
    told = exists().where(
        ProgressReport.round_id == round_id,
        ProgressReport.commitment_id == Commitment.id,
        ProgressReport.source == Source.INSTITUTION,
    )
    here = (Commitment.lead_id == RoundCall.organisation_id, Commitment.process_id == MonitoringRound.process_id)
    owes = exists().where(*here, Commitment.state.in_(PUBLIC), ~told)
    rows = session.execute(
        select(RoundCall, Organisation.name)
        .join(Organisation, Organisation.id == RoundCall.organisation_id)
        .join(MonitoringRound, MonitoringRound.id == RoundCall.round_id)
        .where(RoundCall.round_id == round_id, RoundCall.address != "", owes)
        .order_by(Organisation.name)
    )
    return [(row[0], row[1]) for row in rows]
