"""The closed list of what a document of the library is."""

from __future__ import annotations

from enum import StrEnum

from app.kit.i18n import T, Text


class LibraryType(StrEnum):
    """What a document of the library is."""

    MINUTES = "minutes"
    REPORT = "report"
    PLAN = "plan"
    LAW = "law"
    LETTER = "letter"
    PRESENTATION = "presentation"
    DATA = "data"
    OTHER = "other"


TYPE_WORDS: dict[LibraryType, Text] = {
    LibraryType.MINUTES: T("Minutes of a meeting"),
    LibraryType.REPORT: T("Report"),
    LibraryType.PLAN: T("Plan"),
    LibraryType.LAW: T("Law or decree"),
    LibraryType.LETTER: T("Official letter"),
    LibraryType.PRESENTATION: T("Presentation"),
    LibraryType.DATA: T("Data"),
    LibraryType.OTHER: T("Other document"),
}
LANGUAGES: dict[str, Text] = {"es": T("Spanish"), "en": T("English"), "other": T("another language")}
LONGEST_ABOUT = 400
