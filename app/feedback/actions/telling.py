"""A published report is told to everybody who took part at its stage: one short letter each, once for each version."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from app.duties.models import Duty
from app.feedback import letters, queries
from app.feedback.models import ReportNotice, StageReport
from app.kit import clock
from app.kit.db import Database
from app.mail.outbox import Recipient
from app.mail.rendering import Rendered
from app.people import queries as people
from app.people.actor import Actor
from app.people.models import Person
from app.people.rules import ContactKind
from app.process import queries as processes
from app.process.kinds import INTAKE
from app.process.models import Stage
from app.proposals.models import Author, Proposal
from app.work import Work, jobs, transaction

JOB = "feedback.tell_report"
AT_ONCE = 100
Tell = Callable[[int, int], None]
Notice = tuple[Recipient, Rendered]


def ask_to_tell(work: Work, report: StageReport) -> None:
    """Leave it to a job to tell everybody of this version."""
    jobs.ask(work.session, JOB, {"report": str(report.id), "stage_id": str(report.stage_id)}, work.now)


def tell_report_job(database: Database, arguments: dict[str, Any], tell: Tell) -> None:
    """The job `feedback.tell_report`: argument `report`; tells whoever was not told, until a newer version is out."""
    report_id = uuid.UUID(arguments["report"])
    told = 0
    while notices := _read(database, report_id):
        with transaction(database, Actor.system(), clock.now()) as work:
            for to, letter in notices:
                work.session.add(ReportNotice(report_id=report_id, person_id=to.person_id, at=work.now))
                work.post(letter, to)
        told += len(notices)
        tell(told, told)


def _read(database: Database, report_id: uuid.UUID) -> list[Notice]:
    """The next letters, read and written out outside any transaction that writes."""
    with database.reading() as session:
        report = session.get_one(StageReport, report_id)
        if queries.reports_of(session, report.stage_id)[0].id != report_id:
            return []
        stage = session.get_one(Stage, report.stage_id)
        process = processes.by_id(session, report.process_id)
        persons = _to_tell(session, stage, report)
        reached = people.contacts_of(session, [person.id for person in persons])
    found = []
    for person in persons:
        address = next(one for one in reached[person.id] if one.kind is ContactKind.EMAIL and one.confirmed_at)
        letter = letters.report_published(process, stage, report, (person.name, person.language))
        found.append((Recipient(person.id, address.value, person.language), letter))
    return found


def _to_tell(session: Session, stage: Stage, report: StageReport) -> Sequence[Person]:
    """People with a confirmed address who took part at this stage and were not told of this version."""
    told = exists().where(ReportNotice.report_id == report.id, ReportNotice.person_id == Person.id)
    wanted = (_took_part(stage), ~told, people.is_reached_by_mail(Person.id), Person.erased_at.is_(None))
    return session.scalars(select(Person).where(*wanted).order_by(Person.id).limit(AT_ONCE)).all()


def _took_part(stage: Stage) -> ColumnElement[bool]:
    """Whoever was ever owed an answer there; where proposals came in, whoever proposed."""
    owed = exists().where(Duty.person_id == Person.id, Duty.stage_id == stage.id)
    if stage.kind not in INTAKE:
        return owed
    came = exists().where(Author.person_id == Person.id, Proposal.id == Author.proposal_id)
    return or_(owed, came.where(Proposal.process_id == stage.process_id))
