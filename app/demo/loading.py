"""Loading the demo through the real actions; a second call changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select

from app.demo import cast, editorial, forum, later, meetings, texts
from app.demo.fifth_plan import playing
from app.demo.hours import end_of_day
from app.kit import ids
from app.kit.db import Database
from app.people import queries as people
from app.people.actor import Actor
from app.people.rules import ContactKind
from app.process import actions as process_actions
from app.process import queries as processes
from app.process.actions import OpenProcess, SetStage
from app.process.models import Process
from app.proposals import actions as proposals
from app.proposals.actions import Contact, Submission
from app.proposals.actions.submitting import Prepared
from app.proposals.models import Proposal
from app.proposals.rules import Provenance
from app.work import transaction

DAY = timedelta(days=1)
TOWN = OpenProcess(
    slug="pueblo",
    name_es="Pueblo de ensayo: ¿qué mejoramos primero?",
    name_en="Rehearsal town: what shall we improve first?",
    timezone="America/Santiago",
    template="simple_consultation",
    folio_prefix="PUE",
    ask_at="Tel. 600 000 000",
    summary_es="Una consulta de ensayo, con datos inventados: propone quien quiera, la oficina decide con razones.",
    summary_en="A rehearsal with made-up data: anybody proposes, the office decides with reasons.",
)
PLAN = OpenProcess(
    slug="sexto-plan-ensayo",
    name_es="6º plan (ensayo)",
    name_en="6th plan (rehearsal)",
    timezone="America/Santiago",
    template="ogp_action_plan",
    folio_prefix="6PE",
    places="chile",
    ask_at="Tel. 600 000 001",
    summary_es="Un ensayo del plan de acción, con datos inventados: un foro filtra las propuestas con criterios.",
    summary_en="A rehearsal of the action plan with made-up data: a forum filters by criteria.",
)


def load(database: Database, moment: Callable[[], datetime]) -> list[str]:
    """Load what is missing of the demo and say what was done; `moment` tells the time of each act."""
    done, now = [], moment()
    with transaction(database, Actor.system(), now) as work:
        cast.gather(work)
    done += playing.play(database, partial(actor, database), moment)
    for wish, proposed in ((TOWN, texts.TOWN), (PLAN, texts.PLAN)):
        with database.reading() as session:
            if session.scalars(select(Process).where(Process.slug == wish.slug)).first():
                continue
        _open(database, wish, now)
        _propose(database, wish.slug, proposed, now)
        if wish is PLAN:
            _fill(database, wish.slug, moment)
        done.append(f"loaded: {wish.name_es}")
    with transaction(database, Actor.system(), now) as work:
        cast.make_secretary(work, processes.by_slug(work.session, PLAN.slug).id)
    return done


def _fill(database: Database, slug: str, moment: Callable[[], datetime]) -> None:
    """What the rehearsal has besides its proposals, so that every stage of it can be tried at once."""
    as_ = partial(actor, database)
    _propose(database, slug, texts.LATER, moment())
    later.open_stages(database, slug, as_, moment())
    forum.found(database, slug, as_("carla", moment()), moment())
    later.bring_on(database, slug, as_, moment())
    forum.gather(database, slug, as_, moment())
    later.group(database, slug, as_, moment())
    later.vote(database, slug, as_, moment())
    later.ask(database, slug, as_, moment())
    later.follow(database, slug, as_, moment())
    meetings.convene(database, slug, as_, moment())
    editorial.write(database, slug, as_, moment())


def actor(database: Database, who: str, now: datetime) -> Actor:
    """Somebody of the demo as an actor."""
    with database.reading() as session:
        person = cast.find(session, who)
        if person is None:
            raise LookupError(f"{who} is not in the demo")
        return people.actor_of(session, person, now)


def _open(database: Database, wish: OpenProcess, now: datetime) -> None:
    with transaction(database, actor(database, "alicia", now), now) as work:
        process_actions.open_process(work, wish)
    with transaction(database, actor(database, "carla", now), now) as work:
        process = processes.by_slug(work.session, wish.slug)
        for stage in processes.stages_of(work.session, process.id):
            if stage.kind.value in {"public_consultation", "call_to_public_bodies", "filter"}:
                window = SetStage(now - DAY, end_of_day(now, 60), dict(stage.settings))
                process_actions.set_stage(work, process, stage, window)


def _propose(database: Database, slug: str, proposed: Sequence[tuple[str, str, str, str]], now: datetime) -> None:
    for who, title, problem, solution in proposed:
        with transaction(database, actor(database, who, now), now) as work:
            process = processes.by_slug(work.session, slug)
            stage = processes.stage_named(work.session, process.id, "consulta")
            contact = Contact(ContactKind.EMAIL, cast.address(who))
            name = cast.CAST[who][0]
            wish = Submission(title, problem, solution, name, contact, provenance=Provenance.ILLUSTRATIVE)
            made = Prepared(ids.new_follow_code(), ids.new_token(), None)
            received = proposals.submit(work, process, stage, wish, made)
        with transaction(database, actor(database, "carla", now), now) as work:
            fresh = work.session.get_one(Proposal, received.proposal.id)
            proposals.admit(work, fresh, proposals.to_admit(work.session, fresh))
