"""Which seats score which proposal where not all score all: by theme, by lot from a public number, or by both.

Each proposal gets the seats of its theme, or as many of them or of all as were asked for; both sides of the forum among
them where there are two or more, never one that may have a conflict on it, and with loads as even as can be. The same
input gives the same places, in whatever order it comes.
"""

from __future__ import annotations

import hashlib
from collections import Counter, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

MOST_SEATS = 100
Key = str
Places = dict[Key, tuple[Key, ...]]


@dataclass(frozen=True)
class Sharing:
    """What the places are given by: the seats with their sides, how many for each, who is barred, the number.

    `fits` are the seats of a proposal's theme where it goes by theme. Of a theme that fewer than `least` seats have,
    which only comes up once a round is open, all seats may score it: it would never get sheets enough otherwise.
    """

    sides: Mapping[Key, bool]
    per_proposal: int
    seed: str
    barred: Collection[tuple[Key, Key]] = frozenset()
    loads: Mapping[Key, int] = field(default_factory=dict)
    fits: Mapping[Key, Collection[Key]] = field(default_factory=dict)
    least: int = 1

    def drawn(self, *words: Key) -> str:
        """The place of something in the lot."""
        return hashlib.sha256("\n".join((self.seed, *words)).encode()).hexdigest()

    def may(self, proposal: Key, seat: Key) -> bool:
        """Whether a seat may get this proposal."""
        return (proposal, seat) not in self.barred and seat in self._of_theme(proposal)

    def _of_theme(self, proposal: Key) -> Collection[Key]:
        mine = self.fits.get(proposal, self.sides)
        return self.sides if len(mine) < self.least else mine

    def serves(self, proposal: Key, seats: Collection[Key]) -> bool:
        """Whether both sides are among these seats, or cannot be."""
        if len(seats) < 2:
            return True
        possible = {side for seat, side in self.sides.items() if self.may(proposal, seat)}
        return {self.sides[seat] for seat in seats} == possible


def assign(proposals: Iterable[Key], sharing: Sharing) -> Places:
    """Give each proposal its seats: those with the least so far, then evened out."""
    loads: Counter[Key] = Counter({seat: sharing.loads.get(seat, 0) for seat in sharing.sides})
    places: Places = {}
    for proposal in sorted(proposals, key=sharing.drawn):
        places[proposal] = _chosen(proposal, sharing, loads)
        loads.update(places[proposal])
    _even_out(places, sharing, loads)
    return {proposal: tuple(sorted(seats)) for proposal, seats in sorted(places.items())}


def _chosen(proposal: Key, sharing: Sharing, loads: Mapping[Key, int]) -> tuple[Key, ...]:
    free = sorted(
        (seat for seat in sharing.sides if sharing.may(proposal, seat)),
        key=lambda seat: (loads[seat], sharing.drawn(proposal, seat)),
    )
    chosen = free[: sharing.per_proposal]
    if not sharing.serves(proposal, chosen):
        other = not sharing.sides[chosen[0]]
        chosen[-1] = next(seat for seat in free if sharing.sides[seat] is other)
    return tuple(chosen)


def replacement(proposal: Key, present: Collection[Key], leaving: Key, sharing: Sharing) -> Key | None:
    """Who takes the place of a seat that stands aside: the least loaded, of the side that would be missing if any."""
    staying = [seat for seat in present if seat != leaving]
    free = sorted(
        (seat for seat in sharing.sides if seat not in present and sharing.may(proposal, seat)),
        key=lambda seat: (sharing.loads.get(seat, 0), sharing.drawn(proposal, seat)),
    )
    if not free and len(staying) < sharing.least:  # nobody else has the theme, and without one it gets no quorum
        wider = replace(sharing, fits={})
        return replacement(proposal, present, leaving, wider) if sharing.fits else None
    fitting = [seat for seat in free if sharing.serves(proposal, [*staying, seat])]
    return next(iter(fitting or free), None)


def _even_out(places: Places, sharing: Sharing, loads: Counter[Key]) -> None:
    """Hand places on, from seat to seat, while one has two more than another that could have had one of them."""
    while path := _path(places, sharing, loads):
        for proposal, giving, taking in path:
            places[proposal] = _handed_on(places[proposal], giving, taking)
            loads[giving] -= 1
            loads[taking] += 1


def _path(places: Places, sharing: Sharing, loads: Mapping[Key, int]) -> list[tuple[Key, Key, Key]]:
    if not loads or max(loads.values()) - min(loads.values()) < 2:
        return []
    moves = _moves(places, sharing)
    for start in sorted(loads, key=lambda seat: (-loads[seat], seat)):
        found = _search(start, moves, loads)
        if found:
            return found
    return []


def _moves(places: Places, sharing: Sharing) -> dict[Key, dict[Key, Key]]:
    """From each seat to each other, one proposal whose place could be handed on."""
    moves: dict[Key, dict[Key, Key]] = {seat: {} for seat in sharing.sides}
    for proposal, seats in places.items():
        for giving in seats:
            for taking in sharing.sides:
                if taking in seats or taking in moves[giving] or not sharing.may(proposal, taking):
                    continue
                if sharing.serves(proposal, _handed_on(seats, giving, taking)):
                    moves[giving][taking] = proposal
    return moves


def _search(start: Key, moves: Mapping[Key, Mapping[Key, Key]], loads: Mapping[Key, int]) -> list[tuple[Key, Key, Key]]:
    """The shortest way from a seat to one with two fewer, each step of it on another proposal."""
    came: dict[Key, list[tuple[Key, Key, Key]]] = {start: []}
    waiting = deque([start])
    while waiting:
        seat = waiting.popleft()
        for taking, proposal in sorted(moves[seat].items()):
            if taking in came or any(proposal == one for one, _, _ in came[seat]):
                continue
            came[taking] = [*came[seat], (proposal, seat, taking)]
            if loads[taking] <= loads[start] - 2:
                return came[taking]
            waiting.append(taking)
    return []


def _handed_on(seats: Sequence[Key], giving: Key, taking: Key) -> tuple[Key, ...]:
    return tuple(taking if seat == giving else seat for seat in seats)
