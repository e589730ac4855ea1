"""What an author may do with a proposal of their own, reached with folio and code or from the receipt."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from app.kit.errors import NotFound
from app.kit.i18n import T
from app.process import queries as processes
from app.process.doors import standing
from app.process.models import Process
from app.proposals import actions, queries, words
from app.proposals.actions.preparing import Texts
from app.proposals.models import Author, Proposal
from app.proposals.pages import attaching
from app.proposals.rules import JOURNEY, LONGEST_TITLE, PublishAs, State
from app.web import sealing
from app.web.edge import PUBLIC, Router
from app.web.view import View

router = Router()


def own(view: View, process: Process, sealed: str) -> tuple[Proposal, Author]:
    """The proposal and author that a link from /follow names; good for two hours."""
    author_id = sealing.unseal(view.house.settings.secret(), "own", sealed, sealing.TWO_HOURS)
    proposal, author = queries.own_of(view.session, uuid.UUID(author_id))
    if proposal.process_id != process.id:
        raise NotFound
    return proposal, author


@router.page("/p/{slug}/confirm/{token}", may=PUBLIC)
def ask_confirm(view: View, slug: str, token: str) -> Response:
    """A button: opening the link confirms nothing, because mail programs open links by themselves."""
    process = standing(view, slug)
    proposal, author = queries.author_by_token(view.session, process.id, token)
    return view.render("proposals/confirm.html", process=process, proposal=proposal, author=author, token=token)


@router.act("/p/{slug}/confirm/{token}", may=PUBLIC)
def confirm(view: View, slug: str, token: str) -> Response:
    """Confirm the address and nothing else: the letter may have reached a stranger, so it opens no proposal."""
    process = standing(view, slug)
    proposal, author = queries.author_by_token(view.session, process.id, token)
    if not author.confirmed_at:
        actions.confirm(view.work, proposal, author)
    return view.see_other(f"/p/{slug}/confirm/{token}")


@router.page("/p/{slug}/own/{sealed}/edit", may=PUBLIC)
def edit(view: View, slug: str, sealed: str) -> Response:
    """The text as it stands, to be written anew."""
    process = standing(view, slug)
    proposal, _ = own(view, process, sealed)
    revision = queries.newest_revision(view.session, proposal)
    return view.render(
        "proposals/edit.html",
        process=process,
        proposal=proposal,
        revision=revision,
        sealed=sealed,
        longest_title=LONGEST_TITLE,
        files=attaching.field_of(view, proposal),
        last_admission=next(reversed(queries.admissions_of(view.session, proposal.id)), None),
    )


def _prepare_text(view: View, slug: str, sealed: str) -> Any:
    proposal, _ = own(view, standing(view, slug), sealed)
    texts = Texts(*(view.typed(name) for name in ("title", "problem", "solution", "cause", "result")))
    with attaching.beside(view):
        sent = attaching.sent(view)
        return replace(actions.to_revise(proposal, texts), files=sent.keys, staying=sent.staying)


@router.act("/p/{slug}/own/{sealed}/edit", may=PUBLIC, again=edit, prepare=_prepare_text, files=attaching.INTAKE)
def save(view: View, slug: str, sealed: str) -> Response:
    """Write a new version, or send a returned proposal again."""
    process = standing(view, slug)
    proposal, author = own(view, process, sealed)
    if proposal.state is State.RETURNED:
        actions.resubmit(view.work, process, (proposal, author), view.prepared)
    else:
        stage = processes.stage_by_id(view.session, proposal.stage_id)
        actions.revise(view.work, process, stage, (proposal, author), view.prepared)
    return view.see_other(f"/follow/{sealed}", T("The new text is in our hands. The earlier one is kept beside it."))


def _prepare_goodbye(view: View, slug: str, sealed: str) -> Any:
    process = standing(view, slug)
    return actions.to_withdraw(process, own(view, process, sealed)[0])


@router.page("/p/{slug}/own/{sealed}/withdraw", may=PUBLIC)
def ask_withdraw(view: View, slug: str, sealed: str) -> Response:
    """What withdrawing means, and the button: it is not taken back."""
    process = standing(view, slug)
    proposal, _ = own(view, process, sealed)
    if not JOURNEY.may(proposal.state, "withdraw"):
        return view.see_other(f"/follow/{sealed}")
    return view.render("proposals/withdraw.html", process=process, proposal=proposal, sealed=sealed)


@router.act("/p/{slug}/own/{sealed}/withdraw", may=PUBLIC, again=ask_withdraw, prepare=_prepare_goodbye)
def withdraw(view: View, slug: str, sealed: str) -> Response:
    """Take the proposal back."""
    process = standing(view, slug)
    proposal, author = own(view, process, sealed)
    stage = processes.stage_by_id(view.session, proposal.stage_id)
    actions.withdraw(view.work, process, stage, (proposal, author), view.prepared)
    return view.see_other(f"/follow/{sealed}", T("Your proposal {folio} is withdrawn.", folio=proposal.folio))


@router.page("/p/{slug}/own/{sealed}/name", may=PUBLIC)
def ask_name(view: View, slug: str, sealed: str) -> Response:
    """Under which name it is published from now on; each author for themselves."""
    process = standing(view, slug)
    proposal, author = own(view, process, sealed)
    return view.render(
        "proposals/name.html",
        process=process,
        proposal=proposal,
        author=author,
        sealed=sealed,
        names=[(way.value, words.PUBLISHED_AS[way]) for way in PublishAs],
    )


def _prepare_name(view: View, slug: str, sealed: str) -> Any:
    found = own(view, standing(view, slug), sealed)
    return actions.to_rename(view.session, found, view.typed("publish_as"), view.typed("public_name"))


@router.act("/p/{slug}/own/{sealed}/name", may=PUBLIC, again=ask_name, prepare=_prepare_name)
def rename(view: View, slug: str, sealed: str) -> Response:
    """Publish it under another name."""
    process = standing(view, slug)
    actions.rename_by_link(view.work, own(view, process, sealed), view.prepared)
    return view.see_other(f"/follow/{sealed}", T("From now on it is published under the name you chose."))
