"""The themes of the proposals before a forum, and which of them a seat scores."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.forum.models import Round
from app.forum.queries.rounds import before_the_forum
from app.forum.rules.theming import NO_THEME, ByTheme, ThemeKind, Themes, themes_of
from app.kit.i18n import Named, T, Text
from app.process.models import Stage
from app.proposals.models import Proposal
from app.proposals.rules import Value
from app.proposals.words import VALUES

GROUPS_OF: list[Callable[[Session, uuid.UUID], list[tuple[uuid.UUID, int, Named]]]] = []
"""Key, number and name of the groups of a process's proposals; filled by whoever puts the parts together."""


@dataclass(frozen=True)
class Offered:
    """The themes a process has, in their order, each with its name."""

    kind: ThemeKind
    names: dict[str, Named | Text]

    def named(self, themes: Iterable[str]) -> list[str | Named | Text]:
        """The names of some of them; of one that was given up since, its number."""
        return [self.names.get(theme, theme) for theme in themes]


def to_come(stage: Stage, opens_at: datetime) -> Round:
    """A round that is not opened yet, to ask what it would be about; it is never stored."""
    return Round(process_id=stage.process_id, stage_id=stage.id, opens_at=opens_at)


def offered(session: Session, found: Round) -> Offered:
    """The themes a round may go by, or goes by."""
    by_theme = plan_of(found)
    kind = by_theme.kind if by_theme else _kind_now(session, found)
    if kind is ThemeKind.VALUES:
        values: dict[str, Named | Text] = {value.value: VALUES[value] for value in Value}
        return Offered(kind, {**values, NO_THEME: T("Without a theme")})
    groups = {str(number): name for _, number, name in _groups(session, found.process_id)}
    return Offered(kind, {**groups, NO_THEME: T("Without a theme")})


def _kind_now(session: Session, found: Round) -> ThemeKind:
    """The groups once a proposal before the forum stands in one, before that what authors chose."""
    grouped = exists().where(*before_the_forum(found), Proposal.theme_id.is_not(None))
    return ThemeKind.GROUPS if session.scalar(select(grouped)) else ThemeKind.VALUES


def _groups(session: Session, process_id: uuid.UUID) -> list[tuple[uuid.UUID, int, Named]]:
    return [group for groups_of in GROUPS_OF for group in groups_of(session, process_id)]


def carried(session: Session, found: Round, kind: ThemeKind) -> dict[str, Themes]:
    """The themes of every proposal that a round is about, by folio."""
    numbers = {key: number for key, number, _ in _groups(session, found.process_id)}
    rows = session.execute(select(Proposal.folio, Proposal.theme_id, Proposal.values).where(*before_the_forum(found)))
    return {folio: themes_of(kind, numbers.get(group) if group else None, values) for folio, group, values in rows}


def plan_of(found: Round) -> ByTheme | None:
    """How a round goes by theme, if it does."""
    return ByTheme.read(found.by_theme or {})
