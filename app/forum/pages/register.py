"""What the chair and the office see of who stands aside in a round: suspected, dismissed, recorded, and who enters."""

from __future__ import annotations

from typing import Any

from app.forum.models import Recusal, Round, Seat
from app.forum.queries import rounds
from app.forum.queries.aside import seats_aside
from app.forum.queries.standing import substitutes_named
from app.forum.queries.suspicions import Suspicion, dismissed_in, open_suspicions
from app.forum.rules.scoring import RecusalKind
from app.forum.rules.seats import SECTOR_WORDS
from app.forum.rules.suspecting import SIGN_WORDS, Sign
from app.kit.i18n import T, Text
from app.web.view import View

AT_ONCE = 20
AS_RECORDED: dict[RecusalKind, Text] = {
    RecusalKind.AUTHOR: T("The person is one of its authors"),
    RecusalKind.INSTITUTION: T("It comes from the person's institution or organisation"),
    RecusalKind.FAMILY: T("Somebody close to the person is one of its authors"),
    RecusalKind.INTEREST: T("The person or theirs would gain or lose by it"),
    RecusalKind.OTHER: T("Another reason"),
}
"""The reasons to stand aside as the chair writes them down about somebody else."""


def known_of(view: View, found: Round, all_seats: list[Seat]) -> dict[str, Any]:
    """Who stands aside on what, what suggests that somebody should, and what the forms about it offer."""
    names = {seat.number: seat.name for seat in all_seats}
    suspected = open_suspicions(view.session, found, view.now)
    return {
        "recusals": [
            (folio, number, names[number], AS_RECORDED[row.kind], others)
            for folio, number, row, others in standing_aside(view, found)
        ],
        "choosable": [("", T("Choose a seat")), *((str(n), f"{n}. {name}") for n, name in names.items())],
        "kinds": list(AS_RECORDED.items()),
        "suspected": [(one, _words(one)) for one in suspected[:AT_ONCE]],
        "suspected_total": len(suspected),
        "dismissed": [
            (folio, number, names[number], [SIGN_WORDS[Sign(sign)] for sign in row.signs], row.reason)
            for folio, number, row in dismissed_in(view.session, found.stage_id)
        ],
        "substitutes": [
            (folio, row, SECTOR_WORDS[row.sector]) for folio, row in substitutes_named(view.session, found.stage_id)
        ],
        "sectors": [(sector.value, word) for sector, word in SECTOR_WORDS.items()],
    }


def _words(one: Suspicion) -> list[Text]:
    return [SIGN_WORDS[sign] for sign in one.signs]


def standing_aside(view: View, found: Round) -> list[tuple[str, int, Recusal, bool]]:
    """The register of a round, each line with whether the seat still counts because somebody else of it is free."""
    rows = rounds.recusals_of(view.session, found.stage_id)
    aside = seats_aside(view.session, found, view.now) if rows else {}
    return [(folio, number, row, row.seat_id not in aside.get(row.proposal_id, ())) for folio, number, row in rows]
