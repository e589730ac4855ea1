"""Opening a round of scoring by program, with the same plan as on the page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field
from starlette.responses import Response

from app.forum import actions
from app.forum.actions import Plan
from app.forum.api.forum import BASE, Body, answer
from app.forum.doors import forum_at, stage_at
from app.forum.models import Round
from app.forum.queries.theming import plan_of
from app.forum.rules.assigning import MOST_SEATS
from app.forum.rules.reminding import MOST_REMIND_DAYS, REMIND_DAYS
from app.forum.rules.seeing import Seen
from app.people.rules import Permission
from app.web.edge import Router
from app.web.view import View

router = Router()
MOST_THEMES = 200
Theme = Annotated[str, Field(max_length=24)]
Seats = Annotated[list[int], Field(max_length=MOST_SEATS)]


class RoundBody(Body):
    """When a round opens and closes, and who scores what in it.

    Without `per_proposal` and `by_theme` every seat scores every proposal.
    """

    stage: str = Field(max_length=60, description="Short name of the filter.")
    opens_at: AwareDatetime | None = Field(default=None, description="Left out: at once.")
    closes_at: AwareDatetime
    per_proposal: int | None = Field(
        default=None,
        ge=1,
        le=MOST_SEATS,
        description="So many seats are drawn by lot for each proposal, of those of its theme if it goes by theme, "
        "from both sides of the forum and never where there may be a conflict.",
    )
    by_theme: dict[Theme, Seats] | None = Field(
        default=None,
        max_length=MOST_THEMES,
        description="The numbers of the seats that score each theme. Where a proposal before the forum stands in a "
        "theme, themes are named by their numbers; before that by the values that authors choose. `none` is for "
        "proposals without one. Refused, with the field `theme_` and its name, where a theme that proposals carry has "
        "fewer seats than the criteria ask for score sheets.",
    )
    scores_seen: Seen = Field(
        default=Seen.NAMED,
        description="What the forum and the office see after the close: what each seat gave and why (`named`), the "
        "same without the seats (`nameless`), or only what all score sheets say together (`together`).",
    )
    remind_days: int = Field(
        default=REMIND_DAYS,
        ge=0,
        le=MOST_REMIND_DAYS,
        description="So many days before the end those who are late are reminded, once; 0 for never.",
    )


class RoundShown(BaseModel):
    """A round as it was opened."""

    stage: str
    number: int
    state: str
    opens_at: str
    closes_at: str
    criteria_hash: str
    voting_seats: int
    per_proposal: int | None
    by_theme: dict[str, list[int]] | None
    scores_seen: str
    remind_days: int


@router.write(
    "POST",
    f"{BASE}/scoring-rounds",
    may=Permission.WRITE_CRITERIA,
    response_model=RoundShown,
    status_code=201,
)
def open_round(view: View, slug: str, body: RoundBody) -> Response:
    """Open a round of blind scoring with the criteria in force; 409 while another round of the stage is open."""
    process, _ = forum_at(view, slug)
    view.require(Permission.WRITE_CRITERIA, process.id)
    stage = stage_at(view, process, body.stage)
    plan = Plan(body.closes_at, body.opens_at, body.remind_days, body.per_proposal, body.by_theme, body.scores_seen)
    return answer(_shown(stage.slug, actions.open_round(view.work, process, stage, plan)), 201)


def _shown(stage: str, made: Round) -> RoundShown:
    by_theme = plan_of(made)
    return RoundShown(
        stage=stage,
        number=made.number,
        state=made.state.value,
        opens_at=_iso(made.opens_at),
        closes_at=_iso(made.closes_at),
        criteria_hash=made.criteria_hash,
        voting_seats=made.voting_seats,
        per_proposal=made.per_proposal,
        by_theme=by_theme.stored()["seats"] if by_theme else None,
        scores_seen=made.scores_seen.value,
        remind_days=made.remind_days,
    )


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
