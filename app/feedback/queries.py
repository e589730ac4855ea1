"""Reading what is owed, what was written, and what became of it; figures keep each state apart."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.duties.models import Duty
from app.duties.rules import DutyState
from app.feedback.models import Clarity, CollectiveAnswer, Letter, LetterDuty, StageReport
from app.feedback.rules import CARRIES, Clear, LetterState, Way, median_days
from app.feedback.sections import ASSEMBLERS
from app.kit import ids
from app.kit.errors import NotFound
from app.mail.models import OutboxMessage
from app.mail.rules import NOT_REACHED, OutboxState
from app.people.models import Contact, Person
from app.people.rules import ContactKind
from app.process.kinds import INTAKE
from app.process.models import Stage
from app.proposals.models import Author, Proposal


@dataclass(frozen=True)
class Figures:
    """How many answers of a stage stand where; `owed` counts duties, the rest of the way counts letters."""

    owed: int = 0
    covered: int = 0
    settled: int = 0
    drafted: int = 0
    blocked: int = 0
    approved: int = 0
    accepted: int = 0
    delivered: int = 0
    bounced: int = 0
    unknown: int = 0
    handed_over: int = 0

    @property
    def total(self) -> int:
        """Every answer there ever was to give."""
        return self.owed + self.covered + self.settled

    def outward(self) -> dict[str, int]:
        """The eight figures the API shows."""
        names = ("owed", "drafted", "approved", "accepted", "delivered", "bounced", "unknown", "settled")
        return {name: asdict(self)[name] for name in names}


@dataclass(frozen=True)
class Line:
    """One letter in the office's list."""

    letter: Letter
    name: str
    sent: OutboxState | None


@dataclass(frozen=True)
class Report:
    """How quickly answers came and how clear they were."""

    median_days: float | None
    clear: dict[Clear, int]
    lone: int
    since: datetime | None
    closed: list[datetime]


def figures(session: Session, stage_id: uuid.UUID) -> Figures:
    """What is owed, drafted, approved, accepted, delivered, bounced, unknown and settled at a stage, each apart."""
    duties = _counted(
        session.execute(select(Duty.state, func.count()).where(Duty.stage_id == stage_id).group_by(Duty.state))
    )
    letters = _counted(
        session.execute(select(Letter.state, func.count()).where(Letter.stage_id == stage_id).group_by(Letter.state))
    )
    sent = _counted(
        session.execute(
            select(OutboxMessage.state, func.count())
            .join(Letter, Letter.outbox_message_id == OutboxMessage.id)
            .where(Letter.stage_id == stage_id, Letter.state.in_(CARRIES))
            .group_by(OutboxMessage.state)
        )
    )
    blocked = (
        select(func.count())
        .select_from(Letter)
        .where(Letter.stage_id == stage_id, Letter.state == LetterState.DRAFT, Letter.blocked_because.is_not(None))
    )
    return Figures(
        **{state.value: n for state, n in duties.items()},
        drafted=letters.get(LetterState.DRAFT, 0),
        blocked=session.scalar(blocked) or 0,
        approved=sum(
            letters.get(s, 0) for s in (LetterState.APPROVED, LetterState.HANDED_OVER, LetterState.SUPERSEDED)
        ),
        accepted=sum(sent.get(s, 0) for s in (OutboxState.ACCEPTED, OutboxState.DELIVERED, OutboxState.COMPLAINED)),
        delivered=sent.get(OutboxState.DELIVERED, 0),
        bounced=sum(sent.get(s, 0) for s in NOT_REACHED),
        unknown=sent.get(OutboxState.UNKNOWN, 0),
        handed_over=letters.get(LetterState.HANDED_OVER, 0),
    )


def _counted(rows: Iterable[Any]) -> dict[Any, int]:
    return {row[0]: row[1] for row in rows}


def _is_carried() -> ColumnElement[bool]:
    """Whether a letter stands for a duty.

    A draft that also stands for what was answered meanwhile can no longer be approved, and one that came back after
    another had taken its place is not written again by hand: what these stood for goes into the next edition.
    """
    closed, of_it = aliased(Duty), aliased(LetterDuty)
    is_closed = (closed.id == of_it.duty_id, closed.state != DutyState.OWED)
    is_outdated = exists().where(of_it.letter_id == Letter.id, *is_closed)
    came_back = exists().where(OutboxMessage.id == Letter.outbox_message_id, OutboxMessage.state.in_(NOT_REACHED))
    stands = and_(
        Letter.state.in_(CARRIES),
        or_(Letter.state != LetterState.DRAFT, ~is_outdated),
        or_(Letter.state != LetterState.SUPERSEDED, ~came_back),
    )
    return exists().where(LetterDuty.duty_id == Duty.id, Letter.id == LetterDuty.letter_id, stands)


def _unwritten(stage_id: uuid.UUID) -> tuple[ColumnElement[bool], ...]:
    kinds = or_(*(Duty.subject.startswith(f"{kind}:") for kind in ASSEMBLERS))
    # Participants wait for the answer to their meeting: before it is published there is nothing to write to them.
    told = exists().where(CollectiveAnswer.meeting_id == Duty.subject_id)
    may_be_written = or_(~Duty.subject.startswith("meeting:"), told)
    return (Duty.stage_id == stage_id, Duty.state == DutyState.OWED, kinds, may_be_written, ~_is_carried())


def awaiting_letter(session: Session, stage_id: uuid.UUID, limit: int) -> list[uuid.UUID]:
    """The people to whom an answer is owed that no letter stands for yet."""
    wanted = select(Duty.person_id).where(*_unwritten(stage_id)).group_by(Duty.person_id)
    return list(session.scalars(wanted.order_by(func.min(Duty.owed_at), Duty.person_id).limit(limit)))


def count_awaiting(session: Session, stage_id: uuid.UUID) -> int:
    """How many people wait for a letter that nobody has drafted."""
    return session.scalar(select(func.count(func.distinct(Duty.person_id))).where(*_unwritten(stage_id))) or 0


def owed_of(session: Session, stage_id: uuid.UUID, persons: Sequence[uuid.UUID]) -> list[Duty]:
    """Everything a stage still owes these people."""
    wanted = (Duty.stage_id == stage_id, Duty.state == DutyState.OWED, Duty.person_id.in_(persons))
    return list(session.scalars(select(Duty).where(*wanted).order_by(Duty.subject, Duty.subject_version)))


def latest_of(session: Session, stage_id: uuid.UUID, persons: Sequence[uuid.UUID]) -> dict[uuid.UUID, Letter]:
    """The newest edition of each person's letter."""
    rows = session.scalars(
        select(Letter).where(Letter.stage_id == stage_id, Letter.person_id.in_(persons)).order_by(Letter.edition)
    )
    return {letter.person_id: letter for letter in rows}


def superseded_by(session: Session, letters: Sequence[Letter]) -> dict[uuid.UUID, Letter]:
    """The letters that had left before these were written, by person."""
    wanted = [letter.supersedes_id for letter in letters if letter.supersedes_id]
    rows = session.scalars(select(Letter).where(Letter.id.in_(wanted))) if wanted else ()
    return {letter.person_id: letter for letter in rows}


def sent_states(session: Session, letters: Sequence[Letter]) -> dict[uuid.UUID, OutboxState]:
    """Where the letters that were posted stand, by the letter's key."""
    wanted = [letter.outbox_message_id for letter in letters if letter.outbox_message_id]
    rows = session.execute(select(OutboxMessage.id, OutboxMessage.state).where(OutboxMessage.id.in_(wanted)))
    states = {row[0]: row[1] for row in rows}
    return {letter.id: states[letter.outbox_message_id] for letter in letters if letter.outbox_message_id in states}


def carried_by(session: Session, letters: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """The duties each letter stands for."""
    found: dict[uuid.UUID, list[uuid.UUID]] = {letter: [] for letter in letters}
    rows = select(LetterDuty.letter_id, LetterDuty.duty_id).where(LetterDuty.letter_id.in_(letters))
    for letter, duty in session.execute(rows):
        found[letter].append(duty)
    return found


def addresses_of(session: Session, persons: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The e-mail addresses to write to: confirmed, or handed over by the body whose file was imported.

    Whoever has none is reached by other means.
    """
    known = or_(Contact.confirmed_at.is_not(None), Person.is_imported)
    rows = session.execute(
        select(Contact.person_id, Contact.value)
        .join(Person, Person.id == Contact.person_id)
        .where(Contact.person_id.in_(persons), Contact.kind == ContactKind.EMAIL, known)
        .order_by(Contact.confirmed_at.desc())
    )
    return {row[0]: row[1] for row in rows}


def people_named(session: Session, persons: Sequence[uuid.UUID]) -> dict[uuid.UUID, Person]:
    """These people, by key."""
    return {person.id: person for person in session.scalars(select(Person).where(Person.id.in_(persons)))}


def to_approve(session: Session, stage_id: uuid.UUID, limit: int, after: uuid.UUID | None = None) -> list[Letter]:
    """Drafts that nothing blocks, in the order in which they were made."""
    wanted = select(Letter).where(
        Letter.stage_id == stage_id, Letter.state == LetterState.DRAFT, Letter.blocked_because.is_(None)
    )
    if after is not None:
        wanted = wanted.where(Letter.id > after)
    return list(session.scalars(wanted.order_by(Letter.id).limit(limit)))


def to_approve_by(session: Session, stage_id: uuid.UUID, person_id: uuid.UUID | None, limit: int) -> list[uuid.UUID]:
    """The drafts that nothing blocks and whose words are somebody else's: those this person may approve."""
    last = func.coalesce(Letter.edited_by, Letter.drafted_by)
    wanted = (Letter.stage_id == stage_id, Letter.state == LetterState.DRAFT, Letter.blocked_because.is_(None))
    others = select(Letter.id).where(*wanted, last.is_distinct_from(person_id))
    return list(session.scalars(others.order_by(Letter.id).limit(limit)))


def to_post_after_all(session: Session, limit: int) -> list[Letter]:
    """Approved letters to be handed over, not yet handed over, whose person has confirmed an address since."""
    waits = (Letter.way == Way.HAND, Letter.state == LetterState.APPROVED, Letter.outbox_message_id.is_(None))
    confirmed = exists().where(
        Contact.person_id == Letter.person_id, Contact.kind == ContactKind.EMAIL, Contact.confirmed_at.is_not(None)
    )
    is_owed = exists().where(
        LetterDuty.letter_id == Letter.id, Duty.id == LetterDuty.duty_id, Duty.state == DutyState.OWED
    )
    wanted = select(Letter).where(*waits, confirmed, is_owed).order_by(Letter.id).limit(limit)
    return list(session.scalars(wanted.with_for_update(skip_locked=True)))


def still_owed(session: Session, stage_id: uuid.UUID) -> tuple[int, int]:
    """To how many people a stage still owes an answer, and about how many proposals or other points."""
    people, subjects = func.count(Duty.person_id.distinct()), func.count(Duty.subject.distinct())
    row = session.execute(select(people, subjects).where(Duty.stage_id == stage_id, Duty.state == DutyState.OWED)).one()
    return row[0], row[1]


KINDS = ("draft", "blocked", "approved", "hand", "returned", "unknown", "all")


def letters_of(
    session: Session, stage_id: uuid.UUID, kind: str, after: uuid.UUID | None = None, limit: int = 50
) -> list[Line]:
    """One page of the office's list of letters, narrowed to one kind of attention they need."""
    statement = (
        select(Letter, Person.name, OutboxMessage.state)
        .join(Person, Person.id == Letter.person_id)
        .outerjoin(OutboxMessage, OutboxMessage.id == Letter.outbox_message_id)
        .where(Letter.stage_id == stage_id, *_narrowed(kind))
    )
    if after is not None:
        statement = statement.where(Letter.id > after)
    return [Line(*row) for row in session.execute(statement.order_by(Letter.id).limit(limit))]


def keys_to_hand_over(session: Session, stage_id: uuid.UUID, limit: int) -> list[uuid.UUID]:
    """The keys of the letters that are to be handed over, in the order of that list."""
    wanted = select(Letter.id).where(Letter.stage_id == stage_id, *_narrowed("hand"))
    return list(session.scalars(wanted.order_by(Letter.id).limit(limit)))


def _narrowed(kind: str) -> list[ColumnElement[bool]]:
    is_draft, is_approved = Letter.state == LetterState.DRAFT, Letter.state == LetterState.APPROVED
    return {
        "draft": [is_draft, Letter.blocked_because.is_(None)],
        "blocked": [is_draft, Letter.blocked_because.is_not(None)],
        "approved": [is_approved],
        "hand": [is_approved, Letter.way == Way.HAND],
        "returned": [is_approved, OutboxMessage.state.in_(NOT_REACHED)],
        "unknown": [OutboxMessage.state == OutboxState.UNKNOWN],
    }.get(kind, [])


def letter_by_id(session: Session, process_id: uuid.UUID, letter_id: uuid.UUID) -> Letter:
    """The letter with this key in this process."""
    letter = session.get(Letter, letter_id)
    if letter is None or letter.process_id != process_id:
        raise NotFound
    return letter


def letter_by_question(session: Session, process_id: uuid.UUID, token: str) -> Letter:
    """The letter whose reader holds this link."""
    wanted = (Letter.process_id == process_id, Letter.question_hash == ids.hash_token(token))
    letter = session.scalars(select(Letter).where(*wanted)).one_or_none()
    if letter is None:
        raise NotFound
    return letter


def address_of_letter(session: Session, letter: Letter) -> str | None:
    """The address a letter went to, while it is kept; else the one its person left."""
    message = session.get(OutboxMessage, letter.outbox_message_id) if letter.outbox_message_id else None
    if message is not None and message.to_address:
        return message.to_address
    wanted = (Contact.person_id == letter.person_id, Contact.kind == ContactKind.EMAIL)
    return session.scalar(select(Contact.value).where(*wanted).order_by(Contact.id.desc()).limit(1))


def clarity_of(session: Session, letter_id: uuid.UUID) -> Clarity | None:
    """What the reader of a letter said of it."""
    return session.get(Clarity, letter_id)


def duty_by_id(session: Session, process_id: uuid.UUID, duty_id: uuid.UUID) -> Duty:
    """The duty with this key in this process."""
    duty = session.get(Duty, duty_id)
    if duty is None or duty.process_id != process_id:
        raise NotFound
    return duty


def duties_of_letter(session: Session, letter_id: uuid.UUID) -> list[Duty]:
    """What a letter stands for."""
    wanted = select(Duty).join(LetterDuty, LetterDuty.duty_id == Duty.id).where(LetterDuty.letter_id == letter_id)
    return list(session.scalars(wanted.order_by(Duty.subject, Duty.subject_version)))


def owed_without_letter(session: Session, stage_id: uuid.UUID, limit: int = 50) -> list[Duty]:
    """Duties nobody has written a letter for, oldest first."""
    wanted = (Duty.stage_id == stage_id, Duty.state == DutyState.OWED, ~_is_carried())
    return list(session.scalars(select(Duty).where(*wanted).order_by(Duty.owed_at, Duty.id).limit(limit)))


def owed_since(session: Session, stage_id: uuid.UUID) -> datetime | None:
    """Since when the oldest answer is owed."""
    return session.scalar(select(func.min(Duty.owed_at)).where(Duty.stage_id == stage_id, Duty.state == DutyState.OWED))


def how_it_went(session: Session, stage_id: uuid.UUID) -> Report:
    """The median of days until an answer, what readers said of its reason, and approvals by one person alone."""
    covered = (Duty.stage_id == stage_id, Duty.state == DutyState.COVERED)
    rows = session.execute(select(Duty.owed_at, Duty.closed_at).where(*covered))
    spans = [(owed, at) for owed, at in rows if at is not None]
    clear = _counted(
        session.execute(
            select(Clarity.answer, func.count()).where(Clarity.stage_id == stage_id).group_by(Clarity.answer)
        )
    )
    lone = select(func.count()).select_from(Letter).where(Letter.stage_id == stage_id, Letter.is_lone_approval)
    days, closed = median_days([closed - owed for owed, closed in spans]), [closed for _, closed in spans]
    return Report(days, clear, session.scalar(lone) or 0, owed_since(session, stage_id), closed)


def confirmed_people(session: Session, process_id: uuid.UUID) -> dict[str, int]:
    """How many people proposed in a process, and how many of them have an e-mail address they confirmed."""
    authors = select(Author.person_id).join(Proposal, Proposal.id == Author.proposal_id)
    persons = authors.where(Proposal.process_id == process_id).distinct().subquery()
    confirmed = exists().where(
        Contact.person_id == persons.c.person_id, Contact.kind == ContactKind.EMAIL, Contact.confirmed_at.is_not(None)
    )
    total = session.scalar(select(func.count()).select_from(persons)) or 0
    return {"all": total, "confirmed": session.scalar(select(func.count()).select_from(persons).where(confirmed)) or 0}


def reports_of(session: Session, stage_id: uuid.UUID) -> list[StageReport]:
    """The published reports of a stage, newest first."""
    wanted = select(StageReport).where(StageReport.stage_id == stage_id)
    return list(session.scalars(wanted.order_by(StageReport.version.desc())))


def may_be_told(session: Session, stage: Stage) -> bool:
    """Whether there is anything to report of a stage: somebody was owed an answer, or proposals came in there."""
    owed = exists().where(Duty.stage_id == stage.id)
    came = exists().where(Proposal.process_id == stage.process_id) if stage.kind in INTAKE else false()
    return bool(session.scalar(select(or_(owed, came))))


def stages_with_duties(session: Session, process_id: uuid.UUID) -> list[Stage]:
    """The stages at which somebody was ever owed an answer, in their order."""
    owes = exists().where(Duty.stage_id == Stage.id)
    return list(session.scalars(select(Stage).where(Stage.process_id == process_id, owes).order_by(Stage.position)))


def stages_told(session: Session, process_id: uuid.UUID) -> list[Stage]:
    """Those stages, and those that have a report without owing anybody an answer."""
    told = or_(exists().where(Duty.stage_id == Stage.id), exists().where(StageReport.stage_id == Stage.id))
    return list(session.scalars(select(Stage).where(Stage.process_id == process_id, told).order_by(Stage.position)))
