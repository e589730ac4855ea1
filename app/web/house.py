"""The house: what one running program is made of, put together once by `main` and handed to every request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session
from starlette.requests import Request

from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.templates import Templates
from app.people.actor import Actor
from app.settings import Settings
from app.web.cache import Moments, PageCache
from app.web.hops import Hops
from app.web.limits import Limits

if TYPE_CHECKING:
    from app.web.view import View

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
    moments: Moments = field(init=False)
    limits: Limits = field(init=False)

    def __post_init__(self) -> None:
        self.hops = Hops(self.database)
        self.cache = PageCache()
        self.moments = Moments()
        self.limits = Limits()
