"""What a page or a query costs: how many readings it sends, and on SQLite how many steps they take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session

from tests.world import STRANGER, World


@contextmanager
def statements() -> Iterator[Counter[int]]:
    """The readings that leave meanwhile, by door: one that is late in the loop is read again beside it."""
    said: Counter[int] = Counter()

    def note(connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        said[id(connection.engine)] += statement.lstrip().upper().startswith("SELECT")

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def cost(world: World, path: str, who: str = STRANGER) -> int:
    """How many readings one page takes, for somebody of the cast."""
    world.app.state.house.cache.clear()
    async with world.browser(who) as browser:
        with statements() as said:
            answered = await browser.get(path)
    assert answered.status_code == 200
    return max(said.values())


def steps(world: World, ask: Callable[[Session], object]) -> int:
    """How many steps of its machine SQLite takes for a reading: it grows with every row that is looked at."""
    taken = 0

    def count() -> int:
        nonlocal taken
        taken += 1
        return 0

    with world.database.reading() as session:
        ask(session)
        driver = session.connection().connection.driver_connection
        assert driver is not None
        driver.set_progress_handler(count, 1)
        try:
            session.expunge_all()
            ask(session)
        finally:
            driver.set_progress_handler(None, 1)
    return taken
