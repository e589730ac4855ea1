"""The comments on the draft and what was answered to them, by program; sending one needs no account."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field
from starlette.responses import Response

from app.commitments import actions
from app.commitments.actions import NewComment
from app.commitments.api.telling import Sent, answer
from app.commitments.doors import commented_by_program
from app.commitments.queries import comments
from app.commitments.queries.comments import Answered, Said
from app.proposals.rules import Channel
from app.web.edge import PUBLIC, Router
from app.web.view import View

router = Router()
BASE = "/api/v1/processes/{slug}"
MOST = 100


class CommentLine(BaseModel):
    """One public comment; its author is named only if they chose so."""

    folio: str
    commitment: int | None
    text_version: int
    section: str
    text: str
    published_as: str
    language: str
    received_at: datetime
    issue: int | None
    provenance: str


class CommentPage(BaseModel):
    """Public comments in the order in which they came."""

    items: list[CommentLine]
    next: str | None = None
    total: int
    total_is_capped: bool = False


class ChangeTold(BaseModel):
    """A commitment that was changed, and the version of its text in which it was."""

    commitment: int
    version: int


class IssueLine(BaseModel):
    """One point that comments make, with its published answer."""

    issue: int
    title: str
    comments: int
    response: str
    reason: str
    changes: list[ChangeTold]
    change_words: str
    version: int
    published_at: datetime
    url: str


class IssuePage(BaseModel):
    """The issue–response table, by number."""

    items: list[IssueLine]
    next: str | None = None
    total: int
    total_is_capped: bool = False


class CommentSent(Sent):
    """A comment on the whole draft, on one of its commitments, or on a part of that."""

    text: str = Field(max_length=20_000)
    name: str = Field(max_length=1000)
    email: str = Field(default="", max_length=320)
    publish_name: bool = False
    commitment: int | None = Field(default=None, ge=1, le=100_000)
    section: str = Field(default="", max_length=24)
    language: Literal["es", "en"] = "es"


class CommentReceived(BaseModel):
    """Under which folio a comment was received, and when."""

    folio: str
    received_at: datetime
    receipt_was_sent: bool


def _line(said: Said) -> CommentLine:
    one = said.comment
    return CommentLine(
        folio=one.folio,
        commitment=said.about,
        text_version=one.text_version,
        section=one.section,
        text=one.text,
        published_as=one.public_name,
        language=one.language,
        received_at=one.received_at,
        issue=said.issue if said.is_answered else None,
        provenance=one.provenance.value,
    )


@router.read(f"{BASE}/draft-comments", may=PUBLIC, kept=True, response_model=CommentPage)
def listing(view: View, slug: str, after: int = 0, limit: int = 20) -> Response:
    """The public comments on the draft."""
    _, stage = commented_by_program(view, slug)
    limit = max(1, min(limit, MOST))
    rows = comments.comments(view.session, stage.id, comments.IS_PUBLIC, after=after, limit=limit + 1)
    more = str(rows[limit - 1].comment.number) if len(rows) > limit else None
    items, total = [_line(row) for row in rows[:limit]], comments.count(view.session, stage.id, comments.IS_PUBLIC)
    return answer(CommentPage(items=items, next=more, total=total))


def _wish(sent: CommentSent) -> NewComment:
    return NewComment(
        text=sent.text.strip(),
        name=sent.name.strip(),
        email=sent.email.strip(),
        publish_name=sent.publish_name,
        about="" if sent.commitment is None else str(sent.commitment),
        section=sent.section,
        language=sent.language,
        channel=Channel.API,
    )


def _prepare(view: View, slug: str, sent: CommentSent) -> Any:
    process, _ = commented_by_program(view, slug)
    wish = _wish(sent)
    return wish, actions.prepare(process, wish)


@router.write(
    "POST",
    f"{BASE}/draft-comments",
    may=PUBLIC,
    prepare=_prepare,
    limit="submit",
    response_model=CommentReceived,
    status_code=201,
)
def send(view: View, slug: str, sent: CommentSent) -> Response:
    """Comment on the draft while it is open. Anybody; public once the office has read it."""
    del sent
    process, stage = commented_by_program(view, slug)
    wish, made = view.prepared
    received = actions.comment(view.work, process, stage, wish, made)
    told = CommentReceived(
        folio=received.comment.folio,
        received_at=received.comment.received_at,
        receipt_was_sent=received.mail_was_sent,
    )
    return answer(told, 201)


@router.read(f"{BASE}/draft-issues", may=PUBLIC, kept=True, response_model=IssuePage)
def issues(view: View, slug: str, after: int = 0, limit: int = 20) -> Response:
    """The points that were made about the draft, each with its published answer."""
    process, stage = commented_by_program(view, slug)
    limit = max(1, min(limit, MOST))
    rows = comments.published(view.session, stage.id, after, limit + 1)
    more = str(rows[limit - 1].issue.number) if len(rows) > limit else None
    base = f"{view.house.settings.base_url}{view.url(f'/p/{process.slug}/draft/issues')}"
    items = [_issue(row, base) for row in rows[:limit]]
    return answer(IssuePage(items=items, next=more, total=comments.count_published(view.session, stage.id)))


def _issue(row: Answered, base: str) -> IssueLine:
    response = row.response
    assert response is not None  # noqa: S101 - only published issues are read here
    assert response.published_at is not None  # noqa: S101 - the same
    return IssueLine(
        issue=row.issue.number,
        title=row.issue.title,
        comments=row.said_by,
        response=response.response.value,
        reason=response.reason,
        changes=[ChangeTold(commitment=number, version=version) for number, version in response.changes],
        change_words=response.change_words,
        version=response.number,
        published_at=response.published_at,
        url=f"{base}/{row.issue.number}",
    )
