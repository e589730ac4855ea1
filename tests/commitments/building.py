"""A plan to test with: commitments in it, milestones, a round and what was reported in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from app.commitments import actions
from app.commitments.actions import About, Despite, DraftCommitment, OpenRound, Report, ReportedRound, SetMilestone
from app.commitments.models import Commitment, MonitoringRound
from app.commitments.queries import commitments as queries
from app.commitments.queries import progress, rounds
from app.commitments.rules.progress import Source
from app.mail.models import OutboxMessage
from app.process import queries as processes
from app.process.models import Process
from app.proposals.rules import Precision
from tests.world import World

OUTSIDE = "Lo pidió el consejo por su acuerdo 12."
LACKS = "Se completa antes de la primera ronda."
LEAD = "Servicio de Aduanas"
DUE = date(2026, 12, 1)


class PlanBuilder:
    """The plan of one process of a World; everything is done by the office unless told otherwise."""

    def __init__(self, world: World, process: Process) -> None:
        self.world = world
        self.process = process

    def _here(self, work: Any) -> Process:
        return processes.by_id(work.session, self.process.id)

    def drafted(self, title: str = "Observatorio de comercio", lead: str = LEAD, **more: Any) -> Commitment:
        with self.world.work("carla") as work:
            return actions.draft(work, self._here(work), DraftCommitment(title_es=title, lead=lead, **more))

    def entered(self, title: str = "Observatorio de comercio", lead: str = LEAD, **more: Any) -> Commitment:
        made = self.drafted(title, lead, **more)
        with self.world.work("carla") as work:
            found = queries.numbered(work.session, self.process.id, made.number)
            return actions.enter(work, self._here(work), found, Despite(OUTSIDE, LACKS))

    def milestone(self, number: int = 1, title: str = "Publicar los datos", **more: Any) -> int:
        wish: dict[str, Any] = {
            "deliverable": "Datos abiertos de comercio",
            "means": "La página del observatorio",
            "post": "Jefatura de estudios",
            "due_on": DUE,
            "reason": "Faltaba un paso en el plan.",
            "approver": "La oficina",
            "approved_on": date(2026, 6, 1),
        } | more
        with self.world.work("carla") as work:
            found = queries.numbered(work.session, self.process.id, number)
            return actions.add_milestone(work, self._here(work), found, SetMilestone(title, **wish)).number

    def round(self, name: str = "Diciembre", addresses: Mapping[str, str] | None = None) -> MonitoringRound:
        given = {LEAD: "aduanas@example.org"} if addresses is None else addresses
        with self.world.database.reading() as session:
            leads = {body.name: body.id for body, _ in rounds.leading(session, self.process.id)}
            today = self.world.now.date()
            wish = OpenRound(
                name,
                f"ORD. {name}",
                today,
                "La directora",
                today + timedelta(days=20),
                {leads[body]: address for body, address in given.items()},
            )
            written = actions.to_open(session, self.process, wish)
        with self.world.work("carla") as work:
            return actions.open_round(work, self._here(work), wish, written)

    def told_round(self, name: str, on: date) -> MonitoringRound:
        """A round out of a document that knows its month; closed already."""
        wish = ReportedRound(name, on, Precision.MONTH, "Informe de autoevaluación, página 60")
        with self.world.work("carla") as work:
            actions.report_round(work, self._here(work), wish)
        return self.close()

    def report(
        self, number: int, milestone: int | None = None, *, who: str = "carla", source: str = "institution", **said: Any
    ) -> None:
        with self.world.work(who) as work:
            newest = rounds.rounds_of(work.session, self.process.id, 1)[0]
            found = queries.numbered(work.session, self.process.id, number)
            actions.report(work, self._here(work), About(newest, found, Source(source), milestone), Report(**said))

    def close(self) -> MonitoringRound:
        with self.world.work("carla") as work:
            newest = rounds.rounds_of(work.session, self.process.id, 1)[0]
            return actions.close_round(work, self._here(work), newest.number)

    def panel(self, number: int | None = None) -> progress.Panel:
        with self.world.database.reading() as session:
            of = rounds.chosen(session, self.process.id, number)
            return progress.panel(session, self.process, of, self.world.now)

    def token(self, address: str = "aduanas@example.org") -> str:
        """The secret of the newest letter about a round to an address, out of the outbox."""
        with self.world.database.reading() as session:
            texts = session.scalars(
                select(OutboxMessage.text)
                .where(OutboxMessage.to_address == address)
                .order_by(OutboxMessage.created_at.desc())
            ).all()
        found = [re.search(r"/reporting/([\w-]+)", text or "") for text in texts]
        return next(match[1] for match in found if match)
