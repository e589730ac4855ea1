"""Grouping proposals by theme: naming a theme, placing a proposal in it with a reason, taking it out again."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.kit import ids
from app.kit.errors import Conflict, Invalid, NotNow, WrongState
from app.kit.i18n import T, Text
from app.people.rules import Permission
from app.prioritisation.models import Placement, Theme
from app.prioritisation.queries import themes as queries
from app.prioritisation.rules import theming as rules
from app.process.models import Process
from app.proposals import actions as proposals
from app.proposals.models import Proposal
from app.proposals.rules import JOURNEY
from app.work import Work


@dataclass(frozen=True)
class NameTheme:
    """How a theme is called and what it is about."""

    name_es: str
    name_en: str = ""
    about_es: str = ""
    about_en: str = ""


@dataclass(frozen=True)
class Place:
    """Why a proposal stands in a theme; `part` says which part of it, where it is not all of it."""

    reason: str
    part: str = ""


def name_theme(work: Work, process: Process, wish: NameTheme, theme: Theme | None = None) -> Theme:
    """Name a theme, or rename one; its number and what stands in it stay. Office only."""
    work.require(Permission.GROUP_PROPOSALS, process.id)
    _when(process)
    name = " ".join(wish.name_es.split())
    if not name:
        raise Invalid(name_es=T("Write the name of the theme."))
    if max(len(name), len(wish.name_en)) > rules.LONGEST_NAME:
        raise Invalid(name_es=T("This is too long: at most {n} characters.", n=rules.LONGEST_NAME))
    others = queries.themes_of(work.session, process.id)
    if any(other.name_es.lower() == name.lower() and other is not theme for other in others):
        raise Invalid(name_es=T("There is a theme of this name already."))
    if theme is None and len(others) >= rules.MOST_THEMES:
        raise Conflict(T("There are {n} themes already: nobody could keep them apart.", n=rules.MOST_THEMES))
    if theme is None:
        number = queries.last_number(work.session, process.id) + 1
        theme = Theme(id=ids.new_id(), process_id=process.id, number=number, named_at=work.now, whole=0, parts=0)
        work.session.add(theme)
    theme.name_es, theme.name_en = name, " ".join(wish.name_en.split())
    theme.about_es, theme.about_en = wish.about_es.strip(), wish.about_en.strip()
    work.session.flush()
    work.record("theme.named", theme.subject, name=theme.name_es)
    return theme


def dissolve(work: Work, process: Process, theme: Theme) -> None:
    """Give up a theme in which nothing stands. Office only; its number is not used again."""
    work.require(Permission.GROUP_PROPOSALS, process.id)
    if theme.dissolved_at:
        raise Conflict(T("This theme was given up already."))
    if theme.whole or theme.parts:
        raise Conflict(T("Proposals stand in this theme. Move them first."))
    theme.dissolved_at = work.now
    work.record("theme.dissolved", theme.subject)


def place(work: Work, process: Process, theme: Theme, proposal: Proposal, wish: Place) -> Placement:
    """Place a proposal in a theme, with the reason the public reads. Office only.

    Whole, it leaves the theme in which it stood whole before; a named part of it may stand in other themes besides.
    Refused once the proposal is past the tables, in a theme that was given up, and where it stands already.
    """
    work.require(Permission.GROUP_PROPOSALS, process.id)
    _when(process)
    faults = _faults(theme, wish)
    if faults:
        raise Invalid(**faults)
    _in_which_state(proposal)
    standing = queries.current_of(work.session, proposal.id)
    if any(row.theme_id == theme.id and row.part == wish.part.strip() for row in standing):
        raise Conflict(T("{folio} stands in this theme already.", folio=proposal.folio))
    if not wish.part.strip():
        for row in standing:
            if row.is_whole or row.theme_id == theme.id:
                _end(work, row, wish.reason.strip())
    placement = _placed(work, theme, proposal, wish)
    if placement.is_whole:
        proposals.place(work, proposal, theme.id)
    work.record(
        "proposal.grouped",
        proposal.subject,
        because=f"placement:{placement.id}",
        theme=theme.number,
        part=placement.part,
        reason=placement.reason,
        suggested=placement.suggested,
    )
    return placement


def take_out(work: Work, process: Process, theme: Theme, proposal: Proposal, reason: str) -> None:
    """Take a proposal, or the parts of it that stand there, out of a theme, with the public reason. Office only."""
    work.require(Permission.GROUP_PROPOSALS, process.id)
    _when(process)
    if len(reason.strip()) < rules.SHORTEST_REASON:
        raise Invalid(reason=_too_short())
    _in_which_state(proposal)
    rows = [row for row in queries.current_of(work.session, proposal.id) if row.theme_id == theme.id]
    if not rows:
        raise Conflict(T("{folio} does not stand in this theme.", folio=proposal.folio))
    for row in rows:
        _end(work, row, reason.strip())
    if proposal.theme_id == theme.id:
        proposals.place(work, proposal, None)
    work.record("proposal.ungrouped", proposal.subject, theme=theme.number, reason=reason.strip())


def _when(process: Process) -> None:
    if process.ended_at or process.paused_at:
        raise NotNow(T("This process is not running at the moment."))


def _faults(theme: Theme, wish: Place) -> dict[str, Text]:
    faults: dict[str, Text] = {}
    if theme.dissolved_at:
        faults["theme"] = T("This theme was given up. Choose another.")
    if len(wish.reason.strip()) < rules.SHORTEST_REASON:
        faults["reason"] = _too_short()
    elif len(wish.reason) > rules.LONGEST_REASON:
        faults["reason"] = T("This is too long: at most {n} characters.", n=rules.LONGEST_REASON)
    if len(wish.part.strip()) > rules.LONGEST_PART:
        faults["part"] = T("This is too long: at most {n} characters.", n=rules.LONGEST_PART)
    return faults


def _too_short() -> Text:
    return T("Write why, in at least {n} characters. The author and the public will read it.", n=rules.SHORTEST_REASON)


def _in_which_state(proposal: Proposal) -> None:
    if proposal.state not in rules.MAY_BE_GROUPED:
        raise WrongState(
            T("{folio} can no longer be grouped in the step it is in.", folio=proposal.folio),
            proposal.state.value,
            JOURNEY.moves_from(proposal.state),
        )


def _placed(work: Work, theme: Theme, proposal: Proposal, wish: Place) -> Placement:
    hints = queries.hints_for(work.session, [proposal.id])[proposal.id]
    placement = Placement(
        id=ids.new_id(),
        process_id=theme.process_id,
        theme_id=theme.id,
        proposal_id=proposal.id,
        number=proposal.number,
        part=" ".join(wish.part.split()),
        reason=wish.reason.strip(),
        suggested=next((hint.rank for hint in hints if hint.theme.id == theme.id), None),
        placed_at=work.now,
    )
    work.session.add(placement)
    _count(work, theme, placement, 1)
    work.session.flush()
    return placement


def _end(work: Work, placement: Placement, because: str) -> None:
    placement.ended_at, placement.ended_because = work.now, because
    theme = work.session.scalars(select(Theme).where(Theme.id == placement.theme_id).with_for_update()).one()
    _count(work, theme, placement, -1)


def _count(work: Work, theme: Theme, placement: Placement, step: int) -> None:
    if placement.is_whole:
        theme.whole += step
    else:
        theme.parts += step
    work.session.flush()
