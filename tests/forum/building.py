"""A forum to test with: its seats and holders, sessions with an attendance, criteria, rounds and sheets."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.decisions.models import DecidingBody
from app.forum import actions as forum
from app.forum.actions import AddSeat, Appointment, Given
from app.forum.actions.criteria import Thresholds
from app.forum.actions.meeting import Convene
from app.forum.models import CriteriaSet, ForumSession, Round, Seat
from app.forum.queries import criteria, rounds, seats
from app.forum.rules.scoring import CriterionKind, CriterionText, ReasonRule, parse_levels
from app.parts import due
from app.process.models import Process, Stage
from app.proposals.models import Proposal
from app.work import Work

SEATED = [
    ("marta", "Marta Leiva", "Secretaría General", "government", "vote", "chair"),
    ("diego", "Diego Vera", "Red de organizaciones", "civil_society", "vote", "none"),
    ("nadia", "Nadia Oses", "Red académica", "academia", "vote", "none"),
    ("pablo", "Pablo Cid", "Contraloría", "oversight", "vote", "none"),
    ("elena", "Elena Lagos", "Cámara regional", "private", "voice", "none"),
]
VOTERS = ("marta", "diego", "nadia", "pablo")
EVERYBODY = {1: "holder", 2: "holder", 3: "holder", 4: "holder", 5: "holder"}
SOON = "Se llama hoy mismo porque es una prueba."
LEVELS = "0 | No cumple | Does not\n1 | En parte | In part\n2 | Cumple | Does | Con pruebas | With proof"
CRITERIA = (
    CriterionText(
        key="scope",
        title_es="Es materia del plan",
        title_en="It belongs to the plan",
        kind=CriterionKind.KNOCKOUT,
        levels=parse_levels("0 | No | No\n1 | Sí | Yes"),
        weight=Decimal(0),
    ),
    CriterionText(key="value", title_es="Valor público", levels=parse_levels(LEVELS), weight=Decimal("2.5")),
    CriterionText(
        key="doable",
        title_es="Se puede hacer",
        levels=parse_levels(LEVELS),
        reason_rule=ReasonRule.AT_OR_BELOW,
        reason_level=Decimal(0),
        reason_min_chars=10,
    ),
)
GOOD = {"scope": "1", "value": "2", "doable": "2"}
POOR = {"scope": "1", "value": "0", "doable": "1"}


class ForumBuilder:
    """The forum of one process of a World, with everybody seated."""

    def __init__(self, world: Any, process: Process) -> None:
        self.world = world
        self.process = process
        self.stage: Stage = next(iter(self._read(lambda s: seats.forum_stages(s, process.id))))
        for who, name, *_ in SEATED:
            if who not in world.people:
                world.somebody(who, name)
        with world.work("carla") as work:
            self.body: DecidingBody = forum.set_up(
                work, process, str(self.stage.settings["body"]), ("Foro multiactor", "Multi-stakeholder forum")
            )
            for who, _, body, *kind in SEATED:
                seat = forum.add_seat(work, process, AddSeat(body, *kind))
                forum.appoint(work, process, seat, Appointment("Res. 499", person_id=world.people[who].id))

    def _read(self, query: Any) -> Any:
        with self.world.database.reading() as session:
            return query(session)

    def seat(self, number: int) -> Seat:
        found: Seat = self._read(lambda s: seats.seat_numbered(s, self.body.id, number))
        return found

    def session(self, present: dict[int, str] | None = None) -> ForumSession:
        """A session being held, with everybody there unless told otherwise."""
        with self.world.work("carla") as work:
            meeting = forum.convene(work, self.process, Convene("ordinary", work.now, "Filtro", "Sala 1", SOON))
            forum.hold(work, self.process, meeting)
            forum.record_attendance(work, self.process, meeting, EVERYBODY if present is None else present)
        return meeting

    def adopted(self, **thresholds: Any) -> CriteriaSet:
        """Criteria of three (a requirement and two scored), adopted in a session."""
        meeting = self.session()
        with self.world.work("carla") as work:
            draft = forum.begin_set(work, self.process, self.stage)
            for text in CRITERIA:
                forum.add_criterion(work, self.process, draft, text)
            forum.set_thresholds(work, self.process, draft, Thresholds(**thresholds))
            held = work.session.get_one(ForumSession, meeting.id)
            self.carry_criteria(work, held)
            forum.adopt(work, self.process, draft, held)
        return draft

    def carry_criteria(self, work: Work, held: ForumSession) -> None:
        """All who are there agree to the criteria."""
        put = forum.put_motion(work, self.process, held, forum.Wish("Adoptar los criterios.", matter="criteria"))
        forum.agree(work, self.process, held, put.number, {})

    def round(self, *declared: str, **thresholds: Any) -> Round:
        """An open round of a week, with the interests of these (all, by default) declared."""
        if self._read(lambda s: criteria.adopted(s, self.stage.id)) is None:
            self.adopted(**thresholds)
        with self.world.work("carla") as work:
            made = forum.open_round(work, self.process, self.stage, forum.Plan(work.now + timedelta(days=7)))
        for who in declared or (*VOTERS, "elena"):
            with self.world.work(who) as work:
                forum.declare(work, self.process, work.session.get_one(Round, made.id), has_none=True)
        return made

    def score(
        self, who: str, proposal: Proposal, levels: dict[str, str] | None = None, reason: str = "Porque así es."
    ) -> None:
        """Somebody hands in a sheet in the newest round, having seen what their seat's sheet says."""
        chosen = GOOD if levels is None else levels
        with self.world.work(who) as work:
            newest = select(Round).where(Round.stage_id == self.stage.id).order_by(Round.number.desc()).limit(1)
            found = work.session.scalars(newest).one()
            fresh = work.session.get_one(Proposal, proposal.id)
            seat = seats.seat_held(work.session, self.body.id, self.world.people[who].id, work.now)
            sheet = rounds.sheet_of(work.session, found, proposal.id, seat.id) if seat else None
            given = Given(chosen, dict.fromkeys(chosen, reason), sheet.version if sheet else None)
            forum.submit(work, self.process, found, fresh, given)

    def close(self, made: Round) -> Round:
        """Let the time of a round pass and close it."""
        self.world.clock.set(max(made.closes_at, self.world.now))
        with self.world.work("carla") as work:
            found: Round = work.session.get_one(Round, made.id)
            forum.close_round(work, self.process, found)
        self.count()
        return found

    def count(self) -> None:
        """Let the worker do what was asked for, which is only something where many sheets were handed in."""
        while (job := due._claim(self.world.database, self.world.clock)) is not None:
            due.do_job(self.world.database, job, self.world.clock)

    def to_the_filter(self) -> None:
        """Let the clock reach the filter's window."""
        self.world.clock.set(max(self.stage.opens_at or self.world.now, self.world.now))
