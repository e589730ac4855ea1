"""Meetings to test with: convened tables and sessions, people who register, and what their letters carry."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.duties.models import Duty
from app.mail.models import OutboxMessage
from app.meetings import actions
from app.meetings.actions import Plan, Reported, Wish
from app.meetings.models import Attendance, Meeting, Registration
from app.people.actor import Actor
from app.process.models import Process
from app.proposals.rules import Precision, Provenance
from app.work import transaction

VIDEO = "https://video.example.org/j/98765?pwd=geheim"
DAYS = timedelta(days=1)


class MeetingBuilder:
    """The meetings of one process of a World."""

    def __init__(self, world: Any, process: Process) -> None:
        self.world = world
        self.process = process

    def plan(self, kind: str = "prioritisation_table", **more: Any) -> Plan:
        """A plan for a meeting in ten days, by video, that lasts two hours."""
        starts_at = self.world.now + 10 * DAYS
        facts: dict[str, Any] = {
            "kind": kind,
            "title_es": "Encuentro en Valdivia",
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(hours=2),
            "video_link": VIDEO,
        }
        return Plan(**facts | more)

    def convened(self, kind: str = "prioritisation_table", **more: Any) -> Meeting:
        with self.world.work("carla") as work:
            return actions.convene(work, self.process, self.plan(kind, **more))

    def reported(self, kind: str, title: str, known: Precision) -> Meeting:
        """A meeting of four hundred days ago, entered from a document."""
        starts_at = self.world.now - 400 * DAYS
        plan = self.plan(kind, title_es=title, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))
        told = Reported("Informe final, página 14", None, Provenance.REPORTED, known)
        with self.world.work("carla") as work:
            return actions.report(work, self.process, plan, told)

    def held(self, kind: str = "prioritisation_table", **more: Any) -> Meeting:
        """A meeting that has begun, the clock with it."""
        meeting = self.convened(kind, **more)
        self.begin(meeting)
        return self.fresh(meeting)

    def begin(self, meeting: Meeting) -> None:
        self.world.clock.set(max(meeting.starts_at, self.world.now))
        with self.world.work("carla") as work:
            actions.hold(work, self.process, work.session.get_one(Meeting, meeting.id))

    def close(self, meeting: Meeting) -> Meeting:
        with self.world.work("carla") as work:
            actions.close(work, self.process, work.session.get_one(Meeting, meeting.id))
        return self.fresh(meeting)

    def register(self, meeting: Meeting, name: str = "Ana Soto", email: str = "ana@example.org", **more: Any) -> Any:
        """Somebody registers, signed in as nobody; gives what came of it."""
        wish = Wish(name, email, **more)
        actor = self.world.actor("carla") if wish.by_the_office else Actor.anonymous()
        fresh = self.fresh(meeting)
        written = actions.prepare(self.process, fresh, wish)
        with transaction(self.world.database, actor, self.world.now) as work:
            here = work.session.get_one(Meeting, meeting.id)
            return actions.register(work, work.session.get_one(Process, self.process.id), here, wish, written)

    def give_up(self, meeting: Meeting, registration: Registration) -> None:
        fresh = self.fresh(meeting)
        written = actions.to_give_up(self.process, fresh)
        with self.world.work(Actor.anonymous()) as work:
            row = work.session.get_one(Registration, registration.id)
            actions.give_up(work, work.session.get_one(Meeting, meeting.id), row, written)

    def fresh(self, meeting: Meeting) -> Meeting:
        found: Meeting = self.read(select(Meeting).where(Meeting.id == meeting.id))[0]
        return found

    def read(self, statement: Any) -> list[Any]:
        with self.world.database.reading() as session:
            return list(session.scalars(statement))

    def registrations(self, meeting: Meeting) -> list[Registration]:
        return self.read(
            select(Registration).where(Registration.meeting_id == meeting.id).order_by(Registration.in_line)
        )

    def attendances(self, meeting: Meeting) -> list[Attendance]:
        return self.read(select(Attendance).where(Attendance.meeting_id == meeting.id))

    def duties(self) -> list[Duty]:
        return self.read(select(Duty))

    def letters(self, to: str = "") -> list[OutboxMessage]:
        """The letters in the outbox, in the order in which they were written, to one address or all."""
        found = self.read(select(OutboxMessage).order_by(OutboxMessage.created_at, OutboxMessage.id))
        return [letter for letter in found if to in {"", letter.to_address}]

    def own_path(self, to: str) -> str:
        """The personal link in the last letter to an address."""
        found = re.findall(r"(/p/\S+/mine/\S+)", self.letters(to)[-1].text)
        return str(found[-1])
