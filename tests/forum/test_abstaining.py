"""A seat that abstains stays in the quorum's base and gives no score; it may take that back until the end."""

from __future__ import annotations

from fractions import Fraction

import pytest
from sqlalchemy import select

from app.forum import actions
from app.forum.actions import Given
from app.forum.models import Round, Score, ScoreSheet
from app.forum.queries import owed, rounds
from app.forum.queries.next_sheet import next_for
from app.forum.rules.results import RoundVerdict
from app.kit.errors import Invalid, NotAllowed, NotNow, Stale
from app.proposals.models import Proposal
from app.trail import queries as trail
from tests.forum.building import GOOD, POOR, ForumBuilder
from tests.world import World, form_of

pytestmark = pytest.mark.either

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def sheet(forum: ForumBuilder, made: Round, proposal: Proposal, seat: int = 2) -> ScoreSheet | None:
    with forum.world.database.reading() as session:
        return rounds.sheet_of(session, session.get_one(Round, made.id), proposal.id, forum.seat(seat).id)


def abstain(forum: ForumBuilder, who: str, made: Round, proposal: Proposal, given: Given) -> None:
    with forum.world.work(who) as work:
        found, fresh = work.session.get_one(Round, made.id), work.session.get_one(Proposal, proposal.id)
        actions.abstain(work, forum.process, found, fresh, given)


def test_who_abstains_counts_in_the_base_and_not_in_the_means(world: World, forum: ForumBuilder) -> None:
    one, other = world.admitted(forum.process), world.admitted(forum.process, title="Otra")
    made = forum.round(quorum_min=1, quorum_share=Fraction(3, 4))  # three of four
    for who in ("marta", "nadia", "pablo"):
        forum.score(who, one, GOOD)
    for who in ("marta", "nadia"):
        forum.score(who, other, GOOD)
    abstain(forum, "diego", made, one, Given(POOR, {}, None, "No conozco la materia."))
    for who in ("diego", "pablo"):
        abstain(forum, who, made, other, Given({}, {}))
    abstain(forum, "elena", made, other, Given({}, {}))  # a voice: neither in the base nor among the abstentions
    with world.work("elena") as work:  # nor does it leave a base in which it was not
        fresh = work.session.get_one(Proposal, one.id)
        actions.recuse(work, forum.process, forum.stage.id, fresh, ("interest", ""))
    with world.database.reading() as session:
        found = session.get_one(Round, made.id)
        assert (owed.count_missing(session, found, world.now), owed.may_close(session, found, world.now)) == (
            0,
            True,
        )
        with pytest.raises(NotNow):
            rounds.abstentions(session, found, world.now)
        with pytest.raises(NotNow):
            rounds.who_abstained(session, found, one.id, world.now)
        leaves = trail.about(session, forum.process.id, one.subject.name)
        assert "sheet.abstained" not in [entry.leaf["verb"] for entry in leaves if entry.leaf]
    forum.close(made)
    with world.database.reading() as session:
        found = session.get_one(Round, made.id)
        results = rounds.outturn(session, found, world.now).counted.results
        assert rounds.abstentions(session, found, world.now) == {one.folio: 1, other.folio: 2}
        said = rounds.who_abstained(session, found, one.id, world.now)
    assert said == [(2, "Red de organizaciones", "No conozco la materia.")]
    assert results[one.folio].recused == 0
    told = [(r.n, r.needed, r.total, r.verdict) for r in (results[one.folio], results[other.folio])]
    assert told == [
        (3, 3, Fraction(100), RoundVerdict.PASS),
        (2, 3, Fraction(100), RoundVerdict.NO_QUORUM),  # had those two stood aside, two of two would have been enough
    ]


@ONE_DATABASE
def test_an_abstention_is_taken_back_until_the_end_and_what_was_filled_in_is_there(
    world: World, forum: ForumBuilder
) -> None:
    one = world.admitted(forum.process)
    made = forum.round("diego")
    with pytest.raises(Invalid):
        abstain(forum, "diego", made, one, Given({}, {}, None, "x" * 1001))
    abstain(forum, "diego", made, one, Given({"value": "2"}, {}))
    first = sheet(forum, made, one)
    assert first is not None
    assert (first.state.value, first.counts) == ("abstained", False)
    with pytest.raises(Stale):
        abstain(forum, "diego", made, one, Given({}, {}))
    with pytest.raises(NotAllowed):
        abstain(forum, "bruno", made, one, Given({}, {}, first.version))
    with world.work("diego") as work:
        found, fresh = work.session.get_one(Round, made.id), work.session.get_one(Proposal, one.id)
        back = actions.save_draft(work, forum.process, found, fresh, Given({"value": "2"}, {}, first.version))
        assert back.state.value == "draft"
    forum.score("diego", one)
    again = sheet(forum, made, one)
    assert again is not None
    assert (again.state.value, again.counts) == ("submitted", True)
    abstain(forum, "diego", made, one, Given({}, {}, again.version))
    with world.database.reading() as session:
        assert len([score for score in session.scalars(select(Score)) if score.level_id]) == 3  # nothing typed is lost
    world.clock.set(made.closes_at)
    last = sheet(forum, made, one)
    with pytest.raises(NotNow):
        abstain(forum, "diego", made, one, Given({}, {}, last.version if last else None))
    forum.close(made)
    with world.database.reading() as session:
        leaves = trail.about(session, forum.process.id, one.subject.name)
        verbs = [entry.leaf["verb"] for entry in leaves if entry.leaf and entry.leaf["verb"].startswith("sheet.")]
    assert sorted(verbs) == ["sheet.abst" + end for end in ("ained", "ained", "ention_taken_back")] + [
        "sheet.submitted"
    ]


@ONE_DATABASE
async def test_a_member_abstains_by_form_and_by_program(world: World, forum: ForumBuilder) -> None:
    one, other = world.admitted(forum.process), world.admitted(forum.process, title="Otra")
    made = forum.round("diego", "nadia")
    page = f"/p/plan/score/{one.folio}"
    async with world.browser("diego") as member:
        form = form_of((await member.get(page)).text, page)
        sent = await member.post(page, data=form | {"then": "abstain", "abstain_reason": "SECRETO"})
        assert (sent.status_code, sent.headers["location"].endswith(other.folio)) == (303, True)
        shown = (await member.get(page)).text
        assert "Usted se abstuvo en esta propuesta." in shown
        assert "data-put" not in shown  # or what the page keeps by itself would take it back
        assert "usted se abstuvo" in (await member.get("/p/plan/score")).text
        api = f"/api/v1/processes/plan/proposals/{other.folio}/score-sheet"
        assert (await member.put(api, json={"abstain": True, "submit": True})).status_code == 422
        made_by_program = await member.put(api, json={"abstain": True, "abstain_reason": "Sin datos."})
        assert (made_by_program.status_code, made_by_program.json()["state"]) == (200, "abstained")
    for who in ("nadia", "marta"):
        async with world.browser(who) as browser:
            for path in (page, "/p/plan/score", "/p/plan/office/forum/rounds/filtro"):
                text = (await browser.get(path)).text
                assert ("SECRETO" in text, "se abst" in text.replace("Me abstengo", "")) == (False, False)
    forum.close(made)
    async with world.browser() as stranger:
        assert "(1 abstención)" in (await stranger.get("/p/plan/forum/results")).text
        told = (await stranger.get("/api/v1/processes/plan/results")).json()["items"]
        assert {row["folio"]: row["abstained"] for row in told} == {one.folio: 1, other.folio: 1}
    async with world.browser("nadia") as member:
        assert (
            "2. Red de organizaciones — SECRETO"
            in (await member.get(f"/p/plan/office/forum/rounds/filtro/{one.folio}")).text
        )


@ONE_DATABASE
def test_an_abstention_leads_nobody_elsewhere_than_a_sheet(world: World, forum: ForumBuilder) -> None:
    for number in range(2):
        world.admitted(forum.process, title=f"Propuesta {number}")
    made = forum.round("nadia", "pablo")
    with world.database.reading() as session:
        found = session.get_one(Round, made.id)
        rows = rounds.to_score(session, found, forum.seat(2))
        first, second = (session.scalars(select(Proposal).where(Proposal.folio == row.folio)).one() for row in rows)
    forum.score("nadia", first)
    abstain(forum, "pablo", made, second, Given({}, {}))
    with world.database.reading() as session:
        assert next_for(session, session.get_one(Round, made.id), rows) == first.folio  # as many on both: its own order
