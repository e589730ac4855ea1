"""How a draft becomes part of the plan: with the published decision on its proposals, or by an act with a reason."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.commitments.actions.bodies import locked, require_running
from app.commitments.actions.drafting import why_in_words
from app.commitments.models import Commitment, CommitmentSource
from app.commitments.queries import commitments as queries
from app.commitments.rules import plan as rules
from app.commitments.rules.plan import Standing
from app.kit.errors import Invalid
from app.kit.i18n import T
from app.people.rules import Permission
from app.process.kinds import StageKind
from app.process.models import Process, Stage
from app.proposals.models import Proposal
from app.proposals.rules import State
from app.work import Work


@dataclass(frozen=True)
class Despite:
    """The public reasons of an act: why it does not come from the consultation, why it enters although parts lack."""

    not_from_the_consultation: str = ""
    missing: str = ""


def enter(work: Work, process: Process, commitment: Commitment, why: Despite) -> Commitment:
    """Make a draft part of the plan by an act of the office.

    Without a proposal that the plan's decision committed it needs a public reason, and stays marked "does not come
    from the consultation". Where the check of verifiability names something missing it needs another, and both show.
    """
    work.require(Permission.WRITE_COMMITMENTS, process.id)
    require_running(process)
    commitment = locked(work, commitment)
    state = rules.COMMITMENT.after(commitment.state, "enter")
    committed = _committed(work, commitment)
    faults = {}
    outside = "" if committed else why.not_from_the_consultation.strip()
    if not committed and len(outside) < rules.SHORTEST_REASON:
        faults["not_from_the_consultation"] = why_in_words()
    lacks = queries.missing_of(work.session, commitment, work.now)
    if lacks and len(why.missing.strip()) < rules.SHORTEST_REASON:
        faults["missing"] = T("Parts are missing. Complete them, or write why it enters the plan without them.")
    if faults:
        raise Invalid(**faults)
    commitment.not_from_the_consultation = outside
    commitment.entered_despite = why.missing.strip() if lacks else ""
    because = f"proposal:{committed[0].folio}" if committed else None
    _enter(work, commitment, state, because)
    return commitment


def _enter(work: Work, commitment: Commitment, state: Standing, because: str | None) -> None:
    commitment.state, commitment.entered_at = state, work.now
    work.record(
        "commitment.entered",
        commitment.subject,
        because=because,
        title=commitment.title_es,
        not_from_the_consultation=commitment.not_from_the_consultation,
        entered_despite=commitment.entered_despite,
        missing=len(queries.missing_of(work.session, commitment, work.now)),
    )


def _committed(work: Work, commitment: Commitment) -> list[Proposal]:
    """The proposals behind it on which the plan's decision was published in its favour."""
    wanted = (CommitmentSource.commitment_id == commitment.id, Proposal.state == State.COMMITTED)
    joined = select(Proposal).join(CommitmentSource, CommitmentSource.proposal_id == Proposal.id)
    return list(work.session.scalars(joined.where(*wanted).order_by(Proposal.number)))


def enter_decided(work: Work, process: Process, stage: Stage) -> None:
    """Make part of the plan, in the transaction that publishes its decisions, every draft a proposal of which was
    committed. What its text still lacks holds nothing up: it shows on its page.
    """
    if stage.kind is not StageKind.PLAN:
        return
    drafts = (Commitment.process_id == process.id, Commitment.state == Standing.DRAFT)
    held = select(Commitment).where(*drafts).order_by(Commitment.number).with_for_update()
    for commitment in work.session.scalars(held).all():
        committed = _committed(work, commitment)
        if committed:
            state = rules.COMMITMENT.after(commitment.state, "enter")
            _enter(work, commitment, state, f"proposal:{committed[0].folio}")


def drop(work: Work, process: Process, commitment: Commitment, reason: str) -> None:
    """Give up a draft; its number is not used again. Office only."""
    work.require(Permission.WRITE_COMMITMENTS, process.id)
    require_running(process)
    commitment = locked(work, commitment)
    state = rules.COMMITMENT.after(commitment.state, "drop")
    if len(reason.strip()) < rules.SHORTEST_REASON:
        raise Invalid(drop_reason=why_in_words())
    commitment.state = state
    work.record("commitment.dropped", commitment.subject, reason=reason.strip())
