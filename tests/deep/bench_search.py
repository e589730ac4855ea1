"""Search and similar proposals, with 100,000 proposals and both databases; run by `make bench`, or alone.

Quality is measured on real proposals (see `quality_search`). Speed: one server process, eight clients who ask again the
moment they are answered. The invented texts have forty-eight words that each stand in two fifths of them and twenty
thousand that grow rarer, as in a language; two of the forty-eight are the dearest search there is.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import platform
import random
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlencode

from app.kit.db import Database
from app.proposals.sheets import ImportRow
from app.settings import Settings
from tests import databases
from tests.deep import bench, load, quality_search, valladolid

AT_ONCE, SECONDS = 8, 8.0
SYLLABLES = [a + b for a in "bcdfglmnprst" for b in "aeiou"]
_few = [a + b for a, b in itertools.product(SYLLABLES, SYLLABLES)]
RARER = [a + b for a, b in zip(itertools.cycle(_few), random.Random(5).choices(_few, k=20_000), strict=False)]
_RARITY = [1 / (at + 12) for at in range(len(RARER))]
_WEIGHTS = list(itertools.accumulate([sum(_RARITY) / 2 / len(bench.WORDS)] * len(bench.WORDS) + _RARITY))
_ALL = bench.WORDS + RARER
SECTORS = ("citizen", "civil_society", "academia", "private", "public")


def say(dice: random.Random, count: int) -> str:
    return " ".join(dice.choices(_ALL, cum_weights=_WEIGHTS, k=count))


def row(number: int, dice: random.Random) -> ImportRow:
    """One invented proposal; a third of its words are of the forty-eight."""
    place = str(number % 10)
    return ImportRow(
        number,
        say(dice, 7).capitalize(),
        say(dice, 40),
        say(dice, 30),
        f"Vecina {number}",
        "",
        origin_sector=SECTORS[number % 5],
        territory=place,
        territory_name=f"Zona {place}",
    )


def cases() -> dict[str, tuple[int, Callable[[], bytes]]]:
    """What is asked, and how many ms the slowest hundredth may take."""
    n, dice = itertools.count(time.time_ns() % 10**12), random.Random(11)

    def listed(**asked: str) -> Callable[[], bytes]:
        return lambda: load.get("/p/bench/proposals?" + urlencode(asked | {"x": next(n)}))

    def common() -> str:
        return " ".join(dice.sample(bench.WORDS, 2))

    def search(words: Callable[[], str], **asked: str) -> Callable[[], bytes]:
        return lambda: load.get("/p/bench/proposals/search?" + urlencode(asked | {"q": words(), "x": next(n)}))

    def similar() -> bytes:
        typed = {"title": say(dice, 7), "problem": say(dice, 40), "solution": say(dice, 30)}
        return load.post("/p/bench/propose/similar", urlencode(typed).encode())

    def one(more: str = "") -> bytes:
        return load.get(f"/p/bench/proposals/BENC-{dice.randrange(1, 10_000):04d}{more}?x={next(n)}")

    return {
        "list": (100, listed()),
        "list of a state": (100, listed(state="admitted")),
        "list of a sector": (100, listed(origin_sector="academia")),
        "list of a territory": (100, listed(territory="3")),
        "list of a place nobody of a sector": (100, listed(territory="3", origin_sector="academia")),
        "list of a place by title": (100, listed(territory="3", sort="title")),
        "the same of a sector that is not there": (
            100,
            listed(territory="3", origin_sector="academia", sort="title"),
        ),
        "search of two common words": (150, search(common)),
        "search of two words as they come": (150, search(lambda: say(dice, 2))),
        "search of two common words in a place": (150, search(common, territory="3")),
        "similar while writing": (150, similar),
        "one proposal": (100, one),
        "its related ones, when reached": (150, lambda: one("/related")),
    }


def quality(url: str, kind: str) -> None:
    settings = Settings()
    folder = valladolid.data_of(settings)
    if folder is None:
        print("search: no real proposals here (MINGA_SHARED), so quality was not measured")
        return
    database = Database(url)
    quality_search.take_in(database, folder)
    with database.reading() as session:
        found = quality_search.measure(session, folder)
    database.dispose()
    print(
        f"{kind}: {found.found} of {found.asked} queries of three words ({found.share:.1%}) find their proposal among "
        "the first ten (to reach: 80 %)"
    )
    print(f"{kind}: joined by the city, rank of the one joined with: {found.ranks}")
    print(f"{kind}: {found.within(5)} of 12 among five (to reach: 7), {found.within(10)} among ten (to reach: 9)")


def speed(folder: Path, kind: str) -> None:
    began = time.perf_counter()
    bench.fill(folder, bench.LARGE, row)
    databases.settle((folder / "database.url").read_text("utf-8"))
    print(f"{kind}: {bench.LARGE} proposals loaded in {time.perf_counter() - began:.0f} s")
    measure(folder, kind)


def measure(folder: Path, kind: str) -> None:
    with bench.serving("ours", folder) as server:
        for name, (most, requests) in cases().items():
            asyncio.run(load.measure(server.port, requests, 1.0, AT_ONCE))
            found = asyncio.run(load.measure(server.port, requests, SECONDS, AT_ONCE))
            p50, p99 = found.percentile(0.5), found.percentile(0.99)
            line = f"{found.rate:6.0f} req/s  p50 {p50:6.1f} ms  p99 {p99:6.1f} ms (at most {most})  {found.statuses}"
            print(f"{kind}: {name:40} {line}", flush=True)


def main() -> None:
    print(
        f"\nsearch: {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {AT_ONCE} clients"
    )
    databases.open_run()
    try:
        with ExitStack() as opened:
            for kind, empty in (("sqlite", databases.empty_sqlite), ("postgresql", databases.empty_postgresql)):
                url = opened.enter_context(empty())
                quality(_migrated(url), kind)
                folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="minga-search-")))
                (folder / "database.url").write_text(opened.enter_context(empty()), "utf-8")
                speed(folder, kind)
    finally:
        databases.close_run()


def _migrated(url: str) -> str:
    from app.kit import schema

    schema.migrate(url)
    return url


if __name__ == "__main__":
    main()
