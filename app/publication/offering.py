"""What open data there is to take: each dataset with its dictionary, its licence and its files' addresses."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.forum.queries.seats import forum_of, with_criteria
from app.process import queries as processes
from app.process.kinds import StageKind
from app.process.models import Process, Stage
from app.publication.columns import Dataset
from app.publication.datasets import DATASETS, LICENCE
from app.publication.scoring import OF_THE_FORUM
from app.publication.sessions import OF_THE_SESSIONS
from app.publication.telling import ColumnTold, DatasetTold

FORMATS = ("csv", "json")
TRAIL = "trail.jsonl"
TRAIL_COLUMNS = (
    ("seq", "integer", "number of the entry in the chain"),
    ("hash", "text", "SHA-256 of the hash before it and of this leaf"),
    ("leaf", "text", "the leaf as it was hashed; missing while it is sealed"),
)
TRAIL_ABOUT = "The whole chain of what was done in this process, one entry a line, to be checked by anybody."


MEANT_FOR: dict[str, frozenset[StageKind]] = {
    **dict.fromkeys(("themes", "placements", "tables", "ballots", "rankings"), frozenset({StageKind.PRIORITISATION})),
    **dict.fromkeys(("technical_tables", "assessments"), frozenset({StageKind.TECHNICAL_TABLES})),
    **dict.fromkeys(("draft_comments", "draft_issues"), frozenset({StageKind.DRAFT_COMMENT})),
    **dict.fromkeys(("commitments", "milestones", "progress"), frozenset({StageKind.PLAN, StageKind.MONITORING})),
}
"""Datasets that only a process with one of these stages offers; the others every process has."""
WITH_CRITERIA = frozenset(OF_THE_FORUM)
"""Those that only a process offers in which somebody decides by criteria."""
WITH_FORUM = frozenset(OF_THE_SESSIONS)
"""Those that only a process with a forum offers."""


def told(session: Session, base_url: str, process: Process) -> list[DatasetTold]:
    """The datasets of a process, without those of stages it does not have; the trail is the last."""
    stages = processes.stages_of(session, process.id)
    kinds = {stage.kind for stage in stages}
    offered = [row for name, row in DATASETS.items() if name not in MEANT_FOR or MEANT_FOR[name] & kinds]
    if not with_criteria([stage for stage in stages if stage.kind is StageKind.FILTER]):
        offered = [row for row in offered if row.name not in WITH_CRITERIA]
    if not _has_forum(session, process, stages):
        offered = [row for row in offered if row.name not in WITH_FORUM]
    base = f"{base_url}/api/v1/processes/{process.slug}/datasets"
    history = DatasetTold(
        name="trail",
        about=TRAIL_ABOUT,
        licence=LICENCE,
        columns=[ColumnTold(name=name, kind=kind, meaning=meaning) for name, kind, meaning in TRAIL_COLUMNS],
        files={"jsonl": f"{base}/{TRAIL}"},
    )
    return [*(_told(dataset, base) for dataset in offered), history]


def _has_forum(session: Session, process: Process, stages: list[Stage]) -> bool:
    """Whether a forum decides at any stage; nothing is asked where the office decides at all of them."""
    elsewhere = any(stage.settings.get("body", "office") != "office" for stage in stages)
    return elsewhere and forum_of(session, process.id) is not None


def _told(dataset: Dataset, base: str) -> DatasetTold:
    return DatasetTold(
        name=dataset.name,
        about=dataset.about,
        licence=LICENCE,
        columns=[ColumnTold(name=c.name, kind=c.kind, meaning=c.meaning) for c in dataset.columns],
        files={form: f"{base}/{dataset.name}.{form}" for form in FORMATS},
    )
