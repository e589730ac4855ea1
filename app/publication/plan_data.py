"""The open data of the plan: commitments, milestones in every version, and progress, reported rows and figures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy.orm import Session

from app.commitments.models import Commitment, MonitoringRound, ProgressReport
from app.commitments.queries import commitments as queries
from app.commitments.queries import progress, rounds
from app.commitments.queries.progress import said
from app.process.models import Process
from app.publication.columns import Dataset, Row, columns, iso


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _commitments(session: Session, process: Process) -> Iterator[Row]:
    found = queries.public_of(session, process.id)
    keys = [one.id for one, _ in found]
    summaries, sources = queries.summaries_of(session, keys), queries.folios_of(session, keys)
    names = queries.names_of(session, [one.companion_id for one, _ in found if one.companion_id])
    for one, lead in found:
        yield {
            "commitment": one.number,
            "title_es": one.title_es,
            "title_en": one.title_en,
            "summary_es": summaries[one.id],
            "area": one.area,
            "state": one.state.value,
            "lead_institution": lead,
            "counterpart": names[one.companion_id] if one.companion_id else "",
            "origin_sector": one.origin_sector.value,
            "values": "|".join(one.values),
            "starts_on": _day(one.starts_on),
            "ends_on": _day(one.ends_on),
            "text_version": one.text_version,
            "proposals": "|".join(f"{folio}:{part}" for folio, part in sources[one.id]),
            "not_from_the_consultation": one.not_from_the_consultation,
            "entered_despite": one.entered_despite,
            "entered_at": iso(one.entered_at),
            "provenance": one.provenance.value,
        }


def _milestones(session: Session, process: Process) -> Iterator[Row]:
    found = queries.public_of(session, process.id)
    versions = queries.milestones_of(session, [one.id for one, _ in found])
    for one, _ in found:
        for milestone, some in versions[one.id]:
            for version in some:
                yield {
                    "commitment": one.number,
                    "milestone": milestone.number,
                    "version": version.number,
                    "is_current": version.number == milestone.current,
                    "title": version.title,
                    "deliverable": version.deliverable,
                    "means_of_verification": version.means,
                    "post": version.post,
                    "involves_public": version.involves_public,
                    "starts_on": _day(version.starts_on),
                    "due_on": _day(version.due_on),
                    "due_to_the": version.due_to_the.value,
                    "is_dropped": version.is_dropped,
                    "reason": version.reason,
                    "approver": version.approver,
                    "approved_on": _day(version.approved_on),
                    "written_at": iso(version.at),
                }


def _progress(session: Session, process: Process) -> Iterator[Row]:
    """What each source said, and in rows of their own the figures that follow, so that anybody can compute them again.

    Only closed rounds: what is still being reported is on the page, and not yet a figure.
    """
    for one in reversed(rounds.rounds_of(session, process.id, limit=1000)):
        if one.closed_at is None:
            continue
        panel = progress.panel(session, process, one, one.closed_at)
        for line in panel.lines:
            for report in line.reports.values():
                yield _reported(one, line.commitment, None, report)
            for step in line.steps:
                if not step.reports:
                    yield _row(one, line.commitment.number, step.milestone.number, "none")
                for report in step.reports.values():
                    yield _reported(one, line.commitment, step.milestone.number, report)
            yield _row(one, line.commitment.number, "", "computed", said(line.computed))
        yield _row(one, "", "", "plan_reported", said(panel.reported.reach))
        yield _row(one, "", "", "plan_computed", said(panel.computed.reach))


def _reported(one: MonitoringRound, commitment: Commitment, milestone: int | None, report: ProgressReport) -> Row:
    row = _row(one, commitment.number, "" if milestone is None else milestone, report.source.value, said(report.reach))
    return row | {
        "milestone_version": report.milestone_version or "",
        "status": report.status.value if report.status else "",
        "done": report.done,
        "evidence": "|".join(report.evidence),
        "is_late": report.is_late,
        "provenance": report.provenance.value,
        "reported_at": iso(report.at),
    }


def _row(one: MonitoringRound, commitment: int | str, milestone: int | str, source: str, figure: str = "") -> Row:
    low, _, high = figure.partition("|")
    return {
        "round": one.number,
        "round_name": one.name,
        "commitment": commitment,
        "milestone": milestone,
        "milestone_version": "",
        "source": source,
        "status": "",
        "low": low,
        "high": high or low,
        "done": "",
        "evidence": "",
        "is_late": "",
        "provenance": "derived" if source.startswith(("computed", "plan")) else "",
        "reported_at": "",
    }


OF_THE_PLAN: dict[str, Dataset] = {
    "commitments": Dataset(
        "commitments",
        "Every commitment of the plan, with the proposals behind it.",
        columns(
            "commitment integer number of the commitment",
            "title_es text title in Spanish",
            "title_en text title in English, where there is one",
            "summary_es text summary in Spanish",
            "area text area or axis of the plan",
            "state text in_plan, continued, reformulated or ended",
            "lead_institution text institution that leads it now",
            "counterpart text organisation of origin that goes with it",
            "origin_sector text sector it comes from",
            "values text values of open government, between bars",
            "starts_on date first day",
            "ends_on date last day",
            "text_version integer version of the text that counts",
            "proposals text folios of the proposals behind it, each with its part, between bars",
            "not_from_the_consultation text the reason, where no proposal stands behind it",
            "entered_despite text why it entered the plan although parts of its text were missing",
            "entered_at instant when it became part of the plan (UTC)",
            "provenance text native, imported, reported, derived or illustrative",
        ),
        _commitments,
    ),
    "milestones": Dataset(
        "milestones",
        "Every milestone in each of its versions.",
        columns(
            "commitment integer number of the commitment",
            "milestone integer number of the milestone in it",
            "version integer 1 for the first, more for amendments",
            "is_current boolean whether this version counts now",
            "title text what it is",
            "deliverable text what it delivers",
            "means_of_verification text how anybody can check it",
            "post text post that answers for it",
            "involves_public boolean whether the public takes part in it",
            "starts_on date first day",
            "due_on date by when",
            "due_to_the text how exactly that date is known: day, month or year",
            "is_dropped boolean whether this version gives it up",
            "reason text why it was amended",
            "approver text who approved the amendment",
            "approved_on date when it was approved",
            "written_at instant when this version was written (UTC)",
        ),
        _milestones,
    ),
    "progress": Dataset(
        "progress",
        "What was reported in each closed round by each source, and the figures computed from it.",
        columns(
            "round integer number of the round",
            "round_name text its name",
            "commitment integer the commitment; empty for the plan as a whole",
            "milestone integer the milestone; empty for the commitment as a whole",
            "milestone_version integer the version it was reported against",
            "source text institution, counterpart, forum; none where nobody said anything; computed; plan_reported; "
            "plan_computed",
            "status text not_started, limited, substantial or complete",
            "low number lower end in percent; rounded to two decimals where computed",
            "high number upper end; the same where it is one figure",
            "done text what was done",
            "evidence text addresses, between bars",
            "is_late boolean whether it came after the due date",
            "provenance text native, imported, reported, derived or illustrative",
            "reported_at instant when it was received (UTC)",
        ),
        _progress,
    ),
}
