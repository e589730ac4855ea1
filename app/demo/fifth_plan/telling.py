"""What is told of the fifth plan: the facts of the report, and the illustrative texts of its 81 proposals.

The report publishes no proposal: every text, author and reason told here is made up, and shown as illustrative.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from slugify import slugify

from app.decisions.rules import Outcome
from app.people.rules import OriginSector
from app.proposals.rules import Value

HERE = Path(__file__).parent
SOURCE = "Informe de autoevaluación del 5° plan, junio de 2023"
DOMAIN = "example.org"


@dataclass(frozen=True)
class Told:
    """One illustrative proposal and its whole story; what it never reached is None, and its codes are empty."""

    title: str
    problem: str
    solution: str
    sector: OriginSector
    region: str
    values: tuple[Value, ...]
    author: str
    day: date
    language: str
    theme: str | None
    filter: Outcome
    filter_reason: str
    filter_codes: tuple[str, ...]
    tables: Outcome | None
    tables_reason: str | None
    tables_codes: tuple[str, ...]
    technical_table: int | None
    part: str | None

    @property
    def address(self) -> str:
        """The mailbox of its made-up author; nothing is ever delivered there."""
        return f"{slugify(self.author)}@{DOMAIN}"


@lru_cache(maxsize=1)
def facts() -> Mapping[str, Any]:
    """What the report says, and nothing else; read once and shared, so nobody changes it."""
    told: dict[str, Any] = json.loads((HERE / "facts.json").read_text("utf-8"))
    return told


@lru_cache(maxsize=1)
def proposals() -> tuple[Told, ...]:
    """The 81 illustrative proposals, in the order in which they arrived."""
    rows: list[dict[str, Any]] = json.loads((HERE / "proposals.json").read_text("utf-8"))
    return tuple(map(_told, rows))


def _told(row: dict[str, Any]) -> Told:
    typed = {
        "sector": OriginSector(row["sector"]),
        "values": tuple(map(Value, row["values"])),
        "day": date.fromisoformat(row["day"]),
        "filter": Outcome(row["filter"]),
        "filter_codes": tuple(row["filter_codes"]),
        "tables": Outcome(row["tables"]) if row["tables"] else None,
        "tables_codes": tuple(row["tables_codes"]),
    }
    return Told(**{**row, **typed})
