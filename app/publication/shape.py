"""What a dataset is made of: its columns with what they mean, and how its rows are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.process.models import Process

Row = dict[str, Any]
LICENCE = "CC BY 4.0"


@dataclass(frozen=True)
class Column:
    """One column of a dataset: its name, what kind of value it holds, and what it means."""

    name: str
    kind: str
    meaning: str


@dataclass(frozen=True)
class Dataset:
    """One public dataset: its columns and how its rows are read."""

    name: str
    about: str
    columns: tuple[Column, ...]
    rows: Callable[[Session, Process], Iterator[Row]]


def columns_of(*told: str) -> tuple[Column, ...]:
    """Columns written as one line each: name, kind, meaning."""
    return tuple(Column(*line.split(" ", 2)) for line in told)


def iso(moment: datetime | None) -> str:
    """An instant as files say it; nothing where there is none."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""
