"""What a program is told and may send about the plan, field by field."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator
from starlette.responses import Response

from app.web.view import PRIVATE

BASE = "/api/v1/processes/{slug}/commitments"


def answer(body: BaseModel, status: int = 200) -> Response:
    """The body as JSON that no cache between keeps."""
    return Response(body.model_dump_json(), status_code=status, media_type="application/json", headers=PRIVATE)


class CommitmentLine(BaseModel):
    """One commitment of the plan."""

    number: int
    title: str
    area: str
    state: str
    lead_institution: str
    origin_sector: str
    values: list[str]
    starts_on: date | None
    ends_on: date | None
    not_from_the_consultation: str
    provenance: str
    url: str


class CommitmentPage(BaseModel):
    """Every commitment of the plan, by number."""

    items: list[CommitmentLine]
    next: str | None = None
    total: int
    total_is_capped: bool = False


class SourceTold(BaseModel):
    """A proposal behind a commitment, and with which part."""

    folio: str
    part: str
    words: str


class MilestoneTold(BaseModel):
    """One milestone in the version that counts now."""

    number: int
    version: int
    title: str
    deliverable: str
    means_of_verification: str
    post: str
    involves_public: bool
    due_on: date | None
    due_to_the: str
    is_dropped: bool


class MilestonePage(BaseModel):
    """The milestones of a commitment."""

    items: list[MilestoneTold]
    next: str | None = None
    total: int
    total_is_capped: bool = False


class CommitmentInFull(CommitmentLine):
    """One commitment with its text, where it comes from, and what is missing to verify it."""

    text_version: int
    summary: str
    sections: dict[str, str]
    sources: list[SourceTold]
    milestones: list[MilestoneTold]
    missing: list[str]
    entered_despite: str


class Sent(BaseModel):
    """What a program sends: no field that is not named, and no control characters, as the forms take it."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def _printable(cls, value: Any) -> Any:
        if isinstance(value, str):
            return "".join(c for c in value.replace("\r\n", "\n") if c in "\n\t" or c.isprintable())
        if isinstance(value, list):
            return [cls._printable(one) for one in value]
        return {key: cls._printable(one) for key, one in value.items()} if isinstance(value, dict) else value


class NewCommitment(Sent):
    """A draft."""

    title: str = Field(max_length=1000)
    title_en: str = Field(default="", max_length=1000)
    summary: str = Field(default="", max_length=20_000)
    summary_en: str = Field(default="", max_length=20_000)
    area: str = Field(default="", max_length=500)
    lead_institution: str = Field(default="", max_length=500)
    origin_sector: str = "public"
    values: list[str] = Field(default=[], max_length=10)
    starts_on: date | None = None
    ends_on: date | None = None
    sections: dict[str, str] = Field(default={}, max_length=20)


class NewMilestone(Sent):
    """A milestone; in the plan it needs the reason, who approved it and when."""

    title: str = Field(max_length=1000)
    deliverable: str = Field(default="", max_length=10_000)
    means_of_verification: str = Field(default="", max_length=10_000)
    post: str = Field(default="", max_length=1000)
    involves_public: bool = False
    starts_on: date | None = None
    due_on: date | None = None
    due_to_the: str = "day"
    reason: str = Field(default="", max_length=10_000)
    approver: str = Field(default="", max_length=1000)
    approved_on: date | None = None


class NewReport(Sent):
    """What is said of a commitment, or of one of its milestones, in the newest round."""

    milestone: int | None = Field(default=None, ge=1, le=1000)
    source: Literal["institution", "counterpart", "forum"] = "institution"
    status: str = ""
    low: str = Field(default="", max_length=20)
    high: str = Field(default="", max_length=20)
    done: str = Field(default="", max_length=10_000)
    evidence: list[str] = Field(default=[], max_length=20)


class ReportTold(BaseModel):
    """What one source said in one round; corrected ones stay, marked."""

    round: int
    milestone: int | None
    milestone_version: int | None
    source: str
    status: str | None
    low: str
    high: str
    done: str
    evidence: list[str]
    is_current: bool
    is_late: bool
    provenance: str


class ReportPage(BaseModel):
    """The reports on a commitment, the newest first."""

    items: list[ReportTold]
    next: str | None = None
    total: int
    total_is_capped: bool = False


class Figure(BaseModel):
    """A share of 100, exactly where both ends are equal."""

    low: float
    high: float


class CommitmentProgress(BaseModel):
    """Both figures of one commitment beside one another."""

    number: int
    title: str
    reported: float | None
    reported_range: Figure | None
    computed: float | None
    computed_range: Figure | None
    rating: str | None
    has_report: bool
    warnings: list[str]


class PlanProgress(BaseModel):
    """The plan's figures, each kind apart, and over how many commitments each is the mean."""

    reported: float | None
    reported_rounded: int | None
    reported_range: Figure | None
    reported_known: int
    computed: float | None
    computed_range: Figure | None
    computed_known: int
    of: int


class Warned(BaseModel):
    """A figure that does not fit what stands beside it."""

    commitment: int
    warning: str


class Progress(BaseModel):
    """How far a plan is in one round; a commitment without a report has no figure, never an old one."""

    round: int | None
    plan: PlanProgress
    commitments: list[CommitmentProgress]
    warnings: list[Warned]
    green_from: int
    yellow_from: int
