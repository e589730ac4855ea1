"""The later stages of the rehearsal, all open at once, so that each can be tried.

A vote that is being taken, an institution that was asked and has not answered, a draft to comment on, and a commitment
to report on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from app.commitments import actions as commitments
from app.commitments.actions import DraftCommitment, OpenRound, SetIndicator, SetMilestone
from app.commitments.models import Commitment
from app.decisions import actions as decisions
from app.decisions.actions import Verdict
from app.demo import cast, texts
from app.demo.hours import end_of_day
from app.kit.db import Database
from app.meetings import actions as meetings
from app.meetings.actions import Plan
from app.meetings.models import Meeting
from app.meetings.rules.meeting import MeetingKind
from app.people.actor import Actor
from app.prioritisation import actions as prioritisation
from app.prioritisation.actions import NameTheme, Place
from app.prioritisation.queries import tables
from app.prioritisation.rules.voting import RoundWish, Scope, VotingWay
from app.process import actions as process_actions
from app.process import queries as processes
from app.process.actions import SetStage
from app.process.models import Process
from app.proposals.models import Proposal
from app.proposals.rules import Provenance
from app.technical_tables import actions as technical
from app.technical_tables.actions import AskInstitution, NameTable, PutOn
from app.technical_tables.rules import Role
from app.work import Work, transaction

As = Callable[[str, datetime], Actor]
DAY = timedelta(days=1)
MADE_UP = "Ilustrativo: para que cada etapa del ensayo tenga algo"
WHY = "Ilustrativo: sigue para que se pueda probar la etapa que viene."
NEXT = ("filtro", "priorizacion", "mesas-tecnicas", "plan")
OUTCOMES = ("selected", "prioritised", "feasible", "committed")
HOW_FAR = (1, 1, 1, 2, 4)
"""After how many gates each of the later texts stands: the first three wait for the vote."""
INSTITUTION = "Servicio de compras de ensayo"
CAME = ("Rosa Díaz", "Luis Peña", "Marta Oyarzún", "Pedro Ñanco", "Julia Soto", "Iván Rojas")


def open_stages(database: Database, slug: str, as_: As, now: datetime) -> None:
    """Open every stage that is not open yet, for two months."""
    with transaction(database, as_("carla", now), now) as work:
        process = processes.by_slug(work.session, slug)
        for stage in processes.stages_of(work.session, process.id):
            if stage.opens_at is None:
                window = SetStage(now - DAY, end_of_day(now, 60), dict(stage.settings))
                process_actions.set_stage(work, process, stage, window)


def bring_on(database: Database, slug: str, as_: As, now: datetime) -> None:
    """Let the later texts pass as many gates as they need to stand where something can be tried on them."""
    for gate, (stage_slug, outcome) in enumerate(zip(NEXT, OUTCOMES, strict=True), 1):
        with transaction(database, as_("carla", now), now) as work:
            process = processes.by_slug(work.session, slug)
            if stage_slug == "plan":
                _draft(work, process)
            stage = processes.stage_named(work.session, process.id, stage_slug)
            for proposal, gates in zip(_later(work, process), HOW_FAR, strict=True):
                if gates >= gate:
                    verdict = Verdict(outcome, WHY, session_name=MADE_UP, provenance=Provenance.ILLUSTRATIVE)
                    decisions.write_down(work, process, stage, proposal, verdict)
            work.session.flush()
            decisions.publish(work, process, stage)


def _later(work: Work, process: Process) -> Sequence[Proposal]:
    newest = select(Proposal).where(Proposal.process_id == process.id).order_by(Proposal.number.desc())
    return list(reversed(work.session.scalars(newest.limit(len(texts.LATER))).all()))


def _draft(work: Work, process: Process) -> None:
    """A commitment that enters the plan, and a draft that anybody can comment on."""
    *_, bought, plain = _later(work, process)
    for title, proposal, area in (
        ("Cartas del Estado en lenguaje claro", plain, "Participación"),
        ("Compras públicas que se pueden seguir de principio a fin", bought, "Transparencia"),
    ):
        wish = DraftCommitment(
            title,
            area=area,
            lead=INSTITUTION,
            origin_sector="citizen",
            values=("transparency",),
            sections={"problem": WHY, "solution": proposal.title},
            provenance=Provenance.ILLUSTRATIVE,
        )
        made = commitments.draft(work, process, wish)
        commitments.link(work, process, made, proposal, ("core", ""))
        work.session.flush()
        today = work.now.astimezone(process.zone).date()
        for title_of, days in (("Primera versión publicada", 30), ("Evaluación con personas", 120)):
            step = SetMilestone(
                title_of, "Un documento público", "Enlace", "Jefatura de ensayo", due_on=today + days * DAY
            )
            commitments.add_milestone(work, process, made, step)
        commitments.set_indicator(
            work, process, made, SetIndicator("output", "Cartas reescritas", "0", "20", "cartas", "Registro de ensayo")
        )


def group(database: Database, slug: str, as_: As, now: datetime) -> None:
    """Two themes, with what is voted on in them."""
    with transaction(database, as_("carla", now), now) as work:
        process = processes.by_slug(work.session, slug)
        themes = [
            prioritisation.name_theme(work, process, NameTheme(name, english))
            for name, english in (
                ("Información que se entiende", "Information one understands"),
                ("Obras y actas", "Works and minutes"),
            )
        ]
        for at, proposal in enumerate(_later(work, process)[:3]):
            prioritisation.place(work, process, themes[at % 2], proposal, Place("Ilustrativo: por su asunto."))


def vote(database: Database, slug: str, as_: As, now: datetime) -> None:
    """A round whose territorial meeting is taking place, with people in the room and the vote open."""
    with transaction(database, as_("carla", now), now) as work:
        process = processes.by_slug(work.session, slug)
        stage = processes.stage_named(work.session, process.id, "priorizacion")
        wish = RoundWish(name_es="Ronda de ensayo", name_en="Rehearsal round", most=2, capacity=2)
        found = prioritisation.set_round(work, process, stage, wish)
        meeting = meetings.draft(work, process, _tonight(now))
        prioritisation.join_table(work, process, found, meeting, Scope.TERRITORIAL.value)
        prioritisation.adopt(work, process, found)
        meetings.announce(work, process, meeting)
        number = meeting.number
    with transaction(database, as_("gloria", now), now) as work:
        process = processes.by_slug(work.session, slug)
        at, found = tables.table_numbered(work.session, process.id, number)
        meeting = work.session.get_one(Meeting, at.meeting.id)
        meetings.hold(work, process, meeting)
        meetings.note_list(work, process, meeting, "\n".join(CAME))
        prioritisation.open_vote(work, process, at, found, VotingWay.CODES.value)


def _tonight(now: datetime) -> Plan:
    return Plan(
        kind=MeetingKind.PRIORITISATION_TABLE.value,
        title_es="Encuentro territorial de ensayo, en este momento",
        title_en="Rehearsal territorial meeting, right now",
        starts_at=now + timedelta(minutes=30),
        ends_at=now + timedelta(hours=6),
        place="Sede vecinal de ensayo, calle Inventada 4",
        provenance=Provenance.ILLUSTRATIVE,
    )


def ask(database: Database, slug: str, as_: As, now: datetime) -> None:
    """A technical table, and an institution that was asked by letter and has not answered."""
    today = now.date()
    with database.reading() as session:
        process = processes.by_slug(session, slug)
        folio = session.scalars(
            select(Proposal.folio).where(Proposal.process_id == process.id, Proposal.state == "prioritised")
        ).one()
        wish = AskInstitution(
            INSTITUTION,
            cast.address("felix"),
            "ORD. N° 7 (ensayo)",
            "Carla Fuentes, oficina de ensayo",
            today,
            today + 20 * DAY,
            (folio,),
        )
        made = technical.to_ask(session, process, wish, now)
    with transaction(database, as_("carla", now), now) as work:
        process = processes.by_slug(work.session, slug)
        stage = processes.stage_named(work.session, process.id, "mesas-tecnicas")
        actors = {Role.INSTITUTION: (INSTITUTION,), Role.CIVIL_SOCIETY: ("Red de organizaciones de ensayo",)}
        named = NameTable("Seguir las compras de principio a fin", "Following purchases to their end", actors=actors)
        table = technical.name_table(work, process, named)
        proposal = work.session.scalars(
            select(Proposal).where(Proposal.process_id == process.id, Proposal.folio == folio)
        ).one()
        technical.put_on(work, process, table, proposal, PutOn("core"))
        technical.ask_institution(work, process, stage, wish, made)
        cast.make_spokesman(work, INSTITUTION)


def follow(database: Database, slug: str, as_: As, now: datetime) -> None:
    """A round of monitoring in which nothing was reported yet."""
    today = now.date()
    with database.reading() as session:
        process = processes.by_slug(session, slug)
        lead = session.scalars(
            select(Commitment.lead_id).where(Commitment.process_id == process.id, Commitment.number == 1)
        ).one()
        addresses = {lead: cast.address("felix")} if lead else {}
        wish = OpenRound(
            "Ensayo de diciembre", "ORD. N° 8 (ensayo)", today, "Carla Fuentes", today + 30 * DAY, addresses
        )
        written = commitments.to_open(session, process, wish)
    with transaction(database, as_("carla", now), now) as work:
        commitments.open_round(work, processes.by_slug(work.session, slug), wish, written)
