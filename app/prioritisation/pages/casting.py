"""Voting with a code on one's own phone. Nothing here is kept, logged with a code, or given again."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping

from starlette.responses import Response

from app.kit.errors import Invalid, NotFound
from app.kit.i18n import T
from app.prioritisation import actions
from app.prioritisation.actions import Cast, Spent
from app.prioritisation.models import VotingRound
from app.prioritisation.queries import rounds, tables
from app.prioritisation.rules.counting import BallotMethod
from app.prioritisation.rules.voting import rule_in_words
from app.process.doors import standing
from app.web.edge import PUBLIC, Router
from app.web.limits import BALLOT
from app.web.view import View

router = Router()
MOST_ORDER = 40


@router.page("/p/{slug}/vote", may=PUBLIC)
def ballot(view: View, slug: str, at: int = 0) -> Response:
    """The ballot of the round that votes now, its proposals in an order of its own each time; refused, in the same."""
    process = standing(view, slug)
    chosen = view.typed("round")
    number = int(chosen) if chosen.isdigit() else at
    voting = tables.open_rounds(view.session, process.id)
    found = next((one for one in voting if one.number == number), voting[0] if len(voting) == 1 else None)
    order = view.typed("order")[:MOST_ORDER] or secrets.token_hex(8)
    on_it = rounds.on_ballot(view.session, found.id) if found else []
    return view.render(
        "prioritisation/vote.html",
        process=process,
        round=found,
        rounds=voting,
        rule=rule_in_words(found.rule) if found else None,
        order=order,
        on_it=sorted(on_it, key=lambda one: hashlib.sha256(f"{order}{one.folio}".encode()).digest()),
        solutions=rounds.solutions_on(view.session, found.id) if found else {},
        by_points=found is not None and found.method is BallotMethod.POINTS,
        address=f"/p/{slug}/vote",
        is_assisted=False,
    )


def typed_ballot(view: View, found: VotingRound) -> dict[str, int]:
    """What was chosen in the form of a ballot; nothing only where the form says that nothing is meant."""
    approves = found.method is BallotMethod.APPROVAL
    given = dict.fromkeys(view.typed_all("ballot"), 1) if approves else _points(view)
    _require_meant(given, is_blank=bool(view.typed("blank")))
    return given


def _require_meant(given: Mapping[str, int], *, is_blank: bool) -> None:
    """An empty ballot cannot be taken back either, so that it is cast on purpose and never by one press too many."""
    has_chosen = any(given.values())
    if not has_chosen and not is_blank:
        raise Invalid(blank=T("You marked nothing. If you want to cast an empty ballot, mark it here."))
    if has_chosen and is_blank:
        raise Invalid(blank=T("You chose something, and marked an empty ballot too. Leave only one of the two."))


def _points(view: View) -> dict[str, int]:
    given = {}
    for name, value in view.form.multi_items():
        folio = name.removeprefix("points-")
        if folio == name or not isinstance(value, str) or not value.strip():
            continue
        if not value.strip().isdigit() or len(value.strip()) > len("9999"):
            raise Invalid(**{name: T("Write the points as a whole number, or leave it empty.")})
        given[folio] = int(value)
    return given


def _again(view: View, slug: str) -> Response:
    return ballot(view, slug)


@router.act("/p/{slug}/vote", may=PUBLIC, again=_again, limit=BALLOT)
def cast(view: View, slug: str) -> Response:
    """Cast a ballot with a code; the answer says only that somebody voted.

    Whoever sends it twice is led to a page that says the same and shows nothing of what was sent.
    """
    process = standing(view, slug)
    number = view.typed("round")
    if not number.isdigit():
        raise NotFound
    found = rounds.public_round(view.session, process.id, int(number))
    try:
        told = actions.cast(view.work, process, found, view.typed("code"), typed_ballot(view, found))
    except Spent:
        return view.see_other(f"/p/{slug}/vote/used")
    return view.see_other(f"/p/{slug}/vote/{'rehearsed' if told is Cast.REHEARSED else 'done'}")


@router.page("/p/{slug}/vote/done", may=PUBLIC, kept=True)
def done(view: View, slug: str) -> Response:
    """You voted: that is all this page knows, the same for everybody, so that a hall reads one rendering of it."""
    return view.render("prioritisation/voted.html", process=standing(view, slug), which="done")


@router.page("/p/{slug}/vote/rehearsed", may=PUBLIC, kept=True)
def rehearsed(view: View, slug: str) -> Response:
    """It was a rehearsal: nothing was counted."""
    return view.render("prioritisation/voted.html", process=standing(view, slug), which="rehearsed")


@router.page("/p/{slug}/vote/used", may=PUBLIC, kept=True)
def used(view: View, slug: str) -> Response:
    """Somebody voted with this code: that is all this page knows, too."""
    return view.render("prioritisation/voted.html", process=standing(view, slug), which="used")
