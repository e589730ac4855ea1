"""A small world to test in: the fixed cast, a process or two, and a browser for each of them.

Ana proposes; Bruno is another citizen; Carla is the office; Hugo is the office too and approves letters; Diego sits in
the forum and votes; Elena has a voice there; Félix speaks for an institution; Gloria facilitates tables; and there is
a stranger who is not signed in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import httpx2
from fastapi import FastAPI
from sqlalchemy import select

from app.accounts import sessions
from app.kit.db import Database
from app.main import create_app
from app.people import queries as people
from app.people.actor import Actor
from app.people.models import Contact, Person, RoleGrant
from app.people.rules import ContactKind, IdentityLevel, OriginSector, Role
from app.process import actions as process_actions
from app.process import queries as processes
from app.process.actions import OpenProcess, SetStage
from app.process.models import Process, Stage
from app.proposals import actions as proposals
from app.proposals.actions import Contact as ContactWish
from app.proposals.actions import Submission
from app.proposals.models import Proposal
from app.settings import Settings
from app.work import Work, transaction
from tests.clock import MovableClock

ROLES: dict[str, Role] = {
    "carla": Role.OFFICE,
    "hugo": Role.OFFICE,
    "felix": Role.INSTITUTION,
    "gloria": Role.FACILITATOR,
    "admin": Role.ADMIN,
}
NAMES = {
    "ana": "Ana Soto",
    "bruno": "Bruno Rivas",
    "carla": "Carla Fuentes",
    "hugo": "Hugo Pino",
    "diego": "Diego Vera",
    "elena": "Elena Lagos",
    "felix": "Félix Mora",
    "gloria": "Gloria Paz",
    "admin": "Alicia Admin",
}
CAST = tuple(NAMES)
STRANGER = "stranger"
PROBLEM = "Las actas del concejo se publican como imágenes y nadie puede buscar en ellas."
SOLUTION = "Publicar cada acta como texto dentro de cinco días."


def address(who: str) -> str:
    """The mailbox of somebody of the cast."""
    return f"{who}@example.org"


class World:
    """One installation over one database, with the cast in it."""

    def __init__(self, settings: Settings, clock: MovableClock) -> None:
        self.settings = settings
        self.clock = clock
        self.app: FastAPI = create_app(settings, now=clock)
        self.database: Database = self.app.state.house.database
        self.app.state.house.limits.is_on = False
        self.people: dict[str, Person] = {}
        with self.work(Actor.system()) as work:
            for who in CAST:
                self.people[who] = self._person(work, who)

    def close(self) -> None:
        self.app.state.house.hops.close()
        self.database.dispose()

    @property
    def now(self) -> datetime:
        return self.clock()

    @contextmanager
    def work(self, actor: Actor | str) -> Iterator[Work]:
        """One transaction of somebody of the cast (or of any actor)."""
        chosen = self.actor(actor) if isinstance(actor, str) else actor
        with transaction(self.database, chosen, self.now) as work:
            yield work

    def actor(self, who: str) -> Actor:
        if who == STRANGER:
            return Actor.anonymous()
        with self.database.reading() as session:
            return people.actor_of(session, self.people[who], self.now)

    def browser(self, who: str = STRANGER, **headers: str) -> httpx2.AsyncClient:
        """A browser of somebody, signed in; follows no redirect by itself and sends what Chromium sends."""
        cookies = {}
        if who != STRANGER:
            with self.work(Actor.system()) as work:
                secret = sessions.open_for(work.session, self.people[who], "test", "test", self.now)
            cookies = {"minga_session": secret}
        return httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=self.app, raise_app_exceptions=True),
            base_url=self.settings.base_url,
            cookies=cookies,
            headers={"sec-fetch-site": "same-origin", **headers},
        )

    def _person(self, work: Work, who: str) -> Person:
        person = Person(
            name=NAMES[who],
            public_name=NAMES[who],
            language="es",
            origin_sector=OriginSector.CITIZEN,
            identity_level=IdentityLevel.EMAIL_CONFIRMED,
            created_at=self.now,
        )
        work.session.add(person)
        work.session.flush()
        work.session.add(
            Contact(person_id=person.id, kind=ContactKind.EMAIL, value=address(who), confirmed_at=self.now)
        )
        if who in ROLES:
            work.session.add(
                RoleGrant(person_id=person.id, role=ROLES[who], process_id=None, from_at=self.now - timedelta(days=1))
            )
        return person

    # -------------------------------------------------------------------------------------------------- processes

    def open_process(self, slug: str = "town", template: str = "simple_consultation", **more: Any) -> Process:
        """A process whose consultation opened an hour ago and closes in ten days; the decision follows."""
        wish = OpenProcess(slug=slug, name_es=f"Proceso {slug}", timezone="America/Santiago", template=template, **more)
        with self.work("admin") as work:
            process = process_actions.open_process(work, wish)
        with self.work("carla") as work:
            process = processes.by_slug(work.session, slug)
            for stage in processes.stages_of(work.session, process.id):
                self._date(work, process, stage)
        return process

    def _date(self, work: Work, process: Process, stage: Stage) -> None:
        hour, day = timedelta(hours=1), timedelta(days=1)
        windows = {
            "public_consultation": (self.now - hour, self.now + 10 * day),
            "call_to_public_bodies": (self.now - hour, self.now + 10 * day),
            "filter": (self.now + 10 * day, self.now + 40 * day),
        }
        if stage.kind.value in windows:
            opens, closes = windows[stage.kind.value]
            process_actions.set_stage(work, process, stage, SetStage(opens, closes, dict(stage.settings)))

    def stage(self, process: Process, slug: str) -> Stage:
        with self.database.reading() as session:
            return processes.stage_named(session, process.id, slug)

    # -------------------------------------------------------------------------------------------------- proposals

    def propose(self, process: Process, who: str = "ana", title: str = "Publicar las actas", **more: Any) -> Proposal:
        """A proposal of somebody, received in the consultation."""
        kind, value = more.pop("contact", (ContactKind.EMAIL, address(who)))
        wish = Submission(
            title=title,
            problem=more.pop("problem", PROBLEM),
            solution=more.pop("solution", SOLUTION),
            name=NAMES.get(who, who),
            contact=ContactWish(kind, value),
            **more,
        )
        made = proposals.prepare(process, wish)
        actor = self.actor(who) if who in self.people else Actor.anonymous()
        with transaction(self.database, actor, self.now) as work:
            fresh = processes.by_slug(work.session, process.slug)
            stage = processes.stage_named(work.session, fresh.id, "consulta")
            received = proposals.submit(work, fresh, stage, wish, made)
        self.codes[received.proposal.folio] = received.code
        return received.proposal

    @property
    def codes(self) -> dict[str, str]:
        """The codes the receipts carried, by folio."""
        if not hasattr(self, "_codes"):
            self._codes: dict[str, str] = {}
        return self._codes

    def admitted(self, process: Process, who: str = "ana", title: str = "Publicar las actas", **more: Any) -> Proposal:
        """A proposal of somebody that the office has let in."""
        proposal = self.propose(process, who, title, **more)
        with self.work("carla") as work:
            fresh = work.session.get_one(Proposal, proposal.id)
            proposals.admit(work, fresh, proposals.to_admit(work.session, fresh))
        return self.fresh(proposal)

    def fresh(self, proposal: Proposal) -> Proposal:
        with self.database.reading() as session:
            return session.scalars(select(Proposal).where(Proposal.id == proposal.id)).one()

    # ------------------------------------------------------------------------------------------------------ forum

    def somebody(self, who: str, name: str) -> Person:
        """Somebody beyond the cast."""
        with self.work(Actor.system()) as work:
            NAMES.setdefault(who, name)
            self.people[who] = self._person(work, who)
        return self.people[who]

    def forum(self, process: Process) -> Any:
        """A forum of five seats: Marta chairs, Diego, Nadia and Pablo vote, Elena has a voice (see tests/forum)."""
        from tests.forum.building import ForumBuilder

        return ForumBuilder(self, process)


def form_of(page: str, action: str) -> dict[str, str]:
    """The hidden fields and values of the form with this action on a page, as a browser would send them back."""
    for form in re.findall(r"<form[^>]*>.*?</form>", page, re.DOTALL):
        opening = form[: form.index(">")]
        if f'action="{action}"' in opening:
            return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    raise LookupError(f"no form with the action {action}")
