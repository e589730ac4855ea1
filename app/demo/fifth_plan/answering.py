"""Answering everybody: the letters of each stage, written, approved by a second person, and taken by a sink."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime

from app.feedback import actions as feedback
from app.feedback import looks
from app.kit.db import Database
from app.mail.transport import Accepted
from app.people.actor import Actor
from app.post_office.claims import begin, claim, record
from app.process import queries as processes
from app.work import transaction

AT_ONCE = 200
SINK = "sink"
"""The provider that letters of the demo are marked with: it takes every letter and delivers none."""


def answer(database: Database, at: tuple[str, str, uuid.UUID], as_: Callable[[str], Actor], now: datetime) -> None:
    """Write and approve the letters of one stage, and let the sink take them."""
    slug, stage, process_id = at
    feedback.draft_all(database, as_("carla"), now, slug, stage)
    feedback.approve_all(database, as_("hugo"), now, slug, stage)
    sink(database, process_id, now)
    _look(database, slug, stage, as_("hugo"), now)
    sink(database, process_id, now)


def _look(database: Database, slug: str, stage: str, approver: Actor, now: datetime) -> None:
    """Of more than twenty letters the first were taken: look at them, and let the others leave."""
    with transaction(database, approver, now) as work:
        process = processes.by_slug(work.session, slug)
        row = processes.stage_named(work.session, process.id, stage)
        if looks.open_in(work.session, [row.id]):
            feedback.let_rest_go(work, process, row)


def sink(database: Database, process_id: uuid.UUID, now: datetime) -> int:
    """Take every letter of one process that waits to be sent; of no other, where letters are real. Gives how many."""
    taken = 0
    while True:
        with transaction(database, Actor.system(), now) as work:
            held = claim(work, AT_ONCE, process_id=process_id)
        if not held:
            return taken
        with transaction(database, Actor.system(), now) as work:
            begun = [one for one in held if begin(work, one) is not None]
        with transaction(database, Actor.system(), now) as work:
            for one in begun:
                record(work, one, Accepted(SINK), 0.0)
        taken += len(begun)
