"""What of the scoring goes out as open data: criteria once adopted, and of closed and counted rounds all but names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.forum.models import CriteriaSet, Round, RoundResult
from app.forum.queries import counting, criteria, results
from app.forum.queries.criteria import said
from app.forum.rules.published import FEWEST_VOICES, figures_of
from app.forum.rules.results import Scored
from app.forum.rules.scoring import RoundState
from app.process.models import Process, Stage

Row = dict[str, Any]
OF_A_CRITERION = ("kind", "weight", "min_mean", "required", "reason_rule", "reason_level", "reason_min_chars")
WORDS_OF_IT = ("title_es", "title_en", "help_es", "help_en")
WORDS_OF_A_LEVEL = ("label_es", "label_en", "anchor_es", "anchor_en")
OF_A_SET = ("pass_total", "knockout_share", "quorum_min", "quorum_share", "capacity", "tie_rule")


def counted_rounds(session: Session, process: Process) -> Iterator[tuple[Stage, Round, RoundResult]]:
    """Every closed round whose newest count is done, the oldest first; nothing of one that is open or being counted."""
    rows = session.execute(
        select(Stage, Round)
        .join(Round, Round.stage_id == Stage.id)
        .where(Round.process_id == process.id, Round.state == RoundState.CLOSED)
        .order_by(Stage.position, Round.number)
    )
    for stage, found in rows.all():
        kept = results.newest(session, found)
        if kept is not None and kept.computed_at is not None:
            yield stage, found, kept


def criteria_rows(session: Session, process: Process) -> Iterator[Row]:
    """Every adopted set, a row for each level of each criterion, with the rule of the set on each."""
    statement = (
        select(Stage, CriteriaSet)
        .join(CriteriaSet, CriteriaSet.stage_id == Stage.id)
        .where(CriteriaSet.process_id == process.id, CriteriaSet.adopted_at.is_not(None))
        .order_by(Stage.position, CriteriaSet.version)
    )
    for stage, adopted in session.execute(statement).all():
        content = criteria.content_of(adopted, criteria.criteria_of(session, adopted.id))
        of_set = {name: _plain(content[name]) for name in OF_A_SET}
        for position, one in enumerate(content["criteria"], start=1):
            of_one = {name: _plain(one[name]) for name in OF_A_CRITERION}
            words = {name: one[name] for name in WORDS_OF_IT}
            for level in one["levels"]:
                yield {
                    "stage": stage.slug,
                    "version": adopted.version,
                    "adopted_at": _iso(adopted.adopted_at),
                    "adopted_late": adopted.adopted_late,
                    "content_hash": adopted.content_hash,
                    **of_set,
                    "position": position,
                    "criterion": one["key"],
                    **of_one,
                    **words,
                    "level": level["value"],
                    **{name: level[name] for name in WORDS_OF_A_LEVEL},
                    "provenance": adopted.provenance.value,
                }


def _plain(value: Any) -> Any:
    return "" if value is None else value


def _iso(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""


def score_rows(session: Session, process: Process) -> Iterator[Row]:
    """Each level that was given, under a key of its sheet that is another for every proposal."""
    for stage, found, kept in counted_rounds(session, process):
        sheets = counting.sheets_of(session, kept)
        keys = [one.key for one in sheets.config.criteria]
        for scored in sheets.public:
            yield from _scores(stage, found, keys, scored, counts=True)
        if kept.inputs["voices"] >= FEWEST_VOICES:
            for scored in sheets.advisory:
                yield from _scores(stage, found, keys, scored, counts=False)


def _scores(stage: Stage, found: Round, keys: list[str], scored: Scored, *, counts: bool) -> Iterator[Row]:
    for sheet in scored.sheets:
        for key in keys:
            if key in sheet.values:
                yield {
                    "stage": stage.slug,
                    "round": found.number,
                    "folio": scored.folio,
                    "sheet": sheet.evaluator,
                    "counts": counts,
                    "criterion": key,
                    "level": said(float(sheet.values[key])),
                    "provenance": found.provenance.value,
                }


def recusal_rows(session: Session, process: Process) -> Iterator[Row]:
    """Which seats stood aside on which proposal of a counted round, and why."""
    for stage, found, kept in counted_rounds(session, process):
        listed = {folio for _, folio in kept.inputs["proposals"]}
        for folio, seat, kind, votes in kept.inputs["recusals"]:
            if folio in listed:
                yield {
                    "stage": stage.slug,
                    "round": found.number,
                    "folio": folio,
                    "seat": seat,
                    "votes": votes,
                    "kind": kind,
                    "provenance": found.provenance.value,
                }


def result_rows(session: Session, process: Process) -> Iterator[Row]:
    """The results of each counted round by rank, with what anybody needs to count them again."""
    for stage, found, kept in counted_rounds(session, process):
        outcome = results.outcome_of(kept)
        adopted = session.get_one(CriteriaSet, found.criteria_set_id)
        for result in outcome.counted.ranked:
            yield {
                "stage": stage.slug,
                "round": found.number,
                "folio": result.folio,
                **figures_of(result, outcome.scores_hash[result.folio]),
                "criteria_version": adopted.version,
                "voting_seats": found.voting_seats,
                "given_to": kept.inputs.get("given", {}).get(result.folio, ""),
                "draw": found.draw_seed,
                "closed_at": _iso(found.closed_at),
                "version": kept.version,
                "counted_at": _iso(kept.computed_at),
                "formula": kept.formula,
                "inputs_hash": kept.inputs_hash,
                "provenance": found.provenance.value,
            }
