"""Who carries a commitment: the institution that leads it and its successors, who helps, who came with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from app.commitments.actions.bodies import body_named, locked, require_running, told, too_long
from app.commitments.actions.drafting import not_any_more
from app.commitments.models import Commitment, CommitmentActor, CommitmentLead
from app.commitments.queries import commitments as queries
from app.commitments.rules import plan as rules
from app.commitments.rules.plan import Standing
from app.kit import ids
from app.kit.errors import Conflict, Invalid
from app.kit.i18n import T
from app.people.rules import OriginSector, Permission
from app.process.models import Process
from app.work import Work


@dataclass(frozen=True)
class HandOver:
    """To whom a commitment is handed over, from which day, and by which act."""

    lead: str
    from_on: date
    act: str


def hand_over(work: Work, process: Process, commitment: Commitment, wish: HandOver) -> CommitmentLead:
    """Name the institution that leads a commitment from a day on; who led it before stays written. Office only."""
    work.require(Permission.WRITE_COMMITMENTS, process.id)
    require_running(process)
    commitment = locked(work, commitment)
    if commitment.state not in {Standing.DRAFT, Standing.IN_PLAN}:
        raise not_any_more(commitment)
    if not wish.act.strip():
        raise Invalid(act=T("Write by which act, for example Res. Exenta N° 51 of 8 February 2022."))
    if len(wish.act) > 200:
        raise Invalid(act=too_long(200))
    body = body_named(work, wish.lead, "lead")
    if body.id == commitment.lead_id:
        raise Conflict(T("This institution leads it already."))
    leads = queries.leads_of(work.session, commitment.id)
    if leads and wish.from_on < leads[-1][0].from_on:
        raise Invalid(from_on=T("Who leads it now began later than this day."))
    if leads:
        leads[-1][0].until_on = max(wish.from_on - timedelta(days=1), leads[-1][0].from_on)
    lead = CommitmentLead(
        id=ids.new_id(),
        commitment_id=commitment.id,
        organisation_id=body.id,
        from_on=wish.from_on,
        act=wish.act.strip(),
    )
    work.session.add(lead)
    commitment.lead_id = body.id
    facts = told(commitment, institution=body.name, from_on=wish.from_on.isoformat(), act=lead.act)
    work.record("commitment.handed_over", commitment.subject, **facts)
    return lead


def name_actor(work: Work, process: Process, commitment: Commitment, name: str, role: str) -> None:
    """Name an organisation that helps to carry a commitment out, and as what; said again it is changed. Office only."""
    work.require(Permission.WRITE_COMMITMENTS, process.id)
    require_running(process)
    if not role.strip():
        raise Invalid(role=T("Write as what it takes part."))
    if len(role) > 200:
        raise Invalid(role=too_long(200))
    body = body_named(work, name, "organisation", OriginSector.CIVIL_SOCIETY)
    wanted = (CommitmentActor.commitment_id == commitment.id, CommitmentActor.organisation_id == body.id)
    actor = work.session.scalars(select(CommitmentActor).where(*wanted)).one_or_none()
    if actor is None:
        here = CommitmentActor.commitment_id == commitment.id
        if (
            work.session.scalar(select(func.count()).select_from(CommitmentActor).where(here)) or 0
        ) >= rules.MOST_ACTORS:
            raise Conflict(T("There are {n} organisations already.", n=rules.MOST_ACTORS))
        actor = CommitmentActor(id=ids.new_id(), commitment_id=commitment.id, organisation_id=body.id)
        work.session.add(actor)
    actor.role = role.strip()
    facts = told(commitment, organisation=body.name, role=actor.role)
    work.record("commitment.actor_named", commitment.subject, **facts)


def remove_actor(work: Work, process: Process, commitment: Commitment, name: str) -> None:
    """Take an organisation off a commitment. Office only; the trail keeps that it was there."""
    work.require(Permission.WRITE_COMMITMENTS, process.id)
    require_running(process)
    for actor, called in queries.actors_of(work.session, commitment.id):
        if called == name:
            work.session.delete(actor)
            work.record("commitment.actor_removed", commitment.subject, **told(commitment, organisation=called))
            return
    raise Conflict(T("This organisation is not named here."))


def name_companion(work: Work, process: Process, commitment: Commitment, name: str) -> None:
    """Name the organisation of origin that goes with a commitment and comments each report. Office only."""
    work.require(Permission.WRITE_COMMITMENTS, process.id)
    require_running(process)
    body = body_named(work, name, "companion", OriginSector.CIVIL_SOCIETY)
    commitment = locked(work, commitment)
    commitment.companion_id = body.id
    work.record("commitment.companion_named", commitment.subject, **told(commitment, organisation=body.name))
