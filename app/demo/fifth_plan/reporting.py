"""The report of a stage with its files, as the office publishes it once everybody is answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from app.feedback import actions as feedback
from app.feedback import report_files
from app.feedback.report_files import WORDS, Drawn
from app.kit.db import Database
from app.process import queries as processes
from app.process.models import Process
from app.settings import load_settings
from app.work import Work

NEXT = "El proceso terminó en 2022: lo que sigue se lee en el panel de seguimiento."
ASKED_FIRST = "Qué debía mejorar el Estado: quien quiso, propuso. Llegaron 81 propuestas."
CHANGED = {"plan": "Las propuestas que llegaron hasta aquí son parte de los diez compromisos del plan."}


def drawn(database: Database, at: tuple[str, str], asked: str, now: datetime) -> Drawn:
    """The report of a stage with its files, set outside of any act; `asked` says what was at stake."""
    slug, stage = at
    words = dict.fromkeys(WORDS, "") | {"purpose": asked, "what_changed": CHANGED.get(stage, ""), "what_next": NEXT}
    with database.reading() as session:
        process = processes.by_slug(session, slug)
        row = processes.stage_named(session, process.id, stage)
        return report_files.drawn(session, process, row, words, (now, load_settings().base_url))


def publishing(stage: str, report: Drawn) -> Callable[[Work, Process], None]:
    """The act of publishing it; the people of this plan are made up, so nobody is told by letter."""

    def publish(work: Work, process: Process) -> None:
        row = processes.stage_named(work.session, process.id, stage)
        feedback.publish_report(work, process, row, report, is_told=False)

    return publish
