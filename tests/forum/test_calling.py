"""Who sits in the forum is called to its sessions by letter, and told first what changed: once each, nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.forum import actions
from app.forum.actions.calling import CALL
from app.forum.actions.meeting import Convene
from app.forum.calls import SessionLetter, SessionNotice
from app.forum.models import ForumRule, ForumSession, Seat
from app.forum.queries import calling, records
from app.forum.rules.agenda import ItemText, Paper
from app.forum.rules.calling import Move
from app.kit import clock
from app.kit.errors import Conflict, Invalid, NotAllowed, WrongState
from app.mail.models import OutboxMessage
from app.meetings.models import Meeting
from app.people.models import Contact
from app.proposals.rules import Provenance
from app.work.models import Job
from tests.forum.building import EVERYBODY, ForumBuilder
from tests.forum.test_standing_aside import alternate
from tests.meetings.building import VIDEO
from tests.world import World, address

pytestmark = pytest.mark.either
ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

WHY = "La sala se inundó con la lluvia."
SEATED = ("diego", "elena", "gloria", "marta", "nadia", "pablo")


@pytest.fixture(autouse=True)
def by_its_clock(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: world.now)


def called(world: World, forum: ForumBuilder, place: str = "Sala 1", days: int = 14) -> ForumSession:
    """A session called by the chair, with a proposal and two papers on its second item."""
    with world.work("marta") as work:
        wish = Convene("ordinary", work.now + timedelta(days=days), "Actas | info\nFiltro | decide", place)
        meeting = actions.convene(work, forum.process, wish)
        papers = (Paper("Informe 2025", "https://example.org/informe?a=1"), Paper("Bases", "/p/plan/library/bases"))
        actions.write_item(work, forum.process, meeting, ItemText("El filtro", "decision", (), papers), 2)
    return meeting


def fresh(work: object, meeting: ForumSession) -> ForumSession:
    found: ForumSession = work.session.get_one(ForumSession, meeting.id)  # type: ignore[attr-defined]
    return found


def sent(world: World, forum: ForumBuilder) -> list[OutboxMessage]:
    """Let the worker do what was asked for, and say what was written in all, by address."""
    forum.count()
    with world.database.reading() as session:
        wanted = select(OutboxMessage).where(OutboxMessage.subject.contains("Sesión ordinaria"))
        return list(session.scalars(wanted.order_by(OutboxMessage.id)))


def again(world: World) -> None:
    """Do every call a second time, as after a worker that was killed."""
    with world.database.reading() as session:
        orders = list(session.scalars(select(Job.arguments).where(Job.name == CALL)))
    for one in orders:
        actions.call_job(world.database, one, lambda _done, _total: None)


def test_everybody_who_sits_there_is_called_once(world: World, forum: ForumBuilder) -> None:
    alternate(world, forum)
    meeting = called(world, forum)
    letters = sent(world, forum)
    assert sorted(one.to_address for one in letters) == [address(who) for who in SEATED]
    again(world)
    assert len(sent(world, forum)) == 6
    with world.database.reading() as session:
        assert [(n.kind.value, n.people) for n in session.scalars(select(SessionNotice))] == [("called", 6)]
        assert session.get_one(ForumSession, meeting.id).state.value == "convened"
        assert len(list(session.scalars(select(SessionLetter)))) == 6


@ONE_DATABASE
def test_the_letter_says_what_when_where_and_what_to_read(world: World, forum: ForumBuilder) -> None:
    proposal = world.admitted(forum.process)
    meeting = called(world, forum, VIDEO)
    with world.work("marta") as work:
        item = ItemText("Actas", "information", (proposal.folio,))
        actions.write_item(work, forum.process, fresh(work, meeting), item, 1)
    letter = sent(world, forum)[0]
    assert letter.subject.endswith("convocatoria · Sesión ordinaria 1")
    for part in (letter.text, letter.html.replace("&amp;", "&")):
        for words in (
            "Sesión ordinaria 1",
            "hora de Santiago",
            VIDEO,
            "pide convocar 5 días hábiles antes",
            "Actas (para informar)",
            proposal.folio,
            "El filtro (para decidir)",
            "Informe 2025",
            "https://example.org/informe?a=1",
            f"{world.settings.base_url}/p/plan/library/bases",
            f"{world.settings.base_url}/p/plan/meetings/forum-session-1/calendar.ics",
            "Si no puede venir, avise a tiempo a la oficina.",
        ):
            assert words in part, words
    for name in ("Marta", "Nadia", "Pablo", "Elena"):
        assert name not in letter.text


@ONE_DATABASE
async def test_a_change_is_told_first_and_stands_everywhere(world: World, forum: ForumBuilder) -> None:
    meeting = called(world, forum)
    sent(world, forum)
    with world.work("carla") as work:
        found = fresh(work, meeting)
        to = found.held_at + timedelta(days=1, hours=2)
        assert actions.move_session(work, forum.process, found, Move(to, "Sala 9", WHY)).people == 5
    moved = sent(world, forum)[5:]
    again(world)
    assert len(sent(world, forum)) == 10  # five more, however often the job is done
    assert moved[0].text.index("Solo vale lo que dice abajo") < moved[0].text.index("Sala 9")
    assert WHY in moved[0].text
    assert moved[0].text.index("Sala 1\n") < moved[0].text.index("Sala 9")
    with world.database.reading() as session:
        entry = session.scalars(select(Meeting)).one()
    assert (entry.starts_at, entry.ends_at - entry.starts_at, entry.place) == (to, timedelta(hours=2), "Sala 9")
    with world.work("marta") as work:
        actions.cancel_session(work, forum.process, fresh(work, meeting), WHY)
    gone = sent(world, forum)[10:]
    assert sorted(one.to_address for one in gone) == [address(who) for who in SEATED if who != "gloria"]
    assert "no se hará" in gone[0].text
    assert "El filtro" not in gone[0].text
    async with world.browser() as browser:
        page = (await browser.get("/p/plan/forum/sessions/1")).text
        calendar = (await browser.get("/p/plan/meetings/forum-session-1/calendar.ics")).text
    assert "Esta sesión se suspendió. El motivo:" in page
    assert "Se movió. Antes:" in page
    assert [line for line in calendar.split() if line.startswith(("STATUS", "SEQ"))] == [
        "SEQUENCE:3",
        "STATUS:CANCELLED",
    ]
    with world.work("carla") as work:
        for act in (
            lambda: actions.hold(work, forum.process, fresh(work, meeting)),
            lambda: actions.write_minutes(work, forum.process, fresh(work, meeting), "Nada."),
            lambda: actions.write_item(work, forum.process, fresh(work, meeting), ItemText("Otro")),
            lambda: actions.move_session(work, forum.process, fresh(work, meeting), Move(to, "", WHY)),
        ):
            with pytest.raises(WrongState):
                act()


@ONE_DATABASE
def test_a_letter_overtaken_by_a_change_is_not_written(world: World, forum: ForumBuilder) -> None:
    meeting = called(world, forum)
    with world.work("carla") as work:
        found = fresh(work, meeting)
        actions.move_session(work, forum.process, found, Move(found.held_at, "Sala 2", WHY))
    letters = sent(world, forum)
    assert len(letters) == 5
    assert {"convocatoria" in one.subject for one in letters} == {True}  # nobody had heard of another place
    assert "Sala 2" in letters[0].text


@ONE_DATABASE
async def test_who_has_no_address_is_shown_and_who_comes_later_is_written_to(world: World, forum: ForumBuilder) -> None:
    with world.work("carla") as work:
        work.session.delete(work.session.scalars(select(Contact).where(Contact.value == address("nadia"))).one())
    meeting = called(world, forum)
    assert len(sent(world, forum)) == 4
    with world.work("carla") as work, pytest.raises(Conflict):
        actions.write_to_the_rest(work, forum.process, fresh(work, meeting))
    with world.work("carla") as work:
        seat = work.session.get_one(Seat, forum.seat(4).id)
        named = actions.Appointment("Res. 9", "Olga Paz", "olga@example.org", is_alternate=True)
        actions.appoint(work, forum.process, seat, named)
    async with world.browser("carla") as browser:
        page = (await browser.get("/p/plan/office/forum/sessions/1")).text
    assert "<li>3. Red académica: Nadia Oses</li>" in page
    assert "se escribe a 4 personas" in page
    assert "1 integrante del foro aún no tiene carta" in page
    with world.work("marta") as work:
        assert actions.write_to_the_rest(work, forum.process, fresh(work, meeting)) == 1
    assert [one.to_address for one in sent(world, forum)[4:]] == ["olga@example.org"]


@ONE_DATABASE
@pytest.mark.parametrize("provenance", [Provenance.ILLUSTRATIVE, Provenance.REPORTED])
def test_a_forum_that_is_made_up_or_told_of_writes_to_nobody(
    world: World, forum: ForumBuilder, provenance: Provenance
) -> None:
    with world.work("carla") as work:
        work.session.get_one(ForumRule, forum.body.id).provenance = provenance
        work.record("forum.told_of", forum.body.subject)
    meeting = called(world, forum)
    assert sent(world, forum) == []
    with world.database.reading() as session:
        assert [n.people for n in calling.notices_of(session, meeting.id)] == [0]


@ONE_DATABASE
def test_nobody_is_called_to_what_begins_at_once(world: World, forum: ForumBuilder) -> None:
    meeting = forum.session(EVERYBODY)
    assert sent(world, forum) == []
    with world.database.reading() as session:
        assert records.items_of(session, meeting.id)[0].title == "Filtro"


@ONE_DATABASE
def test_a_change_needs_a_reason_a_new_moment_and_who_may(world: World, forum: ForumBuilder) -> None:
    meeting = called(world, forum)
    later = world.now + timedelta(days=20)
    for who in ("bruno", "diego", "elena", "felix", "stranger"):
        with world.work(who) as work, pytest.raises(NotAllowed):
            actions.move_session(work, forum.process, fresh(work, meeting), Move(later, "", WHY))
        with world.work(who) as work, pytest.raises(NotAllowed):
            actions.cancel_session(work, forum.process, fresh(work, meeting), WHY)
        with world.work(who) as work, pytest.raises(NotAllowed):
            actions.write_to_the_rest(work, forum.process, fresh(work, meeting))
    for move, field in (
        (Move(None, "", WHY), "held_at"),
        (Move(world.now, "", WHY), "held_at"),
        (Move(later, "", "Porque"), "because"),
        (Move(later, "x" * 301, WHY), "place"),
        (Move(meeting.held_at, "Sala 1", WHY), "held_at"),
    ):
        with world.work("carla") as work, pytest.raises(Invalid) as refused:
            actions.move_session(work, forum.process, fresh(work, meeting), move)
        assert set(refused.value.fields) == {field}
    with world.work("carla") as work, pytest.raises(Invalid):
        actions.cancel_session(work, forum.process, fresh(work, meeting), "")


@ONE_DATABASE
def test_brought_forward_it_says_why_like_a_late_call_and_put_off_it_no_longer_does(
    world: World, forum: ForumBuilder
) -> None:
    meeting = called(world, forum)
    told = []
    for days in (2, 30):
        with world.work("carla") as work:
            found = fresh(work, meeting)
            actions.move_session(work, forum.process, found, Move(world.now + timedelta(days=days), "Sala 1", WHY))
            told.append(found.short_notice)
    assert told == [WHY, ""]


@ONE_DATABASE
async def test_the_page_says_how_many_are_written_to(world: World, forum: ForumBuilder) -> None:
    at = (world.now + timedelta(days=20)).astimezone(forum.process.zone).strftime("%Y-%m-%dT%H:%M")
    async with world.browser("marta") as browser:
        wish = {"kind": "ordinary", "held_at": at, "place": "Sala 1", "agenda": "Filtro"}
        done = await browser.post("/p/plan/office/forum/sessions", data=wish, follow_redirects=True)
        assert "Se escribe a 5 personas." in done.text
        moved = {"held_at": at, "place": "Sala 2", "because": "Corta"}
        refused = await browser.post("/p/plan/office/forum/sessions/1/time-and-place", data=moved)
        assert (refused.status_code, "Sala 2" in refused.text) == (422, True)
        done = await browser.post(
            "/p/plan/office/forum/sessions/1/time-and-place", data={**moved, "because": WHY}, follow_redirects=True
        )
        assert "La sesión se movió. Se escribe a 5 personas." in done.text
        done = await browser.post(
            "/p/plan/office/forum/sessions/1/cancellation", data={"cancelled_because": WHY}, follow_redirects=True
        )
        assert "La sesión se suspendió. Se escribe a 5 personas." in done.text
        assert (await browser.get("/p/plan/office/forum/sessions/1/points")).status_code == 200
        assert (await browser.get("/p/plan/office/forum/sessions/1/minutes")).status_code == 409
