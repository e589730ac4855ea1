"""What a letter says about one proposal, assembled from the records: own words, what was decided, why, what next.

Other slices that create duties add their own assembler to ASSEMBLERS, under the first word of the duty's subject.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.decisions.models import DecidingBody, Decision
from app.duties.models import Duty
from app.process.models import Process
from app.proposals.models import Admission, Author, Proposal, Revision

REFUSED = "refused"
COLLECTIVE = "collective"
HELD_BACK = "held_back"
COMMENT = "comment_"
"""What a part of a letter tells that is no decision on a proposal: a refusal, the answer to a whole meeting, a comment
that was held back, or (with the response after it) the answer to a comment.
"""


@dataclass(frozen=True)
class Section:
    """One proposal in a letter; words of people and codes, nothing translated yet. Never names who scored.

    `folio` and `title` are those of the person's own; `joined` is the one it was joined with, if it was.
    `text_version` is the version of the text it was decided on, 0 where there never was but one. Of a comment, `issue`
    is the number of the point it makes, and `changes` name the commitments it changed, each with the version.
    `is_to_anybody` marks what goes to an address nobody confirmed: there the letter names no one. `next_text` is what
    the office wrote of what comes next after such a decision, as it stood when this was drafted, `next_version` which.
    """

    folio: str
    title: str
    own_words: str
    outcome: str
    reason: str
    codes: list[str] = field(default_factory=list)
    what_next: str = ""
    override_reason: str = ""
    body_es: str = ""
    body_en: str = ""
    act_number: str = ""
    decided_on: str = ""
    decided_to_the: str = "day"
    provenance: str = "native"
    source: str = ""
    version: int = 1
    text_version: int = 0
    joined: str = ""
    joined_title: str = ""
    is_public: bool = True
    is_changed: bool = False
    explanation: str = ""
    issue: int = 0
    changes: list[list[int]] = field(default_factory=list)
    change_words: str = ""
    is_to_anybody: bool = False
    duty_ids: list[str] = field(default_factory=list)
    next_text: str = ""
    next_version: int = 0

    @property
    def is_comment(self) -> bool:
        """Whether it answers a comment on the draft."""
        return self.outcome == HELD_BACK or self.outcome.startswith(COMMENT)

    def stored(self) -> dict[str, Any]:
        """The section as it is kept in the letter's row."""
        return asdict(self)


Assembler = Callable[[Session, Process, Sequence[Duty]], dict[uuid.UUID, list[Section]]]
"""Duties of some persons → for each person their sections."""


def of_decisions(session: Session, process: Process, duties: Sequence[Duty]) -> dict[uuid.UUID, list[Section]]:
    """What a body decided; of several versions the newest is told, and its letter stands for all of them."""
    by_key = {duty.subject_id for duty in duties}
    rows = session.execute(
        select(Decision, Proposal, DecidingBody)
        .join(Proposal, Proposal.id == Decision.proposal_id)
        .join(DecidingBody, DecidingBody.id == Decision.body_id)
        .where(Decision.id.in_(by_key))
    )
    known = {decision.id: (decision, proposal, body) for decision, proposal, body in rows}
    grouped: dict[tuple[uuid.UUID, uuid.UUID], list[Duty]] = defaultdict(list)
    for duty in duties:
        if duty.subject_id in known:
            grouped[duty.person_id, known[duty.subject_id][1].id].append(duty)
    own = _own_texts(session, {proposal for _, proposal in grouped}, {person for person, _ in grouped})
    found: dict[uuid.UUID, list[Section]] = defaultdict(list)
    for (person, _), some in grouped.items():
        decision, proposal, body = known[max(some, key=lambda duty: duty.subject_version).subject_id]
        found[person].append(_decided(process, (decision, proposal, body), own[person, proposal.id], some))
    return found


def _decided(
    process: Process,
    row: tuple[Decision, Proposal, DecidingBody],
    own: tuple[str, Revision],
    duties: Sequence[Duty],
) -> Section:
    decision, proposal, body = row
    own_folio, revision = own
    day = decision.act_on or decision.decided_at.astimezone(process.zone).date()
    return Section(
        folio=own_folio,
        title=revision.title,
        own_words=revision.solution or revision.problem,
        outcome=decision.outcome.value,
        reason=decision.reason.strip(),
        codes=list(decision.reason_codes),
        what_next=decision.what_next,
        override_reason=decision.override_reason,
        body_es=body.name("es"),
        body_en=body.name("en"),
        act_number=decision.act_number,
        decided_on=day.isoformat(),
        decided_to_the="day" if decision.act_on else decision.known_to,
        provenance=decision.provenance.value,
        source=decision.session_name,
        version=decision.version,
        text_version=decision.text_version if proposal.revision > 1 else 0,
        joined=proposal.folio if own_folio != proposal.folio else "",
        joined_title=proposal.title if own_folio != proposal.folio else "",
        is_public=proposal.is_public,
        duty_ids=[str(duty.id) for duty in duties],
    )


def _own_texts(
    session: Session, proposals: set[uuid.UUID], persons: set[uuid.UUID]
) -> dict[tuple[uuid.UUID, uuid.UUID], tuple[str, Revision]]:
    """What each author wrote themselves: where their proposal was joined with another, the text of their own."""
    authors = session.scalars(
        select(Author).where(Author.proposal_id.in_(proposals), Author.person_id.in_(persons))
    ).all()
    wrote = {
        (author.person_id, author.proposal_id): author.came_by_merge_from or author.proposal_id for author in authors
    }
    missing = {key for person in persons for key in proposals}
    texts = {
        proposal.id: (proposal.folio, revision)
        for proposal, revision in session.execute(
            select(Proposal, Revision)
            .join(Revision, (Revision.proposal_id == Proposal.id) & (Revision.number == Proposal.revision))
            .where(Proposal.id.in_(set(wrote.values()) | missing))
        )
    }
    return {(person, key): texts[wrote.get((person, key), key)] for person in persons for key in proposals}


def of_admissions(session: Session, process: Process, duties: Sequence[Duty]) -> dict[uuid.UUID, list[Section]]:
    """What the office did not let in, and why."""
    rows = session.execute(
        select(Admission, Proposal, Revision)
        .join(Proposal, Proposal.id == Admission.proposal_id)
        .join(Revision, (Revision.proposal_id == Proposal.id) & (Revision.number == Proposal.revision))
        .where(Admission.id.in_({duty.subject_id for duty in duties}))
    )
    known = {admission.id: (admission, proposal, revision) for admission, proposal, revision in rows}
    found: dict[uuid.UUID, list[Section]] = defaultdict(list)
    for duty in duties:
        if duty.subject_id not in known:
            continue
        admission, proposal, revision = known[duty.subject_id]
        found[duty.person_id].append(
            Section(
                folio=proposal.folio,
                title=revision.title,
                own_words=revision.solution or revision.problem,
                outcome=REFUSED,
                reason=admission.reason.strip(),
                codes=list(admission.reason_codes),
                decided_on=admission.at.astimezone(process.zone).date().isoformat(),
                is_public=False,
                duty_ids=[str(duty.id)],
            )
        )
    return found


ASSEMBLERS: dict[str, Assembler] = {"proposal": of_decisions, "admission": of_admissions}


def assembled(session: Session, process: Process, duties: Sequence[Duty]) -> dict[uuid.UUID, list[Section]]:
    """Every section of these duties, by person, in the order of folios; duties nobody assembles are left out."""
    by_kind: dict[str, list[Duty]] = defaultdict(list)
    for duty in duties:
        by_kind[duty.subject.partition(":")[0]].append(duty)
    found: dict[uuid.UUID, list[Section]] = defaultdict(list)
    for kind, some in by_kind.items():
        if kind in ASSEMBLERS:
            for person, sections in ASSEMBLERS[kind](session, process, some).items():
                found[person].extend(sections)
    return {person: sorted(sections, key=lambda section: section.folio) for person, sections in found.items()}
