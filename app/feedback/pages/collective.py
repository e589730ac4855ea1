"""The answer to everybody who took part in a table: previewed and published by the office, read by all."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from app.decisions.rules import OUTCOME_WORDS, Outcome
from app.feedback import actions, collective
from app.feedback.actions import Words
from app.kit.i18n import Tn
from app.people.rules import Permission
from app.prioritisation.queries import tables
from app.prioritisation.rules.voting import NOTE_WORDS, NoteState
from app.process.doors import standing
from app.web.edge import PUBLIC, Router
from app.web.view import View

router = Router()
OFFICE = "/p/{slug}/office/tables/{number}/answer"
APPROVE = Permission.APPROVE_ANSWERS
WORDS: dict[str, Any] = {
    "outcome_words": {outcome.value: OUTCOME_WORDS[outcome] for outcome in Outcome},
    "note_words": {state.value: NOTE_WORDS[state] for state in NoteState},
}


@router.page("/p/{slug}/tables/{number}/answer", may=PUBLIC, kept=True)
def answer(view: View, slug: str, number: int) -> Response:
    """What the meeting said, how it ranked, what became of each proposal; under it every earlier version."""
    process = standing(view, slug)
    at, _ = tables.public_table(view.session, process.id, number)
    versions = collective.versions_of(view.session, at.meeting.id)
    return view.render(
        "feedback/collective.html",
        process=process,
        number=number,
        answer=versions[0] if versions else None,
        facts=versions[0].facts if versions else {},
        earlier=versions[1:],
        meeting=at.meeting.slug,
        title=at.meeting.title(view.language),
        **WORDS,
    )


@router.page(OFFICE, may=APPROVE)
def preview(view: View, slug: str, number: int) -> Response:
    """What would be published now, and the office's own words above it."""
    process = standing(view, slug)
    view.require(APPROVE, process.id)
    at, found = tables.table_numbered(view.session, process.id, number)
    return view.render(
        "feedback/collective_office.html",
        process=process,
        at=at,
        facts=collective.facts_of(view.session, at, found),
        earlier=collective.answer_of(view.session, at.meeting.id),
        title=at.meeting.title(view.language),
        **WORDS,
    )


@router.act(OFFICE, may=APPROVE, again=preview)
def publish(view: View, slug: str, number: int) -> Response:
    """Publish it; whoever cannot be written to is answered by it."""
    process = standing(view, slug)
    at, found = tables.table_numbered(view.session, process.id, number)
    words = Words(view.typed("words"), view.typed("change_note"))
    _, answered = actions.publish_together(view.work, process, at, found, words)
    told = Tn(
        "The answer is public; it answers {count} person who cannot be written to. Draft the letters to the others.",
        "The answer is public; it answers {count} people who cannot be written to. Draft the letters to the others.",
        answered,
    )
    return view.see_other(f"/p/{slug}/tables/{number}/answer", told)
