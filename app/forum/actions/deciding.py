"""The forum's own decisions: in a session with a quorum, without the seats that stand aside, each with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from app.decisions import actions as decisions
from app.decisions.actions import Verdict
from app.decisions.models import DecidingBody, Decision
from app.decisions.rules import OUTCOME_WORDS, SHORTEST_REASON, BodyKind, Outcome
from app.forum.actions.meeting import require_held, require_quorum
from app.forum.models import Doubt, ForumSession
from app.forum.queries import deciding as queries
from app.forum.queries import rapporteur
from app.forum.queries.by_rule import sort_out
from app.forum.queries.deciding import Draft
from app.forum.queries.standing import Standings
from app.forum.rules.results import RoundVerdict
from app.kit import ids
from app.kit.errors import Conflict, Invalid
from app.kit.i18n import T, Text
from app.people.rules import Permission
from app.process.kinds import FilterMethod
from app.process.models import Process, Stage
from app.proposals.models import Proposal
from app.work import Work

DOUBTFUL = "doubtful"
AT_MOST = 100


@dataclass(frozen=True)
class Line:
    """What a session said of one proposal on its way down the list: yes, reserve, no or doubtful, and why."""

    folio: str
    outcome: str
    reason: str
    reason_codes: tuple[str, ...] = ()
    override_reason: str = ""
    what_next: str = ""


def decide(
    work: Work, process: Process, stage: Stage, proposal: Proposal, taken: tuple[ForumSession, Verdict]
) -> Decision:
    """Take the forum's decision on one proposal in a session that is being held. Office or chair record it.

    Those present who do not stand aside on this proposal must still hold the quorum; where they do not, alternates
    enter, else the rest decides if both sides are there, else with somebody named from outside. Leaving the rule of
    the score sheets needs its own public reason.
    """
    work.require(Permission.RECORD_SESSION, process.id)
    meeting, verdict = taken
    body = _forum_of_stage(work, process, stage, meeting)
    _require_standing(work, meeting, stage, proposal)
    named = replace(verdict, session_id=meeting.id, session_name=queries.session_name(meeting, process.language))
    return decisions.take(work, process, stage, proposal, (body, named))


def _require_standing(work: Work, meeting: ForumSession, stage: Stage, proposal: Proposal) -> None:
    """Refuse, in words that say what to do, a decision for which those who stand aside leave too few."""
    require_held(meeting)
    standing = Standings(work.session, meeting, stage.id).on(proposal.id)
    if not standing.holds:
        raise Conflict(standing.explained)


def _forum_of_stage(work: Work, process: Process, stage: Stage, meeting: ForumSession) -> DecidingBody:
    body = decisions.body_for(work, process, stage)
    if body.kind is not BodyKind.FORUM or body.id != meeting.body_id:
        raise Conflict(T("Another body decides at this stage."))
    return body


def decide_in_session(
    work: Work, process: Process, stage: Stage, meeting: ForumSession, lines: Sequence[Line]
) -> list[Decision]:
    """Write down what a session decided going down the list, all lines or none. Office or chair.

    What is doubtful is noted with what has to be found out, and stays undecided until the forum returns to it.
    """
    work.require(Permission.RECORD_SESSION, process.id)
    if not lines:
        raise Invalid(outcome=T("Choose what is decided."))
    if len(lines) > AT_MOST:
        raise Invalid(outcome=T("Write down at most {n} at once.", n=AT_MOST))
    taken, faults = [], {}
    for line in lines:
        proposal = _by_folio(work, process, line.folio)
        try:
            _require_fitting(process, line)
            if line.outcome == DOUBTFUL:
                _note_doubt(work, process, stage, proposal, (meeting, line.reason))
            else:
                codes = tuple(dict.fromkeys(line.reason_codes))
                verdict = Verdict(line.outcome, line.reason, codes, line.what_next, line.override_reason)
                taken.append(decide(work, process, stage, proposal, (meeting, verdict)))
        except Invalid as invalid:
            faults.update({f"{name}-{line.folio}": text for name, text in invalid.fields.items()})
        except Conflict as conflict:
            raise Conflict(T("{folio}: {why}", folio=line.folio, why=conflict.text)) from None
    if faults:
        raise Invalid(**faults)
    return taken


def _require_fitting(process: Process, line: Line) -> None:
    """Refuse a reason that still begins with another outcome: a draft for what the rule says, left as it was."""
    begins = (OUTCOME_WORDS[other].into(process.language) for other in Outcome if other.value != line.outcome)
    if any(line.reason.startswith(f"{words}.") for words in begins):
        raise Invalid(
            reason=T("The reason begins with another outcome than the one chosen. Write it for what was decided.")
        )


def _by_folio(work: Work, process: Process, folio: str) -> Proposal:
    wanted = (Proposal.process_id == process.id, Proposal.folio == folio)
    proposal = work.session.scalars(select(Proposal).where(*wanted)).one_or_none()
    if proposal is None:
        raise Invalid(**{f"outcome-{folio}": T("There is no proposal of this folio.")})
    return proposal


def _note_doubt(
    work: Work, process: Process, stage: Stage, proposal: Proposal, noted: tuple[ForumSession, str]
) -> Doubt:
    meeting, note = noted
    _forum_of_stage(work, process, stage, meeting)
    _require_standing(work, meeting, stage, proposal)
    if len(note.strip()) < SHORTEST_REASON:
        raise Invalid(reason=T("Write what has to be found out, in at least one short sentence."))
    wanted = (Doubt.session_id == meeting.id, Doubt.stage_id == stage.id, Doubt.proposal_id == proposal.id)
    doubt = work.session.scalars(select(Doubt).where(*wanted)).one_or_none()
    if doubt is None:
        doubt = Doubt(id=ids.new_id(), session_id=meeting.id, stage_id=stage.id, proposal_id=proposal.id)
        work.session.add(doubt)
    doubt.note, doubt.at = note.strip(), work.now
    work.record("proposal.left_in_doubt", proposal.subject, because=f"session:{meeting.number}", stage=stage.slug)
    work.session.flush()
    return doubt


def follow_the_rule(work: Work, process: Process, stage: Stage, meeting: ForumSession, counted: str) -> list[Decision]:
    """Decide as the rule says on every open proposal of a stage that nobody has to look at. Office or chair.

    `counted` are the numbers the person confirmed: when they are no longer so, nothing is decided. The reasons are
    those a rapporteur wrote, else assembled from the criteria's own words; what members wrote goes in only where
    somebody edits it.
    """
    work.require(Permission.RECORD_SESSION, process.id)
    if stage.settings.get("method") != FilterMethod.SCORE_SHEETS:
        raise Conflict(T("This stage is not decided by score sheets."))
    body = _forum_of_stage(work, process, stage, meeting)
    require_quorum(work, meeting)
    found = sort_out(work.session, process, stage, meeting, work.now)
    if not found.by_rule:
        raise Conflict(T("There is nothing without a flag left to decide."))
    if counted != found.as_counted:
        raise Conflict(T("The numbers have changed since you read them. Read them again, and confirm."))
    name = queries.session_name(meeting, process.language)
    voiced = rapporteur.texts_of(work.session, stage.id, [proposal.folio for proposal in found.by_rule])
    taken = [
        (proposal, _by_the_rule(found.drafts[proposal.folio], meeting, (name, voiced.get(proposal.folio))))
        for proposal in found.by_rule
    ]
    return decisions.take_by_rule(work, process, stage, body, taken)


def _by_the_rule(draft: Draft, meeting: ForumSession, told: tuple[str, str | None]) -> Verdict:
    """The rule's outcome with the rapporteur's reason, or the assembled one where nobody wrote any."""
    outcome = draft.says.value if draft.says else ""
    name, voiced = told
    return Verdict(outcome, voiced or draft.reason, (_code(draft),), session_id=meeting.id, session_name=name)


def _code(draft: Draft) -> str:
    """Who fell at a requirement did not fall behind others."""
    if draft.says is Outcome.SELECTED:
        return "meets_criteria"
    return "other" if draft.result.verdict is RoundVerdict.INELIGIBLE else "lower_priority"


__all__ = ["DOUBTFUL", "Line", "Text", "decide", "decide_in_session", "follow_the_rule"]
