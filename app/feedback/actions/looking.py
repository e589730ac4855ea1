"""Many letters at once: the first twenty leave, the rest wait until a person has looked; and all that is taken back.

Approving, letting go on and taking back hold the row of the stage, so that two officials do them one after another.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, update

from app.feedback import looks
from app.feedback.actions.rights import for_its_own_decisions
from app.feedback.looks import NOT_YET, UNSENT
from app.feedback.models import FirstLook, Letter
from app.feedback.rules import FIRST, LETTER, LetterState
from app.kit import ids
from app.kit.errors import Conflict, WrongState
from app.kit.i18n import T
from app.mail import moves
from app.mail.models import OutboxMessage
from app.mail.rules import OutboxState
from app.people.rules import Permission
from app.post_office import pausing
from app.post_office.pausing import Scope
from app.process.models import Process, Stage
from app.work import Work

SOME = 400


@dataclass(frozen=True)
class Share:
    """How many of the letters approved now leave at once; the look for which the rest waits, and whether it is new."""

    at_once: int
    look: FirstLook | None = None
    is_new: bool = False


def hold(work: Work, *stages: uuid.UUID) -> None:
    """Hold these stages against whoever approves, lets go on or takes back at the same moment."""
    wanted = select(Stage.id).where(Stage.id.in_(stages)).order_by(Stage.id)
    work.session.execute(wanted.with_for_update(key_share=True))


def share(work: Work, stage: Stage, mailed: int, since: datetime | None) -> Share:
    """How many of so many letters leave at once: all of up to twenty, the first twenty of more, none while some wait.

    What belongs to the same job, begun at `since`, leaves whole once somebody has looked at its first.
    """
    latest = looks.latest(work.session, stage.id)
    if latest is not None and latest.ended_at is None:
        return Share(0, latest)
    has_been_looked_at = since is not None and latest is not None and latest.begun_at >= since
    if mailed <= FIRST or has_been_looked_at:
        return Share(mailed)
    look = FirstLook(id=ids.new_id(), process_id=stage.process_id, stage_id=stage.id, letters=[], begun_at=work.now)
    work.session.add(look)
    return Share(FIRST, look, is_new=True)


def let_rest_go(work: Work, process: Process, stage: Stage) -> int:
    """Let the other letters leave, having looked at what became of the first; gives how many. Whoever may approve.

    Refused while none of the first has left: there is nothing to look at yet.
    """
    work.require(Permission.APPROVE_ANSWERS, process.id)
    for_its_own_decisions(work, process, stage)
    hold(work, stage.id)
    look = looks.latest(work.session, stage.id)
    if look is None or look.ended_at is not None:
        raise WrongState(T("No letter waits for a look here. Load the page again."), "sending", ["pause"])
    first = looks.states_of(work.session, look)
    if first and NOT_YET.issuperset(first):
        raise Conflict(T("None of the first letters has left yet. Wait until you see what became of them."))
    of_stage = OutboxMessage.id.in_(select(Letter.outbox_message_id).where(Letter.stage_id == stage.id))
    gone = moves.move_all(work.session, of_stage, OutboxState.DRAFT, "release", next_try_at=work.now)
    look.ended_at = work.now
    work.record("answer.looked_at", stage.subject, stage=stage.slug, first=len(look.letters), letters=gone)
    return gone


def stop(work: Work, process: Process, stage: Stage | None, reason: str) -> int:
    """Take back every answer of a stage, or of the process, that has not left; gives how many. Whoever may approve.

    The letters are drafts again and what was owed stays owed. Refused unless sending is paused or waits for a look,
    and while a worker has one of them in its hands.
    """
    work.require(Permission.APPROVE_ANSWERS, process.id)
    for_its_own_decisions(work, process, stage)
    reason = pausing.because(reason)
    scope = scope_of(process, stage)
    stages = [stage.id] if stage else looks.stages_of(work.session, process.id)
    hold(work, *stages)
    opened = looks.open_in(work.session, stages)
    pause = pausing.standing(work, scope)
    if pause is None and not (stage and (opened or looks.is_paused(work.session, process.id, stage.id))):
        raise WrongState(T("Pause the sending first: then see what has left, and take back the rest."), "sending", [])
    taken = _take_back(work, Letter.stage_id.in_(stages))
    for one in (*opened, *((pause,) if pause else ())):
        one.ended_at, one.is_stopped = work.now, True
    work.record("sending.stopped", scope.subject, letters=taken, private={"reason": reason})
    return taken


def scope_of(process: Process, stage: Stage | None) -> Scope:
    """What is paused: the answers of a stage, or all of a process."""
    if stage is not None:
        return Scope(process.id, stage.id, stage.subject)
    return Scope(process.id, None, process.subject)


def pause(work: Work, process: Process, stage: Stage | None, reason: str) -> None:
    """Hold back the answers of a stage, or all answers and letters about meetings of a process."""
    for_its_own_decisions(work, process, stage)
    pausing.pause(work, scope_of(process, stage), reason)


def go_on(work: Work, process: Process, stage: Stage | None, reason: str) -> None:
    """Let leave what was held back."""
    for_its_own_decisions(work, process, stage)
    pausing.go_on(work, scope_of(process, stage), reason)


def _take_back(work: Work, which: ColumnElement[bool]) -> int:
    carried = (Letter.outbox_message_id == OutboxMessage.id, Letter.state == LetterState.APPROVED, which)
    unsent = select(OutboxMessage.id, Letter.id).join(Letter, Letter.outbox_message_id == OutboxMessage.id)
    unsent = unsent.where(*carried, OutboxMessage.state.in_(UNSENT)).order_by(OutboxMessage.id)
    rows = work.session.execute(unsent.with_for_update(of=OutboxMessage)).all()
    in_hand = select(OutboxMessage.id).join(Letter, Letter.outbox_message_id == OutboxMessage.id)
    claimed = in_hand.where(*carried, OutboxMessage.state == OutboxState.CLAIMED).limit(1)
    if work.session.execute(claimed).first() is not None:
        raise Conflict(T("A letter is in a worker's hands at this moment. Try again in a minute."))
    for start in range(0, len(rows), SOME):
        _take_back_some(work, rows[start : start + SOME])
    work.session.expire_all()
    return len(rows)


def _take_back_some(work: Work, rows: Sequence[tuple[uuid.UUID, uuid.UUID]]) -> None:
    of_these = OutboxMessage.id.in_([message for message, _ in rows])
    for state in UNSENT:
        moves.move_all(work.session, of_these, state, "cancel")
    again = {"outbox_message_id": None, "approved_by": None, "approved_at": None, "is_lone_approval": False}
    statement = update(Letter).where(Letter.id.in_([letter for _, letter in rows]))
    statement = statement.values(
        state=LETTER.after(LetterState.APPROVED, "reopen"), version=Letter.version + 1, **again
    )
    work.session.execute(statement.execution_options(synchronize_session=False))
