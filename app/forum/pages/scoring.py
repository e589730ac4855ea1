"""A member's own desk: what there is to score, one sheet at a time, and always a way to stand aside."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

from starlette.responses import Response

from app.forum import actions
from app.forum.actions import Given
from app.forum.doors import own_round
from app.forum.models import Round, ScoreSheet, Seat
from app.forum.pages.opening import themes_by_seat
from app.forum.queries import criteria, rounds
from app.forum.queries.aside import own_recusals
from app.forum.queries.next_sheet import next_for
from app.forum.queries.suspicions import Suspicion, open_suspicions
from app.forum.rules.scoring import DONE, RECUSAL_WORDS, SheetState, keys_of, owes_reason
from app.forum.rules.seeing import SEEN_SENTENCES
from app.forum.rules.suspecting import OWN_WORDS
from app.kit.errors import Conflict, Invalid, NotFound, Stale
from app.kit.i18n import T
from app.people.rules import Permission
from app.process.rules import WindowStatus
from app.proposals import queries as proposals
from app.web.edge import Router
from app.web.view import View

router = Router()
NOTHING_OWED = frozenset({*DONE, "recused"})


@router.page("/p/{slug}/score", may=Permission.SEE_FORUM)
def mine(view: View, slug: str) -> Response:
    """My list, in an order of my own, and how far I am."""
    process, found, seat = own_round(view, slug)
    rows = rounds.to_score(view.session, found, seat, view.actor.person_id)
    return view.render(
        "forum/mine.html",
        suspected={one.folio for one in _suspected(view, found)},
        process=process,
        round=found,
        seat=seat,
        what_is_seen=SEEN_SENTENCES[found.scores_seen],
        themes=themes_by_seat(view, found).get(seat.number, []),
        rows=rows,
        done=sum(row.status in NOTHING_OWED for row in rows),
        total=len(rows),
        next=next_for(view.session, found, rows),
        declared=rounds.declared(view.session, found, seat.id, view.actor.person_id),
        is_open=_is_open(found, view),
    )


def _suspected(view: View, found: Round, proposal_id: uuid.UUID | None = None) -> list[Suspicion]:
    """What suggests that whoever asks has a conflict, and nobody has settled yet."""
    who = view.actor.person_id
    return open_suspicions(view.session, found, view.now, person_id=who, proposal_id=proposal_id) if who else []


def _is_open(found: Round, view: View) -> bool:
    return found.closed_at is None and found.window.status(view.now) is WindowStatus.OPEN


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
    rows = rounds.to_score(view.session, found, seat, view.actor.person_id)
    status = next((row.status for row in rows if row.folio == proposal.folio), None)
    if status is None:
        raise NotFound
    own = rounds.sheet_of(view.session, found, proposal.id, seat.id)
    return view.render(
        "forum/sheet.html",
        block="scoring",
        process=process,
        round=found,
        seat=seat,
        proposal=proposal,
        revision=proposals.newest_revision(view.session, proposal),
        own_status=status,
        suspected=[OWN_WORDS[sign] for one in _suspected(view, found, proposal.id) for sign in one.signs],
        may_take_back=status == "recused" and _is_own(view, found, seat, proposal.id),
        version=_version(view, own),
        is_submitted=own is not None and own.state is SheetState.SUBMITTED,
        has_abstained=own is not None and own.state is SheetState.ABSTAINED,
        abstain_reason=own.abstain_reason if own else "",
        questions=_questions(view, found, own.id if own else None),
        saved=_saved(view, own),
        keeper=f"{found.id.hex}-{proposal.folio}-{view.actor.person_id}",
        conflicts=list(RECUSAL_WORDS.items()),
        declared=rounds.declared(view.session, found, seat.id, view.actor.person_id),
        is_open=_is_open(found, view),
        done=sum(row.status in NOTHING_OWED for row in rows),
        total=len(rows),
    )


def _is_own(view: View, found: Round, seat: Seat, proposal_id: uuid.UUID) -> bool:
    """Whether standing aside was one's own word, so that it can be taken back."""
    rows = own_recusals(view.session, found.stage_id, seat.id, view.actor.person_id)
    return not any(row.is_pinned or row.person_id is None for row in rows if row.proposal_id == proposal_id)


def _version(view: View, own: ScoreSheet | None) -> str:
    """The version to be written over: what is saved now, once somebody has seen it; else the one they came with."""
    if view.errors and "" not in view.errors and "version" in view.form:
        return view.typed("version")
    return str(own.version) if own else ""


def _saved(view: View, own: ScoreSheet | None) -> dict[str, Any] | None:
    """Whose is what is saved, shown beside what was filled in by somebody who had not seen it."""
    if own is None or "" not in view.errors or "version" not in view.form:
        return None
    return {"at": own.saved_at, "is_mine": own.person_id == view.actor.person_id}


def _questions(view: View, found: Round, sheet_id: Any) -> list[dict[str, Any]]:
    given = rounds.scores_of(view.session, sheet_id) if sheet_id else {}
    questions = []
    for row in criteria.criteria_of(view.session, found.criteria_set_id):
        score, owes = given.get(row.criterion.id), partial(owes_reason, row.criterion)
        chosen = next((level.value for level in row.levels if score and level.id == score.level_id), None)
        questions.append(
            {
                "criterion": row.criterion,
                "options": [
                    (criteria.said(level.value), level.label(view.language), level.anchor(view.language), key)
                    for level, key in zip(row.levels, keys_of([level.value for level in row.levels]), strict=True)
                ],
                "chosen": criteria.said(chosen),
                "chosen_words": next((one.label(view.language) for one in row.levels if one.value == chosen), ""),
                "reason": score.reason if score else "",
                "owed": {criteria.said(one.value): one.label(view.language) for one in row.levels if owes(one.value)},
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
        abstain_reason=view.typed("abstain_reason"),
    )


def _next(view: View, found: Round, seat: Seat, after: str) -> str | None:
    return next_for(view.session, found, rounds.to_score(view.session, found, seat, view.actor.person_id), after)


@router.act("/p/{slug}/score/{folio}", may=Permission.SEE_FORUM, again=sheet)
def save(view: View, slug: str, folio: str) -> Response:
    """Keep my sheet as a draft, or hand it in and go on to the next."""
    process, found, seat = own_round(view, slug)
    proposal = proposals.by_folio(view.session, process.id, folio)
    then = view.typed("then")
    act = {"draft": actions.save_draft, "abstain": actions.abstain}.get(then, actions.submit)
    try:
        act(view.work, process, found, proposal, _typed(view, found))
    except Stale:  # told as a contradiction, the form comes back with everything in it
        raise Conflict(T("This score sheet was saved elsewhere while you had it open.")) from None
    if then == "draft":
        return view.see_other(f"/p/{slug}/score/{proposal.folio}", T("Kept as a draft. It does not count yet."))
    following = _next(view, found, seat, proposal.folio)
    told = T("Your score sheet on {folio} is handed in.", folio=proposal.folio)
    if then == "abstain":
        told = T("You abstain on {folio}.", folio=proposal.folio)
    return view.see_other(f"/p/{slug}/score/{following}" if following else f"/p/{slug}/score", told)


@router.act("/p/{slug}/score/{folio}/recusal", may=Permission.SEE_FORUM, again=sheet)
def recuse(view: View, slug: str, folio: str) -> Response:
    """Stand aside on this proposal."""
    process, found, seat = own_round(view, slug)
    proposal = proposals.by_folio(view.session, process.id, folio)
    actions.recuse(view.work, process, found.stage_id, proposal, (view.typed("kind"), view.typed("note")))
    following = _next(view, found, seat, proposal.folio)
    told = T("You stand aside on {folio}.", folio=proposal.folio)
    return view.see_other(f"/p/{slug}/score/{following}" if following else f"/p/{slug}/score", told)


@router.act("/p/{slug}/score/{folio}/recusal-back", may=Permission.SEE_FORUM, again=sheet)
def take_back(view: View, slug: str, folio: str) -> Response:
    """Stand aside no longer on this proposal."""
    process, found, _ = own_round(view, slug)
    proposal = proposals.by_folio(view.session, process.id, folio)
    actions.take_back_recusal(view.work, process, found, proposal)
    return view.see_other(f"/p/{slug}/score/{proposal.folio}", T("You no longer stand aside on this proposal."))
