"""Technical tables to test with: a plan at that stage, tables, institutions asked, and links out of letters."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from app.mail.models import OutboxMessage
from app.process import actions as scheduling
from app.process import queries as processes
from app.process.actions import SetStage
from app.process.models import Process
from app.technical_tables import actions
from app.technical_tables.actions import AskInstitution, GivenAnswer, NameTable
from app.technical_tables.models import FeasibilityRequest, TechnicalTable
from app.technical_tables.rules import Dimension, Role
from tests.world import World

STAGE = "mesas-tecnicas"
MINISTRY = "Ministerio de Obras"
PLAIN = "El presupuesto de este año ya está comprometido."
TABLE = NameTable("Actas abiertas", "Open minutes", date(2026, 1, 19), actors={Role.FORUM: ("Foro de prueba",)})


class TechnicalBuilder:
    """The technical tables of one process of a World."""

    def __init__(self, world: World, process: Process) -> None:
        self.world = world
        self.process = process

    def open_stage(self, body: str = "office") -> None:
        """Open the stage at which institutions are asked."""
        with self.world.work("carla") as work:
            here = processes.by_slug(work.session, self.process.slug)
            stage = processes.stage_named(work.session, here.id, STAGE)
            opens = self.world.now - timedelta(hours=1)
            scheduling.set_stage(work, here, stage, SetStage(opens, None, settings={"body": body}))

    def table(self, wish: NameTable = TABLE, who: str = "carla") -> TechnicalTable:
        with self.world.work(who) as work:
            return actions.name_table(work, processes.by_slug(work.session, self.process.slug), wish)

    def wish(self, *folios: str, organisation: str = MINISTRY, days: int = 9, **more: Any) -> AskInstitution:
        today = self.world.now.date()
        facts: dict[str, Any] = {
            "organisation": organisation,
            "address": "gabinete@example.org",
            "head_address": "jefatura@example.org",
            "letter_number": "ORD. N°12",
            "signatory": "Oficina del proceso",
            "dated_on": today,
            "due_on": today + timedelta(days=days),
            "folios": folios or ("PLAN-0001",),
        }
        return AskInstitution(**facts | more)

    def asked(self, *folios: str, who: str = "carla", **more: Any) -> FeasibilityRequest:
        """One institution asked about some proposals."""
        wish = self.wish(*folios, **more)
        with self.world.database.reading() as session:
            made = actions.to_ask(session, self.process, wish, self.world.now)
        with self.world.work(who) as work:
            here = processes.by_slug(work.session, self.process.slug)
            stage = processes.stage_named(work.session, here.id, STAGE)
            return actions.ask_institution(work, here, stage, wish, made)

    def letters(self) -> list[OutboxMessage]:
        with self.world.database.reading() as session:
            wanted = OutboxMessage.text.contains("/assessment/")
            return list(session.scalars(select(OutboxMessage).where(wanted).order_by(OutboxMessage.id)))

    def tokens(self) -> list[str]:
        """The secret of the link in each letter, in their order."""
        return [re.findall(r"/assessment/([\w-]{20,})", letter.text)[0] for letter in self.letters()]

    def passed_on_tokens(self) -> list[str]:
        """The secret of the link in each letter to a colleague, in their order."""
        with self.world.database.reading() as session:
            wanted = OutboxMessage.text.contains("/passed-on/")
            texts = list(session.scalars(select(OutboxMessage.text).where(wanted).order_by(OutboxMessage.id)))
        return [re.findall(r"/passed-on/([\w-]{20,})", text)[0] for text in texts]

    def fresh(self, request: FeasibilityRequest) -> FeasibilityRequest:
        with self.world.database.reading() as session:
            return session.scalars(select(FeasibilityRequest).where(FeasibilityRequest.id == request.id)).one()


def given(answer: str, obstacle: Dimension | None = None, **more: Any) -> GivenAnswer:
    """An answer that may be kept: with its grounds, and an obstacle where one is named."""
    grounds = dict.fromkeys(Dimension, ("fine", ""))
    if obstacle is not None:
        grounds[obstacle] = ("obstacle", "La ley no lo permite hoy.")
    return GivenAnswer(answer, **{"grounds": grounds, "plain_words": PLAIN} | more)
