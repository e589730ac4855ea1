"""Under which key a score sheet is published: a new one for every proposal, so that no seat can be followed by it.

One pseudonym for a seat over all proposals would be broken by the public list of who stood aside: the key that is
missing there is that seat's.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import replace

from app.forum.rules.results import Scored
from app.forum.rules.totals import Sheet

LENGTH = 16


def sheet_key(secret: str, folio: str, evaluator: str) -> str:
    """The key of one sheet, which tells nothing without the secret."""
    said = json.dumps([folio, evaluator]).encode()
    return hmac.new(secret.encode(), said, hashlib.sha256).hexdigest()[:LENGTH]


def keyed(secret: str, scored: Scored) -> Scored:
    """The same sheets under their public keys, sorted by them so that their order tells nothing either."""
    sheets = (Sheet(sheet_key(secret, scored.folio, sheet.evaluator), sheet.values) for sheet in scored.sheets)
    return replace(scored, sheets=tuple(sorted(sheets, key=lambda sheet: sheet.evaluator)))


def scores_hash(sheets: Sequence[Sheet]) -> str:
    """SHA-256 over the sheets of one proposal, so that whoever recounts finds where a score was changed."""
    said = sorted(
        [sheet.evaluator, sorted((key, str(value)) for key, value in sheet.values.items())] for sheet in sheets
    )
    return hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).hexdigest()
