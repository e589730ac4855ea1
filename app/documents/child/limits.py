"""How much one file may cost to read, and the fault that ends the reading."""

from __future__ import annotations

import resource

MEMORY = 1024**3
SECONDS = 20
MOST_STORED = 20 * 1024**2
MOST_PIXELS = 60_000_000
MOST_ENTRIES = 1_000
MOST_UNPACKED = 50 * 1024**2
MOST_RATIO = 100
MOST_OBJECTS = 300_000


class Fault(Exception):
    """Why a file is not taken: a word of `rules.FAULTS`, and what was found where that matters."""

    def __init__(self, word: str, found: str = "") -> None:
        super().__init__(word)
        self.word = word
        self.found = found


def bind() -> None:
    """Give up for ever what reading a file needs not: memory, time, large files, and core dumps of what it read."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, MOST_STORED + 64 * 1024),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
