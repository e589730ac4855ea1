"""Taking a decision: a row with its reason, sealed in the trail until the stage's decisions are published together."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.decisions import queries, rules
from app.decisions.actions.bodies import body_for
from app.decisions.models import DecidingBody, Decision, Undecided
from app.decisions.rules import BodyKind, Outcome, RuleSays, publication_seal
from app.kit import ids
from app.kit.errors import Conflict, Invalid, NotFound, NotNow, WrongState
from app.kit.i18n import T, Text
from app.people.rules import Permission
from app.process.kinds import DECIDING
from app.process.models import Process, Stage
from app.process.rules import WindowStatus
from app.proposals.models import Proposal
from app.proposals.rules import JOURNEY, Precision, Provenance
from app.work import Work


@dataclass(frozen=True)
class Verdict:
    """What is decided about one proposal, with the reason the public and the author will read."""

    outcome: str
    reason: str
    reason_codes: tuple[str, ...] = ()
    what_next: str = ""
    override_reason: str = ""
    session_id: uuid.UUID | None = None
    session_name: str = ""
    act_number: str = ""
    act_on: date | None = None
    decided_at: datetime | None = None
    decided_to_the: Precision = Precision.INSTANT
    provenance: Provenance = Provenance.NATIVE
    followed: bool = False
    """Of a decision of elsewhere: whether it is told that it followed the body's rule."""


def decide(work: Work, process: Process, stage: Stage, proposal: Proposal, verdict: Verdict) -> Decision:
    """Take the office's own decision, or write down a council's act (number and date). Office only.

    A forum decides through its own session; see `forum`.
    """
    work.require(Permission.DECIDE, process.id)
    body = body_for(work, process, stage)
    if body.kind is BodyKind.FORUM:
        raise Conflict(T("The forum decides in one of its sessions, not on this page."))
    if body.kind is BodyKind.COUNCIL and (not verdict.act_number or verdict.act_on is None):
        act = {"act_number": T("Write the number and the date of the council's act.")}
        raise Invalid(**act, **_faults(stage, verdict, _rule(work, stage, proposal)))
    return take(work, process, stage, proposal, (body, verdict))


def take(
    work: Work, process: Process, stage: Stage, proposal: Proposal, taken: tuple[DecidingBody, Verdict]
) -> Decision:
    """Write a decision down, unpublished; the caller has asked who may.

    Refused before the stage opens, where the proposal's state does not allow the outcome, where the body lacked a
    quorum, without a reason (an imported decision may say that none was published), and against the body's own rule
    without a public reason for leaving it; of what was decided elsewhere our rule says nothing. It holds the
    version of the text it was taken on. A later version supersedes an earlier one, until a later stage has decided.
    """
    body, verdict = taken
    _when(process, stage, work.now)
    says = _rule(work, stage, proposal) if verdict.provenance is Provenance.NATIVE else RuleSays()
    outcome = _checked(stage, verdict, says)
    earlier = queries.current(work.session, stage.id, proposal.id)
    _in_which_state(work, stage, proposal, outcome, earlier)
    if earlier is not None:
        earlier.is_current = False
        work.session.flush()
    decision = _written(work, stage, proposal, body, verdict)
    decision.version = earlier.version + 1 if earlier else 1
    decision.supersedes_id = earlier.id if earlier else None
    decision.follows_rule = says.outcome == outcome if says.outcome else _told(verdict)
    work.session.add(decision)
    seal = publication_seal(stage.slug, queries.last_edition(work.session, stage.id) + 1)
    _record(work, stage, body, (decision, proposal), seal)
    return decision


def _told(verdict: Verdict) -> bool | None:
    """Whether a decision of elsewhere followed its rule: it did not where a reason is told for leaving it."""
    if verdict.provenance is Provenance.NATIVE:
        return None
    return False if verdict.override_reason.strip() else verdict.followed or None


def take_by_rule(
    work: Work, process: Process, stage: Stage, body: DecidingBody, taken: Sequence[tuple[Proposal, Verdict]]
) -> list[Decision]:
    """Write down the first decision on many proposals at once, each as the body's rule says, in few statements.

    The caller has asked who may, and what the rule says of each. Refused as a whole where one is not open any more.
    """
    _when(process, stage, work.now)
    still_open = {proposal.id for proposal in queries.open_at(work.session, stage, work.now)}
    seal = publication_seal(stage.slug, queries.last_edition(work.session, stage.id) + 1)
    made = []
    for proposal, verdict in taken:
        outcome = _checked(stage, verdict, RuleSays(Outcome(verdict.outcome)))
        if proposal.id not in still_open or not JOURNEY.may(proposal.state, rules.MOVE_OF[outcome]):
            raise Conflict(T("There is a decision on {folio} already, or it is not owed here.", folio=proposal.folio))
        decision = _written(work, stage, proposal, body, verdict)
        decision.version, decision.follows_rule = 1, True
        _record(work, stage, body, (decision, proposal), seal)
        made.append(decision)
    work.session.add_all(made)
    work.session.flush()
    return made


def _record(work: Work, stage: Stage, body: DecidingBody, taken: tuple[Decision, Proposal], seal: str) -> None:
    decision, proposal = taken
    work.record(
        "decision.taken",
        proposal.subject,
        because=f"decision:{decision.id}",
        sealed_by=seal,
        stage=stage.slug,
        body=body.slug,
        outcome=decision.outcome.value,
        reason=decision.reason,
        reason_codes=list(decision.reason_codes),
        version=decision.version,
        text_version=decision.text_version,
        provenance=decision.provenance.value,
    )


def note_undecided(work: Work, process: Process, stage: Stage, proposal: Proposal, reason: str) -> Undecided:
    """Say publicly that a stage leaves a proposal undecided, and why. Office only."""
    work.require(Permission.DECIDE, process.id)
    if len(reason.strip()) < rules.SHORTEST_REASON:
        raise Invalid(reason=T("Write the public reason in at least one short sentence."))
    if queries.current(work.session, stage.id, proposal.id) is not None:
        raise Conflict(T("There is a decision on this proposal already."))
    row = Undecided(
        id=ids.new_id(),
        process_id=process.id,
        stage_id=stage.id,
        proposal_id=proposal.id,
        reason=reason.strip(),
        at=work.now,
    )
    work.session.add(row)
    work.record(
        "proposal.left_undecided", proposal.subject, because=f"undecided:{row.id}", stage=stage.slug, reason=row.reason
    )
    return row


def _when(process: Process, stage: Stage, now: datetime) -> None:
    if stage.kind not in DECIDING:
        raise NotFound
    if process.ended_at or process.paused_at:
        raise NotNow(T("This process is not running at the moment."))
    if stage.concluded_at:
        raise NotNow(T("This stage is concluded."), stage.opens_at, stage.closes_at)
    if stage.window.status(now) is WindowStatus.SCHEDULED:
        raise NotNow(T("This stage has not opened yet."), stage.opens_at, stage.closes_at)


def _rule(work: Work, stage: Stage, proposal: Proposal) -> RuleSays:
    return queries.rule_says(work.session, stage, proposal)


def _checked(stage: Stage, verdict: Verdict, says: RuleSays) -> Outcome:
    faults = _faults(stage, verdict, says)
    if faults:
        raise Invalid(**faults)
    if not says.has_quorum:
        raise Conflict(says.explained or T("There was no quorum for this proposal, so it cannot be decided."))
    return Outcome(verdict.outcome)


def _faults(stage: Stage, verdict: Verdict, says: RuleSays) -> dict[str, Text]:
    """Everything that is missing or does not fit, at once."""
    faults: dict[str, Text] = {}
    is_known = verdict.outcome in rules.GATES[stage.kind].outcomes
    if not is_known:
        faults["outcome"] = T("Choose what is decided.")
    silent = not verdict.reason.strip()
    if silent and verdict.provenance is Provenance.NATIVE:
        faults["reason"] = T("Write the reason. The author and the public will read it.")
    elif not silent and len(verdict.reason.strip()) < rules.SHORTEST_REASON and verdict.provenance is Provenance.NATIVE:
        faults["reason"] = T("Write the reason in at least one short sentence.")
    elif len(verdict.reason) > rules.LONGEST_REASON:
        faults["reason"] = T("This is too long: at most {n} characters.", n=rules.LONGEST_REASON)
    if not set(verdict.reason_codes) <= rules.REASON_CODES.keys():
        faults["reason_codes"] = T("Choose among the listed kinds of reasons.")
    leaves = is_known and says.outcome is not None and says.outcome != verdict.outcome
    if leaves and len(verdict.override_reason.strip()) < rules.SHORTEST_REASON:
        faults["override_reason"] = T("This leaves the rule of the body. Write the public reason for leaving it.")
    return faults


def _in_which_state(work: Work, stage: Stage, proposal: Proposal, outcome: Outcome, earlier: Decision | None) -> None:
    """A first decision needs a legal move; a superseding one starts from its outcome, until a later stage decided."""
    if earlier is not None and earlier.published_at is not None:
        if queries.is_decided_later(work.session, stage, proposal.id):
            raise Conflict(T("A later stage has already decided on this proposal, so this decision stays as it is."))
        return
    move = rules.MOVE_OF[outcome]
    if queries.has_to_wait(work.session, stage, proposal, work.now):
        raise Conflict(T("An earlier stage has still to decide on this proposal."))
    if not JOURNEY.may(proposal.state, move):
        raise WrongState(
            T("This proposal cannot be decided on in the step it is in."),
            proposal.state.value,
            JOURNEY.moves_from(proposal.state),
        )


def _written(work: Work, stage: Stage, proposal: Proposal, body: DecidingBody, verdict: Verdict) -> Decision:
    return Decision(
        id=ids.new_id(),
        process_id=stage.process_id,
        stage_id=stage.id,
        proposal_id=proposal.id,
        text_version=proposal.revision,
        body_id=body.id,
        outcome=Outcome(verdict.outcome),
        reason=verdict.reason.strip(),
        reason_codes=list(verdict.reason_codes),
        what_next=verdict.what_next.strip(),
        override_reason=verdict.override_reason.strip(),
        session_id=verdict.session_id,
        session_name=verdict.session_name,
        act_number=verdict.act_number,
        act_on=verdict.act_on,
        provenance=verdict.provenance,
        decided_at=verdict.decided_at or work.now,
        decided_to_the=verdict.decided_to_the,
    )
