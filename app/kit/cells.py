"""Cells of a file that a spreadsheet opens: what a person typed never becomes a formula there."""

from __future__ import annotations

from typing import Any

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\x00", "＝", "＋", "－", "＠")


def harmless(value: Any) -> Any:
    """A cell as it may stand in a spreadsheet: text that would start a formula gets an apostrophe before it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(DANGEROUS) else value
