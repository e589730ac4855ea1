"""The forum of the rehearsal: seats and a voice, criteria adopted in a session, a round that lacks two sheets."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from app.demo import cast, first_session
from app.demo.hours import end_of_day
from app.forum import actions as forum
from app.forum.actions import AddSeat, Appointment, Given, Plan, Wish
from app.forum.actions.criteria import Thresholds
from app.forum.actions.meeting import Convene
from app.forum.models import CriteriaSet, ForumSession, Round
from app.forum.queries import rounds
from app.forum.rules.scoring import CriterionKind, CriterionText, ReasonRule, parse_levels
from app.kit.db import Database
from app.people.actor import Actor
from app.process import queries as processes
from app.proposals.models import Proposal
from app.work import transaction

SEATS = [
    ("diego", "Secretaría de ensayo", "government", "vote", "chair"),
    ("ines", "Red de organizaciones de ensayo", "civil_society", "vote", "none"),
    ("jorge", "Red académica de ensayo", "academia", "vote", "none"),
    ("laura", "Contraloría de ensayo", "oversight", "vote", "none"),
    ("mario", "Municipios de ensayo", "subnational", "vote", "none"),
    ("elena", "Gremio de ensayo", "private", "voice", "none"),
]
LEVELS = "0 | No | No\n1 | En parte | In part\n2 | Bastante | Mostly\n3 | Del todo | Fully"
CRITERIA = (
    CriterionText(
        key="materia",
        title_es="Es materia de gobierno abierto",
        title_en="It is a matter of open government",
        kind=CriterionKind.KNOCKOUT,
        levels=parse_levels("0 | No | No\n1 | Sí | Yes"),
        weight=Decimal(0),
    ),
    CriterionText(
        key="valor",
        title_es="Cambia algo para las personas",
        title_en="It changes something for people",
        levels=parse_levels(LEVELS),
        weight=Decimal(2),
    ),
    CriterionText(
        key="factible",
        title_es="Se puede hacer en dos años",
        title_en="It can be done in two years",
        levels=parse_levels(LEVELS),
        reason_rule=ReasonRule.AT_OR_BELOW,
        reason_level=Decimal(0),
        reason_min_chars=10,
    ),
)


NO, PART, MOST, FULLY = "0", "1", "2", "3"
SHEETS: dict[str, list[tuple[str, str]]] = {
    "ines": [(FULLY, MOST), (MOST, MOST), (FULLY, FULLY), (PART, NO), (MOST, PART)],
    "jorge": [(FULLY, FULLY), (MOST, FULLY), (MOST, MOST), (PART, PART), (PART, FULLY)],
    "laura": [(MOST, FULLY), (FULLY, MOST), (FULLY, MOST), (NO, PART), (FULLY, PART)],
    "mario": [(FULLY, MOST), (PART, MOST), (FULLY, FULLY), (PART, NO), (NO, MOST)],
    "diego": [(MOST, MOST), (FULLY, MOST), (FULLY, MOST)],
}
"""What each gave for `valor` and `factible`, by the order of the folios; Diego's last two are left to whoever tries."""
WHY = "Con lo que hay hoy no alcanza a hacerse en dos años."
As = Callable[[str, datetime], Actor]


NAMES = ("Foro multiactor de ensayo", "Rehearsal multi-stakeholder forum")


def found(database: Database, slug: str, office: Actor, now: datetime) -> None:
    """Set the forum up, still without seats."""
    with transaction(database, office, now) as work:
        forum.set_up(work, processes.by_slug(work.session, slug), "foro", NAMES)


def gather(database: Database, slug: str, as_: As, now: datetime) -> None:
    """Seat everybody, adopt the criteria, open the round and fill in most of the sheets."""
    office = as_("carla", now)
    _seat(database, slug, office, now)
    first_session.tell(database, slug, as_, now)
    meeting = _in_session(database, slug, office, now)
    with transaction(database, office, now) as work:
        process = processes.by_slug(work.session, slug)
        stage = processes.stage_named(work.session, process.id, "filtro")
        draft = forum.begin_set(work, process, stage)
        for text in CRITERIA:
            forum.add_criterion(work, process, draft, text)
        forum.set_thresholds(work, process, draft, Thresholds())
        adopted = work.session.get_one(CriteriaSet, draft.id)
        held = work.session.get_one(ForumSession, meeting.id)
        put = forum.put_motion(work, process, held, Wish("Adoptar los criterios del filtro.", 1, "criteria"))
        forum.agree(work, process, held, put.number, {})
        forum.adopt(work, process, adopted, held)
        made = forum.open_round(work, process, stage, Plan(end_of_day(now, 59)))
    for who, given in SHEETS.items():
        _score(database, (as_(who, now), now), made.id, given)


def _score(database: Database, when: tuple[Actor, datetime], round_id: uuid.UUID, given: list[tuple[str, str]]) -> None:
    member, now = when
    with transaction(database, member, now) as work:
        found = work.session.get_one(Round, round_id)
        process = processes.by_id(work.session, found.process_id)
        forum.declare(work, process, found, has_none=True)
        folios = rounds.scorable(work.session, found)
        for (key, _, _), (value, doable) in zip(folios, given, strict=False):
            levels = {"materia": "1", "valor": value, "factible": doable}
            reasons = {"materia": "", "valor": "", "factible": WHY if doable == NO else ""}
            forum.submit(work, process, found, work.session.get_one(Proposal, key), Given(levels, reasons))


def _seat(database: Database, slug: str, office: Actor, now: datetime) -> None:
    with transaction(database, office, now) as work:
        process = processes.by_slug(work.session, slug)
        for who, *kind in SEATS:
            person = cast.find(work.session, who)
            if person is not None:
                seat = forum.add_seat(work, process, AddSeat(*kind))
                forum.appoint(work, process, seat, Appointment("Resolución de ensayo 1", person_id=person.id))


def _in_session(database: Database, slug: str, office: Actor, now: datetime) -> ForumSession:
    with transaction(database, office, now) as work:
        process = processes.by_slug(work.session, slug)
        wish = Convene("ordinary", now, "Criterios del filtro", "Sala de ensayo", first_session.SOON)
        meeting = forum.convene(work, process, wish)
        forum.hold(work, process, meeting)
        forum.record_attendance(work, process, meeting, dict.fromkeys(range(1, len(SEATS) + 1), "holder"))
        return meeting
