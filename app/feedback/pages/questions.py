"""What people asked about decisions: the reader asks and reads the answer, the office or the forum's chair answers."""

from __future__ import annotations

import uuid
from typing import Any

from starlette.responses import Response

from app.feedback import actions, queries, questions
from app.feedback.models import Question
from app.feedback.pages.answers import SENT_WORDS
from app.feedback.pages.letters import question as letter_page
from app.feedback.questions import Line
from app.feedback.rules import (
    LONGEST_QUESTION,
    REPLIES,
    REPLY_WORDS,
    SOUGHT_SHORT,
    SOUGHT_WORDS,
    Reply,
)
from app.kit.errors import NotFound, under
from app.kit.i18n import T, Text
from app.people import queries as people
from app.people.models import Contact
from app.people.rules import Permission
from app.process import queries as processes
from app.process.doors import standing
from app.process.kinds import StageKind
from app.process.models import Process, Stage
from app.proposals.words import REACHED_BY
from app.web.edge import PUBLIC, Router
from app.web.view import View

router = Router()
LIST = "/p/{slug}/office/answers/{stage}/questions"
BASE = LIST + "/{question}"
PAGE = 50
KIND_WORDS = {"waiting": T("Those who wait"), "all": T("All")}


@router.act("/p/{slug}/answers/clear/{token}/questions", may=PUBLIC, again=letter_page)
def ask(view: View, slug: str, token: str) -> Response:
    """Ask about one decision that the letter behind this link tells."""
    process = standing(view, slug)
    letter = queries.letter_by_question(view.session, process.id, token)
    folio = view.typed("about")
    typed = (view.typed(f"sought-{folio}"), view.typed(f"words-{folio}"))
    with under(sought=f"sought-{folio}", words=f"words-{folio}"):
        actions.ask(view.work, process, letter, folio, typed)
    told = T("Your question was received. You will get a written answer; it will also stand on this page.")
    return view.see_other(f"/p/{slug}/answers/clear/{token}", told)


def _place(view: View, slug: str, stage: str) -> tuple[Process, Stage]:
    process = standing(view, slug)
    view.require(Permission.APPROVE_ANSWERS, process.id)
    row = processes.stage_named(view.session, process.id, stage)
    questions.require_answering(view.session, view.actor, process, row)
    return process, row


@router.page(LIST, may=Permission.APPROVE_ANSWERS)
def listed(view: View, slug: str, stage: str, kind: str = "waiting", after: uuid.UUID | None = None) -> Response:
    """What was asked about the decisions of a stage, the oldest first, and since when it waits."""
    process, row = _place(view, slug, stage)
    if kind not in questions.KINDS:
        raise NotFound
    lines = questions.listed(view.session, row.id, kind, after, PAGE + 1)
    return view.render(
        "feedback/questions.html",
        process=process,
        stage=row,
        name=row.name(view.language),
        lines=lines[:PAGE],
        more=lines[PAGE - 1].question.id if len(lines) > PAGE else None,
        kind=kind,
        kinds=KIND_WORDS,
        figures=questions.figures(view.session, row.id),
        sought_words=SOUGHT_SHORT,
    )


@router.page(BASE, may=Permission.APPROVE_ANSWERS)
def one(view: View, slug: str, stage: str, question: uuid.UUID) -> Response:
    """One question beside what the letter told, and its answer or the form to write it."""
    process, row = _place(view, slug, stage)
    line = questions.by_id(view.session, row.id, question)
    asked = line.question
    letter = queries.letter_by_id(view.session, process.id, asked.letter_id)
    return view.render(
        "feedback/asked.html",
        process=process,
        stage=row,
        name=row.name(view.language),
        line=line,
        asked=asked,
        letter=letter,
        told=next((part for part in letter.sections if part["folio"] == asked.folio), None),
        sought=SOUGHT_WORDS[asked.sought],
        reply=REPLY_WORDS[asked.reply] if asked.reply else None,
        replies=_replies(view, row, asked),
        longest=LONGEST_QUESTION,
        sent=SENT_WORDS.get(line.sent) if line.sent else None,
        reached=_reached(view, process, line),
        reached_by=REACHED_BY,
        **_what_is_left(view, process, row, line),
    )


def _replies(view: View, stage: Stage, asked: Question) -> list[tuple[str, Text]]:
    """What may be answered: nobody is told of another decision where none can follow."""
    left_out = set()
    if asked.answered_at is None and not questions.may_be_anew(view.session, stage, asked):
        left_out = {Reply.ANEW}
    return [(reply.value, REPLY_WORDS[reply]) for reply in REPLIES[asked.sought] if reply not in left_out]


def _reached(view: View, process: Process, line: Line) -> list[Contact]:
    """How to reach the person, where the answer has to be handed over, for who may see it."""
    person = line.question.person_id
    is_wanted = line.question.is_to_hand_over or line.came_back
    if not is_wanted or not view.actor.may(Permission.SEE_CONTACTS, process.id):
        return []
    return people.contacts_of(view.session, [person])[person]


def _what_is_left(view: View, process: Process, stage: Stage, line: Line) -> dict[str, Any]:
    """What is still to be done after the answer: handing it over, and deciding anew."""
    is_owed = line.question.reply is Reply.ANEW and line.followed_at is None
    where = "office/draft" if stage.kind is StageKind.DRAFT_COMMENT else None
    if line.question.subject.startswith("proposal:"):
        where = f"office/decisions/{stage.slug}/{line.question.subject.partition(':')[2]}"
    return {
        "is_to_hand_over": line.question.is_to_hand_over or line.came_back,
        "is_to_decide": is_owed,
        "decide_at": where if is_owed and view.actor.may(Permission.DECIDE, process.id) else None,
    }


def _prepare(view: View, slug: str, stage: str, question: uuid.UUID) -> Any:
    process, row = _place(view, slug, stage)
    asked = questions.by_id(view.session, row.id, question).question
    with under(words="answer"):
        return actions.to_answer(view.session, process, row, asked, (view.typed("reply"), view.typed("answer")))


@router.act(BASE, may=Permission.APPROVE_ANSWERS, prepare=_prepare, again=one)
def answer(view: View, slug: str, stage: str, question: uuid.UUID) -> Response:
    """Answer it in writing."""
    process, row = _place(view, slug, stage)
    done = actions.answer(view.work, process, row, question, view.prepared)
    here = f"/p/{slug}/office/answers/{stage}/questions"
    if done.is_to_hand_over:
        told = T("The answer is written. There is no confirmed address: hand it over, and say here that it was.")
        return view.see_other(f"{here}/{done.id}", told)
    told = T("The answer is on its way.")
    return view.see_other(f"{here}/{done.id}" if done.reply is Reply.ANEW else here, told)


@router.act(BASE + "/handover", may=Permission.SETTLE_DUTIES, again=one)
def hand_over(view: View, slug: str, stage: str, question: uuid.UUID) -> Response:
    """Note that the answer was handed over."""
    process, row = _place(view, slug, stage)
    with under(note="handed_note"):
        actions.hand_over_answer(view.work, process, row, question, view.typed("handed_note"))
    told = T("It was written down how the answer was handed over.")
    return view.see_other(f"/p/{slug}/office/answers/{stage}/questions/{question}", told)
