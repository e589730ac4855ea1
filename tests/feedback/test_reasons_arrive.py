"""The words of every reason arrive: for each outcome, in both languages, by a mail server and by the provider.

Every reason holds a word of its own, and it is looked for in what was received, in the plain part and in the formatted
one; what the database says was sent is not asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.commitments.rules.comments import HELD_WORDS, HeldBecause, Response
from app.decisions import actions as decisions
from app.decisions.actions import Verdict
from app.decisions.rules import GATES, Outcome
from app.feedback.letters import RESULTS
from app.mail.models import OutboxMessage
from app.mail.rules import LetterKind, OutboxState
from app.mail.transport import transport_of
from app.people.actor import Actor
from app.people.models import Person
from app.post_office.worker import Worker
from app.process import actions as scheduling
from app.process import queries as processes
from app.process.actions import SetStage
from app.process.kinds import StageKind
from app.process.models import Process
from app.proposals import actions as proposals
from app.proposals.models import Proposal
from tests.commitments.drafting import STAGE as DRAFT_STAGE
from tests.commitments.drafting import DraftBuilder
from tests.feedback import deciding
from tests.journeys.mailboxes import WAYS, Arrived, Post
from tests.world import World, address

pytestmark = pytest.mark.either
LANGUAGES = ("es", "en")
STAGES = {"filtro": "selected", "priorizacion": "prioritised", "mesas-tecnicas": "feasible", "plan": "committed"}
"""The stages that decide, in their order, and the outcome with which a proposal goes on to the next."""
ENDS = {
    "filtro": ("selected", "reserved", "not_selected"),
    "priorizacion": ("prioritised", "not_prioritised"),
    "mesas-tecnicas": ("feasible", "not_feasible"),
    "plan": ("committed", "not_committed"),
}
"""Where the way of a proposal ends: at each stage one with every outcome for each language."""


@pytest.fixture(params=sorted(WAYS))
def post(request: pytest.FixtureRequest) -> Iterator[Post]:
    with WAYS[request.param]() as made:
        yield made


def reader(world: World, language: str, name: str) -> str:
    """Somebody of their own who reads this language; gives under which name."""
    who = f"{name}_{language}".replace("_", "")
    world.somebody(who, f"Persona {who}")
    with world.work(Actor.system()) as work:
        work.session.execute(update(Person).where(Person.id == world.people[who].id).values(language=language))
    return who


def reason_of(who: str, stage: str) -> str:
    return f"Se estudió con calma y lo que más pesó fue el motivo {stage.replace('-', '')}{who} de esta etapa."


async def arrived(world: World, post: Post, process: Process, stage: str) -> list[Arrived]:
    """Everything is drafted, approved by a second person and sent; gives what reached the mailboxes now."""
    with world.work(Actor.system()) as work:
        others = update(OutboxMessage).where(OutboxMessage.kind != LetterKind.DUTY)
        work.session.execute(others.values(state=OutboxState.CANCELLED))
    before = len(post.letters())
    deciding.draft(world, process, stage=stage)
    deciding.approve(world, process, stage=stage)
    await Worker(world.database, transport_of(post.with_settings(world.settings))).run_until_idle()
    return post.letters()[before:]


def of(letters: list[Arrived], to: str) -> Arrived:
    (letter,) = [one for one in letters if one.to == to]
    return letter


# ---------------------------------------------------------------------------------------------------------- decisions


def ways(world: World) -> dict[str, list[str]]:
    """For each reader the outcomes their proposal meets, one at each stage as far as it goes."""
    made = {}
    for at, (stage, ends) in enumerate(ENDS.items()):
        passed = list(STAGES.values())[:at]
        for end in ends:
            for language in LANGUAGES:
                made[reader(world, language, f"{stage[:4]}{end}")] = [*passed, end]
    return made


def open_plan(world: World) -> Process:
    """A plan whose office decides at every stage; all of them are open after the consultation."""
    process = world.open_process("plan", template="ogp_action_plan", name_en="The plan")
    with world.work("carla") as work:
        here = processes.by_slug(work.session, process.slug)
        for slug in STAGES:
            stage = processes.stage_named(work.session, here.id, slug)
            settings = {"body": "office"} | ({"method": "simple"} if stage.kind is StageKind.FILTER else {})
            scheduling.set_stage(work, here, stage, SetStage(world.now + timedelta(days=10), None, settings=settings))
    return process


def decide(world: World, process: Process, slug: str, verdicts: dict[str, Verdict]) -> None:
    """Decide at one stage, by folio, and publish it together."""
    with world.work("carla") as work:
        here = processes.by_slug(work.session, process.slug)
        stage = processes.stage_named(work.session, here.id, slug)
        for folio, verdict in verdicts.items():
            proposal = work.session.scalars(select(Proposal).where(Proposal.folio == folio)).one()
            decisions.decide(work, here, stage, proposal, verdict)
        decisions.publish(work, here, stage)


async def test_the_reason_of_every_decision_arrives_in_the_readers_language(world: World, post: Post) -> None:
    process = open_plan(world)
    going = ways(world)
    folios = {who: world.admitted(process, who, f"Propuesta de {who}").folio for who in going}
    world.clock.move(days=11)
    told: set[tuple[str, str]] = set()
    tails: dict[str, set[tuple[str, str]]] = {}
    for at, slug in enumerate(STAGES):
        here = [who for who, way in going.items() if len(way) > at]
        decide(world, process, slug, {folios[who]: Verdict(going[who][at], reason_of(who, slug)) for who in here})
        letters = await arrived(world, post, process, slug)
        assert len(letters) == len(here)
        for who in here:
            letter, language, outcome = of(letters, address(who)), who[-2:], going[who][at]
            assert letter.says(reason_of(who, slug))
            assert letter.says(RESULTS[outcome].into(language))
            assert letter.subject.startswith(f"{process.name(language)} · {folios[who]}: ")
            told.add((outcome, language))
            tails.setdefault(letter.subject.partition(": ")[2], set()).add((slug, outcome))
    assert told == {(outcome.value, language) for outcome in Outcome for language in LANGUAGES}
    assert {len(one) for one in tails.values()} == {1}  # a subject alone tells the stage and the outcome
    assert {outcome for gate in GATES.values() for outcome in gate.outcomes} == set(Outcome)


async def test_why_a_proposal_was_not_let_in_arrives(world: World, post: Post) -> None:
    process = world.open_process(name_en="The town")
    whos = [reader(world, language, "door") for language in LANGUAGES]
    for who in whos:
        made = world.propose(process, who)
        with world.work("carla") as work:
            here = processes.by_slug(work.session, process.slug)
            one = work.session.get_one(Proposal, made.id)
            proposals.refuse(work, here, one, reason_of(who, "puerta"), ["complaint"])
    letters = await arrived(world, post, process, "consulta")
    assert [of(letters, address(who)).says(reason_of(who, "puerta")) for who in whos] == [True, True]


# ----------------------------------------------------------------------------------------------------------- comments


async def test_the_answer_to_every_comment_arrives(world: World, post: Post) -> None:
    draft = DraftBuilder(world, world.open_process("plan", template="ogp_action_plan", name_en="The plan"))
    asked = [(response.value, language) for response in Response for language in LANGUAGES]
    for response, language in asked:
        who = reader(world, language, response)
        said = draft.comment(who, signed_in=True, language=language)
        draft.admit(said.folio)
        number = draft.group(said.folio, title=f"Punto de {who}")
        draft.respond(number, response, reason_of(who, "borrador"), change_words="Se agrega.")
    held = {language: reader(world, language, "held") for language in LANGUAGES}
    for language, who in held.items():
        draft.hold_back(draft.comment(who, signed_in=True, language=language).folio, because="off_topic")
    draft.publish()
    letters = await arrived(world, post, draft.process, DRAFT_STAGE)
    assert len(letters) == len(asked) + len(held)
    for response, language in asked:
        who = f"{response}{language}".replace("_", "")
        assert of(letters, address(who)).says(reason_of(who, "borrador"))
    for language, who in held.items():
        assert of(letters, address(who)).says(HELD_WORDS[HeldBecause.OFF_TOPIC].into(language))
