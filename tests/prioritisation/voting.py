"""A town that prioritises: proposals selected, a round adopted, tables held, people with a ballot."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.kit import ids
from app.meetings import actions as meeting_actions
from app.meetings.models import Attendance, Meeting
from app.people.models import Person
from app.prioritisation import actions
from app.prioritisation.models import VotingRound
from app.prioritisation.queries import rounds, tables
from app.prioritisation.queries.tables import AtTable
from app.prioritisation.rules.codes import codes
from app.prioritisation.rules.voting import RoundWish
from app.process import actions as process_actions
from app.process import queries as processes
from app.process.actions import SetStage
from app.process.kinds import StageKind
from app.process.models import Process, Stage
from app.work import Work
from tests.conftest import SECRET
from tests.feedback.deciding import decide, publish
from tests.meetings.building import MeetingBuilder
from tests.world import World

STAGE = "priorizacion"
TITLES = ("Más árboles", "Actas en texto", "Presupuesto abierto", "Sombra en la plaza", "Riego de noche")
WHO = ("ana", "bruno", "diego", "elena", "felix")
WISH = RoundWish(name_es="Ronda de los barrios", name_en="Round of the wards", most=2, capacity=2)


class Town:
    """One process whose proposals were selected and wait to be prioritised."""

    def __init__(self, world: World, proposals: int = 5) -> None:
        self.world = world
        self.process = world.open_process("town")
        self.folios = [
            world.admitted(self.process, WHO[at % len(WHO)], TITLES[at % len(TITLES)] + f" {at}").folio
            for at in range(proposals)
        ]
        world.clock.move(days=11)
        for folio in self.folios:
            decide(world, self.process, folio)
        publish(world, self.process)
        with world.work("carla") as work:
            here = processes.by_id(work.session, self.process.id)
            stage = process_actions.add_stage(work, here, StageKind.PRIORITISATION, STAGE, {"body": "office"})
            window = SetStage(world.now - timedelta(hours=1), world.now + timedelta(days=60), dict(stage.settings))
            process_actions.set_stage(work, here, stage, window)
        self.meetings = MeetingBuilder(world, self.process)

    @classmethod
    def of(cls, world: World, process: Process, folios: list[str]) -> Town:
        """Another process in which these proposals may be prioritised."""
        made = cls.__new__(cls)
        made.world, made.process, made.folios = world, process, folios
        made.meetings = MeetingBuilder(world, process)
        return made

    @contextmanager
    def work(self, who: str = "gloria") -> Any:
        with self.world.work(who) as work:
            yield work, processes.by_id(work.session, self.process.id)

    def stage(self, work: Work) -> Stage:
        return processes.stage_named(work.session, self.process.id, STAGE)

    def draft(self, wish: RoundWish = WISH, who: str = "carla") -> VotingRound:
        with self.work(who) as (work, here):
            return actions.set_round(work, here, self.stage(work), wish)

    def planned(self, **more: Any) -> Meeting:
        """A meeting that is still a draft."""
        with self.work("carla") as (work, here):
            return meeting_actions.draft(work, here, self.meetings.plan(**more))

    def join(self, found: VotingRound, meeting: Meeting, who: str = "carla", scope: str = "territorial") -> None:
        with self.work(who) as (work, here):
            its = rounds.round_numbered(work.session, here.id, found.number)
            actions.join_table(work, here, its, work.session.get_one(Meeting, meeting.id), scope)

    def adopt(self, found: VotingRound, who: str = "carla") -> None:
        with self.work(who) as (work, here):
            actions.adopt(work, here, rounds.round_numbered(work.session, here.id, found.number))

    def adopted(self, wish: RoundWish = WISH, count: int = 1) -> VotingRound:
        """An adopted round with so many tables, all announced."""
        found = self.draft(wish)
        made = [self.planned() for _ in range(count)]
        for meeting in made:
            self.join(found, meeting)
        self.adopt(found)
        for meeting in made:
            with self.work("carla") as (work, here):
                meeting_actions.announce(work, here, work.session.get_one(Meeting, meeting.id))
        return self.round(found.number)

    def round(self, number: int = 1) -> VotingRound:
        with self.world.database.reading() as session:
            return rounds.round_numbered(session, self.process.id, number)

    def table(self, number: int = 1) -> AtTable:
        with self.world.database.reading() as session:
            return tables.table_numbered(session, self.process.id, number)[0]

    def turnout(self, number: int = 1) -> tuple[int, int]:
        """How many have voted at a table, of how many who may."""
        with self.world.database.reading() as session:
            found = tables.turnout(session, self.table(number).voting)
        return found.voted, found.may

    def at(self, work: Work, number: int = 1) -> tuple[AtTable, VotingRound]:
        return tables.table_numbered(work.session, self.process.id, number)

    def hold(self, number: int = 1) -> None:
        self.meetings.begin(self.table(number).meeting)

    def came(self, names: Sequence[str], number: int = 1) -> list[uuid.UUID]:
        """People noted as being there, by name; gives their keys in the order of the names."""
        with self.work("gloria") as (work, here):
            at, _ = self.at(work, number)
            meeting_actions.note_list(work, here, at.meeting, "\n".join(names))
        with self.world.database.reading() as session:
            rows = session.execute(
                select(Person.name, Person.id)
                .join(Attendance, Attendance.person_id == Person.id)
                .where(Attendance.meeting_id == self.table(number).meeting.id)
            )
            known = {row[0]: row[1] for row in rows}
        return [known[name.partition(";")[0].strip()] for name in names]

    def given(self, persons: Sequence[uuid.UUID], number: int = 1) -> list[str]:
        """A code for each of these people."""
        seed = ids.new_token()
        with self.work("gloria") as (work, here):
            at, found = self.at(work, number)
            handed = actions.hand_out(work, here, at, found, (persons, SECRET, seed))
        return codes(SECRET, seed, handed.new)

    def open(self, number: int = 1, way: str = "codes") -> None:
        with self.work("gloria") as (work, here):
            at, found = self.at(work, number)
            actions.open_vote(work, here, at, found, way)

    def cast(self, code: str, *folios: str, points: Mapping[str, int] | None = None, number: int = 1) -> actions.Cast:
        with self.work("stranger") as (work, here):
            found = rounds.round_numbered(work.session, here.id, number)
            return actions.cast(work, here, found, code, points or dict.fromkeys(folios, 1))

    def close(self, number: int = 1, who: str = "gloria") -> None:
        with self.work(who) as (work, here):
            at, found = self.at(work, number)
            actions.close_vote(work, here, at, found)

    def close_round(self, number: int = 1, who: str = "carla") -> VotingRound:
        with self.work(who) as (work, here):
            actions.close_round(work, here, rounds.round_numbered(work.session, here.id, number))
        return self.round(number)

    def voted(self, ballots: Sequence[Sequence[str]], number: int = 1) -> None:
        """A table that was held and has voted so, from opening to closing."""
        self.hold(number)
        people = self.came([f"Persona {number}-{at}" for at in range(len(ballots))], number)
        handed = self.given(people, number)
        self.open(number)
        for code, folios in zip(handed, ballots, strict=True):
            self.cast(code, *folios)
        self.close(number)


def closed_round(world: World, ballots: Sequence[Sequence[int]] | None = None) -> Town:
    """A town with one table of twelve ballots, counted."""
    town = Town(world)
    town.adopted()
    chosen = ballots if ballots is not None else [(0, 1)] * 7 + [(1, 2)] * 4 + [()]
    town.voted([[town.folios[at] for at in one] for one in chosen])
    town.close_round()
    return town
