"""The doors of the forum, the same for pages and programs: its process, a filter, a round, the seat of whoever asks."""

from __future__ import annotations

from app.decisions.models import DecidingBody
from app.forum.models import Round, Seat
from app.forum.queries import rounds, seats
from app.kit.errors import NotAllowed, NotFound
from app.kit.i18n import T
from app.people.rules import Permission
from app.process.doors import standing
from app.process.models import Process, Stage
from app.web.view import View


def forum_at(view: View, slug: str) -> tuple[Process, DecidingBody]:
    """The process and its forum; where there is none, there is no such page."""
    process = standing(view, slug)
    return process, seats.require_forum(view.session, process.id)


def stage_at(view: View, process: Process, slug: str) -> Stage:
    """A filter of this process that is not the office's own."""
    for stage in seats.forum_stages(view.session, process.id):
        if stage.slug == slug:
            return stage
    raise NotFound


def own_round(view: View, slug: str) -> tuple[Process, Round, Seat]:
    """The process, its present round, and the seat of whoever asks; without a seat there is nothing to score."""
    process, body = forum_at(view, slug)
    view.require(Permission.SEE_FORUM, process.id)
    found = rounds.current_round(view.session, process.id, view.now)
    where = found.body_id if found else body.id
    seat = seats.seat_held(view.session, where, view.actor.person_id, view.now)
    if seat is None:
        raise NotAllowed(T("Only who sits in the forum may do this."))
    if found is None:
        raise NotFound(T("The forum has not opened a round of scoring yet."))
    return process, found, seat


def readable(view: View, found: Round) -> Round:
    """A round whose results may be read: while one is discussed, that is the first; refused with its dates else."""
    before = rounds.round_before(view.session, found)
    if before is not None and rounds.is_blind(found, view.now):
        return before
    rounds.require_closed(found, view.now)
    return found


def closed_round(view: View, process: Process, stage_slug: str) -> Round:
    """The newest round of a stage whose results anybody may see; refused with its dates before the close."""
    for stage in seats.forum_filters(view.session, process.id):
        found = rounds.last_round(view.session, stage.id)
        if found is not None and stage_slug in {"", stage.slug}:
            return readable(view, found)
    raise NotFound
