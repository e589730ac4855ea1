"""Who works in a process: appointing by name and e-mail, and ending a role. For who may grant roles."""

from __future__ import annotations

import uuid
from typing import Any

from starlette.responses import Response

from app.accounts import appointing
from app.accounts.appointing import ROLE_WORDS, Appointment
from app.kit.errors import NotFound
from app.kit.i18n import T
from app.people import queries
from app.people.rules import Permission, Role
from app.process.doors import standing
from app.web.edge import Router
from app.web.view import View

router = Router()


@router.page("/p/{slug}/office/people", may=Permission.GRANT_ROLES)
def people(view: View, slug: str) -> Response:
    """Who holds which role here, and appointing somebody."""
    process = standing(view, slug)
    view.require(Permission.GRANT_ROLES, process.id)
    return view.render(
        "process/people.html",
        process=process,
        rows=queries.roles_in(view.session, process.id, view.now),
        role_words=ROLE_WORDS,
        roles=[(role.value, ROLE_WORDS[role], appointing.ROLE_HINTS[role]) for role in appointing.HERE],
        speaks=Role.INSTITUTION,
        bodies=queries.public_bodies(view.session),
        me=view.actor.person_id,
    )


def _prepare(view: View, slug: str) -> Any:
    process = standing(view, slug)
    view.require(Permission.GRANT_ROLES, process.id)
    wish = Appointment(*(view.typed(name) for name in ("holder", "email", "role", "post", "institution")))
    place = (process.id, process.slug, process.name("es"), process.ask_at or view.actor.name)
    return appointing.prepare(view.session, place, wish)


@router.act("/p/{slug}/office/people", may=Permission.GRANT_ROLES, again=people, prepare=_prepare)
def appoint(view: View, slug: str) -> Response:
    """Give somebody a role here and tell them by letter."""
    process = standing(view, slug)
    person = appointing.appoint(view.work, process.id, view.prepared)
    told = T("{name} was appointed and is told by e-mail how to come in.", name=person.name)
    return view.see_other(f"/p/{slug}/office/people", told)


@router.act("/p/{slug}/office/people/end", may=Permission.GRANT_ROLES, again=people)
def end(view: View, slug: str) -> Response:
    """End somebody's role here; what it allowed ends at once."""
    process = standing(view, slug)
    try:
        key = uuid.UUID(view.typed("grant"))
    except ValueError:
        raise NotFound from None
    person = appointing.end(view.work, process.id, key)
    return view.see_other(f"/p/{slug}/office/people", T("The role of {name} was ended.", name=person.name))
