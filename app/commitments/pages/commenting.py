"""Commenting on the draft: the form, the receipt, and the page behind the link of the receipt's letter."""

from __future__ import annotations

import uuid
from typing import Any

from starlette.responses import Response

from app.commitments import actions
from app.commitments.actions import NewComment
from app.commitments.doors import commented
from app.commitments.models import DraftComment
from app.commitments.queries import comments
from app.commitments.queries import commitments as queries
from app.commitments.rules.comments import HELD_WORDS, LONGEST, PARTS, SHORTEST, STATE_WORDS
from app.duties import ledger
from app.kit.i18n import T
from app.process.actions import require_open
from app.process.doors import standing
from app.process.models import Process, Stage
from app.web import sealing
from app.web.edge import PUBLIC, Router
from app.web.view import View

router = Router()
FORM = "/p/{slug}/draft/comment"


@router.page(FORM, may=PUBLIC)
def write(view: View, slug: str, about: int | None = None, section: str = "") -> Response:
    """The form, while the draft is open for comments; otherwise the dates, told as a refusal."""
    process, stage = commented(view, slug)
    require_open(process, stage, view.now)
    return _form(view, process, stage, (str(about) if about else "", section))


def _again(view: View, slug: str) -> Response:
    process, stage = commented(view, slug)
    return _form(view, process, stage, (view.typed("about"), view.typed("section")))


def _form(view: View, process: Process, stage: Stage, chosen: tuple[str, str]) -> Response:
    shown = [one for one, _ in comments.shown_of(view.session, stage)]
    about = next((one for one in shown if str(one.number) == chosen[0]), None)
    section = chosen[1] if chosen[1] in PARTS and about else ""
    text = queries.text_of(view.session, about) if about else None
    return view.render(
        "commitments/comment.html",
        block="form",
        process=process,
        stage=stage,
        about=about,
        section=section,
        part=PARTS.get(section),
        quoted=str(text.sections.get(section, "")) if text and section else "",
        choices=[("", T("the whole draft"))] + [(str(one.number), _named(view, one)) for one in shown],
        parts=[("", T("all of it")), *PARTS.items()],
        shortest=SHORTEST,
        longest=LONGEST,
    )


def _named(view: View, one: Any) -> str:
    return f"{one.number}. {one.title(view.language)}"


def _prepare(view: View, slug: str) -> Any:
    process, stage = commented(view, slug)
    require_open(process, stage, view.now)
    wish = _typed(view)
    return wish, actions.prepare(process, wish)


def _typed(view: View) -> NewComment:
    return NewComment(
        text=view.typed("text"),
        name=view.typed("name"),
        email=view.typed("email"),
        publish_name=bool(view.typed("publish_name")),
        about=view.typed("about"),
        section=view.typed("section"),
        language=view.language,
    )


@router.act(FORM, may=PUBLIC, again=_again, prepare=_prepare, limit="submit")
def send(view: View, slug: str) -> Response:
    """Receive the comment and show its receipt."""
    process, stage = commented(view, slug)
    wish, made = view.prepared
    received = actions.comment(view.work, process, stage, wish, made)
    value = [received.comment.id.hex, int(received.mail_was_sent)]
    sealed = sealing.seal(view.house.settings.secret(), "comment", value)
    return view.see_other(f"/p/{slug}/draft/receipt/{sealed}")


@router.page("/p/{slug}/draft/receipt/{sealed}", may=PUBLIC)
def receipt(view: View, slug: str, sealed: str) -> Response:
    """What was received and when, under which folio: a link only its sender gets."""
    process = standing(view, slug)
    key, by_mail = sealing.unseal(view.house.settings.secret(), "comment", sealed, sealing.A_MONTH)
    found = comments.by_key(view.session, process.id, uuid.UUID(key))
    return view.render(
        "commitments/comment_received.html",
        process=process,
        comment=found,
        by_mail=bool(by_mail),
        **_about(view, found),
    )


def _about(view: View, found: DraftComment) -> dict[str, Any]:
    return {"commitment": comments.commitment_of(view.session, found), "part": PARTS.get(found.section)}


@router.page("/p/{slug}/draft/mine/{token}", may=PUBLIC)
def mine(view: View, slug: str, token: str) -> Response:
    """What became of a comment, and the button that confirms the address; nothing that is not public is quoted.

    Opening the link confirms nothing, because mail programs open links by themselves.
    """
    process = standing(view, slug)
    found = comments.by_token(view.session, process.id, token)
    return view.render(
        "commitments/comment_mine.html",
        process=process,
        comment=found,
        token=token,
        state=STATE_WORDS[found.state],
        held=HELD_WORDS[found.held_because] if found.held_because else None,
        issue=comments.answer_of(view.session, found),
        was_sent=ledger.is_answered(view.session, found.id),
        may_confirm=found.confirmed_at is None and found.confirm_by is not None and view.now < found.confirm_by,
        **_about(view, found),
    )


@router.act("/p/{slug}/draft/mine/{token}", may=PUBLIC)
def confirm(view: View, slug: str, token: str) -> Response:
    """Confirm the address and nothing else."""
    process = standing(view, slug)
    actions.confirm(view.work, comments.by_token(view.session, process.id, token))
    return view.see_other(f"/p/{slug}/draft/mine/{token}", T("Your address is confirmed."))
