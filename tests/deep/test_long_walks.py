"""A long walk of a town at random: hundreds of acts in any order, legal or not, and what must hold after each.

Whatever is refused leaves nothing behind; whatever is done is counted, told to the trail, owed and answered once. The
dice are seeded, so a walk that fails can be walked again.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from app.decisions import actions as decisions
from app.decisions.actions import Verdict
from app.decisions.models import Decision
from app.duties.models import Duty
from app.duties.rules import DutyState, Part
from app.feedback import actions as feedback
from app.kit.errors import NotFound, Refusal
from app.mail.models import OutboxMessage
from app.mail.rules import LetterKind
from app.mail.transport import MemoryTransport
from app.post_office.worker import Worker
from app.process import queries as processes
from app.proposals import actions as proposals
from app.proposals import queries
from app.proposals.actions.preparing import Texts
from app.proposals.models import Author, Proposal
from app.proposals.rules import PUBLIC_STATES, State
from app.publication import verifying
from app.settings import Settings
from app.trail.models import Entry
from app.work import Work
from tests.clock import MovableClock
from tests.world import World

pytestmark = pytest.mark.deep

ACTS, LOOK_EVERY = 1000, 25
REASON = "Las actas ya se publican en otra página, y esta las reúne en un solo lugar."
PROPOSERS = ("ana", "bruno", "diego", "elena", "felix", "gloria")


class Walk:
    """A town, its dice and what it has done so far."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.dice = random.Random(seed)
        self.town = world.open_process()
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.transport = MemoryTransport()
        self.acts: dict[str, Callable[[], None]] = {
            "submit": self.submit,
            "admit": self.admit,
            "return": self.give_back,
            "refuse": self.refuse,
            "resubmit": self.resubmit,
            "revise": self.revise,
            "withdraw": self.withdraw,
            "merge": self.merge,
            "decide": self.decide,
            "publish": self.publish,
            "draft": self.draft,
            "approve": self.approve,
            "time": self.let_time_pass,
        }
        self.often = [14, 14, 4, 2, 6, 4, 2, 3, 14, 2, 4, 4, 3]

    async def step(self) -> None:
        name = self.dice.choices(list(self.acts), self.often)[0]
        before = self.trail_length()
        try:
            self.acts[name]()
        except Refusal as refusal:
            self.refused[f"{name}: {type(refusal).__name__}"] += 1
            assert self.trail_length() == before, f"{name} was refused and left an entry"
        else:
            self.done[name] += 1
        if self.dice.random() < 0.1:
            await Worker(self.world.database, self.transport).run_until_idle()

    def trail_length(self) -> int:
        with self.world.database.reading() as session:
            return session.scalar(select(func.count()).select_from(Entry)) or 0

    def any_proposal(self, *states: State) -> Proposal:
        """One in these states nine times out of ten, else any: the tenth has to be refused by itself."""
        with self.world.database.reading() as session:
            found = list(session.scalars(select(Proposal).order_by(Proposal.number)))
        fitting = [proposal for proposal in found if proposal.state in states]
        if not found:
            raise NotFound
        return self.dice.choice(fitting if fitting and self.dice.random() < 0.9 else found)

    def submit(self) -> None:
        who = self.dice.choice(PROPOSERS)
        self.world.propose(self.town, who, f"Propuesta {self.dice.randrange(10**6)} de {who}")

    def office(self, who: str, act: Callable[[Work], None]) -> None:
        with self.world.work(who) as work:
            act(work)

    def admit(self) -> None:
        chosen = self.any_proposal(State.SUBMITTED)

        def act(work: Work) -> None:
            fresh = work.session.get_one(Proposal, chosen.id)
            proposals.admit(work, fresh, proposals.to_admit(work.session, fresh))

        self.office("carla", act)

    def give_back(self) -> None:
        chosen = self.any_proposal(State.SUBMITTED)

        def act(work: Work) -> None:
            fresh = work.session.get_one(Proposal, chosen.id)
            town = processes.by_slug(work.session, self.town.slug)
            made = proposals.to_return(work.session, town, fresh, REASON, work.now)
            proposals.return_for_changes(work, town, fresh, made)

        self.office("hugo", act)

    def refuse(self) -> None:
        chosen = self.any_proposal(State.SUBMITTED, State.RETURNED)

        def act(work: Work) -> None:
            town = processes.by_slug(work.session, self.town.slug)
            proposals.refuse(work, town, work.session.get_one(Proposal, chosen.id), REASON, ["other"])

        self.office("carla", act)

    def own(self, work: Work, chosen: Proposal) -> tuple[Proposal, Author]:
        author = work.session.scalars(select(Author).where(Author.proposal_id == chosen.id)).first()
        assert author is not None
        return work.session.get_one(Proposal, chosen.id), author

    def write(self, chosen: Proposal, *, again: bool) -> None:
        def act(work: Work) -> None:
            town = processes.by_slug(work.session, self.town.slug)
            own = self.own(work, chosen)
            made = proposals.to_revise(own[0], Texts(chosen.title, REASON, REASON))
            if again:
                proposals.resubmit(work, town, own, made)
            else:
                stage = processes.stage_named(work.session, town.id, "consulta")
                proposals.revise(work, town, stage, own, made)

        self.office("ana", act)

    def resubmit(self) -> None:
        self.write(self.any_proposal(State.RETURNED), again=True)

    def revise(self) -> None:
        self.write(self.any_proposal(State.SUBMITTED), again=False)

    def withdraw(self) -> None:
        chosen = self.any_proposal(State.SUBMITTED, State.RETURNED, State.ADMITTED)

        def act(work: Work) -> None:
            town = processes.by_slug(work.session, self.town.slug)
            own = self.own(work, chosen)
            stage = processes.stage_named(work.session, town.id, "consulta")
            proposals.withdraw(work, town, stage, own, proposals.to_withdraw(town, own[0]))

        self.office("ana", act)

    def merge(self) -> None:
        one, other = self.any_proposal(State.SUBMITTED, State.ADMITTED), self.any_proposal(State.ADMITTED)

        def act(work: Work) -> None:
            town = processes.by_slug(work.session, self.town.slug)
            kept, gone = (work.session.get_one(Proposal, key) for key in (other.id, one.id))
            proposals.merge(work, town, gone, kept, proposals.to_merge(work.session, town, gone, kept, REASON))

        self.office("carla", act)

    def decide(self) -> None:
        chosen = self.any_proposal(State.ADMITTED, State.SELECTED, State.RESERVED, State.NOT_SELECTED)
        outcome = self.dice.choice(["selected", "reserved", "not_selected"])

        def act(work: Work) -> None:
            town = processes.by_slug(work.session, self.town.slug)
            stage = processes.stage_named(work.session, town.id, "decision")
            fresh = work.session.get_one(Proposal, chosen.id)
            decisions.decide(work, town, stage, fresh, Verdict(outcome, REASON, ("other",)))

        self.office("carla", act)

    def of_stage(self, who: str, act: Callable[..., object]) -> None:
        def do(work: Work) -> None:
            town = processes.by_slug(work.session, self.town.slug)
            act(work, town, processes.stage_named(work.session, town.id, "decision"))

        self.office(who, do)

    def publish(self) -> None:
        self.of_stage("carla", decisions.publish)

    def draft(self) -> None:
        self.of_stage("carla", feedback.draft)

    def approve(self) -> None:
        self.of_stage("hugo", feedback.approve)

    def let_time_pass(self) -> None:
        self.world.clock.move(hours=self.dice.choice([1, 6, 30]))

    def look(self) -> None:
        """What must hold whatever was done."""
        with self.world.database.reading() as session:
            rows = list(session.scalars(select(Proposal)))
            counts = {state: n for state, n in queries.counts_of(session, self.town.id).items() if n}
            assert counts == Counter(proposal.state for proposal in rows)
            assert queries.count_public(session, self.town.id) == sum(
                1 for proposal in rows if proposal.state in PUBLIC_STATES
            )
            assert sorted(proposal.number for proposal in rows) == list(range(1, len(rows) + 1))
            self.look_at_answers(list(session.scalars(select(Decision))), list(session.scalars(select(Duty))))
            sent = list(session.scalars(select(OutboxMessage).where(OutboxMessage.kind == LetterKind.DUTY)))
            assert len({(letter.letter_id, letter.attempts_before) for letter in sent}) == len(sent)
        assert verifying.check_database(self.world.settings.database_url).fault is None

    @staticmethod
    def look_at_answers(taken: list[Decision], duties: list[Duty]) -> None:
        """One decision in force for each proposal, and a duty for each that was published."""
        in_force = Counter(decision.proposal_id for decision in taken if decision.is_current)
        assert set(in_force.values()) <= {1}
        answered_about = {duty.subject_id for duty in duties if duty.part is Part.AUTHOR}
        assert {decision.id for decision in taken if decision.published_at} <= answered_about
        assert all(duty.closed_at for duty in duties if duty.state is not DutyState.OWED)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_a_long_walk_leaves_nothing_uncounted_untold_or_unanswered(
    settings: Settings, clock: MovableClock, seed: int
) -> None:
    world = World(settings, clock)
    walk = Walk(world, seed)
    world.clock.move(days=1)
    for turn in range(ACTS):
        if turn == ACTS // 2:
            world.clock.move(days=10)  # the consultation closes and the decision opens, if they had not yet
        await walk.step()
        if turn % LOOK_EVERY == 0:
            walk.look()
    walk.look()
    world.close()
    print(f"\nseed {seed}: done {dict(walk.done)}; refused {dict(walk.refused)}")
    assert walk.done["decide"] > 10
    assert walk.done["approve"] >= 1
