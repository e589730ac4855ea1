"""The technical tables and the institutions' answers as open data: no addresses, no names of heads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.people.models import Organisation
from app.process.models import Process
from app.proposals.models import Proposal
from app.technical_tables.models import Assessment, Extension, FeasibilityRequest
from app.technical_tables.queries import tables
from app.technical_tables.rules import Dimension, Role, Step

BATCH = 500
TABLE_COLUMNS = (
    "table integer number of the technical table",
    "topic_es text its topic in Spanish",
    "topic_en text its topic in English, where there is one",
    "met_on date when it met, where no meeting is named",
    "met_to_the text how exactly that date is known",
    "meeting text the meeting, as in its address",
    "institution text organisations of the institution that would carry it out, between bars; empty means missing",
    "forum text the same of the forum",
    "civil_society text the same of civil society",
    "academia text the same of academia",
    "experts text the same of experts",
    "folio text a proposal that lies on it; empty where none does yet",
    "share text core, contributing or partly",
    "words text which part of it, in words",
    "provenance text native, imported, reported, derived or illustrative",
)
ASSESSMENT_COLUMNS = (
    "request integer number of the request",
    "institution text the institution",
    "letter text number of the letter that asked",
    "dated_on date date of that letter",
    "due_on date until when an answer was expected",
    "due_before date until when it was expected at first, where the institution was given more time",
    "extension_reason text why it was given more time",
    "reminded_at instant when it was reminded",
    "reminded_again_at instant when it was reminded on the due day",
    "head_written_at instant when its head of service was written to",
    "not_answered_at instant when it was recorded that it did not answer",
    "folio text the proposal",
    "text_version integer version of the text that was answered",
    "answer text yes, yes_with_changes, no or not_ours; empty until the head of service has approved",
    "whose text whose it is, where it is not theirs",
    "legal text fine, doubt or obstacle: the law",
    "technical text the same of the technical side",
    "budget text the same of the budget",
    "time text the same of the time it takes",
    "competence text the same of who is competent",
    "legal_reason text the legal reason",
    "plain_words text the reason in plain words",
    "counter_proposal text the text it proposes instead",
    "approved_at instant when the head of service approved it",
    "answer_letter text number of the letter that carried it, if one did",
)


def _iso(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""


def table_rows(session: Session, process: Process) -> Iterator[dict[str, Any]]:
    """One row for each proposal on each table, and one for a table without any."""
    found = tables.tables_of(session, process.id)
    lying, actors = tables.on_tables(session, found), tables.actors_of(session, found)
    meetings = tables.meetings_of(session, found)
    for table in found:
        facts = {
            "table": table.number,
            "topic_es": table.topic_es,
            "topic_en": table.topic_en,
            "met_on": table.met_on.isoformat() if table.met_on else "",
            "met_to_the": table.met_to_the.value if table.met_on else "",
            "meeting": meetings[table.id].slug if table.id in meetings else "",
            **{role.value: "|".join(actors[table.id][role]) for role in Role},
        }
        for row in lying[table.id]:
            on_it = {"folio": row.folio, "share": row.share.value, "words": row.words}
            yield {**facts, **on_it, "provenance": table.provenance.value}
        if not lying[table.id]:
            yield {**facts, "folio": "", "share": "", "words": "", "provenance": table.provenance.value}


def assessment_rows(session: Session, process: Process) -> Iterator[dict[str, Any]]:
    """One row for each proposal an institution was asked about; answers once they are approved."""
    rows = session.execute(
        select(Assessment, FeasibilityRequest, Organisation.name, Proposal.folio, Extension)
        .join(FeasibilityRequest, FeasibilityRequest.id == Assessment.request_id)
        .join(Organisation, Organisation.id == FeasibilityRequest.organisation_id)
        .join(Proposal, Proposal.id == Assessment.proposal_id)
        .outerjoin(Extension, Extension.request_id == FeasibilityRequest.id)
        .where(FeasibilityRequest.process_id == process.id, Proposal.is_public)
        .order_by(FeasibilityRequest.number, Assessment.number)
        .execution_options(yield_per=BATCH)
    )
    for assessment, request, institution, folio, extension in rows:
        yield {
            "request": request.number,
            "institution": institution,
            "letter": request.letter_number,
            "dated_on": request.dated_on.isoformat(),
            "due_on": request.due_on.isoformat(),
            **_extended(extension),
            "reminded_at": _iso(request.done_at(Step.REMINDER)),
            "reminded_again_at": _iso(request.done_at(Step.LAST_REMINDER)),
            "head_written_at": _iso(request.done_at(Step.HEAD)),
            "not_answered_at": _iso(request.silent_at),
            "folio": folio,
            **_answered(assessment, request),
        }


def _extended(extension: Extension | None) -> dict[str, str]:
    before, reason = (extension.due_before.isoformat(), extension.reason) if extension else ("", "")
    return {"due_before": before, "extension_reason": reason}


def _answered(row: Assessment, request: FeasibilityRequest) -> dict[str, Any]:
    told = row.answer if request.approved_at else None
    if told is None:
        names = [column.split(" ", 1)[0] for column in ASSESSMENT_COLUMNS]
        return dict.fromkeys(names[names.index("text_version") :], "")
    grades = {dimension: row.grade(dimension) for dimension in Dimension}
    return {
        "text_version": row.text_version,
        "answer": told.value,
        "whose": row.whose,
        **{dimension.value: grade.value if grade else "" for dimension, grade in grades.items()},
        "legal_reason": row.legal_reason,
        "plain_words": row.plain_words,
        "counter_proposal": row.counter_proposal,
        "approved_at": _iso(request.approved_at),
        "answer_letter": request.answer_number,
    }
