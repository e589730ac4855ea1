"""Ballots on paper: a line for each ballot, or only the sums where the ballots themselves were not kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from app.kit.errors import Invalid
from app.kit.i18n import T
from app.prioritisation.rules.counting import Ballot, BallotMethod, BallotRule, Told, checked, sealed

MOST_BALLOTS = 2000
EMPTY = "-"
MARK = re.compile(r"^(\d{1,7})(?::(\d{1,4}))?$")


def rows(rule: BallotRule, typed: str, numbers: Mapping[int, str]) -> list[str]:
    """The ballots of a count sheet, sealed and sorted: one line each, the numbers of the proposals, with points 7:3.

    A dash is an empty ballot. Refused with the number of the first line that cannot be counted.
    """
    lines = [line.strip() for line in typed.splitlines() if line.strip()]
    if not lines:
        raise Invalid(rows=T("Write a line for each ballot; an empty ballot is a dash."))
    if len(lines) > MOST_BALLOTS:
        raise Invalid(rows=T("At most {n} lines.", n=MOST_BALLOTS))
    found = []
    for at, line in enumerate(lines, 1):
        try:
            ballot = {} if line == EMPTY else _ballot(rule, line, numbers)
            found.append(sealed(checked(rule, ballot, numbers.values())))
        except Invalid as invalid:
            raise Invalid(rows=T("Line {n}: {why}", n=at, why=next(iter(invalid.fields.values())))) from None
    return sorted(found)


def _ballot(rule: BallotRule, line: str, numbers: Mapping[int, str]) -> Ballot:
    ballot: dict[str, int] = {}
    for word in line.replace(",", " ").replace(";", " ").split():
        mark = MARK.match(word)
        if mark is None or int(mark[1]) not in numbers:
            raise Invalid(ballot=T("«{word}» is not a proposal on this ballot.", word=word[:20]))
        if (mark[2] is None) is (rule.method is BallotMethod.POINTS):
            raise Invalid(ballot=T("«{word}»: points are written as number:points, names without.", word=word[:20]))
        folio = numbers[int(mark[1])]
        ballot[folio] = ballot.get(folio, 0) + int(mark[2] or 1)
    return ballot


def told(rule: BallotRule, ballots: int | None, sums: Mapping[str, int | None]) -> dict[str, Any]:
    """The sums of a count sheet without ballots; refused where so many ballots cannot add up to them."""
    if ballots is None or not 0 < ballots <= MOST_BALLOTS:
        raise Invalid(ballots=T("Write how many ballots were counted."))
    given = {folio: n for folio, n in sums.items() if n}
    for folio, n in given.items():
        if n < 0 or n > ballots * rule.each:
            raise Invalid(**{f"sum-{folio}": T("So many ballots cannot give it {n}.", n=n)})
    if sum(given.values()) > ballots * rule.most:
        raise Invalid(ballots=T("{n} ballots cannot add up to these sums. Count again.", n=ballots))
    return {"ballots": ballots, "sums": dict(sorted(given.items()))}


def as_told(rule: BallotRule, kept: Mapping[str, Any]) -> Told:
    """The sums of a sheet as they are counted."""
    sums = {str(folio): int(n) for folio, n in kept["sums"].items()}
    return Told(int(kept["ballots"]), sums, sums if rule.method is BallotMethod.APPROVAL else {})
