"""Registering: places never overflow, the waiting list moves by itself, and nothing of it leaks."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from app.accounts import erasing
from app.kit.errors import Conflict, Invalid, NotAllowed, NotNow
from app.mail.models import OutboxMessage
from app.meetings import actions
from app.meetings.actions import Wish
from app.meetings.models import Meeting, PersonalLink, Registration
from app.meetings.queries import registrations
from app.my import queries as my
from app.parts import due
from app.people.actor import Actor
from app.people.models import Contact, Person
from app.people.rules import ContactKind
from app.process import actions as processes
from app.process.models import Process
from app.trail.models import Entry
from app.work import transaction
from app.work.models import Job
from tests.meetings.building import DAYS, VIDEO, MeetingBuilder
from tests.world import World


@pytest.mark.either
def test_somebody_registers_without_an_account_and_gets_a_letter(meetings: MeetingBuilder) -> None:
    meeting = meetings.convened(title_en="Meeting in Valdivia")
    done = meetings.register(meeting, language="en")
    assert (done.registration.state.value, done.mail_was_sent) == ("registered", True)
    letter = meetings.letters("ana@example.org")[0]
    assert "Meeting in Valdivia" in letter.text
    assert "/en/p/plan/meetings/prioritisation-table-1/calendar.ics" in letter.text
    assert "video.example.org" not in letter.text + letter.html
    assert "Ana" not in letter.text + letter.html


@pytest.mark.either
def test_the_token_of_a_letter_is_kept_only_as_its_hash(world: World, meetings: MeetingBuilder) -> None:
    meeting = meetings.convened()
    meetings.register(meeting)
    token = meetings.own_path("ana@example.org").rpartition("/")[2]
    stored = meetings.read(select(PersonalLink))[0]
    assert token not in stored.token_hash
    with world.database.reading() as session:
        registration, person = registrations.by_token(session, meeting.id, token)
    assert (registration.id, person.name) == (stored.registration_id, "Ana Soto")


@pytest.mark.either
def test_letters_about_meetings_do_not_use_up_the_receipts_of_a_day(
    world: World, plan: Process, meetings: MeetingBuilder
) -> None:
    for _ in range(4):
        meetings.register(meetings.convened())
    assert len(meetings.letters("ana@example.org")) == 4
    proposal = world.propose(plan, "ana")
    with world.database.reading() as session:
        receipt = select(OutboxMessage).where(OutboxMessage.subject.contains(proposal.folio))
        assert session.scalars(receipt).one().to_address == "ana@example.org"


@pytest.mark.either
def test_registering_twice_keeps_one_place_and_sends_the_letter_again(meetings: MeetingBuilder) -> None:
    meeting = meetings.convened()
    meetings.register(meeting)
    meetings.register(meeting, "ana  soto".replace("  ", " ").title())
    assert len(meetings.registrations(meeting)) == 1
    assert len(meetings.letters("ana@example.org")) == 2
    assert meetings.fresh(meeting).registered == 1


@pytest.mark.either
def test_two_people_of_one_mailbox_have_two_places(meetings: MeetingBuilder) -> None:
    meeting = meetings.convened()
    meetings.register(meeting)
    meetings.register(meeting, "Pedro Soto")
    assert meetings.fresh(meeting).registered == 2


def test_one_address_gets_no_more_than_ten_letters_a_day(meetings: MeetingBuilder) -> None:
    meeting = meetings.convened()
    sent = [meetings.register(meeting, f"Persona {n}").mail_was_sent for n in range(11)]
    assert sent == [True] * 10 + [False]


@pytest.mark.either
@pytest.mark.parametrize(
    ("more", "wish", "field"),
    [
        ({"territories": ("14",)}, {"territory": "10"}, "territory"),
        ({"territories": ("14",)}, {}, "territory"),
        ({}, {"territory": "99"}, "territory"),
        ({"age_min": 15, "age_max": 29}, {"birth_year": "1980"}, "birth_year"),
        ({"age_min": 15, "age_max": 29}, {}, "birth_year"),
        ({}, {"birth_year": "hace mucho"}, "birth_year"),
        ({"recording_notice": "Se graba."}, {}, "agrees"),
        ({}, {"name": ""}, "name"),
        ({}, {"email": "ana@"}, "email"),
    ],
)
def test_who_does_not_fit_is_told_beside_the_field(
    meetings: MeetingBuilder, more: dict[str, Any], wish: dict[str, Any], field: str
) -> None:
    meeting = meetings.convened(**more)
    with pytest.raises(Invalid) as refused:
        meetings.register(meeting, **wish)
    assert list(refused.value.fields) == [field]
    assert meetings.registrations(meeting) == []


@pytest.mark.either
def test_who_fits_is_let_in_and_the_year_is_kept_only_where_it_matters(meetings: MeetingBuilder) -> None:
    youth = meetings.convened(age_min=15, age_max=29, territories=("14", "10"), recording_notice="Se graba.")
    meetings.register(youth, territory="10", birth_year="2001", agrees=True)
    other = meetings.convened("awareness_session")
    meetings.register(other, birth_year="2001")
    assert [row.birth_year for row in meetings.registrations(youth)] == [2001]
    assert [row.birth_year for row in meetings.registrations(other)] == [None]


@pytest.mark.either
def test_when_is_told_with_the_dates(world: World, meetings: MeetingBuilder) -> None:
    opens = world.now + DAYS
    meeting = meetings.convened(registration_opens_at=opens, registration_closes_at=opens + DAYS)
    with pytest.raises(NotNow) as refused:
        meetings.register(meeting)
    assert refused.value.opens_at == opens
    world.clock.set(opens)
    meetings.register(meeting)
    world.clock.set(opens + DAYS)
    with pytest.raises(NotNow):
        meetings.register(meeting, "Bruno Rivas", "bruno@example.org")


@pytest.mark.either
def test_nobody_registers_while_the_process_is_paused(world: World, meetings: MeetingBuilder) -> None:
    meeting = meetings.convened()
    with world.work("carla") as work:
        processes.pause(work, work.session.get_one(Process, meetings.process.id), "Por la emergencia en la zona.")
    with pytest.raises(NotNow):
        meetings.register(meeting)


@pytest.mark.either
def test_to_a_meeting_by_invitation_only_the_office_registers(world: World, meetings: MeetingBuilder) -> None:
    meeting = meetings.convened(audience="invited")
    with pytest.raises(NotAllowed):
        meetings.register(meeting)
    done = meetings.register(meeting, "Rosa Tapia", "", by_the_office=True)
    assert (done.registration.by_the_office, done.mail_was_sent) == (True, False)
    wish = Wish("Bruno", "bruno@example.org", by_the_office=True)
    written = actions.prepare(meetings.process, meeting, wish)
    with pytest.raises(NotAllowed), world.work("bruno") as work:
        actions.register(work, meetings.process, work.session.get_one(Meeting, meeting.id), wish, written)


def test_who_finds_no_place_waits_and_the_list_moves_by_itself(meetings: MeetingBuilder) -> None:
    meeting = meetings.convened(capacity=1)
    first = meetings.register(meeting).registration
    for name in ("bruno", "eva"):
        assert meetings.register(meeting, name.title(), f"{name}@example.org").registration.state.value == "waiting"
    assert "lista de espera" in meetings.letters("bruno@example.org")[0].text
    meetings.give_up(meeting, first)
    assert [row.state.value for row in meetings.registrations(meeting)] == ["cancelled", "registered", "waiting"]
    assert "Se liberó un lugar" in meetings.letters("bruno@example.org")[-1].text
    assert len(meetings.letters("eva@example.org")) == 1
    fresh = meetings.fresh(meeting)
    assert (fresh.registered, fresh.waiting) == (1, 1)


@pytest.mark.either
def test_who_gives_up_a_place_in_line_moves_nobody(meetings: MeetingBuilder) -> None:
    meeting = meetings.convened(capacity=1)
    meetings.register(meeting)
    waiting = meetings.register(meeting, "Bruno", "bruno@example.org", needs="Una rampa").registration
    meetings.give_up(meeting, waiting)
    fresh = meetings.fresh(meeting)
    assert (fresh.registered, fresh.waiting) == (1, 0)
    assert [row.needs for row in meetings.registrations(meeting)] == ["", ""]
    again = meetings.register(meeting, "Bruno", "bruno@example.org").registration
    assert (again.id, again.state.value) == (waiting.id, "waiting")


def test_nobody_passes_those_who_wait(world: World, meetings: MeetingBuilder) -> None:
    meeting = meetings.convened(capacity=1)
    meetings.register(meeting)
    meetings.register(meeting, "Bruno", "bruno@example.org")
    with world.work(Actor.system()) as work:
        work.session.execute(update(Meeting).values(registered=0))
        work.record("meeting.changed", meeting.subject)
    assert meetings.register(meeting, "Eva", "eva@example.org").registration.state.value == "waiting"


@pytest.mark.either
def test_bruno_cannot_give_up_anothers_place_and_the_office_can(world: World, meetings: MeetingBuilder) -> None:
    meeting = meetings.convened(capacity=1)
    rosa = meetings.register(meeting, "Rosa Tapia", "", by_the_office=True).registration
    meetings.register(meeting)
    written = actions.to_give_up(meetings.process, meeting)

    def give_up_for_rosa(who: str) -> None:
        with world.work(who) as work:
            here, row = work.session.get_one(Meeting, meeting.id), work.session.get_one(Registration, rosa.id)
            actions.give_up_for(work, meetings.process, here, row, written)

    for who in ("bruno", "gloria"):
        with pytest.raises(NotAllowed):
            give_up_for_rosa(who)
    give_up_for_rosa("carla")
    assert [row.state.value for row in meetings.registrations(meeting)] == ["cancelled", "registered"]


@pytest.mark.either
def test_a_place_is_not_given_up_once_the_meeting_began(world: World, meetings: MeetingBuilder) -> None:
    meeting = meetings.convened()
    mine = meetings.register(meeting).registration
    world.clock.set(meeting.starts_at)
    with pytest.raises(NotNow):
        meetings.give_up(meeting, mine)


@pytest.mark.either
def test_a_cancelled_meeting_takes_nobody(world: World, meetings: MeetingBuilder) -> None:
    meeting = meetings.convened()
    reason = "No hay quórum de facilitación."
    written = actions.to_cancel(meetings.process, meeting, reason)
    with world.work("carla") as work:
        actions.cancel(work, meetings.process, work.session.get_one(Meeting, meeting.id), reason, written)
    with pytest.raises(Conflict):
        meetings.register(meeting)


@pytest.mark.either
def test_the_trail_tells_of_registrations_without_people(meetings: MeetingBuilder) -> None:
    meeting = meetings.convened()
    meetings.register(meeting, "Zacarías Únicoapellido", "unico@example.org", needs="Silla de ruedas", territory="14")
    leaves = [entry.leaf for entry in meetings.read(select(Entry))]
    assert any('"meeting.registered"' in leaf for leaf in leaves)
    for secret in ("Zacar", "unico@", "Silla", "video.example"):
        assert not any(secret in leaf for leaf in leaves)


def test_thirty_at_once_for_twenty_places(world: World, meetings: MeetingBuilder) -> None:
    meeting = meetings.convened(capacity=20)
    wishes = [Wish(f"Persona {n}", f"persona{n}@example.org") for n in range(30)]
    written = actions.prepare(meetings.process, meeting, wishes[0])
    together = threading.Barrier(30)
    faults: list[BaseException] = []

    def register(wish: Wish) -> None:
        together.wait()
        try:
            with transaction(world.database, Actor.anonymous(), world.now) as work:
                process = work.session.get_one(Process, meetings.process.id)
                actions.register(work, process, work.session.get_one(Meeting, meeting.id), wish, written)
        except BaseException as fault:  # noqa: BLE001 - told below
            faults.append(fault)

    threads = [threading.Thread(target=register, args=(wish,)) for wish in wishes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    with world.database.reading() as session:
        grouped = session.execute(select(Registration.state, func.count()).group_by(Registration.state))
        counted = {row[0].value: row[1] for row in grouped}
        lines = list(session.scalars(select(Registration.in_line)))
    assert counted == {"registered": 20, "waiting": 10}
    assert sorted(lines) == list(range(1, 31))
    fresh = meetings.fresh(meeting)
    assert (fresh.registered, fresh.waiting, len(meetings.letters())) == (20, 10, 30)


def test_giving_up_at_once_moves_each_waiting_person_once(world: World, meetings: MeetingBuilder) -> None:
    meeting = meetings.convened(capacity=8)
    for n in range(16):
        meetings.register(meeting, f"Persona {n}", f"persona{n}@example.org")
    written = actions.to_give_up(meetings.process, meeting)
    together = threading.Barrier(8)
    faults: list[BaseException] = []

    def give_up(key: Any) -> None:
        together.wait()
        try:
            with transaction(world.database, Actor.anonymous(), world.now) as work:
                row = work.session.get_one(Registration, key)
                actions.give_up(work, work.session.get_one(Meeting, meeting.id), row, written)
        except BaseException as fault:  # noqa: BLE001 - told below
            faults.append(fault)

    threads = [threading.Thread(target=give_up, args=(row.id,)) for row in meetings.registrations(meeting)[4:12]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    states = [row.state.value for row in meetings.registrations(meeting)]
    assert (states.count("registered"), states.count("waiting"), states.count("cancelled")) == (8, 0, 8)
    fresh = meetings.fresh(meeting)
    assert (fresh.registered, fresh.waiting) == (8, 0)


# ------------------------------------------------------------------------------------------------- clock and erasing


def _do_the_jobs(world: World) -> int:
    """Ask for what is due and do every job there is, as the worker does."""
    with world.work(Actor.system()) as work:
        actions.ask_what_is_due(work)
    done = 0
    while (job := due._claim(world.database, world.clock)) is not None:
        due.do_job(world.database, job, world.clock)
        done += 1
    return done


def test_the_day_before_each_is_reminded_once(world: World, meetings: MeetingBuilder) -> None:
    meeting = meetings.convened(capacity=1)
    meetings.register(meeting)
    meetings.register(meeting, "Bruno", "bruno@example.org")
    assert _do_the_jobs(world) == 0
    world.clock.set(meeting.starts_at - timedelta(hours=23))
    assert _do_the_jobs(world) == 1
    assert _do_the_jobs(world) == 0
    assert len(meetings.letters("ana@example.org")) == 2
    assert len(meetings.letters("bruno@example.org")) == 1
    reminder = meetings.letters("ana@example.org")[-1]
    assert "El encuentro ya viene" in reminder.text
    assert "/mine/" in reminder.text
    assert VIDEO not in reminder.text + reminder.html
    actions.remind_job(world.database, {"meeting": str(meeting.id)}, lambda _done, _total: None)
    assert len(meetings.letters("ana@example.org")) == 2
    assert [job.state.value for job in meetings.read(select(Job))] == ["done"]


def test_an_erased_person_leaves_no_needs_and_frees_the_place(world: World, meetings: MeetingBuilder) -> None:
    meeting = meetings.convened(capacity=1, age_min=15)
    meetings.register(meeting, needs="Lengua de señas", birth_year="2001", territory="14")
    meetings.register(meeting, "Bruno", "bruno@example.org", birth_year="1990")
    person_id = meetings.registrations(meeting)[0].person_id
    with world.work("carla") as work:
        erasing.erase(work, work.session.get_one(Person, person_id))
    _do_the_jobs(world)
    mine, bruno = meetings.registrations(meeting)
    assert (mine.needs, mine.birth_year, mine.territory_id, mine.state.value) == ("", None, None, "cancelled")
    assert bruno.state.value == "registered"
    assert [row.registration_id for row in meetings.read(select(PersonalLink))] == [bruno.id] * 2
    assert meetings.read(select(Contact).where(Contact.kind == ContactKind.EMAIL, Contact.person_id == person_id)) == []


def test_people_take_along_what_they_left_at_meetings(world: World, meetings: MeetingBuilder) -> None:
    meeting = meetings.convened()
    meetings.register(meeting, needs="Lengua de señas")
    meetings.register(meeting, "Bruno Rivas", "bruno@example.org", needs="Silla de ruedas")
    meetings.begin(meeting)
    with world.work("gloria") as work:
        keys = [row.id for row in meetings.registrations(meeting)]
        actions.note_came(work, meetings.process, work.session.get_one(Meeting, meeting.id), keys)
    with world.database.reading() as session:
        taken = my.everything(session, world.people["ana"], world.now)
    assert [(row["title"], row["needs"]) for row in taken["registrations"]] == [
        ("Encuentro en Valdivia", "Lengua de señas")
    ]
    assert [row["way"].value for row in taken["attendances"]] == ["paper"]
