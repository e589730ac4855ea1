"""The stage report: what was done with what people proposed, generated from the records and published as it stands."""

from __future__ import annotations

import hashlib
import uuid

from sqlalchemy.orm import Session

from app.decisions import queries as decisions
from app.documents import actions as documents
from app.documents.inspecting import Clean, Looked
from app.documents.rules import Kind
from app.feedback import queries
from app.feedback.actions.telling import ask_to_tell
from app.feedback.models import StageReport
from app.feedback.report_files import WORDS, Drawn
from app.feedback.reported import FIGURES
from app.kit import ids
from app.kit.errors import Conflict, Invalid, Stale
from app.kit.i18n import T
from app.people.rules import Permission
from app.process.models import Process, Stage
from app.work import Work

LONGEST = 3000


def report_words(session: Session, stage: Stage, words: dict[str, str]) -> dict[str, str]:
    """What the office says in a report, as it may be published; refused where something is missing or too long."""
    texts = {name: words.get(name, "").strip() for name in WORDS}
    long = T("This is too long: at most {n} characters.", n=LONGEST)
    if faults := {name: long for name, text in texts.items() if len(text) > LONGEST}:
        raise Invalid(**faults)
    if queries.reports_of(session, stage.id) and not texts["change_note"]:
        raise Invalid(change_note=T("Say what changed since the version published before."))
    if not texts["purpose"]:
        raise Invalid(purpose=T("Say in a sentence or two what people were asked."))
    if not queries.may_be_told(session, stage) and not decisions.last_edition(session, stage.id):
        raise Conflict(T("There is nothing to report on yet."))
    return texts


def publish_report(work: Work, process: Process, stage: Stage, drawn: Drawn, *, is_told: bool = True) -> StageReport:
    """Publish the report of a stage with its files, as it was drawn; a later version says what changed. Office only.

    `drawn` was made before this act; where another version or other decisions were published since, nothing is.
    Everybody who took part is told of it by letter, unless it `is_told` to nobody: what was played of a past process.
    """
    work.require(Permission.PUBLISH_DECISIONS, process.id)
    texts = report_words(work.session, stage, drawn.words)
    earlier = queries.reports_of(work.session, stage.id)
    version = earlier[0].version + 1 if earlier else 1
    if (drawn.version, drawn.edition) != (version, decisions.last_edition(work.session, stage.id)):
        raise Stale
    report = StageReport(
        id=ids.new_id(),
        process_id=process.id,
        stage_id=stage.id,
        version=version,
        facts=drawn.facts,
        at=work.now,
        content_hash=drawn.content_hash,
        pdf_es_id=_kept(work, f"informe-{stage.slug}-{version}.pdf", Kind.PDF, drawn.es),
        pdf_en_id=_kept(work, f"report-{stage.slug}-{version}.pdf", Kind.PDF, drawn.en),
        csv_id=_kept(work, f"proposals-{stage.slug}-{version}.csv", Kind.CSV, drawn.csv),
        **texts,
    )
    work.session.add(report)
    work.record(
        "report.published",
        stage.subject,
        because=f"report:{report.id}",
        version=version,
        figures={name: drawn.facts[name] for name in FIGURES},
        content_hash=drawn.content_hash,
        files={name: hashlib.sha256(getattr(drawn, name)).hexdigest() for name in ("es", "en", "csv")},
    )
    if is_told:
        work.session.flush()
        ask_to_tell(work, report)
    return report


def _kept(work: Work, name: str, kind: Kind, content: bytes) -> uuid.UUID:
    clean = Clean(name, kind, content, hashlib.sha256(content).hexdigest())
    kept = documents.keep(work, Looked(clean=(clean,)))
    if kept.faults:
        raise Conflict(kept.faults[0])
    [document] = documents.bind(work, [kept.documents[0].id])
    return document.id
