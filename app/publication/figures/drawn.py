"""What a table of figures is made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.kit.i18n import Text
from app.process.models import Process

PAGE = 50
"""How many rows a page shows; whoever wants more turns the page, or takes the open data."""


@dataclass(frozen=True)
class Asked:
    """Whose table is drawn, in which language, from which number on, and when."""

    process: Process
    language: str
    now: datetime
    after: int = 0

    def url(self, path: str) -> str:
        """An address inside the process."""
        return f"/p/{self.process.slug}/{path}"


@dataclass(frozen=True)
class Cell:
    """One cell: words already in the reader's language, and where they lead; blank where nothing is known.

    `mark` is the colour of a rating, which the words say too.
    """

    words: str = ""
    url: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Drawn:
    """A table as it is shown: heads, rows, totals where there are any, and after which number the next page begins.

    `sources` are the documents that tell what was not recorded here.
    """

    heads: Sequence[Text]
    rows: Sequence[Sequence[Cell]]
    total: Sequence[Cell] = ()
    numbers: frozenset[int] = frozenset()
    next: int | None = None
    sources: Sequence[str] = ()


def once(told: Iterable[str]) -> tuple[str, ...]:
    """Each document once, in the order in which they appear."""
    return tuple(dict.fromkeys(one for one in told if one))
