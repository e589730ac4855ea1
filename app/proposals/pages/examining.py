"""The office at the door: the queue, one proposal with all that can be done with it, and doing it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from app.kit.errors import Invalid, NotFound, under
from app.kit.i18n import T, Text
from app.people import queries as people
from app.people.rules import Permission
from app.process.doors import standing
from app.process.models import Process
from app.proposals import actions, queries, resembling, words
from app.proposals.models import Proposal
from app.proposals.rules import JOURNEY, STATE_WORDS
from app.web.edge import Router
from app.web.view import View

router = Router()
MOST_SEEMING = 3
DONE: dict[str, Callable[[str], Text]] = {
    "admitted": lambda folio: T("Proposal {folio} was admitted. It is public now.", folio=folio),
    "returned": lambda folio: T("Proposal {folio} was returned. Its authors are told by letter.", folio=folio),
    "refused": lambda folio: T("Proposal {folio} was not admitted. Its authors are owed a letter.", folio=folio),
}


@router.page("/p/{slug}/office/proposals", may=Permission.EXAMINE_PROPOSALS)
def queue(view: View, slug: str, after: int = 0) -> Response:
    """The proposals waiting at the door, oldest first."""
    process = standing(view, slug)
    view.require(Permission.EXAMINE_PROPOSALS, process.id)
    waiting = queries.to_examine(view.session, process.id, 51, after)
    return view.render(
        "proposals/queue.html",
        process=process,
        waiting=waiting[:50],
        more=waiting[49].number if len(waiting) > 50 else None,
        counts_rows=[(STATE_WORDS[s], n) for s, n in queries.counts_of(view.session, process.id).items()],
        unconfirmed=queries.unconfirmed(view.session, process.id, view.now),
    )


@router.page("/p/{slug}/office/proposals/{folio}", may=Permission.EXAMINE_PROPOSALS)
def examine(view: View, slug: str, folio: str, into: str = "") -> Response:
    """One proposal as the office sees it, with the moves its state allows, and what it seems to repeat."""
    process, proposal = at_the_door(view, slug, folio)
    revision, *earlier = queries.revisions_of(view.session, proposal.id)
    written = resembling.Written(revision.title, revision.problem, revision.solution, but=proposal.id)
    authors, files = queries.authors_of(view.session, proposal.id), queries.files_of(view.session, proposal.id)
    may_see = view.actor.may(Permission.SEE_CONTACTS, process.id)
    reached = people.contacts_of(view.session, [author.person_id for author in authors]) if may_see else {}
    return view.render(
        "proposals/examine.html",
        process=process,
        proposal=proposal,
        revision=revision,
        earlier=earlier,
        names=people.names_of(view.session, [author.person_id for author in authors]) if may_see else {},
        seems=resembling.similar(view.session, process.id, written, MOST_SEEMING),
        into=into[:20],
        authors=authors,
        reached=reached,
        reached_by=words.REACHED_BY,
        admissions=queries.admissions_of(view.session, proposal.id),
        moves=JOURNEY.moves_from(proposal.state),
        state_word=STATE_WORDS[proposal.state],
        reasons=list(words.REFUSAL_REASONS.items()),
        channel=words.CHANNELS[proposal.channel],
        contacts=words.CONTACTS,
        outcomes=words.OUTCOMES,
        files=files,
        attached=files,
        **words.OF_FILES,
    )


def _prepare(view: View, slug: str, folio: str) -> Any:
    process, proposal = at_the_door(view, slug, folio)
    if view.typed("outcome") == "admitted":
        return actions.to_admit(view.session, proposal)
    if view.typed("outcome") == "returned":
        return actions.to_return(view.session, process, proposal, view.typed("return_reason"), view.now)
    return None


def at_the_door(view: View, slug: str, folio: str) -> tuple[Process, Proposal]:
    """The proposal of an address, for an official who may examine it."""
    process = standing(view, slug)
    view.require(Permission.EXAMINE_PROPOSALS, process.id)
    return process, queries.by_folio(view.session, process.id, folio)


@router.act(
    "/p/{slug}/office/proposals/{folio}/admission",
    may=Permission.EXAMINE_PROPOSALS,
    again=examine,
    prepare=_prepare,
)
def decide_admission(view: View, slug: str, folio: str) -> Response:
    """Admit, return or refuse."""
    process, proposal = at_the_door(view, slug, folio)
    outcome = view.typed("outcome")
    if outcome == "admitted":
        actions.admit(view.work, proposal, view.prepared)
    elif outcome == "returned":
        with under(reason="return_reason"):
            actions.return_for_changes(view.work, process, proposal, view.prepared)
    elif outcome == "refused":
        with under(reason="refuse_reason"):
            actions.refuse(view.work, process, proposal, view.typed("refuse_reason"), view.typed_all("reason_codes"))
    else:
        raise Invalid(outcome=T("Choose what to do with it."))
    return view.see_other(f"/p/{slug}/office/proposals", DONE[outcome](proposal.folio))


def _prepare_merge(view: View, slug: str, folio: str) -> Any:
    process, proposal = at_the_door(view, slug, folio)
    reason = view.typed("merge_reason")
    return actions.to_merge(view.session, process, proposal, _other(view, process), reason)


def _other(view: View, process: Process) -> Proposal:
    wanted = view.typed("into").upper()
    if not wanted:
        raise Invalid(into=T("Write the folio of the other proposal."))
    try:
        return queries.by_folio(view.session, process.id, wanted)
    except NotFound:
        raise Invalid(into=T("There is no proposal of this folio.")) from None


@router.act(
    "/p/{slug}/office/proposals/{folio}/merge",
    may=Permission.EXAMINE_PROPOSALS,
    again=examine,
    prepare=_prepare_merge,
)
def merge(view: View, slug: str, folio: str) -> Response:
    """Let it go on as one with another."""
    process, proposal = at_the_door(view, slug, folio)
    into = _other(view, process)
    with under(reason="merge_reason"):
        actions.merge(view.work, process, proposal, into, view.prepared)
    told = T("Proposal {folio} goes on as one with {into}.", folio=proposal.folio, into=into.folio)
    return view.see_other(f"/p/{slug}/office/proposals/{into.folio}", told)
