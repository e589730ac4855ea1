"""An institution passes one proposal on inside: the colleague's link answers that one, and nobody else reads who."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.accounts.erasing import FORGET, Leaving
from app.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from app.mail.models import OutboxMessage
from app.people.models import Person
from app.process import queries as processes
from app.proposals import actions as proposals
from app.proposals.models import Proposal
from app.technical_tables import actions, rules
from app.technical_tables.actions import Approval, PassOn, passing
from app.technical_tables.models import Assessment, Colleague, FeasibilityRequest
from app.technical_tables.queries import requests as queries
from app.trail.models import Entry
from tests.technical_tables.building import PLAIN, TechnicalBuilder, given
from tests.world import World, form_of

pytestmark = pytest.mark.either

MARIO = PassOn("Mario Colega", "mario@example.org")


def pass_on(world: World, token: str, folio: str = "PLAN-0001", wish: PassOn = MARIO) -> None:
    with world.database.reading() as session:
        here = processes.by_slug(session, "plan")
        request = queries.request_by_token(session, here.id, token)
        ready = actions.to_pass_on(session, here, request, folio, wish)
    with world.work("stranger") as work:
        actions.pass_on_by_link(work, processes.by_slug(work.session, "plan"), token, folio, ready)


def take_back(world: World, token: str, folio: str = "PLAN-0001") -> None:
    with world.work("stranger") as work:
        actions.take_back_by_link(work, processes.by_slug(work.session, "plan"), token, folio)


def answer(world: World, token: str, answer: str = "yes") -> None:
    with world.work("stranger") as work:
        actions.answer_as_colleague(work, processes.by_slug(work.session, "plan"), token, given(answer))


def answered(world: World) -> dict[str, bool]:
    with world.database.reading() as session:
        rows = session.execute(
            select(Proposal.folio, Assessment.answer).join(Assessment, Assessment.proposal_id == Proposal.id)
        )
        return {folio: said is not None for folio, said in rows}


@pytest.mark.parametrize("who", ["bruno", "diego", "felix", "gloria", "admin", "stranger"])
def test_bruno_cannot_pass_on_or_take_back_what_his_institution_was_not_asked(
    world: World, technical: TechnicalBuilder, who: str
) -> None:
    request = technical.asked()
    [token] = technical.tokens()
    with world.database.reading() as session:
        ready = actions.to_pass_on(session, technical.process, request, "PLAN-0001", MARIO)
    with world.work(who) as work:
        here, row = processes.by_slug(work.session, "plan"), queries.by_id(work.session, request.id)
        with pytest.raises(NotAllowed):
            actions.pass_on_for(work, here, row, "PLAN-0001", ready)
    pass_on(world, token)
    with world.work(who) as work:
        here, row = processes.by_slug(work.session, "plan"), queries.by_id(work.session, request.id)
        with pytest.raises(NotAllowed):
            actions.take_back_for(work, here, row, "PLAN-0001")


def test_the_colleague_answers_this_proposal_only_and_approves_nothing(
    world: World, technical: TechnicalBuilder
) -> None:
    technical.asked("PLAN-0001", "PLAN-0002")
    [token] = technical.tokens()
    pass_on(world, token)
    [own] = technical.passed_on_tokens()
    answer(world, own)
    assert answered(world) == {"PLAN-0001": True, "PLAN-0002": False}
    with world.work("stranger") as work:
        here = processes.by_slug(work.session, "plan")
        with pytest.raises(NotFound):
            actions.answer_by_link(work, here, own, "PLAN-0002", given("yes"))
        with pytest.raises(NotFound):
            actions.approve_by_link(work, here, own, Approval("Mario Colega", "Jefe"))
        with pytest.raises(NotFound):
            actions.answer_as_colleague(work, here, token, given("yes"))


def test_what_was_taken_back_opens_nothing_and_may_be_passed_on_anew(world: World, technical: TechnicalBuilder) -> None:
    technical.asked()
    [token] = technical.tokens()
    pass_on(world, token)
    with pytest.raises(Conflict):
        pass_on(world, token, wish=PassOn("Nadia", "nadia@example.org"))
    take_back(world, token)
    first = technical.passed_on_tokens()[0]
    with pytest.raises(NotFound):
        answer(world, first)
    with pytest.raises(NotFound):
        take_back(world, token)
    pass_on(world, token, wish=PassOn("Nadia", "nadia@example.org"))
    [_, second] = technical.passed_on_tokens()
    answer(world, second)
    assert answered(world) == {"PLAN-0001": True}


def test_nothing_is_passed_on_or_answered_once_the_head_approved(world: World, technical: TechnicalBuilder) -> None:
    technical.asked()
    [token] = technical.tokens()
    pass_on(world, token)
    [own] = technical.passed_on_tokens()
    answer(world, own)
    with world.work("stranger") as work:
        here = processes.by_slug(work.session, "plan")
        actions.approve_by_link(work, here, token, Approval("Rosa Jefa", "Subsecretaria"))
    with pytest.raises(Conflict):
        answer(world, own, "not_ours")
    take_back(world, token)
    with pytest.raises(Conflict):
        pass_on(world, token)


def test_a_withdrawn_proposal_is_nobodys_to_answer(world: World, technical: TechnicalBuilder) -> None:
    technical.asked()
    [token] = technical.tokens()
    pass_on(world, token)
    with world.work("ana") as work:
        proposal = work.session.scalars(select(Proposal).where(Proposal.folio == "PLAN-0001")).one()
        proposals.advance(work, proposal, "withdraw", "test")
    with pytest.raises(NotFound):
        answer(world, technical.passed_on_tokens()[0])
    with pytest.raises(NotFound):
        pass_on(world, token)


@pytest.mark.parametrize(
    ("wish", "fields"),
    [
        (PassOn(" ", "mario@example.org"), {"colleague"}),
        (PassOn("x" * 161, "mario@example.org"), {"colleague"}),
        (PassOn("Mario", "mario"), {"address"}),
        (PassOn("", ""), {"colleague", "address"}),
    ],
)
def test_what_is_missing_is_said_by_its_field(
    world: World, technical: TechnicalBuilder, wish: PassOn, fields: set[str]
) -> None:
    technical.asked()
    with pytest.raises(Invalid) as refused:
        pass_on(world, technical.tokens()[0], wish=wish)
    assert set(refused.value.fields) == fields


def test_one_letter_does_not_write_to_the_whole_world(
    world: World, technical: TechnicalBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    technical.asked("PLAN-0001", "PLAN-0002")
    [token] = technical.tokens()
    assert rules.MOST_PASSED_ON == 100
    monkeypatch.setattr(passing, "MOST_PASSED_ON", 1)
    pass_on(world, token)
    take_back(world, token)
    with pytest.raises(Conflict):
        pass_on(world, token, "PLAN-0002")


def test_the_trail_says_that_it_was_passed_on_and_for_which_folio_without_to_whom(
    world: World, technical: TechnicalBuilder
) -> None:
    technical.asked()
    [token] = technical.tokens()
    pass_on(world, token)
    take_back(world, token)
    with world.database.reading() as session:
        verbs = ("feasibility.passed_on", "feasibility.taken_back")
        told = session.scalars(select(Entry).where(Entry.verb.in_(verbs)).order_by(Entry.seq)).all()
        assert [entry.verb for entry in told] == list(verbs)
        colleague = session.scalars(select(Colleague)).one()
        leaves = " ".join(str(leaf) for leaf in session.scalars(select(Entry.leaf)))
        assert all("PLAN-0001" in str(entry.leaf) for entry in told)
        for private in ("Mario", "mario@example.org", str(colleague.person_id), technical.passed_on_tokens()[0]):
            assert private not in leaves
        assert colleague.token_hash not in technical.passed_on_tokens()


def test_erasing_the_colleague_takes_name_and_address_and_closes_the_link(
    world: World, technical: TechnicalBuilder
) -> None:
    technical.asked("PLAN-0001", "PLAN-0002")
    [token] = technical.tokens()
    pass_on(world, token)
    pass_on(world, token, "PLAN-0002", PassOn("Nadia", "nadia@example.org"))
    forget = FORGET["feasibility_colleagues"]
    assert not isinstance(forget, str)
    with world.work("carla") as work:
        mario = work.session.scalars(select(Person).where(Person.name == "Mario Colega")).one()
        forget(work, Leaving(mario.id, (), "Anon"))
        work.record("person.erased", work.session.scalars(select(FeasibilityRequest)).one().subject)
    with world.database.reading() as session:
        rows = session.scalars(select(Colleague).order_by(Colleague.passed_at, Colleague.id)).all()
        assert sorted((row.name, row.address, row.withdrawn_at is None) for row in rows) == [
            ("", "", False),
            ("Nadia", "nadia@example.org", True),
        ]
    with pytest.raises(NotFound):
        answer(world, technical.passed_on_tokens()[0])


async def test_passing_on_and_answering_on_the_pages(world: World, technical: TechnicalBuilder) -> None:
    technical.asked("PLAN-0001", "PLAN-0002")
    [token] = technical.tokens()
    here = f"/p/plan/assessment/{token}"
    to_pass = f"{here}/PLAN-0001/colleague"
    async with world.browser() as body:
        assert f'href="{to_pass}"' in (await body.get(here)).text
        form = form_of((await body.get(to_pass)).text, to_pass)
        half = await body.post(to_pass, data=form | {"colleague": "Mario Colega", "address": "mario"})
        assert half.status_code == 422
        assert 'value="Mario Colega"' in half.text
        done = await body.post(to_pass, data=form | {"colleague": "Mario Colega", "address": "Mario@example.org"})
        assert (done.status_code, done.headers["location"]) == (303, here)
        assert "Pasada a Mario Colega el" in (await body.get(here)).text
    with world.database.reading() as session:
        letter = session.scalars(select(OutboxMessage).where(OutboxMessage.text.contains("/passed-on/"))).one()
    assert letter.to_address == "mario@example.org"
    assert "PLAN-0001" in letter.text
    for elsewhere in ("PLAN-0002", token, "/assessment/"):
        assert elsewhere not in letter.text
    [own] = technical.passed_on_tokens()
    page = f"/p/plan/passed-on/{own}"
    async with world.browser() as colleague:
        shown = await colleague.get(page)
        assert "no-store" in shown.headers["cache-control"]
        assert "PLAN-0001" in shown.text
        for elsewhere in ("PLAN-0002", token, "jefatura aprueba", "/colleague"):
            assert elsewhere not in shown.text
        typed = form_of(shown.text, page) | {"answer": "not_ours", "whose": "Otro servicio"}
        half = await colleague.post(page, data=typed)
        assert (half.status_code, "Otro servicio" in half.text) == (422, True)
        sent = await colleague.post(page, data=typed | {"plain_words": PLAIN})
        assert (sent.status_code, sent.headers["location"]) == (303, page)
    async with world.browser() as stranger:
        for public in ("/p/plan/technical-tables", "/p/plan/proposals/PLAN-0001"):
            assert "Mario" not in (await stranger.get(public)).text
    of_office = "/p/plan/office/feasibility/1"
    async with world.browser("carla") as office:
        assert "Pasada a Mario Colega el" in (await office.get(of_office)).text
        back = f"{of_office}/PLAN-0001/colleague/withdrawal"
        form = form_of((await office.get(f"{of_office}/PLAN-0001/colleague")).text, back)
        assert (await office.post(back, data=form)).headers["location"] == of_office
    async with world.browser() as colleague:
        assert (await colleague.get(page)).status_code == 404
