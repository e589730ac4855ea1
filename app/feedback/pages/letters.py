"""One letter as it will be sent, the office's own words in it, trying it on oneself; and what its reader says."""

from __future__ import annotations

import dataclasses
import uuid
from typing import Any

from starlette.responses import Response

from app.duties.rules import DutyState
from app.feedback import actions, letter_texts, queries, questions, reaching
from app.feedback.models import Letter
from app.feedback.pages.answers import MOST_NAMES, SENT_WORDS, SETTLED_WORDS, keys, others_of, why_not
from app.feedback.rules import (
    BLOCKED_WORDS,
    CLEAR_WORDS,
    LETTER,
    LONGEST_QUESTION,
    REPLY_WORDS,
    SOUGHT_WORDS,
    STATE_WORDS,
    Clear,
    LetterState,
    Way,
    asks_until,
)
from app.kit.errors import Conflict, NotFound, under
from app.kit.i18n import T, Text
from app.kit.text import Readability, readability_es
from app.mail.composing import Outgoing, compose, message_id_of, sender_of
from app.mail.outbox import Recipient
from app.mail.rendering import Rendered
from app.mail.rules import NOT_REACHED, LetterKind
from app.people import queries as people
from app.people.rules import Permission
from app.process import queries as processes
from app.process.doors import standing
from app.process.models import Process, Stage
from app.proposals.words import REACHED_BY
from app.web.edge import PUBLIC, Router
from app.web.view import PRIVATE, View

router = Router()
BASE = "/p/{slug}/office/answers/{stage}/letters/{letter}"


def _place(view: View, slug: str, stage: str, letter: uuid.UUID) -> tuple[Process, Stage, Letter]:
    process = standing(view, slug)
    view.require(Permission.APPROVE_ANSWERS, process.id)
    row = processes.stage_named(view.session, process.id, stage)
    return process, row, queries.letter_by_id(view.session, process.id, letter)


@router.page(BASE, may=Permission.APPROVE_ANSWERS)
def letter(view: View, slug: str, stage: str, letter: uuid.UUID) -> Response:
    """One letter: its words, who wrote and approved it, what became of it, and what may be done."""
    process, row, found = _place(view, slug, stage, letter)
    sent = queries.sent_states(view.session, [found]).get(found.id)
    duties = queries.duties_of_letter(view.session, found.id)
    may_see = view.actor.may(Permission.SEE_CONTACTS, process.id)
    return view.render(
        "feedback/letter.html",
        process=process,
        stage=row,
        name=row.name(view.language),
        letter=found,
        person=queries.people_named(view.session, [found.person_id])[found.person_id],
        sees_contacts=may_see,
        reached=people.contacts_of(view.session, [found.person_id])[found.person_id] if may_see else [],
        reached_by=REACHED_BY,
        sent=SENT_WORDS.get(sent) if sent else None,
        state=STATE_WORDS[found.state],
        blocked=BLOCKED_WORDS[found.blocked_because] if found.blocked_because else None,
        may_edit=not found.is_to_anybody and (found.state is LetterState.DRAFT or LETTER.may(found.state, "reopen")),
        may_hand_over=found.state is LetterState.APPROVED and (found.way is Way.HAND or sent in NOT_REACHED),
        may_write_again=found.state is LetterState.APPROVED and sent in NOT_REACHED,
        owed=[duty for duty in duties if duty.state is DutyState.OWED],
        settled_words=[(reason.value, word) for reason, word in SETTLED_WORDS.items()],
        is_to_approve=found.state is LetterState.DRAFT and not found.blocked_because,
        barred=why_not(view, process, found),
        others=", ".join(others_of(view, process)[:MOST_NAMES]),
        read=_read(view, found),
        is_older=found.state is LetterState.DRAFT and letter_texts.is_draft_older(view.session, found),
        texts_used=_texts_used(found),
    )


def _read(view: View, found: Letter) -> dict[str, Readability | None]:
    """How easily the words the office added read, as typed or as they stand."""
    words = {"note": found.note} | {f"explanation-{one['folio']}": one["explanation"] for one in found.sections}
    return {name: readability_es(view.typed(name) or text) for name, text in words.items()}


def _texts_used(found: Letter) -> Text | None:
    """Which versions of the office's own text stand in this letter, if any."""
    used = sorted({section["next_version"] for section in found.sections if section.get("next_version")})
    return T("version {numbers}", numbers=", ".join(map(str, used))) if used else None


@router.page(BASE + "/mail", may=Permission.APPROVE_ANSWERS)
def as_mail(view: View, slug: str, stage: str, letter: uuid.UUID) -> Response:
    """The letter as a mail file, byte for byte as it will be sent, but for the address."""
    _, _, found = _place(view, slug, stage, letter)
    if found.blocked_because:
        raise Conflict(BLOCKED_WORDS[found.blocked_because])
    outgoing = Outgoing(
        id=found.id,
        to_address="recipient@example.org",
        language=found.language,
        subject=found.subject,
        text=found.text,
        html=found.html,
        message_id=message_id_of(found.id, found.origin),
    )
    content = compose(outgoing, sender_of(view.house.settings.mail_from)).as_bytes()
    headers = {"content-disposition": f'attachment; filename="{found.folios[0]}.eml"', **PRIVATE}
    return Response(content, media_type="message/rfc822", headers=headers)


def _prepare_words(view: View, slug: str, stage: str, letter: uuid.UUID) -> Any:
    process, row, found = _place(view, slug, stage, letter)
    words = {"note": view.typed("note")} | {folio: view.typed(f"explanation-{folio}") for folio in found.folios}
    with under(**{folio: f"explanation-{folio}" for folio in found.folios}):
        return actions.to_edit(view.session, process, row, found, words)


@router.act(BASE, may=Permission.DRAFT_ANSWERS, again=letter, prepare=_prepare_words)
def edit(view: View, slug: str, stage: str, letter: uuid.UUID) -> Response:
    """Add the office's own words."""
    process, _, found = _place(view, slug, stage, letter)
    actions.edit(view.work, process, found, view.prepared)
    return view.see_other(_path(slug, stage, found), T("The words of the office were added."))


def _path(slug: str, stage: str, found: Letter) -> str:
    return f"/p/{slug}/office/answers/{stage}/letters/{found.id}"


@router.act(BASE + "/trial", may=Permission.DRAFT_ANSWERS)
def send_to_me(view: View, slug: str, stage: str, letter: uuid.UUID) -> Response:
    """Send the letter to oneself, marked [TEST]; it covers nothing and is counted nowhere."""
    process, _, found = _place(view, slug, stage, letter)
    view.work.require(Permission.DRAFT_ANSWERS, process.id)
    if found.blocked_because:
        raise Conflict(T("This letter cannot be sent to you: it is blocked."))
    words = Rendered(
        subject=found.subject,
        text=found.text,
        html=found.html,
        language=found.language,
        kind=LetterKind.RECEIPT,
        origin=found.origin,
        process_id=process.id,
    )
    post_trial(view, words)
    return view.see_other(_path(slug, stage, found), T("The letter was sent to you, marked as a test."))


def post_trial(view: View, words: Rendered) -> None:
    """Send a letter to whoever asks, marked [TEST]: it belongs to no stage, covers nothing and is counted nowhere."""
    contact = people.email_of(view.session, view.actor.person_id) if view.actor.person_id else None
    if contact is None:
        raise Conflict(T("This letter cannot be sent to you: you have no address here."))
    marked = dataclasses.replace(
        words, subject=f"[TEST] {words.subject}", text=f"[TEST]\n\n{words.text}", kind=LetterKind.RECEIPT
    )
    view.work.post(marked, Recipient(view.actor.person_id, contact.value, words.language))


@router.act(BASE + "/handover", may=Permission.SETTLE_DUTIES, again=letter)
def hand_over(view: View, slug: str, stage: str, letter: uuid.UUID) -> Response:
    """Note that it was handed over."""
    process, _, found = _place(view, slug, stage, letter)
    with under(note="handed_note"):
        actions.hand_over(view.work, process, found, view.typed("handed_note"))
    return view.see_other(_path(slug, stage, found), T("It was written down how the letter was handed over."))


def _settle_again(view: View, slug: str, stage: str) -> Response:
    return letter(view, slug, stage, keys([view.typed("letter")])[0])


@router.act("/p/{slug}/office/answers/{stage}/settlement", may=Permission.SETTLE_DUTIES, again=_settle_again)
def settle(view: View, slug: str, stage: str) -> Response:
    """Close what cannot be answered by a letter, with its reason."""
    process = standing(view, slug)
    view.require(Permission.APPROVE_ANSWERS, process.id)
    (key,) = keys([view.typed("duty")])
    duty = queries.duty_by_id(view.session, process.id, key)
    with under(because=f"because-{key}", note=f"tried-{key}"):
        actions.settle(view.work, duty, view.typed(f"because-{key}"), view.typed(f"tried-{key}"))
    told = T("The answer is settled without a letter that arrived.")
    return view.see_other(f"/p/{slug}/office/answers/{stage}", told)


@router.act(BASE + "/reopening", may=Permission.APPROVE_ANSWERS)
def reopen(view: View, slug: str, stage: str, letter: uuid.UUID) -> Response:
    """Take back the approval of a letter that has not left."""
    process, _, found = _place(view, slug, stage, letter)
    actions.reopen(view.work, process, found)
    return view.see_other(_path(slug, stage, found), T("The approval was taken back."))


@router.act(BASE + "/edition", may=Permission.DRAFT_ANSWERS)
def write_again(view: View, slug: str, stage: str, letter: uuid.UUID) -> Response:
    """Give up a letter that came back, so that another one is drafted."""
    process, _, found = _place(view, slug, stage, letter)
    actions.write_again(view.work, process, found)
    return view.see_other(f"/p/{slug}/office/answers/{stage}", T("The letter was given up. Draft it again."))


@router.page("/p/{slug}/answers/clear/{token}", may=PUBLIC)
def question(view: View, slug: str, token: str) -> Response:
    """Whether the reason was clear, and what its reader asks about each decision, with the answer."""
    process = standing(view, slug)
    found = queries.letter_by_question(view.session, process.id, token)
    return view.render(
        "feedback/question.html",
        process=process,
        letter=found,
        token=token,
        said=queries.clarity_of(view.session, found.id),
        options=[(answer.value, CLEAR_WORDS[answer]) for answer in Clear],
        parts=questions.asked_about(view.session, found),
        ask_until=asks_until(found.ask_by, process.zone),
        sought_options=[(sought.value, words) for sought, words in SOUGHT_WORDS.items()],
        sought_words=SOUGHT_WORDS,
        reply_words=REPLY_WORDS,
        longest=LONGEST_QUESTION,
    )


@router.act("/p/{slug}/answers/clear/{token}", may=PUBLIC, again=question)
def rate(view: View, slug: str, token: str) -> Response:
    """Say whether the reason was clear."""
    process = standing(view, slug)
    found = queries.letter_by_question(view.session, process.id, token)
    actions.rate(view.work, found, view.typed("answer"), view.typed("words"))
    return view.see_other(f"/p/{slug}/answers/clear/{token}")


@router.page("/p/{slug}/answers/stop/{token}", may=PUBLIC)
def before_stop(view: View, slug: str, token: str) -> Response:
    """What stopping does, for whoever reads a letter to an address nobody confirmed; looking changes nothing."""
    process, found = _to_anybody(view, slug, token)
    address = queries.address_of_letter(view.session, found)
    is_done = address is not None and reaching.is_left_alone(view.session, address)
    return view.render("feedback/stop.html", process=process, token=token, is_done=is_done)


@router.act("/p/{slug}/answers/stop/{token}", may=PUBLIC, again=before_stop)
def stop(view: View, slug: str, token: str) -> Response:
    """Send nothing more to that address."""
    _, found = _to_anybody(view, slug, token)
    actions.leave_alone(view.work, found)
    return view.see_other(f"/p/{slug}/answers/stop/{token}")


def _to_anybody(view: View, slug: str, token: str) -> tuple[Process, Letter]:
    process = standing(view, slug)
    found = queries.letter_by_question(view.session, process.id, token)
    if not found.is_to_anybody:
        raise NotFound
    return process, found
