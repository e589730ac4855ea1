"""The list a body goes down: one reasoned decision for each proposal, or several at a time; publishing them."""

from __future__ import annotations

from datetime import date
from typing import Any

from starlette.responses import Response

from app.decisions import actions, queries
from app.decisions.actions import Verdict
from app.decisions.models import Decision, Publication
from app.decisions.rules import (
    GATES,
    LONGEST_REASON,
    MOVE_OF,
    OUTCOME_WORDS,
    REASON_CODES,
    SAME_TEXT_WARNING,
    BodyKind,
    RuleSays,
    codes_for,
)
from app.kit.errors import Invalid, NotFound
from app.kit.i18n import T, Text, Tn
from app.kit.text import readability_es
from app.people.rules import Permission
from app.process import doors
from app.process import queries as processes
from app.process.kinds import DECIDING, INTAKE, FilterMethod, StageKind
from app.process.models import Process, Stage
from app.process.rules import WindowStatus
from app.proposals import queries as proposals
from app.proposals.models import Proposal
from app.proposals.rules import JOURNEY, STATE_WORDS
from app.proposals.words import OF_FILES
from app.web.edge import Router
from app.web.view import View

router = Router()
PAGE = 25
ONLY_WORDS: dict[str, Text] = {"open": T("To decide"), "taken": T("Decided, not published"), "all": T("All")}


def standing(view: View, slug: str, stage: str) -> tuple[Process, Stage]:
    """The process and the deciding stage of an address, with the page standing in it."""
    process = doors.standing(view, slug)
    row = processes.stage_named(view.session, process.id, stage)
    if row.kind not in DECIDING:
        raise NotFound
    return process, row


def _office(view: View, slug: str, stage: str) -> tuple[Process, Stage]:
    process, row = standing(view, slug, stage)
    view.require(Permission.DECIDE, process.id)
    return process, row


def _context(view: View, process: Process, stage: Stage) -> dict[str, Any]:
    body = queries.body_named(view.session, process.id, str(stage.settings.get("body", "office")))
    method = str(stage.settings.get("method", ""))
    by_forum = body is not None and body.kind is BodyKind.FORUM
    outcomes = GATES[stage.kind].outcomes
    return {
        "process": process,
        "stage": stage,
        "name": stage.name(view.language),
        "body": body,
        "is_council": body is not None and body.kind is BodyKind.COUNCIL,
        "elsewhere": by_forum and method != FilterMethod.SIMPLE.value,
        "counts": queries.count_taken(view.session, stage.id),
        "left": queries.count_open(view.session, stage, view.now),
        "outcomes": [(outcome.value, OUTCOME_WORDS[outcome]) for outcome in outcomes],
        "codes": codes_for(method),
        "code_words": REASON_CODES,
        "outcome_words": OUTCOME_WORDS,
    }


@router.page("/p/{slug}/office/decisions", may=Permission.DECIDE)
def stages(view: View, slug: str) -> Response:
    """The stages of this process that decide."""
    process = doors.standing(view, slug)
    view.require(Permission.DECIDE, process.id)
    deciding = [s for s in processes.stages_of(view.session, process.id) if s.kind in DECIDING]
    if len(deciding) == 1:
        return view.see_other(f"/p/{slug}/office/decisions/{deciding[0].slug}")
    rows = [(s, s.name(view.language), queries.count_open(view.session, s, view.now)) for s in deciding]
    return view.render("decisions/stages.html", process=process, rows=rows)


@router.page("/p/{slug}/office/decisions/{stage}", may=Permission.DECIDE)
def listing(view: View, slug: str, stage: str, only: str = "open", after: int = 0) -> Response:
    """The proposals a body has before it, by folio; several can be decided here, each with its own reason."""
    process, row = _office(view, slug, stage)
    if only not in ONLY_WORDS:
        raise NotFound
    rows = queries.awaiting(view.session, row, view.now, only=only, after=after, limit=PAGE + 1)
    return view.render(
        "decisions/list.html",
        rows=rows[:PAGE],
        says=_says(view, row, [line.folio for line in rows[:PAGE]]),
        texts=proposals.newest_texts(view.session, process.id, [line.folio for line in rows[:PAGE]]),
        more=rows[PAGE - 1].number if len(rows) > PAGE else None,
        only=only,
        only_words=ONLY_WORDS,
        state_words=STATE_WORDS,
        **_context(view, process, row),
    )


def _says(view: View, stage: Stage, folios: list[str]) -> dict[str, RuleSays]:
    """What the ranking says beside each proposal; score sheets have a page of their own."""
    return {} if stage.kind is StageKind.FILTER else queries.rules_say(view.session, stage, folios)


@router.act("/p/{slug}/office/decisions/{stage}", may=Permission.DECIDE, again=listing)
def decide_several(view: View, slug: str, stage: str) -> Response:
    """One outcome for the ticked proposals, one reason for each."""
    process, row = _office(view, slug, stage)
    folios = view.typed_all("folios")
    reasons = {folio: view.typed(f"reason-{folio}") for folio in folios}
    missing = {
        f"reason-{folio}": T("Write the reason for {folio}.", folio=folio) for folio in folios if not reasons[folio]
    }
    if not folios:
        missing["folios"] = T("Tick at least one proposal.")
    if not view.typed("outcome"):
        missing["outcome"] = T("Choose what is decided.")
    if missing:
        raise Invalid(**missing)
    for folio in folios:
        proposal = proposals.by_folio(view.session, process.id, folio)
        actions.decide(view.work, process, row, proposal, _typed(view, reasons[folio]))
    told = Tn("{count} decision was written down.", "{count} decisions were written down.", len(folios))
    return view.see_other(f"/p/{slug}/office/decisions/{stage}", told)


def _typed(view: View, reason: str) -> Verdict:
    act_on = view.typed("act_on")
    try:
        day = date.fromisoformat(act_on) if act_on else None
    except ValueError:
        raise Invalid(act_on=T("Write the date like 2026-09-07.")) from None
    return Verdict(
        outcome=view.typed("outcome"),
        reason=reason,
        reason_codes=tuple(view.typed_all("reason_codes")),
        what_next=view.typed("what_next"),
        override_reason=view.typed("override_reason"),
        act_number=view.typed("act_number"),
        act_on=day,
    )


@router.page("/p/{slug}/office/decisions/{stage}/publication", may=Permission.PUBLISH_DECISIONS)
def publication(view: View, slug: str, stage: str) -> Response:
    """What would be published now: how many decisions, how many people, who cannot be reached, what lacks a reason."""
    process, row = standing(view, slug, stage)
    view.require(Permission.PUBLISH_DECISIONS, process.id)
    return view.render(
        "decisions/publication.html",
        would=queries.would_publish(view.session, row.id),
        preview=queries.awaiting(view.session, row, view.now, only="taken", limit=PAGE),
        changed=queries.changed_since(view.session, row.id),
        same=queries.same_reasons(view.session, row.id, SAME_TEXT_WARNING),
        editions=queries.publications_of(view.session, row.id),
        receiving=_still_receiving(view, process),
        **_context(view, process, row),
    )


def _still_receiving(view: View, process: Process) -> Stage | None:
    """The stage that still receives proposals, if there is one; of several the one that closes last."""
    found = [
        stage
        for stage in processes.stages_of(view.session, process.id)
        if stage.kind in INTAKE and not stage.concluded_at and stage.window.status(view.now) is WindowStatus.OPEN
    ]
    return max(found, key=lambda stage: (stage.closes_at is None, stage.closes_at), default=None)


@router.act("/p/{slug}/office/decisions/{stage}/publication", may=Permission.PUBLISH_DECISIONS, again=publication)
def publish(view: View, slug: str, stage: str) -> Response:
    """Publish them, all together, and go on to the answers that are owed from now on."""
    process, row = standing(view, slug, stage)
    told = _published(actions.publish(view.work, process, row))
    if view.actor.may(Permission.APPROVE_ANSWERS, process.id):
        return view.see_other(f"/p/{slug}/office/answers/{stage}", told)
    return view.see_other(f"/p/{slug}/decisions/{stage}", told)


def _published(publication: Publication) -> Text:
    n = int(publication.counts["decisions"])
    public = Tn("{count} decision is public now.", "{count} decisions are public now.", n)
    return T("{public} What comes next: draft the answers to the people.", public=public)


@router.page("/p/{slug}/office/decisions/{stage}/{folio}", may=Permission.DECIDE)
def one(view: View, slug: str, stage: str, folio: str) -> Response:
    """One proposal with everything needed to decide on it, and what was decided before."""
    process, row = _office(view, slug, stage)
    proposal = proposals.by_folio(view.session, process.id, folio)
    current = queries.current(view.session, row.id, proposal.id)
    revisions = proposals.revisions_of(view.session, proposal.id)
    reason = view.typed("reason") or (current.reason if current else "")
    return view.render(
        "decisions/one.html",
        proposal=proposal,
        revision=revisions[0],
        earlier=revisions[1:],
        attached=proposals.files_of(view.session, proposal.id),
        **OF_FILES,
        joined=proposals.merged_into(view.session, proposal.id),
        has_changed=current is not None and current.text_version < proposal.revision,
        current=current,
        says=queries.rule_says(view.session, row, proposal),
        reading=readability_es(reason) if reason else None,
        state_word=STATE_WORDS[proposal.state],
        may_decide=_may_decide(row, proposal, current),
        **_context(view, process, row),
    )


def _may_decide(stage: Stage, proposal: Proposal, current: Decision | None) -> bool:
    moves = (MOVE_OF[outcome] for outcome in GATES[stage.kind].outcomes)
    return current is not None or any(JOURNEY.may(proposal.state, move) for move in moves)


@router.page("/p/{slug}/office/reading", may=Permission.DECIDE)
def reading(view: View, slug: str) -> Response:
    """How easily a reason or another text of the office is read, while it is being written; a hint, never a gate.

    The one field that is sent is read, whatever its name.
    """
    del slug
    words = next(iter(view.request.query_params.values()), "")
    return view.render("decisions/reading.html", block="reading", reading=readability_es(words[:LONGEST_REASON]))


@router.act("/p/{slug}/office/decisions/{stage}/{folio}", may=Permission.DECIDE, again=one)
def decide(view: View, slug: str, stage: str, folio: str) -> Response:
    """Decide on one, or say publicly that it stays undecided."""
    process, row = _office(view, slug, stage)
    proposal = proposals.by_folio(view.session, process.id, folio)
    told = T("The decision on {folio} was written down. It is not public yet.", folio=proposal.folio)
    if view.typed("outcome") == "undecided":
        actions.note_undecided(view.work, process, row, proposal, view.typed("reason"))
        told = T("{folio} stays undecided. The reason is public.", folio=proposal.folio)
    else:
        actions.decide(view.work, process, row, proposal, _typed(view, view.typed("reason")))
    following = queries.awaiting(view.session, row, view.now, only="open", after=proposal.number, limit=1)
    if view.typed("then") == "next" and following:
        return view.see_other(f"/p/{slug}/office/decisions/{stage}/{following[0].folio}", told)
    return view.see_other(f"/p/{slug}/office/decisions/{stage}", told)
