"""Playing the fifth plan through the real actions, one step after another; what is done already is left as it is.

Nothing is backdated. What the report dates stands with its date, as exactly as the report gives it; what is done here
(entering, publishing, answering) bears the moment at which it is done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.commitments.models import Commitment, MonitoringRound
from app.decisions import actions as decisions
from app.decisions.models import Publication
from app.demo.fifth_plan import answering, beginning, meeting, planning, proposing, reporting, scoring
from app.forum.models import ForumRule, Round
from app.kit.db import Base, Database
from app.meetings.models import Meeting
from app.people.actor import Actor
from app.prioritisation.models import Theme
from app.process import actions as process_actions
from app.process import queries as processes
from app.process.models import Process, Stage
from app.proposals.models import Proposal
from app.technical_tables.models import TechnicalTable
from app.work import Work, transaction

As = Callable[[str, datetime], Actor]
Act = Callable[[Work, Process], None]
STEPS: list[tuple[type[Base], tuple[Act, ...]]] = [
    (ForumRule, (beginning.begin, beginning.seat)),
    (Meeting, (meeting.raise_awareness, meeting.meet, meeting.prioritise)),
    (Proposal, (proposing.receive, proposing.examine)),
]
"""What is told before anything is decided: each step is done when a row of its kind is there."""


@dataclass(frozen=True)
class Gate:
    """One gate: its stage, what is told before it, how each decision is written down, and what the report asked."""

    stage: str
    before: tuple[type[Base], tuple[Act, ...]] | None
    decide: Act
    asked: str


GATES = (
    Gate(
        "filtro",
        (Round, (scoring.adopt, scoring.score)),
        proposing.filter_them,
        "Qué propuestas seguían a las mesas de priorización: 53 de 81.",
    ),
    Gate(
        "priorizacion",
        (Theme, (beginning.group, proposing.group)),
        proposing.decide_after_tables,
        "Qué temas pasaban a una mesa técnica, después de diez encuentros con 558 asistencias.",
    ),
    Gate(
        "mesas-tecnicas",
        (TechnicalTable, (planning.meet,)),
        proposing.find_feasible,
        "Si cada tema podía hacerse, con la institución que lo haría.",
    ),
    Gate("plan", (Commitment, (planning.draft,)), proposing.commit, "Qué compromisos forman el plan: diez."),
)


@dataclass(frozen=True)
class Play:
    """One playing: where, in whose names, and when."""

    database: Database
    as_: As
    moment: Callable[[], datetime]

    @property
    def now(self) -> datetime:
        """The moment of the next act."""
        return self.moment()

    def actor(self, who: str) -> Actor:
        """Somebody of the cast."""
        return self.as_(who, self.now)

    def done(self, question: Callable[[Session, Process], bool]) -> bool:
        """Whether something is there already."""
        with self.database.reading() as session:
            return question(session, self.process(session))

    def process(self, session: Session) -> Process:
        """The process that is played."""
        return processes.by_slug(session, beginning.plan().slug)

    def act(self, *acts: Act) -> None:
        """Do some acts of the office, whole or not at all."""
        with transaction(self.database, self.actor("carla"), self.now) as work:
            process = self.process(work.session)
            for act in acts:
                act(work, process)
                work.session.flush()


def play(database: Database, as_: As, moment: Callable[[], datetime]) -> list[str]:
    """Play what is missing of the fifth plan; says what was done, nothing where nothing was missing."""
    show = Play(database, as_, moment)
    begun = _open(show)
    steps = [_tell(show, kind, acts) for kind, acts in STEPS]
    steps.append(_conclude_intake(show))
    gates = [_pass(show, gate) for gate in GATES]
    followed = _follow(show)
    is_new = begun or any(steps) or any(gates) or followed
    return [f"loaded: {beginning.plan().name_es}"] if is_new else []


def _open(show: Play) -> bool:
    wish = beginning.plan()
    with show.database.reading() as session:
        if session.scalar(select(Process.id).where(Process.slug == wish.slug)) is not None:
            return False
    with transaction(show.database, show.actor("alicia"), show.now) as work:
        process_actions.open_process(work, wish)
    return True


def _tell(show: Play, kind: type[Base], acts: tuple[Act, ...]) -> bool:
    if show.done(lambda session, process: _has(session, process, kind)):
        return False
    show.act(*acts)
    return True


def _has(session: Session, process: Process, kind: type[Base]) -> bool:
    column = kind.__table__.c.process_id
    return session.scalar(select(column).where(column == process.id).limit(1)) is not None


def _conclude_intake(show: Play) -> bool:
    if show.done(lambda session, process: _stage(session, process, "consulta").concluded_at is not None):
        return False
    with show.database.reading() as session:
        process_id = show.process(session).id
    answering.sink(show.database, process_id, show.now)
    report = reporting.drawn(show.database, (beginning.plan().slug, "consulta"), reporting.ASKED_FIRST, show.now)
    ends = (_concluding(slug) for slug in ("sensibilizacion", "consulta", "convocatoria"))
    show.act(reporting.publishing("consulta", report), *ends)
    return True


def _concluding(slug: str) -> Act:
    def conclude(work: Work, process: Process) -> None:
        process_actions.conclude(work, process, processes.stage_named(work.session, process.id, slug))

    return conclude


def _pass(show: Play, gate: Gate) -> bool:
    """One gate: what comes before it, the decisions published together, everybody answered, the stage concluded."""
    if not show.done(lambda session, process: _is_published(session, process, gate.stage)):
        if gate.before is not None:
            _tell(show, *gate.before)
        show.act(gate.decide, _publishing(gate.stage))
    if show.done(lambda session, process: _stage(session, process, gate.stage).concluded_at is not None):
        return False
    slug = beginning.plan().slug
    with show.database.reading() as session:
        process_id = show.process(session).id
    answering.answer(show.database, (slug, gate.stage, process_id), show.actor, show.now)
    report = reporting.drawn(show.database, (slug, gate.stage), gate.asked, show.now)
    show.act(reporting.publishing(gate.stage, report), _concluding(gate.stage))
    return True


def _is_published(session: Session, process: Process, slug: str) -> bool:
    mine = Publication.stage_id == _stage(session, process, slug).id
    return session.scalar(select(Publication.id).where(mine).limit(1)) is not None


def _stage(session: Session, process: Process, slug: str) -> Stage:
    return processes.stage_named(session, process.id, slug)


def _publishing(slug: str) -> Act:
    def publish(work: Work, process: Process) -> None:
        decisions.publish(work, process, _stage(work.session, process, slug))

    return publish


def _follow(show: Play) -> bool:
    if show.done(lambda session, process: _has(session, process, MonitoringRound)):
        return False
    show.act(planning.follow, _concluding("seguimiento"), _concluding("autoevaluacion"))
    return True
