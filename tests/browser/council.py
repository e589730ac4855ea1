"""A forum that has come far: a round closed and discussed, one session minuted in public, one that is deciding."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from app.forum import actions
from app.forum.actions import Appointment, Given, Line, Prints, Says, Undertaken, Wish
from app.forum.models import ForumSession, Round
from app.forum.queries import minutes, rounds
from app.forum.rules.body import Founding
from app.forum.rules.minutes import fingerprint
from app.forum.rules.scoring import RecusalKind
from app.people.models import Contact
from app.people.rules import ContactKind
from app.proposals.models import Author, Proposal
from tests.acts import by_hand
from tests.forum.building import GOOD, POOR, VOTERS, ForumBuilder
from tests.world import World

SLUG = "consejo"
RULES = "# Reglas\n\nEl foro se reúne cada dos meses.\n\n## Cómo decide\n\nPor consenso; si no lo hay, vota."
TITLES = ("Actas que se puedan buscar", "Un mapa de obras públicas", "Presupuesto en lenguaje claro")


class Council:
    """Builds it in two steps, since its filter opens ten days after the rest began."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.process: Any = world.open_process(SLUG, template="ogp_action_plan")
        self.forum: ForumBuilder = world.forum(self.process)
        self.proposals = [
            world.admitted(self.process, who, title) for who, title in zip(("ana", "bruno", "ana"), TITLES, strict=True)
        ]

    def score_and_discuss(self) -> None:
        """Everybody scores, one stands aside, the seats lie far apart on one proposal, and it is discussed."""
        forum, (first, second, third) = self.forum, self.proposals
        made = forum.round()
        with self.world.work("pablo") as work:
            fresh = work.session.get_one(Proposal, third.id)
            actions.recuse(work, self.process, forum.stage.id, fresh, (RecusalKind.INTEREST, ""))
        with self.world.work("carla") as work:
            fresh = work.session.get_one(Proposal, third.id)
            outside = ("Defensoría regional", "oversight", "Quien se abstuvo deja a la votación con muy pocos.")
            actions.name_substitute(work, self.process, forum.stage, fresh, outside)
        for who in VOTERS:
            forum.score(who, first)
            forum.score(who, second, POOR if who in {"nadia", "pablo"} else GOOD)
            if who != "pablo":
                forum.score(who, third, POOR)
        forum.close(made)
        with self.world.work("marta") as work:
            why = "En una propuesta los puntajes quedaron muy lejos unos de otros."
            again = actions.open_discussion(work, self.process, forum.stage, work.now + timedelta(days=2), why)
        forum.score("nadia", second, GOOD)
        forum.close(again)

    def decide_and_minute(self) -> None:
        """It has rules and a founding act; a reason is written; one session is minuted, another decides on one."""
        world, forum, process = self.world, self.forum, self.process
        with world.work("carla") as work:
            actions.write_founding(work, process, forum.body, Founding("Decreto 12", date(2025, 3, 1)))
            actions.adopt_rules(work, process, forum.body, RULES, (date(2025, 4, 2), None))
            done = session_of(work, process, 1)
            put = actions.put_motion(work, process, done, Wish("Explicar los criterios a quienes propusieron."))
            said = {1: Says("for"), 2: Says("for"), 3: Says("for"), 4: Says("abstain", "Faltó tiempo para leerlos.")}
            actions.vote(work, process, done, put.number, said)
            due = (work.now + timedelta(days=9)).date()
            actions.undertake(work, process, done, Undertaken("Enviar los criterios a todos", "Secretaría", due))
            actions.write_minutes(work, process, done, "Se conversó sobre los criterios y se aprobaron.")
            actions.close_session(work, process, done)
        with world.work("hugo") as work:
            actions.approve_minutes(work, process, session_of(work, process, 1))
        with world.work("carla") as work:
            done = session_of(work, process, 1)
            content = minutes.assembled(work.session, process, done, work.now)
            paper = b"%PDF-1.7"  # what stands in it is looked at elsewhere
            actions.publish_minutes(work, process, done, Prints(fingerprint(content), paper, paper))
        with world.work("diego") as work:
            found = work.session.query(Round).where(Round.stage_id == forum.stage.id, Round.number == 2).one()
            fresh = work.session.get_one(Proposal, self.proposals[1].id)
            reason = "El mapa se puede hacer con los datos que ya hay, y sirve a toda la comuna."
            actions.write_reason(work, process, found, fresh, (reason, None))
        meeting = forum.session()
        with world.work("marta") as work:
            here = work.session.get_one(ForumSession, meeting.id)
            line = Line(self.proposals[0].folio, "selected", "Las actas ya se escriben en computador.")
            actions.decide_in_session(work, process, forum.stage, here, [line])
            actions.write_minutes(work, process, here, "Se decidió sobre la primera propuesta.")


def stand_aside(world: World, process: Any, forum: ForumBuilder, about: Proposal) -> None:
    """In a round that is open a member hands in a sheet, then stands aside; the alternate has begun it anew.

    Of two more seats it is suspected that they should: one by its organisation, one by its mail.
    """
    with world.work("carla") as work:
        enters = Appointment("Res. 500", person_id=world.people["gloria"].id, is_alternate=True)
        actions.appoint(work, process, forum.seat(2), enters)
    forum.score("diego", about)
    with world.work("diego") as work:
        fresh = work.session.get_one(Proposal, about.id)
        actions.recuse(work, process, forum.stage.id, fresh, (RecusalKind.INTEREST, "Trabajé en ella."))
    with world.work("gloria") as work:
        found = work.session.query(Round).where(Round.stage_id == forum.stage.id).one()
        actions.declare(work, process, found, has_none=True)
        begun = rounds.sheet_of(work.session, found, about.id, forum.seat(2).id)
        given = Given({"scope": "1", "value": "2"}, {"value": "Lo pide mucha gente."}, begun.version if begun else None)
        actions.save_draft(work, process, found, work.session.get_one(Proposal, about.id), given)
    with by_hand(), world.work("carla") as work:
        author = work.session.scalars(select(Author.person_id).where(Author.proposal_id == about.id)).one()
        for who in (world.people["nadia"].id, author):
            value = f"{who.hex[:6]}@red.example.org"
            work.session.add(Contact(person_id=who, kind=ContactKind.EMAIL, value=value, confirmed_at=work.now))


def session_of(work: Any, process: Any, number: int) -> ForumSession:
    """The session of this number, in this transaction."""
    found: ForumSession = (
        work.session.query(ForumSession)
        .where(ForumSession.process_id == process.id, ForumSession.number == number)
        .one()
    )
    return found
