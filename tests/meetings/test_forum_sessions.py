"""A session of the forum is a meeting too: it stands in the calendar, and moves with the session."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import select

from app.forum import actions as forum
from app.forum.actions.meeting import Convene
from app.forum.models import ForumSession
from app.kit import schema
from app.kit.errors import Conflict
from app.meetings import actions
from app.meetings.models import Meeting
from app.process.models import Process
from app.settings import Settings
from tests.acts import by_hand
from tests.clock import MovableClock
from tests.forum.building import EVERYBODY, SOON
from tests.meetings.building import VIDEO, MeetingBuilder
from tests.world import World


def test_a_session_stands_in_the_calendar_and_moves_along(world: World, meetings: MeetingBuilder) -> None:
    builder = world.forum(meetings.process)
    with world.work("marta") as work:
        session = forum.convene(work, meetings.process, Convene("extended", work.now, "Avances del plan", VIDEO, SOON))
    meeting = meetings.read(select(Meeting))[0]
    assert (meeting.slug, meeting.title_es, meeting.state.value) == (
        "forum-session-1",
        "Sesión ampliada 1",
        "convened",
    )
    assert (meeting.place, meeting.video_link, meeting.audience.value) == ("", VIDEO, "invited")
    assert meeting.more_at == "/p/plan/forum/sessions/1"
    with world.work("marta") as work:
        held = work.session.get_one(ForumSession, session.id)
        forum.hold(work, meetings.process, held)
        forum.record_attendance(work, meetings.process, held, EVERYBODY | {3: "absent"})
    assert meetings.fresh(meeting).state.value == "held"
    with world.work("marta") as work:
        held = work.session.get_one(ForumSession, session.id)
        forum.write_minutes(work, meetings.process, held, "Se revisaron los avances del plan.")
        forum.close_session(work, meetings.process, held)
    closed = meetings.fresh(meeting)
    assert (closed.state.value, closed.came) == ("closed", 4)
    assert builder.body.process_id == closed.process_id


def test_the_office_does_not_part_it_from_the_forum(world: World, meetings: MeetingBuilder) -> None:
    world.forum(meetings.process)
    with world.work("carla") as work:
        forum.convene(work, meetings.process, Convene("ordinary", work.now, "Filtro", "Sala 1", SOON))
    meeting = meetings.read(select(Meeting))[0]
    written = actions.to_cancel(meetings.process, meeting, "Por una razón cualquiera.")
    for act in (
        lambda work, row: actions.cancel(work, meetings.process, row, "Por una razón cualquiera.", written),
        lambda work, row: actions.hold(work, meetings.process, row),
        lambda work, row: actions.close(work, meetings.process, row),
    ):
        with pytest.raises(Conflict), world.work("carla") as work:
            act(work, work.session.get_one(Meeting, meeting.id))
    with pytest.raises(Conflict):
        meetings.register(meeting, by_the_office=True)


async def test_its_video_link_is_on_no_page(world: World, meetings: MeetingBuilder) -> None:
    world.forum(meetings.process)
    with world.work("carla") as work:
        forum.convene(work, meetings.process, Convene("ordinary", work.now, "Filtro", VIDEO, SOON))
    async with world.browser() as browser:
        for path in (
            "/p/plan/meetings",
            "/p/plan/meetings/forum-session-1",
            "/p/plan/meetings/forum-session-1/calendar.ics",
            "/p/plan/calendar.ics",
            "/p/plan/forum",
            "/p/plan/forum/sessions/1",
            "/api/v1/processes/plan/meetings",
        ):
            shown = await browser.get(path)
            assert shown.status_code == 200, path
            assert "video.example.org" not in shown.text, path


def test_sessions_from_before_there_were_meetings_are_put_into_the_calendar(
    settings: Settings, clock: MovableClock
) -> None:
    world = World(settings, clock)
    plan = world.open_process("plan", template="ogp_action_plan")
    builder = world.forum(plan)
    builder.session()
    with world.work("carla") as work:
        forum.convene(work, plan, Convene("ordinary", datetime(2026, 7, 1, 15, tzinfo=UTC), "Filtro", VIDEO, SOON))
    world.close()
    here = schema.config(settings.database_url)
    scripts = ScriptDirectory.from_config(here)
    before = scripts.get_revision("0004").down_revision
    command.downgrade(here, str(before))
    with by_hand():
        schema.migrate(settings.database_url)
    again = World.__new__(World)
    again.database = type(world.database)(settings.database_url)
    found = MeetingBuilder(again, Process()).read(select(Meeting).order_by(Meeting.number))
    again.database.dispose()
    assert [(m.slug, m.state.value, m.title_es, m.place, m.video_link) for m in found] == [
        ("forum-session-1", "held", "Sesión ordinaria 1", "Sala 1", ""),
        ("forum-session-2", "convened", "Sesión ordinaria 2", "", VIDEO),
    ]
    assert found[1].starts_at == datetime(2026, 7, 1, 15, tzinfo=UTC)
    assert all(m.convened_for is not None for m in found)
