"""Institutions are asked by letter, answer without an account, and their head approves; silence is public."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.erasing import FORGET, Leaving
from app.decisions import actions as decisions
from app.decisions import queries as decided
from app.decisions.actions import Verdict
from app.decisions.rules import Outcome, RuleSays
from app.kit.db import Database
from app.kit.errors import Conflict, Invalid, NotAllowed, NotFound, NotNow
from app.parts import due
from app.people.models import Person
from app.process import queries as processes
from app.process.models import Process
from app.proposals import actions as proposals
from app.proposals.models import Proposal
from app.publication.datasets import DATASETS
from app.technical_tables import actions
from app.technical_tables.actions import Approval, GivenAnswer, OfficialLetter
from app.technical_tables.models import FeasibilityRequest, RequestLink
from app.technical_tables.queries import requests as queries
from app.technical_tables.rules import HEAD_HAS, Dimension, Step
from app.trail.models import Entry
from app.work import jobs
from tests.technical_tables.building import MINISTRY, PLAIN, STAGE, TechnicalBuilder, given
from tests.world import World, form_of

pytestmark = pytest.mark.either

HEAD = Approval("Rosa Jefa", "Subsecretaria")
LETTER = OfficialLetter("ORD. N°77", date(2026, 6, 9))


def answer(world: World, token: str, folio: str, wish: GivenAnswer) -> None:
    with world.work("stranger") as work:
        actions.answer_by_link(work, processes.by_slug(work.session, "plan"), token, folio, wish)


def approve(world: World, token: str, head: Approval = HEAD) -> None:
    with world.work("stranger") as work:
        actions.approve_by_link(work, processes.by_slug(work.session, "plan"), token, head)


def says(world: World, folio: str = "PLAN-0001") -> RuleSays:
    with world.database.reading() as session:
        stage = processes.stage_named(session, processes.by_slug(session, "plan").id, STAGE)
        proposal = session.scalars(select(Proposal).where(Proposal.folio == folio)).one()
        return decided.rule_says(session, stage, proposal)


def decide(world: World, verdict: Verdict) -> bool | None:
    """The office decides on the first proposal; gives whether that follows the rule."""
    with world.work("carla") as work:
        here = processes.by_slug(work.session, "plan")
        stage = processes.stage_named(work.session, here.id, STAGE)
        proposal = work.session.scalars(select(Proposal).where(Proposal.folio == "PLAN-0001")).one()
        return decisions.decide(work, here, stage, proposal, verdict).follows_rule


def look(world: World) -> None:
    """What the worker does when it looks: what is due by the clock, then every job that waits."""
    due.do_what_is_due(world.settings, world.database, world.clock)
    while (job := _claimed(world)) is not None:
        due.do_job(world.database, job, world.clock)


def _claimed(world: World) -> Any:
    with world.work("stranger") as work:
        return jobs.claim(work.session, work.now)


@pytest.mark.parametrize("who", ["ana", "bruno", "diego", "elena", "felix", "gloria", "admin", "stranger"])
def test_nobody_but_the_office_asks_an_institution_or_records_its_letter(
    world: World, technical: TechnicalBuilder, who: str
) -> None:
    request = technical.asked()
    with pytest.raises(NotAllowed):
        technical.asked("PLAN-0002", who=who)
    with world.work(who) as work:
        here, row = processes.by_slug(work.session, "plan"), queries.by_id(work.session, request.id)
        with pytest.raises(NotAllowed):
            actions.record_letter(work, here, row, LETTER)


def test_bruno_cannot_answer_for_an_institution_and_felix_only_for_his_own(
    world: World, technical: TechnicalBuilder
) -> None:
    request = technical.asked()
    for who in ("bruno", "felix"):
        with world.work(who) as work:
            here, row = processes.by_slug(work.session, "plan"), queries.by_id(work.session, request.id)
            with pytest.raises(NotAllowed):
                actions.answer_for(work, here, row, "PLAN-0001", given("yes"))
    with world.work("admin") as work:
        felix = work.session.get_one(Person, world.people["felix"].id)
        felix.organisation_id = request.organisation_id
    with world.work("felix") as work:
        here = processes.by_slug(work.session, "plan")
        actions.answer_for(work, here, queries.by_id(work.session, request.id), "PLAN-0001", given("yes"))


def test_the_letter_goes_out_with_a_link_of_which_only_the_hash_is_kept(
    world: World, technical: TechnicalBuilder
) -> None:
    request = technical.asked("PLAN-0001", "PLAN-0002")
    [letter] = technical.letters()
    assert letter.to_address == "gabinete@example.org"
    assert "ORD. N°12" in letter.text
    assert "PLAN-0002 · Plantar árboles" in letter.text
    [token] = technical.tokens()
    with world.database.reading() as session:
        assert session.scalars(select(RequestLink.token_hash)).one() != token
        assert queries.request_by_token(session, technical.process.id, token).id == request.id
        leaves = " ".join(str(leaf) for leaf in session.scalars(select(Entry.leaf)))
        assert MINISTRY in leaves
        for private in ("gabinete@example.org", "jefatura@example.org", token):
            assert private not in leaves


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"organisation": " "}, "organisation"),
        ({"address": "gabinete"}, "address"),
        ({"head_address": "jefatura"}, "head_address"),
        ({"letter_number": ""}, "letter_number"),
        ({"signatory": ""}, "signatory"),
        ({"days": 1}, "due_on"),
        ({"folios": ()}, "folios"),
        ({"folios": ("PLAN-9999",)}, "folios"),
    ],
)
def test_what_is_missing_is_said_by_its_field(technical: TechnicalBuilder, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        technical.asked(**wrong)
    assert set(refused.value.fields) == {field}


def test_an_institution_is_asked_once_about_a_proposal_and_not_before_the_stage_opens(
    world: World, technical: TechnicalBuilder
) -> None:
    technical.asked()
    with pytest.raises(Invalid) as refused:
        technical.asked("PLAN-0001", "PLAN-0002")
    assert set(refused.value.fields) == {"folios"}
    technical.asked(organisation="Servicio de Archivos")
    other = world.open_process("later", template="ogp_action_plan", folio_prefix="LATE")
    world.admitted(other, "ana", "Otra cosa")
    late = TechnicalBuilder(world, other)
    with world.work("carla") as work:
        here = processes.by_slug(work.session, "later")
        stage = processes.stage_named(work.session, here.id, STAGE)
        stage.opens_at = world.now + timedelta(days=1)
        work.record("stage.set", stage.subject)
    with pytest.raises(NotNow):
        late.asked("LATE-0001")


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        (GivenAnswer("perhaps"), {"answer"}),
        (GivenAnswer("not_ours", plain_words=PLAIN), {"whose"}),
        (GivenAnswer("not_ours", whose="Otro servicio"), {"plain_words"}),
        (given("no", plain_words=""), {"plain_words"}),
        (GivenAnswer("no", plain_words=PLAIN), {f"grade-{dimension.value}" for dimension in Dimension}),
        (given("no", grounds=dict.fromkeys(Dimension, ("doubt", ""))), {f"words-{d.value}" for d in Dimension}),
        (given("yes", counter_proposal="x" * 5001), {"counter_proposal"}),
    ],
)
def test_a_half_answer_is_refused_field_by_field(
    world: World, technical: TechnicalBuilder, wrong: GivenAnswer, fields: set[str]
) -> None:
    technical.asked()
    [token] = technical.tokens()
    with pytest.raises(Invalid) as refused:
        answer(world, token, "PLAN-0001", wrong)
    assert set(refused.value.fields) == fields


def test_nothing_counts_before_the_head_approves_and_nothing_changes_after(
    world: World, technical: TechnicalBuilder
) -> None:
    technical.asked("PLAN-0001", "PLAN-0002")
    [token] = technical.tokens()
    answer(world, token, "PLAN-0001", given("yes_with_changes", Dimension.TIME, counter_proposal="En diez días."))
    assert says(world).outcome is None
    with pytest.raises(Conflict):
        approve(world, token)
    answer(world, token, "PLAN-0002", given("no", Dimension.LEGAL, legal_reason="Ley 1, artículo 2."))
    with pytest.raises(Invalid) as refused:
        approve(world, token, Approval("Rosa Jefa", " "))
    assert set(refused.value.fields) == {"head_post"}
    approve(world, token)
    assert says(world).outcome is Outcome.FEASIBLE
    assert says(world, "PLAN-0002").outcome is Outcome.NOT_FEASIBLE
    assert says(world, "PLAN-0003").outcome is None
    with pytest.raises(Conflict):
        answer(world, token, "PLAN-0001", given("yes"))
    with pytest.raises(Conflict):
        approve(world, token)
    with world.database.reading() as session:
        leaves = " ".join(str(leaf) for leaf in session.scalars(select(Entry.leaf)))
        assert "Rosa" not in leaves
        assert len(session.scalars(select(Entry).where(Entry.verb == "proposal.assessed")).all()) == 2


def test_a_withdrawn_proposal_needs_no_answer_and_is_read_no_more(world: World, technical: TechnicalBuilder) -> None:
    technical.asked("PLAN-0001", "PLAN-0002")
    [token] = technical.tokens()
    answer(world, token, "PLAN-0001", given("yes"))
    with world.work("bruno") as work:
        proposal = work.session.scalars(select(Proposal).where(Proposal.folio == "PLAN-0002")).one()
        proposals.advance(work, proposal, "withdraw", "test")
    with pytest.raises(NotFound):
        answer(world, token, "PLAN-0002", given("yes"))
    approve(world, token)
    assert says(world).outcome is Outcome.FEASIBLE


def test_the_office_types_out_of_a_signed_letter(world: World, technical: TechnicalBuilder) -> None:
    request = technical.asked()
    with world.work("carla") as work:
        here, row = processes.by_slug(work.session, "plan"), queries.by_id(work.session, request.id)
        with pytest.raises(Conflict):
            actions.record_letter(work, here, row, LETTER)
        with pytest.raises(Invalid) as refused:
            actions.record_letter(work, here, row, OfficialLetter("", None))
        assert set(refused.value.fields) == {"answer_number", "answer_on"}
        actions.answer_for(work, here, row, "PLAN-0001", given("yes"))
        actions.record_letter(work, here, row, LETTER)
    fresh = technical.fresh(request)
    assert (fresh.answer_number, fresh.next_at) == ("ORD. N°77", None)
    assert says(world).outcome is Outcome.FEASIBLE


def test_a_decision_against_the_answers_needs_its_own_reason(world: World, technical: TechnicalBuilder) -> None:
    technical.asked()
    [token] = technical.tokens()
    answer(world, token, "PLAN-0001", given("no", Dimension.BUDGET))
    approve(world, token)
    with pytest.raises(Invalid) as refused:
        decide(world, Verdict("feasible", PLAIN))
    assert set(refused.value.fields) == {"override_reason"}
    assert decide(world, Verdict("feasible", PLAIN, override_reason="El presupuesto se aprobó después.")) is False


def test_two_reminders_one_letter_to_the_head_then_public_silence(world: World, technical: TechnicalBuilder) -> None:
    request = technical.asked()
    seen: list[Step | None] = []
    for _ in range(5):
        fresh = technical.fresh(request)
        if fresh.next_at is None:
            break
        world.clock.set(fresh.next_at - timedelta(seconds=1))
        look(world)
        assert len(technical.letters()) == len(seen) + 1
        world.clock.set(fresh.next_at)
        look(world)
        look(world)
        seen.append(fresh.next_step)
        assert len(technical.letters()) == min(len(seen), 3) + 1
        if fresh.next_step is Step.SILENCE:
            break
    assert seen == [Step.REMINDER, Step.LAST_REMINDER, Step.HEAD, Step.SILENCE]
    assert [letter.to_address for letter in technical.letters()][1:] == [
        "gabinete@example.org",
        "gabinete@example.org",
        "jefatura@example.org",
    ]
    silent = technical.fresh(request)
    assert silent.silent_at == world.now
    assert silent.next_at is None
    assert says(world).outcome is None
    for token in technical.tokens():
        with world.database.reading() as session:
            assert queries.request_by_token(session, technical.process.id, token).id == request.id
    answer(world, technical.tokens()[-1], "PLAN-0001", given("yes"))
    approve(world, technical.tokens()[-1])
    assert says(world).outcome is Outcome.FEASIBLE


def test_who_has_answered_is_not_reminded(world: World, technical: TechnicalBuilder) -> None:
    request = technical.asked()
    [token] = technical.tokens()
    answer(world, token, "PLAN-0001", given("yes"))
    approve(world, token)
    world.clock.move(days=30)
    look(world)
    assert len(technical.letters()) == 1
    assert technical.fresh(request).silent_at is None


def test_a_worker_that_slept_goes_on_with_the_letter_to_the_head(world: World, technical: TechnicalBuilder) -> None:
    request = technical.asked()
    world.clock.move(days=60)
    look(world)
    fresh = technical.fresh(request)
    assert [letter.to_address for letter in technical.letters()][1:] == ["jefatura@example.org"]
    assert fresh.next_at == world.now + HEAD_HAS


def test_an_order_done_twice_sends_one_letter(world: World, technical: TechnicalBuilder) -> None:
    request = technical.asked()
    database: Database = world.database
    for _ in range(2):
        actions.write_job(database, {"request": str(request.id), "step": "reminder"}, lambda *_: None)
    assert len(technical.letters()) == 2


def test_a_link_of_another_process_opens_nothing(world: World, technical: TechnicalBuilder) -> None:
    technical.asked()
    other = world.open_process("town")
    with world.database.reading() as session, pytest.raises(NotFound):
        queries.request_by_token(session, other.id, technical.tokens()[0])


def test_erasing_takes_addresses_and_the_name_of_the_head(world: World, technical: TechnicalBuilder) -> None:
    request = technical.asked()
    forget = FORGET["feasibility_requests"]
    assert not isinstance(forget, str)
    with world.work("carla") as work:
        forget(work, Leaving(request.person_id, (), "Anon"))
        work.record("person.erased", request.subject)
    with world.database.reading() as session:
        row = session.scalars(select(FeasibilityRequest)).one()
        assert (row.address, row.head_address, row.head_name) == ("", "", "")


async def test_the_whole_way_on_the_pages(world: World, technical: TechnicalBuilder) -> None:
    sent = {
        "organisation": MINISTRY,
        "address": "gabinete@example.org",
        "letter_number": "ORD. N°12",
        "dated_on": "2026-06-01",
        "signatory": "Oficina",
        "due_on": "",
        "folios": ["PLAN-0001", "PLAN-0002"],
    }
    office_page = "/p/plan/office/feasibility"
    async with world.browser("carla") as office:
        refused = await office.post(office_page, data=sent)
        assert refused.status_code == 422
        due_on = (world.now + timedelta(days=9)).date().isoformat()
        made = await office.post(office_page, data=sent | {"due_on": due_on})
        assert made.headers["location"] == f"{office_page}/1"
    [token] = technical.tokens()
    here = f"/p/plan/assessment/{token}"
    async with world.browser() as body:
        page = await body.get(here)
        assert "PLAN-0002" in page.text
        assert "no-store" in page.headers["cache-control"]
        form = form_of((await body.get(f"{here}/PLAN-0001")).text, f"{here}/PLAN-0001")
        half = await body.post(f"{here}/PLAN-0001", data=form | {"answer": "no", "plain_words": PLAIN})
        assert half.status_code == 422
        assert PLAIN in half.text
        whole = {f"grade-{dimension.value}": "fine" for dimension in Dimension}
        whole |= {
            "answer": "no",
            "plain_words": PLAIN,
            "grade-legal": "obstacle",
            "words-legal": "La ley no lo permite.",
        }
        assert (await body.post(f"{here}/PLAN-0001", data=whole)).status_code == 303
        assert PLAIN not in (await body.get("/p/plan/proposals/PLAN-0001")).text
        early = await body.post(here, data={"head_name": "Rosa Jefa", "head_post": "Subsecretaria"})
        assert early.status_code == 409
        assert "PLAN-0002" in early.text
        assert (await body.post(f"{here}/PLAN-0002", data={"answer": "yes"})).status_code == 303
        done = await body.post(here, data={"head_name": "Rosa Jefa", "head_post": "Subsecretaria"})
        assert done.headers["location"] == here
    async with world.browser() as stranger:
        story = (await stranger.get("/p/plan/proposals/PLAN-0001")).text
        for words in (f"{MINISTRY} respondió: No, no se puede hacer.", PLAIN, "Subsecretaria", "Obstáculo: Lo legal."):
            assert words in story
        assert "Rosa Jefa" not in story
        public = (await stranger.get("/p/plan/technical-tables")).text
        assert "ORD. N°12" in public
        assert "gabinete@example.org" not in public
    async with world.browser("carla") as office:
        deciding = (await office.get(f"/p/plan/office/decisions/{STAGE}/PLAN-0001")).text
        assert "Obstáculos: Lo legal." in deciding
        assert "Rosa Jefa" in (await office.get(f"{office_page}/1")).text
    with world.database.reading() as session:
        rows = list(DATASETS["assessments"].rows(session, technical.process))
        assert [(row["folio"], row["answer"], row["legal"]) for row in rows] == [
            ("PLAN-0001", "no", "obstacle"),
            ("PLAN-0002", "yes", ""),
        ]
        assert set(rows[0]) == {column.name for column in DATASETS["assessments"].columns}


async def test_the_forum_reads_in_session_what_was_answered_and_leaves_it_with_a_reason(
    world: World, plan: Process
) -> None:
    technical = TechnicalBuilder(world, plan)
    technical.open_stage("foro")
    technical.asked()
    [token] = technical.tokens()
    answer(world, token, "PLAN-0001", given("no", Dimension.LEGAL))
    approve(world, token)
    forum = world.forum(technical.process)
    with world.work("carla") as work:
        proposal = work.session.scalars(select(Proposal).where(Proposal.folio == "PLAN-0001")).one()
        proposals.advance(work, proposal, "select", "decision:test")
    forum.session()
    page = f"/p/plan/office/forum/sessions/1/deciding/{STAGE}"
    async with world.browser("marta") as chair:
        shown = (await chair.get(page)).text
        assert "Obstáculos: Lo legal." in shown
        typed = {"folio": "PLAN-0001", "outcome-PLAN-0001": "feasible", "reason-PLAN-0001": PLAIN}
        refused = await chair.post(page, data=form_of(shown, page) | typed)
        assert refused.status_code == 422
        assert 'id="f-override_reason-PLAN-0001-error"' in refused.text
        typed |= {"override_reason-PLAN-0001": "La ley cambia este año."}
        assert (await chair.post(page, data=typed)).status_code == 303


async def test_silence_is_read_in_public_with_its_dates(world: World, technical: TechnicalBuilder) -> None:
    technical.asked()
    for _ in range(4):
        world.clock.move(days=9)
        look(world)
    async with world.browser() as stranger:
        assert "No respondió" in (await stranger.get("/p/plan/technical-tables")).text
        story = (await stranger.get("/p/plan/proposals/PLAN-0001")).text
        assert f"{MINISTRY} no respondió." in story
        assert "se escribió a su jefatura de servicio" in story
    with world.database.reading() as session:
        [row] = DATASETS["assessments"].rows(session, technical.process)
        assert row["not_answered_at"]
        assert row["answer"] == ""
