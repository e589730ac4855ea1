"""The form of one criterion: what stands in it when it is new, and when an existing one is changed."""

from __future__ import annotations

from typing import Any

from app.forum.queries.criteria import CriterionRow, as_texts, said
from app.forum.rules import scoring
from app.forum.rules.scoring import CriterionKind, CriterionText, Level, ReasonRule

NEW = CriterionText("", "", (), reason_rule=ReasonRule.AT_OR_BELOW)


def form_of(text: CriterionText) -> dict[str, Any]:
    """The values the form begins with, and its closed lists."""
    plain = ("title_es", "title_en", "key", "help_es", "help_en", "required", "reason_min_chars")
    start = {name: getattr(text, name) for name in plain} | {
        "kind": text.kind.value,
        "weight": said(text.weight),
        "levels": "\n".join(map(_line, text.levels)),
        "reason_rule": text.reason_rule.value,
        "reason_level": said(text.reason_level),
        "min_mean": said(text.min_mean),
    }
    kinds = [(kind.value, scoring.KIND_WORDS[kind]) for kind in CriterionKind]
    return {"start": start, "kinds": kinds, "reasons": list(scoring.REASON_WORDS.items())}


def _line(level: Level) -> str:
    parts = [said(level.value) or "", level.label_es, level.label_en, level.anchor_es, level.anchor_en]
    while len(parts) > 2 and not parts[-1]:
        parts.pop()
    return " | ".join(parts)


def text_of(row: CriterionRow) -> CriterionText:
    """A stored criterion as it was written."""
    return as_texts([row])[0]
