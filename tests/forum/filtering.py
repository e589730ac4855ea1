"""A filter to report on: three proposals scored, one seat aside, and what the forum decides of them."""

from __future__ import annotations

from sqlalchemy import select

from app.decisions import actions as decisions
from app.forum import actions
from app.forum.actions import Line
from app.forum.models import ForumSession
from app.forum.queries.by_rule import sort_out
from app.process import queries as processes
from app.proposals.models import Proposal
from tests.forum.building import GOOD, POOR, VOTERS, ForumBuilder
from tests.world import World

REPORT, PACK = "/p/plan/forum/report", "/p/plan/office/forum/rounds/filtro/pack"
FORMULA = '=HYPERLINK("https://malo.example","Actas")'
YES, NO = "Cumple lo que se pidió a todas.", "+1+1 No es materia de este plan.\n\nPuede ir al municipio."
LEFT = "@SUM(A1) El foro la quiere por ser la única de su región."
VOICE = "Su propuesta abre las actas a todas las personas."


class Filtered:
    """A counted filter of three: a good one, a poor one with a formula for a title, and one the seats differ on."""

    def __init__(self, world: World, forum: ForumBuilder) -> None:
        self.world, self.forum = world, forum
        titles = ("Buena", FORMULA, "Discutida")
        self.good, self.poor, self.torn = (world.admitted(forum.process, title=title) for title in titles)
        self.round = forum.round()
        for who in VOTERS:
            forum.score(who, self.good, GOOD)
            forum.score(who, self.poor, POOR)
            if who != "diego":
                forum.score(who, self.torn, GOOD if who == "marta" else POOR)
        with world.work("diego") as work:
            fresh = work.session.get_one(Proposal, self.torn.id)
            actions.recuse(work, forum.process, forum.stage.id, fresh, ("interest", ""))

    @property
    def folios(self) -> list[str]:
        return [self.good.folio, self.poor.folio, self.torn.folio]

    def close(self) -> None:
        self.forum.close(self.round)
        self.forum.to_the_filter()

    def decide(self) -> None:
        """The good one by the rule, the poor one not, and the third against what the rule says."""
        meeting = self.forum.session()
        lines = [
            Line(self.good.folio, "selected", YES),
            Line(self.poor.folio, "not_selected", NO),
            Line(self.torn.folio, "selected", YES, override_reason=LEFT),
        ]
        with self.world.work("marta") as work:
            held = work.session.get_one(ForumSession, meeting.id)
            actions.decide_in_session(work, self.forum.process, self.forum.stage, held, lines)

    def follow_the_rule(self) -> None:
        """What is left, in the session that is being held."""
        with self.world.work("marta") as work:
            meeting = work.session.scalars(select(ForumSession).order_by(ForumSession.number.desc()).limit(1)).one()
            counted = sort_out(work.session, self.forum.process, self.forum.stage, meeting, work.now).as_counted
            actions.follow_the_rule(work, self.forum.process, self.forum.stage, meeting, counted)

    def publish(self) -> None:
        with self.world.work("carla") as work:
            process = processes.by_slug(work.session, "plan")
            decisions.publish(work, process, processes.stage_named(work.session, process.id, "filtro"))
        self.world.app.state.house.cache.clear()
