"""Answering back: a reader asks once about a decision, in time, and gets a written answer that only they read."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.feedback import letters, queries, questions, rules
from app.feedback.actions.settling import noted
from app.feedback.models import Letter, Question
from app.feedback.rules import REPLIES, Reply, Sought, Way
from app.kit import ids
from app.kit.errors import Conflict, Invalid, NotFound, NotNow
from app.kit.i18n import T, Text
from app.mail.outbox import Recipient
from app.mail.rendering import Rendered
from app.people.models import Person
from app.people.rules import Permission
from app.process.models import Process, Stage
from app.work import Work


@dataclass(frozen=True)
class Written:
    """An answer to a question, written out as the letter that carries it."""

    reply: Reply
    words: str
    rendered: Rendered


def ask(work: Work, process: Process, letter: Letter, folio: str, typed: tuple[str, str]) -> Question:
    """Ask about one decision that a letter tells; whoever holds its link may, once, until the end of the day it names.

    `typed` is what is sought and the words. A decision that a later one has replaced is not asked about any more.
    """
    about = next((one for one in questions.asked_about(work.session, letter) if one.section["folio"] == folio), None)
    if about is None:
        raise NotFound
    _in_time_and_once(work, process, letter, about)
    sought, words = typed
    faults: dict[str, Text] = {}
    if sought not in set(Sought):
        faults["sought"] = T("Say what you ask for.")
    _look_at(words, faults)
    if faults:
        raise Invalid(**faults)
    duty = about.duty
    question = Question(
        id=ids.new_id(),
        process_id=process.id,
        stage_id=letter.stage_id,
        person_id=letter.person_id,
        letter_id=letter.id,
        folio=folio,
        subject=duty.subject,
        subject_id=duty.subject_id,
        subject_version=duty.subject_version,
        sought=Sought(sought),
        words=words.strip(),
        asked_at=work.now,
    )
    work.session.add(question)
    private = {"sought": question.sought.value}
    work.record("question.asked", question.trail_subject, folio=folio, version=duty.subject_version, private=private)
    return question


def _in_time_and_once(work: Work, process: Process, letter: Letter, about: questions.About) -> None:
    until = rules.asks_until(letter.ask_by, process.zone)
    if work.now >= until:
        raise NotNow(T("The time to ask about this decision is over."), closes_at=until)
    if about.asked is not None:
        raise Conflict(T("You have already asked about this decision. One may ask once about each."))
    if about.followed_at is not None:
        raise Conflict(T("A later decision has taken the place of this one. Ask about that one, in its own letter."))


def _look_at(words: str, faults: dict[str, Text]) -> None:
    if not rules.SHORTEST_QUESTION <= len(words.strip()) <= rules.LONGEST_QUESTION:
        limits = {"least": rules.SHORTEST_QUESTION, "most": rules.LONGEST_QUESTION}
        faults["words"] = T("Write {least} to {most} characters.", **limits)


def to_answer(session: Session, process: Process, stage: Stage, question: Question, typed: tuple[str, str]) -> Written:
    """Write an answer out as the letter that carries it; changes nothing. `typed` is the outcome and the words."""
    reply, words = typed
    faults: dict[str, Text] = {}
    if reply not in REPLIES[question.sought]:
        faults["reply"] = T("Choose one of the answers.")
    elif reply == Reply.ANEW and not questions.may_be_anew(session, stage, question):
        faults["reply"] = T("This decision cannot be taken anew any more: say whether it stands, and why.")
    _look_at(words, faults)
    if faults:
        raise Invalid(**faults)
    letter = session.get_one(Letter, question.letter_id)
    person = session.get_one(Person, question.person_id)
    told = (Reply(reply), words.strip())
    return Written(*told, letters.replied(process, question, told, (person.name, person.language), letter.question))


def answer(work: Work, process: Process, stage: Stage, question_id: uuid.UUID, written: Written) -> Question:
    """Answer a question once, by e-mail where its person has confirmed an address, else to be handed over.

    The office may, and the chair of a forum about what the forum decided. To decide anew is another act.
    """
    work.require(Permission.APPROVE_ANSWERS, process.id)
    questions.require_answering(work.session, work.actor, process, stage)
    question = questions.held(work.session, stage.id, question_id)
    if question.answered_at is not None:
        raise Conflict(T("Somebody has answered this question already."))
    question.reply, question.answer = written.reply, written.words
    question.answered_by, question.answered_at = work.actor.person_id, work.now
    question.way = Way.HAND
    address = queries.addresses_of(work.session, [question.person_id]).get(question.person_id)
    if address is not None:
        to = Recipient(question.person_id, address, written.rendered.language)
        question.way, question.outbox_message_id = Way.EMAIL, work.post(written.rendered, to)
    facts = {"folio": question.folio, "version": question.subject_version}
    work.record("question.answered", question.trail_subject, private={"reply": written.reply.value}, **facts)
    return question


def hand_over_answer(work: Work, process: Process, stage: Stage, question_id: uuid.UUID, note: str) -> None:
    """Note that an answer was handed over, posted on paper or read aloud. Office only."""
    work.require(Permission.SETTLE_DUTIES, process.id)
    question = questions.held(work.session, stage.id, question_id)
    line = questions.by_id(work.session, stage.id, question_id)
    if not question.is_to_hand_over and not line.came_back:
        raise Conflict(T("There is no answer to hand over here."))
    note = noted(note)
    question.way, question.handed_over_at = Way.HAND, work.now
    facts = {"folio": question.folio, "version": question.subject_version}
    work.record("question.answer_handed_over", question.trail_subject, private={"note": note}, **facts)
