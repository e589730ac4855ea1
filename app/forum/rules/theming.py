"""Which seats score which theme: the groups the office has made, or what authors said their proposals serve above all.

A seat may have several themes, and a proposal of several themes belongs to every seat that has one of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

NO_THEME = "none"
"""What stands for the theme of proposals that have none: seats score these too."""
Themes = tuple[str, ...]


class ThemeKind(StrEnum):
    """Where the themes come from: groups of proposals where there are any, else the values their authors chose."""

    GROUPS = "groups"
    VALUES = "values"


def themes_of(kind: ThemeKind, group: int | None, values: Iterable[str]) -> Themes:
    """The themes one proposal carries, as they are written down: numbers of groups, or words."""
    if kind is ThemeKind.VALUES:
        return tuple(sorted(values)) or (NO_THEME,)
    return (NO_THEME,) if group is None else (str(group),)


@dataclass(frozen=True)
class ByTheme:
    """The themes of a round, each with the numbers of the seats that score it."""

    kind: ThemeKind
    seats: Mapping[str, Collection[str]]

    def seats_for(self, themes: Themes) -> set[str]:
        """The seats that have one of these themes."""
        return {seat for theme in themes for seat in self.seats.get(theme, ())}

    def themes_of(self, seat: str) -> list[str]:
        """The themes that a seat scores, in the order in which they are written down."""
        return [theme for theme, seats in self.seats.items() if seat in seats]

    def too_few(self, carried: Iterable[Themes], seated: Collection[str], least: int) -> dict[str, int]:
        """The themes that proposals carry and for which fewer seats than `least` were chosen, with how many were.

        Where a proposal has several, the seats of all of them together have to be enough.
        """
        short = {themes for themes in carried if len(self.seats_for(themes) & set(seated)) < least}
        return {
            theme: len(self.seats_for((theme,)) & set(seated)) for theme in sorted({t for some in short for t in some})
        }

    def stored(self) -> dict[str, Any]:
        """As it is kept beside the round and told in the trail."""
        seats = {theme: sorted(map(int, some)) for theme, some in self.seats.items() if some}
        return {"kind": self.kind.value, "seats": seats}

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> ByTheme | None:
        """What was kept; None for a round that does not go by theme."""
        if not kept:
            return None
        return cls(
            ThemeKind(kept["kind"]), {theme: [str(one) for one in some] for theme, some in kept["seats"].items()}
        )
