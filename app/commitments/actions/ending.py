"""What becomes of a commitment at the end of the plan; and the small registers: support, training, people and money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.commitments.actions.bodies import locked, too_long
from app.commitments.actions.drafting import why_in_words
from app.commitments.models import Commitment, Continuity, RegisterEntry
from app.commitments.queries import commitments as queries
from app.commitments.rules import plan as rules
from app.commitments.rules.plan import AT_THE_END, RegisterKind
from app.kit import ids
from app.kit.errors import Conflict, Invalid, NotFound
from app.kit.i18n import T, Text
from app.people.rules import Permission
from app.process.models import Process
from app.work import Work


@dataclass(frozen=True)
class Ending:
    """What was decided at the end: the move, why, by whom and when."""

    move: str
    reason: str
    body: str
    decided_on: date | None


def decide_continuity(work: Work, process: Process, commitment: Commitment, wish: Ending) -> Continuity:
    """Write down what was decided about a commitment at the end of the plan. Office only; it is decided once."""
    work.require(Permission.WRITE_COMMITMENTS, process.id)
    commitment = locked(work, commitment)
    faults: dict[str, Text] = {}
    if wish.move not in AT_THE_END:
        faults["move"] = T("Choose what becomes of it.")
    if len(wish.reason.strip()) < rules.SHORTEST_REASON:
        faults["reason"] = why_in_words()
    if not wish.body.strip():
        faults["body"] = T("Write who decided it.")
    elif len(wish.body) > 200:
        faults["body"] = too_long(200)
    if wish.decided_on is None:
        faults["decided_on"] = T("Write when it was decided.")
    if faults or wish.decided_on is None:
        raise Invalid(**faults)
    commitment.state = rules.COMMITMENT.after(commitment.state, wish.move)
    row = Continuity(
        id=ids.new_id(),
        commitment_id=commitment.id,
        move=wish.move,
        reason=wish.reason.strip(),
        body=wish.body.strip(),
        decided_on=wish.decided_on,
        at=work.now,
    )
    work.session.add(row)
    work.record(
        "commitment.continuity_decided",
        commitment.subject,
        move=wish.move,
        body=row.body,
        decided_on=wish.decided_on.isoformat(),
        reason=row.reason,
    )
    return row


@dataclass(frozen=True)
class EnterLine:
    """A line of a register."""

    kind: str
    what: str
    who: str
    on_day: date | None
    commitment: int | None = None


def enter_line(work: Work, process: Process, wish: EnterLine) -> RegisterEntry:
    """Enter a line into a register: posts and bodies, no names of people. Office only."""
    work.require(Permission.WRITE_COMMITMENTS, process.id)
    faults: dict[str, Text] = {}
    if wish.kind not in set(RegisterKind):
        faults["kind"] = T("Choose a register.")
    if not wish.what.strip():
        faults["what"] = T("Write what it is.")
    elif len(wish.what) > 400:
        faults["what"] = too_long(400)
    if len(wish.who) > 200:
        faults["who"] = too_long(200)
    if wish.on_day is None:
        faults["on_day"] = T("Write the date.")
    if faults or wish.on_day is None:
        raise Invalid(**faults)
    of = queries.numbered(work.session, process.id, wish.commitment) if wish.commitment is not None else None
    row = RegisterEntry(
        id=ids.new_id(),
        process_id=process.id,
        commitment_id=of.id if of else None,
        kind=RegisterKind(wish.kind),
        what=wish.what.strip(),
        who=wish.who.strip(),
        on_day=wish.on_day,
        at=work.now,
    )
    work.session.add(row)
    work.record("commitments.register_entered", process.subject, kind=wish.kind, commitment=wish.commitment)
    return row


def settle_line(work: Work, process: Process, entry: RegisterEntry | None, words: str) -> None:
    """Say what came of a line: support given, money confirmed. Office only."""
    work.require(Permission.WRITE_COMMITMENTS, process.id)
    if entry is None or entry.process_id != process.id:
        raise NotFound
    if entry.settled:
        raise Conflict(T("What came of this line was written down already."))
    if not words.strip() or len(words) > 400:
        raise Invalid(settled=T("Write what came of it, in at most 400 characters."))
    entry.settled = words.strip()
    work.record("commitments.register_settled", process.subject, kind=entry.kind.value)
