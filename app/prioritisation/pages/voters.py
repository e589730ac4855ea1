"""Who is given a ballot at a table: ticked off among those who came; codes to print, shown for a quarter of an hour."""

from __future__ import annotations

import uuid

from starlette.responses import Response

from app.kit import ids
from app.kit.errors import NotFound
from app.kit.i18n import T, Text
from app.meetings.rules.meeting import MeetingState
from app.people.rules import Permission
from app.prioritisation import actions
from app.prioritisation.actions import Given
from app.prioritisation.doors import run_table
from app.prioritisation.pages.tables import WORDS
from app.prioritisation.queries import tables
from app.prioritisation.rules.codes import codes, spaced
from app.prioritisation.rules.voting import MOST_CODES, VotingState, rule_in_words
from app.web import sealing
from app.web.edge import Router
from app.web.view import View

router = Router()
VOTERS = "/p/{slug}/office/tables/{number}/voters"
RUN = Permission.RUN_TABLES
SHOWN = 15 * 60


@router.page(VOTERS, may=RUN)
def voters(view: View, slug: str, number: int) -> Response:
    """Those who came, each with whether they have their ballot here or had it at another table."""
    process, at, found = run_table(view, slug, number)
    open_to = {VotingState.PREPARED, VotingState.OPEN}
    return view.render(
        "prioritisation/voters.html",
        process=process,
        at=at,
        round=found,
        title=at.meeting.title(view.language),
        rows=tables.voters(view.session, at),
        guests=tables.guests_at(view.session, at.meeting.id),
        turnout=tables.turnout(view.session, at.voting),
        is_open=at.meeting.state is MeetingState.HELD and at.voting.state in open_to,
        may_print=at.voting.state in open_to,
        most=MOST_CODES,
        **WORDS,
    )


@router.act(VOTERS, may=RUN, again=voters)
def hand_out(view: View, slug: str, number: int) -> Response:
    """Note who gets a ballot; with codes made for them, or handed a printed code or a ballot on paper."""
    process, at, found = run_table(view, slug, number)
    persons = [_key(text) for text in view.typed_all("persons")]
    if view.typed("how") != "codes":
        given = actions.give_rights(view.work, process, at, found, persons)
        return view.see_other(f"/p/{slug}/office/tables/{number}/voters", _told(given))
    seed, secret = ids.new_token(), view.house.settings.secret()
    given = actions.hand_out(view.work, process, at, found, (persons, secret, seed))
    if not given.new:
        return view.see_other(f"/p/{slug}/office/tables/{number}/voters", _told(given))
    return _to_codes(view, slug, (number, at.table.id), (seed, given.new))


def _told(given: Given) -> Text:
    return T(
        "Noted now: {new}. Noted here before: {here}. Had theirs at another table: {other}.",
        new=given.new,
        here=given.here,
        other=given.elsewhere,
    )


def _key(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotFound from None


def _to_codes(view: View, slug: str, table: tuple[int, uuid.UUID], batch: tuple[str, int]) -> Response:
    sealed = sealing.seal(view.house.settings.secret(), "codes", [table[1].hex, *batch])
    return view.see_other(f"/p/{slug}/office/tables/{table[0]}/voters/codes/{sealed}")


@router.act(f"{VOTERS}/codes", may=RUN, again=voters)
def make_codes(view: View, slug: str, number: int) -> Response:
    """Make codes to be printed and handed out."""
    process, at, found = run_table(view, slug, number)
    typed = view.typed("n")
    seed, n = ids.new_token(), int(typed) if typed.isdigit() and len(typed) <= len("9999") else 0
    actions.print_codes(view.work, process, at, found, (view.house.settings.secret(), seed, n))
    return _to_codes(view, slug, (number, at.table.id), (seed, n))


@router.page(f"{VOTERS}/codes/{{sealed}}", may=RUN)
def show_codes(view: View, slug: str, number: int, sealed: str) -> Response:
    """A batch of codes to print and cut; what is stored of them is their hash only."""
    process, at, found = run_table(view, slug, number)
    secret = view.house.settings.secret()
    key, seed, n = sealing.unseal(secret, "codes", sealed, SHOWN)
    if key != at.table.id.hex:
        raise NotFound
    address = f"{view.house.settings.base_url}{view.url(f'/p/{slug}/vote')}"
    return view.render(
        "prioritisation/codes.html",
        process=process,
        at=at,
        round=found,
        rule=rule_in_words(found.rule),
        codes=[spaced(code) for code in sorted(codes(secret, seed, int(n)))],
        address=address,
    )
