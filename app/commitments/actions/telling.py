"""Entering a round of monitoring of the past out of a document: nobody is asked here, and no letter leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.commitments.actions.rounds import next_round
from app.commitments.models import MonitoringRound
from app.commitments.rules.milestones import last_day
from app.kit.errors import Invalid
from app.kit.i18n import T, Text
from app.people.rules import Permission
from app.process.models import Process
from app.proposals.rules import Precision, Provenance, source_fault
from app.work import Work


@dataclass(frozen=True)
class ReportedRound:
    """What a document says of a round: its name, when it was, how exactly that is known, and where it stands."""

    name: str
    on: date
    to_the: Precision
    source: str


def report_round(work: Work, process: Process, wish: ReportedRound) -> MonitoringRound:
    """Enter a round that took place elsewhere, with its source; what was reported in it is entered while it is open.

    Office only; refused without a source, for a round still to come, and while another round is open.
    """
    work.require(Permission.OPEN_MONITORING, process.id)
    faults: dict[str, Text] = {}
    if not wish.name.strip():
        faults["name"] = T("Give the round a name, for example December 2026.")
    if (missing := source_fault(wish.source)) is not None:
        faults["reported_source"] = missing
    if wish.on > work.now.astimezone(process.zone).date():
        faults["dated_on"] = T("Only what has already taken place can be entered from a document.")
    if faults:
        raise Invalid(**faults)
    made = next_round(
        work,
        process,
        name=wish.name.strip(),
        letter_number="",
        signatory="",
        dated_on=wish.on,
        dated_to_the=wish.to_the,
        due_on=last_day(wish.on, wish.to_the),
        provenance=Provenance.REPORTED,
        reported_source=wish.source.strip()[:300],
    )
    work.record("monitoring.told", made.subject, source=made.reported_source, dated_on=made.dated_on.isoformat())
    return made
