"""The meetings of the rehearsal: a session for whoever wants to know, a territorial and a youth meeting to come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

from app.kit.db import Database
from app.meetings import actions as meetings
from app.meetings.actions import Plan
from app.meetings.rules.meeting import MeetingKind
from app.people.actor import Actor
from app.process import queries as processes
from app.proposals.rules import Provenance
from app.work import transaction

EVENING = time(18, 30)
LONG = timedelta(hours=2)
TO_COME: list[tuple[int, dict[str, object]]] = [
    (
        10,
        {
            "kind": MeetingKind.AWARENESS_SESSION.value,
            "title_es": "Qué es un gobierno abierto",
            "title_en": "What an open government is",
            "purpose_es": "Una hora para preguntar. Mostramos cómo se escribe una propuesta.",
            "purpose_en": "An hour to ask. We show how a proposal is written.",
            "place": "Biblioteca de ensayo, calle Inventada 1",
            "accessibility": "Rampa y lengua de señas.",
        },
    ),
    (
        70,
        {
            "kind": MeetingKind.PRIORITISATION_TABLE.value,
            "title_es": "Encuentro territorial de Los Ríos y Los Lagos",
            "title_en": "Territorial meeting of Los Ríos and Los Lagos",
            "purpose_es": "Leemos las propuestas que siguen y decimos cuáles importan más en nuestra zona.",
            "purpose_en": "We read the proposals that go on and say which of them matter most where we live.",
            "place": "Gimnasio de ensayo, calle Inventada 2",
            "capacity": 40,
            "territories": ("14", "10"),
        },
    ),
    (
        75,
        {
            "kind": MeetingKind.PRIORITISATION_TABLE.value,
            "title_es": "Encuentro joven",
            "title_en": "Youth meeting",
            "purpose_es": "Lo mismo, entre personas de 15 a 29 años.",
            "purpose_en": "The same, among people from 15 to 29 years old.",
            "place": "Centro juvenil de ensayo, calle Inventada 3",
            "capacity": 60,
            "age_min": 15,
            "age_max": 29,
        },
    ),
]


def convene(database: Database, slug: str, actor: Callable[[str, datetime], Actor], now: datetime) -> None:
    """Convene them all, on evenings of the process's own zone."""
    with transaction(database, actor("carla", now), now) as work:
        process = processes.by_slug(work.session, slug)
        for days, facts in TO_COME:
            day = (now + timedelta(days=days)).astimezone(process.zone).date()
            starts_at = datetime.combine(day, EVENING, process.zone)
            plan = Plan(starts_at=starts_at, ends_at=starts_at + LONG, provenance=Provenance.ILLUSTRATIVE, **facts)  # type: ignore[arg-type]
            meetings.convene(work, process, plan)
