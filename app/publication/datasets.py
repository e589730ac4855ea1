"""The open data of a process: each dataset built up from allowed columns, never cut down from a full table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.decisions.models import DecidingBody, Decision
from app.duties import ledger
from app.people.models import Organisation
from app.prioritisation.models import Placement, Theme
from app.process.models import Process, Stage, Territory
from app.proposals.models import Invitation, Proposal, Revision
from app.proposals.rules import plain_state

Row = dict[str, Any]
BATCH = 500
LICENCE = "CC BY 4.0"


@dataclass(frozen=True)
class Column:
    """One column of a dataset: its name, what kind of value it holds, and what it means."""

    name: str
    kind: str
    meaning: str


@dataclass(frozen=True)
class Dataset:
    """One public dataset: its columns and how its rows are read."""

    name: str
    about: str
    columns: tuple[Column, ...]
    rows: Callable[[Session, Process], Iterator[Row]]


def _iso(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""


def _stages(session: Session, process: Process) -> Iterator[Row]:
    for stage in session.scalars(select(Stage).where(Stage.process_id == process.id).order_by(Stage.position)):
        yield {
            "stage": stage.slug,
            "kind": stage.kind.value,
            "position": stage.position,
            "opens_at": _iso(stage.opens_at),
            "closes_at": _iso(stage.closes_at),
            "concluded_at": _iso(stage.concluded_at),
        }


def _proposals(session: Session, process: Process) -> Iterator[Row]:
    after = 0
    while True:
        rows = session.execute(
            select(Proposal, Revision, Territory.name_es)
            .join(Revision, (Revision.proposal_id == Proposal.id) & (Revision.number == Proposal.revision))
            .outerjoin(Territory, Territory.id == Proposal.territory_id)
            .where(Proposal.process_id == process.id, Proposal.is_public, Proposal.number > after)
            .order_by(Proposal.number)
            .limit(BATCH)
        ).all()
        for proposal, revision, territory in rows:
            yield _proposal(proposal, revision, territory)
        if len(rows) < BATCH:
            return
        after = rows[-1][0].number


def _proposal(proposal: Proposal, revision: Revision, territory: str | None) -> Row:
    return {
        "folio": proposal.folio,
        "title": revision.title,
        "problem": revision.problem,
        "solution": revision.solution,
        "state": proposal.state.value,
        "plain_state": plain_state(proposal.state).value,
        "origin_sector": proposal.origin_sector.value,
        "territory": territory or "",
        "published_as": proposal.public_names,
        "channel": proposal.channel.value,
        "provenance": proposal.provenance.value,
        "received_at": _iso(proposal.received_at),
        "received_to_the": proposal.received_to_the.value,
        "admitted_at": _iso(proposal.admitted_at),
        "not_from_the_consultation": proposal.entered_outside_because,
        "source_ref": proposal.source_ref or "",
        "tags": "|".join(proposal.tags),
    }


def _decisions(session: Session, process: Process) -> Iterator[Row]:
    rows = session.execute(
        select(Decision, Proposal.folio, Stage.slug, DecidingBody.name_es)
        .join(Proposal, Proposal.id == Decision.proposal_id)
        .join(Stage, Stage.id == Decision.stage_id)
        .join(DecidingBody, DecidingBody.id == Decision.body_id)
        .where(Decision.process_id == process.id, Decision.published_at.is_not(None))
        .order_by(Stage.position, Proposal.number, Decision.version)
        .execution_options(yield_per=BATCH)
    )
    for decision, folio, stage, body in rows:
        yield {
            "folio": folio,
            "stage": stage,
            "version": decision.version,
            "is_current": decision.is_current,
            "outcome": decision.outcome.value,
            "reason": decision.reason,
            "reason_codes": "|".join(decision.reason_codes),
            "body": body,
            "session": decision.session_name,
            "act": decision.act_number,
            "follows_rule": "" if decision.follows_rule is None else decision.follows_rule,
            "override_reason": decision.override_reason,
            "decided_at": _iso(decision.decided_at),
            "published_at": _iso(decision.published_at),
            "provenance": decision.provenance.value,
        }


def _invitations(session: Session, process: Process) -> Iterator[Row]:
    rows = session.execute(
        select(Invitation, Organisation.name)
        .join(Organisation, Organisation.id == Invitation.organisation_id)
        .where(Invitation.process_id == process.id)
        .order_by(Invitation.sent_at)
    )
    for invitation, body in rows:
        yield {
            "body": body,
            "letter": invitation.letter_number,
            "dated_on": invitation.dated_on.isoformat(),
            "signatory": invitation.signatory,
            "first_answer_at": _iso(invitation.first_answer_at),
        }


def _answers(session: Session, process: Process) -> Iterator[Row]:
    for stage in session.scalars(select(Stage).where(Stage.process_id == process.id).order_by(Stage.position)):
        tally = ledger.tally(session, stage.id)
        if tally.total:
            yield {"stage": stage.slug, "owed": tally.owed, "covered": tally.covered, "settled": tally.settled}


def _themes(session: Session, process: Process) -> Iterator[Row]:
    for theme in session.scalars(select(Theme).where(Theme.process_id == process.id).order_by(Theme.number)):
        yield {
            "theme": theme.number,
            "name_es": theme.name_es,
            "name_en": theme.name_en,
            "about_es": theme.about_es,
            "about_en": theme.about_en,
            "whole": theme.whole,
            "parts": theme.parts,
            "named_at": _iso(theme.named_at),
            "dissolved_at": _iso(theme.dissolved_at),
        }


def _placements(session: Session, process: Process) -> Iterator[Row]:
    rows = session.execute(
        select(Placement, Theme.number, Proposal.folio)
        .join(Theme, Theme.id == Placement.theme_id)
        .join(Proposal, Proposal.id == Placement.proposal_id)
        .where(Placement.process_id == process.id, Proposal.is_public)
        .order_by(Placement.number, Placement.placed_at)
        .execution_options(yield_per=BATCH)
    )
    for placement, theme, folio in rows:
        yield {
            "folio": folio,
            "theme": theme,
            "part": placement.part,
            "reason": placement.reason,
            "suggested": placement.suggested or "",
            "placed_at": _iso(placement.placed_at),
            "ended_at": _iso(placement.ended_at),
            "ended_because": placement.ended_because,
        }


def _columns(*told: str) -> tuple[Column, ...]:
    return tuple(Column(*line.split(" ", 2)) for line in told)


DATASETS: dict[str, Dataset] = {
    "stages": Dataset(
        "stages",
        "The stages of the process and their windows.",
        _columns(
            "stage text short name of the stage in addresses",
            "kind text kind of stage, from the closed list",
            "position integer order of the stage",
            "opens_at instant when its window opens (UTC)",
            "closes_at instant when its window closes; what arrives from then on is late (UTC)",
            "concluded_at instant when the office concluded it",
        ),
        _stages,
    ),
    "proposals": Dataset(
        "proposals",
        "Every public proposal as it stands.",
        _columns(
            "folio text public number",
            "title text title",
            "problem text the problem and whom it affects",
            "solution text what is proposed",
            "state text technical state, see the glossary",
            "plain_state text the plain word the public reads",
            "origin_sector text sector it comes from",
            "territory text place it is about",
            "published_as text name or pseudonym its author chose",
            "channel text how it came in",
            "provenance text native, imported, reported, derived or illustrative",
            "received_at instant when it was received whole (UTC)",
            "received_to_the text how exactly that moment is known",
            "admitted_at instant when it became public",
            "not_from_the_consultation text the reason, where it entered outside the window",
            "source_ref text its number in the file it was imported from",
            "tags text categories of the imported file, between bars",
        ),
        _proposals,
    ),
    "decisions": Dataset(
        "decisions",
        "Every published decision, superseded ones included.",
        _columns(
            "folio text the proposal",
            "stage text the stage that decided",
            "version integer 1 for the first, more for those that supersede",
            "is_current boolean whether it counts now",
            "outcome text what was decided",
            "reason text the public reason",
            "reason_codes text kinds of reasons, between bars",
            "body text who decided",
            "session text in which session",
            "act text by which act",
            "follows_rule boolean whether it follows the body's own rule; empty where there is none",
            "override_reason text why the rule was left",
            "decided_at instant when it was decided (UTC)",
            "published_at instant when it became public (UTC)",
            "provenance text native or imported",
        ),
        _decisions,
    ),
    "themes": Dataset(
        "themes",
        "The themes in which proposals are grouped.",
        _columns(
            "theme integer number of the theme",
            "name_es text its name in Spanish",
            "name_en text its name in English, where there is one",
            "about_es text what it is about, in Spanish",
            "about_en text what it is about, in English",
            "whole integer proposals that stand in it whole",
            "parts integer parts of proposals that stand in it",
            "named_at instant when it was named (UTC)",
            "dissolved_at instant when it was given up, if it was",
        ),
        _themes,
    ),
    "placements": Dataset(
        "placements",
        "Which proposal, or which part of it, stands or stood in which theme, and why.",
        _columns(
            "folio text the proposal",
            "theme integer the theme",
            "part text which part of it; empty for all of it",
            "reason text the public reason",
            "suggested integer its place among the three themes that a comparison suggested, if it was one of them",
            "placed_at instant when it was placed there (UTC)",
            "ended_at instant when it was taken out, if it was",
            "ended_because text the public reason for that",
        ),
        _placements,
    ),
    "invitations": Dataset(
        "invitations",
        "The public bodies that were invited by official letter.",
        _columns(
            "body text the public body",
            "letter text number of the letter",
            "dated_on date date of the letter",
            "signatory text who signed it",
            "first_answer_at instant when it first sent a proposal",
        ),
        _invitations,
    ),
    "answers": Dataset(
        "answers",
        "Written answers by stage: owed, covered by a letter that was accepted, settled with a reason.",
        _columns(
            "stage text the stage",
            "owed integer answers still owed",
            "covered integer answers covered by an accepted letter",
            "settled integer answers settled with a reason",
        ),
        _answers,
    ),
}
