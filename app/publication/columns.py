"""What a dataset is made of: columns with their meaning, and rows built up from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.process.models import Process

Row = dict[str, Any]


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


def iso(moment: datetime | None) -> str:
    """A moment as it stands in a file."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""


def columns(*told: str) -> tuple[Column, ...]:
    """The columns of a dataset, each as one line: name, kind, meaning."""
    return tuple(Column(*line.split(" ", 2)) for line in told)
