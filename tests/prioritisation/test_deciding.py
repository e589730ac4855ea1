"""After the tables: the ranking says who goes on, the body may leave it with a reason, participants are answered."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from app.decisions import actions as decisions
from app.decisions import queries as decided
from app.decisions.actions import Verdict
from app.decisions.rules import Outcome
from app.duties.models import Duty
from app.duties.rules import DutyState, Part
from app.feedback import actions as feedback
from app.feedback.actions import Words
from app.kit.errors import Conflict, Invalid, NotAllowed
from app.mail.models import OutboxMessage
from app.mail.rules import LetterKind
from app.people.models import Contact
from app.people.rules import ContactKind
from app.prioritisation.queries import open_data
from app.process import actions as process_actions
from app.process import queries as processes
from app.process.actions import SetStage
from app.process.kinds import StageKind
from app.process.models import Stage
from app.proposals.models import Proposal
from app.proposals.rules import State
from app.publication import exporting, verifying
from tests.acts import by_hand
from tests.costs import cost
from tests.feedback.deciding import approve, draft
from tests.forum.building import ForumBuilder
from tests.prioritisation.voting import STAGE, Town, closed_round
from tests.world import World, form_of

pytestmark = pytest.mark.either

REASON = "La asamblea la puso entre las primeras y hay con qué hacerla."
WORDS = "Ustedes pidieron sombra y actas que se puedan buscar; las dos siguen."


def says(world: World, town: Town, folio: str) -> Any:
    with world.database.reading() as session:
        stage = processes.stage_named(session, town.process.id, STAGE)
        proposal = session.scalars(select(Proposal).where(Proposal.folio == folio)).one()
        return decided.rule_says(session, stage, proposal)


def decide(town: Town, folio: str, outcome: str, override: str = "") -> None:
    with town.work("carla") as (work, here):
        proposal = work.session.scalars(select(Proposal).where(Proposal.folio == folio)).one()
        decisions.decide(work, here, town.stage(work), proposal, Verdict(outcome, REASON, override_reason=override))


def publish(town: Town) -> None:
    with town.work("carla") as (work, here):
        decisions.publish(work, here, town.stage(work))


def test_nothing_is_decided_before_the_round_is_closed(world: World, town: Town) -> None:
    town.adopted()
    assert not says(world, town, town.folios[0]).has_quorum
    with pytest.raises(Conflict):
        decide(town, town.folios[0], "prioritised")


def test_the_first_go_on_by_the_rule_and_leaving_it_needs_its_own_reason(world: World) -> None:
    town = closed_round(world)
    outcomes = [says(world, town, folio).outcome for folio in town.folios]
    # 1 has 11 votes, 0 has 7, 2 has 4; two go on
    assert outcomes == [Outcome.PRIORITISED, Outcome.PRIORITISED, *[Outcome.NOT_PRIORITISED] * 3]
    decide(town, town.folios[0], "prioritised")
    with pytest.raises(Invalid) as refused:
        decide(town, town.folios[2], "prioritised")
    assert set(refused.value.fields) == {"override_reason"}
    decide(town, town.folios[2], "prioritised", "Completa a la primera y no cuesta más.")


def test_level_ones_at_the_limit_are_parted_by_whoever_decides(world: World) -> None:
    town = closed_round(world, [(0,)] * 6 + [(1,)] * 4 + [(2,)] * 4)
    assert [says(world, town, folio).outcome for folio in town.folios[:3]] == [Outcome.PRIORITISED, None, None]
    assert "igualada" in says(world, town, town.folios[1]).explained.into("es")
    decide(town, town.folios[1], "reserved")
    decide(town, town.folios[2], "prioritised")


async def test_the_ranking_stands_beside_each_proposal_where_it_is_decided(world: World) -> None:
    town = closed_round(world)
    async with world.browser("carla") as carla:
        listed = await carla.get(f"/p/town/office/decisions/{STAGE}")
        one = await carla.get(f"/p/town/office/decisions/{STAGE}/{town.folios[1]}")
    assert "Lugar 1 de 5 en la clasificación" in listed.text
    assert "Lugar 1 de 5 en la clasificación" in one.text


async def test_a_forum_sees_the_ranking_when_it_decides_in_session(world: World) -> None:
    plan = world.open_process("plan", template="ogp_action_plan")
    proposals = [world.admitted(plan, who, f"Propuesta de {who}") for who in ("ana", "bruno", "diego")]
    forum = ForumBuilder(world, plan)
    town = Town.of(world, plan, [proposal.folio for proposal in proposals])
    with by_hand(), world.work("carla") as work:
        work.session.execute(update(Proposal).values(state=State.SELECTED))
        filtered = update(Stage).where(Stage.process_id == plan.id, Stage.kind == StageKind.FILTER)
        work.session.execute(filtered.values(concluded_at=work.now))
    with town.work("carla") as (work, here):
        stage = town.stage(work)
        window = SetStage(work.now, work.now + timedelta(days=90), dict(stage.settings))
        process_actions.set_stage(work, here, stage, window)
    town.adopted()
    town.voted([town.folios[:1]] * 8 + [town.folios[1:3]] * 4)
    town.close_round()
    meeting = forum.session()
    address = f"/p/plan/office/forum/sessions/{meeting.number}/deciding/{STAGE}"
    async with world.browser("carla") as carla:
        page = (await carla.get(address)).text
        assert "Lugar 1 de 3 en la clasificación" in page
        assert "igualada con otras en el límite de 2" in page
        first, level = town.folios[:2]
        form = form_of(page, address) | {"folio": [first, level]}
        typed = {f"outcome-{first}": "not_prioritised", f"reason-{first}": REASON, f"outcome-{level}": "prioritised",
                 f"reason-{level}": REASON}  # fmt: skip
        refused = await carla.post(address, data=form | typed)
        assert refused.status_code == 422
        assert f'id="f-override_reason-{first}-error"' in refused.text
        assert (await carla.post(address, data=form | typed | {f"override_reason-{first}": REASON})).status_code == 303


# ------------------------------------------------------------------------------------------- the collective answer


def answered(world: World) -> Town:
    """A town whose stage is decided and whose table is closed; Rosa left a phone, Ana of the cast an e-mail."""
    town = Town(world)
    town.adopted()
    town.hold()
    people = town.came([f"Persona {at}" for at in range(11)])
    people += town.came(["Ana Soto; ana@example.org"])
    with world.work("carla") as work:
        work.session.add(Contact(person_id=people[0], kind=ContactKind.PHONE, value="+56 9 1234 5678"))
    with town.work() as (work, _):
        work.owe(people[0], town.stage(work).id, Part.PARTICIPANT, town.at(work)[0].meeting.subject)
        work.record("meeting.attendance_noted", town.at(work)[0].meeting.subject)
    handed = town.given(people)
    town.open()
    for code in handed:
        town.cast(code, *town.folios[:2])
    town.close()
    return town


def published(town: Town, who: str = "carla", words: str = WORDS, change: str = "") -> int:
    with town.work(who) as (work, here):
        return feedback.publish_together(work, here, *town.at(work), Words(words, change))[1]


def test_the_collective_answer_covers_who_cannot_be_written_to_and_heads_the_others_letters(world: World) -> None:
    town = answered(world)
    for refused in (None, "meeting", "round"):
        if refused == "meeting":
            town.meetings.close(town.table().meeting)
        if refused == "round":
            town.close_round()
        with pytest.raises(Conflict):
            published(town)
    for at, folio in enumerate(town.folios):
        decide(town, folio, "prioritised" if at < 2 else "not_prioritised")
    assert draft(world, town.process, stage=STAGE).letters == 0
    publish(town)
    for who in ("ana", "bruno", "gloria", "stranger"):
        with pytest.raises(NotAllowed):
            published(town, who)
    with pytest.raises(Invalid):
        published(town, words="")
    assert published(town) == 1
    with world.database.reading() as session:
        duties = session.scalars(select(Duty).where(Duty.subject.startswith("meeting:"))).all()
        assert sorted(duty.state.value for duty in duties) == [DutyState.COVERED, DutyState.OWED]
    draft(world, town.process, stage=STAGE)
    approve(world, town.process, stage=STAGE)
    with world.database.reading() as session:
        answer = select(OutboxMessage).where(OutboxMessage.to_address == "ana@example.org")
        letter = session.scalars(answer.where(OutboxMessage.kind == LetterKind.DUTY)).one()
    assert WORDS in letter.text
    assert "/p/town/tables/1/answer" in letter.text
    assert "El encuentro en que participó" in letter.text or "Encuentro 1" in letter.text
    with pytest.raises(Invalid):
        published(town)
    published(town, change="Se corrigió el lugar de una propuesta.")


async def test_the_collective_answer_is_read_by_everybody_and_names_nobody(world: World) -> None:
    town = answered(world)
    town.meetings.close(town.table().meeting)
    town.close_round()
    for at, folio in enumerate(town.folios):
        decide(town, folio, "prioritised" if at < 2 else "not_prioritised")
    publish(town)
    async with world.browser("hugo") as hugo, world.browser() as reader:
        assert "todavía no se publica" in (await reader.get("/p/town/tables/1/answer")).text
        office = "/p/town/office/tables/1/answer"
        form = form_of((await hugo.get(office)).text, office)
        assert (await hugo.post(office, data=form | {"words": ""})).status_code == 422
        assert (await hugo.post(office, data=form | {"words": WORDS})).status_code == 303
        world.app.state.house.cache.clear()
        page = await reader.get("/p/town/tables/1/answer")
    assert WORDS in page.text
    assert REASON in page.text
    assert "Persona" not in page.text
    assert "Ana Soto" not in page.text


# ------------------------------------------------------------------------------------------------------ open data


def test_a_round_goes_out_as_a_pabulib_file(world: World) -> None:
    town = closed_round(world)
    with world.database.reading() as session:
        here = processes.by_id(session, town.process.id)
        lines = open_data.pabulib_file(session, here, town.round()).splitlines()
    assert lines[:2] == ["META", "key;value"]
    assert {"num_projects;5", "num_votes;12", "budget;2", "vote_type;approval", "max_length;2"} <= set(lines)
    assert lines[lines.index("PROJECTS") + 1] == "project_id;cost;votes;score;name"
    assert lines[lines.index("VOTES") + 1] == "voter_id;table;vote"
    assert sum(line.endswith(f";1;{town.folios[0]},{town.folios[1]}") for line in lines) == 7


def test_an_export_is_counted_again_from_its_ballots(world: World, tmp_path: Path) -> None:
    town = closed_round(world)
    folder = tmp_path / "export"
    names = [name for name, _ in exporting.export(world.settings, town.process.slug, folder)]
    assert {"ballots", "rankings", "tables", "round-1.pb"} <= set(names)
    assert verifying.check_export(folder).fault is None
    assert verifying.check_database(world.settings.database_url).fault is None
    file = folder / "rankings.json"
    kept = json.loads(file.read_text("utf-8"))
    kept["rows"][0]["sum"] += 1
    file.write_text(json.dumps(kept), encoding="utf-8")
    exporting.seal(folder, world.settings)
    assert verifying.check_export(folder).fault == "round 1: the ranking does not follow from its ballots"


def test_fewer_than_ten_ballots_in_all_are_told_by_their_order_only(world: World) -> None:
    town = closed_round(world, [(0,)] * 5 + [(1,)] * 2)
    with world.database.reading() as session:
        here = processes.by_id(session, town.process.id)
        assert list(open_data.ballots(session, here)) == []
        rows = list(open_data.rankings(session, here))
    assert (rows[0]["folio"], rows[0]["sum"], rows[0]["inputs_hash"]) == (town.folios[0], "", "")


@pytest.mark.parametrize(
    ("path", "most"),
    [("/p/town/tables", 8), ("/p/town/tables/1", 10), ("/p/town/tables/rounds/1", 8), ("/p/town/tables/1/answer", 8),
     ("/p/town/vote", 8), ("/api/v1/processes/town/rounds/1", 6)],
)  # fmt: skip
async def test_public_pages_of_tables_cost_the_same_whatever_stands_in_them(world: World, path: str, most: int) -> None:
    town = Town(world)
    town.adopted(count=3)
    few = await cost(world, path)
    town.voted([[town.folios[0]]] * 12)
    town.voted([[town.folios[1]]] * 3, 2)
    town.voted([[]] * 2, 3)
    town.close_round()
    assert abs(await cost(world, path) - few) <= 1
    assert few <= most
