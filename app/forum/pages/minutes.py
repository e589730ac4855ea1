"""The minutes of a session: read as they would be published, written, approved, published, added to; and their PDF."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from app.documents import queries as documents
from app.documents.models import Document
from app.forum import actions, printing
from app.forum.doors import forum_at
from app.forum.pages.sessions import meeting_at, session
from app.forum.queries import minutes as queries
from app.forum.queries import records, seats
from app.forum.records import SessionMinutes
from app.forum.rules.agenda import due_days
from app.forum.rules.minutes import MINUTES, STATE_WORDS, MinutesState, why_not_approve
from app.forum.rules.seats import KIND_WORDS, TOOK_PLACE, SessionState
from app.forum.wording import Wording
from app.kit.errors import NotFound, WrongState
from app.kit.i18n import T
from app.people import queries as people
from app.people.rules import Permission
from app.process.models import Process
from app.web.downloads import Download, handed_out
from app.web.edge import PUBLIC, Router
from app.web.hops import Length
from app.web.view import View

router = Router()
MINUTES_OF = "/p/{slug}/office/forum/sessions/{number}/minutes"
MAY = Permission.RECORD_SESSION
LONGEST_NUMBER = 9


@router.page(MINUTES_OF, may=MAY)
def minutes(view: View, slug: str, number: int) -> Response:
    """The minutes as they stand, and what may be done with them now."""
    process, meeting = meeting_at(view, slug, number)
    view.require(MAY, process.id)
    own = records.minutes_of(view.session, meeting.id)
    if meeting.state not in TOOK_PLACE:
        raise WrongState(T("The session has not begun yet."), meeting.state.value, [])
    content = own.content if own and own.content else queries.assembled(view.session, process, meeting, view.now)
    return view.render(
        "forum/minutes.html",
        process=process,
        meeting=meeting,
        kind_word=KIND_WORDS[meeting.kind],
        minutes=own,
        state_word=STATE_WORDS[own.state] if own else None,
        moves=MINUTES.moves_from(own.state if own else None),
        is_closed=meeting.state is SessionState.CLOSED,
        **_who_approves(view, process, own),
        due=due_days(meeting.held_at.astimezone(process.zone).date()),
        today=view.now.astimezone(process.zone).date(),
        addenda=records.addenda_of(view.session, meeting.id),
        paper=Wording(content, view.language, view.url(f"/p/{process.slug}")).paper(),
    )


def _who_approves(view: View, process: Process, own: SessionMinutes | None) -> dict[str, Any]:
    """Why whoever looks may not approve the minutes, if so, and the names of those who may."""
    if own is None or own.state is not MinutesState.DRAFT or own.written_by_person_id != view.actor.person_id:
        return {"why_not": None, "others": ""}
    me = view.actor.person_id
    others = people.others_who_may(view.session, MAY, process.id, me, view.now)
    why_not = why_not_approve(is_writer=True, is_alone=not others, written_at=own.written_at, now=view.now)
    return {"why_not": why_not, "others": ", ".join(sorted(person.name for person in others))}


def _again(view: View, slug: str, number: int) -> Response:
    """The form that was sent: on the page of a session that is being held, or on that of its minutes."""
    _, meeting = meeting_at(view, slug, number)
    return (session if meeting.state is SessionState.HELD else minutes)(view, slug, number)


@router.act(MINUTES_OF, may=MAY, again=_again)
def write(view: View, slug: str, number: int) -> Response:
    """Keep what was said and agreed, and close the session with it when asked to."""
    process, meeting = meeting_at(view, slug, number)
    actions.write_minutes(view.work, process, meeting, view.typed("minutes"))
    told = T("The minutes were kept.")
    if view.typed("then") == "close":
        actions.close_session(view.work, process, meeting)
        told = T("The session is closed. Another person approves the minutes; then they are published.")
    after = "/minutes" if meeting.state is SessionState.CLOSED else ""
    return view.see_other(f"/p/{slug}/office/forum/sessions/{number}{after}", told)


@router.act(f"{MINUTES_OF}/approval", may=MAY, again=minutes)
def approve(view: View, slug: str, number: int) -> Response:
    """Approve what somebody else wrote."""
    process, meeting = meeting_at(view, slug, number)
    typed = view.typed("version")
    seen = int(typed) if typed.isdecimal() and len(typed) < LONGEST_NUMBER else None
    actions.approve_minutes(view.work, process, meeting, seen)
    return view.see_other(f"/p/{slug}/office/forum/sessions/{number}/minutes", T("The minutes are approved."))


def _print(view: View, slug: str, number: int) -> Any:
    """Set the PDF before the transaction begins, where the minutes may be published at all."""
    process, meeting = meeting_at(view, slug, number)
    view.require(MAY, process.id)
    own = records.minutes_of(view.session, meeting.id)
    if own is None:
        raise NotFound
    MINUTES.after(own.state, "publish")
    site = view.house.settings.base_url
    return printing.prints_of(view.session, process, meeting, view.now, site)


@router.act(f"{MINUTES_OF}/publication", may=MAY, again=minutes, prepare=_print, length=Length.LONG)
def publish(view: View, slug: str, number: int) -> Response:
    """Publish approved minutes with their PDF."""
    process, meeting = meeting_at(view, slug, number)
    actions.publish_minutes(view.work, process, meeting, view.prepared)
    return view.see_other(f"/p/{slug}/office/forum/sessions/{number}/minutes", T("The minutes are public."))


@router.act(f"{MINUTES_OF}/addenda", may=MAY, again=minutes)
def add(view: View, slug: str, number: int) -> Response:
    """Add to published minutes."""
    process, meeting = meeting_at(view, slug, number)
    actions.add_addendum(view.work, process, meeting, view.typed("addendum"), view.typed("addendum_reason"))
    return view.see_other(f"/p/{slug}/office/forum/sessions/{number}/minutes", T("The addendum is public."))


@router.page("/p/{slug}/forum/sessions/{number}/minutes.pdf", may=PUBLIC, length=Length.LONG)
def pdf(view: View, slug: str, number: int) -> Response:
    """The published minutes as a tagged PDF in the language of the address."""
    process, body = forum_at(view, slug)
    meeting = seats.session_numbered(view.session, body.id, number)
    own = records.minutes_of(view.session, meeting.id)
    key = None
    if own is not None and own.state is MinutesState.PUBLISHED:
        key = own.pdf_en_id if view.language == "en" else own.pdf_es_id
    document = view.session.get(Document, key) if key else None
    if document is None:
        raise NotFound
    file = Download(f"{process.slug}-{document.name}", "application/pdf", document.sha256, is_public=True)
    return handed_out(view, file, lambda: documents.content_of(view.session, document))
