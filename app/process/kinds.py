"""The closed table of stage kinds, each with its typed settings; order and dates are data of a process."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from app.kit.errors import Invalid
from app.kit.i18n import T, Text


class StageKind(StrEnum):
    """What happens in a stage."""

    AWARENESS = "awareness"
    PUBLIC_CONSULTATION = "public_consultation"
    CALL_TO_PUBLIC_BODIES = "call_to_public_bodies"
    FILTER = "filter"
    PRIORITISATION = "prioritisation"
    TECHNICAL_TABLES = "technical_tables"
    DRAFT_COMMENT = "draft_comment"
    PLAN = "plan"
    MONITORING = "monitoring"
    SELF_ASSESSMENT = "self_assessment"


class FilterMethod(StrEnum):
    """How a body filters: one reasoned decision each, down the list against criteria, or by score sheets."""

    SIMPLE = "simple"
    SESSION = "session"
    SCORE_SHEETS = "score_sheets"


class Settings(BaseModel):
    """What every stage may set: nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class IntakeSettings(Settings):
    """How proposals come in: days to confirm an address, days to mend a returned one, longest texts, and where
    somebody goes with a complaint.
    """

    confirm_days: int = Field(default=7, ge=1, le=60)
    mend_days: int = Field(default=10, ge=1, le=60)
    longest_text: int = Field(default=5000, ge=500, le=20000)
    complaints_at: str = Field(default="", max_length=600)


class DecidingSettings(Settings):
    """Who decides: the slug of the deciding body, and by when answers are promised (days)."""

    body: str = "office"
    answer_days: int = Field(default=30, ge=1, le=365)


class FilterSettings(DecidingSettings):
    """How a filter is decided besides: one by one, in session against criteria, or by score sheets."""

    method: FilterMethod = FilterMethod.SIMPLE


class MonitoringSettings(Settings):
    """From which figure on green and yellow begin, from how many days before its date a milestone is at risk, and how
    many days before a round is due those who are silent are reminded.
    """

    green_from: int = Field(default=80, ge=1, le=100)
    yellow_from: int = Field(default=50, ge=0, le=99)
    risk_days: int = Field(default=60, ge=0, le=365)
    remind_days: int = Field(default=7, ge=1, le=60)

    @field_validator("yellow_from")
    @classmethod
    def _below_green(cls, yellow_from: int, info: ValidationInfo) -> int:
        if yellow_from >= info.data.get("green_from", 101):
            raise ValueError("yellow begins below green")
        return yellow_from


SETTINGS: dict[StageKind, type[Settings]] = {
    StageKind.AWARENESS: Settings,
    StageKind.PUBLIC_CONSULTATION: IntakeSettings,
    StageKind.CALL_TO_PUBLIC_BODIES: IntakeSettings,
    StageKind.FILTER: FilterSettings,
    StageKind.PRIORITISATION: DecidingSettings,
    StageKind.TECHNICAL_TABLES: DecidingSettings,
    StageKind.DRAFT_COMMENT: Settings,
    StageKind.PLAN: DecidingSettings,
    StageKind.MONITORING: MonitoringSettings,
    StageKind.SELF_ASSESSMENT: Settings,
}
INTAKE = frozenset({StageKind.PUBLIC_CONSULTATION, StageKind.CALL_TO_PUBLIC_BODIES})
DECIDING = frozenset({StageKind.FILTER, StageKind.PRIORITISATION, StageKind.TECHNICAL_TABLES, StageKind.PLAN})
"""Kinds of stages at which a body decides on each proposal, publicly and with a reason."""

FORUM = "foro"
"""The short name of the forum that the stages of a template name as their body, before it is set up."""

MONITORING_WORDS: dict[str, Text] = {
    "green_from": T("Green from (percent)"),
    "yellow_from": T("Yellow from (percent)"),
    "risk_days": T("Days before its date from which a milestone is at risk"),
    "remind_days": T("Days before a report is due on which silent institutions are reminded"),
}
NAMES: dict[StageKind, Text] = {
    StageKind.AWARENESS: T("Awareness sessions"),
    StageKind.PUBLIC_CONSULTATION: T("Public consultation"),
    StageKind.CALL_TO_PUBLIC_BODIES: T("Call to public bodies"),
    StageKind.FILTER: T("Decision on the proposals"),
    StageKind.PRIORITISATION: T("Prioritisation meetings"),
    StageKind.TECHNICAL_TABLES: T("Technical meetings"),
    StageKind.DRAFT_COMMENT: T("Comments on the draft"),
    StageKind.PLAN: T("Action plan"),
    StageKind.MONITORING: T("Monitoring"),
    StageKind.SELF_ASSESSMENT: T("Self-assessment"),
}


def settings_of(kind: StageKind, values: dict[str, Any]) -> Settings:
    """The settings of a stage, checked; what does not belong to its kind is refused."""
    try:
        return SETTINGS[kind].model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "settings"
        raise Invalid(**{name: T("This setting does not fit this kind of stage: {why}.", why=first["msg"])}) from None


TEMPLATES: dict[str, list[tuple[StageKind, str, dict[str, Any]]]] = {
    "simple_consultation": [
        (StageKind.PUBLIC_CONSULTATION, "consulta", {}),
        (StageKind.FILTER, "decision", {"body": "office", "method": "simple"}),
    ],
    "ogp_action_plan": [
        (StageKind.AWARENESS, "sensibilizacion", {}),
        (StageKind.PUBLIC_CONSULTATION, "consulta", {}),
        (StageKind.CALL_TO_PUBLIC_BODIES, "convocatoria", {}),
        (StageKind.FILTER, "filtro", {"body": "foro", "method": "score_sheets"}),
        (StageKind.PRIORITISATION, "priorizacion", {"body": "foro"}),
        (StageKind.TECHNICAL_TABLES, "mesas-tecnicas", {"body": "foro"}),
        (StageKind.DRAFT_COMMENT, "borrador", {}),
        (StageKind.PLAN, "plan", {"body": "foro"}),
        (StageKind.MONITORING, "seguimiento", {}),
        (StageKind.SELF_ASSESSMENT, "autoevaluacion", {}),
    ],
}
