"""Rounds close by the clock or when all is in, and only then is unsealed what was scored."""

from __future__ import annotations

import structlog

from app.forum.actions.counting import ask_count
from app.forum.models import Round
from app.forum.queries import owed, rounds
from app.forum.queries.freezing import require_same_criteria
from app.forum.queries.suspicions import open_suspicions
from app.forum.rules.scoring import ROUND
from app.kit import ids
from app.kit.errors import Conflict, NotNow
from app.kit.i18n import T, Tn
from app.people.actor import ActorKind
from app.people.rules import Permission
from app.process.models import Process
from app.trail.rules import instant
from app.work import Work

log = structlog.get_logger("minga.forum")


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
