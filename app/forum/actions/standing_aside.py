"""Standing aside on one proposal: a member says so, or the chair or the office records, confirms or dismisses it.

It is the person who stands aside, so the other of the seat can enter; a whole seat only where it is so recorded.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select

from app.decisions.rules import MAY_BE_DECIDED
from app.forum.actions.assigning import hand_place_on
from app.forum.actions.counting import recount
from app.forum.actions.scoring import own_seat, require_open
from app.forum.models import DismissedSuspicion, Recusal, Round, ScoreSheet, Seat, Substitute
from app.forum.queries import seats
from app.forum.queries.aside import own_recusals
from app.forum.queries.suspicions import Suspicion, open_suspicions
from app.forum.rules.scoring import RecusalKind
from app.forum.rules.seats import SeatSector
from app.forum.rules.standing import LONGEST_NAME, SHORTEST_WHY
from app.forum.rules.suspecting import kind_of
from app.kit import ids
from app.kit.errors import Conflict, Invalid, WrongState
from app.kit.i18n import T
from app.people.rules import Permission
from app.process.models import Process, Stage
from app.process.queries import stage_by_id
from app.proposals.models import Proposal
from app.work import Work

ALREADY = T("This seat already stands aside on this proposal.")


@dataclass(frozen=True)
class Aside:
    """Who stands aside and why: a person, or with none the whole seat."""

    seat: Seat
    person_id: uuid.UUID | None
    kind: str
    note: str
    is_pinned: bool = False


def recuse(work: Work, process: Process, stage_id: uuid.UUID, proposal: Proposal, why: tuple[str, str]) -> Recusal:
    """Stand aside on a proposal; `why` is the kind and a note. A sheet of one's own is kept and counts no more."""
    body = seats.forum_for(work.session, stage_by_id(work.session, stage_id))
    seat = own_seat(work, process, body.id)
    return _stand_aside(work, stage_id, proposal, Aside(seat, work.actor.person_id, *why))


def record_recusal(
    work: Work, process: Process, stage_id: uuid.UUID, proposal: Proposal, noted: tuple[Seat, str, str]
) -> Recusal:
    """Write down that a whole seat stands aside, as said in a session or found later. Office or chair."""
    work.require(Permission.RECORD_SESSION, process.id)
    seat, kind, note = noted
    return _stand_aside(work, stage_id, proposal, Aside(seat, None, kind, note, is_pinned=True))


def take_back_recusal(work: Work, process: Process, found: Round, proposal: Proposal) -> None:
    """Stand aside no longer, while the round is open. Not what the chair or office wrote down."""
    seat = own_seat(work, process, found.body_id)
    require_open(found, work.now)
    rows = own_recusals(work.session, found.stage_id, seat.id, work.actor.person_id)
    mine = [row for row in rows if row.proposal_id == proposal.id]
    if not mine:
        raise Conflict(T("You do not stand aside on this proposal."))
    if any(row.is_pinned or row.person_id is None for row in mine):
        raise Conflict(T("The chair or the office recorded this. You cannot take it back."))
    for row in mine:
        row.taken_back_at = work.now
        work.record("seat.recusal_taken_back", proposal.subject, because=f"recusal:{row.id}", seat=seat.number)
    work.session.flush()


def confirm_suspicion(work: Work, process: Process, found: Round, key: str) -> Recusal:
    """Confirm what suggested a conflict: that person stands aside and cannot take it back. Office or chair."""
    work.require(Permission.RECORD_SESSION, process.id)
    one = _suspicion(work, found, key)
    proposal, seat = _both(work, one)
    note = T("Confirmed by the chair or the office.").into(process.language)
    kind = kind_of(one.signs).value
    return _stand_aside(work, found.stage_id, proposal, Aside(seat, one.sitter.person_id, kind, note, is_pinned=True))


def dismiss_suspicion(work: Work, process: Process, found: Round, key: str, reason: str) -> DismissedSuspicion:
    """Say that what suggested a conflict is none, and why; the reason is kept for the chair and the office."""
    work.require(Permission.RECORD_SESSION, process.id)
    one = _suspicion(work, found, key)
    if len(reason.strip()) < SHORTEST_WHY:
        raise Invalid(reason=T("Say in a few words why it is no conflict."))
    proposal, seat = _both(work, one)
    signs = [sign.value for sign in one.signs]
    row = DismissedSuspicion(
        id=ids.new_id(),
        stage_id=found.stage_id,
        seat_id=seat.id,
        proposal_id=proposal.id,
        person_id=one.sitter.person_id,
        signs=signs,
        reason=reason.strip(),
        at=work.now,
    )
    work.session.add(row)
    work.record("conflict.dismissed", proposal.subject, because=f"dismissal:{row.id}", seat=seat.number, signs=signs)
    work.session.flush()
    return row


def _suspicion(work: Work, found: Round, key: str) -> Suspicion:
    one = next((row for row in open_suspicions(work.session, found, work.now) if row.key == key), None)
    if one is None:
        raise Conflict(T("This was settled meanwhile, or is no longer so. Read the list again."))
    return one


def _both(work: Work, one: Suspicion) -> tuple[Proposal, Seat]:
    return work.session.get_one(Proposal, one.proposal_id), work.session.get_one(Seat, one.sitter.seat_id)


def _stand_aside(work: Work, stage_id: uuid.UUID, proposal: Proposal, wish: Aside) -> Recusal:
    _check(wish)
    seat = wish.seat
    if proposal.process_id != seat.process_id or proposal.state not in MAY_BE_DECIDED:
        raise WrongState(T("This proposal is not before the forum."), proposal.state.value, [])
    recusal = _row(work, stage_id, proposal, wish)
    recusal.kind, recusal.note = RecusalKind(wish.kind), wish.note.strip()
    recusal.is_pinned, recusal.at, recusal.taken_back_at = wish.is_pinned, work.now, None
    work.session.add(recusal)
    _void_sheets(work, stage_id, proposal.id, wish)
    said = {"kind": wish.kind, "whole_seat": wish.person_id is None, "pinned": wish.is_pinned}
    work.record("seat.recused", proposal.subject, because=f"recusal:{recusal.id}", seat=seat.number, **said)
    work.session.flush()
    hand_place_on(work, recusal, proposal)
    recount(work, stage_id, proposal.id)
    return recusal


def _check(wish: Aside) -> None:
    if wish.kind not in set(RecusalKind):
        raise Invalid(kind=T("Choose one of the list."))
    if wish.kind == RecusalKind.OTHER and not wish.note.strip():
        raise Invalid(note=T("Say in a few words why."))


def _row(work: Work, stage_id: uuid.UUID, proposal: Proposal, wish: Aside) -> Recusal:
    """The row of this person or seat: a new one, or that of who had taken it back; refused where one stands."""
    known = (Recusal.stage_id == stage_id, Recusal.proposal_id == proposal.id, Recusal.seat_id == wish.seat.id)
    rows = {row.person_id: row for row in work.session.scalars(select(Recusal).where(*known))}
    if any(rows[who].taken_back_at is None for who in (None, wish.person_id) if who in rows):
        raise Conflict(ALREADY)
    found = rows.get(wish.person_id)
    if found is not None:
        return found
    mine = {"seat_id": wish.seat.id, "proposal_id": proposal.id, "person_id": wish.person_id}
    return Recusal(id=ids.new_id(), stage_id=stage_id, **mine)


def _void_sheets(work: Work, stage_id: uuid.UUID, proposal_id: uuid.UUID, wish: Aside) -> None:
    """What the person wrote counts no more; of a whole seat, whatever anybody of it wrote."""
    statement = (
        select(ScoreSheet)
        .join(Round, Round.id == ScoreSheet.round_id)
        .where(Round.stage_id == stage_id, ScoreSheet.proposal_id == proposal_id, ScoreSheet.seat_id == wish.seat.id)
        .where(ScoreSheet.voided_at.is_(None))
    )
    for sheet in work.session.scalars(statement):
        if wish.person_id in {None, sheet.person_id}:
            sheet.counts, sheet.voided_at = False, work.now


def name_substitute(
    work: Work, process: Process, stage: Stage, proposal: Proposal, named: tuple[str, str, str]
) -> Substitute:
    """Name a person or body from outside to sit in for one proposal: name, sector and why, all public. Office only.

    It counts as a voting seat of that sector in the quorum on this proposal, and in nothing else.
    """
    work.require(Permission.APPOINT_SEATS, process.id)
    name, sector, reason = (part.strip() for part in named)
    faults = {}
    if not 0 < len(name) <= LONGEST_NAME:
        faults["name"] = T("Write the name of the person or the body.")
    if sector not in set(SeatSector):
        faults["sector"] = T("Choose one of the list.")
    if len(reason) < SHORTEST_WHY:
        faults["why"] = T("Say in a few words why.")
    if faults:
        raise Invalid(**faults)
    if proposal.process_id != process.id or proposal.state not in MAY_BE_DECIDED:
        raise WrongState(T("This proposal is not before the forum."), proposal.state.value, [])
    aside = (Recusal.stage_id == stage.id, Recusal.proposal_id == proposal.id, Recusal.stands())
    if work.session.scalar(select(Recusal.id).where(*aside).limit(1)) is None:
        raise Conflict(T("Nobody stands aside on this proposal: nobody is needed in their place."))
    same = (Substitute.stage_id == stage.id, Substitute.proposal_id == proposal.id, Substitute.name == name)
    if work.session.scalar(select(Substitute.id).where(*same)) is not None:
        raise Conflict(T("This name is already there for this proposal."))
    row = Substitute(id=ids.new_id(), stage_id=stage.id, proposal_id=proposal.id, at=work.now)
    row.name, row.sector, row.reason = name, SeatSector(sector), reason
    work.session.add(row)
    work.record("substitute.named", proposal.subject, because=f"substitute:{row.id}", sector=sector, stage=stage.slug)
    work.session.flush()
    return row
