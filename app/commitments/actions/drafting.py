"""Drafting a commitment: its text in versions, the proposals behind it, and what it is measured by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select

from app.commitments.actions.bodies import body_named, locked, require_running, told, too_long
from app.commitments.models import Commitment, CommitmentLead, CommitmentSource, CommitmentText, Indicator
from app.commitments.queries import commitments as queries
from app.commitments.rules import plan as rules
from app.commitments.rules.plan import PUBLIC, Level, SourcePart, Standing
from app.kit import ids
from app.kit.errors import Conflict, Invalid, WrongState
from app.kit.i18n import T, Text
from app.people.rules import OriginSector, Permission
from app.process.models import Process
from app.proposals.models import Proposal
from app.proposals.rules import Provenance, Value
from app.work import Work


@dataclass(frozen=True)
class DraftCommitment:
    """What is written about a commitment, the first time or again."""

    title_es: str
    title_en: str = ""
    summary_es: str = ""
    summary_en: str = ""
    area: str = ""
    lead: str = ""
    origin_sector: str = OriginSector.PUBLIC.value
    values: tuple[str, ...] = ()
    starts_on: date | None = None
    ends_on: date | None = None
    sections: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    provenance: Provenance = Provenance.NATIVE


def draft(work: Work, process: Process, wish: DraftCommitment) -> Commitment:
    """Begin a commitment; only those who write the plan see it until it enters the plan. Office only."""
    work.require(Permission.WRITE_COMMITMENTS, process.id)
    require_running(process)
    _check(wish)
    number = queries.last_number(work.session, process.id) + 1
    if number > rules.MOST_COMMITMENTS:
        raise Conflict(T("There are {n} commitments already: no plan holds more.", n=rules.MOST_COMMITMENTS))
    commitment = Commitment(
        id=ids.new_id(),
        process_id=process.id,
        number=number,
        state=rules.COMMITMENT.after(None, "draft"),
        provenance=wish.provenance,
        drafted_at=work.now,
    )
    _fill(commitment, wish)
    work.session.add(commitment)
    if wish.lead.strip():
        lead = body_named(work, wish.lead, "lead")
        commitment.lead_id = lead.id
        act = T("It was drafted so").into(process.language[:2])
        since = wish.starts_on or work.now.astimezone(process.zone).date()
        work.session.add(CommitmentLead(commitment_id=commitment.id, organisation_id=lead.id, from_on=since, act=act))
    _write(work, commitment, wish, 1)
    work.record("commitment.drafted", commitment.subject)
    return commitment


def rewrite(work: Work, process: Process, commitment: Commitment, wish: DraftCommitment) -> Commitment:
    """Write another version of the text; earlier ones stay beside it. Office only.

    Once it is in the plan this is an amendment and needs a public reason. Who leads it changes by another act.
    """
    work.require(Permission.WRITE_COMMITMENTS, process.id)
    require_running(process)
    commitment = locked(work, commitment)
    if commitment.state not in {Standing.DRAFT, Standing.IN_PLAN}:
        raise not_any_more(commitment)
    _check(wish)
    if commitment.state in PUBLIC and len(wish.reason.strip()) < rules.SHORTEST_REASON:
        raise Invalid(reason=why_in_words())
    _fill(commitment, wish)
    commitment.text_version += 1
    _write(work, commitment, wish, commitment.text_version)
    verb = "commitment.amended" if commitment.state in PUBLIC else "commitment.redrafted"
    facts = told(commitment, reason=wish.reason.strip())
    work.record(verb, commitment.subject, text_version=commitment.text_version, **facts)
    return commitment


def not_any_more(commitment: Commitment) -> WrongState:
    """That a commitment is past the step in which this could be done."""
    sentence = T("Commitment {n} can no longer be changed in the step it is in.", n=commitment.number)
    return WrongState(sentence, commitment.state.value, rules.COMMITMENT.moves_from(commitment.state))


def why_in_words() -> Text:
    """That a reason is missing."""
    return T("Write why, in at least {n} characters. The public will read it.", n=rules.SHORTEST_REASON)


def _check(wish: DraftCommitment) -> None:
    faults: dict[str, Text] = {}
    if not wish.title_es.strip():
        faults["title_es"] = T("Write the title.")
    for name in ("title_es", "title_en"):
        if len(getattr(wish, name)) > rules.LONGEST_TITLE:
            faults[name] = too_long(rules.LONGEST_TITLE)
    texts = {"summary_es": wish.summary_es, "summary_en": wish.summary_en, "reason": wish.reason, **wish.sections}
    faults |= {name: too_long(rules.LONGEST_TEXT) for name, text in texts.items() if len(text) > rules.LONGEST_TEXT}
    if wish.origin_sector not in set(OriginSector):
        faults["origin_sector"] = T("There is no such sector.")
    if set(wish.values) - set(Value):
        faults["values"] = T("There is no such value.")
    if len(wish.area) > 160:
        faults["area"] = too_long(160)
    if wish.starts_on and wish.ends_on and wish.ends_on < wish.starts_on:
        faults["ends_on"] = T("The end must come after the beginning.")
    if faults:
        raise Invalid(**faults)


def _fill(commitment: Commitment, wish: DraftCommitment) -> None:
    commitment.title_es, commitment.title_en = " ".join(wish.title_es.split()), " ".join(wish.title_en.split())
    commitment.area = " ".join(wish.area.split())
    commitment.origin_sector = OriginSector(wish.origin_sector)
    commitment.values = list(dict.fromkeys(wish.values))
    commitment.starts_on, commitment.ends_on = wish.starts_on, wish.ends_on


def _write(work: Work, commitment: Commitment, wish: DraftCommitment, number: int) -> None:
    sections = {name: wish.sections.get(name, "").strip() for name in rules.SECTIONS}
    work.session.add(
        CommitmentText(
            commitment_id=commitment.id,
            number=number,
            title_es=commitment.title_es,
            title_en=commitment.title_en,
            summary_es=wish.summary_es.strip(),
            summary_en=wish.summary_en.strip(),
            sections={name: words for name, words in sections.items() if words},
            reason=wish.reason.strip(),
            at=work.now,
        )
    )
    work.session.flush()


def link(work: Work, process: Process, commitment: Commitment, proposal: Proposal, gave: tuple[str, str]) -> None:
    """Say that a public proposal stands behind a commitment; `gave` is with which part, and in which words.

    Office only. Said again it is changed. "Only a part of it" needs the words that say which.
    """
    work.require(Permission.WRITE_COMMITMENTS, process.id)
    require_running(process)
    part, words = gave[0], gave[1].strip()
    if part not in set(SourcePart):
        raise Invalid(part=T("Choose what the proposal gave to it."))
    if part == SourcePart.PARTLY and len(words) < rules.SHORTEST_REASON:
        raise Invalid(words=T("Write which part of the proposal, in at least {n} characters.", n=rules.SHORTEST_REASON))
    if len(words) > rules.LONGEST_REASON:
        raise Invalid(words=too_long(rules.LONGEST_REASON))
    if not proposal.is_public:
        raise Invalid(folio=T("There is no public proposal of this folio."))
    wanted = (CommitmentSource.commitment_id == commitment.id, CommitmentSource.proposal_id == proposal.id)
    row = work.session.scalars(select(CommitmentSource).where(*wanted)).one_or_none()
    if row is None:
        row = CommitmentSource(id=ids.new_id(), commitment_id=commitment.id, proposal_id=proposal.id, at=work.now)
        work.session.add(row)
    row.part, row.words = SourcePart(part), words
    facts = told(commitment, folio=proposal.folio, part=part, words=words)
    work.record("commitment.linked", commitment.subject, **facts)


def unlink(work: Work, process: Process, commitment: Commitment, proposal: Proposal) -> None:
    """Take back that a proposal stands behind a draft. Office only; refused once the commitment is public."""
    work.require(Permission.WRITE_COMMITMENTS, process.id)
    require_running(process)
    if commitment.state is not Standing.DRAFT:
        raise not_any_more(commitment)
    wanted = (CommitmentSource.commitment_id == commitment.id, CommitmentSource.proposal_id == proposal.id)
    row = work.session.scalars(select(CommitmentSource).where(*wanted)).one_or_none()
    if row is None:
        raise Conflict(T("{folio} does not stand behind this commitment.", folio=proposal.folio))
    work.session.delete(row)
    work.record("commitment.unlinked", commitment.subject, **told(commitment, folio=proposal.folio))


@dataclass(frozen=True)
class SetIndicator:
    """What a commitment is measured by, at one level of the logical framework."""

    level: str
    name: str
    baseline: str = ""
    target: str = ""
    unit: str = ""
    source: str = ""
    frequency: str = ""


_LONGEST = {"name": 300, "baseline": 120, "target": 120, "unit": 60, "source": 200, "frequency": 120}


def set_indicator(work: Work, process: Process, commitment: Commitment, wish: SetIndicator) -> Indicator:
    """Add an indicator. Office only."""
    work.require(Permission.WRITE_COMMITMENTS, process.id)
    require_running(process)
    faults: dict[str, Text] = {name: too_long(n) for name, n in _LONGEST.items() if len(getattr(wish, name)) > n}
    if wish.level not in set(Level):
        faults["level"] = T("Choose a level.")
    if not wish.name.strip():
        faults["name"] = T("Write what is measured.")
    if faults:
        raise Invalid(**faults)
    commitment = locked(work, commitment)
    here = Indicator.commitment_id == commitment.id
    number = (work.session.scalar(select(func.max(Indicator.number)).where(here)) or 0) + 1
    if number > rules.MOST_INDICATORS:
        raise Conflict(T("There are {n} indicators already.", n=rules.MOST_INDICATORS))
    words = {name: getattr(wish, name).strip() for name in _LONGEST}
    indicator = Indicator(id=ids.new_id(), commitment_id=commitment.id, number=number, level=Level(wish.level), **words)
    work.session.add(indicator)
    facts = told(commitment, level=wish.level, name=words["name"])
    work.record("commitment.indicator_set", commitment.subject, **facts)
    return indicator


def drop_indicator(work: Work, process: Process, commitment: Commitment, number: int) -> None:
    """Take an indicator away; its number is not used again. Office only."""
    work.require(Permission.WRITE_COMMITMENTS, process.id)
    require_running(process)
    for indicator in queries.indicators_of(work.session, commitment.id):
        if indicator.number == number:
            indicator.dropped_at = work.now
            work.record("commitment.indicator_dropped", commitment.subject, **told(commitment, name=indicator.name))
            return
    raise Conflict(T("There is no such indicator."))
