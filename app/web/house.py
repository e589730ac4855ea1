"""The house: what one running program is made of, put together once by `main` and handed to every request."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.types import Scope

from app.kit.clock import Clock
from app.kit.db import WRITES, Database
from app.kit.templates import Templates
from app.people.actor import Actor
from app.settings import Settings
from app.web.cache import PageCache
from app.web.hops import Hops
from app.web.limits import Limits

if TYPE_CHECKING:
    from app.web.view import View

T = TypeVar("T")
FRESH_UNTIL = "fresh_until"
"""Where a request keeps until when the oldest reading of its page is fresh."""
Identify = Callable[[Session, Request, datetime], Actor]
NextEdge = Callable[[Session, datetime], datetime | None]
Chrome = Callable[["View"], dict[str, Any]]


@dataclass
class House:
    """The parts of one program: settings, database, templates, clock, and the three functions `main` fills in.

    `identify` tells who asks; `next_edge` when something will next change by the clock alone, so that no kept page
    outlives it; `chrome` what the header and footer need.
    """

    settings: Settings
    database: Database
    templates: Templates
    clock: Clock
    identify: Identify
    next_edge: NextEdge
    chrome: Chrome
    hops: Hops = field(init=False)
    cache: PageCache = field(init=False)
    limits: Limits = field(init=False)

    def __post_init__(self) -> None:
        self.hops = Hops(self.database)
        self.cache = PageCache()
        self.limits = Limits()

    def recently(self, scope: Scope, session: Session, key: Hashable, read: Callable[[], T]) -> T:
        """A reading for a page that may be kept, from those of the last two seconds; it says how long it is fresh."""
        if scope.get("cache_key") is None:
            return read()
        moments, writes = self.cache.moments, self.database.writes
        moment = moments.get(key, writes)
        if moment is None:
            value = read()
            if session.info.get(WRITES) != writes:  # somebody wrote since this session began, and it may not see that
                return value
            moment = moments.put(key, value, writes)
        scope[FRESH_UNTIL] = min(scope.get(FRESH_UNTIL, moment.until), moment.until)
        return cast("T", moment.value)
