"""Who came: once each, by whichever way, and at a table whoever left an address is owed its answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts import erasing
from app.kit.errors import Conflict, Invalid, NotAllowed, NotNow, WrongState
from app.meetings import actions
from app.meetings.actions import Wish
from app.meetings.actions.attending import Noted
from app.meetings.models import Attendance, Meeting, Registration, ReportLine
from app.meetings.queries import meetings as queries
from app.people.actor import Actor
from app.people.models import Contact, Person
from app.trail.models import Entry
from tests.meetings.building import MeetingBuilder
from tests.world import World


def by_link(meetings: MeetingBuilder, meeting: Meeting, registration: Registration) -> bool:
    with meetings.world.work(Actor.anonymous()) as work:
        row = work.session.get_one(Registration, registration.id)
        return actions.come_by_link(work, work.session.get_one(Meeting, meeting.id), row)


def by_code(meetings: MeetingBuilder, meeting: Meeting, code: str, name: str, email: str, **more: Any) -> bool:
    with meetings.world.work(Actor.anonymous()) as work:
        return actions.come_by_code(work, work.session.get_one(Meeting, meeting.id), code, Wish(name, email, **more))


def room_code(meetings: MeetingBuilder, meeting: Meeting, who: str = "gloria") -> str:
    with meetings.world.work(who) as work:
        return actions.new_room_code(work, meetings.process, work.session.get_one(Meeting, meeting.id))


def listed(meetings: MeetingBuilder, meeting: Meeting, text: str, who: str = "gloria") -> Noted:
    with meetings.world.work(who) as work:
        return actions.note_list(work, meetings.process, work.session.get_one(Meeting, meeting.id), text)


def brought_in(meetings: MeetingBuilder, meeting: Meeting, text: str, least: int = 15) -> tuple[int, int, int, int]:
    made = actions.to_bring_in(text.encode(), least)
    with meetings.world.work("gloria") as work:
        done = actions.bring_in(work, meetings.process, work.session.get_one(Meeting, meeting.id), made)
    return done.counted, done.already, done.too_short, done.unmatched


@pytest.mark.either
@pytest.mark.parametrize("kind", ["prioritisation_table", "awareness_session", "technical_table"])
def test_only_a_table_owes_an_answer_and_only_to_whom_it_can_reach(meetings: MeetingBuilder, kind: str) -> None:
    meeting = meetings.convened(kind)
    mine = meetings.register(meeting).registration
    meetings.begin(meeting)
    assert by_link(meetings, meeting, mine) is True
    listed(meetings, meeting, "Rosa Tapia\nEva Luz; eva@example.org")
    assert meetings.fresh(meeting).came == 3
    duties = meetings.duties()
    if kind != "prioritisation_table":
        assert duties == []
        return
    assert (
        sorted((d.part.value, d.subject, d.state.value) for d in duties)
        == [("participant", "meeting:prioritisation-table-1", "owed")] * 2
    )
    assert {d.stage_id for d in duties} == {meeting.stage_id}
    assert mine.person_id in {d.person_id for d in duties}


def test_one_person_counts_once_by_all_ways_together(meetings: MeetingBuilder) -> None:
    meeting = meetings.convened()
    mine = meetings.register(meeting).registration
    meetings.begin(meeting)
    code = room_code(meetings, meeting)
    assert by_link(meetings, meeting, mine) is True
    assert by_link(meetings, meeting, mine) is False
    assert by_code(meetings, meeting, code.lower(), "ana soto", "") is False
    assert listed(meetings, meeting, "Ana Soto; ANA@example.org\nAna Soto") == Noted(0, 2)
    with meetings.world.work("gloria") as work:
        noted = actions.note_came(work, meetings.process, work.session.get_one(Meeting, meeting.id), [mine.id])
    assert noted == Noted(0, 1)
    assert brought_in(meetings, meeting, "Name,User Email,Duration\nAna,ana@example.org,60\n") == (0, 1, 0, 0)
    assert len(meetings.attendances(meeting)) == meetings.fresh(meeting).came == 1
    assert len(meetings.duties()) == 1


@pytest.mark.either
def test_a_name_on_paper_counts_once_however_often_the_list_is_typed(meetings: MeetingBuilder) -> None:
    meeting = meetings.held()
    assert listed(meetings, meeting, "Rosa Tapia\n\nJosé Núñez\n") == Noted(2, 0)
    assert listed(meetings, meeting, "rosa tapia\nJose Nunez\nEva Luz") == Noted(1, 2)
    assert meetings.fresh(meeting).came == 3


@pytest.mark.either
@pytest.mark.parametrize("text", ["", "; ana@example.org", "Ana; ana@", "Ana\n" * 1001])
def test_a_list_that_cannot_be_read_is_refused_whole(meetings: MeetingBuilder, text: str) -> None:
    meeting = meetings.held()
    with pytest.raises(Invalid) as refused:
        listed(meetings, meeting, text)
    assert list(refused.value.fields) == ["list"]
    assert meetings.attendances(meeting) == []


@pytest.mark.either
@pytest.mark.parametrize("who", ["bruno", "diego", "felix", "admin"])
def test_others_than_office_and_facilitators_cannot_note_anybody(meetings: MeetingBuilder, who: str) -> None:
    meeting = meetings.held()
    with pytest.raises(NotAllowed):
        listed(meetings, meeting, "Rosa Tapia", who)
    with pytest.raises(NotAllowed):
        room_code(meetings, meeting, who)


@pytest.mark.either
def test_attendance_is_noted_only_while_the_meeting_is_held(meetings: MeetingBuilder) -> None:
    meeting = meetings.convened()
    with pytest.raises(WrongState):
        listed(meetings, meeting, "Rosa Tapia")
    meetings.begin(meeting)
    listed(meetings, meeting, "Rosa Tapia")
    meetings.close(meeting)
    with pytest.raises(WrongState):
        listed(meetings, meeting, "Eva Luz")


@pytest.mark.either
def test_the_personal_link_counts_from_an_hour_before_to_two_hours_after(
    world: World, meetings: MeetingBuilder
) -> None:
    meeting = meetings.convened()
    mine = meetings.register(meeting).registration
    for moment in (meeting.starts_at - timedelta(minutes=61), meeting.ends_at + timedelta(hours=2)):
        world.clock.set(moment)
        with pytest.raises(NotNow):
            by_link(meetings, meeting, mine)
    world.clock.set(meeting.ends_at + timedelta(minutes=119))
    assert by_link(meetings, meeting, mine) is True


@pytest.mark.either
def test_place_and_age_are_looked_at_again_at_the_door(world: World, meetings: MeetingBuilder) -> None:
    meeting = meetings.convened(age_min=15, age_max=29)
    mine = meetings.register(meeting, birth_year="1998").registration
    code_of_other = meetings.register(meeting, "Eva Luz", "eva@example.org", birth_year="2004").registration
    with world.database.reading() as session:
        made = actions.to_change(
            session, meetings.process, meetings.fresh(meeting), meetings.plan(age_min=15, age_max=20), ""
        )
    with world.work("carla") as work:
        actions.change(work, meetings.process, work.session.get_one(Meeting, meeting.id), made)
    meetings.begin(meeting)
    with pytest.raises(Conflict) as refused:
        by_link(meetings, meeting, mine)
    assert "15" in str(refused.value.text)
    code = room_code(meetings, meeting)
    with pytest.raises(Conflict):
        by_code(meetings, meeting, code, "Ana Soto", "ana@example.org", birth_year="2008")
    with pytest.raises(Invalid) as refused_field:
        by_code(meetings, meeting, code, "Nadie Antes", "", birth_year="1970")
    assert list(refused_field.value.fields) == ["birth_year"]
    with pytest.raises(Conflict):
        by_link(meetings, meeting, code_of_other)
    assert meetings.fresh(meeting).came == 0


def test_who_waits_is_let_in_only_while_there_is_room(meetings: MeetingBuilder) -> None:
    meeting = meetings.convened(capacity=1)
    first = meetings.register(meeting).registration
    second = meetings.register(meeting, "Bruno Rivas", "bruno@example.org").registration
    meetings.begin(meeting)
    by_link(meetings, meeting, first)
    with pytest.raises(Conflict):
        by_link(meetings, meeting, second)
    code = room_code(meetings, meeting)
    with pytest.raises(Conflict):
        by_code(meetings, meeting, code, "Eva Luz", "")
    assert meetings.fresh(meeting).came == 1


@pytest.mark.either
def test_only_the_newest_code_of_the_room_counts(meetings: MeetingBuilder) -> None:
    meeting = meetings.held()
    with pytest.raises(Invalid):
        by_code(meetings, meeting, "", "Eva Luz", "eva@example.org")
    old = room_code(meetings, meeting)
    new = room_code(meetings, meeting)
    for wrong in (old, "XXXXXXXX", ""):
        with pytest.raises(Invalid) as refused:
            by_code(meetings, meeting, wrong, "Eva Luz", "eva@example.org")
        assert list(refused.value.fields) == ["code"]
    assert by_code(meetings, meeting, f"{new[:4]} {new[4:]}", "Eva Luz", "eva@example.org") is True
    assert by_code(meetings, meeting, new, "Eva Luz", "eva@example.org") is False
    assert by_code(meetings, meeting, new, "Sin Correo", "") is True
    assert by_code(meetings, meeting, new, "sin correo", "") is False
    assert new not in str(meetings.fresh(meeting).room_code_hash)
    assert len(meetings.duties()) == 1


def test_a_mistake_is_taken_back_with_what_was_owed_for_it(meetings: MeetingBuilder) -> None:
    meeting = meetings.convened()
    mine = meetings.register(meeting).registration
    meetings.begin(meeting)
    by_link(meetings, meeting, mine)
    listed(meetings, meeting, "Rosa Tapia; rosa@example.org")
    wrong = next(row for row in meetings.attendances(meeting) if row.person_id == mine.person_id)

    def strike(who: str) -> None:
        with meetings.world.work(who) as work:
            row = work.session.get_one(Attendance, wrong.id)
            actions.strike(work, meetings.process, work.session.get_one(Meeting, meeting.id), row)

    with pytest.raises(NotAllowed):
        strike("bruno")
    strike("gloria")
    assert meetings.fresh(meeting).came == len(meetings.attendances(meeting)) == 1
    assert [duty.person_id == mine.person_id for duty in meetings.duties()] == [False]
    assert by_link(meetings, meeting, mine) is True
    assert len(meetings.duties()) == 2


# -------------------------------------------------------------------------------------------------------- the report

REPORT = """Nombre (nombre original);Correo electrónico del usuario;Hora de entrada;Hora de salida;Duración (minutos)
Ana S;ana@example.org;10/06/2026 18:00:00;10/06/2026 18:10:00;10
Ana S;ana@example.org;10/06/2026 18:20:00;10/06/2026 18:30:00;10
Bruno Rivas;;10/06/2026 18:00:00;10/06/2026 19:00:00;60
iPhone de Eva;;10/06/2026 18:00:00;10/06/2026 19:00:00;60
Pedro Paz;pedro@example.org;10/06/2026 18:00:00;10/06/2026 19:00:00;60
Un curioso;;10/06/2026 18:00:00;10/06/2026 18:05:00;5
"""


@pytest.fixture
def table(meetings: MeetingBuilder) -> Meeting:
    meeting = meetings.convened()
    meetings.register(meeting)
    meetings.register(meeting, "Bruno Rivas", "bruno@example.org")
    meetings.register(meeting, "Eva Luz", "eva@example.org")
    meetings.begin(meeting)
    return meetings.fresh(meeting)


def settle(meetings: MeetingBuilder, meeting: Meeting, line: ReportLine, who: str) -> bool:
    with meetings.world.work("gloria") as work:
        row = work.session.get_one(ReportLine, line.id)
        return actions.settle_line(work, meetings.process, work.session.get_one(Meeting, meeting.id), row, who)


def test_a_report_is_matched_by_address_then_name_and_the_rest_is_settled(
    meetings: MeetingBuilder, table: Meeting
) -> None:
    assert brought_in(meetings, table, REPORT) == (2, 0, 1, 2)
    assert sorted(row.minutes for row in meetings.attendances(table) if row.minutes) == [20, 60]
    lines = meetings.read(select(ReportLine).order_by(ReportLine.name))
    assert [(line.name, line.address) for line in lines] == [("Pedro Paz", "pedro@example.org"), ("iPhone de Eva", "")]
    pedro, eva = lines
    with pytest.raises(Invalid):
        settle(meetings, table, eva, "nobody")
    eva_row = meetings.registrations(table)[2]
    assert settle(meetings, table, eva, str(eva_row.id)) is True
    assert settle(meetings, table, pedro, "person") is True
    assert meetings.fresh(table).came == 4
    assert len(meetings.duties()) == 4
    kept = meetings.read(select(ReportLine))
    assert [(line.name, line.address, line.is_settled) for line in kept] == [("", "", True)] * 2
    with pytest.raises(Conflict):
        settle(meetings, table, eva, "guest")


def test_the_same_report_twice_counts_nobody_twice(meetings: MeetingBuilder, table: Meeting) -> None:
    brought_in(meetings, table, REPORT)
    assert brought_in(meetings, table, REPORT) == (0, 4, 1, 0)
    for line in meetings.read(select(ReportLine)):
        assert settle(meetings, table, line, "guest") is True
    assert brought_in(meetings, table, REPORT) == (0, 4, 1, 0)
    assert meetings.fresh(table).came == 4
    assert len([row for row in meetings.attendances(table) if row.person_id is None]) == 2
    assert len(meetings.duties()) == 2


@pytest.mark.either
def test_everybody_left_in_a_report_is_settled_at_once(meetings: MeetingBuilder, table: Meeting) -> None:
    def rest(who: str, by: str) -> int:
        with meetings.world.work(by) as work:
            return actions.settle_rest(work, meetings.process, work.session.get_one(Meeting, table.id), who)

    brought_in(meetings, table, REPORT)
    for by in ("bruno", "diego", "felix", "admin"):
        with pytest.raises(NotAllowed):
            rest("guest", by)
    with pytest.raises(Invalid) as refused:
        rest("nobody", "gloria")
    assert list(refused.value.fields) == ["rest"]
    assert rest("person", "gloria") == 2
    assert meetings.fresh(table).came == 4
    assert len(meetings.duties()) == 3, "Pedro left an address, whoever held Eva's telephone did not"
    assert [(line.name, line.address) for line in meetings.read(select(ReportLine))] == [("", "")] * 2
    with pytest.raises(Conflict):
        rest("guest", "gloria")
    assert brought_in(meetings, table, REPORT) == (0, 4, 1, 0)


@pytest.mark.either
def test_guests_are_settled_at_once_without_a_name(meetings: MeetingBuilder, table: Meeting) -> None:
    brought_in(meetings, table, REPORT)
    with meetings.world.work("carla") as work:
        assert actions.settle_rest(work, meetings.process, work.session.get_one(Meeting, table.id), "guest") == 2
    assert len([row for row in meetings.attendances(table) if row.person_id is None]) == 2
    assert len(meetings.duties()) == 2


@pytest.mark.either
def test_whoever_comes_by_the_personal_link_has_shown_that_the_mailbox_is_theirs(meetings: MeetingBuilder) -> None:
    meeting = meetings.convened()
    mine, other = (meetings.register(meeting, who, f"{who}@example.org").registration for who in ("ana", "bruno"))
    meetings.begin(meeting)
    by_link(meetings, meeting, mine)
    listed(meetings, meeting, "bruno; bruno@example.org")
    wanted = Contact.person_id.in_([mine.person_id, other.person_id]) & Contact.confirmed_at.is_not(None)
    assert [contact.person_id for contact in meetings.read(select(Contact).where(wanted))] == [mine.person_id]
    levels = {one.id: one.identity_level.value for one in meetings.read(select(Person))}
    assert (levels[mine.person_id], levels[other.person_id]) == ("email_confirmed", "unconfirmed")


@pytest.mark.either
def test_names_nobody_settled_go_when_the_meeting_is_closed(meetings: MeetingBuilder, table: Meeting) -> None:
    brought_in(meetings, table, REPORT)
    meetings.close(table)
    assert meetings.read(select(ReportLine)) == []
    assert meetings.fresh(table).came == 2


@pytest.mark.either
def test_two_of_one_mailbox_are_told_apart_by_name_or_left_to_the_office(meetings: MeetingBuilder) -> None:
    meeting = meetings.convened()
    meetings.register(meeting)
    pedro = meetings.register(meeting, "Pedro Soto").registration
    meetings.begin(meeting)
    assert brought_in(meetings, meeting, "Name,Email,Duration\nPedro Soto,ana@example.org,30\n") == (1, 0, 0, 0)
    assert [row.person_id for row in meetings.attendances(meeting)] == [pedro.person_id]
    assert brought_in(meetings, meeting, "Name,Email,Duration\nFamilia Soto,ana@example.org,30\n") == (0, 0, 0, 1)


@pytest.mark.either
def test_the_trail_tells_of_attendance_without_names(meetings: MeetingBuilder, table: Meeting) -> None:
    brought_in(meetings, table, REPORT)
    listed(meetings, table, "Zacarías Único; unico@example.org")
    leaves = " ".join(entry.leaf for entry in meetings.read(select(Entry)))
    assert "meeting.report_brought_in" in leaves
    for secret in ("Zacar", "unico@", "iPhone", "Pedro", "pedro@", "Ana S"):
        assert secret not in leaves


def test_an_erased_attendee_still_counts(world: World, meetings: MeetingBuilder, table: Meeting) -> None:
    brought_in(meetings, table, REPORT)
    person_id = meetings.registrations(table)[0].person_id
    with world.work("carla") as work:
        erasing.erase(work, work.session.get_one(Person, person_id))
    assert meetings.fresh(table).came == len(meetings.attendances(table)) == 2
    assert meetings.read(select(Attendance).where(Attendance.person_id == person_id)) == []


def test_the_counts_of_a_process_come_from_its_meetings(world: World, meetings: MeetingBuilder, table: Meeting) -> None:
    brought_in(meetings, table, REPORT)
    other = meetings.held("awareness_session")
    listed(meetings, other, "Rosa Tapia")
    meetings.convened("technical_table")
    past = world.now - timedelta(days=900)
    told = actions.Reported("Informe de autoevaluación, tabla 3", 26)
    with world.work("carla") as work:
        plan = meetings.plan(starts_at=past, ends_at=past + timedelta(hours=2))
        actions.report(work, meetings.process, plan, told)
        actions.draft(work, meetings.process, meetings.plan("awareness_session"))
    with world.database.reading() as session:
        counted = {name: count(session, meetings.process.id) for name, count in queries.COUNTS.items()}
    assert counted == {
        "awareness_sessions": 1,
        "forum_sessions": 0,
        "prioritisation_tables": 2,
        "attendances": 28,
    }
