"""Criteria are frozen, rounds are blind, and each refusal says who, when or in which state."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import func, select

from app.forum import actions
from app.forum.actions import Given, Plan, Says, Wish
from app.forum.actions.criteria import Thresholds
from app.forum.models import CriteriaSet, ForumSession, Round, ScoreSheet
from app.forum.queries import criteria, rounds, seats
from app.forum.queries.next_sheet import next_for
from app.forum.rules.results import RoundVerdict
from app.forum.rules.scoring import (
    CriterionText,
    ReasonRule,
    SetState,
    content_hash,
    faults_to_adopt,
    keys_of,
    owes_reason,
    parse_levels,
    share,
)
from app.kit.errors import Conflict, Invalid, NotAllowed, NotNow, Stale, WrongState
from app.proposals.models import Proposal
from app.trail import queries as trail
from app.trail.models import Entry
from tests.forum.building import CRITERIA, GOOD, POOR, VOTERS, ForumBuilder
from tests.world import World

NOBODY_ELSE = ["ana", "bruno", "carla", "felix", "gloria", "stranger"]


def filled(levels: dict[str, str], reason: str = "Porque así es.") -> Given:
    return Given(levels, dict.fromkeys(levels, reason))


# ------------------------------------------------------------------------------------------------------------ criteria


@pytest.mark.either
@pytest.mark.parametrize("who", ["ana", "bruno", "diego", "elena", "marta", "stranger"])
def test_only_the_office_writes_criteria(world: World, forum: ForumBuilder, who: str) -> None:
    with world.work(who) as work, pytest.raises(NotAllowed):
        actions.begin_set(work, forum.process, forum.stage)


@pytest.mark.either
def test_adopting_needs_a_quorum_and_something_that_can_be_scored(world: World, forum: ForumBuilder) -> None:
    with world.work("carla") as work:
        draft = actions.begin_set(work, forum.process, forum.stage)
    alone, together = forum.session({1: "holder", 2: "holder"}), forum.session()

    def adopt(who: str, meeting: ForumSession) -> None:
        with world.work(who) as work:
            found = work.session.get_one(CriteriaSet, draft.id)
            actions.adopt(work, forum.process, found, work.session.get_one(ForumSession, meeting.id))

    with pytest.raises(Conflict, match="at least one criterion"):
        adopt("carla", together)
    with world.work("carla") as work:
        found = work.session.get_one(CriteriaSet, draft.id)
        for text in CRITERIA:
            actions.add_criterion(work, forum.process, found, text)
        with pytest.raises(Invalid):
            actions.add_criterion(work, forum.process, found, CRITERIA[0])  # the same key
        with pytest.raises(Invalid):
            actions.add_criterion(work, forum.process, found, CriterionText("one", "Uno", parse_levels("1 | Solo")))
    with pytest.raises(Conflict, match="no quorum"):
        adopt("carla", alone)
    with pytest.raises(NotAllowed):
        adopt("diego", together)
    with pytest.raises(Conflict, match="two thirds"):
        adopt("marta", together)
    settled = {1: "ordinary", 2: "criteria", 3: "criteria", 4: "criteria"}
    for number, matter in settled.items():
        with world.work("marta") as work:
            held = work.session.get_one(ForumSession, together.id)
            actions.put_motion(work, forum.process, held, Wish("Adoptar los criterios.", matter=matter))
            against = {3, 4} if number == 2 else set()  # two of four are no two thirds
            voices = {seat: Says("against" if seat in against else "for") for seat in range(1, 5)}
            actions.vote(work, forum.process, held, number, voices)
        if number < 3:
            with pytest.raises(Conflict, match="two thirds"):
                adopt("marta", together)
        if number == 3:
            with world.work("carla") as work:  # what was carried is not what would be adopted
                fresh = work.session.get_one(CriteriaSet, draft.id)
                actions.set_thresholds(work, forum.process, fresh, Thresholds(pass_total=Decimal(61)))
            with pytest.raises(Conflict, match="changed after session"):
                adopt("marta", together)
    adopt("marta", together)
    with pytest.raises(WrongState):
        adopt("marta", together)
    with world.work("carla") as work:
        found = work.session.get_one(CriteriaSet, draft.id)
        assert found.state is SetState.ADOPTED
        assert found.adopted_late  # the consultation had opened an hour before
        rows = criteria.criteria_of(work.session, found.id)
        assert found.content_hash == content_hash(criteria.content_of(found, rows))
        with pytest.raises(WrongState):
            actions.add_criterion(work, forum.process, found, CriterionText("late", "Tarde", parse_levels("0|a\n1|b")))
        with pytest.raises(WrongState):
            actions.remove_criterion(work, forum.process, found, "value")
        again = actions.begin_set(work, forum.process, forum.stage)
        assert (again.version, len(criteria.criteria_of(work.session, again.id))) == (2, 3)


@pytest.mark.parametrize(
    ("values", "keys"),
    [("0 1 5", "0 1 5"), ("0 9 10", "0 9 "), ("0 0.5 1", "1 2 3"), ("-1 0 1", "1 2 3"), ("1.0 2.000", "1 2")],
)
def test_a_level_is_chosen_by_its_number_or_else_by_its_place(values: str, keys: str) -> None:
    assert keys_of([Decimal(value) for value in values.split()]) == keys.split(" ")


@pytest.mark.parametrize(
    ("criteria_of_it", "fault"),
    [
        (CRITERIA[:1], "at least one criterion that is scored"),
        ([replace(text, weight=Decimal(0)) for text in CRITERIA], "add up to more than zero"),
        ([CRITERIA[1], replace(CRITERIA[2], levels=parse_levels("0 | No\n1 | "))], "needs its words"),
        ([replace(CRITERIA[1], levels=parse_levels("1 | Sí"))], "two levels"),
        ([CRITERIA[1], replace(CRITERIA[0], levels=CRITERIA[1].levels)], "exactly two levels"),
        (CRITERIA, "None"),
    ],
)
def test_a_set_is_adopted_only_when_it_can_be_scored_by(criteria_of_it: list[CriterionText], fault: str) -> None:
    assert fault in str(faults_to_adopt(criteria_of_it))


@pytest.mark.parametrize(
    ("rule", "owed"),
    [(ReasonRule.NEVER, []), (ReasonRule.AT_OR_BELOW, [0, 1]), (ReasonRule.ALWAYS, [0, 1, 2])],
)
def test_a_reason_is_owed_where_the_forum_so_decided(rule: ReasonRule, owed: list[int]) -> None:
    text = replace(CRITERIA[1], reason_rule=rule, reason_level=Decimal(1))
    assert [value for value in range(3) if owes_reason(text, Decimal(value))] == owed


def test_numbers_are_taken_exactly_or_not_at_all() -> None:
    assert str(share("2/3")) == "2/3"
    assert [level.value for level in parse_levels("1,5 | b\n0 | a")] == parse_levels_values("0", "1.5")
    for typed in ("1.2345 | x", "NaN | x", "mucho | x", "1000 | x"):
        with pytest.raises(ValueError, match=r".+"):
            parse_levels(typed)


def parse_levels_values(*typed: str) -> list[Any]:
    return [Decimal(value) for value in typed]


# -------------------------------------------------------------------------------------------------------------- rounds


@pytest.mark.either
def test_a_round_needs_adopted_criteria(world: World, forum: ForumBuilder) -> None:
    with world.work("carla") as work, pytest.raises(Conflict, match="not adopted"):
        actions.open_round(work, forum.process, forum.stage, Plan(work.now + timedelta(days=1)))
    meeting = forum.session()
    with world.work("carla") as work:
        draft = actions.begin_set(work, forum.process, forum.stage)
        for text in CRITERIA:
            actions.add_criterion(work, forum.process, draft, text)
        with pytest.raises(Conflict, match="not adopted"):  # it could be scored by, and is only a draft
            actions.open_round(work, forum.process, forum.stage, Plan(work.now + timedelta(days=1)))
        held = work.session.get_one(ForumSession, meeting.id)
        forum.carry_criteria(work, held)
        actions.adopt(work, forum.process, draft, held)
    with world.work("diego") as work, pytest.raises(NotAllowed):
        actions.open_round(work, forum.process, forum.stage, Plan(work.now + timedelta(days=1)))
    with world.work("carla") as work, pytest.raises(Invalid):
        actions.open_round(work, forum.process, forum.stage, Plan(work.now))
    forum.round("diego")
    with world.work("carla") as work, pytest.raises(Conflict, match="still open"):
        actions.open_round(work, forum.process, forum.stage, Plan(work.now + timedelta(days=1)))


@pytest.mark.either
@pytest.mark.parametrize("who", NOBODY_ELSE)
def test_only_who_sits_in_the_forum_scores(world: World, forum: ForumBuilder, who: str) -> None:
    proposal = world.admitted(forum.process)
    found = forum.round()
    for act in (
        lambda w: actions.declare(w, forum.process, w.session.get_one(Round, found.id), has_none=True),
        lambda w: actions.submit(
            w, forum.process, w.session.get_one(Round, found.id), w.session.get_one(Proposal, proposal.id), filled(GOOD)
        ),
        lambda w: actions.recuse(
            w, forum.process, forum.stage.id, w.session.get_one(Proposal, proposal.id), ("author", "")
        ),
    ):
        with world.work(who) as work, pytest.raises(NotAllowed):
            act(work)


@pytest.mark.either
def test_a_sheet_needs_a_declaration_whole_answers_and_the_open_round(world: World, forum: ForumBuilder) -> None:
    proposal = world.admitted(forum.process)
    made = forum.round("nadia")
    with pytest.raises(Conflict, match="Declare"):
        forum.score("diego", proposal)
    with world.work("diego") as work:
        actions.declare(work, forum.process, work.session.get_one(Round, made.id), has_none=True)
    with pytest.raises(Invalid) as missing:
        forum.score("diego", proposal, {"scope": "1"})
    assert {field: said.into("es") for field, said in missing.value.fields.items()} == {
        "level-value": "«Valor público»: elija uno de los niveles.",
        "level-doable": "«Se puede hacer»: elija uno de los niveles.",
    }
    with pytest.raises(Invalid) as unreasoned:
        forum.score("diego", proposal, GOOD | {"doable": "0"}, reason="No.")
    assert {field: str(said) for field, said in unreasoned.value.fields.items()} == {
        "reason-doable": "“Se puede hacer”: write the reason in at least 10 characters."
    }
    with pytest.raises(Invalid) as unknown:
        forum.score("diego", proposal, {"scope": "7", "colour": "1"})
    assert {field: str(said) for field, said in unknown.value.fields.items()} == {
        "level-scope": "“It belongs to the plan”: choose one of the levels.",
        "level-colour": "There is no criterion of this short name.",
        "reason-colour": "There is no criterion of this short name.",
    }
    with pytest.raises(Invalid):
        forum.score("diego", proposal, GOOD | {"value": "7"})
    forum.score("diego", proposal)
    with world.work("diego") as work:
        found, fresh = work.session.get_one(Round, made.id), work.session.get_one(Proposal, proposal.id)
        seen = work.session.scalars(select(ScoreSheet.version)).one()
        with pytest.raises(WrongState):  # handed in, it is not made a draft again
            actions.save_draft(work, forum.process, found, fresh, Given(POOR, {}, seen))
    forum.score("diego", proposal, POOR)  # but may be handed in again
    world.clock.set(made.closes_at)
    with pytest.raises(NotNow) as late:
        forum.score("diego", proposal)
    assert late.value.closes_at == made.closes_at


@pytest.mark.parametrize(("other", "act"), [("diego", actions.save_draft), ("bruno", actions.submit)])
def test_a_sheet_is_never_written_over_one_that_was_not_seen(
    world: World, forum: ForumBuilder, other: str, act: Any
) -> None:
    """Two windows of one member, or the two people of one seat: the second is told, and may write over it knowingly."""
    proposal = world.admitted(forum.process)
    with world.work("carla") as work:
        wish = actions.Appointment("Res. 7", person_id=world.people["bruno"].id, is_alternate=True)
        actions.appoint(work, forum.process, forum.seat(2), wish)
    made = forum.round("diego", "bruno")

    def write(who: str, levels: dict[str, str], seen: int | None, do: Any = act) -> int:
        with world.work(who) as work:
            found, fresh = work.session.get_one(Round, made.id), work.session.get_one(Proposal, proposal.id)
            sheet = do(
                work, forum.process, found, fresh, Given(levels, dict.fromkeys(levels, "Así es, y basta."), seen)
            )
            return int(sheet.version)

    with pytest.raises(Stale):
        write(other, POOR, 99)  # of a sheet that nobody has begun
    first = write("diego", GOOD, None, actions.save_draft)
    for seen in (None, first - 1, first + 1):
        with pytest.raises(Stale):
            write(other, POOR, seen)
    second = write(other, POOR, first)
    assert second > first
    with pytest.raises(Stale):
        write("diego", GOOD, first)
    with world.database.reading() as session:
        sheet = session.scalars(select(ScoreSheet)).one()
        said = {score.reason for score in rounds.scores_of(session, sheet.id).values()}
    assert (sheet.version, sheet.person_id, said) == (second, world.people[other].id, {"Así es, y basta."})


@pytest.mark.parametrize("database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_of_two_windows_at_the_same_moment_one_is_told(world: World, forum: ForumBuilder) -> None:
    """SQLite lets nobody write meanwhile; on PostgreSQL both have read the same version before either writes."""
    proposal = world.admitted(forum.process)
    made = forum.round()
    forum.score("diego", proposal)
    with world.work("diego") as work:
        seen = work.session.scalars(select(ScoreSheet)).one()  # held: it is not read again below
        found, fresh = work.session.get_one(Round, made.id), work.session.get_one(Proposal, proposal.id)
        forum.score("diego", proposal, POOR)
        with pytest.raises(Stale):
            actions.submit(work, forum.process, found, fresh, Given(GOOD, {}, seen.version))
        work.session.rollback()


@pytest.mark.either
def test_next_comes_what_fewest_seats_have_done(world: World, forum: ForumBuilder) -> None:
    admitted = {made.folio: made for made in (world.admitted(forum.process, title=f"Propuesta {n}") for n in range(3))}
    made = forum.round()

    def following(after: str = "") -> str | None:
        with world.database.reading() as session:
            found = session.get_one(Round, made.id)
            return next_for(session, found, rounds.to_score(session, found, forum.seat(2)), after)

    with world.database.reading() as session:
        found = session.get_one(Round, made.id)
        own_order = [row.folio for row in rounds.to_score(session, found, forum.seat(2))]
    one, two, three = (admitted[folio] for folio in own_order)  # what stands first is done by most: the list must stay
    assert following() == own_order[0]  # nobody has done any: as it stands in the seat's own list
    assert following(own_order[0]) == own_order[1]
    for who, proposal in (("nadia", one), ("pablo", one), ("marta", two)):
        forum.score(who, proposal)
    assert following() == three.folio
    forum.score("elena", three)  # a voice without a vote fills no quorum
    assert following() == three.folio
    forum.score("diego", three)
    assert following(three.folio) == two.folio
    with world.database.reading() as session:
        found = session.get_one(Round, made.id)
        assert [row.folio for row in rounds.to_score(session, found, forum.seat(2))] == own_order
    forum.score("diego", two)
    assert (following(two.folio), following(one.folio)) == (one.folio, None)


@pytest.mark.either
def test_drafts_leave_no_entry_and_sheets_a_sealed_one(world: World, forum: ForumBuilder) -> None:
    proposal = world.admitted(forum.process)
    made = forum.round()

    def entries() -> int:
        with world.database.reading() as session:
            return session.scalar(select(func.count()).select_from(Entry)) or 0

    before = entries()
    with world.work("diego") as work:
        found, fresh = work.session.get_one(Round, made.id), work.session.get_one(Proposal, proposal.id)
        actions.save_draft(work, forum.process, found, fresh, filled({"value": "1"}))
    assert entries() == before
    forum.score("diego", proposal)
    assert entries() == before + 1

    def told() -> list[str]:
        with world.database.reading() as session:
            leaves = trail.about(session, forum.process.id, proposal.subject.name)
            return [entry.leaf["verb"] for entry in leaves if entry.leaf]

    assert "sheet.submitted" not in told()
    forum.close(made)
    assert told().count("sheet.submitted") == 1


@pytest.mark.either
def test_a_round_is_closed_by_the_clock_only(world: World, forum: ForumBuilder) -> None:
    proposal = world.admitted(forum.process)
    made = forum.round()
    forum.score("diego", proposal)
    for who, refusal in (("carla", NotNow), ("marta", NotNow), ("diego", NotAllowed), ("bruno", NotAllowed)):
        with world.work(who) as work, pytest.raises(refusal):
            actions.close_round(work, forum.process, work.session.get_one(Round, made.id))
    with world.database.reading() as session, pytest.raises(NotNow):
        rounds.outturn(session, session.get_one(Round, made.id), world.now)
    world.clock.set(made.closes_at)
    from app.people.actor import Actor

    with world.work(Actor.system()) as work:
        actions.close_due_rounds(work)
    with world.database.reading() as session:
        assert rounds.outturn(session, session.get_one(Round, made.id), world.now).counted.results
    with world.work("carla") as work, pytest.raises(WrongState):
        actions.close_round(work, forum.process, work.session.get_one(Round, made.id))


@pytest.mark.either
def test_voting_seats_count_and_voices_stand_beside(world: World, forum: ForumBuilder) -> None:
    proposal = world.admitted(forum.process)
    made = forum.round(quorum_min=4)
    for who in VOTERS[:3]:
        forum.score(who, proposal)
    forum.score("elena", proposal, POOR)
    with world.database.reading() as session:
        own = select(ScoreSheet.counts).where(ScoreSheet.person_id == world.people["elena"].id)
        assert session.scalars(own).all() == [False]
    forum.close(made)
    with world.database.reading() as session:
        found = rounds.outturn(session, session.get_one(Round, made.id), world.now)
    result = found.counted.results[proposal.folio]
    assert (result.n, result.total, result.verdict) == (3, Fraction(100), RoundVerdict.NO_QUORUM)
    assert list(found.advisory.results) == [proposal.folio]
    assert found.advisory.results[proposal.folio].n == 1
    assert found.advisory.results[proposal.folio].total != 100


@pytest.mark.either
def test_what_counts_is_the_seat_of_the_day_on_which_it_is_handed_in(world: World, forum: ForumBuilder) -> None:
    proposal = world.admitted(forum.process)
    made = forum.round("nadia")
    world.clock.move(hours=1)
    with world.work("carla") as work:  # he leaves the seat that votes for one with a voice
        left = seats.holder_of(work.session, forum.seat(2).id, work.now)
        assert left is not None
        actions.end_term(work, forum.process, forum.seat(2), left, "Res. 8")
        wish = actions.Appointment("Res. 9", person_id=world.people["diego"].id, is_alternate=True)
        actions.appoint(work, forum.process, forum.seat(5), wish)
    with world.work("diego") as work:
        actions.declare(work, forum.process, work.session.get_one(Round, made.id), has_none=True)
    forum.score("diego", proposal)
    with world.database.reading() as session:
        sheets = session.execute(select(ScoreSheet.seat_id, ScoreSheet.counts)).all()
    assert [tuple(row) for row in sheets] == [(forum.seat(5).id, False)]


@pytest.mark.either
def test_standing_aside_keeps_the_sheet_and_counts_it_no_more(world: World, forum: ForumBuilder) -> None:
    proposal = world.admitted(forum.process)
    made = forum.round()
    forum.score("diego", proposal, POOR)
    forum.score("nadia", proposal)
    forum.score("pablo", proposal)
    with world.work("diego") as work:
        fresh = work.session.get_one(Proposal, proposal.id)
        with pytest.raises(Invalid):
            actions.recuse(work, forum.process, forum.stage.id, fresh, ("because", ""))
        actions.recuse(work, forum.process, forum.stage.id, fresh, ("institution", "Es de mi red"))
        with pytest.raises(Conflict):
            actions.recuse(work, forum.process, forum.stage.id, fresh, ("institution", "Es de mi red"))
    with pytest.raises(WrongState):
        forum.score("diego", proposal)
    forum.close(made)
    with world.database.reading() as session:
        result = rounds.outturn(session, session.get_one(Round, made.id), world.now).counted.results[proposal.folio]
        kept = session.scalar(select(func.count()).select_from(ScoreSheet))
    assert (result.n, result.recused, result.needed, result.total) == (2, 1, 2, Fraction(100))
    assert kept == 3


@pytest.mark.either
def test_a_conflict_found_after_the_close_changes_the_result(world: World, forum: ForumBuilder) -> None:
    proposal = world.admitted(forum.process)
    made = forum.round()
    forum.score("diego", proposal, POOR)
    forum.score("nadia", proposal)
    forum.close(made)

    def total() -> Any:
        with world.database.reading() as session:
            return (
                rounds.outturn(session, session.get_one(Round, made.id), world.now)
                .counted.results[proposal.folio]
                .total
            )

    before = total()
    with world.work("marta") as work:
        fresh = work.session.get_one(Proposal, proposal.id)
        actions.record_recusal(work, forum.process, forum.stage.id, fresh, (forum.seat(2), "family", ""))
    assert before < total() == 100


@pytest.mark.either
def test_an_alternate_scores_for_the_seat(world: World, forum: ForumBuilder) -> None:
    proposal = world.admitted(forum.process)
    with world.work("carla") as work:
        wish = actions.Appointment("Res. 7", person_id=world.people["bruno"].id, is_alternate=True)
        actions.appoint(work, forum.process, forum.seat(2), wish)
    made = forum.round("diego", "bruno")
    forum.score("diego", proposal, POOR)
    forum.score("bruno", proposal, GOOD)
    forum.close(made)
    with world.database.reading() as session:
        result = rounds.outturn(session, session.get_one(Round, made.id), world.now).counted.results[proposal.folio]
    assert (result.n, result.total) == (1, Fraction(100))  # one seat, one sheet
