"""Whether some seats give less than others to the same proposals: for the forum's own eyes, after the close."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from starlette.responses import Response

from app.forum.doors import forum_at
from app.forum.pages.criteria import round_at
from app.forum.queries import rounds, seats
from app.forum.rules.results import Result
from app.forum.rules.seeing import SEEN_SENTENCES, Seen
from app.kit.text import say_number
from app.people.rules import Permission
from app.web.edge import Router
from app.web.hops import Length
from app.web.view import View

router = Router()
PAGE = 50


@router.page("/p/{slug}/office/forum/severity/{stage}", may=Permission.SEE_FORUM, length=Length.LONG)
def severity(view: View, slug: str, stage: str, page: int = 1) -> Response:
    """The lean of each seat that votes, and the ranking as it is beside the one without these leans."""
    process, _ = forum_at(view, slug)
    view.require(Permission.SEE_FORUM, process.id)
    outturn = rounds.outturn(view.session, round_at(view, process, stage), view.now)
    found = outturn.firmness.leans
    without = outturn.without_leans
    ranked = [result for result in outturn.counted.ranked if result.is_ranked]
    first = max(page - 1, 0) * PAGE
    names = {rounds.evaluator_of(seat.number): seat for seat in seats.seats_of(view.session, outturn.round.body_id)}
    return view.render(
        "forum/severity.html",
        process=process,
        stage=stage,
        leans=[(names[lean.evaluator], _say(view, lean.points), lean.n) for lean in found],
        by_seat=outturn.round.scores_seen is Seen.NAMED,
        what_is_seen=SEEN_SENTENCES[outturn.round.scores_seen],
        rows=_rows(view, ranked, without)[first : first + PAGE],
        total=len(ranked),
        page=page,
        pages=(len(ranked) + PAGE - 1) // PAGE or 1,
    )


def _rows(
    view: View, ranked: Sequence[Result], without: Mapping[str, Fraction]
) -> list[tuple[str, int | None, str, int, str]]:
    """Folio, place and points as counted, then place and points without the leans."""
    order = sorted(ranked, key=lambda result: (-without[result.folio], result.folio))
    place = {result.folio: at for at, result in enumerate(order, start=1)}
    return [
        (r.folio, r.rank, _say(view, r.total or Fraction(0)), place[r.folio], _say(view, without[r.folio]))
        for r in ranked
    ]


def _say(view: View, number: Fraction) -> str:
    return say_number(float(number), view.variant, 1)
