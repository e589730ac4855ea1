"""From an adopted round to a ranking: who may vote, once each; nothing before the end; annulled and made again."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select, text, update

from app.accounts.erasing import Leaving
from app.kit.errors import Conflict, Invalid, NotAllowed, NotNow, Refusal, WrongState
from app.meetings import actions as meeting_actions
from app.meetings.models import Meeting
from app.my import queries as mine
from app.my.forgetting import STAGES
from app.prioritisation import actions
from app.prioritisation.actions import Cast, NoteText, Sheet
from app.prioritisation.models import Ballot, BallotBox, BallotRight, Credential, VotingRound
from app.prioritisation.queries import rounds, tables
from app.prioritisation.rules.codes import codes
from app.prioritisation.rules.counting import BallotMethod, OverTables
from app.prioritisation.rules.voting import VotingState
from app.process import queries as processes
from app.publication import recounting
from app.trail.models import Entry
from tests.acts import by_hand
from tests.prioritisation.voting import WISH, Town, closed_round
from tests.world import World

OTHERS = ["ana", "bruno", "diego", "elena", "felix", "admin", "stranger"]
REASON = "Se repartieron papeletas de otra ronda."


def count(world: World, table: Any, *where: Any) -> int:
    with world.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table).where(*where)) or 0


def leaves(world: World, verb: str) -> list[dict[str, Any]]:
    with world.database.reading() as session:
        return [json.loads(leaf) for leaf in session.scalars(select(Entry.leaf).where(Entry.verb == verb))]


# ------------------------------------------------------------------------------------------------------- the round


@pytest.mark.either
@pytest.mark.parametrize("who", [*OTHERS, "gloria"])
def test_nobody_but_the_office_sets_adopts_or_closes_a_round(world: World, town: Town, who: str) -> None:
    with pytest.raises(NotAllowed):
        town.draft(who=who)
    found = town.draft()
    with pytest.raises(NotAllowed):
        town.join(found, town.planned(), who)
    for act in (town.adopt, lambda found, who: town.close_round(found.number, who)):
        with pytest.raises(NotAllowed):
            act(found, who)


@pytest.mark.either
def test_an_adopted_round_no_longer_changes_and_fixes_its_ballot(world: World, town: Town) -> None:
    found = town.adopted()
    with town.work("carla") as (work, here):
        its, stage = rounds.round_numbered(work.session, here.id, found.number), town.stage(work)
        with pytest.raises(WrongState):
            actions.set_round(work, here, stage, replace(WISH, most=3), its)
    with pytest.raises(WrongState):
        town.adopt(found)
    with world.database.reading() as session:
        assert [one.folio for one in rounds.on_ballot(session, found.id)] == town.folios
    assert leaves(world, "voting_round.adopted")[0]["facts"]["proposals"] == town.folios


@pytest.mark.either
def test_a_round_is_refused_once_the_registration_for_a_table_is_open(world: World, town: Town) -> None:
    found = town.draft()
    convened = town.meetings.convened()
    with pytest.raises(NotNow):
        town.join(found, convened)
    meeting = town.planned()
    town.join(found, meeting)
    with town.work("carla") as (work, here):
        meeting_actions.announce(work, here, work.session.get_one(Meeting, meeting.id))
    with pytest.raises(NotNow):
        town.adopt(found)


@pytest.mark.either
def test_nobody_has_registered_for_a_table_before_its_rules_stood(world: World, town: Town) -> None:
    found = town.draft()
    town.adopt(found)
    early = town.meetings.convened()
    town.meetings.register(early)
    with pytest.raises(Conflict):
        town.join(found, early)
    town.join(found, town.meetings.convened())


@pytest.mark.either
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name_es": " "}, "name_es"),
        ({"method": "ranking"}, "method"),
        ({"over": "money"}, "over"),
        ({"most": 0}, "most"),
        ({"method": "points", "most": 10, "each": 11}, "each"),
        ({"capacity": None}, "capacity"),
    ],
)
def test_a_round_says_what_does_not_fit(town: Town, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        town.draft(replace(WISH, **wrong))
    assert set(refused.value.fields) == {field}


# -------------------------------------------------------------------------------------------------------- the vote


@pytest.mark.either
@pytest.mark.parametrize("who", OTHERS)
def test_nobody_but_facilitators_and_the_office_runs_a_table(world: World, town: Town, who: str) -> None:
    town.adopted()
    town.hold()
    [person] = town.came(["Rosa Tapia"])
    with town.work(who) as (work, here):
        at, found = town.at(work)
        acts: list[Any] = [
            lambda: actions.open_vote(work, here, at, found, "codes"),
            lambda: actions.close_vote(work, here, at, found),
            lambda: actions.annul(work, here, at, found, REASON),
            lambda: actions.rehearse(work, here, at, found),
            lambda: actions.give_rights(work, here, at, found, [person]),
            lambda: actions.print_codes(work, here, at, found, ("s", "t", 3)),
            lambda: actions.cast_assisted(work, here, at, found, ("x", {})),
            lambda: actions.type_sheet(work, here, at, found, Sheet("-")),
            lambda: actions.check_sheet(work, here, at, found, Sheet("-")),
            lambda: actions.set_subgroups(work, here, at, []),
        ]
        for act in acts:
            with pytest.raises(NotAllowed):
                act()


@pytest.mark.either
def test_gloria_cannot_annul(town: Town) -> None:
    town.adopted()
    town.hold()
    town.open()
    with town.work("gloria") as (work, here), pytest.raises(NotAllowed):
        actions.annul(work, here, *town.at(work), REASON)


def test_one_ballot_for_each_code_and_a_spent_one_is_refused(world: World, town: Town) -> None:
    town.adopted()
    town.hold()
    first, second = town.given(town.came(["Rosa Tapia", "Luis Mena"]))
    with pytest.raises(NotNow):
        town.cast(first, town.folios[0])
    town.open()
    assert town.cast(f" {first[:4].lower()} {first[4:]}", town.folios[0]) is Cast.VOTED
    with pytest.raises(Conflict):
        town.cast(first, town.folios[1])
    with pytest.raises(Invalid):
        town.cast("ABCD2345", town.folios[1])
    with pytest.raises(Invalid):
        town.cast(second, *town.folios[:3])
    with world.database.reading() as session:
        assert tables.turnout(session, town.table().voting) == tables.Turnout(1, 2)
        assert session.scalars(select(BallotBox.ballots)).one() == [
            json.dumps({town.folios[0]: 1}, separators=(",", ":"))
        ]


@pytest.mark.either
def test_who_had_a_ballot_at_one_table_has_only_a_voice_at_another(world: World, town: Town) -> None:
    town.adopted(count=2)
    town.hold(1)
    [rosa] = town.came(["Rosa Tapia; rosa@example.org"])
    assert len(town.given([rosa])) == 1
    town.hold(2)
    assert town.came(["Rosa Tapia; rosa@example.org"], 2) == [rosa]
    with town.work() as (work, here):
        given = actions.give_rights(work, here, *town.at(work, 2), [rosa])
    assert (given.new, given.here, given.elsewhere) == (0, 0, 1)
    with world.database.reading() as session:
        [voter] = tables.voters(session, town.table(2))
    assert (voter.is_here, voter.elsewhere) == (False, 1)
    assert count(world, BallotRight) == 1


@pytest.mark.either
def test_who_left_no_address_is_told_by_the_name_and_asked(world: World, town: Town) -> None:
    town.adopted(count=2)
    town.hold(1)
    town.given(town.came(["Rosa Tapia"]))
    town.hold(2)
    town.came(["Rosa  Tápia", "Luis Mena"], 2)
    with world.database.reading() as session:
        found = tables.voters(session, town.table(2))
    assert [(one.name, one.elsewhere, one.namesake) for one in found] == [
        ("Luis Mena", None, None),
        ("Rosa  Tápia", None, 1),
    ]


@pytest.mark.either
def test_who_did_not_come_or_comes_too_late_gets_no_ballot(world: World, town: Town) -> None:
    town.adopted()
    town.hold()
    with pytest.raises(Conflict):
        town.given([world.people["bruno"].id])
    [code] = town.given(town.came(["Rosa Tapia"]))
    town.open()
    town.close()
    with pytest.raises(NotNow):
        town.given(town.came(["Luis Mena"]))
    with pytest.raises(NotNow):
        town.cast(code, town.folios[0])


def test_no_more_ballots_count_than_people_were_noted(town: Town) -> None:
    town.adopted()
    town.hold()
    town.given(town.came(["Rosa Tapia"]))
    with town.work() as (work, here):
        at, found = town.at(work)
        actions.print_codes(work, here, at, found, ("s", "seed", 5))
    town.open()
    printed = codes("s", "seed", 5)
    town.cast(printed[0], town.folios[0])
    with pytest.raises(Conflict):
        town.cast(printed[1], town.folios[0])


def test_closing_explodes_the_box_under_random_keys_and_tells_its_hash(world: World, town: Town) -> None:
    town.adopted()
    town.voted([town.folios[:2]] * 3 + [[town.folios[4]]] + [[]])
    assert count(world, Ballot) == 5
    with world.database.reading() as session:
        assert session.execute(select(BallotBox.ballots, BallotBox.n)).one() == ([], 0)
        keys = session.scalars(select(Ballot.id)).all()
        assert all(key.version == 4 for key in keys)
        voting = town.table().voting
    [closed] = leaves(world, "table.vote_closed")
    assert (closed["facts"]["ballots"], closed["facts"]["box_hash"]) == (5, voting.box_hash)
    assert count(world, Credential, Credential.is_spent) == voting.ballots == 5


def test_the_database_itself_refuses_to_change_a_ballot(world: World, town: Town) -> None:
    town.adopted()
    town.voted([town.folios[:2]])
    for statement in ("UPDATE ballots SET choices = '{}'", "DELETE FROM ballots"):
        with pytest.raises(Exception, match="append-only"), world.work("carla") as work:
            work.session.execute(text(statement))


@pytest.mark.either
def test_a_single_ballot_leaves_no_entry_in_the_trail_and_no_answer_is_kept(world: World, town: Town) -> None:
    town.adopted()
    town.hold()
    [code] = town.given(town.came(["Rosa Tapia"]))
    town.open()
    before = count(world, Entry)
    town.cast(code, town.folios[0])
    assert count(world, Entry) == before


@pytest.mark.either
def test_a_rehearsal_never_counts(world: World, town: Town) -> None:
    town.adopted()
    with town.work() as (work, here):
        code = actions.rehearse(work, here, *town.at(work))
    assert town.cast(code, town.folios[0]) is Cast.REHEARSED
    assert town.cast(code, town.folios[1]) is Cast.REHEARSED
    town.hold()
    with pytest.raises(Conflict):
        town.open()
    with town.work() as (work, here):
        assert actions.end_rehearsal(work, here, town.at(work)[0]) == 2
    town.open()
    with pytest.raises(Invalid):
        town.cast(code, town.folios[0])
    town.close()
    assert town.table().voting.ballots == count(world, Ballot) == 0


@pytest.mark.either
def test_a_ballot_typed_for_somebody_is_counted_apart(town: Town) -> None:
    town.adopted()
    town.hold()
    first, second = town.given(town.came(["Rosa Tapia", "Luis Mena"]))
    town.open()
    with town.work() as (work, here):
        actions.cast_assisted(work, here, *town.at(work), (first, {town.folios[0]: 1}))
    town.cast(second, town.folios[0])
    town.close()
    assert (town.table().voting.ballots, town.table().voting.assisted) == (2, 1)


@pytest.mark.either
def test_points_are_spread_and_counted(town: Town) -> None:
    town.adopted(replace(WISH, method=BallotMethod.POINTS, most=10, each=6))
    town.hold()
    [code] = town.given(town.came(["Rosa Tapia"]))
    town.open()
    for wrong in ({town.folios[0]: 7}, {town.folios[0]: 6, town.folios[1]: 5}):
        with pytest.raises(Invalid):
            town.cast(code, points=wrong)
    town.cast(code, points={town.folios[0]: 6, town.folios[1]: 4})
    town.close()
    found = town.close_round()
    assert found.result is not None
    assert [line["sum"] for line in found.result["lines"]] == [6, 4, 0, 0, 0]


# ---------------------------------------------------------------------------------------------------------- paper


def paper(town: Town, names: int = 3) -> None:
    town.adopted()
    town.hold()
    people = town.came([f"Persona {at}" for at in range(names)])
    with town.work() as (work, here):
        actions.give_rights(work, here, *town.at(work), people)
    town.open(way="paper")


def typed(town: Town, who: str, sheet: Sheet, *, check: bool = False) -> None:
    with town.work(who) as (work, here):
        (actions.check_sheet if check else actions.type_sheet)(work, here, *town.at(work), sheet)


def test_paper_counts_once_two_different_people_typed_the_same(world: World, town: Town) -> None:
    paper(town)
    sheet = Sheet("1 2\n3\n-")
    with pytest.raises(Conflict):
        town.close()
    with pytest.raises(Conflict):
        typed(town, "hugo", sheet, check=True)
    typed(town, "gloria", sheet)
    with pytest.raises(Conflict):
        typed(town, "gloria", sheet, check=True)
    with pytest.raises(Invalid) as refused:
        typed(town, "hugo", Sheet("1 2\n4\n-"), check=True)
    assert set(refused.value.fields) == {"rows"}
    with pytest.raises(Conflict):
        town.close()
    typed(town, "hugo", Sheet("-\n3\n2 1"), check=True)
    town.close()
    assert count(world, Ballot) == town.table().voting.ballots == 3


@pytest.mark.either
@pytest.mark.parametrize("rows", ["", "1 2 3", "9", "uno", "1:2", "1\n" * 4])
def test_a_line_that_cannot_be_counted_is_named(town: Town, rows: str) -> None:
    paper(town)
    with pytest.raises(Invalid) as refused:
        typed(town, "gloria", Sheet(rows))
    assert set(refused.value.fields) == {"rows"}


@pytest.mark.either
def test_where_only_sums_were_kept_they_are_counted_and_it_is_said(world: World, town: Town) -> None:
    paper(town, 12)
    sums = {town.folios[0]: 9, town.folios[1]: 4}
    for wrong in (Sheet(ballots=None, sums=sums, only_sums=True), Sheet(ballots=5, sums=sums, only_sums=True)):
        with pytest.raises(Invalid):
            typed(town, "gloria", wrong)
    sheet = Sheet(ballots=11, sums=sums, only_sums=True)
    typed(town, "gloria", sheet)
    typed(town, "carla", sheet, check=True)
    town.close()
    found = town.close_round()
    assert found.result is not None
    assert found.result["groups"] == [{"tables": [1], "ballots": 11, "only_sums": True, "sums": sums}]
    assert count(world, Ballot) == 0
    with world.database.reading() as session:
        assert recounting.fault_in(session, processes.by_id(session, town.process.id)) is None


# -------------------------------------------------------------------------------------------------- the result


@pytest.mark.either
def test_results_come_together_once_every_table_has_voted(world: World, town: Town) -> None:
    town.adopted(count=2)
    town.voted([[town.folios[0]]] * 10, 1)
    with pytest.raises(Conflict):
        town.close_round()
    town.voted([[town.folios[1]]] * 11, 2)
    found = town.close_round()
    assert found.result is not None
    assert [(line["folio"], line["rank"], line["sum"]) for line in found.result["lines"][:2]] == [
        (town.folios[1], 1, 11),
        (town.folios[0], 2, 10),
    ]
    assert [line["is_level"] for line in found.result["lines"]] == [False, False, True, True, True]


@pytest.mark.either
def test_small_tables_are_counted_as_one_and_shown_only_together(town: Town) -> None:
    town.adopted(replace(WISH, over=OverTables.TABLES), count=3)
    town.voted([[town.folios[0]]] * 4, 1)
    town.voted([[town.folios[1]]] * 12, 2)
    town.voted([[town.folios[0]]] * 7, 3)
    found = town.close_round()
    assert found.result is not None
    assert [(group["tables"], group["ballots"]) for group in found.result["groups"]] == [([1, 3], 11), ([2], 12)]
    assert [line["score"] for line in found.result["lines"][:2]] == ["1/2", "1/2"]


def test_a_wrong_vote_is_annulled_in_public_and_made_again(world: World, town: Town) -> None:
    town.adopted()
    town.hold()
    people = town.came(["Rosa Tapia", "Luis Mena"])
    handed = town.given(people)
    town.open()
    town.cast(handed[0], town.folios[0])
    town.close()
    with town.work("carla") as (work, here), pytest.raises(Invalid):
        actions.annul(work, here, *town.at(work), "no")
    with town.work("carla") as (work, here):
        actions.annul(work, here, *town.at(work), REASON)
    assert leaves(world, "table.vote_annulled")[0]["facts"]["reason"] == REASON
    assert town.table().voting.take == 2
    assert town.table().voting.state is VotingState.PREPARED
    with pytest.raises(Conflict):
        town.cast(handed[1], town.folios[0])
    again = town.given(people)
    assert len(again) == 2
    town.open()
    for code in again:
        town.cast(code, town.folios[3])
    town.close()
    found = town.close_round()
    assert found.result is not None
    assert found.result["ballots"] == 2
    assert found.result["lines"][0]["folio"] == town.folios[3]
    assert count(world, Ballot) == 3


def test_annulling_opens_a_closed_round_again(world: World) -> None:
    town = closed_round(world)
    with town.work("carla") as (work, here):
        actions.annul(work, here, *town.at(work), REASON)
    assert town.round().result is None
    assert leaves(world, "voting_round.reopened")


def test_the_ranking_is_what_anybody_counts_again(world: World) -> None:
    town = closed_round(world)
    with world.database.reading() as session:
        assert recounting.fault_in(session, processes.by_id(session, town.process.id)) is None
    found = town.round()
    assert found.result is not None
    changed = json.loads(json.dumps(found.result))
    changed["lines"][0]["sum"] += 1
    with by_hand(), world.work("carla") as work:
        work.session.execute(update(VotingRound).values(result=changed))
    with world.database.reading() as session:
        fault = recounting.fault_in(session, processes.by_id(session, town.process.id))
    assert fault == "round 1: the result differs from its ballots in: lines"


# ---------------------------------------------------------------------------------------------------------- notes


def test_notes_written_by_several_hands_are_never_lost(world: World, town: Town) -> None:
    town.adopted()
    town.hold()
    with town.work() as (work, here):
        at, found = town.at(work)
        one = rounds.on_ballot(work.session, found.id)[0]
        actions.write_note(work, here, at, (one, 0), NoteText(0, "discussed", in_favour="Da sombra"))
    with town.work("hugo") as (work, here), pytest.raises(Conflict):
        actions.write_note(work, here, town.at(work)[0], (one, 0), NoteText(0, "discussed", worries="El agua"))
    with town.work("hugo") as (work, here):
        kept = actions.write_note(work, here, town.at(work)[0], (one, 0), NoteText(1, "discussed", worries="El agua"))
    assert kept.revision == 2
    for who in OTHERS:
        with town.work(who) as (work, here), pytest.raises(NotAllowed):
            actions.write_note(work, here, town.at(work)[0], (one, 0), NoteText(2, "discussed"))
    town.meetings.close(town.table().meeting)
    with town.work() as (work, here), pytest.raises(Refusal):
        actions.write_note(work, here, town.at(work)[0], (one, 0), NoteText(2, "discussed"))


def test_a_person_reads_that_they_had_a_ballot_and_is_forgotten_without_it(world: World, town: Town) -> None:
    town.adopted()
    town.hold()
    [code] = town.given(town.came(["Bruno Rivas; bruno@example.org"]))
    town.open()
    town.cast(code, town.folios[0])
    town.close()
    with world.database.reading() as session:
        told = mine.everything(session, world.people["bruno"], world.now)["ballots"]
    assert told == [{"round": WISH.name_es, "table": 1, "vote": 1, "state": VotingState.CLOSED}]
    leaving = Leaving(world.people["bruno"].id, ("bruno@example.org",), "Alguien")
    with by_hand(), world.work("carla") as work:
        forget = STAGES["ballot_rights"]
        assert callable(forget)
        forget(work, leaving)
    assert count(world, BallotRight) == count(world, BallotRight, BallotRight.person_id.is_(None)) == 1
    with world.database.reading() as session:
        assert recounting.fault_in(session, processes.by_id(session, town.process.id)) is None
