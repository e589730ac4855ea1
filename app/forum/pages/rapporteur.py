"""The rapporteur's pages: which reasons are in one voice already, and writing one from what the score sheets say."""

from __future__ import annotations

from starlette.responses import Response

from app.decisions import queries as decided
from app.decisions.rules import LONGEST_REASON
from app.forum import actions
from app.forum.doors import forum_at, readable, stage_at
from app.forum.models import Round, Seat
from app.forum.pages.criteria import round_at
from app.forum.queries import deciding, rapporteur, rounds, seats
from app.forum.queries.aside import stands_aside_on
from app.forum.queries.deciding import FLAG_WORDS, Draft
from app.forum.queries.reasons import written
from app.kit.errors import NotAllowed, NotFound
from app.kit.i18n import T
from app.people.rules import Permission
from app.process.models import Process, Stage
from app.proposals import queries as proposals
from app.web.edge import Router
from app.web.hops import Length
from app.web.view import View

router = Router()
PAGE = 50


def _at(view: View, slug: str, stage: str) -> tuple[Process, Stage, Round]:
    """The process, the stage and its closed round, for whoever belongs to the forum."""
    process, _ = forum_at(view, slug)
    view.require(Permission.SEE_FORUM, process.id)
    found = stage_at(view, process, stage)
    return process, found, readable(view, round_at(view, process, stage))


def _seat(view: View, found: Round) -> Seat | None:
    return seats.seat_held(view.session, found.body_id, view.actor.person_id, view.now)


@router.page("/p/{slug}/reasons/{stage}", may=Permission.SEE_FORUM, length=Length.LONG)
def reasons(view: View, slug: str, stage: str, page: int = 1) -> Response:
    """Every proposal of the round, those to look at first, with who writes its reason."""
    process, found, scored = _at(view, slug, stage)
    drafts = deciding.drafts(view.session, process, found, view.now)
    drafts.sort(key=lambda draft: (not draft.is_flagged, draft.folio))
    first = max(page - 1, 0) * PAGE
    shown = drafts[first : first + PAGE]
    begun = rapporteur.of_stage(view.session, found.id)
    seat = _seat(view, scored)
    return view.render(
        "forum/reasons.html",
        process=process,
        stage=found,
        stage_name=found.name(view.language),
        titles=rounds.titles_of(view.session, process.id, [draft.folio for draft in shown]),
        rows=[(draft, *begun.get(draft.folio, (None, None))) for draft in shown],
        flag_words=FLAG_WORDS,
        mine=seat.number if seat else None,
        aside=stands_aside_on(view.session, found.id, view.actor.person_id),
        total=len(drafts),
        written=len(begun),
        page=page,
        pages=(len(drafts) + PAGE - 1) // PAGE or 1,
    )


@router.page("/p/{slug}/reasons/{stage}/{folio}", may=Permission.SEE_FORUM, length=Length.LONG)
def reason(view: View, slug: str, stage: str, folio: str) -> Response:
    """One reason: what the criteria say, what members wrote without their names, and the text in one voice."""
    process, found, scored = _at(view, slug, stage)
    proposal = proposals.by_folio(view.session, process.id, folio)
    if proposal.folio in stands_aside_on(view.session, found.id, view.actor.person_id):
        raise NotAllowed(T("You stand aside on this proposal."))
    draft = _draft(view, process, found, proposal.folio)
    begun = rapporteur.of_stage(view.session, found.id).get(proposal.folio)
    seat = _seat(view, scored)
    free = begun is None or begun[1] is None or (seat is not None and begun[1] == seat.number)
    said = written(view.session, scored, [proposal.folio], view.now).get(proposal.folio, [])
    return view.render(
        "forum/reason.html",
        process=process,
        stage=found,
        stage_name=found.name(view.language),
        proposal=proposal,
        text=proposals.newest_texts(view.session, process.id, [proposal.folio])[proposal.folio],
        draft=draft,
        said=said,
        begun=begun[0] if begun else None,
        writer=begun[1] if begun else None,
        may_write=seat is not None and free and decided.current(view.session, found.id, proposal.id) is None,
        longest=LONGEST_REASON,
    )


def _draft(view: View, process: Process, stage: Stage, folio: str) -> Draft:
    found = next((d for d in deciding.drafts(view.session, process, stage, view.now) if d.folio == folio), None)
    if found is None:
        raise NotFound
    return found


@router.act("/p/{slug}/reasons/{stage}/{folio}", may=Permission.SEE_FORUM, again=reason)
def write(view: View, slug: str, stage: str, folio: str) -> Response:
    """Keep the reason."""
    process, _, scored = _at(view, slug, stage)
    proposal = proposals.by_folio(view.session, process.id, folio)
    seen = view.typed("version")
    text = (view.typed("text"), int(seen) if seen.isdecimal() else None)
    actions.write_reason(view.work, process, scored, proposal, text)
    told = T("The reason of {folio} is kept. The forum finds it when it decides.", folio=proposal.folio)
    return view.see_other(f"/p/{slug}/reasons/{stage}", told)


@router.act("/p/{slug}/reasons/{stage}/{folio}/hand-back", may=Permission.RECORD_SESSION, again=reason)
def hand_back(view: View, slug: str, stage: str, folio: str) -> Response:
    """Let another seat go on with it."""
    process, found, _ = _at(view, slug, stage)
    proposal = proposals.by_folio(view.session, process.id, folio)
    draft = rapporteur.of_one(view.session, found.id, proposal.id)
    if draft is None:
        raise NotFound
    actions.hand_back(view.work, process, draft, proposal)
    return view.see_other(f"/p/{slug}/reasons/{stage}/{folio}", T("Another seat may go on with it."))
