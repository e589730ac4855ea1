"""The rehearsal: every stage of it is open at once, and in each there is something to try."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.admin import queries as admin
from app.commitments.models import Commitment, MonitoringRound
from app.demo import cast
from app.meetings.models import Meeting
from app.meetings.rules.meeting import MeetingKind, MeetingState
from app.people import queries as people
from app.prioritisation.models import Table, Voting
from app.prioritisation.rules.voting import VotingState
from app.process import queries as processes
from app.process.models import Process
from app.process.rules import WindowStatus
from app.technical_tables.models import FeasibilityRequest
from tests.demo.conftest import Played

pytestmark = pytest.mark.either

SLUG = "sexto-plan-ensayo"


def test_every_stage_is_open(played: Played) -> None:
    with played.database.reading() as session:
        process = processes.by_slug(session, SLUG)
        stages = processes.stages_of(session, process.id)
        assert len(stages) == 10
        assert {stage.window.status(played.clock()) for stage in stages} == {WindowStatus.OPEN}


def test_a_vote_is_being_taken_an_institution_was_asked_and_a_commitment_waits_for_its_report(played: Played) -> None:
    with played.database.reading() as session:
        process = processes.by_slug(session, SLUG)
        voting = session.scalars(select(Voting).join(Table, Table.id == Voting.table_id)).one()
        assert voting.state is VotingState.OPEN
        tables = Meeting.kind == MeetingKind.PRIORITISATION_TABLE
        held = (Meeting.process_id == process.id, Meeting.state == MeetingState.HELD, tables)
        assert session.scalars(select(Meeting.came).where(*held)).one() == 6
        asked = session.scalars(select(FeasibilityRequest)).one()
        assert (asked.approved_at, asked.silent_at) == (None, None)
        mine = select(Commitment.state).where(Commitment.process_id == process.id).order_by(Commitment.number)
        assert [state.value for state in session.scalars(mine)] == ["in_plan", "draft"]
        rounds = select(MonitoringRound).where(MonitoringRound.process_id == process.id)
        assert session.scalars(rounds).one().is_open


def test_the_desk_of_the_office_says_what_waits_there_and_at_which_stage(played: Played) -> None:
    with played.database.reading() as session:
        person = cast.find(session, "carla")
        assert person is not None
        due = admin.desk_of(session, people.actor_of(session, person, played.clock()), played.clock())
        waits = {(one.process.slug, one.stage.slug): one.n for one in due.to_decide if one.stage}
        assert waits == {
            ("pueblo", "decision"): 4,
            (SLUG, "filtro"): 5,
            (SLUG, "priorizacion"): 3,
            (SLUG, "mesas-tecnicas"): 1,
        }
        assert [(one.process.slug, one.n) for one in due.unanswered] == [(SLUG, 1)]
        assert [(one.process.slug, one.n) for one in due.unreported] == [(SLUG, 1)]


@pytest.mark.parametrize("slug", ["quinto-plan", SLUG])
@pytest.mark.parametrize("language", ["", "/en"])
async def test_their_front_pages_open_in_both_languages(played: Played, slug: str, language: str) -> None:
    page = await played.read(f"{language}/p/{slug}")
    assert page.status_code == 200
    with played.database.reading() as session:
        process = session.scalars(select(Process).where(Process.slug == slug)).one()
    assert process.name("en" if language else "es") in page.text
