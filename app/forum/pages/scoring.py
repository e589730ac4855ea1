"""A member's own desk: what there is to score, one sheet at a time, and always a way to stand aside."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from app.forum import actions
from app.forum.actions import Given
from app.forum.doors import own_round
from app.forum.models import Round
from app.forum.queries import criteria, rounds
from app.forum.rules.scoring import RECUSAL_WORDS, SheetState, owes_reason
from app.kit.errors import Invalid, NotFound
from app.kit.i18n import T
from app.people.rules import Permission
from app.process.rules import WindowStatus
from app.proposals import queries as proposals
from app.web.edge import Router
from app.web.view import View

router = Router()


@router.page("/p/{slug}/score", may=Permission.SEE_FORUM)
def mine(view: View, slug: str) -> Response:
    """My list, in an order of my own, and how far I am."""
    process, found, seat = own_round(view, slug)
    rows = rounds.to_score(view.session, found, seat)
    return view.render(
        "forum/mine.html",
        process=process,
        round=found,
        seat=seat,
        rows=rows,
        done=sum(row.status in {"submitted", "recused"} for row in rows),
        total=len(rows),
        next=_next(rows),
        declared=rounds.declared(view.session, found, seat.id, view.actor.person_id),
        is_open=_is_open(found, view),
    )


def _is_open(found: Round, view: View) -> bool:
    return found.closed_at is None and found.window.status(view.now) is WindowStatus.OPEN


def _next(rows: list[rounds.ToScore], after: str = "") -> str | None:
    """The folio to take next: the first not done after this one in the seat's own order, else the first of all."""
    left = [row.folio for row in rows if row.status in {"open", "draft"} and row.folio != after]
    places = {row.folio: place for place, row in enumerate(rows)}
    later = [folio for folio in left if places[folio] > places.get(after, -1)]
    return next(iter(later or left), None)


@router.act("/p/{slug}/score/declaration", may=Permission.SEE_FORUM, again=mine)
def declare(view: View, slug: str) -> Response:
    """Declare my interests for this round."""
    process, found, _ = own_round(view, slug)
    if view.typed("interests") not in {"none", "some"}:
        raise Invalid(interests=T("Choose one of the two."))
    actions.declare(view.work, process, found, has_none=view.typed("interests") == "none")
    return view.see_other(f"/p/{slug}/score", T("Your interests are declared. You can score now."))


@router.page("/p/{slug}/score/{folio}", may=Permission.SEE_FORUM)
def sheet(view: View, slug: str, folio: str) -> Response:
    """One proposal and my sheet on it."""
    process, found, seat = own_round(view, slug)
    proposal = proposals.by_folio(view.session, process.id, folio)
    rows = rounds.to_score(view.session, found, seat)
    status = next((row.status for row in rows if row.folio == proposal.folio), None)
    if status is None:
        raise NotFound
    own = rounds.sheet_of(view.session, found, proposal.id, seat.id)
    return view.render(
        "forum/sheet.html",
        process=process,
        round=found,
        seat=seat,
        proposal=proposal,
        revision=proposals.newest_revision(view.session, proposal),
        own_status=status,
        version=own.version if own else "",
        is_submitted=own is not None and own.state is SheetState.SUBMITTED,
        questions=_questions(view, found, own.id if own else None),
        conflicts=list(RECUSAL_WORDS.items()),
        declared=rounds.declared(view.session, found, seat.id, view.actor.person_id),
        is_open=_is_open(found, view),
        done=sum(row.status in {"submitted", "recused"} for row in rows),
        total=len(rows),
    )


def _questions(view: View, found: Round, sheet_id: Any) -> list[dict[str, Any]]:
    given = rounds.scores_of(view.session, sheet_id) if sheet_id else {}
    questions = []
    for row in criteria.criteria_of(view.session, found.criteria_set_id):
        score = given.get(row.criterion.id)
        chosen = next((level.value for level in row.levels if score and level.id == score.level_id), None)
        questions.append(
            {
                "criterion": row.criterion,
                "options": [
                    (criteria.said(level.value), level.label(view.language), level.anchor(view.language))
                    for level in row.levels
                ],
                "chosen": criteria.said(chosen),
                "reason": score.reason if score else "",
                "owed": [level.label(view.language) for level in row.levels if owes_reason(row.criterion, level.value)],
            }
        )
    return questions


def _typed(view: View, found: Round) -> Given:
    keys = [row.criterion.key for row in criteria.criteria_of(view.session, found.criteria_set_id)]
    version = view.typed("version")
    return Given(
        levels={key: view.typed(f"level-{key}") for key in keys},
        reasons={key: view.typed(f"reason-{key}") for key in keys},
        version=int(version) if version.isdigit() else None,
    )


@router.act("/p/{slug}/score/{folio}", may=Permission.SEE_FORUM, again=sheet)
def save(view: View, slug: str, folio: str) -> Response:
    """Keep my sheet as a draft, or hand it in and go on to the next."""
    process, found, seat = own_round(view, slug)
    proposal = proposals.by_folio(view.session, process.id, folio)
    if view.typed("then") == "draft":
        actions.save_draft(view.work, process, found, proposal, _typed(view, found))
        return view.see_other(f"/p/{slug}/score/{proposal.folio}", T("Kept as a draft. It does not count yet."))
    actions.submit(view.work, process, found, proposal, _typed(view, found))
    following = _next(rounds.to_score(view.session, found, seat), proposal.folio)
    told = T("Your score sheet on {folio} is handed in.", folio=proposal.folio)
    return view.see_other(f"/p/{slug}/score/{following}" if following else f"/p/{slug}/score", told)


@router.act("/p/{slug}/score/{folio}/recusal", may=Permission.SEE_FORUM, again=sheet)
def recuse(view: View, slug: str, folio: str) -> Response:
    """Stand aside on this proposal."""
    process, found, seat = own_round(view, slug)
    proposal = proposals.by_folio(view.session, process.id, folio)
    actions.recuse(view.work, process, found.stage_id, proposal, (view.typed("kind"), view.typed("note")))
    following = _next(rounds.to_score(view.session, found, seat), proposal.folio)
    told = T("Your seat stands aside on {folio}.", folio=proposal.folio)
    return view.see_other(f"/p/{slug}/score/{following}" if following else f"/p/{slug}/score", told)
