"""The first session of the rehearsal's forum, with all that minutes can hold; they are approved, published, printed."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from app.forum import actions as forum
from app.forum import printing
from app.forum.actions import Says, Undertaken, Wish
from app.forum.actions.meeting import Convene
from app.forum.models import ForumSession
from app.forum.rules.agenda import ItemText, Paper
from app.kit.db import Database
from app.people.actor import Actor
from app.process import queries as processes
from app.settings import load_settings
from app.work import Work, transaction

As = Callable[[str, datetime], Actor]
SOON = "Es una sesión de ensayo y se llama el mismo día para que todo pueda probarse."
AGENDA = "Instalación del foro | info\nReglas de funcionamiento | decide\nCómo se revisarán las propuestas"
SAID = (
    "La secretaría dio la bienvenida y presentó a quienes integran el foro.",
    "Se leyó el texto propuesto. La Red académica pidió que las actas se publiquen dentro de quince días hábiles.",
    "Se comparó revisar todas las propuestas entre todos con repartirlas. Se prefirió lo primero mientras sean pocas.",
)
IN_GENERAL = (
    "La sesión empezó a la hora fijada y duró una hora y media. Todo lo que dice esta acta es ilustrativo: "
    "sirve para probar el sistema."
)


def tell(database: Database, slug: str, as_: As, now: datetime) -> None:
    """Hold it, record it point by point, and publish its minutes."""
    with transaction(database, as_("carla", now), now) as work:
        meeting = _called(work, slug)
        _discussed(work, slug, meeting)
        key = meeting.id
    with transaction(database, as_("hugo", now), now) as work:
        found, process = work.session.get_one(ForumSession, key), processes.by_slug(work.session, slug)
        forum.approve_minutes(work, process, found)
    _publish(database, slug, as_("carla", now), (key, now))


def _called(work: Work, slug: str) -> ForumSession:
    process = processes.by_slug(work.session, slug)
    meeting = forum.convene(work, process, Convene("ordinary", work.now, AGENDA, "Sala de ensayo", SOON))
    forum_page = Paper("Quiénes integran el foro y cómo decide", f"{load_settings().base_url}/p/{slug}/forum")
    forum.write_item(work, process, meeting, ItemText("Instalación del foro", "information", (), (forum_page,)), 1)
    forum.hold(work, process, meeting)
    came = {1: "holder", 2: "holder", 3: "holder", 4: "holder", 5: "absent", 6: "holder"}
    forum.record_attendance(work, process, meeting, came)
    return meeting


def _discussed(work: Work, slug: str, meeting: ForumSession) -> None:
    process = processes.by_slug(work.session, slug)
    for number, words in enumerate(SAID, 1):
        forum.tell_of_item(work, process, meeting, number, words)
    rules = "Aprobar las reglas de funcionamiento, con actas publicadas dentro de quince días hábiles."
    forum.put_motion(work, process, meeting, Wish(rules, 2, "rules"))
    forum.vote(
        work,
        process,
        meeting,
        1,
        {
            1: Says("for"),
            2: Says("for", "Las reglas dan el mismo peso a quienes vienen de fuera del Estado."),
            3: Says("for"),
            4: Says("abstain", "Falta decir quién suple a la secretaría."),
        },
    )
    together = "Que cada asiento puntúe todas las propuestas mientras sean menos de cien."
    forum.put_motion(work, process, meeting, Wish(together, 3))
    objection = Says("objects", "Es mucha carga para organizaciones sin personal pagado.")
    forum.agree(work, process, meeting, 2, {2: objection})
    support = "Pedir a la Contraloría de ensayo una charla sobre conflictos de interés."
    forum.put_motion(work, process, meeting, Wish(support))
    said = {n: Says("for") for n in (1, 2, 3)} | {4: Says("recused", "Daría la charla.")}
    forum.vote(work, process, meeting, 3, said)
    due = (work.now + timedelta(days=14)).date()
    forum.undertake(work, process, meeting, Undertaken("Enviar las reglas a todos", "Secretaría de ensayo", due))
    forum.undertake(work, process, meeting, Undertaken("Fijar la fecha de la charla", "Contraloría de ensayo"))
    forum.write_minutes(work, process, meeting, IN_GENERAL)
    forum.close_session(work, process, meeting)


def _publish(database: Database, slug: str, office: Actor, when: tuple[uuid.UUID, datetime]) -> None:
    key, now = when
    with database.reading() as session:
        process, meeting = processes.by_slug(session, slug), session.get_one(ForumSession, key)
        prints = printing.prints_of(session, process, meeting, now, load_settings().base_url)
    with transaction(database, office, now) as work:
        process = processes.by_slug(work.session, slug)
        forum.publish_minutes(work, process, work.session.get_one(ForumSession, key), prints)
