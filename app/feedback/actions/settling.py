"""Reaching people by other means: the letter handed over, a duty settled with its reason; and what readers say."""

from __future__ import annotations

from app.duties import ledger
from app.duties.models import Duty
from app.duties.rules import DUTY, DutyState, SettledBecause
from app.feedback import queries, reaching
from app.feedback.models import Clarity, Letter
from app.feedback.rules import LETTER, Clear, LetterState, Way
from app.kit.errors import Conflict, Invalid, WrongState
from app.kit.i18n import T
from app.mail import moves
from app.mail.rules import StopReason
from app.people.rules import Permission
from app.process.models import Process
from app.work import Work
from app.work.transaction import Subject

SHORTEST_NOTE = 10
LONGEST_NOTE = 500


def hand_over(work: Work, process: Process, letter: Letter, note: str) -> None:
    """Note that an approved letter was handed over, posted on paper or read aloud; that answers what it stands for."""
    work.require(Permission.SETTLE_DUTIES, process.id)
    if letter.way is Way.EMAIL and letter.outbox_message_id is not None:
        came_back = queries.sent_states(work.session, [letter]).get(letter.id)
        if came_back is None or came_back.value not in {"bounced", "dropped", "failed", "cancelled"}:
            raise Conflict(T("This letter goes by e-mail. Hand it over only if it came back."))
    note = noted(note)
    letter.state = LETTER.after(letter.state, "hand_over")
    letter.way, letter.handed_over_at = Way.HAND, work.now
    ledger.covered_by_hand(work.session, queries.duties_of_letter(work.session, letter.id), work.now)
    work.record("answer.handed_over", letter.trail_subject, folios=letter.folios, private={"note": note})


def settle(work: Work, duty: Duty, because: str, note: str) -> None:
    """Close a duty without a letter that arrived, for one of the listed reasons and with a note. Office only."""
    work.require(Permission.SETTLE_DUTIES, duty.process_id)
    if because not in set(SettledBecause):
        raise Invalid(because=T("Choose one of the listed reasons."))
    if duty.state is not DutyState.OWED:
        raise WrongState(T("This answer is not owed any more."), duty.state.value, DUTY.moves_from(duty.state))
    ledger.settle(work.session, duty, SettledBecause(because), noted(note), work.now)
    _drop_empty_draft(work, duty)
    subject = Subject(duty.subject, duty.subject_id, duty.process_id, duty.subject_version)
    work.record("answer.settled", subject, because=f"duty:{duty.id}", reason=because, private={"note": note.strip()})


def _drop_empty_draft(work: Work, duty: Duty) -> None:
    """A draft for what is settled is cancelled; what it also stood for is drafted again."""
    letter = queries.latest_of(work.session, duty.stage_id, [duty.person_id]).get(duty.person_id)
    if letter is not None and letter.state is LetterState.DRAFT:
        letter.state = LETTER.after(letter.state, "cancel")


def noted(note: str) -> str:
    """What was done to reach somebody, as it is kept; refused where it says nothing."""
    note = note.strip()
    if len(note) < SHORTEST_NOTE:
        raise Invalid(note=T("Say in one sentence what was done and when; it stays in the history."))
    return note[:LONGEST_NOTE]


def leave_alone(work: Work, letter: Letter) -> None:
    """Send nothing more to the address of a letter that went where nobody had confirmed; whoever holds its link may.

    Confirming the address lifts it. Refused once somebody has: they say in their account what they want to get.
    """
    address = queries.address_of_letter(work.session, letter)
    if address is None:
        raise Conflict(T("The address of this letter is not kept any more. Nothing else is sent to it."))
    if reaching.is_confirmed(work.session, address):
        raise Conflict(T("This address was confirmed since this letter. Sign in to choose what you get."))
    if moves.stop(work.session, address, StopReason.COMPLAINT, work.now):
        work.record("answer.left_alone", letter.trail_subject)


def rate(work: Work, letter: Letter, answer: str, words: str) -> Clarity:
    """Say whether the reason of a letter was clear; whoever holds its link may, and may change it."""
    if answer not in set(Clear):
        raise Invalid(answer=T("Choose one of the answers."))
    row = work.session.get(Clarity, letter.id)
    if row is None:
        row = Clarity(letter_id=letter.id, process_id=letter.process_id, stage_id=letter.stage_id)
        work.session.add(row)
    row.answer, row.words, row.at = Clear(answer), words.strip()[:LONGEST_NOTE], work.now
    work.record("answer.rated", letter.trail_subject, clear=row.answer.value)
    return row
