"""How often the right theme is among the three suggested, on real proposals whose author named one category.

Valladolid's proposals of 2027, read from MINGA_SHARED: those with exactly one category of the city's own list are split
in five; each fifth is placed by what the other four teach. Part of `make bench`.
"""

from __future__ import annotations

import json
import random
import time
from collections import Counter, defaultdict

from app.kit import likeness
from app.kit.search import plain
from app.settings import Settings

FOLDS = 5
FEWEST = 4
"""A category that fewer proposals name is a word of its author's, not one of the city's list."""
Known = tuple[str, str, str]
"""Number, category, text."""


def known_ones(settings: Settings) -> list[Known]:
    """The proposals with exactly one category that others share."""
    file = settings.shared / "data" / "valladolid-2027" / "proposals.json"
    rows = [
        (str(row["code"]), named[0], plain(f"{row['title']} {row['title']} {row['description'] or ''}"))
        for row in json.loads(file.read_text("utf-8"))
        if len(named := [part.strip() for part in row["categories"] or () if part.strip()]) == 1
    ]
    shared = Counter(category for _, category, _ in rows)
    return [row for row in rows if shared[row[1]] >= FEWEST]


def hits(rows: list[Known]) -> tuple[int, int]:
    """How many are right in first place, and how many among the first three."""
    first = three = 0
    for fold in range(FOLDS):
        taught = [row for at, row in enumerate(rows) if at % FOLDS != fold]
        likely = likeness.Likeness({number: text for number, _, text in taught})
        placed = defaultdict(list)
        for number, category, _ in taught:
            placed[category].append(likely.vectors[number])
        middles = {category: likeness.middle(vectors) for category, vectors in placed.items()}
        for _, category, text in rows[fold::FOLDS]:
            near = [name for name, _ in likeness.nearest(likely.vector(text), middles)]
            first += near[:1] == [category]
            three += category in near
    return first, three


def main() -> None:
    """Print the share of proposals whose theme is suggested."""
    settings = Settings()
    if not (settings.shared / "data" / "valladolid-2027").is_dir():
        print("themes: no real proposals here (MINGA_SHARED), so nothing was measured")
        return
    rows = known_ones(settings)
    random.Random(3).shuffle(rows)
    began = time.perf_counter()
    first, three = hits(rows)
    n, themes = len(rows), len({category for _, category, _ in rows})
    print(
        f"themes: of {n} real proposals in {themes} categories, {three / n:.1%} have theirs among the three suggested "
        f"(to reach: 85 %), {first / n:.1%} in first place; {time.perf_counter() - began:.1f} s for five folds"
    )


if __name__ == "__main__":
    main()
