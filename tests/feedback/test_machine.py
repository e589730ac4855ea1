"""Decisions, people, changes and failures in any order: nobody gets two letters for one decision, none, or another's.

A machine draws what the office, the provider and the readers do, on one process at a time, and keeps its own plain book
of who proposed what and which reason was published. Every reason holds a word of its own, so what arrived is read and
not asked of the database.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select, update

from app.decisions import actions as decisions
from app.decisions.actions import Verdict
from app.duties.models import Duty
from app.duties.rules import DutyState
from app.feedback import actions as feedback
from app.feedback.models import Letter
from app.feedback.rules import LetterState, Way
from app.kit import clock, ids
from app.kit.errors import Conflict, NotAllowed, WrongState
from app.mail.composing import sender_of
from app.mail.models import OutboxMessage
from app.mail.rules import NOT_REACHED, REACHED, EventKind, LetterKind, OutboxState
from app.mail.transport import SendGridTransport
from app.people.actor import Actor
from app.people.rules import ContactKind
from app.post_office import reports, review
from app.post_office.reports import Report
from app.post_office.worker import Worker
from app.process import queries as processes
from app.process.models import Process, Stage
from app.proposals import actions as proposals
from app.proposals.models import Proposal
from app.work import Work
from tests.fakes import sendgrid
from tests.fakes.sendgrid import KEY, Answer, FakeSendGrid
from tests.feedback.deciding import STAGE
from tests.world import World

WORD = "clave"
OUTCOMES = ("selected", "reserved", "not_selected")
ANSWERS = (Answer(), Answer(429, {"Retry-After": "3"}), Answer(500), Answer(400, body="{}"), Answer(is_cut=True))
HEARD = (EventKind.DELIVERED, EventKind.BOUNCED, EventKind.DEFERRED)
SCRIPTS = st.lists(st.sampled_from(ANSWERS), min_size=1, max_size=4)
REFUSALS = (Conflict, WrongState, NotAllowed)
NOTE = "Se entregó en la oficina el lunes por la mañana."
NUMBERS = itertools.count(1)
SHORT = 100
PARTS = 6
MANY = {True: 300, False: 50}
"""Runs in each part on SQLite and on PostgreSQL, where one is three times as dear: 2,100 together."""


class Answering(RuleBasedStateMachine):
    """One process from its decisions to its answers."""

    world: ClassVar[World]
    began: ClassVar[datetime]
    provider: ClassVar[FakeSendGrid]
    transport: ClassVar[SendGridTransport]
    seen: ClassVar[Counter[str]]

    @initialize(
        owners=st.lists(st.integers(0, 3), min_size=1, max_size=4),
        without_mail=st.booleans(),
        pair=st.tuples(st.integers(0, 3), st.integers(0, 3)),
        began=st.none() | st.tuples(SCRIPTS, st.lists(st.sampled_from(HEARD), min_size=1, max_size=3)),
    )
    def open(
        self,
        owners: list[int],
        without_mail: bool,
        pair: tuple[int, int],
        began: tuple[list[Answer], list[EventKind]] | None,
    ) -> None:
        """Proposals come in and are decided on; in most runs their letters have left as well."""
        self.slug = f"m{next(NUMBERS)}"
        self.world.clock.move(days=-(self.world.now - self.began).days)  # never past what the database takes for now
        self.process = self.world.open_process(self.slug)
        self.read = len(self.provider.received)
        self.orders: Counter[str] = Counter()
        self.mine: dict[int, set[str]] = {}
        self.folios: dict[int, str] = {}
        made = dict(enumerate(self._proposed(owner, n, without_mail) for n, owner in enumerate(owners)))
        source, into = pair
        if source != into and source in made and into in made:
            self._joined(made[source], made[into])
            self.mine[into] |= self.mine.pop(source)
            del made[source]
        self.folios = {n: proposal.folio for n, proposal in made.items()}
        self.pending: dict[int, str] = {}
        self.public: dict[int, list[str]] = defaultdict(list)
        self.world.clock.move(days=11)
        for n in self.folios:
            self.decide(n, OUTCOMES[n % len(OUTCOMES)])
        self.publish()
        with self.world.work(Actor.system()) as work:
            receipts = (OutboxMessage.process_id == self.process.id, OutboxMessage.kind != LetterKind.DUTY)
            work.session.execute(update(OutboxMessage).where(*receipts).values(state=OutboxState.CANCELLED))
        if began:
            self.send(began[0], 0, began[1], first=True)

    def _proposed(self, owner: int, n: int, without_mail: bool) -> Proposal:
        who = f"{self.slug}p{owner}"
        if owner == 0 and without_mail:
            made = self.world.admitted(self.process, who, f"Propuesta {n}", contact=(ContactKind.PICK_UP, ""))
            self.mine[n] = {f"folio {made.folio}"}
            return made
        if who not in self.world.people:
            self.world.somebody(who, f"Persona {who}")
        self.mine[n] = {f"{who}@example.org"}
        return self.world.admitted(self.process, who, f"Propuesta {n}")

    def _joined(self, one: Proposal, other: Proposal) -> None:
        with self.world.work("carla") as work:
            here = processes.by_slug(work.session, self.slug)
            source, into = (work.session.get_one(Proposal, proposal.id) for proposal in (one, other))
            made = proposals.to_merge(work.session, here, source, into, "Piden lo mismo y van juntas.")
            proposals.merge(work, here, source, into, made)

    # -------------------------------------------------------------------------------------------- what people do

    def _office(self, who: str, act: Callable[[Work, Process, Stage], Any]) -> Any:
        """One act; that it is refused is part of what may happen."""
        with suppress(*REFUSALS), self.world.work(who) as work:
            here = processes.by_slug(work.session, self.slug)
            return act(work, here, processes.stage_named(work.session, here.id, STAGE))
        return None

    @rule(which=st.integers(0, 3), outcome=st.sampled_from(OUTCOMES))
    def decide(self, which: int, outcome: str) -> None:
        n = sorted(self.folios)[which % len(self.folios)]
        word = f"{WORD}{next(NUMBERS)}x"
        verdict = Verdict(outcome, f"La dirección de obras lo estudió y respondió: {word} es el motivo.", ("other",))

        def take(work: Work, here: Process, stage: Stage) -> None:
            this_one = (Proposal.process_id == here.id, Proposal.folio == self.folios[n])
            proposal = work.session.scalars(select(Proposal).where(*this_one)).one()
            decisions.decide(work, here, stage, proposal, verdict)
            self.pending[n] = word

        self._office("carla", take)

    @precondition(lambda self: self.pending)
    @rule()
    def publish(self) -> None:
        def out(work: Work, here: Process, stage: Stage) -> bool:
            decisions.publish(work, here, stage)
            return True

        if self._office("carla", out):
            for n, word in self.pending.items():
                self.public[n].append(word)
                self.seen["decision that changed"] += len(self.public[n]) > 1
            self.pending = {}

    @rule()
    def draft(self) -> None:
        self._office("carla", feedback.draft)

    @rule(who=st.sampled_from(["hugo", "hugo", "carla"]))
    def approve(self, who: str) -> None:
        self._office(who, lambda work, here, stage: feedback.approve(work, here, stage, None))

    @rule()
    def write_and_approve(self) -> None:
        self.draft()
        self.approve("hugo")

    @rule(which=st.integers(0, 5))
    def take_back(self, which: int) -> None:
        self._to_one(which, feedback.reopen)

    @rule(which=st.integers(0, 5))
    def write_again(self, which: int) -> None:
        self._to_one(which, feedback.write_again)

    @rule(which=st.integers(0, 5))
    def hand_over(self, which: int) -> None:
        self._to_one(which, lambda work, here, letter: feedback.hand_over(work, here, letter, NOTE))

    def _to_one(self, which: int, act: Callable[[Work, Process, Letter], Any]) -> None:
        keys = [letter.id for letter in self._letters()]
        if keys:
            key = keys[which % len(keys)]
            self._office("carla", lambda work, here, _stage: act(work, here, work.session.get_one(Letter, key)))

    @rule(
        answers=SCRIPTS,
        hours=st.integers(0, 7),
        heard=st.lists(st.sampled_from(HEARD), max_size=2),
        first=st.booleans(),
    )
    def send(self, answers: list[Answer], hours: int, heard: list[EventKind], first: bool) -> None:
        if first:
            self.write_and_approve()
        self._pass(hours)
        self._work(itertools.cycle(answers))
        for which, kind in enumerate(heard):
            self.report(which, kind)

    def _pass(self, hours: int) -> None:
        """Time goes by; where the database's own clock says whose turn it is, the waiting come nearer instead."""
        self.world.clock.move(hours=hours)
        if not self.world.database.is_sqlite:
            with self.world.work(Actor.system()) as work:
                waiting = select(OutboxMessage).where(OutboxMessage.state == OutboxState.RETRY_WAIT)
                for message in work.session.scalars(waiting):
                    message.next_try_at -= timedelta(hours=hours)

    def _work(self, answers: Iterator[Answer]) -> None:
        self.provider.answer = lambda _body: next(answers)
        asyncio.run(Worker(self.world.database, self.transport, slots=1).run_until_idle())

    @rule(which=st.integers(0, 5), kind=st.sampled_from(HEARD))
    def report(self, which: int, kind: EventKind) -> None:
        """The provider tells what became of a letter it took; a mailbox that is full is tried again later."""
        taken = [one.id for one in self._messages() if one.state is OutboxState.ACCEPTED]
        if taken:
            told = Report(str(ids.new_id()), taken[which % len(taken)], kind, self.world.now, {"type": "blocked"})
            with self.world.work(Actor.system()) as work:
                reports.take_in(work, [told])
            self.seen[kind.value] += 1

    @rule(which=st.integers(0, 5), finding=st.sampled_from([None, *review.Finding]))
    def look_at_a_doubt(self, which: int, finding: review.Finding | None) -> None:
        waiting = [one.id for one in self._messages() if one.state is OutboxState.UNKNOWN]
        if waiting:
            self._settle_doubt(waiting[which % len(waiting)], finding)

    def _settle_doubt(self, message: Any, finding: review.Finding | None) -> None:
        with self.world.work("carla") as work:
            if finding is None:
                review.order_again(work, message, "Se llamó y no había llegado.")
                self.orders[str(message)] += 1
            else:
                review.found(work, message, finding, "Se llamó y lo dijo.")
        self.seen["doubt"] += 1

    # --------------------------------------------------------------------------------------------- what must hold

    def _letters(self) -> list[Letter]:
        with self.world.database.reading() as session:
            wanted = select(Letter).where(Letter.process_id == self.process.id)
            return list(session.scalars(wanted.order_by(Letter.id)))

    def _messages(self) -> list[OutboxMessage]:
        with self.world.database.reading() as session:
            wanted = (OutboxMessage.process_id == self.process.id, OutboxMessage.kind == LetterKind.DUTY)
            return list(session.scalars(select(OutboxMessage).where(*wanted).order_by(OutboxMessage.id)))

    def _theirs(self, address: str) -> set[str]:
        """Every word that may stand in a letter to this address."""
        return {word for n, words in self.public.items() if address in self.mine[n] for word in words}

    @invariant()
    def what_arrived_was_for_its_reader_alone(self) -> None:
        for body in self.provider.received[self.read :]:
            (envelope,) = body["personalizations"]
            assert set(envelope) == {"to"}
            (to,) = envelope["to"]
            for part in body["content"]:
                words = set(_words_in(part["value"]))
                assert words
                assert words <= self._theirs(to["email"])
        self.read = len(self.provider.received)

    @invariant()
    def nobody_got_one_decision_twice(self) -> None:
        arrived = Counter(
            (message.to_address, word)
            for message in self._messages()
            if message.state in REACHED
            for word in set(_words_in(message.text))
        )
        by_hand = Counter(
            (f"letter {letter.person_id}", word)
            for letter in self._letters()
            if letter.handed_over_at is not None
            for word in set(_words_in(letter.text))
        )
        assert max([0, *arrived.values(), *by_hand.values()]) <= 1
        self.seen["arrived"] += bool(arrived)

    def teardown(self) -> None:
        """Everything goes well from here on: then everybody has exactly one letter for what holds now."""
        if not hasattr(self, "process"):
            return
        if self.pending:
            self.publish()
        for _ in range(6):
            if not self._owed():
                break
            for message in self._messages():
                if message.state is OutboxState.UNKNOWN:
                    self._settle_doubt(message.id, review.Finding.ACCEPTED)
            self.draft()
            self.approve("hugo")
            self._pass(7)
            self._work(itertools.repeat(Answer()))
            for which, letter in enumerate(self._letters()):
                if letter.state is LetterState.APPROVED and self._waits_for_a_hand(letter):
                    self.hand_over(which)
        self.what_arrived_was_for_its_reader_alone()
        self.nobody_got_one_decision_twice()
        self._everybody_was_answered()
        self.seen["runs"] += 1

    def _owed(self) -> list[str]:
        with self.world.database.reading() as session:
            open_ = select(Duty.subject).where(Duty.process_id == self.process.id, Duty.state == DutyState.OWED)
            return list(session.scalars(open_))

    def _waits_for_a_hand(self, letter: Letter) -> bool:
        states = {message.id: message.state for message in self._messages()}
        sent = states.get(letter.outbox_message_id) if letter.outbox_message_id else None
        return sent in NOT_REACHED if sent else letter.way is Way.HAND

    def _everybody_was_answered(self) -> None:
        assert self._owed() == []
        arrived = [one.text for one in self._messages() if one.state in REACHED]
        arrived += [letter.text for letter in self._letters() if letter.handed_over_at is not None]
        for n, words in self.public.items():
            assert sum(words[-1] in _words_in(text) for text in arrived) == len(self.mine[n])
        self._the_last_told_is_what_holds()
        self.seen["letters"] += len(arrived)

    def _the_last_told_is_what_holds(self) -> None:
        """Of the letters that reached one person about one proposal the last edition tells the decision in force."""
        reached = {message.id for message in self._messages() if message.state in REACHED}
        last: dict[tuple[Any, int], str] = {}
        for letter in sorted(self._letters(), key=lambda one: one.edition):
            if letter.outbox_message_id in reached or letter.handed_over_at is not None:
                told = set(_words_in(letter.text))
                last |= {(letter.person_id, n): letter.text for n, words in self.public.items() if told & set(words)}
        for (_, n), text in last.items():
            assert self.public[n][-1] in _words_in(text)


def _words_in(text: str) -> list[str]:
    return [part for part in text.replace("<", " ").replace(">", " ").split() if part.startswith(WORD)]


@pytest.mark.either
@pytest.mark.parametrize(
    "part", ["short", *(pytest.param(f"long-{n}", marks=pytest.mark.deep) for n in range(1, PARTS + 1))]
)
def test_nobody_gets_two_letters_for_one_decision_none_or_anothers(
    world: World, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    is_long = part != "short"
    runs = MANY[world.database.is_sqlite] if is_long else SHORT
    monkeypatch.setattr(clock, "now", lambda: world.now)
    with sendgrid.serving() as provider:
        Answering.world, Answering.provider, Answering.seen = world, provider, Counter()
        Answering.began = world.now
        Answering.transport = SendGridTransport(KEY, sender_of("Minga <minga@example.org>"), host=provider.url)
        run_state_machine_as_test(
            Answering,
            settings=settings(
                max_examples=runs,
                stateful_step_count=12,
                deadline=None,
                database=None,
                derandomize=not is_long,  # the short run is the same each time; the long one looks for what is new
                suppress_health_check=list(HealthCheck),
                phases=(Phase.explicit, Phase.generate),  # a shorter way to the same fault is not worth ten minutes
            ),
        )
        taken = provider.taken()
        with world.database.reading() as session:
            rows = session.execute(select(OutboxMessage.id, OutboxMessage.attempts_before)).all()
    seen = Answering.seen
    assert seen["runs"] >= runs
    for what in ("decision that changed", "delivered", "bounced", "doubt", "arrived") if runs >= SHORT else ():
        assert seen[what] > 0, what  # in fewer runs than these one of them may not happen by chance
    assert taken
    assert {str(row[0]) for row in rows} >= set(taken)
