"""One story from a new process to a reported milestone, told through its pages only, in every role.

Without JavaScript everything is done by forms. With it only those use Chromium, on a telephone, for whom a script
matters: who registers for a meeting, three who vote in the room, the facilitator at her console, the official at the
board of themes, the institution that answers and reports. Everybody else goes on without one, at the same running
server. The steps stand in the folder `whole`, in the order of the story.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import nullcontext
from functools import partial

import pytest
import pytest_asyncio

from app.settings import Settings
from tests.clock import MovableClock
from tests.journeys import plain, scripted
from tests.journeys.mailboxes import Post
from tests.journeys.steps import NewBrowser, Site
from tests.journeys.whole import deciding, ending, institutions, meeting, opening, plan, voting
from tests.journeys.whole.story import ON_PHONES, Way
from tests.serving import bound, serving

WITH_SCRIPTS = ("a phone", ON_PHONES, "gloria", "ines", "a desk at the service")
STORY = (
    opening.the_process_opens_with_its_people,
    opening.people_propose_and_the_office_examines,
    opening.the_office_filters_and_answers,
    meeting.proposals_are_grouped,
    meeting.a_round_is_adopted_before_anybody_registers,
    meeting.people_register_and_the_line_moves_by_itself,
    voting.the_meeting_by_video_is_held,
    voting.they_vote_by_code,
    voting.the_young_people_vote_on_paper,
    voting.the_round_is_counted,
    deciding.the_forum_decides_after_the_tables,
    deciding.the_meetings_are_answered_together,
    deciding.the_story_of_each_proposal_tells_of_it,
    institutions.institutions_are_asked,
    institutions.one_answers_by_its_link,
    institutions.the_other_never_answers,
    institutions.the_forum_decides_what_can_be_done,
    institutions.a_promised_date_slips,
    plan.a_commitment_is_written,
    plan.the_forum_decides_the_plan,
    plan.a_round_of_monitoring_is_opened,
    plan.the_institution_reports_a_milestone,
    ending.the_stages_are_concluded,
    ending.a_stranger_reads_everything,
    ending.the_office_finds_every_page_of_its_own,
    ending.each_proposal_says_what_became_of_it,
)


@pytest.fixture(params=["plain", pytest.param("scripted", marks=pytest.mark.browser)])
def phones(request: pytest.FixtureRequest) -> dict[str, NewBrowser]:
    """The telephones with JavaScript, by whose they are; none in the story without it."""
    if request.param == "plain":
        return {}
    return dict.fromkeys(WITH_SCRIPTS, partial(scripted.Browser, request.getfixturevalue("chromium")))


@pytest_asyncio.fixture
async def site(
    settings: Settings,
    clock: MovableClock,
    post: Post,
    phones: dict[str, NewBrowser],
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Site]:
    """Nothing is there yet; where some have JavaScript, all browsers find it on a port."""
    with bound() as (taken, url):
        settings = settings.model_copy(update={"base_url": url})
        browser = partial(plain.Browser, by_port=bool(phones))
        async with Site(settings, clock, post, monkeypatch, browser, phones) as made:
            with serving(made.app, taken) if phones else nullcontext():
                yield made


async def test_the_whole_way_from_a_new_process_to_a_reported_milestone(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    way = Way(site, capsys)
    for step in STORY:
        await step(way)
    site.verify()
