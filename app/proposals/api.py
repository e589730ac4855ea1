"""What the office does at the door, by program: admit, return, refuse, merge."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from app.people.rules import Permission
from app.process import queries as processes
from app.process.models import Process
from app.proposals import actions, queries
from app.proposals.models import Proposal
from app.web.edge import Router
from app.web.view import PRIVATE, View

router = Router()


class NewAdmission(BaseModel):
    """What is decided at the door; returning and refusing need a reason, refusing a kind of reason too."""

    model_config = ConfigDict(extra="forbid")

    outcome: Literal["admitted", "returned", "refused"]
    reason: str = ""
    reason_codes: list[str] = Field(default_factory=list)


class NewMerge(BaseModel):
    """With which proposal this one goes on, and why."""

    model_config = ConfigDict(extra="forbid")

    into: str
    reason: str


class Standing(BaseModel):
    """Where a proposal stands now."""

    folio: str
    state: str
    merged_into: str | None = None


def _at_the_door(view: View, slug: str, folio: str) -> tuple[Process, Proposal]:
    process = processes.by_slug(view.session, slug)
    view.require(Permission.EXAMINE_PROPOSALS, process.id)
    return process, queries.by_folio(view.session, process.id, folio)


def _prepare(view: View, slug: str, folio: str, sent: NewAdmission) -> Any:
    process, proposal = _at_the_door(view, slug, folio)
    if sent.outcome == "admitted":
        return actions.to_admit(view.session, proposal)
    if sent.outcome == "returned":
        return actions.to_return(view.session, process, proposal, sent.reason.strip(), view.now)
    return None


@router.write(
    "PUT",
    "/api/v1/processes/{slug}/proposals/{folio}/admission",
    may=Permission.EXAMINE_PROPOSALS,
    prepare=_prepare,
    response_model=Standing,
)
def decide_admission(view: View, slug: str, folio: str, sent: NewAdmission) -> Response:
    """Admit a proposal, return it for changes, or refuse it. Office."""
    process, proposal = _at_the_door(view, slug, folio)
    if sent.outcome == "admitted":
        actions.admit(view.work, proposal, view.prepared)
    elif sent.outcome == "returned":
        actions.return_for_changes(view.work, process, proposal, view.prepared)
    else:
        actions.refuse(view.work, process, proposal, sent.reason.strip(), sent.reason_codes)
    return _standing(proposal)


def _prepare_merge(view: View, slug: str, folio: str, sent: NewMerge) -> Any:
    process, proposal = _at_the_door(view, slug, folio)
    return actions.to_merge(
        view.session, process, proposal, queries.by_folio(view.session, process.id, sent.into), sent.reason.strip()
    )


@router.write(
    "POST",
    "/api/v1/processes/{slug}/proposals/{folio}/merge",
    may=Permission.EXAMINE_PROPOSALS,
    prepare=_prepare_merge,
    response_model=Standing,
)
def merge(view: View, slug: str, folio: str, sent: NewMerge) -> Response:
    """Let a proposal go on as one with another; its authors stay recipients. Office."""
    process, proposal = _at_the_door(view, slug, folio)
    into = queries.by_folio(view.session, process.id, sent.into)
    actions.merge(view.work, process, proposal, into, view.prepared)
    return _standing(proposal, into.folio)


def _standing(proposal: Proposal, into: str | None = None) -> Response:
    body = Standing(folio=proposal.folio, state=proposal.state.value, merged_into=into)
    return Response(body.model_dump_json(), media_type="application/json", headers=PRIVATE)
