"""Minutes: written by one, approved by another, published once the meeting is closed, then only added to."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.kit.errors import Conflict, Invalid, NotAllowed, NotFound, Stale, WrongState
from app.meetings import actions
from app.meetings.actions import MinutesText
from app.meetings.models import Addendum, Agreement, Meeting, Minutes
from tests.meetings.building import MeetingBuilder
from tests.world import World

pytestmark = pytest.mark.either

AGENDA = "Presentación, trabajo en grupos y cierre."


def write(meetings: MeetingBuilder, meeting: Meeting, who: str = "gloria", text: MinutesText | None = None) -> Minutes:
    with meetings.world.work(who) as work:
        here = work.session.get_one(Meeting, meeting.id)
        return actions.write(work, meetings.process, here, text or MinutesText(AGENDA))


def act(meetings: MeetingBuilder, meeting: Meeting, who: str, name: str, *more: str) -> None:
    with meetings.world.work(who) as work:
        getattr(actions, name)(work, meetings.process, work.session.get_one(Meeting, meeting.id), *more)


def test_from_draft_to_addendum(meetings: MeetingBuilder) -> None:
    meeting = meetings.held()
    write(meetings, meeting)
    act(meetings, meeting, "carla", "approve")
    with pytest.raises(Conflict):
        act(meetings, meeting, "carla", "publish")
    meetings.close(meeting)
    act(meetings, meeting, "carla", "publish")
    with pytest.raises(WrongState):
        write(meetings, meeting)
    act(meetings, meeting, "carla", "add_addendum", "Faltó anotar el saludo de la alcaldesa.")
    assert [row.number for row in meetings.read(select(Addendum))] == [1]
    kept = meetings.read(select(Minutes))[0]
    assert (kept.state.value, kept.agenda) == ("published", AGENDA)


def test_who_wrote_them_cannot_approve_them(meetings: MeetingBuilder) -> None:
    meeting = meetings.held()
    write(meetings, meeting, "carla")
    with pytest.raises(NotAllowed):
        act(meetings, meeting, "carla", "approve")
    act(meetings, meeting, "hugo", "approve")


@pytest.mark.parametrize("who", ["gloria", "bruno", "diego"])
def test_others_than_the_office_cannot_approve_or_publish(meetings: MeetingBuilder, who: str) -> None:
    meeting = meetings.held()
    write(meetings, meeting, "carla")
    for name in ("approve", "publish"):
        with pytest.raises(NotAllowed):
            act(meetings, meeting, who, name)
    with pytest.raises(NotAllowed):
        act(meetings, meeting, who, "add_addendum", "Una adición cualquiera.")


def test_bruno_cannot_write_them(meetings: MeetingBuilder) -> None:
    meeting = meetings.held()
    with pytest.raises(NotAllowed):
        write(meetings, meeting, "bruno")


def test_writing_again_takes_the_approval_back(meetings: MeetingBuilder) -> None:
    meeting = meetings.held()
    write(meetings, meeting)
    act(meetings, meeting, "carla", "approve")
    write(meetings, meeting, text=MinutesText(AGENDA + " Y una foto."))
    kept = meetings.read(select(Minutes))[0]
    assert (kept.state.value, kept.approved_at) == ("draft", None)
    meetings.close(meeting)
    with pytest.raises(WrongState):
        act(meetings, meeting, "carla", "publish")


def test_a_stale_text_is_refused(meetings: MeetingBuilder) -> None:
    meeting = meetings.held()
    seen = write(meetings, meeting).version
    write(meetings, meeting, text=MinutesText(AGENDA + " Más.", version=seen))
    with pytest.raises(Stale):
        write(meetings, meeting, text=MinutesText(AGENDA, version=seen))


def test_there_are_no_minutes_before_the_meeting_nor_of_what_the_forum_runs(
    world: World, meetings: MeetingBuilder
) -> None:
    meeting = meetings.convened()
    with pytest.raises(WrongState):
        write(meetings, meeting)
    forum = world.forum(meetings.process)
    forum.session()
    session = meetings.read(select(Meeting).where(Meeting.convened_for.is_not(None)))[0]
    with pytest.raises(NotFound):
        write(meetings, session, "carla")


def test_an_agreement_is_linked_only_to_a_public_proposal(world: World, meetings: MeetingBuilder) -> None:
    public = world.admitted(meetings.process)
    hidden = world.propose(meetings.process, "bruno", "Todavía no pública")
    meeting = meetings.held()
    with pytest.raises(Invalid) as refused:
        write(
            meetings,
            meeting,
            text=MinutesText("Corta", (("Uno", hidden.folio), ("", public.folio), ("Tres", "nada"))),
        )
    assert sorted(refused.value.fields) == ["agenda", "agreement-2", "folio-1", "folio-3"]
    text = MinutesText(AGENDA, (("Se apoya.", public.folio.lower()), ("Se sigue en junio.", "")))
    write(meetings, meeting, text=text)
    rows = meetings.read(select(Agreement).order_by(Agreement.number))
    assert [(row.text, row.proposal_id) for row in rows] == [("Se apoya.", public.id), ("Se sigue en junio.", None)]
