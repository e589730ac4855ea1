"""What happens when somebody has proved who they are: the address counts as confirmed, and a new session begins.

Whatever session the browser had before ends at that moment, so that nobody can hand somebody else a session of theirs.
"""

from __future__ import annotations

from sqlalchemy import select
from starlette.responses import Response

from app.accounts import security, sessions
from app.accounts.models import SignInLink
from app.mail import moves
from app.people.models import Contact, Person
from app.people.rules import ContactKind, IdentityLevel
from app.web.view import View, session_cookie
from app.work import Work


def arrive(view: View, person: Person, method: str, onward: str) -> Response:
    """Begin a session in this browser and go on to where the person was going."""
    session, settings = view.session, view.house.settings
    before = session_cookie(view.request)
    if before:
        sessions.end_one(session, before, view.now)
    device = sessions.device_of(view.request.headers.get("user-agent", ""))
    secret = sessions.open_for(session, person, method, device, view.now)
    security.note_visit(view, "signed_in", person.id, method=method)
    response = view.see_other(onward)
    sessions.give_cookie(response, settings, secret)
    return response


def confirm_address(work: Work, person: Person, link: SignInLink) -> None:
    """Whoever came by a letter has shown that its address reaches them; links of the operator's own show nothing."""
    if not link.browser_hash:
        return
    wanted = (Contact.person_id == person.id, Contact.kind == ContactKind.EMAIL, Contact.value == link.address)
    contact = work.session.scalars(select(Contact).where(*wanted)).one_or_none()
    if contact is not None and contact.confirmed_at is None:
        contact.confirmed_at = work.now
        if person.identity_level is IdentityLevel.UNCONFIRMED:
            person.identity_level = IdentityLevel.EMAIL_CONFIRMED
    moves.lift(work.session, link.address, work.now)
