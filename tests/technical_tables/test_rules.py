"""When an institution is reminded, and what the answers say together."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.decisions.rules import Outcome
from app.technical_tables.rules import HEAD_HAS, Answer, Dimension, Said, Step, dates_of, next_step, together

SENT = datetime(2026, 6, 1, 12, tzinfo=UTC)
ZONE = ZoneInfo("America/Santiago")
DATES = dates_of(SENT, date(2026, 6, 10), ZONE)


def test_the_due_day_lasts_until_its_end_where_the_process_is() -> None:
    assert DATES.due_at == datetime(2026, 6, 11, 4, tzinfo=UTC)
    assert DATES.due_morning == datetime(2026, 6, 10, 13, tzinfo=UTC)
    assert DATES.reminder_at - SENT == (DATES.due_at - SENT) * 2 / 3


def test_the_steps_follow_one_another() -> None:
    done: dict[Step, datetime] = {}
    seen = []
    now = SENT
    while (step := next_step(DATES, done, now)) is not None:
        now = max(now, step[1])
        done[step[0]] = now
        seen.append((step[0], now))
    assert seen == [
        (Step.REMINDER, DATES.reminder_at),
        (Step.LAST_REMINDER, DATES.due_morning),
        (Step.HEAD, DATES.due_at),
        (Step.SILENCE, DATES.due_at + HEAD_HAS),
    ]


@pytest.mark.parametrize(
    ("now", "step"),
    [
        (DATES.due_morning, Step.LAST_REMINDER),
        (DATES.due_at, Step.HEAD),
        (DATES.due_at + timedelta(days=30), Step.HEAD),
    ],
)
def test_what_time_has_overtaken_is_left_out(now: datetime, step: Step) -> None:
    found = next_step(DATES, {}, now)
    assert found is not None
    assert found[0] is step


def test_silence_comes_only_after_the_head_had_its_days() -> None:
    late = DATES.due_at + timedelta(days=30)
    assert next_step(DATES, {Step.HEAD: late}, late) == (Step.SILENCE, late + HEAD_HAS)


def said(*answers: Answer | None, obstacles: tuple[Dimension, ...] = ()) -> list[Said]:
    return [Said(f"Servicio {n}", answer, obstacles) for n, answer in enumerate(answers, 1)]


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ([], None),
        (said(Answer.YES), Outcome.FEASIBLE),
        (said(Answer.YES, Answer.YES_WITH_CHANGES), Outcome.FEASIBLE),
        (said(Answer.YES, None), None),
        (said(Answer.YES, Answer.NOT_OURS), None),
        (said(Answer.NO), None),
        (said(Answer.NO, obstacles=(Dimension.LEGAL,)), Outcome.NOT_FEASIBLE),
        ([*said(Answer.YES), Said("Otro", Answer.NO, (Dimension.BUDGET,))], Outcome.NOT_FEASIBLE),
        (said(Answer.YES_WITH_CHANGES, obstacles=(Dimension.TIME,)), Outcome.FEASIBLE),
        ([Said("Mudo", None, is_silent=True)], None),
    ],
)
def test_what_the_answers_say_together(answers: list[Said], outcome: Outcome | None) -> None:
    says = together(answers)
    assert says.outcome == outcome
    assert says.has_quorum
    assert says.explained is not None


def test_it_is_explained_in_the_readers_language() -> None:
    says = together(
        [*said(Answer.NO, obstacles=(Dimension.LEGAL, Dimension.BUDGET)), Said("Mudo", None, is_silent=True)]
    )
    assert says.explained is not None
    assert says.explained.into("es") == (
        "Servicio 1: No, no se puede hacer. Obstáculos: Lo legal, El presupuesto. Mudo no respondió."
    )
