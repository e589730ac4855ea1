"""Seats give roles for exactly their term; sessions show their quorum; nobody decides without one."""

from __future__ import annotations

import pytest

from app.forum import actions
from app.forum.actions import AddSeat, Appointment
from app.forum.actions.meeting import Convene
from app.forum.models import ForumSession, SeatHolder
from app.forum.queries import seats
from app.forum.rules.seats import QuorumRule, Right, SeatAtTable, SeatSector, quorum_of
from app.kit.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from app.people.rules import Permission
from tests.forum.building import EVERYBODY, SOON, ForumBuilder
from tests.world import World

pytestmark = pytest.mark.either


def table(*present: tuple[SeatSector, bool]) -> list[SeatAtTable]:
    return [SeatAtTable(sector, Right.VOTE, came) for sector, came in present]


GOV, CIV, ACA = SeatSector.GOVERNMENT, SeatSector.CIVIL_SOCIETY, SeatSector.ACADEMIA


def test_quorum_is_more_than_half_and_both_sides() -> None:
    rule = QuorumRule()
    assert quorum_of(table((GOV, True), (CIV, True), (ACA, False)), rule).holds
    assert not quorum_of(table((GOV, True), (CIV, True), (ACA, False), (ACA, False)), rule).holds  # half is not more
    one_side = quorum_of(table((GOV, True), (GOV, True), (CIV, False)), rule)
    assert (one_side.present, one_side.needed, one_side.has_others, one_side.holds) == (2, 2, False, False)
    assert quorum_of(table((GOV, True), (GOV, True), (CIV, False)), QuorumRule(50, needs_both_sides=False)).holds
    assert not quorum_of([], rule).holds


def test_a_voice_is_neither_a_seat_nor_present_in_the_quorum() -> None:
    voice = [SeatAtTable(CIV, Right.VOICE, is_present=True)] * 5
    found = quorum_of([*table((GOV, True)), *voice], QuorumRule())
    assert (found.seats, found.present, found.holds) == (1, 1, False)


def test_a_seat_gives_its_role_and_ending_the_term_takes_it_at_once(world: World, forum: ForumBuilder) -> None:
    process = forum.process
    assert world.actor("marta").may(Permission.RECORD_SESSION, process.id)
    assert world.actor("diego").may(Permission.SCORE, process.id)
    assert not world.actor("elena").may(Permission.SCORE, process.id)
    assert world.actor("elena").may(Permission.SEE_FORUM, process.id)
    other = world.open_process("other", template="ogp_action_plan")
    assert not world.actor("diego").may(Permission.SCORE, other.id)
    with world.work("carla") as work:
        holder = seats.holder_of(work.session, forum.seat(2).id, work.now)
        assert holder is not None
        actions.end_term(work, process, forum.seat(2), holder, "Renunció")
    assert not world.actor("diego").may(Permission.SCORE, process.id)
    with world.database.reading() as session:
        assert seats.seat_held(session, forum.body.id, world.people["diego"].id, world.now) is None
    with world.work("carla") as work, pytest.raises(WrongState):
        actions.end_term(work, process, forum.seat(2), work.session.get_one(SeatHolder, holder.id), "Otra vez")


@pytest.mark.parametrize("who", ["ana", "bruno", "diego", "elena", "felix", "gloria", "marta", "stranger"])
def test_only_the_office_seats_people(world: World, forum: ForumBuilder, who: str) -> None:
    with world.work(who) as work, pytest.raises(NotAllowed):
        actions.add_seat(work, forum.process, AddSeat("Otra", "academia"))
    with world.work(who) as work, pytest.raises(NotAllowed):
        actions.appoint(work, forum.process, forum.seat(1), Appointment("Res. 1", person_id=world.people["ana"].id))
    with world.work(who) as work, pytest.raises(NotAllowed):
        actions.set_up(work, forum.process, "foro", ("Foro", ""))


def test_seats_are_given_once(world: World, forum: ForumBuilder) -> None:
    process, ana = forum.process, world.people["ana"].id
    with world.work("carla") as work, pytest.raises(Conflict):  # Marta sits there
        actions.appoint(work, process, forum.seat(1), Appointment("Res. 1", person_id=ana))
    with world.work("carla") as work, pytest.raises(Conflict):  # Diego holds another
        actions.appoint(
            work,
            process,
            forum.seat(1),
            Appointment("Res. 1", person_id=world.people["diego"].id, is_alternate=True),
        )
    with world.work("carla") as work, pytest.raises(Invalid):
        actions.appoint(work, process, forum.seat(1), Appointment("", person_id=ana, is_alternate=True))
    with world.work("carla") as work, pytest.raises(Conflict):  # a second chair
        actions.add_seat(work, process, AddSeat("Otra", "government", "vote", "chair"))
    with world.work("carla") as work, pytest.raises(Invalid):
        actions.add_seat(work, process, AddSeat("", "moon", "shout", "king"))
    with world.work("carla") as work:
        made = actions.appoint(
            work, process, forum.seat(1), Appointment("Res. 2", "Ana Soto", "ANA@example.org", is_alternate=True)
        )
    assert made.person_id == ana  # the same name at the same mailbox is the same person


def test_the_directory_says_who_sits_where(world: World, forum: ForumBuilder) -> None:
    with world.database.reading() as session:
        rows = seats.directory(session, forum.body.id, world.now)
    assert [(row.seat.number, row.name) for row in rows] == [
        (1, "Marta Leiva"),
        (2, "Diego Vera"),
        (3, "Nadia Oses"),
        (4, "Pablo Cid"),
        (5, "Elena Lagos"),
    ]


def test_a_session_goes_from_convened_to_closed(world: World, forum: ForumBuilder) -> None:
    process = forum.process
    for who in ("bruno", "diego", "elena", "stranger"):
        with world.work(who) as work, pytest.raises(NotAllowed):
            actions.convene(work, process, Convene("ordinary", work.now, "Filtro", "", SOON))
    with world.work("marta") as work, pytest.raises(Invalid):
        actions.convene(work, process, Convene("party", None, ""))
    with world.work("marta") as work:
        meeting = actions.convene(work, process, Convene("ordinary", work.now, "Filtro", "", SOON))
        with pytest.raises(WrongState):
            actions.record_attendance(work, process, meeting, EVERYBODY)
        actions.hold(work, process, meeting)
        with pytest.raises(Conflict):
            actions.close_session(work, process, meeting)
        quorum = actions.record_attendance(work, process, meeting, {1: "holder", 5: "holder"})
        assert not quorum.holds
        quorum = actions.record_attendance(work, process, meeting, EVERYBODY)
        assert (quorum.present, quorum.needed, quorum.holds) == (4, 3, True)
        with pytest.raises(Invalid):  # nobody was appointed alternate
            actions.record_attendance(work, process, meeting, {1: "alternate"})
        actions.write_minutes(work, process, meeting, "Se aprobaron los criterios por unanimidad.")
        actions.close_session(work, process, meeting)
        with pytest.raises(WrongState):
            actions.hold(work, process, meeting)
    with world.database.reading() as session:
        assert session.get_one(ForumSession, meeting.id).state.value == "closed"


def test_a_process_without_a_forum_has_none(world: World) -> None:
    process = world.open_process("town")
    with world.work("carla") as work, pytest.raises(NotFound):
        actions.add_seat(work, process, AddSeat("Otra", "academia"))
