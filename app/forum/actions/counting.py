"""Having a closed round counted: asked for in the transaction that closes it, done in a process of its own.

A round of a few sheets is counted at once, in the transaction itself; both ways go through `queries.counting`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.forum.models import Round, RoundResult
from app.forum.queries import counting, results, rounds
from app.forum.queries.counting import count, count_sheets
from app.forum.rules import stored
from app.forum.rules.scoring import RoundState
from app.kit import clock, ids
from app.kit.db import Database
from app.people.actor import Actor
from app.settings import ROOT
from app.work import Work, jobs, transaction

Tell = Callable[[int, int], None]
JOB = "forum.count"
FEW_SHEETS = 600
"""So many are counted in a fraction of a second, and nobody has to wait for a worker."""
AGAIN_AFTER = timedelta(hours=1)
COUNTER = (sys.executable, "-s", "-m", "app.forum.counter")
log = structlog.get_logger("minga.forum")


class NotCounted(RuntimeError):
    """The process that counts ended without a result; the job is given back and tried again."""


def ask_count(work: Work, found: Round, *, at_once: bool = False) -> RoundResult:
    """Freeze what a closed round is about and have it counted; few sheets at once, many by a worker."""
    before = ((key, folio) for key, folio, _ in rounds.scorable(work.session, found))
    return _ask(work, found, "closed", counting.inputs_now(work.session, found, before), at_once=at_once)


def recount(work: Work, stage_id: uuid.UUID, proposal_id: uuid.UUID) -> None:
    """Count the closed rounds about a proposal again, on which a conflict was found: a new version, which supersedes.

    The proposals are those of the count before, whatever became of them; only who stands aside is read anew.
    """
    closed = select(Round).where(Round.stage_id == stage_id, Round.state == RoundState.CLOSED)
    for found in work.session.scalars(closed.order_by(Round.number)):
        before = results.newest(work.session, found)
        if before is not None and any(key == str(proposal_id) for key, _ in before.inputs["proposals"]):
            inputs = {**before.inputs, **counting.recusals_now(work.session, found)}
            _ask(work, found, "conflict", inputs)


def count_the_rest(work: Work) -> None:
    """Have those rounds counted that were closed before counts were stored, and once an hour those that failed.

    What the worker does by the clock.
    """
    for found in results.uncounted(work.session):
        kept = ask_count(work, found)
        work.record("round.count_asked", found.subject, version=kept.version)
    for found, kept in results.given_up(work.session, work.now - AGAIN_AFTER):
        _ask_worker(work, kept)
        work.record("round.count_asked", found.subject, version=kept.version)


def _ask(work: Work, found: Round, because: str, inputs: dict[str, Any], *, at_once: bool = False) -> RoundResult:
    before = results.newest(work.session, found)
    kept = RoundResult(
        id=ids.new_id(),
        round_id=found.id,
        version=before.version + 1 if before else 1,
        asked_at=work.now,
        because=because,
        secret=ids.new_token(),
        inputs=inputs,
        outcome={},
    )
    work.session.add(kept)
    work.session.flush()
    if at_once or count_sheets(work.session, found) <= FEW_SHEETS:
        _keep(work, kept, stored.stored(count(work.session, kept)))
        return kept
    _ask_worker(work, kept)
    return kept


def _ask_worker(work: Work, kept: RoundResult) -> None:
    job = jobs.ask(work.session, JOB, {"result": str(kept.id)}, work.now)
    job.total = len(kept.inputs["proposals"])
    work.session.flush()
    kept.job_id = job.id
    work.session.flush()


def _keep(work: Work, kept: RoundResult, outcome: dict[str, Any]) -> None:
    counted = outcome["counted"]
    kept.outcome, kept.computed_at = outcome, work.now
    kept.formula, kept.inputs_hash = counted["formula"], counted["inputs_hash"]
    found = work.session.get_one(Round, kept.round_id)
    work.record(
        "round.counted",
        found.subject,
        version=kept.version,
        formula=kept.formula,
        inputs_hash=kept.inputs_hash,
        proposals=len(counted["results"]),
    )
    work.session.flush()


def count_job(database: Database, arguments: dict[str, Any], tell: Tell) -> None:
    """The job `forum.count`: argument `result`, the key of the count. Done already or superseded, nothing is to do."""
    key = uuid.UUID(arguments["result"])
    with database.reading() as session:
        if _wanted(session, key) is None:
            return
    outcome = count_apart(database, key, tell)
    with transaction(database, Actor.system(), clock.now()) as work:
        kept = _wanted(work.session, key)
        if kept is not None:
            _keep(work, kept, outcome)


def _wanted(session: Session, key: uuid.UUID) -> RoundResult | None:
    """The count of this key, unless it is done or a newer one was asked for."""
    kept = session.get_one(RoundResult, key)
    newest = results.newest(session, session.get_one(Round, kept.round_id))
    return kept if kept is newest and kept.computed_at is None else None


def count_apart(database: Database, key: uuid.UUID, tell: Tell) -> dict[str, Any]:
    """The count as a process of its own makes it: it reads one moment of the database and cannot write.

    It is handed the address on its standard input, so that no key stands in its arguments or its environment.
    """
    url = database.url
    if database.is_sqlite:
        url = url.set(database=str(Path(url.database or "").resolve()))  # the child stands in another folder
    order = {"database": url.render_as_string(hide_password=False), "result": str(key)}
    with subprocess.Popen(  # noqa: S603 - our own program, no shell
        COUNTER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, env={}
    ) as child:
        try:
            assert child.stdin is not None  # noqa: S101 - it was asked for
            assert child.stdout is not None  # noqa: S101
            child.stdin.write(json.dumps(order).encode())
            child.stdin.close()
            for said in _lines(child.stdout):
                if "outcome" in said:
                    outcome: dict[str, Any] = said["outcome"]
                    return outcome
                tell(said["done"], said["total"])
        finally:
            child.kill()  # it has said all, or whoever listened is gone
    log.error("forum: a count ended without a result", returncode=child.returncode)
    raise NotCounted(f"the process that counts ended with {child.returncode}")


def _lines(told: Any) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in told)
