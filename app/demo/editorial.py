"""What the office of the rehearsal has written: a page, a piece of news, the networks, three acts of outreach."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from app.editorial import actions
from app.editorial.actions import Address, Entry, Event, Words
from app.editorial.rules.words import ArticleKind, Network
from app.kit.db import Database
from app.people.actor import Actor
from app.process import queries as processes
from app.work import transaction

TEXTS: list[tuple[Address, Words]] = [
    (
        Address(ArticleKind.PAGE, "como-se-decide"),
        Words(
            "Cómo se decide",
            "Un foro lee **todas** las propuestas admitidas.\n\n## Los pasos\n\n1. Cada integrante puntúa con los "
            "mismos criterios.\n2. El foro delibera en sesión y decide.\n3. Las decisiones se publican juntas, con "
            "sus motivos.",
            "How it is decided",
            "A forum reads **all** admitted proposals.\n\n## The steps\n\n1. Each member scores by the same "
            "criteria.\n2. The forum deliberates in session and decides.\n3. The decisions are published together, "
            "with their reasons.",
        ),
    ),
    (
        Address(ArticleKind.NEWS),
        Words(
            "Comienza el ensayo del 6º plan",
            "Ya se puede proponer. Todo lo que se lee en este ensayo es **inventado**.",
            "The rehearsal of the sixth plan begins",
            "Proposing is open. Everything that is read in this rehearsal is **made up**.",
        ),
    ),
    (
        Address(ArticleKind.NETWORK, Network.CIVIL_SOCIETY.value),
        Words(
            "Red de ensayo de organizaciones",
            "Reúne a organizaciones inventadas que acompañan el proceso desde fuera del Estado.",
            "Rehearsal network of organisations",
            "It brings together made-up organisations that accompany the process from outside the State.",
            "red@example.org",
            ("Fundación de ensayo", "Corporación Vecinal de ensayo"),
        ),
    ),
    (
        Address(ArticleKind.NETWORK, Network.ACADEMIC.value),
        Words("Red académica de ensayo", "Reúne a universidades inventadas.", members=("Universidad de ensayo",)),
    ),
]
OUTREACH: list[tuple[int, Entry]] = [
    (6, Entry("Avisos en la radio de la zona", "", ("rural", "older_people"), "radio", "estimated", 4000)),
    (4, Entry("Charla en tres liceos", "", ("youth",), "meeting", "counted", 212, "Cuarto medio")),
    (2, Entry("Afiches en consultorios y bibliotecas", "", ("everybody",), "poster", "unknown")),
]


def write(database: Database, slug: str, actor: Callable[[str, datetime], Actor], now: datetime) -> None:
    """Publish the texts and enter the acts, marked as illustrative."""
    with transaction(database, actor("carla", now), now) as work:
        process = processes.by_slug(work.session, slug)
        today = now.astimezone(process.zone).date()
        for address, words in TEXTS:
            actions.publish(work, process, address, words)
        held_on = (today + timedelta(days=20)).isoformat()
        event = Event("Conversatorio de ensayo", held_on, "Biblioteca de ensayo, calle Inventada 1")
        actions.announce(work, process, Network.CIVIL_SOCIETY, event)
        for days, entry in OUTREACH:
            told = {"dated_on": (today - timedelta(days=days)).isoformat(), "stage": "consulta"}
            actions.enter(work, process, Entry(**vars(entry) | told | {"is_illustrative": True}))
