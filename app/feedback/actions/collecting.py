"""Publishing the answer to the participants of a table: it goes by letter, and stands alone for whoever gets none."""

from __future__ import annotations

import dataclasses
import uuid
from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.decisions import queries as decided
from app.duties import ledger
from app.duties.models import Duty
from app.duties.rules import DutyState, Part
from app.feedback import collective, reaching
from app.feedback.actions.drafting import cancel
from app.feedback.models import CollectiveAnswer, Letter
from app.feedback.rules import AT_ONCE, LONGEST_NOTE, LetterState
from app.kit import ids
from app.kit.errors import Conflict, Invalid
from app.kit.i18n import T
from app.mail.rules import OutboxState
from app.meetings.models import Meeting
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
    e-mail address is answered by it; the others get it by letter, also at an address nobody confirmed. A later version
    is owed to everybody who got an earlier one by letter. Gives how many people the publication alone answers.
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
    if earlier is not None:
        _tell_again(work, at.meeting, answer)
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
    """Cover what is owed to those whom no letter can reach."""
    wanted = (Duty.subject_id == at.meeting.id, Duty.state == DutyState.OWED)
    owed = list(work.session.scalars(select(Duty).where(*wanted).with_for_update()))
    by_stage: dict[uuid.UUID, list[uuid.UUID]] = {}
    for duty in owed:
        by_stage.setdefault(duty.stage_id, []).append(duty.person_id)
    reached = {
        one for stage, persons in by_stage.items() for one in reaching.reached_by_letter(work.session, stage, persons)
    }
    return ledger.cover_published([duty for duty in owed if duty.person_id not in reached], work.now)


def _tell_again(work: Work, meeting: Meeting, answer: CollectiveAnswer) -> None:
    """Owe the new version to whoever has, or may have, an earlier one by letter; take back letters that wait."""
    subject = dataclasses.replace(meeting.subject, version=answer.version)
    for person_id, (letter, sent) in reaching.telling_of(work.session, meeting.id).items():
        if letter.handed_over_at is not None or sent in reaching.LEFT:
            work.owe(person_id, letter.stage_id, Part.PARTICIPANT, subject)
        elif _still_waits(letter, sent):
            cancel(work, letter)
    work.session.flush()


def _still_waits(letter: Letter, sent: OutboxState | None) -> bool:
    """Whether a letter holds the earlier words and has not left: it is drafted again with the new ones."""
    waiting = {None, OutboxState.READY, OutboxState.RETRY_WAIT, OutboxState.DRAFT}
    return letter.state in {LetterState.DRAFT, LetterState.APPROVED} and sent in waiting


def let_published_stand(work: Work) -> None:
    """Let the published answer stand for participants whom no letter reached after all: by the clock.

    A letter to an address nobody confirmed came back, or whoever reads there asked to be left alone.
    """
    duties = reaching.beyond_letters(work.session, AT_ONCE)
    ledger.cover_published(duties, work.now)
    for letter in reaching.handed_to_nobody(work.session, duties):
        cancel(work, letter)
    for meeting_id, count in sorted(Counter(duty.subject_id for duty in duties).items()):
        answer = collective.answer_of(work.session, meeting_id)
        if answer is not None:
            work.record("answer.stands_published", answer.subject, table=answer.table_number, answered=count)
