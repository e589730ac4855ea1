"""The draft of the plan for everybody: its texts, the comments on it, and the table of what was answered to them."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from app.commitments.doors import commented
from app.commitments.models import Commitment, DraftResponse
from app.commitments.queries import comments
from app.commitments.queries import commitments as queries
from app.commitments.queries.comments import PAGE, Answered
from app.commitments.rules.comments import HELD_WORDS, PARTS, RESPONSE_WORDS
from app.commitments.rules.comments import Response as Outcome
from app.commitments.rules.plan import PUBLIC, SECTIONS
from app.kit.errors import NotFound
from app.people.rules import Permission
from app.process.models import Process, Stage
from app.process.rules import WindowStatus
from app.web.edge import PUBLIC as EVERYBODY
from app.web.edge import Router
from app.web.view import View

router = Router()
LOOKS: dict[Outcome, str] = {
    Outcome.ACCEPTED: "good",
    Outcome.ACCEPTED_IN_PART: "wait",
    Outcome.NOT_ACCEPTED: "plain",
    Outcome.NOTED: "told",
}


@router.page("/p/{slug}/draft", may=EVERYBODY, kept=True)
def draft(view: View, slug: str) -> Response:
    """The commitments of the draft, until when it can be commented on, and where the comments stand."""
    process, stage = commented(view, slug)
    has_begun = stage.window.status(view.now) is not WindowStatus.SCHEDULED
    return view.render(
        "commitments/draft.html",
        process=process,
        stage=stage,
        has_begun=has_begun,
        rows=comments.shown_of(view.session, stage) if has_begun else [],
        said_of=comments.count_by_commitment(view.session, stage.id),
        counted=comments.counted(view.session, stage.id),
        held_words=HELD_WORDS,
        may_read=view.actor.may(Permission.WRITE_COMMITMENTS, process.id),
        **_window(view, process, stage),
    )


def _window(view: View, process: Process, stage: Stage) -> dict[str, Any]:
    """Whether anybody can comment at this moment."""
    is_open = stage.window.status(view.now) is WindowStatus.OPEN and stage.concluded_at is None
    return {"is_open": is_open and not (process.ended_at or process.paused_at)}


@router.page("/p/{slug}/draft/comments", may=EVERYBODY, kept=True)
def said(view: View, slug: str, about: int | None = None, after: int = 0) -> Response:
    """The public comments in the order in which they came, on the whole draft or on one commitment."""
    process, stage = commented(view, slug)
    narrowed = [comments.IS_PUBLIC]
    found = None
    if about is not None:
        found = _shown(view, process, stage, about)
        narrowed.append(comments.is_about(found))
    rows = comments.comments(view.session, stage.id, *narrowed, after=after)
    return view.render(
        "commitments/comments.html",
        process=process,
        stage=stage,
        about=found,
        rows=rows[:PAGE],
        more=rows[PAGE - 1].comment.number if len(rows) > PAGE else None,
        parts=PARTS,
        counted=comments.counted(view.session, stage.id),
        held_words=HELD_WORDS,
        **_window(view, process, stage),
    )


@router.page("/p/{slug}/draft/issues", may=EVERYBODY, kept=True)
def issues(view: View, slug: str, after: int = 0) -> Response:
    """The table: each point that was made, how many made it, what was answered and why, and what changed."""
    process, stage = commented(view, slug)
    rows = comments.published(view.session, stage.id, after)
    return view.render(
        "commitments/issues.html",
        process=process,
        stage=stage,
        rows=rows[:PAGE],
        more=rows[PAGE - 1].issue.number if len(rows) > PAGE else None,
        counted=comments.counted(view.session, stage.id),
        **answered_words(view, process, rows[:PAGE]),
    )


def answered_words(view: View, process: Process, rows: list[Answered]) -> dict[str, Any]:
    """The words and looks of the answers, and the commitments that they say were changed."""
    numbers = {number for row in rows if row.response for number, _ in row.response.changes}
    return {
        "response_words": RESPONSE_WORDS,
        "looks": LOOKS,
        "changed": comments.titles_of(view.session, process.id, sorted(numbers)) if numbers else {},
    }


@router.page("/p/{slug}/draft/issues/{number}", may=EVERYBODY, kept=True)
def issue(view: View, slug: str, number: int, after: int = 0) -> Response:
    """One point with its answer, earlier ones beside it, and every comment that makes it."""
    process, _ = commented(view, slug)
    row = comments.published_one(view.session, process.id, number)
    made = (comments.makes(row.issue), comments.IS_ANSWERED)
    found = comments.comments(view.session, row.issue.stage_id, *made, after=after)
    return view.render(
        "commitments/issue.html",
        process=process,
        row=row,
        earlier=_earlier(view, row),
        rows=found[:PAGE],
        more=found[PAGE - 1].comment.number if len(found) > PAGE else None,
        parts=PARTS,
        **answered_words(view, process, [row]),
    )


def _earlier(view: View, row: Answered) -> list[DraftResponse]:
    versions = comments.responses_of(view.session, row.issue.id)
    return [one for one in versions if one.published_at and one.number != row.issue.published_version]


def _shown(view: View, process: Process, stage: Stage, number: int) -> Commitment:
    found = queries.numbered(view.session, process.id, number)
    if not comments.is_shown(stage, found, view.now):
        raise NotFound
    return found


@router.page("/p/{slug}/draft/{number}", may=EVERYBODY, kept=True)
def one(view: View, slug: str, number: int) -> Response:
    """The text of one commitment of the draft; each part can be commented on by itself."""
    process, stage = commented(view, slug)
    found = _shown(view, process, stage, number)
    milestones = queries.in_force(queries.milestones_of(view.session, [found.id])[found.id], view.now)
    return view.render(
        "commitments/draft_one.html",
        process=process,
        stage=stage,
        commitment=found,
        is_in_plan=found.state in PUBLIC,
        text=queries.text_of(view.session, found),
        versions=len(comments.public_texts(view.session, stage, found)),
        lead=queries.organisation_name(view.session, found.lead_id),
        milestones=milestones,
        sections=SECTIONS,
        said=comments.count_by_commitment(view.session, stage.id).get(found.id, 0),
        **_window(view, process, stage),
    )
