"""Themes with what stands in them, what is still to be placed, and what a comparison of the texts suggests."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.kit.errors import NotFound
from app.kit.i18n import Named
from app.prioritisation.models import Alike, Comparison, GroupDraft, Placement, Suggestion, Theme
from app.prioritisation.rules.theming import MAY_BE_GROUPED
from app.process.kinds import StageKind
from app.process.models import Stage
from app.proposals.models import Proposal, Revision
from app.proposals.rules import State
from app.work.models import Job, JobState

COUNT_TO = 1000
PAGE = 25


@dataclass(frozen=True)
class Placed:
    """One proposal in a theme: whole or in a named part, and why it stands there."""

    folio: str
    title: str
    state: State
    number: int
    part: str
    reason: str


@dataclass(frozen=True)
class Hint:
    """A theme that a text is like, and the words they share."""

    theme: Theme
    rank: int
    words: list[str]


@dataclass(frozen=True)
class ToPlace:
    """One proposal without a theme, with up to three hints."""

    folio: str
    title: str
    state: State
    number: int
    hints: list[Hint] = field(default_factory=list)


def named_groups(session: Session, process_id: uuid.UUID) -> list[tuple[uuid.UUID, int, Named]]:
    """Key, number and name of the themes of a process, for those who ask from below."""
    return [(theme.id, theme.number, Named(theme.name_es, theme.name_en)) for theme in themes_of(session, process_id)]


def themes_of(session: Session, process_id: uuid.UUID) -> list[Theme]:
    """The themes of a process, by number, without those that were dissolved."""
    wanted = (Theme.process_id == process_id, Theme.dissolved_at.is_(None))
    return list(session.scalars(select(Theme).where(*wanted).order_by(Theme.number)))


def theme_numbered(session: Session, process_id: uuid.UUID, number: int) -> Theme:
    """The theme of this number, dissolved or not: what was public keeps its address."""
    wanted = (Theme.process_id == process_id, Theme.number == number)
    theme = session.scalars(select(Theme).where(*wanted)).one_or_none()
    if theme is None:
        raise NotFound
    return theme


def theme_by_id(session: Session, theme_id: uuid.UUID) -> Theme | None:
    """The theme with this key."""
    return session.get(Theme, theme_id)


def count_themes(session: Session, process_id: uuid.UUID) -> int:
    """How many themes a process has."""
    wanted = (Theme.process_id == process_id, Theme.dissolved_at.is_(None))
    return session.scalar(select(func.count()).select_from(Theme).where(*wanted)) or 0


def has_themes(process_id: uuid.UUID) -> ColumnElement[bool]:
    """Whether a process groups its proposals: it has themes, or a stage at which citizens prioritise; for a SELECT."""
    prioritises = (Stage.process_id == process_id, Stage.kind == StageKind.PRIORITISATION)
    named = exists(select(Theme.id).where(Theme.process_id == process_id))
    return or_(named, exists(select(Stage.id).where(*prioritises)))


def last_number(session: Session, process_id: uuid.UUID) -> int:
    """The number of the newest theme of a process."""
    return session.scalar(select(func.max(Theme.number)).where(Theme.process_id == process_id)) or 0


def standing_in(session: Session, theme_id: uuid.UUID, *, after: int = 0, limit: int = PAGE) -> list[Placed]:
    """The public proposals of a theme by folio, whole or in part."""
    rows = session.execute(
        select(Proposal.folio, Proposal.title, Proposal.state, Placement.number, Placement.part, Placement.reason)
        .join(Proposal, Proposal.id == Placement.proposal_id)
        .where(Placement.theme_id == theme_id, Placement.ended_at.is_(None), Placement.number > after)
        .where(Proposal.is_public)
        .order_by(Placement.number)
        .limit(limit)
    )
    return [Placed(*row) for row in rows]


def columns(session: Session, theme_ids: Sequence[uuid.UUID], limit: int) -> dict[uuid.UUID, list[Placed]]:
    """The first so many of what stands in each of these themes, by folio."""
    place = func.row_number().over(partition_by=Placement.theme_id, order_by=Placement.number).label("place")
    ranked = (
        select(Placement.theme_id, Placement.proposal_id, Placement.number, Placement.part, Placement.reason, place)
        .where(Placement.theme_id.in_(theme_ids), Placement.ended_at.is_(None))
        .subquery()
    )
    rows = session.execute(
        select(
            ranked.c.theme_id,
            Proposal.folio,
            Proposal.title,
            Proposal.state,
            ranked.c.number,
            ranked.c.part,
            ranked.c.reason,
        )
        .join(Proposal, Proposal.id == ranked.c.proposal_id)
        .where(ranked.c.place <= limit)
        .order_by(ranked.c.theme_id, ranked.c.number)
    )
    found: dict[uuid.UUID, list[Placed]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(Placed(*row[1:]))
    return found


def placements_of(session: Session, proposal_id: uuid.UUID) -> list[tuple[Placement, Theme]]:
    """Where a proposal stands and stood, oldest first."""
    rows = session.execute(
        select(Placement, Theme)
        .join(Theme, Theme.id == Placement.theme_id)
        .where(Placement.proposal_id == proposal_id)
        .order_by(Placement.placed_at, Placement.id)
    )
    return [(row[0], row[1]) for row in rows]


def current_of(session: Session, proposal_id: uuid.UUID) -> list[Placement]:
    """Where a proposal stands now."""
    wanted = (Placement.proposal_id == proposal_id, Placement.ended_at.is_(None))
    return list(session.scalars(select(Placement).where(*wanted)))


def to_place(session: Session, process_id: uuid.UUID, *, after: int = 0, limit: int = PAGE) -> list[ToPlace]:
    """The proposals that may be grouped and stand in no theme yet, by folio, each with its hints."""
    waiting = (Proposal.process_id == process_id, Proposal.theme_id.is_(None), Proposal.state.in_(MAY_BE_GROUPED))
    rows = session.execute(
        select(Proposal.id, Proposal.folio, Proposal.title, Proposal.state, Proposal.number)
        .where(*waiting, Proposal.number > after)
        .order_by(Proposal.number)
        .limit(limit)
    ).all()
    hints = hints_for(session, [row[0] for row in rows])
    return [ToPlace(*row[1:], hints[row[0]]) for row in rows]


def count_to_place(session: Session, process_id: uuid.UUID) -> int:
    """How many proposals stand in no theme yet, counted to 1,000."""
    waiting = (Proposal.process_id == process_id, Proposal.theme_id.is_(None), Proposal.state.in_(MAY_BE_GROUPED))
    capped = select(Proposal.id).where(*waiting).limit(COUNT_TO).subquery()
    return session.scalar(select(func.count()).select_from(capped)) or 0


def hints_for(session: Session, proposal_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Hint]]:
    """What the newest comparison suggests for each of these proposals, best first."""
    found: dict[uuid.UUID, list[Hint]] = defaultdict(list)
    rows = session.execute(
        select(Suggestion, Theme)
        .join(Theme, Theme.id == Suggestion.theme_id)
        .where(Suggestion.proposal_id.in_(proposal_ids), Theme.dissolved_at.is_(None))
        .order_by(Suggestion.proposal_id, Suggestion.rank)
    )
    for suggestion, theme in rows:
        found[suggestion.proposal_id].append(Hint(theme, suggestion.rank, list(suggestion.words)))
    return found


def comparison_of(session: Session, process_id: uuid.UUID) -> tuple[Comparison, Job] | None:
    """The newest comparison of a process, with how far it is."""
    statement = select(Comparison, Job).join(Job, Job.id == Comparison.job_id)
    found = session.execute(statement.where(Comparison.process_id == process_id)).one_or_none()
    return (found[0], found[1]) if found else None


def is_comparing(found: tuple[Comparison, Job] | None) -> bool:
    """Whether a comparison is waiting or being made."""
    return found is not None and found[1].state in {JobState.WAITING, JobState.RUNNING}


def drafts_of(session: Session, process_id: uuid.UUID) -> list[GroupDraft]:
    """The drafts of groups that nobody has adopted yet."""
    wanted = select(GroupDraft).where(GroupDraft.process_id == process_id)
    return list(session.scalars(wanted.order_by(GroupDraft.number)))


def draft_numbered(session: Session, process_id: uuid.UUID, number: int) -> GroupDraft:
    """The draft of this number."""
    wanted = (GroupDraft.process_id == process_id, GroupDraft.number == number)
    draft = session.scalars(select(GroupDraft).where(*wanted)).one_or_none()
    if draft is None:
        raise NotFound
    return draft


def titles_of(session: Session, process_id: uuid.UUID, folios: Sequence[str]) -> dict[str, str]:
    """The titles of some proposals by folio, of those that may still be grouped."""
    wanted = (Proposal.process_id == process_id, Proposal.folio.in_(folios), Proposal.state.in_(MAY_BE_GROUPED))
    rows = session.execute(select(Proposal.folio, Proposal.title).where(*wanted).order_by(Proposal.number))
    return {row[0]: row[1] for row in rows}


def alikes_of(session: Session, process_id: uuid.UUID, limit: int = 50) -> list[tuple[Proposal, Proposal, int]]:
    """Pairs of proposals that may be the same, the most alike first, while both still stand on their own."""
    one, two = aliased(Proposal), aliased(Proposal)
    rows = session.execute(
        select(one, two, Alike.thousandths)
        .join(one, one.id == Alike.one_id)
        .join(two, two.id == Alike.other_id)
        .where(Alike.process_id == process_id, one.state.in_(MAY_BE_GROUPED), two.state.in_(MAY_BE_GROUPED))
        .order_by(Alike.thousandths.desc(), Alike.one_id, Alike.other_id)
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in rows]


@dataclass(frozen=True)
class Compared:
    """One text to compare, and the theme it stands in, if any."""

    id: uuid.UUID
    folio: str
    theme_id: uuid.UUID | None
    text: str


def texts_to_compare(session: Session, process_id: uuid.UUID, limit: int) -> list[Compared]:
    """The texts of the proposals that may be grouped or stand in a theme; the title counts twice."""
    grouped = Proposal.state.in_(MAY_BE_GROUPED) | Proposal.theme_id.is_not(None)
    rows = session.execute(
        select(Proposal.id, Proposal.folio, Proposal.theme_id, Revision.title, Revision.problem, Revision.solution)
        .join(Revision, (Revision.proposal_id == Proposal.id) & (Revision.number == Proposal.revision))
        .where(Proposal.process_id == process_id, grouped)
        .order_by(Proposal.number)
        .limit(limit)
    )
    return [Compared(*row[:3], f"{row[3]} {row[3]} {row[4]} {row[5]}") for row in rows]
