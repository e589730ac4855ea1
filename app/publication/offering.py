"""What open data there is to take: each dataset with its dictionary, its licence and its files' addresses."""

from __future__ import annotations

from app.publication.columns import Dataset
from app.publication.datasets import DATASETS, LICENCE
from app.publication.telling import ColumnTold, DatasetTold

FORMATS = ("csv", "json")
TRAIL = "trail.jsonl"
TRAIL_COLUMNS = (
    ("seq", "integer", "number of the entry in the chain"),
    ("hash", "text", "SHA-256 of the hash before it and of this leaf"),
    ("leaf", "text", "the leaf as it was hashed; missing while it is sealed"),
)
TRAIL_ABOUT = "The whole chain of what was done in this process, one entry a line, to be checked by anybody."


def told(base_url: str, slug: str) -> list[DatasetTold]:
    """The datasets of a process; the trail is the last."""
    base = f"{base_url}/api/v1/processes/{slug}/datasets"
    history = DatasetTold(
        name="trail",
        about=TRAIL_ABOUT,
        licence=LICENCE,
        columns=[ColumnTold(name=name, kind=kind, meaning=meaning) for name, kind, meaning in TRAIL_COLUMNS],
        files={"jsonl": f"{base}/{TRAIL}"},
    )
    return [*(_told(dataset, base) for dataset in DATASETS.values()), history]


def _told(dataset: Dataset, base: str) -> DatasetTold:
    return DatasetTold(
        name=dataset.name,
        about=dataset.about,
        licence=LICENCE,
        columns=[ColumnTold(name=c.name, kind=c.kind, meaning=c.meaning) for c in dataset.columns],
        files={form: f"{base}/{dataset.name}.{form}" for form in FORMATS},
    )
