"""A commitment from its draft into the plan: versions, proposals behind it, who leads it, milestones and amendments."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.commitments import actions
from app.commitments.actions import Despite, DraftCommitment, Ending, EnterLine, HandOver, SetIndicator, SetMilestone
from app.commitments.models import Commitment, RegisterEntry
from app.commitments.queries import commitments as queries
from app.commitments.rules.plan import SECTIONS, Standing
from app.decisions import actions as decisions
from app.decisions.actions import Verdict
from app.kit.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from app.process import actions as process_actions
from app.process import queries as processes
from app.process.actions import SetStage
from app.process.models import Process
from app.proposals import queries as proposals
from app.proposals.models import Proposal
from app.trail.models import Entry
from tests.commitments.building import LACKS, LEAD, OUTSIDE, PlanBuilder
from tests.world import World

pytestmark = pytest.mark.either

WHY = "Responde a lo que pidió la consulta."


@pytest.fixture
def plan(world: World) -> PlanBuilder:
    return PlanBuilder(world, world.open_process("plan", template="ogp_action_plan"))


def found(world: World, plan: PlanBuilder, number: int = 1) -> Commitment:
    with world.database.reading() as session:
        return queries.numbered(session, plan.process.id, number)


def act(world: World, plan: PlanBuilder, verb: Any, *rest: Any, who: str = "carla", number: int = 1) -> Any:
    with world.work(who) as work:
        here = processes.by_id(work.session, plan.process.id)
        return verb(work, here, queries.numbered(work.session, here.id, number), *rest)


def linked(world: World, plan: PlanBuilder, proposal: Proposal, part: str = "core", words: str = "") -> None:
    with world.work("carla") as work:
        here = processes.by_id(work.session, plan.process.id)
        one = queries.numbered(work.session, here.id, 1)
        actions.link(work, here, one, work.session.get_one(Proposal, proposal.id), (part, words))


def committed(world: World, plan: PlanBuilder, proposal: Proposal, outcome: str = "committed") -> None:
    """The plan's stage decides on a proposal that a filter let through, and publishes."""
    for slug, said in (("filtro", "selected"), ("plan", outcome)):
        with world.work("carla") as work:
            here = processes.by_id(work.session, plan.process.id)
            stage = processes.stage_named(work.session, here.id, slug)
            method = {"method": "simple"} if slug == "filtro" else {}
            window = SetStage(world.now - timedelta(days=1), world.now + timedelta(days=9), {"body": "office"} | method)
            process_actions.set_stage(work, here, stage, window)
        with world.work("carla") as work:
            here = processes.by_id(work.session, plan.process.id)
            stage = processes.stage_named(work.session, here.id, slug)
            fresh = work.session.get_one(Proposal, proposal.id)
            decisions.decide(work, here, stage, fresh, Verdict(said, WHY))
            decisions.publish(work, here, stage)


@pytest.mark.parametrize("who", ["ana", "bruno", "diego", "elena", "felix", "gloria", "admin", "stranger"])
def test_nobody_but_the_office_writes_the_plan(world: World, plan: PlanBuilder, who: str) -> None:
    plan.drafted()
    milestone = SetMilestone("Publicar", due_on=date(2026, 12, 1))
    for verb, rest in (
        (actions.rewrite, (DraftCommitment("Otro"),)),
        (actions.enter, (Despite(OUTSIDE, LACKS),)),
        (actions.drop, (OUTSIDE,)),
        (actions.add_milestone, (milestone,)),
        (actions.hand_over, (HandOver("Otra", date(2026, 1, 1), "Decreto 1"),)),
        (actions.name_actor, ("Red", "apoya")),
        (actions.name_companion, ("Red",)),
        (actions.set_indicator, (SetIndicator("output", "Datos"),)),
        (actions.decide_continuity, (Ending("end", OUTSIDE, "El foro", date(2026, 1, 1)),)),
    ):
        with pytest.raises(NotAllowed):
            act(world, plan, verb, *rest, who=who)
    with world.work(who) as work, pytest.raises(NotAllowed):
        actions.draft(work, processes.by_id(work.session, plan.process.id), DraftCommitment("Otro"))
    assert found(world, plan).text_version == 1


def test_a_draft_is_seen_by_the_office_only_and_named_in_the_trail_without_its_words(
    world: World, plan: PlanBuilder
) -> None:
    plan.drafted("Un título que todavía no es público", summary_es="Tampoco esto")
    with world.database.reading() as session:
        assert queries.public_of(session, plan.process.id) == []
        with pytest.raises(NotFound):
            queries.public_numbered(session, plan.process.id, 1)
        leaf = session.scalars(select(Entry.leaf).where(Entry.verb == "commitment.drafted")).one()
        assert "título" not in leaf


def test_a_draft_enters_the_plan_when_the_decision_on_its_proposal_is_published(
    world: World, plan: PlanBuilder
) -> None:
    proposal = world.admitted(plan.process, "ana")
    other = world.admitted(plan.process, "bruno", "Otra cosa")
    plan.drafted()
    plan.drafted("El segundo")
    linked(world, plan, proposal)
    with world.work("carla") as work:
        here = processes.by_id(work.session, plan.process.id)
        second = queries.numbered(work.session, here.id, 2)
        actions.link(work, here, second, work.session.get_one(Proposal, other.id), ("contributing", ""))
    committed(world, plan, proposal)
    first, second = found(world, plan), found(world, plan, 2)
    assert (first.state, first.not_from_the_consultation, first.entered_at) == (Standing.IN_PLAN, "", world.now)
    assert second.state is Standing.DRAFT
    with world.database.reading() as session:
        assert [one.number for _, one in queries.of_proposal(session, proposal.id)] == [1]
        assert queries.of_proposal(session, other.id) == []
        assert queries.plan_decisions(session, [proposal.id])[proposal.id][0].reason == WHY
        verbs = session.scalars(select(Entry.verb).order_by(Entry.seq)).all()
        assert verbs.index("commitment.entered") > verbs.index("proposal.committed")


def test_a_proposal_left_out_of_the_plan_brings_no_commitment_into_it(world: World, plan: PlanBuilder) -> None:
    proposal = world.admitted(plan.process, "ana")
    plan.drafted()
    linked(world, plan, proposal)
    committed(world, plan, proposal, "not_committed")
    assert found(world, plan).state is Standing.DRAFT


def test_without_a_proposal_it_enters_by_an_act_with_reasons_that_stay_marked(world: World, plan: PlanBuilder) -> None:
    plan.drafted()
    with pytest.raises(Invalid) as refused:
        act(world, plan, actions.enter, Despite())
    assert set(refused.value.fields) == {"not_from_the_consultation", "missing"}
    act(world, plan, actions.enter, Despite(OUTSIDE, LACKS))
    one = found(world, plan)
    assert (one.not_from_the_consultation, one.entered_despite) == (OUTSIDE, LACKS)
    with pytest.raises(WrongState):
        act(world, plan, actions.enter, Despite(OUTSIDE, LACKS))


def test_what_can_be_verified_needs_no_second_reason(world: World, plan: PlanBuilder) -> None:
    sections = dict.fromkeys(SECTIONS, "Algo que se entiende.")
    plan.drafted(sections=sections)
    plan.milestone(reason="", approver="", approved_on=None)
    for level in ("output", "outcome"):
        act(world, plan, actions.set_indicator, SetIndicator(level, f"Indicador de {level}"))
    act(world, plan, actions.enter, Despite(OUTSIDE))
    assert found(world, plan).entered_despite == ""
    act(world, plan, actions.drop_indicator, 2)
    with world.database.reading() as session:
        lacks = queries.missing_of(session, queries.numbered(session, plan.process.id, 1), world.now)
    assert [line.message for line in lacks] == ["Indicators: none measures an outcome."]


def test_earlier_texts_stay_and_an_amendment_says_why(world: World, plan: PlanBuilder) -> None:
    plan.drafted(sections={"problem": "Nadie encuentra los datos."})
    act(world, plan, actions.rewrite, DraftCommitment("Otro título", sections={"problem": "Nadie los encuentra."}))
    act(world, plan, actions.enter, Despite(OUTSIDE, LACKS))
    with pytest.raises(Invalid) as refused:
        act(world, plan, actions.rewrite, DraftCommitment("Tercer título"))
    assert set(refused.value.fields) == {"reason"}
    act(world, plan, actions.rewrite, DraftCommitment("Tercer título", reason="Lo pidió la contraparte."))
    with world.database.reading() as session:
        texts = queries.texts_of(session, found(world, plan).id)
    assert [text.title_es for text in texts] == ["Tercer título", "Otro título", "Observatorio de comercio"]
    assert texts[2].sections == {"problem": "Nadie encuentra los datos."}


def test_what_is_typed_wrong_is_told_by_field(world: World, plan: PlanBuilder) -> None:
    wrong = DraftCommitment(
        " ", origin_sector="moon", values=("speed",), starts_on=date(2026, 2, 1), ends_on=date(2026, 1, 1)
    )
    with world.work("carla") as work, pytest.raises(Invalid) as refused:
        actions.draft(work, processes.by_id(work.session, plan.process.id), wrong)
    assert set(refused.value.fields) == {"title_es", "origin_sector", "values", "ends_on"}


def test_a_part_of_a_proposal_is_named_and_only_public_ones_are_linked(world: World, plan: PlanBuilder) -> None:
    hidden = world.propose(plan.process, "bruno", "Sin examinar")
    proposal = world.admitted(plan.process, "ana")
    plan.drafted()
    with pytest.raises(Invalid) as refused:
        linked(world, plan, hidden)
    assert set(refused.value.fields) == {"folio"}
    with pytest.raises(Invalid) as refused:
        linked(world, plan, proposal, "partly", "Corto")
    assert set(refused.value.fields) == {"words"}
    linked(world, plan, proposal, "partly", "Solo la publicación de los datos")
    linked(world, plan, proposal, "core")
    with world.database.reading() as session:
        assert [(s.part.value, s.words, p.folio) for s, p in queries.sources_of(session, found(world, plan).id)] == [
            ("core", "", proposal.folio)
        ]
    with world.work("carla") as work:
        here = processes.by_id(work.session, plan.process.id)
        one, gone = (
            queries.numbered(work.session, here.id, 1),
            proposals.by_folio(work.session, here.id, proposal.folio),
        )
        actions.unlink(work, here, one, gone)
    with world.database.reading() as session:
        assert queries.sources_of(session, found(world, plan).id) == []


def test_who_led_it_stays_written_with_the_act(world: World, plan: PlanBuilder) -> None:
    plan.entered()
    with pytest.raises(Conflict):
        act(world, plan, actions.hand_over, HandOver(LEAD, date(2027, 3, 1), "Decreto 1"))
    act(world, plan, actions.hand_over, HandOver("Ministerio de Hacienda", date(2027, 3, 1), "Decreto 1"))
    with world.database.reading() as session:
        leads = queries.leads_of(session, found(world, plan).id)
    assert [(name, one.until_on, one.act) for one, name in leads] == [
        (LEAD, date(2027, 2, 28), "Así se redactó"),
        ("Ministerio de Hacienda", None, "Decreto 1"),
    ]
    with pytest.raises(Invalid) as refused:
        act(world, plan, actions.hand_over, HandOver("Otra", date(2027, 1, 1), "Decreto 2"))
    assert set(refused.value.fields) == {"from_on"}


def test_in_the_plan_a_milestone_changes_only_with_reason_approver_and_date(world: World, plan: PlanBuilder) -> None:
    plan.drafted()
    plan.milestone(reason="", approver="", approved_on=None)
    act(world, plan, actions.enter, Despite(OUTSIDE, LACKS))
    later = SetMilestone("Publicar los datos cada mes", due_on=date(2027, 3, 1))
    with pytest.raises(Invalid) as refused:
        act(world, plan, actions.amend_milestone, 1, later)
    assert set(refused.value.fields) == {"reason", "approver", "approved_on"}
    good: dict[str, Any] = {
        "reason": "Cambió la ley de compras.",
        "approver": "El foro",
        "approved_on": date(2026, 7, 1),
    }
    with pytest.raises(Invalid) as refused:
        act(world, plan, actions.amend_milestone, 1, SetMilestone("Publicar", post="ana@example.org", **good))
    assert set(refused.value.fields) == {"post"}
    act(world, plan, actions.amend_milestone, 1, SetMilestone("Publicar cada mes", **good))
    act(world, plan, actions.amend_milestone, 1, SetMilestone("Publicar cada mes", is_dropped=True, **good))
    with pytest.raises(Conflict):
        act(world, plan, actions.amend_milestone, 1, SetMilestone("Otra vez", **good))
    with world.database.reading() as session:
        [(milestone, some)] = queries.milestones_of(session, [found(world, plan).id])[found(world, plan).id]
    assert milestone.current == 3
    assert [(one.title, one.is_dropped) for one in some] == [
        ("Publicar los datos", False),
        ("Publicar cada mes", False),
        ("Publicar cada mes", True),
    ]


def test_a_draft_may_be_given_up_and_what_becomes_of_a_commitment_is_decided_once(
    world: World, plan: PlanBuilder
) -> None:
    plan.drafted()
    act(world, plan, actions.drop, "Nadie se hizo cargo.")
    assert found(world, plan).state is Standing.DROPPED
    plan.entered("Otro")
    ending = Ending("reformulate", "El alcance cambió con la ley.", "El foro", date(2027, 6, 1))
    with pytest.raises(Invalid) as refused:
        act(world, plan, actions.decide_continuity, Ending("", "", "", None), number=2)
    assert set(refused.value.fields) == {"move", "reason", "body", "decided_on"}
    act(world, plan, actions.decide_continuity, ending, number=2)
    assert found(world, plan, 2).state is Standing.REFORMULATED
    with pytest.raises(WrongState):
        act(world, plan, actions.decide_continuity, ending, number=2)


def test_the_registers_hold_lines_and_what_came_of_them(world: World, plan: PlanBuilder) -> None:
    plan.entered()
    with world.work("carla") as work:
        here = processes.by_id(work.session, plan.process.id)
        row = actions.enter_line(work, here, EnterLine("support", "Ayuda con los datos", LEAD, date(2026, 7, 1), 1))
    with world.work("carla") as work:
        here = processes.by_id(work.session, plan.process.id)
        fresh = work.session.get_one(RegisterEntry, row.id)
        with pytest.raises(Invalid):
            actions.settle_line(work, here, fresh, " ")
        actions.settle_line(work, here, fresh, "Se dio un taller.")
        with pytest.raises(Conflict):
            actions.settle_line(work, here, fresh, "Otra vez.")
    with world.work("bruno") as work, pytest.raises(NotAllowed):
        actions.enter_line(
            work, processes.by_id(work.session, plan.process.id), EnterLine("support", "x", "", date(2026, 7, 1))
        )


def test_a_plan_of_a_paused_process_rests(world: World, plan: PlanBuilder) -> None:
    plan.drafted()
    with world.work("carla") as work:
        here = work.session.get_one(Process, plan.process.id)
        here.paused_at = world.now
        work.record("process.paused", here.subject)
    with pytest.raises(Exception, match="not running"):
        act(world, plan, actions.enter, Despite(OUTSIDE, LACKS))
