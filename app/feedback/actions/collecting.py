"""Publishing the answer to the participants of a table, which answers those who cannot be written to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.decisions import queries as decided
from app.duties import ledger
from app.duties.models import Duty
from app.duties.rules import DutyState
from app.feedback import collective, queries
from app.feedback.models import CollectiveAnswer
from app.feedback.rules import LONGEST_NOTE
from app.kit import ids
from app.kit.errors import Conflict, Invalid
from app.kit.i18n import T
from app.meetings.rules.meeting import MeetingState
from app.people.rules import Permission
from app.prioritisation.models import VotingRound
from app.prioritisation.queries.tables import AtTable
from app.prioritisation.rules.voting import SHORTEST_REASON, RoundState
from app.process.models import Process
from app.work import Work


@dataclass(frozen=True)
class Words:
    """What the office says in its own words, and from the second version on what changed."""

    words: str
    change_note: str = ""


def publish_together(
    work: Work, process: Process, at: AtTable, found: VotingRound, words: Words
) -> tuple[CollectiveAnswer, int]:
    """Publish the one answer to everybody who took part in a table. Whoever approves answers may.

    Refused before the meeting and its round are closed and the decisions of the stage are public. Whoever left no
    e-mail address that was confirmed is answered by it; the others get it by letter. Gives how many it answered.
    """
    work.require(Permission.APPROVE_ANSWERS, process.id)
    earlier = collective.answer_of(work.session, at.meeting.id)
    _require_ready(work, at, found)
    _check(words, is_first=earlier is None)
    facts: dict[str, Any] = collective.facts_of(work.session, at, found)
    answer = CollectiveAnswer(
        id=ids.new_id(),
        process_id=process.id,
        stage_id=found.stage_id,
        meeting_id=at.meeting.id,
        table_number=at.table.number,
        version=earlier.version + 1 if earlier else 1,
        facts=facts,
        words=words.words.strip(),
        change_note=words.change_note.strip(),
        at=work.now,
    )
    work.session.add(answer)
    answered = _cover(work, at)
    work.record("answer.published_together", answer.subject, table=at.table.number, answered=answered)
    work.session.flush()
    return answer, answered


def _require_ready(work: Work, at: AtTable, found: VotingRound) -> None:
    if at.meeting.state is not MeetingState.CLOSED:
        raise Conflict(T("Close the meeting first: its notes are part of the answer."))
    if found.state is not RoundState.CLOSED:
        raise Conflict(T("Close the round first: how the meeting ranked is part of the answer."))
    if not decided.publications_of(work.session, found.stage_id):
        raise Conflict(T("Publish the decisions first: what became of each proposal is part of the answer."))


def _check(words: Words, *, is_first: bool) -> None:
    if len(words.words.strip()) < SHORTEST_REASON:
        raise Invalid(words=T("Write what the participants should know, in at least one short sentence."))
    if len(words.words) > LONGEST_NOTE:
        raise Invalid(words=T("This is too long: at most {n} characters.", n=LONGEST_NOTE))
    if not is_first and len(words.change_note.strip()) < SHORTEST_REASON:
        raise Invalid(change_note=T("Write what changed since the earlier answer."))


def _cover(work: Work, at: AtTable) -> int:
    """Cover what is owed to those who cannot be written to."""
    wanted = (Duty.subject_id == at.meeting.id, Duty.state == DutyState.OWED)
    owed = list(work.session.scalars(select(Duty).where(*wanted).with_for_update()))
    reached = queries.addresses_of(work.session, [duty.person_id for duty in owed])
    return ledger.cover_published([duty for duty in owed if duty.person_id not in reached], work.now)
