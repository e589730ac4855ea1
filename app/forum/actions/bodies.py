"""The forum as a body: set up, founded by an act, with rules of its own, ended and followed by another."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from sqlalchemy import select

from app.accounts import roles
from app.decisions import actions as decisions
from app.decisions.models import DecidingBody
from app.decisions.rules import BodyKind
from app.forum.models import ForumRule, ForumSession, ForumText, Round, Seat, SeatHolder
from app.forum.queries import bodies
from app.forum.queries import seats as queries
from app.forum.rules.body import LONGEST_RULES, SHORTEST_RULES, Founding
from app.forum.rules.seats import QuorumRule
from app.kit import ids
from app.kit.errors import Conflict, Invalid
from app.kit.i18n import T
from app.people.models import RoleGrant
from app.people.rules import Permission
from app.process import actions as processes
from app.process import queries as process_queries
from app.process.actions import SetStage
from app.process.kinds import DECIDING
from app.process.models import Process
from app.process.rules import WindowStatus
from app.proposals.rules import Provenance
from app.work import Work

SHORTEST_ACT = 4
AHEAD = timedelta(days=1)


def set_up(
    work: Work, process: Process, slug: str, names: tuple[str, str], quorum: QuorumRule | None = None
) -> DecidingBody:
    """Set up the forum of a process, or rename it and change its quorum. Office only.

    One forum sits at a time: another is set up once the present one has ended, and takes over the stages that the
    former one was to decide and that have not begun.
    """
    work.require(Permission.EDIT_PROCESS, process.id)
    rule = quorum or QuorumRule()
    if not 0 <= rule.over_percent < 100:
        raise Invalid(over_percent=T("Write a percentage from 0 to 99."))
    former = _own_forums(work, process)
    if any(body.slug != slug and row.ended_on is None for body, row in former):
        raise Conflict(T("This process already has a forum. End it first, by the act that ends it."))
    is_new = all(body.slug != slug for body, _ in former)
    body, row = _body(work, process, slug, names)
    row.over_percent, row.needs_both_sides = rule.over_percent, rule.needs_both_sides
    work.record("forum.set_up", body.subject, over_percent=rule.over_percent, needs_both_sides=rule.needs_both_sides)
    work.session.flush()
    if is_new and former:
        _take_over(work, process, former[0][0].slug, slug)
    return body


def _own_forums(work: Work, process: Process) -> list[tuple[DecidingBody, ForumRule]]:
    found = queries.forums_of(work.session, process.id)
    return [(body, row) for body, row in found if row.provenance is Provenance.NATIVE]


def _body(work: Work, process: Process, slug: str, names: tuple[str, str]) -> tuple[DecidingBody, ForumRule]:
    body = decisions.set_body(work, process, slug, BodyKind.FORUM, names)
    row = work.session.get(ForumRule, body.id)
    if row is None:
        row = ForumRule(body_id=body.id, process_id=process.id)
        work.session.add(row)
    return body, row


def _take_over(work: Work, process: Process, former: str, slug: str) -> None:
    for stage in process_queries.stages_of(work.session, process.id):
        waits = stage.window.status(work.now) is WindowStatus.SCHEDULED or stage.opens_at is None
        if stage.kind in DECIDING and stage.settings.get("body") == former and waits:
            settings = {**stage.settings, "body": slug}
            names = (stage.name_es, stage.name_en)
            processes.set_stage(
                work,
                process,
                stage,
                SetStage(stage.opens_at, stage.closes_at, settings, name_es=names[0], name_en=names[1]),
            )


def tell_of_forum(work: Work, process: Process, slug: str, names: tuple[str, str], founding: Founding) -> DecidingBody:
    """Write down a forum out of a document, or one made up to illustrate, beside whatever forum there is. Office only.

    Nobody is appointed to its seats here and it holds no session here: it is shown for what it is.
    """
    work.require(Permission.EDIT_PROCESS, process.id)
    if founding.provenance is Provenance.NATIVE:
        raise Invalid(provenance=T("Say how this forum is known: it was not set up here."))
    body, row = _body(work, process, slug, names)
    _write(row, founding)
    row.provenance = founding.provenance
    work.record("forum.told_of", body.subject, act=row.founding_act, provenance=row.provenance.value)
    work.session.flush()
    return body


def write_founding(work: Work, process: Process, body: DecidingBody, founding: Founding) -> None:
    """Write down by which act the forum was founded, and when. Office only; a day to come is refused."""
    work.require(Permission.EDIT_PROCESS, process.id)
    faults = {}
    if len(founding.act.strip()) < SHORTEST_ACT:
        faults["founding_act"] = T("Write which act founded it, with its number.")
    if founding.on is None or founding.on > _today(work, process):
        faults["founded_on"] = T("Write the day of that act; it cannot be in the future.")
    if faults:
        raise Invalid(**faults)
    row = work.session.get_one(ForumRule, body.id)
    _write(row, founding)
    work.record("forum.founded", body.subject, act=row.founding_act, on=str(row.founded_on))


def _write(row: ForumRule, founding: Founding) -> None:
    row.founding_act, row.founded_on = founding.act.strip()[:300], founding.on
    if founding.ended_on is not None:
        row.ending_act, row.ended_on = founding.ending_act.strip()[:300], founding.ended_on


def end_forum(work: Work, process: Process, body: DecidingBody, act: str) -> None:
    """End the forum today by a named act: every term in it ends, and with it every role. Office only.

    Refused while a round of scoring is open or a stage it decides has begun and is not concluded: somebody waits for
    that decision.
    """
    work.require(Permission.EDIT_PROCESS, process.id)
    if len(act.strip()) < SHORTEST_ACT:
        raise Invalid(ending_act=T("Write which act ends it, with its number."))
    row = work.session.get_one(ForumRule, body.id)
    if row.ended_on is not None:
        raise Conflict(T("This forum has already ended."))
    _require_nothing_waits(work, process, body)
    row.ended_on, row.ending_act = _today(work, process), act.strip()[:300]
    ended = _end_terms(work, body.id)
    work.record("forum.ended", body.subject, act=row.ending_act, terms=ended)


def _require_nothing_waits(work: Work, process: Process, body: DecidingBody) -> None:
    still = select(Round.id).where(Round.body_id == body.id, Round.closed_at.is_(None)).limit(1)
    if work.session.scalar(still) is not None:
        raise Conflict(T("A round of scoring of this forum is still open."))
    for stage in process_queries.stages_of(work.session, process.id):
        begun = stage.opens_at is not None and stage.opens_at <= work.now and stage.concluded_at is None
        if stage.kind in DECIDING and stage.settings.get("body") == body.slug and begun:
            raise Conflict(
                T("This forum still decides at the stage {stage}. Conclude it first.", stage=stage.name("es"))
            )


def _end_terms(work: Work, body_id: uuid.UUID) -> int:
    sitting = (
        select(SeatHolder)
        .join(Seat, Seat.id == SeatHolder.seat_id)
        .where(Seat.body_id == body_id, (SeatHolder.to_at.is_(None)) | (SeatHolder.to_at > work.now))
    )
    holders = list(work.session.scalars(sitting))
    for holder in holders:
        holder.to_at = work.now
        grant = work.session.get(RoleGrant, holder.grant_id)
        if grant is not None:
            grant.to_at = work.now
        roles.changed(work, holder.person_id)
    return len(holders)


def adopt_rules(
    work: Work, process: Process, body: DecidingBody, text: str, adopted: tuple[date | None, ForumSession | None]
) -> ForumText:
    """Publish a new version of the forum's own rules, with the day it was adopted and, where known, the session.

    Office or chair. Earlier versions stay to be read; none is changed.
    """
    work.require(Permission.RECORD_SESSION, process.id)
    on, meeting = adopted
    faults = {}
    if not SHORTEST_RULES <= len(text.strip()) <= LONGEST_RULES:
        faults["text"] = T("Write the rules in {least} to {most} characters.", least=SHORTEST_RULES, most=LONGEST_RULES)
    if on is None or on > _today(work, process):
        faults["adopted_on"] = T("Write the day on which they were adopted; it cannot be in the future.")
    if faults or on is None:
        raise Invalid(**faults)
    made = ForumText(
        id=ids.new_id(),
        process_id=process.id,
        body_id=body.id,
        version=len(bodies.rules_of(work.session, body.id)) + 1,
        text=text.strip(),
        adopted_on=on,
        session_id=meeting.id if meeting else None,
        at=work.now,
    )
    work.session.add(made)
    work.record("forum.rules_adopted", body.subject, version=made.version, on=str(on))
    work.session.flush()
    return made


def _today(work: Work, process: Process) -> date:
    return work.now.astimezone(process.zone).date()
