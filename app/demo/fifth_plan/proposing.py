"""The 81 proposals: entered as illustrations, examined, grouped, and decided on at each gate with their reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time

from sqlalchemy import select

from app.decisions import actions as decisions
from app.decisions.actions import Verdict
from app.demo.fifth_plan.telling import SOURCE, Told, facts, proposals
from app.kit.text import say_date
from app.people.rules import ContactKind
from app.prioritisation import actions as prioritisation
from app.prioritisation.actions import Place
from app.prioritisation.models import Theme
from app.process import queries as processes
from app.process.models import Process, Stage
from app.proposals import actions as intake
from app.proposals.actions import Contact, Submission
from app.proposals.actions.submitting import prepare
from app.proposals.models import Author, Proposal
from app.proposals.rules import Channel, Precision, Provenance
from app.work import Work

MADE_UP = "Ilustrativo: el informe no publica qué se decidió de cada propuesta"
MIDDAY = time(12)
LEFT_THE_RULE = {
    "Agenda de consultas ciudadanas para suscribirse por correo": (
        "Ilustrativo: por sus puntos seguía. Pide lo mismo que otra que llegó antes, y las dos siguen como una."
    ),
    "Subtítulos y un índice en las grabaciones de los concejos municipales": (
        "Ilustrativo: por sus puntos seguía. Busca lo mismo que otra que llegó antes, y las dos siguen como una."
    ),
    "Publicar los sueldos de todas las personas que trabajan en el Estado": (
        "Ilustrativo: por sus puntos seguía. Lo que pide ya es una obligación, y un plan no compromete lo que la ley "
        "manda."
    ),
    "Participación sin internet para las zonas aisladas de la Patagonia": (
        "Ilustrativo: quedó a dos puntos de la marca porque faltaba su costo. La mesa técnica puede averiguarlo, y "
        "nadie más propuso algo para quienes no tienen internet."
    ),
}
"""Where the made-up forum leaves its own rule, the public reason for it, by the title of the proposal."""


def receive(work: Work, process: Process) -> None:
    """Enter every proposal on its day of the consultation, with a receipt for its author."""
    stage = processes.stage_named(work.session, process.id, "consulta")
    for told in proposals():
        wish = Submission(
            told.title,
            told.problem,
            told.solution,
            told.author,
            Contact(ContactKind.EMAIL, told.address),
            values=told.values,
            origin_sector=told.sector,
            territory=told.region,
            language=told.language,
            channel=Channel.IMPORT,
            received_on=told.day,
            provenance=Provenance.ILLUSTRATIVE,
        )
        received = intake.submit(work, process, stage, wish, prepare(process, wish))
        work.session.flush()
        author = work.session.get_one(Author, received.author.id)
        intake.confirm(work, work.session.get_one(Proposal, received.proposal.id), author)


def examine(work: Work, process: Process) -> None:
    """Admit them all: the report speaks of 81 proposals that were analysed."""
    for proposal in entered(work, process):
        intake.admit(work, proposal, intake.to_admit(work.session, proposal))


def entered(work: Work, process: Process) -> Sequence[Proposal]:
    """The proposals as they stand, in the order in which they are told."""
    mine = select(Proposal).where(Proposal.process_id == process.id).order_by(Proposal.number)
    return work.session.scalars(mine).all()


def told_of(work: Work, process: Process) -> list[tuple[Proposal, Told]]:
    """Each proposal with what is told of it."""
    return list(zip(entered(work, process), proposals(), strict=True))


def group(work: Work, process: Process) -> None:
    """Place the 53 in their themes."""
    mine = select(Theme).where(Theme.process_id == process.id)
    themes = {theme.name_es: theme for theme in work.session.scalars(mine)}
    for proposal, told in told_of(work, process):
        if told.theme is not None:
            reason = f"Ilustrativo: trata de «{told.theme.lower()}»."
            prioritisation.place(work, process, themes[told.theme], proposal, Place(reason))


def filter_them(work: Work, process: Process) -> None:
    """Write down what became of each of the 81 after the analysis."""
    stage = processes.stage_named(work.session, process.id, "filtro")
    for proposal, told in told_of(work, process):
        verdict = _made_up(process, told.filter, told.filter_reason, told.filter_codes)
        left = LEFT_THE_RULE.get(told.title, "")
        decisions.write_down(work, process, stage, proposal, replace(verdict, override_reason=left, followed=not left))


def decide_after_tables(work: Work, process: Process) -> None:
    """Write down what became of each of the 53 after the tables."""
    stage = processes.stage_named(work.session, process.id, "priorizacion")
    for proposal, told in told_of(work, process):
        if told.tables is not None:
            verdict = _made_up(process, told.tables, told.tables_reason or "", told.tables_codes)
            decisions.write_down(work, process, stage, proposal, verdict)


def _made_up(process: Process, outcome: str, reason: str, codes: tuple[str, ...]) -> Verdict:
    return Verdict(
        outcome,
        reason,
        codes,
        session_name=MADE_UP,
        decided_at=_midday(date(2020, 1, 1), process),
        decided_to_the=Precision.YEAR,
        provenance=Provenance.ILLUSTRATIVE,
    )


def find_feasible(work: Work, process: Process) -> None:
    """Write down that each of the ten went on from its technical table, in the words of the report only."""
    stage = processes.stage_named(work.session, process.id, "mesas-tecnicas")
    tables = {told["number"]: told for told in facts()["technical_tables"]}
    for proposal, told in _ten(work, process):
        table = tables[told.technical_table]
        day = f" el {say_date(date.fromisoformat(table['date']), 'es')}" if table["date"] else ""
        reason = (
            f"La mesa técnica {table['number']}, «{table['topic']}», se reunió{day} con {table['institution']}. "
            f"Su tema pasó a ser el compromiso {table['commitment']}."
        )
        _report(work, (process, stage), proposal, ("feasible", reason, "tabla 4", table["date"]))


def commit(work: Work, process: Process) -> None:
    """Write down that each of the ten became a commitment."""
    stage = processes.stage_named(work.session, process.id, "plan")
    of_table = {told["number"]: told["commitment"] for told in facts()["technical_tables"]}
    titles = {told["number"]: told["title"] for told in facts()["commitments"]}
    for proposal, told in _ten(work, process):
        number = of_table[told.technical_table]
        reason = f"El informe la cuenta entre los diez compromisos del plan: el {number}, «{titles[number]}»."
        _report(work, (process, stage), proposal, ("committed", reason, "cuadro 1", None))


def _ten(work: Work, process: Process) -> list[tuple[Proposal, Told]]:
    return [(proposal, told) for proposal, told in told_of(work, process) if told.technical_table is not None]


def _report(
    work: Work, where: tuple[Process, Stage], proposal: Proposal, told: tuple[str, str, str, str | None]
) -> None:
    process, stage = where
    outcome, reason, source, on = told
    day, known = (date.fromisoformat(on), Precision.DAY) if on else (date(2021, 1, 1), Precision.YEAR)
    verdict = Verdict(
        outcome,
        reason,
        ("meets_criteria",),
        session_name=f"{SOURCE}, {source}",
        decided_at=_midday(day, process),
        decided_to_the=known,
        provenance=Provenance.REPORTED,
    )
    decisions.write_down(work, process, stage, proposal, verdict)


def _midday(day: date, process: Process) -> datetime:
    return datetime.combine(day, MIDDAY, process.zone)
