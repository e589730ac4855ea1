"""A round of discussion: a closed round is opened again by an act with its reason; the first scores stay as they were.

Every seat begins from its own first sheets and changes what the discussion changed; until it closes, the new ones are
as blind as any.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.decisions.models import Decision
from app.forum.actions.assigning import keep_places
from app.forum.actions.making import Basis, make_round
from app.forum.models import ConflictDeclaration, Round, Score, ScoreSheet
from app.forum.queries import results, rounds, seats
from app.forum.rules.scoring import DONE
from app.kit import ids
from app.kit.errors import Conflict, Invalid
from app.kit.i18n import T, Text
from app.people.rules import Permission
from app.process.models import Process, Stage
from app.proposals.rules import Provenance
from app.trail.rules import instant
from app.work import Work

SHORTEST_REASON = 20


def open_discussion(work: Work, process: Process, stage: Stage, closes_at: datetime | None, reason: str) -> Round:
    """Open the newest round of a stage again, for discussion, with a public reason. Office or chair.

    Refused while it is open or being counted, once a decision was taken on it, where the seats that vote are no longer
    the same, and for a round that was only told of.
    """
    work.require(Permission.RECORD_SESSION, process.id)
    first = _closed(work, stage)
    ends = _end(work, closes_at, reason)
    made = make_round(
        work,
        stage,
        Basis.of_round(first),
        (work.now, ends),
        remind_days=first.remind_days,
        scores_seen=first.scores_seen,
        follows_id=first.id,
        reopened_because=reason.strip(),
    )
    keep_places(work, first, made)
    kept = _carry_over(work, first, made)
    work.record(
        "round.reopened",
        made.subject,
        stage=stage.slug,
        follows=first.number,
        closes_at=instant(ends),
        reason=made.reopened_because,
        sheets=kept,
    )
    return made


def _end(work: Work, closes_at: datetime | None, reason: str) -> datetime:
    faults: dict[str, Text] = {}
    if closes_at is None or closes_at <= work.now:
        faults["closes_at"] = T("Write an end that has not passed yet.")
    if len(reason.strip()) < SHORTEST_REASON:
        faults["reason"] = T("Write why it is opened again, in at least {n} characters.", n=SHORTEST_REASON)
    if faults or closes_at is None:
        raise Invalid(**faults)
    return closes_at


def _closed(work: Work, stage: Stage) -> Round:
    first = rounds.last_round(work.session, stage.id)
    if first is None or not results.is_counted(work.session, first):
        raise Conflict(T("There is no closed and counted round to discuss."))
    if first.provenance is not Provenance.NATIVE:
        raise Conflict(T("This round was not held here: it cannot be opened again."))
    taken = select(Decision.id).where(Decision.stage_id == stage.id, Decision.decided_at >= first.closed_at).limit(1)
    if work.session.scalar(taken) is not None:
        raise Conflict(T("Decisions were taken on this round already. It cannot be opened again."))
    if seats.count_voting(work.session, first.body_id) != first.voting_seats:
        raise Conflict(T("The seats that vote are no longer those of this round. Open a new round instead."))
    return first


def _carry_over(work: Work, first: Round, made: Round) -> int:
    """Give each seat its own first sheets, handed in, and what its people declared."""
    for row in work.session.scalars(select(ConflictDeclaration).where(ConflictDeclaration.round_id == first.id)):
        again = ConflictDeclaration(id=ids.new_id(), round_id=made.id, seat_id=row.seat_id, person_id=row.person_id)
        again.has_none, again.signed_at = row.has_none, row.signed_at
        work.session.add(again)
    handed_in = (ScoreSheet.round_id == first.id, ScoreSheet.state.in_(DONE))
    copies = {}
    for sheet in work.session.scalars(select(ScoreSheet).where(*handed_in, ScoreSheet.voided_at.is_(None))):
        copy = copies[sheet.id] = ScoreSheet(id=ids.new_id(), round_id=made.id, state=sheet.state)
        for name in ("proposal_id", "seat_id", "person_id", "counts", "saved_at", "submitted_at", "abstain_reason"):
            setattr(copy, name, getattr(sheet, name))
    work.session.add_all(copies.values())
    work.session.flush()
    scores = select(Score).join(ScoreSheet, ScoreSheet.id == Score.sheet_id).where(*handed_in)
    work.session.add_all(
        Score(
            id=ids.new_id(),
            sheet_id=copies[score.sheet_id].id,
            criterion_id=score.criterion_id,
            level_id=score.level_id,
            reason=score.reason,
        )
        for score in work.session.scalars(scores).all()
        if score.sheet_id in copies
    )
    work.session.flush()
    return len(copies)
