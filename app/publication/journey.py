"""The way of a process as a picture, and the story of one proposal in plain words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.commitments.queries import comments
from app.decisions import queries as decisions
from app.decisions.models import DecidingBody, Decision
from app.decisions.rules import OUTCOME_WORDS, going
from app.duties import ledger
from app.kit.i18n import T, Text, Tn
from app.kit.text import say_date
from app.prioritisation import telling as voting
from app.prioritisation.models import Placement, Theme
from app.prioritisation.queries import themes
from app.process import queries as processes
from app.process.kinds import DECIDING, INTAKE, StageKind
from app.process.models import Process, Stage
from app.process.rules import WindowStatus
from app.proposals import queries as proposals
from app.proposals.models import Proposal, Revision
from app.proposals.rules import PLAIN_WORDS, STATE_WORDS, PlainState, Provenance, State, plain_state
from app.technical_tables.queries import requests as technical
from app.technical_tables.queries import tables
from app.technical_tables.telling import asked_next, lying_words, said_words
from app.trail import queries as trail

FEW = 3
MEANWHILE: dict[StageKind, str] = {
    StageKind.AWARENESS: "meetings",
    StageKind.PRIORITISATION: "tables",
    StageKind.TECHNICAL_TABLES: "technical-tables",
    StageKind.MONITORING: "commitments",
}
"""What happens while a stage is open, by the page that shows it."""
TURNS: dict[StageKind, Text] = {
    StageKind.AWARENESS: T("The meetings that explain the process are being held."),
    StageKind.PRIORITISATION: T("It is the turn of the meetings that set priorities, and then of those who decide."),
    StageKind.TECHNICAL_TABLES: T("It is the turn of the institutions that were asked, and then of those who decide."),
    StageKind.MONITORING: T("It is the turn of the institutions: they report how far their commitments are."),
    StageKind.DRAFT_COMMENT: T("It is your turn: anybody may comment on the draft."),
    StageKind.SELF_ASSESSMENT: T("The office writes down how the process went."),
}
Placements = Sequence[tuple[Placement, Theme]]


LAST = timedelta(microseconds=1)
"""Before the end of a window, which is no longer in it: midnight ends the day before."""


@dataclass(frozen=True)
class Step:
    """One step on the way of a process."""

    label: Any
    status: str
    detail: Any
    url: str = ""

    def at(self, address: Callable[[str], str]) -> Step:
        """The same step with its address in the reader's language."""
        return replace(self, url=address(self.url)) if self.url else self


@dataclass(frozen=True)
class Event:
    """One step of a proposal's story: when, what happened in plain words, who, why, and what comes next."""

    at: datetime
    what: Text
    who: str = ""
    why: str = ""
    url: str = ""
    label: Text | None = None
    note: Text | None = None
    to_the: str = "instant"
    left_rule: str = ""
    told_at: datetime | None = None
    """Where it stands in the story, if not at `at`: what a document tells stands where it was published."""


def way_of(session: Session, process: Process, stages: list[Stage], now: datetime, language: str) -> list[Step]:
    """The stages as steps, those without a date as one when they are many; after each decision its answers.

    Where three bodies or more decide one after another, the answers stand with the decision they belong to. A stage
    without a date that others have overtaken was skipped, and is left out.
    """
    steps: list[Step] = []
    tallies = ledger.tallies(session, [stage.id for stage in stages if stage.kind in DECIDING])
    undated = [stage for stage in stages if stage.opens_at is None and stage.concluded_at is None]
    last_begun = max(
        (stage.position for stage in stages if stage.window.status(now) is not WindowStatus.SCHEDULED), default=0
    )
    later = [stage for stage in undated if stage.position > last_begun]
    is_long = sum(stage.kind in DECIDING for stage in stages if stage not in undated) >= FEW
    for stage in stages:
        if stage in undated and (stage not in later or len(later) > FEW):
            continue
        step = _step(session, process, stage, now, language)
        if stage.kind not in DECIDING:
            steps.append(step)
        elif is_long:
            steps.append(_with_answers(step, _answers(process, tallies.get(stage.id))))
        else:
            steps += [step, _answers(process, tallies.get(stage.id))]
    if len(later) > FEW:
        steps.append(Step(T("What comes later"), "later", T("{n} more stages, not dated yet", n=len(later))))
    return steps


def _step(session: Session, process: Process, stage: Stage, now: datetime, language: str) -> Step:
    status = stage.window.status(now)
    name = stage.name(language)
    if stage.concluded_at or status is WindowStatus.CLOSED:
        return Step(name, "done", _outcome(session, process, stage), _where(process, stage))
    if status is WindowStatus.OPEN:
        until = T("until {when}", when=_on(stage.closes_at - LAST, process, language)) if stage.closes_at else None
        return Step(name, "now", until, _where(process, stage, is_open=True))
    begins = T("from {when}", when=_on(stage.opens_at, process, language)) if stage.opens_at else None
    return Step(name, "later", begins)


def _on(moment: datetime | None, process: Process, language: str) -> str:
    return say_date(moment.astimezone(process.zone).date(), language) if moment else ""


def _where(process: Process, stage: Stage, *, is_open: bool = False) -> str:
    """Where a stage leads: while it is open to what happens in it, afterwards to what came of it."""
    if stage.kind in MEANWHILE and (is_open or stage.kind not in DECIDING):
        return f"/p/{process.slug}/{MEANWHILE[stage.kind]}"
    if stage.kind in INTAKE:
        return f"/p/{process.slug}/proposals"
    if stage.kind is StageKind.DRAFT_COMMENT:
        return f"/p/{process.slug}/draft"
    return f"/p/{process.slug}/decisions/{stage.slug}" if stage.kind in DECIDING else ""


def _outcome(session: Session, process: Process, stage: Stage) -> Text | None:
    if stage.kind is StageKind.PUBLIC_CONSULTATION:
        return T("{n} proposals received", n=sum(proposals.counts_of(session, process.id).values()))
    if stage.kind is StageKind.DRAFT_COMMENT:
        said = comments.counted(session, stage.id)
        return T("{n} comments, {all} answered", n=said.admitted, all=said.answered) if said.received else None
    if stage.kind in DECIDING:
        figures = decisions.figures(session, stage.id)
        if figures.decided:
            return T("{n} of {all} go on", n=going(figures.outcomes), all=figures.decided)
    return None


def _answers(process: Process, tally: ledger.Tally | None) -> Step:
    if tally is None:
        return Step(T("Written answers"), "later", None)
    given = T("{n} of {all} answered", n=tally.covered + tally.settled, all=tally.total)
    return Step(T("Written answers"), "now" if tally.owed else "done", given, f"/p/{process.slug}/feedback")


def _with_answers(step: Step, answers: Step) -> Step:
    """A decision and its answers as one step, where the way has many; it is not done while an answer is owed."""
    if answers.detail is None:
        return step
    detail = T("{one}; {another}", one=step.detail, another=answers.detail) if step.detail else answers.detail
    return replace(
        step, detail=detail, status="now" if step.status == "done" and answers.status == "now" else step.status
    )


def whose_turn(stages: list[Stage], session: Session, now: datetime) -> tuple[Text, datetime | None]:
    """Whose turn it is, and since when."""
    for stage in stages:
        if stage.kind in INTAKE and stage.window.status(now) is WindowStatus.OPEN and not stage.concluded_at:
            return T("It is your turn: anybody may propose."), stage.opens_at
        if stage.kind is StageKind.DRAFT_COMMENT and stage.window.status(now) is WindowStatus.OPEN:
            return T("It is your turn: anybody may comment on the draft."), stage.opens_at
    tallies = ledger.tallies(session, [stage.id for stage in stages])
    for stage in reversed(stages):
        status = stage.window.status(now)
        tally = tallies.get(stage.id, ledger.Tally())
        if tally.owed:
            owes = Tn("The office owes {count} written answer.", "The office owes {count} written answers.", tally.owed)
            return owes, ledger.owed_since(session, stage.id)
        if status is WindowStatus.OPEN and not stage.concluded_at:
            return TURNS.get(stage.kind, T("It is the turn of those who decide.")), stage.opens_at
        if status is WindowStatus.CLOSED and not stage.concluded_at:
            return T("It is the turn of the office."), stage.closes_at
    return T("Nothing is open at this moment."), None


@dataclass(frozen=True)
class Known:
    """What is read of a proposal once, for its page and for its story."""

    revisions: Sequence[Revision]
    decided: Sequence[tuple[Decision, Stage, DecidingBody]]
    placements: Placements


def known_of(session: Session, proposal: Proposal) -> Known:
    """The versions of its text, the published decisions on it, and the themes it stands and stood in."""
    return Known(
        proposals.revisions_of(session, proposal.id),
        decisions.published_of(session, proposal.id),
        themes.placements_of(session, proposal.id),
    )


def story_of(session: Session, process: Process, proposal: Proposal, language: str, known: Known) -> list[Event]:
    """Each step of a proposal in plain words: received, examined, decided by whom and why, joined, withdrawn."""
    received = T("It was received with the folio {folio}.", folio=proposal.folio)
    events = [Event(proposal.received_at, received, to_the=proposal.received_to_the.value)]
    for admission in proposals.admissions_of(session, proposal.id):
        what = {
            "admitted": T("The office admitted it, and it became public."),
            "returned": T("The office returned it to its author for changes."),
            "refused": T("The office did not admit it."),
        }[admission.outcome.value]
        events.append(Event(admission.at, what, why=admission.reason))
    events += [
        Event(revision.at, T("Its author changed the text: version {n}.", n=revision.number))
        for revision in reversed(known.revisions)
        if revision.number > 1
    ]
    events += [_decided(process, proposal, row, language) for row in known.decided]
    if proposal.state is State.WITHDRAWN:
        left = trail.moment_of(session, process.id, proposal.subject.name, "proposal.withdrawn")
        events.append(Event(left or proposal.received_at, T("Its author withdrew it.")))
    events += _groupings(process, known.placements, language)
    events += _votes(session, process, proposal, language)
    events += _assessments(session, process, proposal, language)
    if proposal.merged_into_id:
        events.append(_joined(session, process, proposal, proposals.by_id(session, proposal.merged_into_id)))
    if proposal.provenance is not Provenance.NATIVE:
        events = [replace(one, note=one.note or NOTED) if one.to_the == "instant" else one for one in events]
    return sorted(events, key=lambda event: event.told_at or event.at)


NOTED = T("It was noted here on that day; when it took place is not told.")
"""Beside the days of what a document tells without saying when: they are those of our own clock."""


def _decided(process: Process, proposal: Proposal, row: tuple[Decision, Stage, DecidingBody], language: str) -> Event:
    decision, stage, body = row
    who = body.name(language) + (f" ({decision.session_name})" if decision.session_name else "")
    if decision.act_number:
        who += f", {decision.act_number}"
    published_at = decision.published_at or decision.decided_at
    is_told = decision.provenance is not Provenance.NATIVE
    return Event(
        decision.decided_at if is_told else published_at,
        OUTCOME_WORDS[decision.outcome],
        who,
        decision.reason,
        f"/p/{process.slug}/decisions/{stage.slug}/list?after={proposal.number - 1}#{proposal.folio}",
        T("The decision among the others of this stage"),
        _taken(process, proposal, decision, language),
        to_the=decision.known_to if is_told else "instant",
        left_rule=decision.override_reason,
        told_at=published_at,
    )


def _joined(session: Session, process: Process, proposal: Proposal, into: Proposal) -> Event:
    at, why = proposals.merge_of(session, proposal)
    what = T("It goes on together with {folio}.", folio=into.folio)
    label = T("See {folio}", folio=into.folio)
    return Event(at, what, why=why, url=f"/p/{process.slug}/proposals/{into.folio}", label=label)


def _taken(process: Process, proposal: Proposal, decision: Decision, language: str) -> Text:
    """When a published decision was taken, and on which version of the text if there is more than one."""
    on = decision.act_on or decision.decided_at.astimezone(process.zone).date()
    day = say_date(on, language)
    if decision.provenance is not Provenance.NATIVE:
        published = say_date((decision.published_at or decision.decided_at).astimezone(process.zone).date(), language)
        return T("{how}. It was published here on {day}.", how=_known(decision), day=published)
    if proposal.revision == 1:
        return T("It was decided on {day}; the date above is that of its publication.", day=day)
    return T(
        "It was decided on {day}, on version {n} of the text; the date above is that of its publication.",
        day=day,
        n=decision.text_version,
    )


def _known(decision: Decision) -> Text:
    """How a decision that was not taken here is known."""
    return {
        Provenance.ILLUSTRATIVE: T("This decision and its reason are made up to illustrate"),
        Provenance.REPORTED: T("It was decided as a document tells"),
    }.get(decision.provenance, T("It was decided elsewhere and taken over"))


def _groupings(process: Process, placements: Placements, language: str) -> list[Event]:
    label = T("The theme and what else stands in it")
    return [
        Event(
            row.placed_at,
            _grouped(row, theme, language),
            why=row.reason,
            url=f"/p/{process.slug}/themes/{theme.number}",
            label=label,
        )
        for row, theme in placements
    ]


def _votes(session: Session, process: Process, proposal: Proposal, language: str) -> list[Event]:
    """On which ballot it stood, how far each meeting came with it, and which place it took."""
    base = f"/p/{process.slug}"
    told = voting.told_of(session, proposal, language)
    return [Event(one.at, one.what, url=base + one.url, label=one.label, note=one.note) for one in told]


def _assessments(session: Session, process: Process, proposal: Proposal, language: str) -> list[Event]:
    """On which technical tables it lies, which institutions were asked, and what each answered, or that it did not."""
    if not technical.is_looked_at(session, proposal.id):
        return []
    label, base = T("The technical table"), f"/p/{process.slug}/technical-tables"
    events = [
        Event(row.put_at, lying_words(row, table, language), why=row.words, url=f"{base}/{table.number}", label=label)
        for row, table in tables.tables_with(session, proposal.id)
    ]
    everybody = technical.told_of(session, proposal.id)
    for told in everybody:
        said = said_words(process, told, language, asked_next(told, everybody))
        events += [Event(one.at, one.what, why=one.why, note=one.note) for one in said]
    return events


def _grouped(row: Placement, theme: Theme, language: str) -> Text:
    name = theme.name(language)
    if row.part:
        return T("A part of it was placed in the theme {name}: {part}.", name=name, part=row.part)
    return T("It was placed in the theme {name}.", name=name)


def is_followed(session: Session, proposal: Proposal, known: Known) -> bool:
    """Whether more is to be decided on a proposal that goes on; then it is not a commitment yet."""
    if plain_state(proposal.state) is not PlainState.GOES_ON or proposal.state is State.MERGED:
        return False
    if not processes.has_plan(session, proposal.process_id):
        return False
    return not known.decided or processes.is_followed(session, known.decided[-1][1])


def words_for(state: State, into: str | None = "") -> tuple[Text, Text, str]:
    """The plain word, the technical one, and the look of the tag; a joined one says with which it goes on."""
    if state is State.MERGED and into:
        return T("joined with {folio}", folio=into), STATE_WORDS[state], "told"
    if state is State.RESERVED:
        return STATE_WORDS[state], STATE_WORDS[state], "told"
    plain = plain_state(state)
    look = {"goes_on": "good", "in_the_plan": "good", "does_not_go_on": "plain"}.get(plain.value, "told")
    return PLAIN_WORDS[plain], STATE_WORDS[state], look
