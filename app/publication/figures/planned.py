"""The tables of what was made of proposals: themes, technical tables, commitments, and how far they are."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.commitments import words
from app.commitments.models import Commitment, CommitmentSource
from app.commitments.queries import commitments, progress, rounds
from app.commitments.rules.plan import PUBLIC
from app.commitments.rules.progress import RATING_WORDS, Rating
from app.kit.i18n import T
from app.kit.text import say_date, say_number
from app.meetings.models import Meeting
from app.people.rules import OriginSector
from app.prioritisation.queries import themes
from app.proposals.rules import Value
from app.proposals.words import SECTORS, VALUES
from app.publication.figures.drawn import PAGE, Asked, Cell, Drawn, once
from app.technical_tables.models import TableProposal, TechnicalTable
from app.technical_tables.queries import tables
from app.technical_tables.rules import Role

COLOURS = {Rating.GREEN: T("Green"), Rating.YELLOW: T("Yellow"), Rating.RED: T("Red")}


def thematic_groups(session: Session, asked: Asked) -> Drawn:
    """Every theme, and how many proposals stand in it."""
    rows = [theme for theme in themes.themes_of(session, asked.process.id) if theme.number > asked.after]
    return Drawn(
        (T("Number"), T("Theme"), T("Proposals")),
        [
            (
                Cell(str(theme.number)),
                Cell(theme.name(asked.language), asked.url(f"themes/{theme.number}")),
                Cell(say_number(theme.whole + theme.parts, asked.language)),
            )
            for theme in rows[:PAGE]
        ],
        numbers=frozenset({2}),
        next=rows[PAGE - 1].number if len(rows) > PAGE else None,
    )


def technical_tables(session: Session, asked: Asked) -> Drawn:
    """Every technical table: topic, day, where its topic comes from, the institution, who else sat there, and the
    commitment it became. What a document leaves blank stays blank.
    """
    wanted = (TechnicalTable.process_id == asked.process.id, TechnicalTable.number > asked.after)
    some = select(TechnicalTable).where(*wanted).order_by(TechnicalTable.number).limit(PAGE + 1)
    found = session.scalars(some).all()
    rows = found[:PAGE]
    seated, became = tables.actors_of(session, rows), _became(session, rows)
    met = tables.meetings_of(session, rows)
    heads = (T("Number"), T("Topic"), T("Date"), T("Origin"), T("Institution"), T("Who else sat there"), T("Became"))
    return Drawn(
        heads,
        [
            (
                Cell(str(table.number)),
                Cell(table.topic(asked.language), asked.url(f"technical-tables/{table.number}")),
                Cell(_day(table, met.get(table.id), asked.language)),
                Cell(_sector(table.origin_sector, asked.language)),
                Cell("; ".join(seated[table.id][Role.INSTITUTION])),
                Cell("; ".join(_others(seated[table.id]))),
                _commitment(asked, became[table.id]),
            )
            for table in rows
        ],
        next=rows[-1].number if len(found) > PAGE else None,
        sources=once(table.reported_source for table in rows),
    )


def _day(table: TechnicalTable, meeting: Meeting | None, language: str) -> str:
    if meeting is not None:
        return say_date(meeting.starts_at.astimezone(meeting.zone).date(), language)
    return say_date(table.met_on, language, table.met_to_the.value) if table.met_on else ""


def _others(seated: dict[Role, list[str]]) -> list[str]:
    return [name for role, names in seated.items() if role is not Role.INSTITUTION for name in names]


def _sector(sector: OriginSector | None, language: str) -> str:
    return SECTORS[sector].into(language) if sector else ""


def _became(session: Session, rows: Sequence[TechnicalTable]) -> dict[uuid.UUID, list[int]]:
    """The commitments behind which a proposal of each table stands."""
    found: dict[uuid.UUID, list[int]] = defaultdict(list)
    linked = (
        select(TableProposal.table_id, Commitment.number)
        .join(CommitmentSource, CommitmentSource.proposal_id == TableProposal.proposal_id)
        .join(Commitment, Commitment.id == CommitmentSource.commitment_id)
        .where(TableProposal.table_id.in_([table.id for table in rows]), Commitment.state.in_(PUBLIC))
        .distinct()
        .order_by(Commitment.number)
    )
    for key, number in session.execute(linked):
        found[key].append(number)
    return found


def _commitment(asked: Asked, numbers: list[int]) -> Cell:
    if len(numbers) == 1:
        said = T("Commitment {n}", n=numbers[0]).into(asked.language)
        return Cell(said, asked.url(f"commitments/{numbers[0]}"))
    return Cell("; ".join(T("Commitment {n}", n=number).into(asked.language) for number in numbers))


def plan(session: Session, asked: Asked) -> Drawn:
    """Every commitment: area, title, who answers for it, which values it serves, and which sector it comes from."""
    found = [row for row in commitments.public_of(session, asked.process.id) if row[0].number > asked.after]
    rows = found[:PAGE]
    return Drawn(
        (T("Number"), T("Area"), T("Title"), T("Institution"), T("Values"), T("Origin")),
        [
            (
                Cell(str(one.number)),
                Cell(one.area),
                Cell(one.title(asked.language), asked.url(f"commitments/{one.number}")),
                Cell(lead),
                Cell("; ".join(VALUES[Value(value)].into(asked.language) for value in one.values)),
                Cell(_sector(one.origin_sector, asked.language)),
            )
            for one, lead in rows
        ],
        next=rows[-1][0].number if len(found) > PAGE else None,
    )


def how_far(session: Session, asked: Asked) -> Drawn:
    """What was reported of every commitment in the newest round, its colour, and the mean of all."""
    newest = rounds.rounds_of(session, asked.process.id, 1)
    panel = progress.panel(session, asked.process, newest[0] if newest else None, asked.now)
    lines = [line for line in panel.lines if line.commitment.number > asked.after]
    mean = words.say_plan(panel.reported, asked.language).into(asked.language)
    return Drawn(
        (T("Commitment"), T("Reported"), T("Colour")),
        [
            (
                Cell(str(line.commitment.number), asked.url(f"commitments/{line.commitment.number}")),
                Cell(words.say(line.reported, asked.language, 2).into(asked.language)),
                _coloured(line.rating, asked.language),
            )
            for line in lines[:PAGE]
        ],
        total=(Cell(T("Mean of all").into(asked.language)), Cell(mean), Cell()),
        numbers=frozenset({1}),
        next=lines[PAGE - 1].commitment.number if len(lines) > PAGE else None,
        sources=once(one.reported_source for one in newest),
    )


def _coloured(rating: Rating | None, language: str) -> Cell:
    if rating is None:
        return Cell()
    return Cell(f"{COLOURS[rating].into(language)}: {RATING_WORDS[rating].into(language)}", mark=words.LOOKS[rating])
