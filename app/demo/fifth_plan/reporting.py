"""The report of a stage, as the office publishes it once everybody is answered."""

from __future__ import annotations

from collections.abc import Callable

from app.feedback import actions as feedback
from app.process import queries as processes
from app.process.models import Process
from app.work import Work

NEXT = "El proceso terminó en 2022: lo que sigue se lee en el panel de seguimiento."


def of_stage(slug: str, asked: str) -> Callable[[Work, Process], None]:
    """The act of publishing the report of this stage; `asked` says what was at stake."""

    def publish(work: Work, process: Process) -> None:
        stage = processes.stage_named(work.session, process.id, slug)
        feedback.publish_report(work, process, stage, {"purpose": asked, "what_next": NEXT})

    return publish
