"""Drafting: what is owed to one person at one stage becomes one letter, written out before the transaction begins.

A letter that was not approved yet is written anew in its place. One that was approved and has not left is cancelled;
one that has left is followed by another edition, which says so first.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jinja2 import TemplateError
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.duties.models import Duty
from app.duties.rules import DutyState
from app.feedback import letter_texts, letters, queries, reaching, rules
from app.feedback.models import Letter, LetterDuty
from app.feedback.rules import ASK_WITHIN, AT_ONCE, LETTER, SEVERAL, Blocked, LetterState, Way
from app.feedback.sections import Section, assembled
from app.kit import ids
from app.kit.errors import Conflict, Invalid, WrongState
from app.kit.i18n import T
from app.mail import moves
from app.mail.models import OutboxMessage
from app.mail.rendering import Rendered
from app.mail.rules import MAY_HAVE_LEFT, NOT_REACHED, OUTBOX, OutboxState
from app.people.models import Person
from app.people.rules import Permission
from app.process import queries as processes
from app.process.models import Process, Stage
from app.trail import queries as trail
from app.work import Work


@dataclass(frozen=True)
class Prepared:
    """One letter, written out; `earlier` is the edition before it, whose place it takes unless that has left.

    `replaces` is the last edition that has left: the letter says first that it follows that one. `texts_upto` is the
    newest of the office's texts there was.
    """

    person_id: uuid.UUID
    sections: list[Section]
    way: Way
    language: str
    question: str
    note: str
    rendered: Rendered | None
    blocked: Blocked | None
    earlier: Letter | None
    has_left: bool
    replaces: Letter | None
    texts_upto: int

    @property
    def duty_ids(self) -> list[uuid.UUID]:
        """The duties it stands for."""
        return [uuid.UUID(key) for section in self.sections for key in section.duty_ids]


@dataclass(frozen=True)
class Edited:
    """One letter with the office's own words, written out; of which version of it."""

    version: int
    note: str
    sections: list[dict[str, Any]]
    rendered: Rendered | None
    blocked: Blocked | None


@dataclass(frozen=True)
class Drafted:
    """How many letters were drafted, and how many of them something blocks."""

    letters: int
    blocked: int


def prepare(session: Session, process: Process, stage: Stage, now: datetime, limit: int = AT_ONCE) -> list[Prepared]:
    """Assemble and write out the letters that are missing, oldest duty first; changes nothing."""
    return _prepare(session, process, stage, now, queries.awaiting_letter(session, stage.id, limit))


def prepare_anew(session: Session, process: Process, stage: Stage, now: datetime) -> list[Prepared]:
    """The same for drafts from before the newest text of the office; what was added to each by hand stays in it."""
    return _prepare(session, process, stage, now, letter_texts.waiting_anew(session, stage.id, AT_ONCE))


def _prepare(
    session: Session, process: Process, stage: Stage, now: datetime, persons: list[uuid.UUID]
) -> list[Prepared]:
    if not persons:
        return []
    latest = queries.latest_of(session, stage.id, persons)
    sent = queries.sent_states(session, list(latest.values()))
    left = {key: _has_left(letter, sent) for key, letter in latest.items()}
    under_way = {latest[key].id for key, gone in left.items() if gone and not _came_back(latest[key], sent)}
    duties = _to_tell(session, stage, persons, under_way)
    sections = assembled(session, process, duties)
    named = queries.people_named(session, persons)
    confirmed = queries.addresses_of(session, persons)
    others = reaching.left_addresses_of(session, set(persons) - set(confirmed))
    before = queries.superseded_by(session, list(latest.values()))
    way_on = (processes.is_followed(session, stage), processes.has_plan(session, process.id))
    texts = letter_texts.in_force(session, stage.id)
    moment = (now, _trail_head(session, process), way_on, texts.upto)
    made = []
    for person in persons:
        if sections.get(person):
            earlier, way = latest.get(person), Way.EMAIL
            told = [texts.put_into(section, named[person].language) for section in sections[person]]
            if person not in confirmed and person in others and reaching.is_public_answer(told):
                told = [dataclasses.replace(section, is_to_anybody=True) for section in told]
            elif person not in confirmed:
                way = Way.HAND
            has_left = left.get(person, False)
            facts = (named[person], way, earlier, has_left, earlier if has_left else before.get(person))
            made.append(_prepared(process, stage, told, facts, moment))
    return made


def _has_left(letter: Letter, sent: dict[uuid.UUID, OutboxState]) -> bool:
    """Whether the words of an earlier letter may have reached its person."""
    if letter.state is LetterState.CANCELLED:
        return False
    return letter.handed_over_at is not None or sent.get(letter.id) in MAY_HAVE_LEFT


def _came_back(letter: Letter, sent: dict[uuid.UUID, OutboxState]) -> bool:
    return letter.handed_over_at is None and sent.get(letter.id) in NOT_REACHED


def _to_tell(session: Session, stage: Stage, persons: list[uuid.UUID], under_way: set[uuid.UUID]) -> list[Duty]:
    """What is owed and not on its way; with it an older version of a decision of which a newer one is told now."""
    owed = queries.owed_of(session, stage.id, persons)
    on_their_way = {duty for some in queries.carried_by(session, list(under_way)).values() for duty in some}
    newest: dict[tuple[uuid.UUID, str], int] = defaultdict(int)
    for duty in owed:
        key = (duty.person_id, duty.subject)
        newest[key] = max(newest[key], duty.subject_version)
    return [
        duty
        for duty in owed
        if duty.id not in on_their_way or duty.subject_version < newest[duty.person_id, duty.subject]
    ]


def _prepared(
    process: Process,
    stage: Stage,
    sections: list[Section],
    facts: tuple[Person, Way, Letter | None, bool, Letter | None],
    moment: tuple[datetime, dict[str, Any] | None, tuple[bool, bool], int],
) -> Prepared:
    person, way, earlier, has_left, replaces = facts
    sections = _kept_words(sections, None if has_left else earlier, replaces)
    is_kept = earlier is not None and not has_left and not sections[0].is_to_anybody
    note = earlier.note if earlier is not None and is_kept else ""
    question = earlier.question if earlier is not None and earlier.state is LetterState.DRAFT else ids.new_token()
    now, head, (is_followed, has_plan), texts_upto = moment
    answer = letters.Answer(
        name=person.name,
        language=person.language,
        ask_by=now + ASK_WITHIN,
        question=question,
        note=note,
        replaces_on=replaces.approved_at if replaces is not None else None,
        trail_head=head,
        is_followed=is_followed,
        has_plan=has_plan,
    )
    rendered, blocked = _written(process, stage, sections, answer)
    made = (sections, way, person.language, question, note, rendered, blocked, earlier, has_left, replaces)
    return Prepared(person.id, *made, texts_upto)


def _kept_words(sections: list[Section], unsent: Letter | None, replaces: Letter | None) -> list[Section]:
    """What the office had added to the same decision stays; what changed since a letter that left is marked."""
    added = {section["folio"]: section for section in (unsent.sections if unsent else ())}
    told = {section["folio"]: section["version"] for section in (replaces.sections if replaces else ())}
    kept = []
    for section in sections:
        old = added.get(section.folio)
        same = old is not None and old["version"] == section.version and not section.is_to_anybody
        explanation = str(old["explanation"]) if old is not None and same else ""
        changed = section.is_changed or told.get(section.folio, section.version) != section.version
        kept.append(dataclasses.replace(section, explanation=explanation, is_changed=changed))
    return kept


def _written(
    process: Process, stage: Stage, sections: list[Section], answer: letters.Answer
) -> tuple[Rendered | None, Blocked | None]:
    if any(not section.reason for section in sections):
        return None, Blocked.NO_REASON
    try:
        return letters.written(process, stage, sections, answer), None
    except (TemplateError, LookupError, TypeError, ValueError):
        return None, Blocked.NOT_RENDERED


def _trail_head(session: Session, process: Process) -> dict[str, Any] | None:
    """The history as it stands when the letter is written, so that what it tells is in it; the daily head may lag."""
    chain = trail.chain_named(session, process.id)
    last = trail.last_entry(session, chain) if chain else None
    if last is None:
        return None
    return {"day": last.recorded_at.astimezone(process.zone).date().isoformat(), "seq": last.seq, "hash": last.hash}


def draft(work: Work, process: Process, stage: Stage, prepared: list[Prepared] | None = None) -> Drafted:
    """Put letters down as drafts: one for each person, stage and edition. Office only.

    Without `prepared` they are written out here, at most a hundred. One that no longer fits, because somebody drafted
    or settled in between, is left for the next time.
    """
    work.require(Permission.DRAFT_ANSWERS, process.id)
    ready = prepare(work.session, process, stage, work.now) if prepared is None else prepared
    persons = [one.person_id for one in ready]
    owed = {duty.id for duty in queries.owed_of(work.session, stage.id, persons)}
    latest = queries.latest_of(work.session, stage.id, persons)
    done = [_put(work, stage, one) for one in ready if _still_fits(one, owed, latest.get(one.person_id))]
    return Drafted(len(done), sum(letter.blocked_because is not None for letter in done))


def _still_fits(one: Prepared, owed: set[uuid.UUID], latest: Letter | None) -> bool:
    if not set(one.duty_ids) <= owed:
        return False
    if one.earlier is None or latest is None:
        return one.earlier is latest
    return (one.earlier.id, one.earlier.version) == (latest.id, latest.version)


def _put(work: Work, stage: Stage, one: Prepared) -> Letter:
    latest = work.session.get(Letter, one.earlier.id) if one.earlier else None
    if latest is not None and latest.state is LetterState.DRAFT:
        letter = latest
        work.session.execute(delete(LetterDuty).where(LetterDuty.letter_id == letter.id))
    else:
        if latest is not None and not one.has_left and LETTER.may(latest.state, "cancel"):
            cancel(work, latest)
        letter = Letter(
            id=ids.new_id(),
            process_id=stage.process_id,
            stage_id=stage.id,
            person_id=one.person_id,
            edition=latest.edition + 1 if latest else 1,
            state=LETTER.after(None, "draft"),
        )
        work.session.add(letter)
    letter.supersedes_id = one.replaces.id if one.replaces is not None else None
    letter.way, letter.language, letter.note = one.way, one.language, one.note
    letter.sections = [section.stored() for section in one.sections]
    letter.question, letter.question_hash = one.question, ids.hash_token(one.question)
    letter.drafted_by, letter.drafted_at = work.actor.person_id, work.now
    letter.edited_by = letter.edited_at = None
    letter.ask_by, letter.blocked_because = work.now + ASK_WITHIN, one.blocked
    letter.texts_upto = one.texts_upto
    keep_written(letter, one.rendered)
    work.session.add_all(LetterDuty(letter_id=letter.id, duty_id=duty) for duty in one.duty_ids)
    return letter


def keep_written(letter: Letter, rendered: Rendered | None) -> None:
    """Keep the bytes that will be sent, their hash, and what it takes to choose this letter among many."""
    letter.outcome = letter.sections[0]["outcome"] if len(letter.sections) == 1 else SEVERAL
    letter.length = len(rendered.text) if rendered else 0
    letter.subject = rendered.subject if rendered else ""
    letter.text = rendered.text if rendered else ""
    letter.html = rendered.html if rendered else ""
    letter.origin = rendered.origin if rendered else ""
    letter.content_hash = rendered.content_hash if rendered else ""


def cancel(work: Work, letter: Letter) -> None:
    """Take back a letter that has not left, and its row in the outbox with it."""
    if letter.outbox_message_id is not None:
        message = work.session.get(OutboxMessage, letter.outbox_message_id)
        if message is not None and OUTBOX.may(message.state, "cancel"):
            if moves.move(work.session, message.id, message.state, ["cancel"]) is None:
                raise Conflict(T("This letter is being sent at this moment. Try again in a minute."))
        elif message is not None and message.state in MAY_HAVE_LEFT:
            raise Conflict(T("This letter has already left."))
    letter.state = LETTER.after(letter.state, "cancel")


def to_edit(session: Session, process: Process, stage: Stage, letter: Letter, words: dict[str, str]) -> Edited:
    """Write a letter out with the office's own words: a note, and under a folio what it adds about that proposal.

    What was decided and why comes from the records and is not edited here. Changes nothing.
    """
    if letter.is_to_anybody:
        raise Conflict(T("This letter goes to an address nobody confirmed: it tells only what is public."))
    too_long = T("This is too long: at most {n} characters.", n=rules.LONGEST_NOTE)
    faults = {name: too_long for name, text in words.items() if len(text) > rules.LONGEST_NOTE}
    if faults:
        raise Invalid(**faults)
    note = (words.get("note", letter.note) or "").strip()
    sections = [dict(section) for section in letter.sections]
    for section in sections:
        section["explanation"] = str(words.get(section["folio"], section["explanation"])).strip()
    answer = answer_of(session, process, stage, letter, note)
    rendered, blocked = _written(process, stage, [Section(**section) for section in sections], answer)
    return Edited(letter.version, note, sections, rendered, blocked)


def answer_of(session: Session, process: Process, stage: Stage, letter: Letter, note: str) -> letters.Answer:
    """What a letter says besides its sections, as it would be written out now with this note."""
    earlier = session.get(Letter, letter.supersedes_id) if letter.supersedes_id else None
    return letters.Answer(
        name=session.get_one(Person, letter.person_id).name,
        language=letter.language,
        ask_by=letter.ask_by,
        question=letter.question,
        note=note,
        replaces_on=earlier.approved_at if earlier else None,
        trail_head=_trail_head(session, process),
        is_followed=processes.is_followed(session, stage),
        has_plan=processes.has_plan(session, process.id),
    )


def edit(work: Work, process: Process, letter: Letter, made: Edited) -> Letter:
    """Keep the office's own words in a letter. Office only.

    An approved letter that has not left goes back to being a draft and has to be approved again.
    """
    work.require(Permission.DRAFT_ANSWERS, process.id)
    if letter.version != made.version:
        raise Conflict(T("Somebody changed this letter in the meantime. Look at it again."))
    if letter.state is LetterState.APPROVED:
        reopen_quietly(work, letter)
    if letter.state is not LetterState.DRAFT:
        raise WrongState(T("This letter no longer changes."), letter.state.value, LETTER.moves_from(letter.state))
    letter.note, letter.sections, letter.blocked_because = made.note, made.sections, made.blocked
    letter.edited_by, letter.edited_at = work.actor.person_id, work.now
    keep_written(letter, made.rendered)
    return letter


def reopen_quietly(work: Work, letter: Letter) -> None:
    """Make an approved letter a draft again; refused once it may have left."""
    message = work.session.get(OutboxMessage, letter.outbox_message_id) if letter.outbox_message_id else None
    if message is not None:
        if not OUTBOX.may(message.state, "cancel"):
            raise Conflict(T("This letter has already left."))
        if moves.move(work.session, message.id, message.state, ["cancel"]) is None:
            raise Conflict(T("This letter is being sent at this moment. Try again in a minute."))
    letter.state = LETTER.after(letter.state, "reopen")
    letter.outbox_message_id = letter.approved_by = letter.approved_at = None
    letter.is_lone_approval = False


def write_again(work: Work, process: Process, letter: Letter) -> None:
    """Give up a letter that came back, so that another edition is drafted, perhaps to a new address. Office only."""
    work.require(Permission.DRAFT_ANSWERS, process.id)
    state = queries.sent_states(work.session, [letter]).get(letter.id)
    if letter.state is not LetterState.APPROVED or state not in {*NOT_REACHED, OutboxState.CANCELLED}:
        raise Conflict(T("Only a letter that came back is written again."))
    still = [duty for duty in queries.duties_of_letter(work.session, letter.id) if duty.state is DutyState.OWED]
    if not still:
        raise Conflict(T("Nothing is owed any more for this letter."))
    letter.state = LETTER.after(letter.state, "cancel")
