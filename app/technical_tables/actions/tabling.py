"""Setting up technical tables: naming one, who sits there and who is missing, and which proposals lie on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import delete

from app.decisions.rules import GATES
from app.kit import ids
from app.kit.errors import Conflict, Invalid, NotNow, WrongState
from app.kit.i18n import T, Text
from app.meetings.models import Meeting
from app.meetings.rules.meeting import MeetingKind
from app.people.rules import OriginSector, Permission
from app.process.kinds import StageKind
from app.process.models import Process
from app.proposals.models import Proposal
from app.proposals.rules import JOURNEY, Precision, Provenance, source_fault
from app.technical_tables import rules
from app.technical_tables.models import TableActor, TableProposal, TechnicalTable
from app.technical_tables.queries import tables as queries
from app.technical_tables.rules import Role, Share
from app.work import Work


@dataclass(frozen=True)
class NameTable:
    """What a technical table is about, when it met or which meeting it is, and the organisations of each role."""

    topic_es: str
    topic_en: str = ""
    met_on: date | None = None
    met_to_the: Precision = Precision.DAY
    meeting: Meeting | None = None
    actors: Mapping[Role, tuple[str, ...]] = field(default_factory=dict)
    origin_sector: str = ""
    provenance: Provenance = Provenance.NATIVE
    reported_source: str = ""


@dataclass(frozen=True)
class PutOn:
    """How much of a proposal a table takes up; for a part, in which words."""

    share: str
    words: str = ""


def name_table(work: Work, process: Process, wish: NameTable, table: TechnicalTable | None = None) -> TechnicalTable:
    """Set up a technical table, or change one. Office only; an organisation that is missing is shown, never refused."""
    work.require(Permission.CONVENE_MEETINGS, process.id)
    _when(process)
    faults = _faults(process, wish)
    if faults:
        raise Invalid(**faults)
    if table is None:
        number = queries.last_number(work.session, process.id) + 1
        table = TechnicalTable(id=ids.new_id(), process_id=process.id, number=number, named_at=work.now)
        work.session.add(table)
    table.topic_es, table.topic_en = " ".join(wish.topic_es.split()), " ".join(wish.topic_en.split())
    table.met_on, table.met_to_the = wish.met_on, wish.met_to_the
    table.meeting_id = wish.meeting.id if wish.meeting else None
    table.origin_sector = OriginSector(wish.origin_sector) if wish.origin_sector else None
    table.provenance, table.reported_source = wish.provenance, wish.reported_source.strip()[:300]
    work.session.flush()
    _seat(work, table, wish.actors)
    missing = [role.value for role in Role if not wish.actors.get(role)]
    facts = {"missing": missing, "provenance": table.provenance.value}
    work.record("technical_table.named", table.subject, topic=table.topic_es, **facts)
    return table


def put_on(work: Work, process: Process, table: TechnicalTable, proposal: Proposal, wish: PutOn) -> TableProposal:
    """Put a proposal on a table, or say anew how much of it lies there. Office only; a part is named in words."""
    work.require(Permission.CONVENE_MEETINGS, process.id)
    _when(process)
    faults: dict[str, Text] = {}
    words = wish.words.strip()
    if wish.share not in set(Share):
        faults["share"] = T("Choose how much of it lies on this table.")
    elif wish.share == Share.PARTLY and len(words) < rules.SHORTEST_WORDS:
        faults["words"] = T("Say which part of it, in at least {n} characters.", n=rules.SHORTEST_WORDS)
    if len(words) > rules.LONGEST_TEXT:
        faults["words"] = T("This is too long: at most {n} characters.", n=rules.LONGEST_TEXT)
    if faults:
        raise Invalid(**faults)
    _in_which_state(proposal)
    row = queries.placed(work.session, table.id, proposal.id)
    if row is None:
        row = TableProposal(table_id=table.id, proposal_id=proposal.id, number=proposal.number)
        work.session.add(row)
    row.share, row.words, row.put_at = Share(wish.share), words, work.now
    work.session.flush()
    work.record("proposal.put_on_table", proposal.subject, table=table.number, share=wish.share, words=words)
    return row


def take_off(work: Work, process: Process, table: TechnicalTable, proposal: Proposal, reason: str) -> None:
    """Take a proposal off a table, with the public reason. Office only."""
    work.require(Permission.CONVENE_MEETINGS, process.id)
    _when(process)
    if len(reason.strip()) < rules.SHORTEST_WORDS:
        raise Invalid(reason=T("Write why, in at least {n} characters.", n=rules.SHORTEST_WORDS))
    row = queries.placed(work.session, table.id, proposal.id)
    if row is None:
        raise Conflict(T("{folio} does not lie on this table.", folio=proposal.folio))
    work.session.delete(row)
    work.record("proposal.taken_off_table", proposal.subject, table=table.number, reason=reason.strip())


def _when(process: Process) -> None:
    if process.ended_at or process.paused_at:
        raise NotNow(T("This process is not running at the moment."))


def _faults(process: Process, wish: NameTable) -> dict[str, Text]:
    faults: dict[str, Text] = {}
    too_long = T("This is too long: at most {n} characters.", n=rules.LONGEST_TOPIC)
    if not wish.topic_es.strip():
        faults["topic_es"] = T("Write what this table is about.")
    elif len(wish.topic_es) > rules.LONGEST_TOPIC:
        faults["topic_es"] = too_long
    if wish.origin_sector and wish.origin_sector not in set(OriginSector):
        faults["origin_sector"] = T("Choose one of the list.")
    if wish.provenance is not Provenance.NATIVE and (missing := source_fault(wish.reported_source)) is not None:
        faults["reported_source"] = missing
    if len(wish.topic_en) > rules.LONGEST_TOPIC:
        faults["topic_en"] = too_long
    if wish.meeting and (wish.meeting.process_id != process.id or wish.meeting.kind is not MeetingKind.TECHNICAL_TABLE):
        faults["meeting"] = T("Choose a meeting of this process that is a technical table.")
    for role, names in wish.actors.items():
        if len(names) > rules.MOST_ACTORS or any(len(name) > rules.LONGEST_NAME for name in names):
            faults[role.value] = T("At most {n} organisations, each with a short name.", n=rules.MOST_ACTORS)
    return faults


def _in_which_state(proposal: Proposal) -> None:
    if proposal.state not in GATES[StageKind.TECHNICAL_TABLES].open_to:
        raise WrongState(
            T("{folio} cannot come before a technical table in the step it is in.", folio=proposal.folio),
            proposal.state.value,
            JOURNEY.moves_from(proposal.state),
        )


def _seat(work: Work, table: TechnicalTable, actors: Mapping[Role, tuple[str, ...]]) -> None:
    work.session.execute(delete(TableActor).where(TableActor.table_id == table.id))
    for role, names in actors.items():
        for number, name in enumerate(dict.fromkeys(names), 1):
            work.session.add(TableActor(table_id=table.id, role=role, number=number, name=name))
    work.session.flush()
