"""What may become of a letter: every pair of state and move, the waiting times, the provider's reports."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime, timedelta

import pytest

from app.kit.errors import WrongState
from app.mail import rules
from app.mail.rules import OUTBOX, EventKind, LetterKind, OutboxState, StopReason

S = OutboxState

# Written out by hand: the table of the design, and nothing beside it.
LEGAL: dict[tuple[OutboxState | None, str], OutboxState] = {
    (None, "draft"): S.DRAFT,
    (None, "post"): S.READY,
    (S.DRAFT, "release"): S.READY,
    (S.DRAFT, "cancel"): S.CANCELLED,
    (S.READY, "claim"): S.CLAIMED,
    (S.READY, "cancel"): S.CANCELLED,
    (S.READY, "hear"): S.ACCEPTED,
    (S.RETRY_WAIT, "claim"): S.CLAIMED,
    (S.RETRY_WAIT, "cancel"): S.CANCELLED,
    (S.RETRY_WAIT, "hear"): S.ACCEPTED,
    (S.CLAIMED, "attempt"): S.ATTEMPTING,
    (S.CLAIMED, "wait"): S.RETRY_WAIT,
    (S.CLAIMED, "fail"): S.FAILED,
    (S.CLAIMED, "hear"): S.ACCEPTED,
    (S.ATTEMPTING, "accept"): S.ACCEPTED,
    (S.ATTEMPTING, "wait"): S.RETRY_WAIT,
    (S.ATTEMPTING, "lose_sight"): S.UNKNOWN,
    (S.ATTEMPTING, "fail"): S.FAILED,
    (S.ATTEMPTING, "hear"): S.ACCEPTED,
    (S.UNKNOWN, "order_again"): S.READY,
    (S.UNKNOWN, "hear"): S.ACCEPTED,
    (S.ACCEPTED, "drop"): S.DROPPED,
    (S.ACCEPTED, "bounce"): S.BOUNCED,
    (S.ACCEPTED, "deliver"): S.DELIVERED,
    (S.ACCEPTED, "complain"): S.COMPLAINED,
    (S.DROPPED, "bounce"): S.BOUNCED,
    (S.DROPPED, "deliver"): S.DELIVERED,
    (S.DROPPED, "complain"): S.COMPLAINED,
    (S.BOUNCED, "deliver"): S.DELIVERED,
    (S.BOUNCED, "complain"): S.COMPLAINED,
    (S.DELIVERED, "complain"): S.COMPLAINED,
}
STATES: list[OutboxState | None] = [None, *OutboxState]
MOVES = sorted({move.name for move in OUTBOX.moves})


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("state", STATES)
def test_every_pair_of_state_and_move_is_as_written(state: OutboxState | None, move: str) -> None:
    if (state, move) in LEGAL:
        assert OUTBOX.after(state, move) is LEGAL[state, move]
        return
    with pytest.raises(WrongState) as refusal:
        OUTBOX.after(state, move)
    assert refusal.value.allowed == OUTBOX.moves_from(state)


def test_every_state_is_in_the_table_and_every_line_was_walked() -> None:
    assert set(OUTBOX.states) == set(OutboxState)
    assert {name for _, name in LEGAL} == set(MOVES)


def test_a_letter_in_doubt_is_only_sent_again_by_an_order() -> None:
    assert OUTBOX.moves_from(S.UNKNOWN) == ["order_again", "hear"]


def test_waiting_grows_fourfold_and_never_beyond_six_hours() -> None:
    full = [rules.wait_after(tries, 1.0) for tries in range(1, 8)]
    assert full == [timedelta(seconds=s) for s in (30, 120, 480, 1920, 7680, 21600, 21600)]
    assert [rules.wait_after(tries, 0.0) for tries in (1, 2)] == [timedelta(seconds=15), timedelta(seconds=60)]


def test_waiting_is_never_shorter_than_the_provider_asked_for() -> None:
    assert rules.wait_after(1, 0.5, timedelta(seconds=300)) == timedelta(seconds=300)
    assert rules.wait_after(3, 1.0, timedelta(seconds=5)) == timedelta(seconds=480)
    assert rules.wait_after(1, 0.5, timedelta(days=9)) == timedelta(hours=6)


def test_six_tries_and_no_more() -> None:
    assert [rules.may_try_again(tries) for tries in range(1, 8)] == [True] * 5 + [False, False]


def test_sign_ins_and_receipts_go_before_answers_and_answers_before_news() -> None:
    assert {kind: rules.lane_of(kind) for kind in LetterKind} == {
        LetterKind.SIGN_IN: 0,
        LetterKind.RECEIPT: 0,
        LetterKind.MEETING: 1,
        LetterKind.DUTY: 1,
        LetterKind.OPTIONAL: 2,
    }


STOPPED = {
    (LetterKind.DUTY, StopReason.HARD_BOUNCE),
    (LetterKind.DUTY, StopReason.COMPLAINT),
    (LetterKind.RECEIPT, StopReason.HARD_BOUNCE),
    (LetterKind.RECEIPT, StopReason.COMPLAINT),
    (LetterKind.MEETING, StopReason.HARD_BOUNCE),
    (LetterKind.MEETING, StopReason.COMPLAINT),
    (LetterKind.OPTIONAL, StopReason.HARD_BOUNCE),
    (LetterKind.OPTIONAL, StopReason.COMPLAINT),
    (LetterKind.OPTIONAL, StopReason.OPTOUT_OPTIONAL),
}


@pytest.mark.parametrize(("kind", "reason"), list(itertools.product(LetterKind, StopReason)))
def test_what_is_owed_is_not_switched_off_by_a_preference(kind: LetterKind, reason: StopReason) -> None:
    assert rules.is_stopped(kind, {reason}) is ((kind, reason) in STOPPED)
    assert rules.is_stopped(kind, set()) is False


def _after_reports(state: OutboxState, events: list[EventKind]) -> OutboxState:
    for event in events:
        for move in rules.moves_on_report(state, event, 1):
            state = OUTBOX.after(state, move)
    return state


@pytest.mark.parametrize("start", [S.ACCEPTED, S.ATTEMPTING, S.UNKNOWN, S.RETRY_WAIT, S.READY, S.CLAIMED])
def test_reports_in_any_order_lead_to_one_state(start: OutboxState) -> None:
    chosen = random.Random(7)
    for size in range(1, 6):
        for some in itertools.combinations(list(EventKind), size):
            ends = set()
            for _ in range(6):
                order = list(some) * 2
                chosen.shuffle(order)
                ends.add(_after_reports(start, order))
            assert len(ends) == 1, some


@pytest.mark.parametrize(
    ("events", "end"),
    [
        ([EventKind.PROCESSED], S.ACCEPTED),
        ([EventKind.DEFERRED, EventKind.DELIVERED], S.DELIVERED),
        ([EventKind.DELIVERED, EventKind.DEFERRED], S.DELIVERED),
        ([EventKind.DELIVERED, EventKind.BOUNCED], S.DELIVERED),
        ([EventKind.BOUNCED, EventKind.DELIVERED], S.DELIVERED),
        ([EventKind.DROPPED], S.DROPPED),
        ([EventKind.DELIVERED, EventKind.COMPLAINED], S.COMPLAINED),
        ([EventKind.UNSUBSCRIBED], S.UNKNOWN),
    ],
)
def test_what_reports_prove_about_a_letter_in_doubt(events: list[EventKind], end: OutboxState) -> None:
    assert _after_reports(S.UNKNOWN, events) is end


@pytest.mark.parametrize("state", [S.READY, S.CLAIMED, S.RETRY_WAIT])
@pytest.mark.parametrize("event", list(EventKind))
def test_a_report_about_a_letter_never_tried_proves_nothing(state: OutboxState, event: EventKind) -> None:
    assert rules.moves_on_report(state, event, 0) == []


@pytest.mark.parametrize("state", [S.DRAFT, S.CANCELLED, S.FAILED])
@pytest.mark.parametrize("event", list(EventKind))
def test_a_report_about_a_letter_that_did_not_go_is_a_note(state: OutboxState, event: EventKind) -> None:
    assert rules.moves_on_report(state, event, 3) == []


@pytest.mark.parametrize(
    ("event", "detail", "reason"),
    [
        (EventKind.BOUNCED, {"type": "bounce", "reason": "550 no such user"}, StopReason.HARD_BOUNCE),
        (EventKind.BOUNCED, {"type": "blocked", "reason": "mailbox full"}, None),
        (EventKind.COMPLAINED, {}, StopReason.COMPLAINT),
        (EventKind.UNSUBSCRIBED, {}, StopReason.OPTOUT_OPTIONAL),
        (EventKind.DROPPED, {"reason": "Bounced Address"}, StopReason.HARD_BOUNCE),
        (EventKind.DROPPED, {"reason": "Spam Reporting Address"}, StopReason.COMPLAINT),
        (EventKind.DROPPED, {"reason": "Unsubscribed Address"}, None),
        (EventKind.DELIVERED, {}, None),
        (EventKind.DEFERRED, {"reason": "try later"}, None),
    ],
)
def test_which_reports_stop_an_address(event: EventKind, detail: dict[str, str], reason: StopReason | None) -> None:
    assert rules.stop_of_report(event, detail) is reason


def test_two_spellings_of_one_mailbox_are_one() -> None:
    assert rules.normal_address(" Ana.Soto@Example.CL ") == "ana.soto@example.cl"


def test_bodies_are_kept_ninety_days() -> None:
    accepted = datetime(2026, 6, 1, tzinfo=UTC)
    assert rules.bodies_expire_at(accepted) == datetime(2026, 8, 30, tzinfo=UTC)
