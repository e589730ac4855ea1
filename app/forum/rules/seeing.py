"""What the forum sees of single score sheets once a round is closed; before that it is nothing, whatever is set."""

from __future__ import annotations

from enum import StrEnum

from app.kit.i18n import T, Text


class Seen(StrEnum):
    """What the forum and the office see of single sheets after the close: with the seat, without it, or nothing."""

    NAMED = "named"
    NAMELESS = "nameless"
    TOGETHER = "together"


SEEN_WORDS: dict[Seen, Text] = {
    Seen.NAMED: T("What each seat gave and why"),
    Seen.NAMELESS: T("What was given and why, without the seats"),
    Seen.TOGETHER: T("Only what all score sheets say together"),
}
SEEN_SENTENCES: dict[Seen, Text] = {
    Seen.NAMED: T("After the close, the forum and the office see what each seat gave and why."),
    Seen.NAMELESS: T("After the close, the forum and the office see what was given and why, but not by which seat."),
    Seen.TOGETHER: T(
        "After the close, no page shows what single seats gave: only what all score sheets say together, and the "
        "reasons without names. The open data have the levels without the seats, so that anybody can recount."
    ),
}
