"""Reporting progress in a round: by the institution with its link or its role, beside its counterpart and the forum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.commitments.actions.bodies import locked, too_long
from app.commitments.models import Commitment, Milestone, MilestoneVersion, MonitoringRound, ProgressReport, RoundCall
from app.commitments.queries import commitments as queries
from app.commitments.rules import plan as plan_rules
from app.commitments.rules.milestones import MOST_EVIDENCE, is_link
from app.commitments.rules.plan import PUBLIC
from app.commitments.rules.progress import Source, Status, contradiction, figure, reach_of
from app.kit import ids
from app.kit.errors import Conflict, Invalid, NotAllowed, NotNow
from app.kit.i18n import T, Text
from app.people.rules import Permission
from app.process.models import Process
from app.proposals.rules import Provenance
from app.work import Work


@dataclass(frozen=True)
class Report:
    """What is said of a commitment or a milestone: a word, a figure or a range, what was done, and the evidence."""

    status: str = ""
    low: str = ""
    high: str = ""
    done: str = ""
    evidence: tuple[str, ...] = ()
    provenance: Provenance = Provenance.NATIVE

    @property
    def says_something(self) -> bool:
        """Whether anything was written at all."""
        return bool(self.status or self.low or self.high or self.done.strip() or self.evidence)


def check_who_reports(
    work: Work, process: Process, commitment: Commitment, source: Source, call: RoundCall | None = None
) -> None:
    """Ask who reports: the institution by its letter's link or by a role in it, its counterpart likewise, the forum by
    its chair; the office writes down what came to it another way.
    """
    if source is Source.FORUM:
        work.require(Permission.VALIDATE_PROGRESS, process.id)
        return
    if call is not None:
        if source is not Source.INSTITUTION or call.organisation_id != commitment.lead_id:
            raise NotAllowed
        return
    work.require(Permission.REPORT_PROGRESS, process.id)
    if not queries.speaks_for(work.session, work.actor, commitment, source):
        raise NotAllowed(
            T("You can report only for the institution you belong to. If yours is missing, ask the office.")
        )


@dataclass(frozen=True)
class About:
    """What a report is about: a round, a commitment or one of its milestones, and as which of the three views."""

    round: MonitoringRound
    commitment: Commitment
    source: Source = Source.INSTITUTION
    milestone: int | None = None
    call: RoundCall | None = None


def report(work: Work, process: Process, about: About, wish: Report) -> ProgressReport:
    """Report on a commitment as a whole, or on one milestone; said again in the same round it is corrected.

    Refused once the round is closed. It stands against the version of the milestone that counts at this moment.
    """
    check_who_reports(work, process, about.commitment, about.source, about.call)
    _hold(work, about.round)
    _when(about)
    found = None
    if about.milestone is not None:
        found = queries.milestone_numbered(work.session, about.commitment.id, about.milestone)
        if found[1].is_dropped:
            raise Conflict(T("This milestone was given up."))
    faults = faults_of(wish)
    if faults:
        raise Invalid(**faults)
    locked(work, about.commitment)
    row = _written(work, process, about, wish, found)
    _note_answer(about, work.now)
    work.record(
        _VERBS[about.source],
        about.commitment.subject,
        because=about.round.subject.name,
        round=about.round.number,
        milestone=about.milestone,
        milestone_version=row.milestone_version,
        status=row.status.value if row.status else "",
        low=row.low,
        high=row.high,
    )
    return row


_VERBS = {
    Source.INSTITUTION: "progress.reported",
    Source.COUNTERPART: "progress.commented",
    Source.FORUM: "progress.validated",
}


def report_all(work: Work, process: Process, about: About, wishes: Mapping[int | None, Report]) -> int:
    """Report on a commitment and its milestones together, all or none; what says nothing is left out.

    Faults are told by field: those of a milestone under its number, as in `m3-low`.
    """
    check_who_reports(work, process, about.commitment, about.source, about.call)
    _when(about)
    faults: dict[str, Text] = {}
    for number, wish in wishes.items():
        ending = "" if number is None else f"m{number}-"
        faults |= {ending + name: text for name, text in faults_of(wish).items() if wish.says_something}
    said = {number: wish for number, wish in wishes.items() if wish.says_something}
    if not said:
        faults["done"] = T("Nothing is written here yet.")
    if faults:
        raise Invalid(**faults)
    for number, wish in said.items():
        one = About(about.round, about.commitment, about.source, number, about.call)
        report(work, process, one, wish)
    return len(said)


def _hold(work: Work, of: MonitoringRound) -> None:
    """The round as it stands now, so that nobody closes it while this report is written."""
    held = select(MonitoringRound).where(MonitoringRound.id == of.id).with_for_update(read=True)
    work.session.scalars(held.execution_options(populate_existing=True)).one()


def _when(about: About) -> None:
    if not about.round.is_open:
        raise NotNow(T("This round is closed: nothing can be reported in it any more."))
    if about.commitment.state not in PUBLIC:
        raise Conflict(T("This commitment is not in the plan."))


def faults_of(wish: Report) -> dict[str, Text]:
    """What cannot be taken of a report, by field."""
    faults: dict[str, Text] = {}
    if wish.status and wish.status not in set(Status):
        faults["status"] = T("Choose one of the four words.")
    kept = {}
    for name in ("low", "high"):
        try:
            kept[name] = figure(getattr(wish, name)) if getattr(wish, name).strip() else ""
        except ValueError:
            faults[name] = T("Write a figure from 0 to 100, with at most two decimals.")
    if len(wish.done) > plan_rules.LONGEST_REASON:
        faults["done"] = too_long(plan_rules.LONGEST_REASON)
    if len(wish.evidence) > MOST_EVIDENCE or not all(is_link(link) for link in wish.evidence):
        faults["evidence"] = T("Write at most {n} addresses that begin with https://, one a line.", n=MOST_EVIDENCE)
    if faults:
        return faults
    if not wish.status and not kept["low"] and not kept["high"] and not wish.done.strip():
        return {"status": T("Choose a word, write a figure, or say what was done.")}
    if kept["low"] and kept["high"] and float(kept["low"]) > float(kept["high"]):
        return {"high": T("The second figure cannot be smaller than the first.")}
    status = Status(wish.status) if wish.status else None
    reach = reach_of(status, kept["low"], kept["high"])
    if status and reach and contradiction(status, reach):
        return {"low": T("The word and the figure contradict one another.")}
    return {}


def _written(
    work: Work, process: Process, about: About, wish: Report, found: tuple[Milestone, MilestoneVersion] | None
) -> ProgressReport:
    milestone_id = found[0].id if found else None
    wanted = [
        ProgressReport.round_id == about.round.id,
        ProgressReport.commitment_id == about.commitment.id,
        ProgressReport.source == about.source,
        ProgressReport.is_current,
        ProgressReport.milestone_id.is_(None) if found is None else ProgressReport.milestone_id == milestone_id,
    ]
    for earlier in work.session.scalars(select(ProgressReport).where(*wanted)):
        earlier.is_current = False
    bodies = {Source.INSTITUTION: about.commitment.lead_id, Source.COUNTERPART: about.commitment.companion_id}
    low = figure(wish.low) if wish.low.strip() else ""
    high = figure(wish.high) if wish.high.strip() else ""
    row = ProgressReport(
        id=ids.new_id(),
        process_id=process.id,
        round_id=about.round.id,
        commitment_id=about.commitment.id,
        milestone_id=milestone_id,
        milestone_version=found[1].number if found else None,
        source=about.source,
        organisation_id=bodies.get(about.source),
        status=Status(wish.status) if wish.status else None,
        low=low,
        high=high,
        done=wish.done.strip(),
        evidence=list(wish.evidence),
        is_late=not about.round.is_reported and work.now.astimezone(process.zone).date() > about.round.due_on,
        provenance=wish.provenance,
        at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    return row


def _note_answer(about: About, now: datetime) -> None:
    if about.call is not None and about.call.first_report_at is None:
        about.call.first_report_at = now
