"""Reading what people asked about decisions: theirs of one letter, those of a stage that wait, and the figures."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.decisions import queries as decisions
from app.decisions.models import Decision
from app.decisions.rules import BodyKind
from app.duties.models import Duty
from app.feedback.models import Letter, LetterDuty, Question
from app.feedback.rules import MAY_BE_ASKED, Asked, Reply, Way, median_days
from app.feedback.sections import COLLECTIVE
from app.kit.errors import NotAllowed, NotFound
from app.kit.i18n import T
from app.mail.models import OutboxMessage
from app.mail.rules import NOT_REACHED, OutboxState
from app.people.actor import Actor
from app.people.models import Person
from app.people.rules import Permission
from app.process.kinds import DECIDING
from app.process.models import Process, Stage

OFFICE = "office"
KINDS = ("waiting", "all")


@dataclass(frozen=True)
class About:
    """One part of a letter that may be asked about: what it tells, the newest duty it answers, what was asked."""

    section: dict[str, Any]
    duty: Duty
    asked: Question | None
    followed_at: datetime | None


@dataclass(frozen=True)
class Line:
    """One question in the office's list."""

    question: Question
    name: str
    sent: OutboxState | None
    followed_at: datetime | None

    @property
    def came_back(self) -> bool:
        """Whether its answer was mailed and did not arrive."""
        return self.question.way is Way.EMAIL and self.sent in NOT_REACHED


def may_answer(session: Session, actor: Actor, process: Process, stage: Stage) -> bool:
    """Who may read and answer questions: the office, and the chair of a forum about what the forum decided."""
    if actor.may(Permission.DRAFT_ANSWERS, process.id):
        return True
    if stage.kind not in DECIDING or not actor.may(Permission.APPROVE_ANSWERS, process.id):
        return False
    body = decisions.body_named(session, process.id, str(stage.settings.get("body", OFFICE)))
    return body is not None and body.kind is BodyKind.FORUM


def require_answering(session: Session, actor: Actor, process: Process, stage: Stage) -> None:
    """Refuse whoever may not read and answer the questions of a stage."""
    if not may_answer(session, actor, process, stage):
        raise NotAllowed(T("A forum answers only questions about its own decisions."))


def asked_about(session: Session, letter: Letter) -> list[About]:
    """The parts of a letter its reader may ask about, in its order; the answer to a whole meeting is none of them."""
    if letter.state not in MAY_BE_ASKED or _is_erased(session, letter.person_id):
        return []
    duties = {str(duty.id): duty for duty in session.scalars(_duties_of(letter))}
    mine = session.scalars(select(Question).where(Question.person_id == letter.person_id))
    asked = {(one.subject_id, one.subject_version): one for one in mine}
    followed = _followed(session, list(duties.values()))
    found = []
    for section in letter.sections:
        told = [duties[key] for key in section["duty_ids"] if key in duties]
        if told and section["outcome"] != COLLECTIVE:
            duty = max(told, key=lambda one: one.subject_version)
            before = asked.get((duty.subject_id, duty.subject_version))
            found.append(About(section, duty, before, followed.get(duty.id)))
    return found


def _is_erased(session: Session, person_id: uuid.UUID) -> bool:
    return session.scalar(select(Person.erased_at).where(Person.id == person_id)) is not None


def _duties_of(letter: Letter) -> Any:
    return select(Duty).join(LetterDuty, LetterDuty.duty_id == Duty.id).where(LetterDuty.letter_id == letter.id)


def _is_later(later: type[Duty], than: type[Duty | Question]) -> ColumnElement[bool]:
    """A later version of what was decided, published and owed to the same person at the same stage."""
    version = later.subject_version > than.subject_version
    return and_(
        later.person_id == than.person_id, later.stage_id == than.stage_id, later.subject == than.subject, version
    )


def _followed(session: Session, duties: Sequence[Duty]) -> dict[uuid.UUID, datetime]:
    """Since when a later decision stands in the place of what these duties are about."""
    later = aliased(Duty)
    wanted = select(Duty.id, func.min(later.owed_at)).join(later, _is_later(later, Duty))
    rows = session.execute(wanted.where(Duty.id.in_([duty.id for duty in duties])).group_by(Duty.id))
    return {row[0]: row[1] for row in rows}


def _later_decision() -> Any:
    return select(func.min(Duty.owed_at)).where(_is_later(Duty, Question)).scalar_subquery()


def by_id(session: Session, stage_id: uuid.UUID, question_id: uuid.UUID) -> Line:
    """One question of a stage, with what became of its answer."""
    row = session.execute(_lines().where(Question.id == question_id, Question.stage_id == stage_id)).one_or_none()
    if row is None:
        raise NotFound
    return Line(*row)


def held(session: Session, stage_id: uuid.UUID, question_id: uuid.UUID) -> Question:
    """One question of a stage, its row held, as it stands now and not as it was read before."""
    wanted = select(Question).where(Question.id == question_id, Question.stage_id == stage_id).with_for_update()
    found = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound
    return found


def listed(
    session: Session, stage_id: uuid.UUID, kind: str, after: uuid.UUID | None = None, limit: int = 50
) -> list[Line]:
    """One page of the questions of a stage, the oldest first: all, or those whose person still waits."""
    wanted = _lines().where(Question.stage_id == stage_id)
    if kind == "waiting":
        came_back = and_(Question.way == Way.EMAIL, OutboxMessage.state.in_(NOT_REACHED))
        wanted = wanted.where(or_(Question.answered_at.is_(None), is_to_hand_over(), came_back))
    if after is not None:
        wanted = wanted.where(Question.id > after)
    return [Line(*row) for row in session.execute(wanted.order_by(Question.id).limit(limit))]


def _lines() -> Any:
    return (
        select(Question, Person.name, OutboxMessage.state, _later_decision())
        .join(Person, Person.id == Question.person_id)
        .outerjoin(OutboxMessage, OutboxMessage.id == Question.outbox_message_id)
    )


def is_to_hand_over() -> ColumnElement[bool]:
    """Answers written for people without an address, that nobody has handed over yet."""
    return and_(Question.way == Way.HAND, Question.handed_over_at.is_(None))


def figures(session: Session, stage_id: uuid.UUID) -> Asked:
    """How many asked about decisions of a stage, were answered, and saw the decision taken anew after it."""
    wanted = select(Question.asked_at, Question.answered_at, Question.reply, Question.subject, _later_decision()).where(
        Question.stage_id == stage_id
    )
    rows = session.execute(wanted).all()
    spans = [answered - asked for asked, answered, *_ in rows if answered]
    anew = {subject for *_, reply, subject, later in rows if reply is Reply.ANEW and later}
    return Asked(len(rows), len(spans), len(anew), median_days(spans))


def count_open(session: Session, stage_id: uuid.UUID) -> tuple[int, datetime | None]:
    """How many questions of a stage have no answer yet, and since when the oldest waits."""
    wanted = select(func.count(), func.min(Question.asked_at)).where(
        Question.stage_id == stage_id, Question.answered_at.is_(None)
    )
    row = session.execute(wanted).one()
    return row[0], row[1]


def count_unkept(session: Session, stage: Stage) -> int:
    """How many decisions somebody was told would be taken anew, that were not, though no later stage has decided."""
    told, later, its = aliased(Decision), aliased(Decision), aliased(Stage)
    passed = exists().where(
        later.proposal_id == told.proposal_id,
        later.published_at.is_not(None),
        its.id == later.stage_id,
        its.position > stage.position,
    )
    promised = (Question.stage_id == stage.id, Question.reply == Reply.ANEW, _later_decision().is_(None))
    wanted = select(func.count(Question.subject_id.distinct())).join(told, told.id == Question.subject_id)
    return session.scalar(wanted.where(*promised, ~passed)) or 0


def may_be_anew(session: Session, stage: Stage, question: Question) -> bool:
    """Whether the decision may still be taken anew: not after a refusal, nor once a later stage has decided."""
    kind = question.subject.partition(":")[0]
    if kind != "proposal":
        return kind != "admission"
    decision = session.get(Decision, question.subject_id)
    return decision is not None and not decisions.is_decided_later(session, stage, decision.proposal_id)


def of_person(session: Session, person_id: uuid.UUID) -> list[tuple[Question, str]]:
    """Everything one person asked, each with the process."""
    wanted = select(Question, Process.slug).join(Process, Process.id == Question.process_id)
    rows = session.execute(wanted.where(Question.person_id == person_id).order_by(Question.id))
    return [(row[0], row[1]) for row in rows]
