"""The answer to the participants of one table together: what was said, how it ranked, what became of each proposal.

Built from public rows only. Nothing in it depends on the ballot of a person: figures are those of the table, or of the
tables that are shown as one with it.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.decisions.models import Decision
from app.duties.models import Duty
from app.feedback.models import CollectiveAnswer
from app.feedback.sections import ASSEMBLERS, COLLECTIVE, Section
from app.kit.i18n import T
from app.meetings.elsewhere import Elsewhere
from app.meetings.models import Meeting
from app.meetings.rules.meeting import MeetingKind
from app.people.rules import Permission
from app.prioritisation.models import VotingRound
from app.prioritisation.queries import rounds, tables
from app.prioritisation.queries.tables import AtTable
from app.prioritisation.rules.results import group_of
from app.process.models import Process

MOST_SAID = 3


def facts_of(session: Session, at: AtTable, found: VotingRound) -> dict[str, Any]:
    """Everything the answer tells, as it stands now."""
    result = found.result or {"lines": [], "groups": [], "ballots": 0, "is_told": False}
    group = group_of(result, at.table.number) if result["is_told"] else None
    ranks = {line["folio"]: line for line in result["lines"]}
    decided = _decided(session, found)
    notes = tables.notes_of(session, at.table.id)
    on_it = rounds.on_ballot(session, found.id)
    return {
        "round": found.number,
        "came": at.meeting.people,
        "ballots": at.voting.ballots,
        "shown_with": [number for number in (group or {"tables": []})["tables"] if number != at.table.number],
        "proposals": [
            {
                "folio": one.folio,
                "title": one.title,
                "rank": ranks[one.folio]["rank"] if one.folio in ranks else None,
                "is_level": bool(ranks[one.folio]["is_level"]) if one.folio in ranks else False,
                "here": int(group["sums"].get(one.folio, 0)) if group else None,
                "notes": [_note(note) for (proposal, _), note in notes.items() if proposal == one.id],
                **decided.get(one.folio, {"outcome": None, "reason": ""}),
            }
            for one in on_it
        ],
    }


def _note(note: Any) -> dict[str, Any]:
    texts = ("in_favour", "worries", "changes", "actors")
    return {"group": note.subgroup, "state": note.state.value, **{name: getattr(note, name) for name in texts}}


def _decided(session: Session, found: VotingRound) -> dict[str, dict[str, Any]]:
    """What was published about the proposals at the stage of a round."""
    folios = {one.id: one.folio for one in rounds.on_ballot(session, found.id)}
    rows = session.scalars(
        select(Decision).where(
            Decision.stage_id == found.stage_id, Decision.is_current, Decision.published_at.is_not(None)
        )
    )
    return {
        folios[row.proposal_id]: {"outcome": row.outcome.value, "reason": row.reason}
        for row in rows
        if row.proposal_id in folios
    }


def answer_of(session: Session, meeting_id: uuid.UUID) -> CollectiveAnswer | None:
    """The newest answer to the participants of a table."""
    wanted = select(CollectiveAnswer).where(CollectiveAnswer.meeting_id == meeting_id)
    return session.scalars(wanted.order_by(CollectiveAnswer.version.desc()).limit(1)).one_or_none()


def versions_of(session: Session, meeting_id: uuid.UUID) -> list[CollectiveAnswer]:
    """Every version of the answer to the participants of a table, newest first."""
    wanted = select(CollectiveAnswer).where(CollectiveAnswer.meeting_id == meeting_id)
    return list(session.scalars(wanted.order_by(CollectiveAnswer.version.desc())))


def told_elsewhere(session: Session, meeting: Meeting) -> Elsewhere | None:
    """Where the participants of a meeting are answered, once it is published."""
    if meeting.kind is not MeetingKind.PRIORITISATION_TABLE:
        return None
    answer = answer_of(session, meeting.id)
    if answer is None:
        return None
    words, run = T("The answer to everybody who took part"), T("Answer to the participants")
    path = f"tables/{answer.table_number}/answer"
    return Elsewhere(words, f"/{path}", run, f"/office/{path}", Permission.APPROVE_ANSWERS)


def of_meetings(session: Session, process: Process, duties: Sequence[Duty]) -> dict[uuid.UUID, list[Section]]:
    """The part of a letter that answers a participant: the words of the published answer, and where the rest stands.

    Whoever is owed a later version had an earlier one by letter; both duties together are one part.
    """
    rows = session.execute(
        select(CollectiveAnswer, Meeting)
        .join(Meeting, Meeting.id == CollectiveAnswer.meeting_id)
        .where(CollectiveAnswer.meeting_id.in_({duty.subject_id for duty in duties}))
        .order_by(CollectiveAnswer.version)
    )
    known = {answer.meeting_id: (answer, meeting) for answer, meeting in rows}
    found: dict[uuid.UUID, list[Section]] = {}
    newest = {(duty.person_id, duty.subject_id): duty for duty in sorted(duties, key=lambda duty: duty.subject_version)}
    for duty in newest.values():
        if duty.subject_id not in known:
            continue
        answer, meeting = known[duty.subject_id]
        section = Section(
            folio=meeting.slug,
            title=meeting.title_es,
            own_words=_said(answer.facts),
            outcome=COLLECTIVE,
            reason=answer.words,
            decided_on=answer.at.astimezone(process.zone).date().isoformat(),
            version=answer.version,
            is_changed=duty.subject_version > 1,
            change_words=answer.change_note if duty.subject_version > 1 else "",
            duty_ids=[str(one.id) for one in duties if _is_same(one, duty)],
        )
        found.setdefault(duty.person_id, []).append(section)
    return found


def _is_same(one: Duty, other: Duty) -> bool:
    return (one.person_id, one.subject_id) == (other.person_id, other.subject_id)


def _said(facts: dict[str, Any]) -> str:
    """The beginnings of what was said, for the letter."""
    said = [
        f"{one['folio']}: {note['in_favour'] or note['worries'] or note['changes']}"
        for one in facts["proposals"]
        for note in one["notes"]
        if note["in_favour"] or note["worries"] or note["changes"]
    ]
    return " ".join(said[:MOST_SAID])


ASSEMBLERS["meeting"] = of_meetings
