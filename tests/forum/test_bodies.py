"""A forum is founded by an act, gives itself rules, ends by an act and is followed by another; others are told of."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.decisions.models import DecidingBody
from app.forum import actions
from app.forum.actions import AddSeat
from app.forum.models import ForumRule
from app.forum.queries import bodies, seats
from app.forum.rules.body import Founding, Parity, lateness, parity_of
from app.forum.rules.seats import Right, SeatSector
from app.kit.errors import Conflict, Invalid, NotAllowed
from app.kit.text import say_date
from app.people.rules import Permission
from app.process import queries as processes
from app.proposals.rules import Provenance
from tests.forum.building import ForumBuilder
from tests.world import World

pytestmark = pytest.mark.either

RULES = "# Reglas\n\nEl foro se reúne cada dos meses y decide por consenso cuando puede."


def test_the_parity_meter_weighs_the_seats_that_vote() -> None:
    rows = [(SeatSector.GOVERNMENT, Right.VOTE), (SeatSector.ACADEMIA, Right.VOTE), (SeatSector.PRIVATE, Right.VOICE)]
    assert parity_of(rows) == Parity(1, 1)
    assert parity_of(rows).is_even
    assert not parity_of([*rows, (SeatSector.JUDICIARY, Right.VOTE)]).is_even


@pytest.mark.parametrize(
    ("adopted", "closed", "said"),
    [
        (date(2020, 9, 8), date(2020, 9, 7), "Se aprobaron al día siguiente de que dejaron de llegar propuestas"),
        (date(2020, 9, 10), date(2020, 9, 7), "Se aprobaron 3 días después"),
        (date(2020, 9, 7), date(2020, 9, 7), "Se aprobaron cuando ya habían empezado a llegar propuestas."),
        (date(2020, 9, 7), None, "Se aprobaron cuando ya habían empezado a llegar propuestas."),
    ],
)
def test_how_late_criteria_came_is_said_to_the_day(adopted: date, closed: date | None, said: str) -> None:
    assert lateness(adopted, closed).into("es").startswith(said)


async def test_a_forum_ends_by_an_act_and_its_successor_takes_over(world: World, forum: ForumBuilder) -> None:
    process = forum.process
    meeting = forum.session()
    with world.work("carla") as work:
        body = seats.forum_named(work.session, process.id, forum.body.slug)
        with pytest.raises(Invalid):
            actions.write_founding(work, process, body, Founding("", world.now.date() + timedelta(days=3)))
        actions.write_founding(work, process, body, Founding("Resolución 852", date(2017, 7, 31)))
        with pytest.raises(Conflict):  # one sits at a time
            actions.set_up(work, process, "otro", ("Otro foro", ""))
        with pytest.raises(Invalid):
            actions.end_forum(work, process, body, " ")
        actions.end_forum(work, process, body, "Resolución 499")
    assert not world.actor("diego").may(Permission.SCORE, process.id)
    assert not world.actor("marta").may(Permission.RECORD_SESSION, process.id)
    with world.work("carla") as work:
        with pytest.raises(Conflict):
            actions.end_forum(work, process, body, "Resolución 500")
        after = actions.set_up(work, process, "foro-2", ("La mesa nueva", "The new forum"))
        seat = actions.add_seat(work, process, AddSeat("Subsecretaría", "government"))
        taken = {stage.slug: stage.settings.get("body") for stage in processes.stages_of(work.session, process.id)}
    assert taken["filtro"] == "foro-2"
    assert seat.body_id == after.id
    with world.database.reading() as session:
        assert [one.slug for one, _ in seats.forums_of(session, process.id)] == ["foro-2", forum.body.slug]
        assert seats.last_number(session, after.id) == meeting.number  # a successor counts on
        assert seats.session_numbered(session, after.id, meeting.number).body_id == forum.body.id
    async with world.browser() as browser:
        page = (await browser.get(f"/p/{process.slug}/forum")).text
        former = (await browser.get(f"/p/{process.slug}/forums/{forum.body.slug}")).text
        assert (await browser.get(f"/p/{process.slug}/forums/nothing")).status_code == 404
    assert ("La mesa nueva" in page, f"/forums/{forum.body.slug}" in page) == (True, True)
    assert ("Resolución 852" in former, "Resolución 499" in former, "Marta Leiva" in former) == (True, True, True)


def test_a_forum_whose_decision_somebody_waits_for_does_not_end(world: World, forum: ForumBuilder) -> None:
    made = forum.round()
    with world.work("carla") as work, pytest.raises(Conflict):
        actions.end_forum(work, forum.process, forum.body, "Resolución 499")
    forum.close(made)
    forum.to_the_filter()
    with world.work("carla") as work, pytest.raises(Conflict):  # its stage has begun
        actions.end_forum(work, forum.process, forum.body, "Resolución 499")


async def test_its_rules_are_public_in_every_version(world: World, forum: ForumBuilder) -> None:
    process, today = forum.process, world.now.date()
    with world.work("marta") as work:
        with pytest.raises(Invalid):
            actions.adopt_rules(work, process, forum.body, "corto", (today + timedelta(days=2), None))
        actions.adopt_rules(work, process, forum.body, RULES, (date(2019, 3, 1), None))
        actions.adopt_rules(work, process, forum.body, RULES + "\n\nY publica sus actas.", (date(2020, 3, 1), None))
    async with world.browser() as browser:
        page = (await browser.get(f"/p/{process.slug}/forums/{forum.body.slug}/rules")).text
        first = (await browser.get(f"/p/{process.slug}/forums/{forum.body.slug}/rules?version=1")).text
        assert (await browser.get(f"/p/{process.slug}/forums/{forum.body.slug}/rules?version=7")).status_code == 404
    assert ("Y publica sus actas." in page, "Y publica sus actas." in first) == (True, False)


@pytest.mark.parametrize("who", ["ana", "bruno", "diego", "elena", "gloria", "stranger"])
def test_only_the_office_founds_and_ends_and_only_it_or_the_chair_publishes_rules(
    world: World, forum: ForumBuilder, who: str
) -> None:
    process, body = forum.process, forum.body
    with world.work(who) as work, pytest.raises(NotAllowed):
        actions.write_founding(work, process, body, Founding("Res. 1", date(2019, 1, 1)))
    with world.work(who) as work, pytest.raises(NotAllowed):
        actions.end_forum(work, process, body, "Resolución 499")
    with world.work(who) as work, pytest.raises(NotAllowed):
        actions.adopt_rules(work, process, body, RULES, (date(2019, 3, 1), None))
    with world.work(who) as work, pytest.raises(NotAllowed):
        actions.tell_of_forum(work, process, "otro", ("Otro", ""), Founding(provenance=Provenance.REPORTED))


def test_a_forum_that_is_told_of_stands_beside_the_present_one(world: World, forum: ForumBuilder) -> None:
    process = forum.process
    with world.work("carla") as work:
        with pytest.raises(Invalid):
            actions.tell_of_forum(work, process, "antes", ("Antes", ""), Founding())
        told = Founding("Res. 1", date(2014, 1, 1), ended_on=date(2017, 1, 1), provenance=Provenance.REPORTED)
        actions.tell_of_forum(work, process, "antes", ("El de antes", ""), told)
        actions.tell_of_forum(
            work, process, "ejemplo", ("De ejemplo", ""), Founding(provenance=Provenance.ILLUSTRATIVE)
        )
    with world.database.reading() as session:
        assert [one.slug for one, _ in seats.forums_of(session, process.id)] == [forum.body.slug, "antes", "ejemplo"]
        assert seats.forum_for(session, forum.stage).slug == forum.body.slug


async def test_the_office_is_told_of_vacant_seats_and_of_too_long_without_a_session(
    world: World, forum: ForumBuilder
) -> None:
    process = forum.process
    forum.session()
    with world.work("carla") as work:
        actions.add_seat(work, process, AddSeat("Universidades", "academia"))
        rule = work.session.get_one(ForumRule, forum.body.id)
        assert bodies.quiet_for(work.session, rule, work.now + timedelta(days=149)) is None
        assert bodies.quiet_for(work.session, rule, work.now + timedelta(days=150)) == 150
        assert [tuple(row) for row in work.session.execute(bodies.vacant([process.id], work.now))] == [
            (process.id, 1, None)
        ]
    async with world.browser("carla") as browser:
        page = (await browser.get(f"/p/{process.slug}/office/forum")).text
    assert "Asientos con voto que nadie ocupa: 1." in page


async def test_vacant_seats_stand_on_the_desk_with_the_date_of_the_oldest(world: World, forum: ForumBuilder) -> None:
    process = forum.process
    async with world.browser("carla") as browser:
        assert "vacante" not in (await browser.get("/desk")).text
    left = []
    for number in (2, 3, 5):  # the last has no vote
        left.append(world.now)
        with world.work("carla") as work:
            seat = seats.seat_numbered(work.session, forum.body.id, number)
            holder = seats.holder_of(work.session, seat.id, work.now)
            assert holder is not None
            actions.end_term(work, process, seat, holder, "Renuncia por escrito.")
        world.clock.move(days=1)
    with world.database.reading() as session:
        found = [tuple(row) for row in session.execute(bodies.vacant([process.id], world.now))]
        assert found == [(process.id, 2, left[0])]
    async with world.browser("carla") as browser, world.browser("gloria") as gloria:
        page = (await browser.get("/desk")).text
        assert "vacante" not in (await gloria.get("/desk")).text
    day = say_date(left[0].astimezone(process.zone).date(), "es")
    assert f"2 asientos con voto vacantes en el foro, el más antiguo desde el {day}" in page
    assert f'href="/p/{process.slug}/office/forum"' in page
    with world.work("carla") as work:
        actions.end_forum(work, process, work.session.get_one(DecidingBody, forum.body.id), "Resolución 500")
    with world.database.reading() as session:
        assert list(session.execute(bodies.vacant([process.id], world.now))) == []
