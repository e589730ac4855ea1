"""Convening, changing and cancelling: who may, what the public reads, and whom a letter reaches."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.kit.errors import Invalid, NotAllowed, NotNow, Stale, WrongState
from app.meetings import actions
from app.meetings.actions import Reported
from app.meetings.models import Meeting, MeetingAct
from app.proposals.rules import Precision, Provenance
from app.trail.models import Entry
from tests.meetings.building import DAYS, VIDEO, MeetingBuilder
from tests.world import World

pytestmark = pytest.mark.either

REASON = "El gimnasio está en reparación esa semana."


def changed(meetings: MeetingBuilder, meeting: Meeting, who: str = "carla", reason: str = "", **more: Any) -> None:
    fresh = meetings.fresh(meeting)
    plan = meetings.plan(meeting.kind.value, starts_at=fresh.starts_at, ends_at=fresh.ends_at)
    with meetings.world.database.reading() as session:
        made = actions.to_change(session, meetings.process, fresh, replace(plan, **more), reason)
    with meetings.world.work(who) as work:
        actions.change(work, meetings.process, work.session.get_one(Meeting, meeting.id), made)


@pytest.mark.parametrize("who", ["bruno", "gloria", "diego", "felix", "admin"])
def test_others_than_the_office_cannot_convene(world: World, meetings: MeetingBuilder, who: str) -> None:
    with pytest.raises(NotAllowed), world.work(who) as work:
        actions.convene(work, meetings.process, meetings.plan())
    assert meetings.read(select(Meeting)) == []


def test_each_kind_is_numbered_by_itself(meetings: MeetingBuilder) -> None:
    made = [meetings.convened(kind) for kind in ("awareness_session", "technical_table", "awareness_session")]
    assert [m.slug for m in made] == ["awareness-session-1", "technical-table-1", "awareness-session-2"]


def test_a_table_needs_a_stage_that_prioritises(world: World, meetings: MeetingBuilder) -> None:
    town = world.open_process()
    other = MeetingBuilder(world, town)
    with pytest.raises(Invalid) as refused:
        other.convened()
    assert list(refused.value.fields) == ["kind"]
    assert other.convened("awareness_session").stage_id is None


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"title_es": ""}, "title_es"),
        ({"ends_at": None}, "ends_at"),
        ({"video_link": "", "place": ""}, "place"),
        ({"place": "https://video.example.org/j/1"}, "place"),
        ({"video_link": "http://video.example.org"}, "video_link"),
        ({"capacity": 0}, "capacity"),
        ({"age_min": 30, "age_max": 15}, "age_max"),
        ({"territories": ("99",)}, "territories"),
        ({"timezone": "America/Atlantis"}, "timezone"),
        ({"kind": "forum_session"}, "kind"),
    ],
)
def test_what_cannot_be_is_told_beside_its_field(meetings: MeetingBuilder, more: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        meetings.convened(**more)
    assert list(refused.value.fields) == [field]


def test_the_video_link_is_never_in_the_trail(world: World, meetings: MeetingBuilder) -> None:
    meeting = meetings.convened()
    changed(meetings, meeting, video_link=VIDEO + "2")
    leaves = [str(entry.leaf) for entry in meetings.read(select(Entry))]
    assert any("meeting.convened" in leaf for leaf in leaves)
    assert any("meeting.changed" in leaf for leaf in leaves)
    assert not any("video.example.org" in leaf for leaf in leaves)


def test_an_announced_hour_moves_only_with_a_public_reason(meetings: MeetingBuilder) -> None:
    meeting = meetings.convened()
    later: dict[str, Any] = {"starts_at": meeting.starts_at + DAYS, "ends_at": meeting.ends_at + DAYS}
    with pytest.raises(Invalid) as refused:
        changed(meetings, meeting, **later)
    assert list(refused.value.fields) == ["reason"]
    changed(meetings, meeting, title_es="Otro nombre")
    assert meetings.read(select(MeetingAct)) == []
    changed(meetings, meeting, reason=REASON, **later)
    act = meetings.read(select(MeetingAct))[0]
    assert (act.reason, act.before, act.after) == (REASON, meeting.starts_at, later["starts_at"])


def test_those_who_registered_read_of_the_new_hour_and_nobody_else(meetings: MeetingBuilder) -> None:
    meeting = meetings.convened(capacity=1)
    meetings.register(meeting)
    meetings.register(meeting, "Bruno Rivas", "bruno@example.org")
    gone = meetings.register(meeting, "Eva", "eva@example.org").registration
    meetings.give_up(meeting, gone)
    before = len(meetings.letters())
    changed(
        meetings, meeting, reason=REASON, capacity=1, starts_at=meeting.starts_at + DAYS, ends_at=meeting.ends_at + DAYS
    )
    sent = meetings.letters()[before:]
    assert sorted(letter.to_address for letter in sent) == ["ana@example.org", "bruno@example.org"]
    for letter in sent:
        assert REASON in letter.text
        assert "12 de junio de 2026" in letter.text
        assert "video.example.org" not in letter.text + letter.html


def test_a_draft_moves_without_a_reason_and_is_not_public(world: World, meetings: MeetingBuilder) -> None:
    with world.work("carla") as work:
        meeting = actions.draft(work, meetings.process, meetings.plan())
    changed(meetings, meeting, starts_at=meeting.starts_at + DAYS, ends_at=meeting.ends_at + DAYS)
    with pytest.raises(NotNow):
        meetings.register(meeting)
    with world.work("carla") as work:
        actions.announce(work, meetings.process, work.session.get_one(Meeting, meeting.id))
    meetings.register(meeting)
    assert meetings.fresh(meeting).registered == 1


def test_who_changes_what_somebody_else_changed_is_told(world: World, meetings: MeetingBuilder) -> None:
    meeting = meetings.convened()
    with world.database.reading() as session:
        made = actions.to_change(session, meetings.process, meetings.fresh(meeting), meetings.plan(), "")
    changed(meetings, meeting, title_es="Otro nombre")
    with pytest.raises(Stale), world.work("carla") as work:
        actions.change(work, meetings.process, work.session.get_one(Meeting, meeting.id), made)


def test_places_cannot_be_taken_from_people(meetings: MeetingBuilder) -> None:
    meeting = meetings.convened(capacity=2)
    meetings.register(meeting)
    meetings.register(meeting, "Bruno Rivas", "bruno@example.org")
    with pytest.raises(Invalid) as refused:
        changed(meetings, meeting, capacity=1)
    assert list(refused.value.fields) == ["capacity"]


def test_more_places_go_to_those_who_wait(meetings: MeetingBuilder) -> None:
    meeting = meetings.convened(capacity=1)
    for name in ("ana", "bruno", "eva"):
        meetings.register(meeting, name.title(), f"{name}@example.org")
    changed(meetings, meeting, capacity=2)
    assert [row.state.value for row in meetings.registrations(meeting)] == ["registered", "registered", "waiting"]
    assert "Se liberó un lugar" in meetings.letters("bruno@example.org")[-1].text
    fresh = meetings.fresh(meeting)
    assert (fresh.registered, fresh.waiting) == (2, 1)


def test_a_cancellation_has_a_reason_and_reaches_everybody(world: World, meetings: MeetingBuilder) -> None:
    meeting = meetings.convened()
    meetings.register(meeting)
    with pytest.raises(Invalid):
        actions.to_cancel(meetings.process, meeting, "No")
    written = actions.to_cancel(meetings.process, meeting, REASON)
    with pytest.raises(NotAllowed), world.work("gloria") as work:
        actions.cancel(work, meetings.process, work.session.get_one(Meeting, meeting.id), REASON, written)
    with world.work("carla") as work:
        assert actions.cancel(work, meetings.process, work.session.get_one(Meeting, meeting.id), REASON, written) == 1
    assert REASON in meetings.letters("ana@example.org")[-1].text
    with pytest.raises(WrongState), world.work("carla") as work:
        actions.cancel(work, meetings.process, work.session.get_one(Meeting, meeting.id), REASON, written)


def test_a_meeting_is_not_begun_before_its_day(world: World, meetings: MeetingBuilder) -> None:
    meeting = meetings.convened()
    with pytest.raises(NotNow), world.work("gloria") as work:
        actions.hold(work, meetings.process, work.session.get_one(Meeting, meeting.id))
    world.clock.set(meeting.starts_at - timedelta(minutes=59))
    with pytest.raises(NotAllowed), world.work("bruno") as work:
        actions.hold(work, meetings.process, work.session.get_one(Meeting, meeting.id))
    with world.work("gloria") as work:
        actions.hold(work, meetings.process, work.session.get_one(Meeting, meeting.id))
    assert meetings.fresh(meeting).state.value == "held"


def test_closing_erases_what_was_only_for_the_day(meetings: MeetingBuilder) -> None:
    meeting = meetings.convened(age_min=15)
    meetings.register(meeting, needs="Lengua de señas", birth_year="2001")
    meetings.begin(meeting)
    closed = meetings.close(meeting)
    assert (closed.video_link, closed.room_code_hash) == ("", None)
    assert [(row.needs, row.birth_year) for row in meetings.registrations(meeting)] == [("", None)]


def test_a_meeting_out_of_a_document_says_where_it_comes_from(world: World, meetings: MeetingBuilder) -> None:
    past = world.now - 2000 * DAYS
    plan = meetings.plan(starts_at=past, ends_at=past + timedelta(hours=2), video_link="", place="Por Zoom")
    told = Reported("Informe de autoevaluación, tabla 3", 26, Provenance.REPORTED, Precision.DAY)
    with pytest.raises(Invalid), world.work("carla") as work:
        actions.report(work, meetings.process, plan, replace(told, source=""))
    with pytest.raises(Invalid), world.work("carla") as work:
        actions.report(work, meetings.process, meetings.plan(), told)
    with world.work("carla") as work:
        meeting = actions.report(work, meetings.process, plan, told)
    found = meetings.fresh(meeting)
    assert (found.state.value, found.people, found.provenance) == ("closed", 26, Provenance.REPORTED)
    assert found.starts_to_the is Precision.DAY
