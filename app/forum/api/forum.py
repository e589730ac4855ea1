"""The forum for programs: its criteria, a member's own score sheet, standing aside, and the results after the close."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from app.forum import actions
from app.forum.actions import Given
from app.forum.actions.criteria import Thresholds
from app.forum.doors import closed_round, forum_at, own_round, stage_at
from app.forum.models import CriteriaSet, Round, ScoreSheet, Seat
from app.forum.queries import criteria, rounds, seats
from app.forum.queries.aside import require_not_aside
from app.forum.rules import scoring
from app.forum.rules.results import Result
from app.forum.rules.scoring import CriterionKind, CriterionText, Level, ReasonRule, RecusalKind, TieRule
from app.kit.errors import Invalid, NotFound
from app.kit.i18n import T
from app.kit.text import half_up
from app.people.rules import Permission
from app.proposals import queries as proposals
from app.web.edge import PUBLIC, Router
from app.web.hops import Length
from app.web.view import PRIVATE, View

router = Router()
BASE = "/api/v1/processes/{slug}"


class Body(BaseModel):
    """What is sent in: any other field is refused."""

    model_config = ConfigDict(extra="forbid")


class LevelBody(Body):
    """One worded level; numbers are text, so that they stay exact."""

    value: str = Field(max_length=12)
    label_es: str = Field(max_length=200)
    label_en: str = Field(default="", max_length=200)
    anchor_es: str = Field(default="", max_length=2000)
    anchor_en: str = Field(default="", max_length=2000)


class CriterionBody(Body):
    """One criterion with its scale."""

    key: str = Field(max_length=40)
    title_es: str = Field(max_length=200)
    title_en: str = Field(default="", max_length=200)
    help_es: str = Field(default="", max_length=4000)
    help_en: str = Field(default="", max_length=4000)
    kind: CriterionKind = CriterionKind.SCORED
    weight: str = Field(default="1", max_length=12)
    required: bool = True
    reason_rule: ReasonRule = ReasonRule.NEVER
    reason_level: str | None = Field(default=None, max_length=12)
    reason_min_chars: int = Field(default=20, ge=0, le=500)
    min_mean: str | None = Field(default=None, max_length=12)
    levels: list[LevelBody] = Field(max_length=scoring.MOST_LEVELS)


class CriteriaSetBody(Body):
    """A whole set: the criteria of a stage and what has to be reached."""

    stage: str = Field(max_length=60)
    pass_total: str = Field(default="60", max_length=12)
    knockout_share: str = Field(default="2/3", max_length=12)
    quorum_min: int = Field(default=1, ge=1, le=1000)
    quorum_share: str = Field(default="1/2", max_length=12)
    capacity: int | None = Field(default=None, ge=1, le=100_000)
    tie_rule: TieRule = TieRule.HEAVIEST
    criteria: list[CriterionBody] = Field(max_length=50)


class CriteriaSetShown(BaseModel):
    """A set as anybody may read it."""

    id: str
    stage: str
    state: str
    adopted_at: str | None
    adopted_in_session: int | None
    adopted_after_intake_opened: bool
    content_hash: str
    content: dict[str, Any]


class CriteriaShown(BaseModel):
    """The sets in force and earlier ones."""

    items: list[CriteriaSetShown]


class AdoptionBody(Body):
    """The session in which a set is adopted."""

    session: int


class ScoreBody(Body):
    """The level given to one criterion, and why."""

    level: str = Field(default="", max_length=12)
    reason: str = Field(default="", max_length=scoring.LONGEST_REASON)


class SheetBody(Body):
    """A member's own sheet; only a submitted one counts. Abstaining is done in place of handing in.

    `version` is that of the sheet as it was last read, and is left out only where there was none yet.
    """

    scores: dict[str, ScoreBody] = Field(default_factory=dict)
    submit: bool = False
    abstain: bool = False
    abstain_reason: str = Field(default="", max_length=scoring.LONGEST_ABSTENTION)
    version: int | None = None


class SheetShown(BaseModel):
    """A member's own sheet as it stands."""

    state: str
    version: int | None
    scores: dict[str, ScoreBody]
    counts: bool


class RecusalBody(Body):
    """Why a seat stands aside."""

    kind: RecusalKind
    note: str = Field(default="", max_length=1000)


class RecusalShown(BaseModel):
    """That a seat stands aside."""

    folio: str
    seat: int
    kind: str


class MeanShown(BaseModel):
    """The mean of one criterion, and how many answered it."""

    key: str
    mean: float | None
    n: int


class ResultShown(BaseModel):
    """What the round says of one proposal."""

    folio: str
    score: float | None
    score_exact: str | None
    rank: int | None
    verdict: str
    within_capacity: bool
    n: int
    needed: int
    recused: int
    abstained: int
    mean: float | None
    median: float | None
    sd: float | None
    spread: float | None
    flags: list[str]
    criteria: list[MeanShown]


class ResultsShown(BaseModel):
    """A closed round, by rank."""

    items: list[ResultShown]
    next: None = None
    total: int
    total_is_capped: bool = False
    closed_at: str
    formula: str
    inputs_hash: str
    agreement: dict[str, float | None]


def answer(shown: BaseModel, status: int = 200) -> Response:
    """What is shown, as JSON that nobody keeps."""
    body = shown.model_dump_json()
    return Response(body, status_code=status, media_type="application/json", headers=PRIVATE)


def _iso(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


@router.read(f"{BASE}/criteria", may=PUBLIC, response_model=CriteriaShown)
def read_criteria(view: View, slug: str) -> Response:
    """The criteria a forum adopted, every version, with weights, worded levels and thresholds."""
    process, _ = forum_at(view, slug)
    found = [
        _shown_set(view, stage.slug, found)
        for stage in seats.forum_filters(view.session, process.id)
        for found in criteria.sets_of(view.session, stage.id)
        if found.adopted_at is not None
    ]
    return answer(CriteriaShown(items=found))


def _shown_set(view: View, stage: str, found: CriteriaSet) -> CriteriaSetShown:
    number = None
    if found.adopted_session_id:
        meetings = seats.sessions_in(view.session, found.process_id)
        number = next((meeting.number for meeting in meetings if meeting.id == found.adopted_session_id), None)
    return CriteriaSetShown(
        id=str(found.id),
        stage=stage,
        state=found.state.value,
        adopted_at=_iso(found.adopted_at),
        adopted_in_session=number,
        adopted_after_intake_opened=found.adopted_late,
        content_hash=found.content_hash,
        content=criteria.content_of(found, criteria.criteria_of(view.session, found.id)),
    )


@router.write("POST", f"{BASE}/criteria-sets", may=Permission.WRITE_CRITERIA, response_model=CriteriaSetShown)
def write_criteria(view: View, slug: str, body: CriteriaSetBody) -> Response:
    """Write a new draft whole; a later adoption freezes it."""
    process, _ = forum_at(view, slug)
    stage = stage_at(view, process, body.stage)
    draft = actions.begin_set(view.work, process, stage)
    for row in criteria.criteria_of(view.session, draft.id):
        actions.remove_criterion(view.work, process, draft, row.criterion.key)
    for criterion in body.criteria:
        actions.add_criterion(view.work, process, draft, _criterion(criterion))
    actions.set_thresholds(view.work, process, draft, _thresholds(body))
    view.session.flush()
    return answer(_shown_set(view, stage.slug, draft), 201)


def _criterion(sent: CriterionBody) -> CriterionText:
    given = sent.model_dump(exclude={"levels", "weight", "reason_level", "min_mean"})
    levels = [
        Level(_exact("levels", level.value), level.label_es, level.label_en, level.anchor_es, level.anchor_en)
        for level in sent.levels
    ]
    return CriterionText(
        **given,
        weight=_exact("weight", sent.weight),
        reason_level=_exact("reason_level", sent.reason_level) if sent.reason_level else None,
        min_mean=_exact("min_mean", sent.min_mean) if sent.min_mean else None,
        levels=tuple(sorted(levels, key=lambda level: level.value)),
    )


def _exact(name: str, typed: str) -> Decimal:
    try:
        return scoring.exact(typed)
    except ValueError:
        raise Invalid(**{name: T("Write a number with at most three decimals.")}) from None


def _share(name: str, typed: str) -> Fraction:
    try:
        return scoring.share(typed)
    except ValueError:
        raise Invalid(**{name: T("Write a share such as 2/3 or 0.5.")}) from None


def _thresholds(body: CriteriaSetBody) -> Thresholds:
    return Thresholds(
        pass_total=_exact("pass_total", body.pass_total),
        knockout_share=_share("knockout_share", body.knockout_share),
        quorum_min=body.quorum_min,
        quorum_share=_share("quorum_share", body.quorum_share),
        capacity=body.capacity,
        tie_rule=body.tie_rule,
    )


@router.write(
    "POST", f"{BASE}/criteria-sets/{{set_id}}/adoption", may=Permission.RECORD_SESSION, response_model=CriteriaSetShown
)
def adopt(view: View, slug: str, set_id: uuid.UUID, body: AdoptionBody) -> Response:
    """Adopt a draft in a session that holds a quorum."""
    process, forum = forum_at(view, slug)
    draft = criteria.set_by_id(view.session, process.id, set_id)
    meeting = seats.session_numbered(view.session, forum.id, body.session)
    actions.adopt(view.work, process, draft, meeting)
    stages = {stage.id: stage.slug for stage in seats.forum_filters(view.session, process.id)}
    return answer(_shown_set(view, stages[draft.stage_id], draft))


@router.read(f"{BASE}/proposals/{{folio}}/score-sheet", may=Permission.SEE_FORUM, response_model=SheetShown)
def read_sheet(view: View, slug: str, folio: str) -> Response:
    """The asking member's own sheet, and nobody else's."""
    process, found, seat = own_round(view, slug)
    proposal = proposals.by_folio(view.session, process.id, folio)
    require_not_aside(view.session, found.stage_id, proposal, view.actor.person_id)
    sheet = rounds.sheet_of(view.session, found, proposal.id, seat.id)
    if sheet is None:
        raise NotFound
    return answer(_shown_sheet(view, found, sheet))


def _shown_sheet(view: View, found: Round, sheet: ScoreSheet) -> SheetShown:
    given = rounds.scores_of(view.session, sheet.id)
    scores = {}
    for row in criteria.criteria_of(view.session, found.criteria_set_id):
        score = given.get(row.criterion.id)
        level = next((level.value for level in row.levels if score and level.id == score.level_id), None)
        scores[row.criterion.key] = ScoreBody(level=criteria.said(level) or "", reason=score.reason if score else "")
    return SheetShown(state=sheet.state.value, version=sheet.version, scores=scores, counts=sheet.counts)


@router.write("PUT", f"{BASE}/proposals/{{folio}}/score-sheet", may=Permission.SEE_FORUM, response_model=SheetShown)
def write_sheet(view: View, slug: str, folio: str, body: SheetBody) -> Response:
    """Keep the own sheet as a draft, hand it in, or abstain."""
    process, found, _ = own_round(view, slug)
    proposal = proposals.by_folio(view.session, process.id, folio)
    given = Given(
        {key: score.level for key, score in body.scores.items()},
        {key: score.reason for key, score in body.scores.items()},
        body.version,
        body.abstain_reason,
    )
    if body.abstain and body.submit:
        raise Invalid(abstain=T("Either hand the sheet in or abstain."))
    act = actions.abstain if body.abstain else actions.submit if body.submit else actions.save_draft
    sheet = act(view.work, process, found, proposal, given)
    view.session.flush()
    return answer(_shown_sheet(view, found, sheet))


@router.write("POST", f"{BASE}/proposals/{{folio}}/recusal", may=Permission.SEE_FORUM, response_model=RecusalShown)
def recuse(view: View, slug: str, folio: str, body: RecusalBody) -> Response:
    """Stand aside on a proposal with the own seat."""
    process, found, seat = own_round(view, slug)
    proposal = proposals.by_folio(view.session, process.id, folio)
    actions.recuse(view.work, process, found.stage_id, proposal, (body.kind.value, body.note))
    return answer(_shown_recusal(proposal.folio, seat, body), 201)


def _shown_recusal(folio: str, seat: Seat, body: RecusalBody) -> RecusalShown:
    return RecusalShown(folio=folio, seat=seat.number, kind=body.kind.value)


@router.read(f"{BASE}/results", may=PUBLIC, kept=True, length=Length.LONG, response_model=ResultsShown)
def results(view: View, slug: str, stage: str = "") -> Response:
    """The results of the newest round; before its close 409 with its dates, while they are counted 409 `counting`."""
    process, _ = forum_at(view, slug)
    found = closed_round(view, process, stage)
    counted = rounds.outturn(view.session, found, view.now).counted
    ranked, abstained = counted.ranked, rounds.abstentions(view.session, found, view.now)
    return answer(
        ResultsShown(
            items=[_shown_result(result, abstained.get(result.folio, 0)) for result in ranked],
            total=len(ranked),
            closed_at=_iso(found.closed_at) or "",
            formula=counted.formula,
            inputs_hash=counted.inputs_hash,
            agreement={key: _rounded(one.alpha, 4) for key, one in counted.agreement.items()},
        )
    )


def _rounded(number: Fraction | float | None, digits: int = 3) -> float | None:
    return None if number is None else float(half_up(number, digits))


def _shown_result(result: Result, abstained: int) -> ResultShown:
    return ResultShown(
        folio=result.folio,
        score=_rounded(result.total),
        score_exact=None if result.total is None else str(result.total),
        rank=result.rank,
        verdict=result.verdict.value,
        within_capacity=result.is_within_capacity,
        n=result.n,
        needed=result.needed,
        recused=result.recused,
        abstained=abstained,
        mean=_rounded(result.mean),
        median=_rounded(result.median),
        sd=_rounded(result.sd),
        spread=_rounded(result.spread),
        flags=[flag.value for flag in result.flags],
        criteria=[MeanShown(key=mean.key, mean=_rounded(mean.raw), n=mean.n) for mean in result.means],
    )
