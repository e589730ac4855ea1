"""A lifecycle is a literal table that answers three questions: may it, what next, and what does it look like.

Pages ask it which buttons to draw, actions ask it for the next state, the diagram in the documentation is generated
from it, and the database holds the same set of states as a CHECK constraint.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from app.kit.errors import WrongState
from app.kit.i18n import T

S = TypeVar("S", bound=StrEnum)


@dataclass(frozen=True)
class Move(Generic[S]):
    """One line of the table: from these states, by this move, to that state; no origin means a birth."""

    origins: Sequence[S]
    name: str
    target: S


class Lifecycle(Generic[S]):
    """The legal moves of one kind of row; two lines may share a name when they start from different states."""

    def __init__(self, name: str, moves: Iterable[Move[S]]) -> None:
        self.name = name
        self.moves = tuple(moves)
        self._targets: dict[tuple[S | None, str], S] = {}
        for move in self.moves:
            for origin in move.origins or (None,):
                key = (origin, move.name)
                if self._targets.setdefault(key, move.target) != move.target:
                    raise ValueError(f"{name}: {origin} has two targets for {move.name}")

    @property
    def states(self) -> tuple[S, ...]:
        """Every state of the table, in the order in which it first appears."""
        seen: dict[S, None] = {}
        for move in self.moves:
            seen.update(dict.fromkeys([*move.origins, move.target]))
        return tuple(seen)

    def may(self, state: S | None, move: str) -> bool:
        """Whether a row in this state (None: not yet born) can make this move."""
        return (state, move) in self._targets

    def moves_from(self, state: S | None) -> list[str]:
        """The names of all moves this state allows, in the order of the table."""
        return list(dict.fromkeys(name for (origin, name) in self._targets if origin == state))

    def after(self, state: S | None, move: str) -> S:
        """The state that follows; refused with the legal moves when the table has no such line."""
        try:
            return self._targets[(state, move)]
        except KeyError:
            raise WrongState(
                T("This cannot be done now: it is already in another step. Load the page again."),
                state=state.value if state else "",
                allowed=self.moves_from(state),
            ) from None

    def diagram(self) -> str:
        """The table as a Mermaid state diagram."""
        lines = ["stateDiagram-v2"]
        for (origin, name), target in self._targets.items():
            lines.append(f"    {origin.value if origin else '[*]'} --> {target.value}: {name}")
        return "\n".join(lines)
