"""Which tables a process has: those of the stages it has, under the names people read."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.kit.i18n import T, Text
from app.process.kinds import StageKind
from app.publication.figures import held, planned
from app.publication.figures.drawn import Asked, Drawn


@dataclass(frozen=True)
class Figure:
    """One table: its title, what it shows, and the kind of stage whose business it is."""

    title: Text
    about: Text
    of: StageKind
    draw: Callable[[Session, Asked], Drawn]


FIGURES: dict[str, Figure] = {
    "awareness-sessions": Figure(
        T("Awareness sessions"),
        T("When each was held, on what, who might come and who spoke."),
        StageKind.AWARENESS,
        held.awareness_sessions,
    ),
    "themes": Figure(
        T("Themes"),
        T("The groups in which proposals stand, and how many stand in each."),
        StageKind.PRIORITISATION,
        planned.thematic_groups,
    ),
    "prioritisation-tables": Figure(
        T("Territorial and youth meetings"),
        T("When each was held, for which places, and how many people came. Somebody who came twice counts twice."),
        StageKind.PRIORITISATION,
        held.prioritisation_tables,
    ),
    "technical-tables": Figure(
        T("Technical tables"),
        T("The topic of each, with whom it met, and the commitment it became. Left blank where nobody says."),
        StageKind.TECHNICAL_TABLES,
        planned.technical_tables,
    ),
    "commitments": Figure(
        T("Commitments of the plan"),
        T("The area and title of each, who answers for it, and where it comes from."),
        StageKind.PLAN,
        planned.plan,
    ),
    "forum-sessions": Figure(
        T("Sessions of the forum"),
        T("How many were held in each year."),
        StageKind.PLAN,
        held.forum_sessions,
    ),
    "progress": Figure(
        T("Progress of the commitments"),
        T("What each institution reported in the newest round, with its colour."),
        StageKind.MONITORING,
        planned.how_far,
    ),
}


def offered(kinds: Collection[StageKind]) -> dict[str, Figure]:
    """The tables of a process with these kinds of stages."""
    return {name: figure for name, figure in FIGURES.items() if figure.of in kinds}
