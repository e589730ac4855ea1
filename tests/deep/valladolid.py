"""Valladolid's participatory budget of 2027, played as it really happened: two filters by two bodies.

The zone tables decided 270 of the proposals without publishing one reason, and 36 rows of their minutes cannot be
read. The city decided 306 and published reasons for some. Rows without a reason are blocked from letters and listed;
the rest become letters in the outbox, twenty of them to be read by somebody. Run by `make valladolid`; prints figures
that have to add up.

The data is read from MINGA_SHARED (CC BY-SA 4.0, Aldea Pucela; original data Ayuntamiento de Valladolid).
"""

from __future__ import annotations

import csv
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from app.accounts import roles
from app.decisions import actions as decisions
from app.decisions.actions import Verdict
from app.decisions.models import Decision, Undecided
from app.decisions.rules import BodyKind
from app.duties import ledger
from app.feedback import actions as feedback
from app.feedback.models import Letter
from app.kit import clock, schema
from app.kit.db import Database
from app.mail import rendering
from app.mail.models import OutboxMessage
from app.parts import fill_tables
from app.people import queries as people
from app.people.actor import OPERATOR, Actor
from app.people.rules import Role
from app.process import actions as process_actions
from app.process import queries as processes
from app.process.actions import OpenProcess, SetStage
from app.process.kinds import StageKind
from app.proposals import actions as joining
from app.proposals import queries as proposals
from app.proposals import sheets
from app.proposals.actions import importing
from app.proposals.rules import JOURNEY, Provenance, State
from app.settings import Settings
from app.work import transaction
from tests.deep import letters_drawn

SLUG = "valladolid-2027"
OPENS = datetime(2025, 12, 9, 0, 0, tzinfo=UTC)
CLOSES = datetime(2026, 1, 10, 0, 0, tzinfo=UTC)
DECIDED = datetime(2026, 6, 18, 12, 0, tzinfo=UTC)
TABLES, CITY = "mesas-de-zona", "ciudad"
TABLE_OUTCOMES = {
    "Seleccionada / ratificada por la mesa": "selected",
    "Descartada / inadmitida por la mesa": "not_selected",
    "Reserva de la mesa": "reserved",
}
GROUPED = "Agrupada con otra propuesta"
CODES = {
    "Competencia o encaje legal": ("other",),  # theirs is one kind for two of ours
    "Inviabilidad técnica o económica": ("not_feasible",),
    "Ya previsto o en ejecución": ("already_planned",),
    "Sin motivo suficiente": ("insufficient_information",),
    GROUPED: ("duplicate",),
    "Mantenimiento ordinario": ("ordinary_maintenance",),
    "Sin motivo publicado": ("no_reason_published",),
}
NO_REASON = "Sin motivo publicado"
MAPPING = sheets.ColumnMap(
    {
        "title": "{title}",
        "problem": "{description}",
        "author_name": "Vecino {code}",
        "author_email": "vecino-{code}@example.test",
        "territory": "{zone_id}",
        "territory_name": "{zone}",
        "received_on": "{date}",
        "source_ref": "{code}",
        "tags": "{categories}",
    },
    date_format="%d/%m/%Y",
)


@dataclass
class Played:
    """What was played, in figures."""

    imported: int
    import_seconds: float
    figures: dict[str, Any]


def data_of(settings: Settings) -> Path | None:
    """The folder of the real data, or None where it is absent."""
    folder = settings.shared / "data" / SLUG
    return folder if (folder / "proposals.json").exists() else None


def decided_rows(folder: Path) -> list[dict[str, str]]:
    """The decisions of tables and city, a row for each proposal."""
    with (folder / "table-decisions.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def play(settings: Settings, folder: Path, say: Callable[[str], object]) -> Played:
    """Play everything into an empty database and give the figures."""
    fill_tables()
    rendering.lay_out(settings)
    database = Database(settings.database_url)
    try:
        _open(database)
        imported, seconds = _import(database, folder / "proposals.json")
        say(f"imported {imported} proposals in {seconds:.1f} s")
        rows = decided_rows(folder)
        _decide_at_tables(database, rows)
        say("the zone tables have decided")
        say(f"joined, as the city published: {len(_join(database, rows))}")
        _decide_in_city(database, rows)
        say("the city has decided")
        figures = _figures(database)
        figures.update(_letters(database, say))
        return Played(imported, seconds, figures)
    finally:
        database.dispose()


def _open(database: Database) -> None:
    wish = OpenProcess(
        slug=SLUG,
        name_es="Presupuestos participativos de Valladolid 2027",
        name_en="Participatory budget of Valladolid 2027",
        timezone="Europe/Madrid",
        template="simple_consultation",
        folio_prefix="VLL",
        summary_es="Datos reales de Aldea Pucela (CC BY-SA 4.0), importados.",
    )
    with transaction(database, OPERATOR, clock.now()) as work:
        process = process_actions.open_process(work, wish)
        decisions.set_body(work, process, "mesas", BodyKind.TABLE, ("Las mesas de zona", "The zone tables"))
        decisions.set_body(work, process, "ayuntamiento", BodyKind.OFFICE, ("El Ayuntamiento", "The city"))
        consulta = processes.stage_named(work.session, process.id, "consulta")
        process_actions.set_stage(work, process, consulta, SetStage(OPENS, CLOSES, dict(consulta.settings)))
        decision = processes.stage_named(work.session, process.id, "decision")
        decision.slug = TABLES
        first = SetStage(CLOSES, None, {"body": "mesas", "method": "simple"}, name_es="Mesas de zona")
        process_actions.set_stage(work, process, decision, first)
        city = process_actions.add_stage(work, process, StageKind.FILTER, CITY, {"body": "ayuntamiento"})
        second = SetStage(CLOSES, None, {"body": "ayuntamiento", "method": "simple"}, name_es="Decisión de la ciudad")
        process_actions.set_stage(work, process, city, second)


def _import(database: Database, file: Path) -> tuple[int, float]:
    from tqdm import tqdm

    began = time.perf_counter()
    sheet = sheets.read(file, MAPPING)
    if sheet.faults:
        raise SystemExit("\n".join(f"row {f.row}, {f.column}: {f.reason}" for f in sheet.faults))
    with tqdm(total=len(sheet.rows), unit=" proposals", file=sys.stderr) as bar:
        wish = (SLUG, file.name, "valladolid", sheet.rows)
        count = importing.take_in(database, OPERATOR, clock.now(), wish, bar.update)
    return count, time.perf_counter() - began


def _decide_at_tables(database: Database, rows: list[dict[str, str]]) -> None:
    with transaction(database, OPERATOR, clock.now()) as work:
        process = processes.by_slug(work.session, SLUG)
        stage = processes.stage_named(work.session, process.id, TABLES)
        body = decisions.body_for(work, process, stage)
        folios = _by_code(work.session, process.id)
        for row in rows:
            outcome = TABLE_OUTCOMES.get(row["decision_mesa"])
            proposal = folios[row["propuesta_id"]]
            if outcome is None:
                reason = "El acta de la mesa de zona no se puede leer con claridad en esta fila."
                decisions.note_undecided(work, process, stage, proposal, reason)
                continue
            verdict = Verdict(outcome, "", ("no_reason_published",), decided_at=DECIDED, provenance=Provenance.IMPORTED)
            decisions.take(work, process, stage, proposal, (body, verdict))
    _publish(database, TABLES)


def _join(database: Database, rows: list[dict[str, str]]) -> list[str]:
    """Join what the city studied as one; gives the codes. What it joined with something outside the file stays apart.

    Its reason says that what becomes of the other one holds for both: decided on alone, each would be told a refusal.
    """
    joined = []
    with transaction(database, OPERATOR, clock.now()) as work:
        process = processes.by_slug(work.session, SLUG)
        folios = _by_code(work.session, process.id)
        for row in rows:
            named = re.findall(r"\d+", row["razon_exclusion"]) if row["tipo_razon_exclusion"] == GROUPED else []
            proposal, into = folios[row["propuesta_id"]], folios.get(named[0]) if named else None
            if into is not None and JOURNEY.may(proposal.state, "merge"):
                reason = row["razon_exclusion"].strip()
                made = joining.to_merge(work.session, process, proposal, into, reason)
                joining.merge(work, process, proposal, into, made)
                joined.append(row["propuesta_id"])
    return joined


def _decide_in_city(database: Database, rows: list[dict[str, str]]) -> None:
    with transaction(database, OPERATOR, clock.now()) as work:
        process = processes.by_slug(work.session, SLUG)
        stage = processes.stage_named(work.session, process.id, CITY)
        body = decisions.body_for(work, process, stage)
        folios = _by_code(work.session, process.id)
        for row in rows:
            if folios[row["propuesta_id"]].state is State.MERGED:
                continue
            kind = row["tipo_razon_exclusion"]
            reason = "" if kind == NO_REASON else row["razon_exclusion"].strip()
            verdict = Verdict(
                "selected" if row["aparece_en_final_126"] == "SI" else "not_selected",
                reason,
                CODES.get(kind, () if reason else ("no_reason_published",)),
                decided_at=DECIDED,
                provenance=Provenance.IMPORTED,
            )
            decisions.take(work, process, stage, folios[row["propuesta_id"]], (body, verdict))
    _publish(database, CITY)


def _publish(database: Database, slug: str) -> None:
    with transaction(database, OPERATOR, clock.now()) as work:
        process = processes.by_slug(work.session, SLUG)
        decisions.publish(work, process, processes.stage_named(work.session, process.id, slug))


def _by_code(session: Any, process_id: Any) -> dict[str, Any]:
    from app.proposals.models import Proposal

    found = session.scalars(select(Proposal).where(Proposal.process_id == process_id))
    return {proposal.source_ref: proposal for proposal in found}


def _figures(database: Database) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    with database.reading() as session:
        process = processes.by_slug(session, SLUG)
        figures["states"] = {s.value: n for s, n in sorted(proposals.counts_of(session, process.id).items())}
        taken: dict[str, dict[Any, Decision]] = {}
        for slug in (TABLES, CITY):
            stage = processes.stage_named(session, process.id, slug)
            here = session.scalars(select(Decision).where(Decision.stage_id == stage.id)).all()
            taken[slug] = {decision.proposal_id: decision for decision in here}
            undecided = session.scalar(select(func.count()).where(Undecided.stage_id == stage.id)) or 0
            figures[slug] = {
                "decided": len(here),
                **Counter(decision.outcome.value for decision in here),
                "undecided": undecided,
                "with_reason": sum(not decision.is_without_reason for decision in here),
                "without_reason": sum(decision.is_without_reason for decision in here),
            }
        figures["city_against_tables"] = _against(taken[TABLES], taken[CITY])
    return figures


def _against(tables: dict[Any, Decision], city: dict[Any, Decision]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for key, decision in city.items():
        before = tables[key].outcome.value if key in tables else "undecided"
        found[f"{decision.outcome.value} after {before}"] += 1
    return dict(sorted(found.items()))


def _letters(database: Database, say: Callable[[str], object]) -> dict[str, Any]:
    """Draft and approve in the names of two officials; what has no reason stays blocked and is listed."""
    now = clock.now()
    writer, approver = (_official(database, f"{name}@example.test", now) for name in ("redacta", "aprueba"))
    found: dict[str, Any] = {}
    for slug in (TABLES, CITY):
        feedback.draft_all(database, writer, now, SLUG, slug)
        feedback.approve_all(database, approver, now, SLUG, slug)
        with database.reading() as session:
            process = processes.by_slug(session, SLUG)
            stage = processes.stage_named(session, process.id, slug)
            tally = ledger.tally(session, stage.id)
            letters = session.scalars(select(Letter).where(Letter.stage_id == stage.id)).all()
        blocked = [letter for letter in letters if letter.blocked_because]
        posted = sum(letter.outbox_message_id is not None for letter in letters)
        found[f"answers of {slug}"] = {"owed": tally.total, "letters in the outbox": posted, "blocked": len(blocked)}
        say(f"{slug}: {posted} letters in the outbox, {len(blocked)} blocked because no reason was published")
    with database.reading() as session:
        found["outbox"] = session.scalar(select(func.count()).select_from(OutboxMessage)) or 0
    return found


def _official(database: Database, address: str, now: datetime) -> Actor:
    with transaction(database, OPERATOR, now) as work:
        roles.grant(work, roles.known_or_new(work, address), Role.OFFICE)
    with database.reading() as session:
        (person,) = people.with_address(session, address)
        return people.actor_of(session, person, clock.now())


def main() -> int:
    """Play it into a database of its own under VAR and print the figures."""
    settings = Settings()
    folder = data_of(settings)
    if folder is None:
        print(f"There is no {settings.shared}/data/{SLUG}: set MINGA_SHARED to the folder of the real data.")
        return 1
    file = settings.var / "valladolid.db"
    for leftover in file.parent.glob("valladolid.db*"):
        leftover.unlink()
    settings.database_url, settings.base_url = f"sqlite:///{file}", "https://decide.example.org"
    file.parent.mkdir(parents=True, exist_ok=True)
    schema.migrate(settings.database_url)
    played = play(settings, folder, print)
    print(json.dumps(played.figures, ensure_ascii=False, indent=1))
    database = Database(settings.database_url)
    try:
        looks = settings.var / "looks"
        codes = [row["propuesta_id"] for row in decided_rows(folder)]
        print(json.dumps(letters_drawn.write(database, (SLUG, (TABLES, CITY)), codes, looks)))
        print(f"The letters drawn stand in {looks}: read them as somebody who knows nothing else.")
    finally:
        database.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main())
