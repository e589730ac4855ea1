"""A draft of criteria is begun from another process's, changed where it stands, put in order, and tried on samples."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import select

from app.forum import actions
from app.forum.actions.criteria import Thresholds
from app.forum.models import CriteriaSet
from app.forum.queries import criteria as queries
from app.forum.rules.results import Config, RoundVerdict
from app.forum.rules.scoring import CriterionKind, CriterionText, SetState, parse_levels
from app.forum.rules.totals import CriterionRule
from app.forum.rules.trial import ALL_BUT, BEST, MIDDLE, WORST, samples_of, tried
from app.kit.errors import Invalid, NotAllowed, NotFound, WrongState
from tests.forum.building import CRITERIA, ForumBuilder
from tests.world import World, form_of

pytestmark = pytest.mark.either

OFFICE = "/p/plan/office/forum/criteria/filtro"


def keys(world: World, found: CriteriaSet) -> list[str]:
    with world.database.reading() as session:
        return [row.criterion.key for row in queries.criteria_of(session, found.id)]


def drafted(world: World, forum: ForumBuilder) -> CriteriaSet:
    with world.work("carla") as work:
        draft = actions.begin_set(work, forum.process, forum.stage)
        for text in CRITERIA:
            actions.add_criterion(work, forum.process, draft, text)
    return draft


def test_samples_show_the_ends_of_the_rule() -> None:
    criteria = (
        CriterionRule("scope", CriterionKind.KNOCKOUT, Fraction(0), Fraction(0), Fraction(1)),
        CriterionRule("value", CriterionKind.SCORED, Fraction(2), Fraction(0), Fraction(2)),
        CriterionRule("doable", CriterionKind.SCORED, Fraction(1), Fraction(0), Fraction(2), min_mean=Fraction(1)),
    )
    scale = [Fraction(0), Fraction(1), Fraction(2)]
    levels = {"scope": scale[:2], "value": scale, "doable": scale}
    config = Config(criteria, voting_seats=4)
    found = {(one.name, one.but): tried(config, one) for one in samples_of(criteria, levels)}
    said = {name: (result.verdict, result.total) for name, result in found.items()}
    assert said == {
        (BEST, ""): (RoundVerdict.PASS, 100),
        (ALL_BUT, "scope"): (RoundVerdict.INELIGIBLE, 100),
        (ALL_BUT, "value"): (RoundVerdict.FAIL, Fraction(100, 3)),
        (ALL_BUT, "doable"): (RoundVerdict.FAIL, Fraction(200, 3)),  # its own minimum is missed
        (MIDDLE, ""): (RoundVerdict.FAIL, 50),
        (WORST, ""): (RoundVerdict.INELIGIBLE, 0),
    }
    assert found[ALL_BUT, "doable"].failed == ("doable",)


def test_a_criterion_is_changed_in_its_place_and_moved(world: World, forum: ForumBuilder) -> None:
    draft = drafted(world, forum)
    process = forum.process
    better = CriterionText("worth", "Valor para todos", parse_levels("0 | No | No\n1 | Sí | Yes"))
    with world.work("carla") as work:
        fresh = work.session.get_one(CriteriaSet, draft.id)
        actions.change_criterion(work, process, fresh, "value", better)
        with pytest.raises(Invalid):  # the name of another
            actions.change_criterion(work, process, fresh, "worth", CriterionText("scope", "Otro", better.levels))
        with pytest.raises(Invalid):
            actions.change_criterion(work, process, fresh, "value", better)
    assert keys(world, draft) == ["scope", "worth", "doable"]
    with world.work("carla") as work:
        fresh = work.session.get_one(CriteriaSet, draft.id)
        actions.move_up(work, process, fresh, "doable")
        actions.move_up(work, process, fresh, "scope")  # the first stays
    assert keys(world, draft) == ["scope", "doable", "worth"]
    for who in ("bruno", "diego", "marta", "stranger"):
        with world.work(who) as work, pytest.raises(NotAllowed):
            actions.change_criterion(work, process, work.session.get_one(CriteriaSet, draft.id), "scope", better)
        with world.work(who) as work, pytest.raises(NotAllowed):
            actions.move_up(work, process, work.session.get_one(CriteriaSet, draft.id), "worth")


def test_adopted_criteria_are_not_changed(world: World, forum: ForumBuilder) -> None:
    adopted = forum.adopted()
    with world.work("carla") as work:
        fresh = work.session.get_one(CriteriaSet, adopted.id)
        with pytest.raises(WrongState):
            actions.change_criterion(work, forum.process, fresh, "value", CRITERIA[1])
        with pytest.raises(WrongState):
            actions.move_up(work, forum.process, fresh, "value")
        with pytest.raises(WrongState):
            actions.set_thresholds(work, forum.process, fresh, Thresholds(pass_total=Decimal(1), quorum_min=1))


async def test_a_draft_begins_from_what_another_process_adopted(world: World, forum: ForumBuilder) -> None:
    adopted = forum.adopted(capacity=7)
    later = world.open_process("later", template="ogp_action_plan")
    ForumBuilder(world, later)
    here = "/p/later/office/forum/criteria/filtro"
    async with world.browser("carla") as browser:
        page = (await browser.get(here)).text
        assert str(adopted.id) in page
        sent = await browser.post(here, data=form_of(page, here) | {"source": str(adopted.id)})
        assert sent.status_code == 303
    with world.database.reading() as session:
        made = session.scalars(select(CriteriaSet).where(CriteriaSet.process_id == later.id)).one()
        assert (made.state, made.capacity, made.version) == (SetState.DRAFT, 7, 1)
        assert queries.as_texts(queries.criteria_of(session, made.id)) == queries.as_texts(
            queries.criteria_of(session, adopted.id)
        )
        with pytest.raises(NotFound):  # a draft is nobody else's to copy
            queries.to_copy(session, made.id)


async def test_the_office_tries_and_changes_criteria_on_its_pages(world: World, forum: ForumBuilder) -> None:
    drafted(world, forum)
    async with world.browser("carla") as browser:
        page = (await browser.get(f"{OFFICE}/criterion/value")).text
        levels = "0 | No cumple | Does not\n1 | En parte | In part\n2 | Cumple | Does | Con pruebas | With proof"
        assert levels in page.replace("&#39;", "'")
        typed = form_of(page, f"{OFFICE}/criterion/value") | {"key": "value", "title_es": "Valor", "levels": "mal"}
        typed |= {"kind": "scored", "reason_rule": "never", "weight": "2", "required": "yes"}
        wrong = await browser.post(f"{OFFICE}/criterion/value", data=typed)
        assert (wrong.status_code, 'href="#f-levels"' in wrong.text) == (422, True)
        kept = await browser.post(f"{OFFICE}/criterion/value", data=typed | {"levels": levels})
        assert kept.status_code == 303
        assert (await browser.get(f"{OFFICE}/criterion/nothing")).status_code == 404
        tried = await browser.get(f"{OFFICE}/trial?c-scope=1&c-value=2&c-doable=1")
        assert (tried.status_code, "<strong>83,3</strong>" in tried.text) == (200, True)
    async with world.browser("bruno") as browser:
        assert (await browser.get(f"{OFFICE}/trial")).status_code == 403
