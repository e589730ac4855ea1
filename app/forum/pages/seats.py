"""The office sets the forum up: its name and quorum, its seats, and who sits in them."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from app.decisions.models import DecidingBody
from app.forum import actions
from app.forum.actions import AddSeat, Appointment
from app.forum.doors import forum_at
from app.forum.models import ForumRule
from app.forum.queries import bodies, freezing
from app.forum.queries import seats as queries
from app.forum.rules.seats import OFFICE_WORDS, RIGHT_WORDS, SECTOR_WORDS, QuorumRule
from app.kit.errors import Invalid, NotFound
from app.kit.i18n import T
from app.people.rules import Permission
from app.process.doors import standing
from app.process.kinds import FORUM
from app.process.rules import parse_local
from app.web.edge import Router
from app.web.view import View

router = Router()


@router.page("/p/{slug}/office/forum", may=Permission.APPOINT_SEATS)
def office(view: View, slug: str) -> Response:
    """Setting up the forum, its seats, and the doors to everything else of it."""
    process = standing(view, slug)
    view.require(Permission.APPOINT_SEATS, process.id)
    awaited = [str(stage.settings["body"]) for stage in queries.forum_stages(view.session, process.id)]
    body = queries.forum_of(view.session, process.id)
    if body is None and not awaited:
        raise NotFound
    return view.render(
        "forum/office.html",
        process=process,
        body=body,
        stages=queries.forum_filters(view.session, process.id),
        body_slug=body.slug if body else FORUM if FORUM in awaited else awaited[0],
        next_slug=f"{FORUM}-{len(queries.forums_of(view.session, process.id)) + 1}",
        rule=queries.rule_of(view.session, body.id) if body else QuorumRule(),
        **_body(view, body),
        sectors=list(SECTOR_WORDS.items()),
        rights=list(RIGHT_WORDS.items()),
        offices=list(OFFICE_WORDS.items()),
        sector_words=SECTOR_WORDS,
        right_words=RIGHT_WORDS,
        office_words=OFFICE_WORDS,
    )


def _body(view: View, body: DecidingBody | None) -> dict[str, Any]:
    """The forum's seats with what the office should look at: vacant ones, the sides, too long without a session."""
    if body is None:
        nothing = {"founded": None, "vacant": 0, "parity": None, "quiet": None, "seats_stay": None}
        return {"rows": [], "texts": [], "sessions": [], **nothing}
    rows = queries.directory(view.session, body.id, view.now)
    rule = view.session.get_one(ForumRule, body.id)
    return {
        "rows": rows,
        "founded": rule,
        "texts": bodies.rules_of(view.session, body.id),
        "vacant": sum(row.seat.votes and row.holder is None for row in rows),
        "parity": bodies.parity_in([row.seat for row in rows]),
        "quiet": bodies.quiet_for(view.session, rule, view.now),
        "sessions": queries.sessions_of(view.session, body.id),
        "seats_stay": freezing.SEATS_STAY if freezing.is_scoring(view.session, body.id) else None,
    }


@router.act("/p/{slug}/office/forum", may=Permission.EDIT_PROCESS, again=office)
def set_up(view: View, slug: str) -> Response:
    """Set up the forum, or change its name and quorum."""
    process = standing(view, slug)
    typed = view.typed("over_percent") or "50"
    if not typed.isdigit():
        raise Invalid(over_percent=T("Write a percentage from 0 to 99."))
    rule = QuorumRule(int(typed), needs_both_sides=bool(view.typed("needs_both_sides")))
    names = (view.typed("name_es"), view.typed("name_en"))
    actions.set_up(view.work, process, view.typed("body_slug"), names, rule)
    return view.see_other(f"/p/{slug}/office/forum", T("The forum is set up."))


@router.act("/p/{slug}/office/forum/seats", may=Permission.APPOINT_SEATS, again=office)
def add_seat(view: View, slug: str) -> Response:
    """Add a seat."""
    process, _ = forum_at(view, slug)
    wish = AddSeat(view.typed("name"), view.typed("sector"), view.typed("right"), view.typed("office") or "none")
    actions.add_seat(view.work, process, wish)
    return view.see_other(f"/p/{slug}/office/forum", T("The seat was added."))


@router.page("/p/{slug}/office/forum/seats/{number}", may=Permission.APPOINT_SEATS)
def seat(view: View, slug: str, number: int) -> Response:
    """One seat: who sits in it, ending a term, appointing."""
    process, body = forum_at(view, slug)
    view.require(Permission.APPOINT_SEATS, process.id)
    found = queries.seat_numbered(view.session, body.id, number)
    rows = queries.directory(view.session, body.id, view.now)
    row = next(row for row in rows if row.seat.id == found.id)
    return view.render(
        "forum/seat.html",
        process=process,
        row=row,
        seat=found,
        sitters=[(who, name) for who, name in ((row.holder, row.name), (row.alternate, row.alternate_name)) if who],
        right_words=RIGHT_WORDS,
        office_words=OFFICE_WORDS,
        sector_words=SECTOR_WORDS,
    )


@router.act("/p/{slug}/office/forum/seats/{number}/holders", may=Permission.APPOINT_SEATS, again=seat)
def appoint(view: View, slug: str, number: int) -> Response:
    """Seat somebody."""
    process, body = forum_at(view, slug)
    found = queries.seat_numbered(view.session, body.id, number)
    wish = Appointment(
        appointing_act=view.typed("appointing_act"),
        name=view.typed("holder_name"),
        address=view.typed("address"),
        is_alternate=bool(view.typed("is_alternate")),
        to_at=parse_local(view.typed("to_at"), process.zone, "to_at"),
    )
    actions.appoint(view.work, process, found, wish)
    return view.see_other(f"/p/{slug}/office/forum/seats/{number}", T("The appointment was written down."))


@router.act("/p/{slug}/office/forum/seats/{number}/end", may=Permission.APPOINT_SEATS, again=seat)
def end_term(view: View, slug: str, number: int) -> Response:
    """End the term of the holder or of the alternate."""
    process, body = forum_at(view, slug)
    found = queries.seat_numbered(view.session, body.id, number)
    holder = queries.holder_of(view.session, found.id, view.now, is_alternate=bool(view.typed("alternate")))
    if holder is None:
        raise NotFound
    actions.end_term(view.work, process, found, holder, view.typed("reason"))
    return view.see_other(f"/p/{slug}/office/forum/seats/{number}", T("The term was ended."))
