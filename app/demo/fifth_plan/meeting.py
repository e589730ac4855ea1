"""The meetings the report tells of: awareness sessions, sessions of the forum, territorial tables and the youth one."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from app.demo.fifth_plan.telling import SOURCE, facts
from app.meetings import actions as meetings
from app.meetings.actions import Plan, Reported
from app.meetings.rules.meeting import Audience, MeetingKind
from app.process.models import Process
from app.proposals.rules import Precision
from app.work import Work

MIDDAY = time(12)
AN_HOUR = timedelta(hours=1)
ROLES = {"speaker": "expone", "moderator": "modera", "reflection": "reflexiona"}
ONLINE = "En línea"
NOT_TOLD = "El informe no dice dónde"
CRITERIA_ON = "2020-09-08"


def raise_awareness(work: Work, process: Process) -> None:
    """Enter the awareness sessions with who spoke at each."""
    for told in facts()["awareness_sessions"]:
        speakers = tuple({"name": name, "role": ROLES[role], "organisation": of} for role, name, of in told["people"])
        is_open = told["access"] == "open"
        plan = _plan(
            process,
            told["date"],
            kind=MeetingKind.AWARENESS_SESSION.value,
            title_es=told["topic"],
            purpose_es=f"Dirigida a {told['audience']}." if told.get("audience") else "",
            place=ONLINE,
            audience=(Audience.OPEN if is_open else Audience.INVITED).value,
            speakers=speakers,
        )
        meetings.report(work, process, plan, Reported(f"{SOURCE}, tabla 1"))


def prioritise(work: Work, process: Process) -> None:
    """Enter the ten prioritisation tables with their regions and how many came to each."""
    for told in facts()["prioritisation_tables"]:
        is_youth = told["kind"] == "youth"
        ages = told.get("ages", [None, None])
        plan = _plan(
            process,
            told["date"],
            kind=MeetingKind.PRIORITISATION_TABLE.value,
            title_es=told["name"] if is_youth else f"Encuentro territorial (mesa) {told['number']}",
            title_en="Youth Table (Mesa Joven)" if is_youth else f"Territorial meeting (table) {told['number']}",
            place=f"{ONLINE} (Zoom)",
            territories=tuple(told["regions"]),
            age_min=ages[0],
            age_max=ages[1],
            hosts=(told["partner"],) if is_youth else (),
        )
        meetings.report(work, process, plan, Reported(f"{SOURCE}, tabla 3", told["attendances"]))


def meet(work: Work, process: Process) -> None:
    """Enter the forum's forty sessions: one to the day, of the others the report gives only how many in which year."""
    told = facts()["forum"]["meetings_per_year"]
    name = facts()["forum"]["name"]
    for year, count in told.items():
        dated = year == CRITERIA_ON[:4]
        for n in range(count):
            is_dated = dated and n == 0
            day = CRITERIA_ON if is_dated else f"{year}-01-01"
            plan = _plan(
                process,
                day,
                kind=MeetingKind.FORUM_SESSION.value,
                title_es=f"Sesión de la {name}",
                title_en="Session of the forum",
                purpose_es="Se acordaron los criterios para analizar las propuestas." if is_dated else "",
                place=NOT_TOLD,
                audience=Audience.INVITED.value,
            )
            known = Precision.DAY if is_dated else Precision.YEAR
            meetings.report(work, process, plan, Reported(f"{SOURCE}, cuadro 2", starts_to_the=known))


def _plan(process: Process, day: str, **facts_of_it: Any) -> Plan:
    """A meeting of a day whose hour nobody tells: it is kept at midday, and said only to the day."""
    starts_at = datetime.combine(date.fromisoformat(day), MIDDAY, process.zone)
    return Plan(starts_at=starts_at, ends_at=starts_at + AN_HOUR, **facts_of_it)
