"""What waits for whoever opens the forum's page: their sheets, closing the round, deciding; nothing for the public."""

from __future__ import annotations

from app.decisions import queries as decided
from app.decisions.models import DecidingBody
from app.forum.models import Round, Seat
from app.forum.queries import owed, results, rounds, seats
from app.kit.i18n import T, Text, Tn
from app.kit.text import say_until
from app.people.rules import Permission
from app.process.models import Process, Stage
from app.process.queries import stage_by_id
from app.process.rules import WindowStatus
from app.proposals.rules import Provenance
from app.web.view import View

Waiting = tuple[Text, str]


def work_here(view: View, process: Process, body: DecidingBody, newest: list[Round]) -> list[Waiting]:
    """Each thing this person may do here now, as a sentence and where it is done; or who does it, without an address.

    `newest` are the newest rounds of the stages. Members see their own sheets, the chair and the office the round.
    """
    if not view.actor.is_signed_in:
        return []
    base = f"/p/{process.slug}"
    told: list[Waiting] = []
    seat = seats.seat_held(view.session, body.id, view.actor.person_id, view.now)
    for found in newest:
        if seat is not None:
            told += _own_sheets(view, found, seat, base)
            told += _reasons(view, found, base)
        if view.actor.may(Permission.RECORD_SESSION, process.id):
            told += _round(view, process, found)
    if view.actor.may(Permission.RECORD_SESSION, process.id):
        told.append((T("Sessions: calling one, who came, deciding, minutes"), f"{base}/office/forum/sessions"))
    if view.actor.may(Permission.WRITE_CRITERIA, process.id):
        told.append((T("Seats, criteria and rounds"), f"{base}/office/forum"))
    return told


def _own_sheets(view: View, found: Round, seat: Seat, base: str) -> list[Waiting]:
    if found.closed_at is not None or found.window.status(view.now) is not WindowStatus.OPEN:
        return []
    rows = rounds.to_score(view.session, found, seat)
    left = sum(row.status in {"open", "draft"} for row in rows)
    if not left:
        return [(T("You have handed in all your score sheets."), f"{base}/score")]
    return [
        (
            Tn("You have {count} score sheet to fill in", "You have {count} score sheets to fill in", left),
            f"{base}/score",
        )
    ]


def _reasons(view: View, found: Round, base: str) -> list[Waiting]:
    """Writing reasons, between the close of a round and the decision."""
    if found.provenance is not Provenance.NATIVE or not results.is_counted(view.session, found):
        return []
    stage = stage_by_id(view.session, found.stage_id)
    if not decided.count_open(view.session, stage, view.now):
        return []
    return [(T("Write reasons in one voice before the forum decides"), f"{base}/reasons/{stage.slug}")]


def _round(view: View, process: Process, found: Round) -> list[Waiting]:
    base = f"/p/{process.slug}"
    stage = stage_by_id(view.session, found.stage_id)
    address = f"{base}/office/forum/rounds/{stage.slug}"
    if found.closed_at is None:
        if owed.may_close(view.session, found, view.now):
            return [(T("The round of scoring can be closed now"), address)]
        missing = owed.count_missing(view.session, found, view.now)
        when = say_until(found.closes_at, process.timezone, view.variant)
        told = Tn(
            "The round of scoring: {count} sheet is missing. It can be closed on {when}, or once none is missing",
            "The round of scoring: {count} sheets are missing. It can be closed on {when}, or once none is missing",
            missing,
            when=when,
        )
        return [(told, address)]
    if stage.concluded_at:
        return []
    if not decided.count_open(view.session, stage, view.now):
        return _after_deciding(view, process, stage)
    held = seats.held_sessions(view.session, found.body_id)
    where = f"{base}/office/forum/sessions/{held[0].number}/deciding/{stage.slug}" if held else address
    return [(T("The round is closed: decide on the proposals in a session"), where)]


def _after_deciding(view: View, process: Process, stage: Stage) -> list[Waiting]:
    """Everything is decided: whoever may publishes, the others read what waits for the office."""
    counts = decided.count_taken(view.session, stage.id)
    if counts["taken"] == counts["published"]:
        return []
    may = view.actor.may(Permission.PUBLISH_DECISIONS, process.id)
    address = f"/p/{process.slug}/office/decisions/{stage.slug}/publication" if may else ""
    return [(T("Everything is decided: the office publishes the decisions"), address)]
