"""The part of a letter that answers a comment on the draft: what was decided on its point, why, what changed.

Several decisions on one comment (held back, answered, answered again) are told as the newest, by one letter for all.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.commitments.models import DraftComment, DraftIssue, DraftResponse
from app.commitments.rules.comments import HELD_WORDS, CommentState, HeldBecause
from app.duties.models import Duty
from app.feedback.sections import COMMENT, HELD_BACK, Section
from app.people.models import Person
from app.process.models import Process

Told = tuple[DraftComment, DraftIssue | None, DraftResponse | None]


def of_comments(session: Session, process: Process, duties: Sequence[Duty]) -> dict[uuid.UUID, list[Section]]:
    """For each person their comments with what became of them; one whose answer is not public yet is left out."""
    rows = session.execute(
        select(DraftComment, DraftIssue, DraftResponse)
        .outerjoin(DraftIssue, DraftIssue.id == DraftComment.issue_id)
        .outerjoin(
            DraftResponse,
            and_(DraftResponse.issue_id == DraftIssue.id, DraftResponse.number == DraftComment.answered_version),
        )
        .where(DraftComment.id.in_({duty.subject_id for duty in duties}))
    )
    known: dict[uuid.UUID, Told] = {row[0].id: (row[0], row[1], row[2]) for row in rows}
    grouped: dict[tuple[uuid.UUID, uuid.UUID], list[Duty]] = defaultdict(list)
    for duty in duties:
        if duty.subject_id in known:
            grouped[duty.person_id, duty.subject_id].append(duty)
    found: dict[uuid.UUID, list[Section]] = defaultdict(list)
    speak = _languages(session, {person for person, key in grouped if known[key][0].state is CommentState.HELD_BACK})
    for (person, key), some in grouped.items():
        section = _section(process, known[key], some, speak.get(person, process.language))
        if section is not None:
            found[person].append(section)
    return found


def _languages(session: Session, persons: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Why a comment was held back is chosen from a list, and said to each reader in their language."""
    if not persons:
        return {}
    return {row[0]: row[1] for row in session.execute(select(Person.id, Person.language).where(Person.id.in_(persons)))}


def _section(process: Process, told: Told, duties: Sequence[Duty], language: str) -> Section | None:
    comment, issue, response = told
    facts: dict[str, Any] = {
        "folio": comment.folio,
        "own_words": comment.text,
        "version": comment.decided,
        "duty_ids": [str(duty.id) for duty in duties],
    }
    if comment.state is CommentState.HELD_BACK:
        because = HELD_WORDS[comment.held_because or HeldBecause.OFF_TOPIC].into(language[:2])
        day = (comment.read_at or comment.received_at).astimezone(process.zone).date().isoformat()
        return Section(title="", outcome=HELD_BACK, reason=because, decided_on=day, is_public=False, **facts)
    if issue is None or response is None or response.published_at is None:
        return None
    return Section(
        title=issue.title,
        outcome=f"{COMMENT}{response.response.value}",
        reason=response.reason,
        decided_on=response.published_at.astimezone(process.zone).date().isoformat(),
        issue=issue.number,
        changes=[list(one) for one in response.changes],
        change_words=response.change_words,
        **facts,
    )
