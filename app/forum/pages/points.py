"""A session point by point: its items with their papers, what was said, motions and votes, what was undertaken."""

from __future__ import annotations

from datetime import date
from typing import Any

from starlette.responses import Response

from app.forum import actions
from app.forum.actions import Says, Undertaken, Wish
from app.forum.models import ForumSession
from app.forum.pages.sessions import meeting_at
from app.forum.queries import records, seats
from app.forum.queries.standing import aside_by_item
from app.forum.rules.agenda import ItemText, papers_of
from app.forum.rules.minutes import MinutesState
from app.forum.rules.motions import MATTER_WORDS, MOTION_WORDS, VOICE_WORDS, WANTED_WORDS, WAY_WORDS, MotionState, Voice
from app.forum.rules.seats import KIND_WORDS, TOOK_PLACE, Presence
from app.kit.errors import Invalid, NotFound
from app.kit.i18n import T
from app.people.rules import Permission
from app.process.rules import folios_in
from app.web.edge import Router
from app.web.view import View

router = Router()
OFFICE = "/p/{slug}/office/forum/sessions/{number}"
MAY = Permission.RECORD_SESSION
LONGEST_NUMBER = 6


@router.page(f"{OFFICE}/points", may=MAY)
def points(view: View, slug: str, number: int) -> Response:
    """The session point by point, and what may be recorded now."""
    process, meeting = meeting_at(view, slug, number)
    view.require(MAY, process.id)
    minutes = records.minutes_of(view.session, meeting.id)
    is_open = minutes is None or minutes.state is not MinutesState.PUBLISHED
    return view.render(
        "forum/points.html",
        process=process,
        meeting=meeting,
        kind_word=KIND_WORDS[meeting.kind],
        items=records.items_of(view.session, meeting.id),
        about=records.proposals_of(view.session, meeting.id),
        motions=records.motions_of(view.session, meeting.id),
        voices=records.voices_of(view.session, meeting.id),
        voters=_voters(view, meeting),
        aside=aside_by_item(view.session, meeting),
        quorum=seats.quorum_at(view.session, meeting),
        tasks=records.tasks_of(view.session, meeting.id),
        is_open=is_open and meeting.state in TOOK_PLACE,
        to_approve=_to_approve(view, meeting),
        **_words(),
    )


def _words() -> dict[str, Any]:
    """The words the forms of this page offer."""
    return {
        "wanted": list(WANTED_WORDS.items()),
        "wanted_words": WANTED_WORDS,
        "matters": list(MATTER_WORDS.items()),
        "motion_words": MOTION_WORDS,
        "way_words": WAY_WORDS,
        "voice_words": VOICE_WORDS,
        "votes": [(one.value, VOICE_WORDS[one]) for one in (Voice.FOR, Voice.AGAINST, Voice.ABSTAIN, Voice.RECUSED)],
        "objections": [
            ("", T("agrees")),
            (Voice.OBJECTS.value, VOICE_WORDS[Voice.OBJECTS]),
            (Voice.RECUSED.value, VOICE_WORDS[Voice.RECUSED]),
        ],
    }


def _voters(view: View, meeting: ForumSession) -> list[Any]:
    came = seats.attendance_of(view.session, meeting.id)
    found = seats.seats_of(view.session, meeting.body_id)
    return [s for s in found if s.votes and s.id in came and came[s.id].presence is Presence.PRESENT]


def _to_approve(view: View, meeting: ForumSession) -> list[tuple[str, Any]]:
    """The earlier sessions whose minutes a motion could approve."""
    earlier = [one for one in seats.sessions_of(view.session, meeting.body_id) if one.number < meeting.number]
    states = records.states_of(view.session, [one.id for one in earlier])
    return [
        (str(one.number), T("Session {n}", n=one.number))
        for one in earlier
        if states.get(one.id) is MinutesState.DRAFT and one.state.value == "closed"
    ]


def _to(view: View, slug: str, number: int, told: Any) -> Response:
    return view.see_other(f"/p/{slug}/office/forum/sessions/{number}/points", told)


def _number(view: View, name: str) -> int | None:
    typed = view.typed(name)
    return int(typed) if typed.isdecimal() and len(typed) < LONGEST_NUMBER else None


def _points_again(view: View, slug: str, number: int, **_one: int) -> Response:
    """The page again, whichever item, motion or task the form was about."""
    return points(view, slug, number)


@router.act(f"{OFFICE}/items", may=MAY, again=points)
def write_item(view: View, slug: str, number: int) -> Response:
    """Add an item, change one, or take one off."""
    process, meeting = meeting_at(view, slug, number)
    item = _number(view, "item")
    if view.typed("then") == "remove":
        if item is None:
            raise NotFound
        actions.remove_item(view.work, process, meeting, item)
        return _to(view, slug, number, T("The item was taken off the agenda."))
    papers, fault = papers_of(view.typed("papers"))
    if fault is not None:
        raise Invalid(papers=fault)
    folios = tuple(folios_in(view.typed("folios")))
    actions.write_item(
        view.work, process, meeting, ItemText(view.typed("title"), view.typed("wanted"), folios, papers), item
    )
    return _to(view, slug, number, T("The agenda was kept."))


@router.act(f"{OFFICE}/items/{{item}}/said", may=MAY, again=_points_again)
def tell(view: View, slug: str, number: int, item: int) -> Response:
    """Keep what was said of an item."""
    process, meeting = meeting_at(view, slug, number)
    actions.tell_of_item(view.work, process, meeting, item, view.typed(f"said-{item}"))
    return _to(view, slug, number, T("It was kept."))


@router.act(f"{OFFICE}/motions", may=MAY, again=points)
def put(view: View, slug: str, number: int) -> Response:
    """Put a motion to the session."""
    process, meeting = meeting_at(view, slug, number)
    wish = Wish(view.typed("motion"), _number(view, "of_item"), view.typed("matter"), _number(view, "minutes_of"))
    actions.put_motion(view.work, process, meeting, wish)
    return _to(view, slug, number, T("The motion was written down. Say how it ended."))


@router.act(f"{OFFICE}/motions/{{motion}}/consensus", may=MAY, again=_points_again)
def agree(view: View, slug: str, number: int, motion: int) -> Response:
    """Write down that the motion was carried by consensus, with the objections."""
    process, meeting = meeting_at(view, slug, number)
    actions.agree(view.work, process, meeting, motion, _said(view, meeting))
    return _to(view, slug, number, T("The motion was carried by consensus."))


@router.act(f"{OFFICE}/motions/{{motion}}/vote", may=MAY, again=_points_again)
def vote(view: View, slug: str, number: int, motion: int) -> Response:
    """Write down how each seat voted, and count."""
    process, meeting = meeting_at(view, slug, number)
    ended = actions.vote(view.work, process, meeting, motion, _said(view, meeting))
    carried = ended.state is MotionState.CARRIED
    return _to(view, slug, number, T("The motion was carried.") if carried else T("The motion was not carried."))


@router.act(f"{OFFICE}/motions/{{motion}}/withdrawal", may=MAY, again=_points_again)
def withdraw(view: View, slug: str, number: int, motion: int) -> Response:
    """Write down that the motion was withdrawn."""
    process, meeting = meeting_at(view, slug, number)
    actions.withdraw_motion(view.work, process, meeting, motion)
    return _to(view, slug, number, T("The motion was withdrawn."))


def _said(view: View, meeting: ForumSession) -> dict[int, Says]:
    """What was filled in for each seat; a seat left empty says nothing."""
    return {
        seat.number: Says(view.typed(f"seat-{seat.number}"), view.typed(f"reason-{seat.number}"))
        for seat in seats.seats_of(view.session, meeting.body_id)
        if view.typed(f"seat-{seat.number}")
    }


@router.act(f"{OFFICE}/tasks", may=MAY, again=points)
def undertake(view: View, slug: str, number: int) -> Response:
    """Write down what somebody undertook."""
    process, meeting = meeting_at(view, slug, number)
    typed = view.typed("due_on")
    try:
        due = date.fromisoformat(typed) if typed else None
    except ValueError:
        raise Invalid(due_on=T("Write the date like 2026-09-07.")) from None
    actions.undertake(view.work, process, meeting, Undertaken(view.typed("task"), view.typed("owner"), due))
    return _to(view, slug, number, T("It was written down."))


@router.act(f"{OFFICE}/tasks/{{task}}", may=MAY, again=_points_again)
def end_task(view: View, slug: str, number: int, task: int) -> Response:
    """Write down that something undertaken is done."""
    process, meeting = meeting_at(view, slug, number)
    actions.end_task(view.work, process, meeting, task, view.typed(f"how-{task}"))
    return _to(view, slug, number, T("It is written down as done."))
