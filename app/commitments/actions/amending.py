"""Milestones and their amendments: each is a version with its reason, who approved it and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from app.commitments.actions.bodies import locked, require_running, told, too_long
from app.commitments.actions.drafting import not_any_more, why_in_words
from app.commitments.models import Commitment, Milestone, MilestoneVersion
from app.commitments.queries import commitments as queries
from app.commitments.rules import plan as rules
from app.commitments.rules.milestones import LONGEST_POST, MOST_MILESTONES, PRECISIONS
from app.commitments.rules.plan import PUBLIC, Standing
from app.kit import ids
from app.kit.errors import Conflict, Invalid
from app.kit.i18n import T, Text
from app.people.rules import Permission
from app.process.models import Process
from app.proposals.rules import Precision
from app.work import Work


@dataclass(frozen=True)
class SetMilestone:
    """What a milestone says; the post that answers for it, never a person."""

    title: str
    deliverable: str = ""
    means: str = ""
    post: str = ""
    involves_public: bool = False
    starts_on: date | None = None
    due_on: date | None = None
    due_to_the: str = Precision.DAY.value
    is_dropped: bool = False
    reason: str = ""
    approver: str = ""
    approved_on: date | None = None


def add_milestone(work: Work, process: Process, commitment: Commitment, wish: SetMilestone) -> Milestone:
    """Add a milestone. Office only; once the commitment is in the plan this is an amendment of it."""
    work.require(Permission.WRITE_COMMITMENTS, process.id)
    require_running(process)
    commitment = locked(work, commitment)
    _may_be_changed(commitment)
    _check(wish, is_amendment=commitment.state in PUBLIC)
    here = Milestone.commitment_id == commitment.id
    number = (work.session.scalar(select(func.max(Milestone.number)).where(here)) or 0) + 1
    if number > MOST_MILESTONES:
        raise Conflict(T("There are {n} milestones already.", n=MOST_MILESTONES))
    milestone = Milestone(id=ids.new_id(), commitment_id=commitment.id, number=number, current=1)
    work.session.add(milestone)
    _write(work, milestone, wish)
    facts = told(commitment, milestone=number, title=milestone_title(wish), **_because(wish))
    work.record("milestone.added", commitment.subject, **facts)
    return milestone


def amend_milestone(work: Work, process: Process, commitment: Commitment, number: int, wish: SetMilestone) -> Milestone:
    """Write another version of a milestone, or give it up; what was reported stays with the version it was about.

    Office only. In the plan it needs a reason, who approved it and when; in a draft it needs neither.
    """
    work.require(Permission.WRITE_COMMITMENTS, process.id)
    require_running(process)
    commitment = locked(work, commitment)
    _may_be_changed(commitment)
    milestone, newest = queries.milestone_numbered(work.session, commitment.id, number)
    if newest.is_dropped:
        raise Conflict(T("This milestone was given up."))
    _check(wish, is_amendment=commitment.state in PUBLIC)
    milestone.current += 1
    _write(work, milestone, wish)
    verb = "milestone.dropped" if wish.is_dropped else "milestone.amended"
    version = milestone.current
    facts = told(commitment, milestone=number, version=version, title=milestone_title(wish), **_because(wish))
    work.record(verb, commitment.subject, **facts)
    return milestone


def _may_be_changed(commitment: Commitment) -> None:
    if commitment.state not in {Standing.DRAFT, Standing.IN_PLAN}:
        raise not_any_more(commitment)


def milestone_title(wish: SetMilestone) -> str:
    """Its title on one line."""
    return " ".join(wish.title.split())


def _because(wish: SetMilestone) -> dict[str, str]:
    approved_on = wish.approved_on.isoformat() if wish.approved_on else ""
    return {"reason": wish.reason.strip(), "approver": wish.approver.strip(), "approved_on": approved_on}


def _check(wish: SetMilestone, *, is_amendment: bool) -> None:
    faults = _faults(wish)
    if is_amendment:
        faults |= _faults_of_amendment(wish)
    if faults:
        raise Invalid(**faults)


def _faults(wish: SetMilestone) -> dict[str, Text]:
    longest = {"title": 400, "post": LONGEST_POST, "approver": 200}
    longest |= dict.fromkeys(("deliverable", "means", "reason"), rules.LONGEST_REASON)
    faults: dict[str, Text] = {name: too_long(n) for name, n in longest.items() if len(getattr(wish, name)) > n}
    if not wish.title.strip():
        faults["title"] = T("Write what the milestone is.")
    if "@" in wish.post:
        faults["post"] = T("Write the post, not the address of a person: it is public.")
    if wish.due_to_the not in {str(one) for one in PRECISIONS}:
        faults["due_to_the"] = T("Choose how exactly the date is known.")
    if wish.starts_on and wish.due_on and wish.due_on < wish.starts_on:
        faults["due_on"] = T("The end must come after the beginning.")
    return faults


def _faults_of_amendment(wish: SetMilestone) -> dict[str, Text]:
    faults: dict[str, Text] = {}
    if len(wish.reason.strip()) < rules.SHORTEST_REASON:
        faults["reason"] = why_in_words()
    if not wish.approver.strip():
        faults["approver"] = T("Write which body or post approved the change.")
    if wish.approved_on is None:
        faults["approved_on"] = T("Write when it was approved.")
    return faults


def _write(work: Work, milestone: Milestone, wish: SetMilestone) -> None:
    work.session.add(
        MilestoneVersion(
            milestone_id=milestone.id,
            number=milestone.current,
            title=milestone_title(wish),
            deliverable=wish.deliverable.strip(),
            means=wish.means.strip(),
            post=" ".join(wish.post.split()),
            involves_public=wish.involves_public,
            starts_on=wish.starts_on,
            due_on=wish.due_on,
            due_to_the=Precision(wish.due_to_the),
            is_dropped=wish.is_dropped,
            reason=wish.reason.strip(),
            approver=wish.approver.strip(),
            approved_on=wish.approved_on,
            at=work.now,
        )
    )
    work.session.flush()
