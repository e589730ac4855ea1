"""Somebody says that a public text holds personal data or an insult; the office holds it back or leaves it."""

from __future__ import annotations

from app.kit.errors import Conflict, Invalid, NotFound
from app.kit.i18n import T, Text
from app.moderation import queries
from app.moderation.models import TextReport
from app.moderation.rules import LONGEST_SENTENCE, REPORTABLE, ReportState, Rule, working_days_on
from app.people.rules import Permission
from app.process.models import Process
from app.proposals.models import Proposal
from app.work import Work

SHORTEST = 10


def report(work: Work, process: Process, proposal: Proposal, rule: str, sentence: str) -> TextReport:
    """Put it before the office. Anybody; who it was is not kept, and the page of the proposal does not tell of it."""
    if not proposal.is_public or proposal.process_id != process.id:
        raise NotFound
    faults: dict[str, Text] = {}
    if rule not in set(REPORTABLE):
        faults["rule"] = T("Say what is wrong with it.")
    if not SHORTEST <= len(sentence) <= LONGEST_SENTENCE:
        faults["sentence"] = T("Say in a sentence where it is: {n} to {most} characters.", n=SHORTEST, most=500)
    if faults:
        raise Invalid(**faults)
    if proposal.held_at is not None:
        raise Conflict(T("This text is held back already."))
    same = [one for one in queries.reports_of(work.session, proposal.id) if one.rule == rule]
    if same:
        same[0].times += 1
        found = same[0]
    else:
        found = TextReport(
            process_id=process.id,
            proposal_id=proposal.id,
            rule=Rule(rule),
            sentence=sentence,
            at=work.now,
            due_at=working_days_on(work.now, process.zone),
        )
        work.session.add(found)
    work.session.flush()
    work.record("text.reported", process.subject, rule=rule)
    return found


def set_aside(work: Work, process: Process, proposal: Proposal) -> None:
    """Leave the text as it is. Office."""
    work.require(Permission.MODERATE, process.id)
    reports = queries.reports_of(work.session, proposal.id)
    if not reports:
        raise Conflict(T("Nothing is reported of this text."))
    settle(reports, ReportState.SET_ASIDE)
    work.session.flush()
    work.record("text.report_set_aside", process.subject)


def settle(reports: list[TextReport], state: ReportState) -> None:
    """Say what became of them; the sentence, which may tell of somebody, goes."""
    for one in reports:
        one.state, one.sentence = state, ""
