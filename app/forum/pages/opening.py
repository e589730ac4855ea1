"""The plan of a round as the office fills it in: until when, who scores what, and when the late are reminded."""

from __future__ import annotations

from typing import Any

from app.decisions.models import DecidingBody
from app.forum.actions import Plan
from app.forum.models import Round
from app.forum.queries import rounds, seats, theming
from app.forum.rules.reminding import REMIND_DAYS
from app.forum.rules.seeing import SEEN_WORDS, Seen
from app.forum.rules.theming import ThemeKind
from app.kit.errors import Invalid
from app.kit.i18n import T, Text
from app.kit.i18n import said as said_in
from app.process.models import Process, Stage
from app.process.rules import parse_local
from app.web.view import View

MOST_DIGITS = 3
BY_THEME = "theme"
NUMBER = T("Write a whole number.")


def plan_form(view: View, stage: Stage, body: DecidingBody) -> dict[str, Any]:
    """What the form offers: the themes, the seats that vote, and for each theme the seats it had the last time."""
    offer = theming.offered(view.session, theming.to_come(stage, view.now))
    last = rounds.last_round(view.session, stage.id)
    before = theming.plan_of(last) if last else None
    known = before.seats if before and before.kind is offer.kind else {}
    return {
        "themes": [
            (theme, said_in(name, view.variant), list(known.get(theme, ()))) for theme, name in offer.names.items()
        ],
        "by_groups": offer.kind is ThemeKind.GROUPS,
        "was_by_theme": bool(known),
        "ways_to_see": list(SEEN_WORDS.items()),
        "voters": [
            (str(seat.number), f"{seat.number}. {seat.name}")
            for seat in seats.seats_of(view.session, body.id)
            if seat.votes
        ],
    }


def typed_plan(view: View, process: Process, stage: Stage) -> Plan:
    """The plan as it was typed."""
    opens_at, closes_at = (parse_local(view.typed(name), process.zone, name) for name in ("opens_at", "closes_at"))
    typed = {"remind_days": view.typed("remind_days") or str(REMIND_DAYS), "per_proposal": view.typed("per_proposal")}
    wrong: dict[str, Text] = {name: NUMBER for name, said in typed.items() if said and not _is_number(said)}
    by_theme = _typed_themes(view, stage, wrong) if view.typed("who") == BY_THEME else None
    seen = view.typed("scores_seen") or Seen.NAMED
    if seen not in set(Seen):
        wrong["scores_seen"] = T("Choose one of the list.")
    if wrong:
        raise Invalid(**wrong)
    per_proposal = int(typed["per_proposal"]) if typed["per_proposal"] else None
    return Plan(closes_at, opens_at, int(typed["remind_days"]), per_proposal, by_theme, Seen(seen))


def _is_number(said: str) -> bool:
    return said.isdecimal() and len(said) <= MOST_DIGITS


def _typed_themes(view: View, stage: Stage, wrong: dict[str, Text]) -> dict[str, list[str]]:
    """The seats ticked for each theme that is offered."""
    names = theming.offered(view.session, theming.to_come(stage, view.now)).names
    chosen = {theme: view.typed_all(f"theme_{theme}") for theme in names}
    wrong.update(
        {
            f"theme_{theme}": T("Choose one of the list.")
            for theme, some in chosen.items()
            if not all(map(_is_number, some))
        }
    )
    return chosen


def themes_by_seat(view: View, found: Round) -> dict[int, list[str]]:
    """The names of the themes that each seat scores, by its number; nothing where it does not go by theme."""
    by_theme = theming.plan_of(found)
    if by_theme is None:
        return {}
    offer = theming.offered(view.session, found)
    return {
        seat.number: [said_in(name, view.variant) for name in offer.named(by_theme.themes_of(str(seat.number)))]
        for seat in seats.seats_of(view.session, found.body_id)
        if seat.votes
    }
