"""Rounds open with adopted criteria and a plan: until when, and who scores what."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.decisions.models import DecidingBody
from app.forum.actions.assigning import share_out
from app.forum.actions.making import Basis, make_round
from app.forum.models import CriteriaSet, Round
from app.forum.queries import criteria, rounds, seats, theming
from app.forum.queries.assigned import seated
from app.forum.rules import scoring
from app.forum.rules.reminding import MOST_REMIND_DAYS, REMIND_DAYS
from app.forum.rules.seeing import Seen
from app.forum.rules.theming import ByTheme
from app.kit import ids
from app.kit.errors import Conflict, Invalid
from app.kit.i18n import Named, T, Text, Tn
from app.people.rules import Permission
from app.process.kinds import FilterMethod
from app.process.models import Process, Stage
from app.process.rules import check_window
from app.trail.rules import instant
from app.work import Work


@dataclass(frozen=True)
class Plan:
    """How a round is held: until when, when the late are reminded, who scores what, and what is seen after the close.

    Every seat scores every proposal, or those of its themes, or as many seats of these or of all as `per_proposal`
    says. `by_theme` has the seats of each theme by their numbers; the keys of themes are those that are offered.
    """

    closes_at: datetime | None
    opens_at: datetime | None = None
    remind_days: int = REMIND_DAYS
    per_proposal: int | None = None
    by_theme: Mapping[str, Collection[int | str]] | None = None
    scores_seen: Seen = Seen.NAMED

    @property
    def is_shared(self) -> bool:
        """Whether each proposal has its own seats."""
        return self.per_proposal is not None or self.by_theme is not None


def open_round(work: Work, process: Process, stage: Stage, plan: Plan) -> Round:
    """Open a round of blind scoring with the criteria in force. Office only.

    Refused without an adopted set that can be scored, for a stage that is not decided by score sheets, and while
    another round of the stage is still open.
    """
    work.require(Permission.WRITE_CRITERIA, process.id)
    if stage.settings.get("method") != FilterMethod.SCORE_SHEETS:
        raise Conflict(T("This stage is not decided by score sheets."))
    found = _adopted(work, stage)
    between = _between(work, plan)
    body = seats.forum_for(work.session, stage)
    _check(work, body, found, plan)
    _none_open(work, stage)
    by_theme = _by_theme(work, stage, found, plan)
    basis = Basis.of_set(found, body.id, _voting_seats(work, body))
    made = make_round(
        work,
        stage,
        basis,
        between,
        remind_days=plan.remind_days,
        per_proposal=plan.per_proposal,
        by_theme=by_theme.stored() if by_theme else {},
        scores_seen=plan.scores_seen,
        lot=ids.new_token() if plan.is_shared else "",
    )
    _tell(work, stage, made)
    if made.is_shared:
        share_out(work, made)
    return made


def _tell(work: Work, stage: Stage, made: Round) -> None:
    """Say in the trail that a round was opened, with what, and by which themes where it goes by them."""
    work.record(
        "round.opened",
        made.subject,
        stage=stage.slug,
        criteria=made.criteria_hash,
        opens_at=instant(made.opens_at),
        closes_at=instant(made.closes_at),
        scores_seen=made.scores_seen.value,
        **({"by_theme": made.by_theme} if made.by_theme else {}),
    )
    work.session.flush()


def _between(work: Work, plan: Plan) -> tuple[datetime, datetime]:
    """From when to when: at once where no beginning is said."""
    if plan.closes_at is None or plan.closes_at <= work.now:
        raise Invalid(closes_at=T("Write an end that has not passed yet."))
    check_window(begins := plan.opens_at or work.now, plan.closes_at)
    return begins, plan.closes_at


def _check(work: Work, body: DecidingBody, adopted: CriteriaSet, plan: Plan) -> None:
    if not 0 <= plan.remind_days <= MOST_REMIND_DAYS:
        raise Invalid(remind_days=T("Write a number of days from 0 to {n}.", n=MOST_REMIND_DAYS))
    least, most = max(adopted.quorum_min, 1), seats.count_voting(work.session, body.id)
    if plan.per_proposal is not None and not least <= plan.per_proposal <= most:
        text = T("Write a number from {least}, which the criteria ask for, to {most}.", least=least, most=most)
        raise Invalid(per_proposal=text)


def _by_theme(work: Work, stage: Stage, adopted: CriteriaSet, plan: Plan) -> ByTheme | None:
    """The seats of each theme, if it goes by theme; refused where a theme that came in has too few for a quorum."""
    if plan.by_theme is None:
        return None
    body, before = seats.forum_for(work.session, stage), theming.to_come(stage, plan.opens_at or work.now)
    offer = theming.offered(work.session, before)
    voting = {str(seat.number) for seat in seats.seats_of(work.session, body.id) if seat.votes}
    chosen = {theme: [str(number) for number in plan.by_theme.get(theme, ())] for theme in offer.names}
    known = set(plan.by_theme) <= set(chosen)
    if not known or not {number for some in chosen.values() for number in some} <= voting:
        raise Invalid(by_theme=T("Choose themes of this process, and seats of this forum that vote."))
    by_theme = ByTheme(offer.kind, chosen)
    themes = theming.carried(work.session, before, offer.kind).values()
    sitting = {str(row.seat.number) for row in seated(work.session, body.id, work.now)}
    least = max(adopted.quorum_min, 1)
    short = by_theme.too_few(themes, sitting, least)
    if short:
        raise Invalid(**{f"theme_{one}": _too_few(offer.names[one], n, least) for one, n in short.items()})
    return by_theme


def _too_few(theme: Named | Text, n: int, least: int) -> Text:
    return Tn(
        "“{theme}” has too few seats: {n}. The criteria ask for {count} score sheet or more of each proposal. Choose "
        "more seats for it (one in which nobody sits does not help), or open the round without themes.",
        "“{theme}” has too few seats: {n}. The criteria ask for {count} score sheets or more of each proposal. Choose "
        "more seats for it (one in which nobody sits does not help), or open the round without themes.",
        least,
        theme=theme,
        n=n,
    )


def _none_open(work: Work, stage: Stage) -> None:
    last = rounds.last_round(work.session, stage.id)
    if last is not None and last.closed_at is None:
        raise Conflict(T("A round of this stage is still open."))


def _adopted(work: Work, stage: Stage) -> CriteriaSet:
    found = criteria.adopted(work.session, stage.id)
    if found is None:
        raise Conflict(T("The forum has not adopted criteria for this stage yet."))
    fault = scoring.faults_to_adopt(criteria.as_texts(criteria.criteria_of(work.session, found.id)))
    if fault:
        raise Conflict(fault)
    return found


def _voting_seats(work: Work, body: DecidingBody) -> int:
    voting = seats.count_voting(work.session, body.id)
    if not voting:
        raise Conflict(T("The forum has no seat that votes yet."))
    return voting
