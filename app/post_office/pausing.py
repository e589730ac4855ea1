"""Holding letters back and letting them go on: of a stage, of a process, or of the whole installation.

Whoever may approve answers holds back those of their process; only an administrator holds back everything.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select

from app.kit import db, ids
from app.kit.errors import Conflict, Invalid, WrongState
from app.kit.i18n import T
from app.mail import pausing
from app.mail.models import SendingPause
from app.people.rules import Permission
from app.work.transaction import Subject, Work

SHORTEST_REASON = 10
LONGEST_REASON = 500
EVERYTHING = Subject("sending:everything", uuid.UUID(int=0), None)


@dataclass(frozen=True)
class Scope:
    """What is held back: a stage, a process, or without either everything; `subject` is how the trail names it."""

    process_id: uuid.UUID | None = None
    stage_id: uuid.UUID | None = None
    subject: Subject = EVERYTHING

    @property
    def name(self) -> str:
        """How the row names it."""
        return pausing.scope_of(self.process_id, self.stage_id)

    @property
    def permission(self) -> Permission:
        """What one has to be allowed to do."""
        return Permission.APPROVE_ANSWERS if self.process_id else Permission.SWITCH_MAIL


def pause(work: Work, scope: Scope, reason: str, *, has_sign_ins: bool = False) -> None:
    """Hold back what this names until somebody says go on; refused while it is held back already.

    Sign-in links only wait when everything does and it is said.
    """
    work.require(scope.permission, scope.process_id)
    reason = because(reason)
    role = work.actor.role_for(scope.permission, scope.process_id)
    row = {
        "id": ids.new_id(),
        "scope": scope.name,
        "process_id": scope.process_id,
        "stage_id": scope.stage_id,
        "has_sign_ins": has_sign_ins and scope.process_id is None,
        "reason": reason,
        "by_role": str(role or ""),
        "begun_at": work.now,
    }
    put = db.upsert(work.session, SendingPause).values(row).on_conflict_do_nothing().returning(SendingPause.id)
    if work.session.execute(put).first() is None:
        raise Conflict(T("Sending is paused here already. Load the page again."))
    more = {"sign_ins": True} if row["has_sign_ins"] else {}
    work.record("sending.paused", scope.subject, private={"reason": reason}, **more)


def go_on(work: Work, scope: Scope, reason: str) -> None:
    """Let leave what was held back; refused when it is not."""
    work.require(scope.permission, scope.process_id)
    reason = because(reason)
    end(work, scope)
    work.record("sending.went_on", scope.subject, private={"reason": reason})


def end(work: Work, scope: Scope, *, is_stopped: bool = False) -> None:
    """Close the pause that stands; refused when there is none."""
    row = standing(work, scope)
    if row is None:
        raise WrongState(T("Sending is not paused here. Load the page again."), "sending", ["pause"])
    row.ended_at, row.is_stopped = work.now, is_stopped


def standing(work: Work, scope: Scope) -> SendingPause | None:
    """The pause of exactly this, held against somebody else who ends it."""
    wanted = select(SendingPause).where(SendingPause.scope == scope.name, SendingPause.ended_at.is_(None))
    return work.session.scalars(wanted.with_for_update()).one_or_none()


def because(reason: str) -> str:
    """Why, as somebody wrote it; one sentence at least."""
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise Invalid(reason=T("Say why in one sentence; it stays in the history."))
    if len(reason) > LONGEST_REASON:
        raise Invalid(reason=T("This is too long: at most {n} characters.", n=LONGEST_REASON))
    return reason
