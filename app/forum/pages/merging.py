"""Letting two proposals go on as one, from the list a session goes down."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from app.forum import actions
from app.forum.doors import stage_at
from app.forum.pages.sessions import meeting_at
from app.kit.errors import Invalid, NotFound
from app.kit.i18n import T
from app.people.rules import Permission
from app.process.models import Process
from app.proposals import actions as proposal_actions
from app.proposals import queries as proposals
from app.proposals.models import Proposal
from app.web.edge import Router
from app.web.view import View

router = Router()
DOOR = "/p/{slug}/office/forum/sessions/{number}/merging/{stage}/{folio}"


@router.page(DOOR, may=Permission.RECORD_SESSION)
def merging(view: View, slug: str, number: int, stage: str, folio: str) -> Response:
    """With which other one it goes on, and why."""
    process, meeting = meeting_at(view, slug, number)
    view.require(Permission.RECORD_SESSION, process.id)
    found = stage_at(view, process, stage)
    return view.render(
        "forum/merging.html",
        process=process,
        meeting=meeting,
        stage=found,
        stage_name=found.name(view.language),
        proposal=proposals.by_folio(view.session, process.id, folio),
    )


def _pair(view: View, process: Process, folio: str) -> tuple[Proposal, Proposal]:
    wanted = view.typed("into").strip().upper()
    if not wanted:
        raise Invalid(into=T("Write the folio of the other proposal."))
    try:
        return proposals.by_folio(view.session, process.id, folio), proposals.by_folio(view.session, process.id, wanted)
    except NotFound:
        raise Invalid(into=T("There is no proposal of this folio.")) from None


def _prepare(view: View, slug: str, number: int, stage: str, folio: str) -> Any:
    process, _ = meeting_at(view, slug, number)
    view.require(Permission.RECORD_SESSION, process.id)
    del stage
    return proposal_actions.to_merge(view.session, process, *_pair(view, process, folio), view.typed("reason"))


@router.act(DOOR, may=Permission.RECORD_SESSION, again=merging, prepare=_prepare)
def merge(view: View, slug: str, number: int, stage: str, folio: str) -> Response:
    """Let them go on as one."""
    process, meeting = meeting_at(view, slug, number)
    found, pair = stage_at(view, process, stage), _pair(view, process, folio)
    actions.merge_in_session(view.work, process, (found, meeting), pair, view.prepared)
    told = T("Proposal {folio} goes on as one with {into}.", folio=pair[0].folio, into=pair[1].folio)
    return view.see_other(f"/p/{slug}/office/forum/sessions/{number}/deciding/{stage}", told)
