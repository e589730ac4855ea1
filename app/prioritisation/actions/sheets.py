"""Counting on paper: one person types the sheet, another types it again, and only what is the same is counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.kit.errors import Conflict, Invalid, NotAllowed
from app.kit.i18n import T
from app.people.rules import Permission
from app.prioritisation.models import CountSheet, VotingRound
from app.prioritisation.queries import rounds, tables
from app.prioritisation.queries.tables import AtTable
from app.prioritisation.rules import paper
from app.prioritisation.rules.voting import VotingState, VotingWay
from app.process.models import Process
from app.work import Work


@dataclass(frozen=True)
class Sheet:
    """What was typed from a count on paper: a line for each ballot, or the sums and how many ballots there were."""

    rows: str = ""
    ballots: int | None = None
    sums: Mapping[str, int | None] = field(default_factory=dict)
    only_sums: bool = False


def type_sheet(work: Work, process: Process, at: AtTable, found: VotingRound, sheet: Sheet) -> CountSheet:
    """Type the count of a vote on paper, for another person to type again; it may be typed anew until then."""
    rows, told = _read(work, process, at, found, sheet)
    kept = tables.sheet_of(work.session, at.voting.id)
    if kept is not None and kept.checked_at:
        raise Conflict(T("Two people have typed this count already."))
    if kept is None:
        kept = CountSheet(voting_id=at.voting.id)
        work.session.add(kept)
    kept.rows, kept.told, kept.typed_by_person_id = rows, told, work.actor.person_id
    work.session.flush()
    work.record("table.count_typed", at.table.subject, take=at.voting.take, ballots=_size(rows, told))
    return kept


def check_sheet(work: Work, process: Process, at: AtTable, found: VotingRound, sheet: Sheet) -> CountSheet:
    """Type the same count again, as another person. Refused until it is the same, without saying what was typed."""
    rows, told = _read(work, process, at, found, sheet)
    kept = tables.sheet_of(work.session, at.voting.id)
    if kept is None or kept.checked_at:
        raise Conflict(T("There is no count that waits to be typed again."))
    if kept.typed_by_person_id == work.actor.person_id:
        raise Conflict(T("Another person has to type it: you typed the first one."))
    if (rows, told) != (kept.rows, kept.told):
        name = "ballots" if sheet.only_sums else "rows"
        raise Invalid(**{name: T("This is not what the first person typed. Look at the paper again, together.")})
    kept.checked_by_person_id, kept.checked_at = work.actor.person_id, work.now
    work.record("table.count_checked", at.table.subject, take=at.voting.take, ballots=_size(rows, told))
    return kept


def _read(
    work: Work, process: Process, at: AtTable, found: VotingRound, sheet: Sheet
) -> tuple[list[str], dict[str, Any] | None]:
    work.require(Permission.RUN_TABLES, process.id)
    if work.actor.person_id is None:
        raise NotAllowed
    if at.voting.state is not VotingState.OPEN or at.voting.way is not VotingWay.PAPER:
        raise Conflict(T("No vote on paper is open at this table."))
    on_it = rounds.on_ballot(work.session, found.id)
    if sheet.only_sums:
        known = {one.folio: sheet.sums.get(one.folio) for one in on_it}
        told = paper.told(found.rule, sheet.ballots, known)
        _require_rights(work, at, int(told["ballots"]), "ballots")
        return [], told
    rows = paper.rows(found.rule, sheet.rows, {one.number: one.folio for one in on_it})
    _require_rights(work, at, len(rows), "rows")
    return rows, None


def _require_rights(work: Work, at: AtTable, ballots: int, name: str) -> None:
    may = tables.turnout(work.session, at.voting).may
    if ballots > may:
        sentence = T("These are {n} ballots, and only {may} people were noted for one.", n=ballots, may=may)
        raise Invalid(**{name: sentence})


def _size(rows: list[str], told: dict[str, Any] | None) -> int:
    return int(told["ballots"]) if told else len(rows)
