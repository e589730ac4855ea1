"""How the fifth plan began: the process with the windows the report gives, its forum with its seats, and its themes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.decisions.models import DecidingBody
from app.demo.fifth_plan.telling import facts
from app.forum import actions as forum
from app.forum.actions import AddSeat
from app.forum.rules.body import Founding
from app.prioritisation import actions as prioritisation
from app.prioritisation.actions import NameTheme
from app.process import actions as process_actions
from app.process import queries as processes
from app.process.actions import OpenProcess, SetStage
from app.process.models import Process
from app.proposals.rules import Provenance
from app.work import Work

ILLUSTRATIVE_BODY = "foro-ilustrativo"
FORUM = "foro"
SUCCESSOR = "mesa-nacional"
MADE_UP_SEATS = ("government", "government", "civil_society", "civil_society", "academia")
ASSESSED = ("2023-06-01", "2023-06-30")
"""The month of the report itself."""
STAGE_OF = {
    "awareness": "sensibilizacion",
    "public_consultation": "consulta",
    "call_to_public_bodies": "convocatoria",
    "filter": "filtro",
    "prioritisation": "priorizacion",
    "technical_tables": "mesas-tecnicas",
    "monitoring": "seguimiento",
}
SETTINGS: dict[str, dict[str, Any]] = {
    "filtro": {"body": ILLUSTRATIVE_BODY, "method": "score_sheets"},
    "priorizacion": {"body": ILLUSTRATIVE_BODY},
    "mesas-tecnicas": {"body": FORUM},
    "plan": {"body": FORUM},
}


def plan() -> OpenProcess:
    """The process as it is opened."""
    told = facts()["process"]
    return OpenProcess(
        slug=told["slug"],
        name_es=told["name"]["es"],
        name_en=told["name"]["en"],
        timezone=told["timezone"],
        template="ogp_action_plan",
        folio_prefix="5PA",
        places="chile",
        ask_at="Este proceso es una demostración: no atiende consultas.",
        summary_es=(
            "El quinto plan de Chile, 2020 a 2022, como lo cuenta su informe de autoevaluación. El informe no publica "
            "las propuestas: sus textos, sus autores y las razones de cada decisión son ilustrativos."
        ),
        summary_en=(
            "Chile's fifth plan, 2020 to 2022, as its self-assessment report tells it. The report does not publish the "
            "proposals: their texts, their authors and the reasons of each decision are illustrative."
        ),
    )


def begin(work: Work, process: Process) -> None:
    """Date the stages as the report dates them; what it does not date stays without a date."""
    zone = process.zone
    windows = {STAGE_OF[told["kind"]]: _window(told, zone) for told in facts()["stages"]}
    windows["plan"] = SetStage(windows["mesas-tecnicas"].closes_at, None)
    windows["autoevaluacion"] = SetStage(midnight(ASSESSED[0], zone), midnight(ASSESSED[1], zone, after=1))
    for stage in processes.stages_of(work.session, process.id):
        wish = windows.get(stage.slug, SetStage(None, None))
        settings = SETTINGS.get(stage.slug, dict(stage.settings))
        process_actions.set_stage(work, process, stage, replace(wish, settings=settings))


def _window(told: dict[str, Any], zone: ZoneInfo) -> SetStage:
    if told["kind"] == "call_to_public_bodies":
        letters = " y ".join(told["letters"])
        return SetStage(None, None, name_es=f"Convocatoria a servicios públicos ({letters})")
    if told["kind"] == "filter":
        return SetStage(midnight(told["criteria_adopted_on"], zone), None)
    if told["kind"] == "monitoring":
        first, last = told["rounds"][0], told["rounds"][-1]
        return SetStage(midnight(f"{first}-01", zone), midnight(f"{last}-30", zone, after=1))
    return SetStage(midnight(told["opens_on"], zone), midnight(told["closes_on"], zone, after=1))


def midnight(day: str, zone: ZoneInfo, after: int = 0) -> datetime:
    """The first instant of a day of the report, or of the one so many days after it."""
    return datetime.combine(date.fromisoformat(day) + timedelta(days=after), time(), zone)


def seat(work: Work, process: Process) -> None:
    """Tell of the forum that led the plan and of its successor, seats without holders; and set up an illustrative one.

    The illustrative one decides what is made up: five seats of no body and of nobody.
    """
    told = facts()["forum"]
    former = _told_forum(work, process, FORUM, told, "Open Government Forum (Mesa de Gobierno Abierto)")
    for one in told["seats"]:
        for _ in range(one["count"]):
            wish = AddSeat(one["body"], one["sector"], one["right"], one.get("office", "none"))
            forum.add_seat(work, process, wish, former)
    after = _told_forum(work, process, SUCCESSOR, told["successor"], "National Open State Forum (Mesa Nacional)")
    for body, sector, count, right in told["successor"]["seats"]:
        for _ in range(count):
            forum.add_seat(work, process, AddSeat(body, sector, right), after)
    made_up = Founding(provenance=Provenance.ILLUSTRATIVE)
    names = ("Un foro ilustrativo", "An illustrative forum")
    body = forum.tell_of_forum(work, process, ILLUSTRATIVE_BODY, names, made_up)
    for number, sector in enumerate(MADE_UP_SEATS, start=1):
        forum.add_seat(work, process, AddSeat(f"Asiento {number}", sector), body)


def _told_forum(work: Work, process: Process, slug: str, told: dict[str, Any], name_en: str) -> DecidingBody:
    ended = told.get("ended_on")
    founding = Founding(
        told["founding_act"],
        date.fromisoformat(told["founded_on"]),
        ended_on=date.fromisoformat(ended) if ended else None,
        provenance=Provenance.REPORTED,
    )
    return forum.tell_of_forum(work, process, slug, (told["name"], name_en), founding)


def group(work: Work, process: Process) -> None:
    """Name the ten themes."""
    for name in facts()["themes"]:
        prioritisation.name_theme(work, process, NameTheme(name))
