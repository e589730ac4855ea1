"""Who stands aside: found by the program, settled by people, and who enters so that the forum can still decide."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import func, select

from app.decisions.models import Decision
from app.forum import actions
from app.forum.models import Recusal, Round, Score, ScoreSheet, VoidedSheet
from app.forum.queries import owed, rounds
from app.forum.queries.aside import seats_aside
from app.forum.queries.suspicions import open_suspicions
from app.forum.rules.seats import QuorumRule, Right, SeatAtTable, SeatSector
from app.forum.rules.standing import SeatThere, Way, is_aside, standing_of
from app.forum.rules.suspecting import Sign, domain_of, marks, plain_name, signs
from app.kit.errors import Conflict, Invalid, NotAllowed, NotNow, WrongState
from app.people.models import Contact, Organisation, Person
from app.people.rules import ContactKind, OriginSector
from app.proposals.models import Author, Proposal
from app.trail.models import Entry
from tests.acts import by_hand
from tests.forum.building import GOOD, POOR, ForumBuilder
from tests.forum.test_deciding import YES, decide, scored
from tests.world import World, form_of

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


# --------------------------------------------------------------------------------------------------------------- rules


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("ana@red.cl", "red.cl"),
        (" Ana@RED.cl. ", "red.cl"),
        ("ana@gmail.com", ""),
        ("ana@yahoo.cl", ""),
        ("ana@yahoo.com.ar", ""),
        ("ana@hotmail.es", ""),
        ("ana@mail.hotmail.gob.cl", "mail.hotmail.gob.cl"),
        ("ana@example.org", ""),
        ("ana@casa.test", ""),
        ("ana", ""),
        ("", ""),
    ],
)
def test_a_domain_says_something_only_where_not_anybody_may_have_an_address(address: str, domain: str) -> None:
    assert domain_of(address) == domain


def test_an_organisation_is_compared_by_its_plain_name() -> None:
    assert plain_name("  Fundación  ÑANDÚ, A.G.") == plain_name("fundacion ñandu a g") == "fundacion nandu a g"
    assert plain_name(None) == plain_name(" – ") == ""


def test_the_signs_are_what_both_have_in_common() -> None:
    sitter = marks("p1", ["a@red.cl", "a@gmail.com"], ["Red Cívica", None])

    def common(*author: Any) -> tuple[Sign, ...]:
        return signs(sitter & marks(*author))

    assert common("p1") == (Sign.PERSON,)
    assert common("p2", ["A@red.cl"]) == (Sign.ADDRESS,)  # and not its domain once more
    assert common("p2", ["b@red.cl"]) == (Sign.DOMAIN,)
    assert common("p2", ["b@gmail.com"], ["Otra red", None]) == ()
    assert common("p2", ["b@red.cl"], ["red civica"]) == (Sign.ORGANISATION, Sign.DOMAIN)


def test_a_seat_stands_aside_when_nobody_of_it_is_free() -> None:
    assert not is_aside(set(), {"a"})
    assert is_aside({"a"}, {"a"})
    assert is_aside({"a"}, set())
    assert not is_aside({"a"}, {"a", "b"})
    assert is_aside({"a", "b"}, {"a", "b"})
    assert is_aside({None}, {"a", "b"}, "b")  # so recorded, of the seat as a whole
    assert not is_aside({"a"}, {"a"}, "b")  # somebody free of it had handed a sheet in
    assert is_aside({"a"}, {"a"}, "a")


def there(number: int, sector: str, *, present: bool = True, aside: bool = False, enter: bool = False) -> SeatThere:
    return SeatThere(number, SeatAtTable(SeatSector(sector), Right.VOTE, present), aside, enter)


STATE = [there(1, "government"), there(2, "oversight")]


@pytest.mark.parametrize(
    ("others", "outside", "way"),
    [
        ([there(3, "academia"), there(4, "private", aside=True)], [], Way.WHOLE),
        ([there(3, "academia", aside=True), there(4, "private", present=False)], [], Way.BROKEN),
        ([there(3, "academia", aside=True, enter=True), there(4, "private", present=False)], [], Way.ALTERNATES),
        ([there(3, "academia", aside=True), there(4, "private", present=False)], ["academia"], Way.OUTSIDE),
        ([there(3, "academia", aside=True), there(4, "private", present=False)], ["government"], Way.BROKEN),
        ([there(3, "academia", present=False), there(4, "private", present=False)], ["academia"], Way.NO_QUORUM),
    ],
)
def test_alternates_then_the_rest_then_somebody_from_outside(others: list[SeatThere], outside: Any, way: Way) -> None:
    found = standing_of([*STATE, *others], QuorumRule(), [SeatSector(sector) for sector in outside])
    assert (found.way, found.holds) == (way, way in {Way.WHOLE, Way.OUTSIDE})
    assert found.can_enter == ((3,) if way is Way.ALTERNATES else ())


def test_the_rest_decides_only_where_both_sides_are_present() -> None:
    """Seven seats, four present, two of them aside: two of five are fewer than the quorum."""
    absent = [there(number, "private", present=False) for number in (5, 6, 7)]
    aside = [there(3, "academia", aside=True), there(4, "private", aside=True)]
    mixed = standing_of([there(1, "government"), there(2, "private"), *aside, *absent], QuorumRule())
    assert (mixed.way, mixed.holds) == (Way.REMAINING, True)
    assert standing_of([*STATE, *aside, *absent], QuorumRule()).way is Way.BROKEN
    unasked = QuorumRule(needs_both_sides=False)  # a forum that never asks for both still needs them here
    assert standing_of([*STATE, *aside, *absent], unasked).way is Way.BROKEN


# ---------------------------------------------------------------------------------------------------------- suspicions


def gives(world: World, person_id: Any, address: str) -> None:
    with by_hand(), world.work("carla") as work:
        contact = Contact(person_id=person_id, kind=ContactKind.EMAIL, value=address, confirmed_at=work.now)
        work.session.add(contact)


def author_of(world: World, proposal: Proposal) -> Any:
    with world.database.reading() as session:
        return session.scalars(select(Author.person_id).where(Author.proposal_id == proposal.id)).one()


def suspected(world: World, made: Round, **only: Any) -> list[tuple[str, tuple[str, ...]]]:
    with world.database.reading() as session:
        found = open_suspicions(session, session.get_one(Round, made.id), world.now, **only)
    return [(one.key, tuple(sign.value for sign in one.signs)) for one in found]


def alternate(world: World, forum: ForumBuilder, who: str = "gloria", seat: int = 2) -> None:
    with world.work("carla") as work:
        wish = actions.Appointment("Res. 8", person_id=world.people[who].id, is_alternate=True)
        actions.appoint(work, forum.process, forum.seat(seat), wish)


@ONE_DATABASE
def test_a_possible_conflict_is_found_settled_and_found_again(world: World, forum: ForumBuilder) -> None:
    one, other = world.admitted(forum.process), world.admitted(forum.process, "bruno", title="Otra")
    made = forum.round()
    assert suspected(world, made) == []
    gives(world, world.people["diego"].id, "diego@red.cl")
    gives(world, author_of(world, one), "otra@red.cl")
    held = f"{one.folio}-2-holder"
    assert suspected(world, made) == [(held, ("domain",))]
    forum.score("diego", one)  # until somebody has looked at it, the member may score
    for who in ("diego", "nadia", "bruno", "felix"):
        with world.work(who) as work, pytest.raises(NotAllowed):
            actions.dismiss_suspicion(work, forum.process, work.session.get_one(Round, made.id), held, "No lo es.")
        with world.work(who) as work, pytest.raises(NotAllowed):
            actions.confirm_suspicion(work, forum.process, work.session.get_one(Round, made.id), held)
    with world.work("marta") as work, pytest.raises(Invalid):
        actions.dismiss_suspicion(work, forum.process, work.session.get_one(Round, made.id), held, " no ")
    with world.work("marta") as work:
        actions.dismiss_suspicion(work, forum.process, work.session.get_one(Round, made.id), held, "Son dos sedes.")
    with world.database.reading() as session:
        said = session.scalars(select(Entry).where(Entry.verb == "conflict.dismissed")).one()
        assert not any(word in str(said.leaf) for word in ("sedes", "red.cl", "Diego", str(world.people["diego"].id)))
    assert suspected(world, made) == []
    gives(world, author_of(world, one), "diego@red.cl")  # a sign nobody had seen
    assert suspected(world, made) == [(held, ("address",))]
    alternate(world, forum, "bruno")  # who proposed the other one
    assert (f"{other.folio}-2-alternate", ("person",)) in suspected(world, made)
    assert suspected(world, made, person_id=world.people["nadia"].id) == []
    with world.work("carla") as work:
        actions.confirm_suspicion(work, forum.process, work.session.get_one(Round, made.id), held)
        with pytest.raises(Conflict, match="settled"):
            actions.confirm_suspicion(work, forum.process, work.session.get_one(Round, made.id), held)
    assert suspected(world, made) == [(f"{other.folio}-2-alternate", ("person",))]
    forum.close(made)
    with world.database.reading() as session:
        assert session.get_one(Round, made.id).left_suspected == 1
        row = session.scalars(select(Recusal)).one()
        assert (row.person_id, row.kind.value, row.is_pinned) == (world.people["diego"].id, "author", True)


@ONE_DATABASE
def test_an_organisation_is_that_of_the_person_the_seat_or_the_proposal(world: World, forum: ForumBuilder) -> None:
    one = world.admitted(forum.process)
    made = forum.round("diego")
    with by_hand(), world.work("carla") as work:
        same = Organisation(name="Red academica", sector=OriginSector.ACADEMIA)
        mine = Organisation(name="Centro de estudios", sector=OriginSector.ACADEMIA)
        work.session.add_all([same, mine])
        work.session.flush()
        work.session.get_one(Proposal, one.id).organisation_id = same.id  # the seat of Nadia is of "Red académica"
        work.session.get_one(Person, author_of(world, one)).organisation_id = mine.id
        work.session.get_one(Person, world.people["pablo"].id).organisation_id = mine.id
    assert suspected(world, made, proposal_id=one.id) == [
        (f"{one.folio}-3-holder", ("organisation",)),
        (f"{one.folio}-4-holder", ("organisation",)),
    ]


@ONE_DATABASE
async def test_the_chair_sees_who_and_the_member_what_they_share(world: World, forum: ForumBuilder) -> None:
    one = world.admitted(forum.process)
    forum.round()
    gives(world, world.people["diego"].id, "diego@red.cl")
    gives(world, author_of(world, one), "secreta@red.cl")
    page, sheet = "/p/plan/office/forum/rounds/filtro", f"/p/plan/score/{one.folio}"
    async with world.browser("diego") as member:
        shown, listed = (await member.get(sheet)).text, (await member.get("/p/plan/score")).text
        assert "una de las personas que la proponen tiene su correo en el mismo dominio que el suyo" in shown
        assert "posible conflicto" in listed
        assert "secreta" not in shown + listed
    async with world.browser("nadia") as other:
        both = (await other.get(sheet)).text + (await other.get("/p/plan/score")).text
        assert "dominio" not in both
        assert "posible conflicto" not in both
    async with world.browser("marta") as chair:
        before = (await chair.get(page)).text
        assert "Quien ocupa el asiento 2 (Red de organizaciones):" in before
        assert "1 posible conflicto de interés no está confirmado ni descartado" in before
        form = form_of(before, f"{page}/suspicions")
        bare = await chair.post(f"{page}/suspicions", data=form | {"then": "dismiss"})
        assert (bare.status_code, f"#f-reason-{one.folio}-2-holder" in bare.text) == (422, True)
        done = await chair.post(f"{page}/suspicions", data=form | {"then": "confirm", "form_key": "once"})
        assert done.status_code == 303
        after = (await chair.get(page)).text
        assert f"{one.folio}: 2. Red de organizaciones. Viene de la institución u organización de la persona." in after
    async with world.browser("diego") as member:
        assert "no se puede deshacer" in (await member.get(sheet)).text
        assert (await member.post(f"{sheet}/recusal-back", data={})).status_code == 409


# ------------------------------------------------------------------------------------------- persons, not whole seats


def aside(world: World, forum: ForumBuilder, who: str, proposal: Proposal) -> None:
    with world.work(who) as work:
        fresh = work.session.get_one(Proposal, proposal.id)
        actions.recuse(work, forum.process, forum.stage.id, fresh, ("interest", ""))


def test_the_alternate_enters_for_who_stands_aside(world: World, forum: ForumBuilder) -> None:
    one = world.admitted(forum.process)
    alternate(world, forum)
    made = forum.round("marta", "diego", "nadia", "gloria", quorum_min=3)
    for who in ("marta", "nadia"):
        forum.score(who, one, GOOD, "Palabras de Marta.")
    forum.score("diego", one, POOR, "Palabras de Diego.")
    aside(world, forum, "diego", one)

    def standing(who: str) -> str:
        with world.database.reading() as session:
            found = session.get_one(Round, made.id)
            return rounds.to_score(session, found, forum.seat(2), world.people[who].id)[0].status

    def missing() -> int:
        with world.database.reading() as session:
            return owed.count_missing(session, session.get_one(Round, made.id), world.now)

    assert (standing("diego"), standing("gloria"), missing()) == ("recused", "open", 2)  # Pablo's, and Gloria's
    with pytest.raises(WrongState):
        forum.score("diego", one)
    forum.score("gloria", one, GOOD, "Palabras de Gloria.")
    assert (standing("diego"), standing("gloria"), missing()) == ("recused", "submitted", 1)
    forum.close(made)
    with world.database.reading() as session:
        found = rounds.outturn(session, session.get_one(Round, made.id), world.now).counted.results[one.folio]
        kept = {row.person_id: row.content["scores"] for row in session.scalars(select(VoidedSheet))}
        reasons = set(session.scalars(select(Score.reason)))
    assert (found.n, found.recused, found.total) == (3, 0, Fraction(100))  # it counts again, by the new sheet
    told = {"scope": "1", "value": "0", "doable": "1"}
    assert kept == {
        world.people["diego"].id: {key: {"level": level, "reason": "Palabras de Diego."} for key, level in told.items()}
    }
    assert reasons == {"Palabras de Marta.", "Palabras de Gloria."}


@ONE_DATABASE
async def test_who_stands_aside_does_not_read_the_sheet_of_who_entered(world: World, forum: ForumBuilder) -> None:
    one = world.admitted(forum.process)
    alternate(world, forum)
    forum.round("diego", "gloria")
    aside(world, forum, "diego", one)
    forum.score("gloria", one, GOOD, "Palabras de Gloria.")
    program = f"/api/v1/processes/plan/proposals/{one.folio}/score-sheet"
    for who, status in (("diego", 403), ("gloria", 200)):
        async with world.browser(who) as browser:
            told, listed = await browser.get(program), (await browser.get("/p/plan/sheets")).text
            page = (await browser.get(f"/p/plan/score/{one.folio}")).text
        assert (told.status_code, "Palabras de Gloria." in told.text) == (status, status == 200)
        assert ("Palabras de Gloria." in page, "100,0" in listed) == (status == 200, status == 200)


@ONE_DATABASE
def test_after_the_close_nobody_enters_any_more(world: World, forum: ForumBuilder) -> None:
    one, other = world.admitted(forum.process), world.admitted(forum.process, title="Otra")
    alternate(world, forum)
    made = forum.round("diego", "gloria")
    forum.score("diego", one)
    forum.score("gloria", other)
    forum.close(made)
    forum.to_the_filter()
    for proposal in (one, other):
        aside(world, forum, "diego", proposal)
    with world.database.reading() as session:
        found = seats_aside(session, session.get_one(Round, made.id), world.now)
    assert found == {one.id: frozenset({forum.seat(2).id}), other.id: frozenset()}


@ONE_DATABASE
def test_standing_aside_is_taken_back_by_who_said_it_while_the_round_is_open(world: World, forum: ForumBuilder) -> None:
    one, pinned = world.admitted(forum.process), world.admitted(forum.process, title="Otra")
    made = forum.round("diego", "nadia")
    of_two = Recusal.seat_id == forum.seat(2).id

    def back(who: str, proposal: Proposal) -> None:
        with world.work(who) as work:
            found, fresh = work.session.get_one(Round, made.id), work.session.get_one(Proposal, proposal.id)
            actions.take_back_recusal(work, forum.process, found, fresh)

    forum.score("diego", one, POOR)
    aside(world, forum, "diego", one)
    with pytest.raises(Conflict, match="do not stand aside"):
        back("nadia", one)
    with pytest.raises(NotAllowed):
        back("bruno", one)
    back("diego", one)
    forum.score("diego", one)  # begun anew
    aside(world, forum, "diego", one)  # and once more
    back("diego", one)
    forum.score("diego", one)
    with world.work("marta") as work:
        fresh = work.session.get_one(Proposal, pinned.id)
        actions.record_recusal(work, forum.process, forum.stage.id, fresh, (forum.seat(2), "family", ""))
    with pytest.raises(Conflict, match="cannot take it back"):
        back("diego", pinned)
    aside(world, forum, "nadia", one)
    world.clock.set(made.closes_at)
    with pytest.raises(NotNow):
        back("nadia", one)
    with world.database.reading() as session:
        rows = session.execute(select(Recusal.proposal_id, Recusal.taken_back_at.is_(None)).where(of_two))
        assert {row[0]: row[1] for row in rows} == {one.id: False, pinned.id: True}  # nothing is deleted
        verbs = list(session.scalars(select(Entry.verb).where(Entry.verb.startswith("seat.recus")).order_by(Entry.seq)))
        assert session.scalars(select(ScoreSheet.counts)).all() == [True]
    assert verbs == ["seat.recused", "seat.recusal_taken_back"] * 2 + ["seat.recused"] * 2


# ---------------------------------------------------------------------------------------------------- who decides then


@ONE_DATABASE
async def test_first_the_alternate_then_somebody_named_in_public_from_outside(
    world: World, forum: ForumBuilder
) -> None:
    one = scored(forum, GOOD)
    aside(world, forum, "diego", one)
    meeting = forum.session({1: "holder", 2: "holder", 4: "holder"})  # Diego alone is from outside the State
    with pytest.raises(Conflict, match="none can here"):
        decide(forum, one, YES, meeting)
    alternate(world, forum)
    later = forum.session({1: "holder", 2: "holder", 4: "holder"})
    with pytest.raises(Conflict, match="for seat 2"):
        decide(forum, one, YES, later)
    page = "/p/plan/office/forum/rounds/filtro"
    wish = {
        "for_folio": one.folio,
        "name": "Sociedad de Estadística",
        "sector": "academia",
        "why": "Conoce la materia.",
    }
    async with world.browser("marta") as chair:
        assert (await chair.post(f"{page}/substitutes", data=wish)).status_code == 403
    async with world.browser("carla") as office:
        form = form_of((await office.get(page)).text, f"{page}/substitutes")
        bare = await office.post(f"{page}/substitutes", data=form | wish | {"name": "", "why": ""})
        assert (bare.status_code, "#f-name" in bare.text, "#f-why" in bare.text) == (422, True, True)
        assert (await office.post(f"{page}/substitutes", data=form | wish | {"form_key": "2"})).status_code == 303
    async with world.browser() as stranger:
        assert (
            f"{one.folio}: Sociedad de Estadística (Universidades e investigación). Conoce la materia."
            in (await stranger.get("/p/plan/forum/results")).text
        )
    assert decide(forum, one, YES, later).outcome.value == "selected"
    with world.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Decision)) == 1
        said = session.scalars(select(Entry).where(Entry.verb == "substitute.named")).one()
        assert "Estad" not in str(said.leaf)


@ONE_DATABASE
def test_nobody_is_named_from_outside_where_nobody_stands_aside(world: World, forum: ForumBuilder) -> None:
    one = world.admitted(forum.process)
    wish = ("Ana", "academia", "Conoce la materia.")
    with world.work("carla") as work:
        fresh = work.session.get_one(Proposal, one.id)
        with pytest.raises(Conflict, match="Nobody stands aside"):
            actions.name_substitute(work, forum.process, forum.stage, fresh, wish)


@ONE_DATABASE
def test_the_alternate_who_came_decides_for_the_seat(world: World, forum: ForumBuilder) -> None:
    one = scored(forum, GOOD)
    aside(world, forum, "diego", one)
    alternate(world, forum)
    meeting = forum.session({1: "holder", 2: "alternate", 4: "holder"})
    assert decide(forum, one, YES, meeting).outcome.value == "selected"
