"""The page of an institution: what it was asked, and the commitments it leads; read by those who speak for it."""

from __future__ import annotations

from starlette.responses import Response

from app.commitments.queries import rounds
from app.kit.errors import NotFound
from app.people import queries as people
from app.people.rules import Permission
from app.process.doors import standing
from app.technical_tables.queries import requests
from app.technical_tables.rules import Step
from app.web.edge import SIGNED_IN, Router
from app.web.view import View

router = Router()
MAY = (Permission.ASSESS_FEASIBILITY, Permission.REPORT_PROGRESS)


@router.page("/p/{slug}/institution", may=SIGNED_IN)
def institution(view: View, slug: str) -> Response:
    """What waits for somebody's own institution here; for whoever speaks for none there is no such page."""
    process = standing(view, slug)
    if not any(view.actor.may(permission, process.id) for permission in MAY):
        raise NotFound
    own = people.organisation_of(view.session, view.actor.person_id)
    newest = next(iter(rounds.rounds_of(view.session, process.id, 1)), None) if own else None
    current = newest if newest and newest.is_open else None
    return view.render(
        "commitments/institution.html",
        process=process,
        own=own,
        asked=requests.asked_of(view.session, process.id, own.id) if own else [],
        led=rounds.led_by(view.session, process.id, own.id) if own else [],
        current=current,
        reported=rounds.reported_in(view.session, current.id, own.id) if own and current else set(),
        steps=Step,
    )
