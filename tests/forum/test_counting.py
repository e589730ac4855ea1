"""Results are counted once, apart from the web, and stored: nothing that happens afterwards changes them."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import select, update

from app.forum import actions
from app.forum.actions import AddSeat, Given, counting
from app.forum.models import CriteriaSet, Criterion, Round, RoundResult, ScaleLevel, Score, ScoreSheet
from app.forum.queries import counting as counts
from app.forum.queries import owed, results, rounds
from app.forum.queries.results import Counting, Outturn
from app.forum.rules import stored
from app.forum.rules.results import RoundVerdict
from app.forum.rules.scoring import RoundState
from app.forum.rules.stored import Outcome
from app.kit import ids
from app.kit.errors import Conflict
from app.people.actor import Actor
from app.proposals.models import Proposal
from app.proposals.rules import State
from app.work.models import Job, JobState
from tests.acts import by_hand
from tests.forum.building import GOOD, POOR, VOTERS, ForumBuilder
from tests.world import World

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PAGE, API = "/p/plan/forum/results", "/api/v1/processes/plan/results"


def a_round(world: World, forum: ForumBuilder) -> tuple[Round, list[Proposal]]:
    """Three proposals: one good, one disputed with a voice beside it, one on which a seat stands aside unscored."""
    good, torn, bare = (world.admitted(forum.process, "ana", title) for title in ("Buena", "Discutida", "Sin pautas"))
    made = forum.round(capacity=1)
    for who in VOTERS:
        forum.score(who, good)
        forum.score(who, torn, GOOD if who in VOTERS[:2] else POOR)
    forum.score("elena", torn, POOR)
    aside(world, forum, bare)
    return made, [good, torn, bare]


def aside(world: World, forum: ForumBuilder, proposal: Proposal, number: int = 2) -> None:
    with world.work("carla") as work:
        fresh = work.session.get_one(Proposal, proposal.id)
        actions.record_recusal(work, forum.process, forum.stage.id, fresh, (forum.seat(number), "interest", "Lo dijo"))


def read(world: World, made: Round) -> Outturn:
    with world.database.reading() as session:
        return rounds.outturn(session, session.get_one(Round, made.id), world.now)


def counted_now(world: World, made: Round) -> Outcome:
    """What the pure rules make of the rows as they stand at this moment."""
    with world.database.reading() as session:
        kept = results.newest(session, session.get_one(Round, made.id))
        assert kept is not None
        return counts.count(session, kept)


def parts(found: Outturn | Outcome) -> tuple[object, ...]:
    return found.counted, found.advisory, found.firmness, found.without_leans


def test_what_is_stored_is_what_the_rules_say_and_stays_when_proposals_move_on(
    world: World, forum: ForumBuilder
) -> None:
    made, proposals = a_round(world, forum)
    forum.close(made)
    before = read(world, made)
    assert parts(before) == parts(counted_now(world, made))
    assert sorted(before.counted.results) == [proposal.folio for proposal in proposals]
    with by_hand(), world.work(Actor.system()) as work:
        gone = update(Proposal).where(Proposal.id != proposals[0].id)
        work.session.execute(gone.values(state=State.WITHDRAWN))
    world.admitted(forum.process, "ana", "Llegó después")
    results._outcomes.clear()
    assert parts(read(world, made)) == parts(before) == parts(counted_now(world, made))


@SQLITE
def test_an_outcome_is_read_as_it_was_stored(world: World, forum: ForumBuilder) -> None:
    made, _ = a_round(world, forum)
    forum.close(made)
    outcome = counted_now(world, made)
    assert outcome.counted.overall.alpha is not None
    assert stored.read(stored.stored(outcome)) == outcome
    other = dataclasses.replace(outcome, scores_hash={})
    assert stored.read(stored.stored(other)) != outcome


def test_many_sheets_are_counted_by_a_process_of_their_own(
    world: World, forum: ForumBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same numbers as in the transaction, from a child that reads one moment of the database."""
    monkeypatch.setattr(counting, "FEW_SHEETS", 0)
    made, _ = a_round(world, forum)
    world.clock.set(made.closes_at)
    with world.work("carla") as work:
        actions.close_round(work, forum.process, work.session.get_one(Round, made.id))
    with pytest.raises(Counting) as refused:
        read(world, made)
    assert (refused.value.standing.done, refused.value.standing.total) == (0, 3)
    forum.count()
    assert parts(read(world, made)) == parts(counted_now(world, made))


@SQLITE
async def test_while_it_is_counted_everybody_is_told_how_far_it_is(
    world: World, forum: ForumBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "FEW_SHEETS", 0)
    made, proposals = a_round(world, forum)
    world.clock.set(made.closes_at)
    with world.work("carla") as work:
        actions.close_round(work, forum.process, work.session.get_one(Round, made.id))
    forum.to_the_filter()
    meeting = forum.session()
    asked = {"hx-request": "true"}
    async with world.browser() as browser:
        page, told = await browser.get(PAGE), await browser.get(API)
        part = await browser.get(f"{PAGE}?waiting=1", headers=asked)
    assert part.text.strip().startswith('<div id="count" hx-get="/p/plan/forum/results?stage=&amp;waiting=1"')
    assert (page.status_code, "Se están contando los resultados (0 de 3)." in page.text) == (200, True)
    assert (told.status_code, told.json()["code"]) == (409, "counting")
    assert told.json()["detail"] == "Se están contando los resultados (0 de 3)."
    async with world.browser("marta") as browser:
        deciding = await browser.get(f"/p/plan/office/forum/sessions/{meeting.number}/deciding/filtro")
    assert "Se están contando los resultados (0 de 3)." in deciding.text
    forum.count()
    world.app.state.house.cache.clear()
    async with world.browser() as browser:
        page = await browser.get(PAGE)
        part = await browser.get(f"{PAGE}?waiting=1", headers=asked)
    assert (part.status_code, part.headers["hx-location"]) == (204, "/p/plan/forum/results?stage=")
    assert ("Se están contando" in page.text, proposals[0].folio in page.text) == (False, True)


@SQLITE
def test_a_conflict_found_after_the_close_is_a_new_count_and_the_earlier_one_stays(
    world: World, forum: ForumBuilder
) -> None:
    made, (good, torn, _) = a_round(world, forum)
    forum.close(made)
    before = read(world, made)
    aside(world, forum, torn, 1)
    after = read(world, made)
    assert [before.counted.results[torn.folio].n, after.counted.results[torn.folio].n] == [4, 3]
    assert after.counted.inputs_hash != before.counted.inputs_hash
    assert after.counted.results[good.folio].total == before.counted.results[good.folio].total
    with world.database.reading() as session:
        kept = session.scalars(select(RoundResult).order_by(RoundResult.version)).all()
        assert [(row.version, row.because) for row in kept] == [(1, "closed"), (2, "conflict")]
        assert stored.read(kept[0].outcome).counted == before.counted


@SQLITE
def test_a_count_that_was_superseded_is_not_done(
    world: World, forum: ForumBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "FEW_SHEETS", 0)
    made, (_, torn, _) = a_round(world, forum)
    world.clock.set(made.closes_at)
    with world.work("carla") as work:
        actions.close_round(work, forum.process, work.session.get_one(Round, made.id))
    aside(world, forum, torn, 1)
    forum.count()
    with world.database.reading() as session:
        kept = session.scalars(select(RoundResult).order_by(RoundResult.version)).all()
        assert [row.computed_at is not None for row in kept] == [False, True]


@SQLITE
def test_a_sheet_only_begun_counts_for_nothing_and_for_no_quorum(world: World, forum: ForumBuilder) -> None:
    proposal = world.admitted(forum.process)
    made = forum.round()
    forum.score("diego", proposal)
    with world.work("nadia") as work:
        found, fresh = work.session.get_one(Round, made.id), work.session.get_one(Proposal, proposal.id)
        actions.save_draft(work, forum.process, found, fresh, Given(POOR, dict.fromkeys(POOR, "Porque así es.")))
    with world.database.reading() as session:
        assert owed.count_missing(session, session.get_one(Round, made.id), world.now) == 3  # hers is among them
    forum.close(made)
    result = read(world, made).counted.results[proposal.folio]
    assert (result.n, result.needed, result.verdict, result.total) == (1, 2, RoundVerdict.NO_QUORUM, Fraction(100))


# ------------------------------------------------------------------------------------------ what is frozen at opening


@SQLITE
def test_no_seat_is_added_while_a_round_is_open(world: World, forum: ForumBuilder) -> None:
    made, _ = a_round(world, forum)
    with world.work("carla") as work, pytest.raises(Conflict, match="A round of scoring is open"):
        actions.add_seat(work, forum.process, AddSeat("Ministerio", "government"))
    closed = forum.close(made)
    with world.work("carla") as work:
        actions.add_seat(work, forum.process, AddSeat("Ministerio", "government"))
    assert closed.voting_seats == made.voting_seats == 4
    assert parts(read(world, made)) == parts(counted_now(world, made))


@SQLITE
async def test_while_a_round_is_open_the_office_is_told_instead_of_offered_a_seat(
    world: World, forum: ForumBuilder
) -> None:
    address = f"/p/{forum.process.slug}/office/forum"
    form = f'action="{address}/seats"'
    async with world.browser("carla") as browser:
        assert form in (await browser.get(address)).text
        world.admitted(forum.process)
        forum.round()
        page = (await browser.get(address)).text
    assert form not in page
    assert "Los asientos y su derecho a voto quedan como están hasta que se cierre." in page


@SQLITE
@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(update(Criterion).values(weight=Decimal(9)), id="weight"),
        pytest.param(update(ScaleLevel).values(label_es="Otra cosa"), id="level"),
        pytest.param(update(CriteriaSet).values(pass_total=Decimal(61)), id="mark"),
        pytest.param(update(CriteriaSet).values(quorum_min=2), id="quorum"),
    ],
)
def test_a_round_whose_criteria_were_changed_is_not_closed(world: World, forum: ForumBuilder, changed: object) -> None:
    made, _ = a_round(world, forum)
    with by_hand(), world.work(Actor.system()) as work:
        work.session.execute(changed)  # type: ignore[call-overload]  # one of the statements above
    world.clock.set(made.closes_at)
    with world.work("carla") as work, pytest.raises(Conflict, match="not those this round was opened with"):
        actions.close_round(work, forum.process, work.session.get_one(Round, made.id))
    with world.work(Actor.system()) as work:
        actions.close_due_rounds(work)
        assert work.session.get_one(Round, made.id).state is RoundState.OPEN


@SQLITE
def test_a_round_closed_before_counts_were_stored_is_counted_by_the_clock(world: World, forum: ForumBuilder) -> None:
    made, _ = a_round(world, forum)
    forum.close(made)
    before = read(world, made).counted.results
    with by_hand(), world.work(Actor.system()) as work:
        work.session.delete(work.session.scalars(select(RoundResult)).one())
    with pytest.raises(Counting):
        read(world, made)
    with world.work(Actor.system()) as work:
        actions.count_the_rest(work)
    assert read(world, made).counted.results == before


@SQLITE
def test_a_count_that_failed_for_good_is_said_and_asked_for_again(
    world: World, forum: ForumBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "FEW_SHEETS", 0)
    made, _ = a_round(world, forum)
    world.clock.set(made.closes_at)
    with world.work("carla") as work:
        actions.close_round(work, forum.process, work.session.get_one(Round, made.id))
        for job in work.session.scalars(select(Job).where(Job.name == actions.JOB)):
            job.state, job.ended_at = JobState.FAILED, world.now
    with pytest.raises(Counting) as refused:
        read(world, made)
    assert refused.value.standing.has_failed
    for hours in (0, 2):
        world.clock.move(hours=hours)
        with world.work(Actor.system()) as work:
            actions.count_the_rest(work)
        forum.count()
        with world.database.reading() as session:
            assert results.is_counted(session, session.get_one(Round, made.id)) == bool(hours)


@SQLITE
def test_a_process_that_ends_without_a_result_is_an_error(world: World, forum: ForumBuilder) -> None:
    del forum
    with pytest.raises(counting.NotCounted):
        counting.count_apart(world.database, ids.new_id(), lambda _done, _total: None)


@SQLITE
def test_the_keys_of_sheets_tell_no_seat(world: World, forum: ForumBuilder) -> None:
    made, _ = a_round(world, forum)
    forum.close(made)
    with world.database.reading() as session:
        kept = results.newest(session, session.get_one(Round, made.id))
        assert kept is not None
        found = counts.sheets_of(session, kept)
        sheets = len(session.scalars(select(ScoreSheet)).all())
        assert session.scalars(select(Score)).all()
    keys = [sheet.evaluator for scored in (*found.public, *found.advisory) for sheet in scored.sheets]
    assert len(set(keys)) == len(keys) == sheets
    for scored in found.public:
        own = [sheet.evaluator for sheet in scored.sheets]
        assert own == sorted(own)
