"""The ten technical tables, the ten commitments they became, and what was reported of each in the last round."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from app.commitments import actions as commitments
from app.commitments.actions import About, DraftCommitment, Report, ReportedRound, SetMilestone
from app.commitments.models import Commitment
from app.demo.fifth_plan.proposing import told_of
from app.demo.fifth_plan.telling import SOURCE, facts
from app.process.models import Process
from app.proposals.rules import Precision, Provenance
from app.technical_tables import actions as technical
from app.technical_tables.actions import NameTable, PutOn
from app.technical_tables.rules import Role
from app.work import Work

UNIVERSITY = "Universidad"
LAB = "Smart City Lab"
NAMELESS = "Hito {n} (el informe no publica su nombre)"
MILESTONES: dict[int, list[Report]] = {
    6: [Report("limited")] * 4 + [Report("not_started")] * 3,
    8: [Report(low="100"), Report(low="100"), Report(low="75")],
    9: [Report("complete")] * 2 + [Report("limited")] * 2 + [Report("not_started")] * 4,
    10: [Report("substantial")] * 5 + [Report("not_started")],
}
"""What the report says of the milestones of a commitment, where it says anything; of the others it names none."""


def meet(work: Work, process: Process) -> None:
    """Set up the ten technical tables and put the proposal that carries its topic on each."""
    proposals = {told.technical_table: proposal for proposal, told in told_of(work, process) if told.technical_table}
    for told in facts()["technical_tables"]:
        table = technical.name_table(
            work,
            process,
            NameTable(
                told["topic"],
                met_on=date.fromisoformat(told["date"]) if told["date"] else None,
                actors=_seated(told),
                origin_sector=told["origin_sector"] or "",
                provenance=Provenance.REPORTED,
                reported_source=f"{SOURCE}, tabla 4",
            ),
        )
        technical.put_on(work, process, table, proposals[table.number], PutOn("core"))


def _seated(told: dict[str, Any]) -> dict[Role, tuple[str, ...]]:
    """Who sat there, by role: universities count as academia, other organisations as civil society."""
    others = [name for name in told["participants"] if name != facts()["forum"]["name"]]
    academia = tuple(name for name in others if name.startswith((UNIVERSITY, LAB)))
    return {
        Role.INSTITUTION: (told["institution"],),
        Role.FORUM: tuple(name for name in told["participants"] if name == facts()["forum"]["name"]),
        Role.CIVIL_SOCIETY: tuple(name for name in others if name not in academia),
        Role.ACADEMIA: academia,
    }


def draft(work: Work, process: Process) -> None:
    """Draft the ten commitments, each with the proposal it comes from and the milestones the report tells of."""
    proposals = {told.technical_table: proposal for proposal, told in told_of(work, process) if told.technical_table}
    tables = {told["commitment"]: told["number"] for told in facts()["technical_tables"]}
    for told in facts()["commitments"]:
        commitment = commitments.draft(
            work,
            process,
            DraftCommitment(
                told["title"],
                area=told["area"],
                lead=told["institution"],
                origin_sector=told["origin_sector"],
                values=tuple(told["values"]),
                provenance=Provenance.REPORTED,
            ),
        )
        proposal = proposals[tables[told["number"]]]
        commitments.link(work, process, commitment, proposal, ("core", ""))
        for n in range(1, len(MILESTONES.get(told["number"], ())) + 1):
            commitments.add_milestone(work, process, commitment, SetMilestone(NAMELESS.format(n=n)))


def follow(work: Work, process: Process) -> None:
    """Enter the four rounds; of the last, what each institution reported of its commitment and milestones."""
    rounds = next(told["rounds"] for told in facts()["stages"] if told["kind"] == "monitoring")
    for month in rounds:
        wish = ReportedRound(month, date.fromisoformat(f"{month}-01"), Precision.MONTH, f"{SOURCE}, cuadro 4")
        made = commitments.report_round(work, process, wish)
        if month == rounds[-1]:
            for commitment in _in_plan(work, process):
                _report(work, process, About(made, commitment))
        commitments.close_round(work, process, made.number)


def _in_plan(work: Work, process: Process) -> list[Commitment]:
    mine = select(Commitment).where(Commitment.process_id == process.id).order_by(Commitment.number)
    return list(work.session.scalars(mine))


def _report(work: Work, process: Process, about: About) -> None:
    told = facts()["commitments"][about.commitment.number - 1]
    figure = str(told["reported_progress"])
    said: dict[int | None, Report] = {None: Report(low=figure, provenance=Provenance.REPORTED)}
    for n, one in enumerate(MILESTONES.get(about.commitment.number, ()), 1):
        said[n] = Report(one.status, one.low, one.high, provenance=Provenance.REPORTED)
    commitments.report_all(work, process, about, said)
