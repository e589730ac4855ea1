"""A worker that is killed: run as a program of its own, it forks one worker after another, each of which dies.

What it is told stands in its only argument as JSON: database_url, provider, slots, lease, and the list of deaths, each
[step, how many times to survive it, milliseconds to wait]. It prints one line per death: the step, and whether the
worker really died by SIGKILL there or found nothing left to do.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from app.kit.db import Database
from app.mail.composing import Outgoing, sender_of
from app.mail.transport import Outcome, SendGridTransport, Transport
from app.post_office.worker import Worker

SENDER = sender_of("Minga <minga@example.org>")
DURING_CALL = "during_call"
AT_ANY_TIME = "at_any_time"


def die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")


@dataclass
class Death:
    """Dies at the step it is told, after surviving it so many times."""

    step: str
    survived: int
    milliseconds: float

    def at_step(self, step: str) -> None:
        if step != self.step:
            return
        if self.survived == 0:
            die()
        self.survived -= 1


@dataclass
class DiesWhileCalling:
    """Lets the call leave and dies before its answer is here."""

    inner: Transport
    death: Death

    async def send(self, letter: Outgoing) -> Outcome:
        call = asyncio.ensure_future(self.inner.send(letter))
        await asyncio.sleep(self.death.milliseconds / 1000)
        self.death.at_step(DURING_CALL)
        return await call


def work(told: dict[str, Any], death: Death) -> None:
    transport: Transport = SendGridTransport(told["key"], SENDER, host=told["provider"], seconds=5)
    if death.step == DURING_CALL:
        transport = DiesWhileCalling(transport, death)
    if death.step == AT_ANY_TIME:
        threading.Timer(death.milliseconds / 1000, die).start()
    worker = Worker(
        Database(told["database_url"]),
        transport,
        slots=told["slots"],
        lease=timedelta(seconds=told["lease"]),
        at_step=death.at_step,
    )
    asyncio.run(worker.run() if told.get("for_ever") else worker.run_until_idle())


def killed(told: dict[str, Any], death: Death) -> bool:
    """One worker's life in a process of its own; says whether it died by SIGKILL."""
    child = os.fork()
    if child == 0:
        try:
            work(told, death)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def main() -> None:
    told = json.loads(sys.argv[1])
    if told.get("for_ever"):
        from app.post_office.worker import until_told

        database = Database(told["database_url"])
        transport = SendGridTransport(told["key"], SENDER, host=told["provider"], seconds=20)
        asyncio.run(until_told(Worker(database, transport, slots=told["slots"])))
        return
    for step, survived, milliseconds in told["deaths"]:
        print(json.dumps([step, killed(told, Death(step, survived, milliseconds))]), flush=True)
        time.sleep(0.01)


if __name__ == "__main__":
    main()
