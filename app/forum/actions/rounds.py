"""Rounds open with adopted criteria, close by the clock or when all is in, and only then unseal what was scored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog

from app.decisions.models import DecidingBody
from app.forum.actions.assigning import share_out
from app.forum.actions.counting import ask_count
from app.forum.actions.making import Basis, make_round
from app.forum.models import CriteriaSet, Round
from app.forum.queries import criteria, owed, rounds, seats
from app.forum.queries.freezing import require_same_criteria
from app.forum.queries.suspicions import open_suspicions
from app.forum.rules import scoring
from app.forum.rules.reminding import MOST_REMIND_DAYS, REMIND_DAYS
from app.forum.rules.scoring import ROUND
from app.kit import ids
from app.kit.errors import Conflict, Invalid, NotNow
from app.kit.i18n import T, Tn
from app.people.actor import ActorKind
from app.people.rules import Permission
from app.process.kinds import FilterMethod
from app.process.models import Process, Stage
from app.process.rules import check_window
from app.trail.rules import instant
from app.work import Work

log = structlog.get_logger("minga.forum")


@dataclass(frozen=True)
class Plan:
    """How a round is held: until when, how many seats score each proposal, or all, and when the late are reminded."""

    closes_at: datetime | None
    opens_at: datetime | None = None
    remind_days: int = REMIND_DAYS
    per_proposal: int | None = None


def open_round(work: Work, process: Process, stage: Stage, plan: Plan) -> Round:
    """Open a round of blind scoring with the criteria in force. Office only.

    Refused without an adopted set that can be scored, for a stage that is not decided by score sheets, and while
    another round of the stage is still open.
    """
    work.require(Permission.WRITE_CRITERIA, process.id)
    if stage.settings.get("method") != FilterMethod.SCORE_SHEETS:
        raise Conflict(T("This stage is not decided by score sheets."))
    found = _adopted(work, stage)
    between = _between(work, plan)
    body = seats.forum_for(work.session, stage)
    _check(work, body, found, plan)
    _none_open(work, stage)
    basis = Basis.of_set(found, body.id, _voting_seats(work, body))
    lot = "" if plan.per_proposal is None else ids.new_token()
    made = make_round(
        work, stage, basis, between, remind_days=plan.remind_days, per_proposal=plan.per_proposal, lot=lot
    )
    work.record(
        "round.opened",
        made.subject,
        stage=stage.slug,
        criteria=found.content_hash,
        opens_at=instant(made.opens_at),
        closes_at=instant(made.closes_at),
    )
    work.session.flush()
    if made.per_proposal is not None:
        share_out(work, made)
    return made


def _between(work: Work, plan: Plan) -> tuple[datetime, datetime]:
    """From when to when: at once where no beginning is said."""
    if plan.closes_at is None or plan.closes_at <= work.now:
        raise Invalid(closes_at=T("Write an end that has not passed yet."))
    check_window(begins := plan.opens_at or work.now, plan.closes_at)
    return begins, plan.closes_at


def _check(work: Work, body: DecidingBody, adopted: CriteriaSet, plan: Plan) -> None:
    if not 0 <= plan.remind_days <= MOST_REMIND_DAYS:
        raise Invalid(remind_days=T("Write a number of days from 0 to {n}.", n=MOST_REMIND_DAYS))
    least, most = max(adopted.quorum_min, 1), seats.count_voting(work.session, body.id)
    if plan.per_proposal is not None and not least <= plan.per_proposal <= most:
        text = T("Write a number from {least}, which the criteria ask for, to {most}.", least=least, most=most)
        raise Invalid(per_proposal=text)


def _none_open(work: Work, stage: Stage) -> None:
    last = rounds.last_round(work.session, stage.id)
    if last is not None and last.closed_at is None:
        raise Conflict(T("A round of this stage is still open."))


def _adopted(work: Work, stage: Stage) -> CriteriaSet:
    found = criteria.adopted(work.session, stage.id)
    if found is None:
        raise Conflict(T("The forum has not adopted criteria for this stage yet."))
    fault = scoring.faults_to_adopt(criteria.as_texts(criteria.criteria_of(work.session, found.id)))
    if fault:
        raise Conflict(fault)
    return found


def _voting_seats(work: Work, body: DecidingBody) -> int:
    voting = seats.count_voting(work.session, body.id)
    if not voting:
        raise Conflict(T("The forum has no seat that votes yet."))
    return voting


def close_round(work: Work, process: Process, found: Round) -> None:
    """Close a round, draw the number for ties, unseal what was scored, and have it counted. Office, chair, the clock.

    The seats that vote and the criteria are those of its opening; it is refused if the criteria are not.

    Refused before its end, for everybody, while a sheet is missing: who closed early would choose the result. Once
    every seat that votes has handed in or stands aside on everything, there is nothing left to wait for.
    """
    if work.actor.kind is not ActorKind.SYSTEM:
        work.require(Permission.RECORD_SESSION, process.id)
    after = ROUND.after(found.state, "close")
    require_same_criteria(work.session, found)
    if not owed.may_close(work.session, found, work.now):
        if found.follows_id is not None:
            raise NotNow(T("A round of discussion closes when its time has passed."), None, found.closes_at)
        missing = owed.count_missing(work.session, found, work.now)
        text = Tn("{count} score sheet is still missing.", "{count} score sheets are still missing.", missing)
        raise NotNow(T("Before its end a round closes only when all is in. {what}", what=text), None, found.closes_at)
    announced = found.closes_at
    found.state, found.closed_at, found.closes_at = after, work.now, min(announced, work.now)
    found.draw_seed = ids.new_token()
    found.left_suspected = len(open_suspicions(work.session, found, work.now))
    work.session.flush()
    work.record(
        "round.closed",
        found.subject,
        unseals=found.seal,
        announced=instant(announced),
        draw=found.draw_seed,
        voting_seats=found.voting_seats,
        sheets=len(rounds.done_in(work.session, found)),
        suspected=found.left_suspected,
    )
    ask_count(work, found)


def close_due_rounds(work: Work) -> None:
    """Close every round whose time has passed: what the worker does by the clock.

    One whose criteria were changed stays open, and the log says so until somebody finds out who changed them.
    """
    for found in rounds.due_to_close(work.session, work.now):
        process = work.session.get(Process, found.process_id)
        if process is not None:
            try:
                close_round(work, process, found)
            except Conflict:
                log.exception("forum: a round cannot be closed", round=str(found.id))
