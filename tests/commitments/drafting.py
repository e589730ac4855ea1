"""A draft to comment on: a plan with drafts whose stage is open, comments on it, their issues and answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.commitments import actions
from app.commitments.actions import DraftCommitment, NewComment, Respond
from app.commitments.models import DraftComment, DraftIssue
from app.commitments.queries import comments
from app.commitments.queries import commitments as queries
from app.mail.models import OutboxMessage
from app.people.actor import Actor
from app.process import actions as scheduling
from app.process import queries as processes
from app.process.actions import SetStage
from app.process.models import Process, Stage
from app.work import Work, transaction
from tests.commitments.building import PlanBuilder
from tests.world import NAMES, STRANGER, World, address

STAGE = "borrador"
SAID = "El segundo hito no dice cuándo se publica el primer informe."
REASON = "Es un dato que hace falta para seguir el compromiso."
SECTIONS = {
    "problem": "No se sabe qué se compra.",
    "solution": "Publicar cada compra.",
    "results": "Compras a la vista.",
}


class DraftBuilder:
    """The draft of the plan of one process; a stranger comments, Carla reads, groups and answers."""

    def __init__(self, world: World, process: Process, *, days: int = 10) -> None:
        self.world = world
        self.process = process
        self.plan = PlanBuilder(world, process)
        self.plan.drafted("Compras abiertas", sections=SECTIONS)
        self.plan.drafted("Actas en un día", sections=SECTIONS)
        with self.office() as (work, here, stage):
            window = SetStage(world.now - timedelta(hours=1), world.now + timedelta(days=days))
            scheduling.set_stage(work, here, stage, window)

    @contextmanager
    def office(self, who: str = "carla") -> Iterator[tuple[Work, Process, Stage]]:
        """One transaction of the office (or of somebody else), with the process and the stage of the draft."""
        with self.world.work(who) as work:
            here = processes.by_slug(work.session, self.process.slug)
            yield work, here, processes.stage_named(work.session, here.id, STAGE)

    def stage(self) -> Stage:
        with self.world.database.reading() as session:
            return processes.stage_named(session, self.process.id, STAGE)

    def comment(self, who: str = "bruno", text: str = SAID, *, signed_in: bool = False, **more: Any) -> DraftComment:
        """A comment of somebody of the cast who is not signed in, or of anybody by name."""
        facts = {"name": NAMES.get(who, who), "email": address(who) if who in NAMES else ""} | more
        wish = NewComment(text=text, **facts)
        made = actions.prepare(self.process, wish)
        actor = self.world.actor(who) if signed_in else Actor.anonymous()
        with transaction(self.world.database, actor, self.world.now) as work:
            here = processes.by_slug(work.session, self.process.slug)
            stage = processes.stage_named(work.session, here.id, STAGE)
            return actions.comment(work, here, stage, wish, made).comment

    def admit(self, *folios: str, who: str = "carla") -> None:
        with self.office(who) as (work, here, stage):
            actions.admit(work, here, stage, folios)

    def hold_back(self, *folios: str, because: str = "insult", who: str = "carla") -> None:
        with self.office(who) as (work, here, stage):
            actions.hold_back(work, here, stage, folios, because)

    def group(self, *folios: str, title: str = "El segundo hito necesita una fecha", issue: str = "") -> int:
        with self.office() as (work, here, stage):
            return actions.group(work, here, stage, folios, (issue, "" if issue else title)).number

    def respond(self, number: int = 1, response: str = "noted", reason: str = REASON, **more: Any) -> None:
        with self.office() as (work, here, stage):
            found = comments.issue_numbered(work.session, stage.id, number)
            actions.respond(work, here, stage, found, Respond(response, reason, **more))

    def publish(self, who: str = "carla") -> int:
        with self.office(who) as (work, here, stage):
            return actions.publish_responses(work, here, stage)

    def answered(self, *whos: str, **more: Any) -> list[DraftComment]:
        """One comment of each of these people, let in, grouped as one point, answered and published."""
        said = [self.comment(who) for who in whos]
        folios = [one.folio for one in said]
        self.admit(*folios)
        self.respond(self.group(*folios), **more)
        self.publish()
        return said

    def rewrite(self, number: int = 1, **sections: str) -> int:
        """Write another version of a commitment's text; gives its number."""
        with self.office() as (work, here, _):
            found = queries.numbered(work.session, here.id, number)
            wish = DraftCommitment(title_es=found.title_es, sections=SECTIONS | sections)
            return actions.rewrite(work, here, found, wish).text_version

    def fresh(self, comment: DraftComment) -> DraftComment:
        with self.world.database.reading() as session:
            return session.get_one(DraftComment, comment.id)

    def issues(self) -> list[DraftIssue]:
        with self.world.database.reading() as session:
            return list(session.scalars(select(DraftIssue).order_by(DraftIssue.number)))

    def receipts(self) -> list[OutboxMessage]:
        with self.world.database.reading() as session:
            wanted = OutboxMessage.text.contains("/draft/mine/")
            return list(session.scalars(select(OutboxMessage).where(wanted).order_by(OutboxMessage.id)))

    def tokens(self) -> list[str]:
        """The secret of the link in each receipt, in their order."""
        return [re.findall(r"/draft/mine/([\w-]{20,})", letter.text)[0] for letter in self.receipts()]

    def confirm(self, token: str) -> None:
        with self.world.work(STRANGER) as work:
            actions.confirm(work, comments.by_token(work.session, self.process.id, token))
