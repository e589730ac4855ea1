"""The closed lists of meetings in words for people, beside those that stand with their rules."""

from __future__ import annotations

from app.kit.i18n import T, Text
from app.proposals.rules import Precision, Provenance

PROVENANCE_WORDS: dict[Provenance, Text] = {
    Provenance.NATIVE: T("recorded here"),
    Provenance.IMPORTED: T("imported from another system"),
    Provenance.REPORTED: T("taken from a document"),
    Provenance.DERIVED: T("derived from other data"),
    Provenance.ILLUSTRATIVE: T("made up to illustrate"),
}
PRECISION_WORDS: dict[Precision, Text] = {
    Precision.INSTANT: T("to the minute"),
    Precision.DAY: T("only the day"),
    Precision.MONTH: T("only the month"),
    Precision.YEAR: T("only the year"),
}
