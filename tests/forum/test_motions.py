"""Motions: counted against a reckoning of its own, put and settled in a session, never changed afterwards."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.forum import actions
from app.forum.actions import Says, Wish
from app.forum.actions.meeting import Convene
from app.forum.models import ForumSession, Seat
from app.forum.queries import records, seats
from app.forum.records import Motion
from app.forum.rules.agenda import ItemText, items_of, papers_of, working_day_after, working_days_between
from app.forum.rules.motions import TWO_THIRDS, Matter, Voice, Way, count, is_consensus
from app.kit.errors import Conflict, Invalid, NotAllowed, WrongState
from app.proposals.models import Proposal
from tests.forum.building import EVERYBODY, SOON, ForumBuilder
from tests.world import World

pytestmark = pytest.mark.either

VOTES = st.lists(st.sampled_from([Voice.FOR, Voice.AGAINST, Voice.ABSTAIN, Voice.RECUSED]), max_size=40)
TEXT = "Publicar las actas en quince días hábiles."


@given(voices=VOTES, matter=st.sampled_from(list(Matter)))
def test_a_vote_is_carried_as_an_independent_reckoning_says(voices: list[Voice], matter: Matter) -> None:
    """Read backwards and by shares: the smallest share that is enough, against the share there is."""
    cast = [voice for voice in reversed(voices) if voice in {Voice.FOR, Voice.AGAINST}]
    share = Fraction(cast.count(Voice.FOR), len(cast)) if cast else Fraction(0)
    enough = share >= Fraction(2, 3) if matter in TWO_THIRDS else share > Fraction(1, 2)
    counted = count(voices, matter)
    assert (counted.is_carried, counted.way) == (enough, Way.VOTE)
    told = counted.votes_for + counted.against + counted.abstained + counted.recused
    assert told == len(voices)


@given(voices=VOTES, matter=st.sampled_from(list(Matter)), casting=st.sampled_from(list(Voice)))
def test_the_chair_decides_a_tie_and_nothing_else(voices: list[Voice], matter: Matter, casting: Voice) -> None:
    counted, plain = count(voices, matter, casting), count(voices, matter)
    tied = voices.count(Voice.FOR) == voices.count(Voice.AGAINST) and matter not in TWO_THIRDS
    if tied and casting in {Voice.FOR, Voice.AGAINST}:
        assert (counted.is_carried, counted.way) == (casting is Voice.FOR, Way.CASTING_VOTE)
    else:
        assert counted == plain


@given(voices=VOTES, more=st.integers(min_value=0, max_value=5))
def test_who_abstains_or_stands_aside_is_on_no_side(voices: list[Voice], more: int) -> None:
    for matter in Matter:
        longer = [*voices, *[Voice.ABSTAIN] * more, *[Voice.RECUSED] * more]
        assert count(longer, matter).is_carried == count(voices, matter).is_carried


def test_a_consensus_all_object_to_is_none() -> None:
    assert [is_consensus(3, n) for n in range(4)] == [True, True, True, False]
    assert not is_consensus(0, 0)


def test_an_agenda_is_typed_one_item_a_line() -> None:
    told = items_of("1. Actas | info\n\n- Criterios | decidir\nVarios\n2.\n   ")
    assert [(item.title, item.wanted) for item in told] == [
        ("Actas", "information"),
        ("Criterios", "decision"),
        ("Varios", "discussion"),
        ("2.", "discussion"),
    ]
    papers, fault = papers_of("Informe | https://example.org/i\n/p/plan/library/1")
    assert [(paper.title, paper.url) for paper in papers] == [
        ("Informe", "https://example.org/i"),
        ("/p/plan/library/1", "/p/plan/library/1"),
    ]
    assert fault is None
    for wrong in ("Informe", "x | javascript:alert(1)", "x | //evil.example"):
        assert papers_of(wrong)[1] is not None


@given(start=st.dates(date(2026, 1, 1), date(2027, 1, 1)), days=st.integers(min_value=0, max_value=40))
def test_working_days_are_counted_forth_and_back(start: date, days: int) -> None:
    assert working_days_between(start, working_day_after(start, days)) == days
    whole = sum((start + timedelta(days=n + 1)).weekday() < 5 for n in range(days))
    assert working_days_between(start, start + timedelta(days=days)) == whole


def _fresh(work: object, meeting: ForumSession) -> ForumSession:
    return work.session.get_one(ForumSession, meeting.id)  # type: ignore[attr-defined, no-any-return]


def _put(world: World, forum: ForumBuilder, meeting: ForumSession, wish: Wish | None = None) -> int:
    with world.work("marta") as work:
        return actions.put_motion(work, forum.process, _fresh(work, meeting), wish or Wish(TEXT, 1)).number


def _vote(world: World, forum: ForumBuilder, meeting: ForumSession, number: int, *said: str) -> Motion:
    with world.work("marta") as work:
        table = {n: Says(voice, "Porque sí.") for n, voice in enumerate(said, 1) if voice}
        return actions.vote(work, forum.process, _fresh(work, meeting), number, table)


def test_a_session_votes_by_seat(world: World, forum: ForumBuilder) -> None:
    meeting = forum.session()
    number = _put(world, forum, meeting)
    for who in ("bruno", "diego", "elena", "stranger"):
        with world.work(who) as work, pytest.raises(NotAllowed):
            actions.vote(work, forum.process, _fresh(work, meeting), number, {})
    with pytest.raises(Invalid) as refused:  # seat 4 votes and is there; seat 5 has only a voice
        _vote(world, forum, meeting, number, "for", "for", "against", "", "for")
    assert set(refused.value.fields) == {"seat-5"}
    with pytest.raises(Invalid) as refused:
        _vote(world, forum, meeting, number, "for", "for", "against")
    assert set(refused.value.fields) == {"seat-4"}
    ended = _vote(world, forum, meeting, number, "for", "for", "against", "recused")
    assert (ended.state.value, ended.way, ended.present, ended.seats) == ("carried", Way.VOTE, 3, 3)
    with pytest.raises(WrongState):  # once it is settled nothing of it changes
        _vote(world, forum, meeting, number, "against", "against", "against", "against")
    with world.database.reading() as session:
        said = records.voices_of(session, meeting.id)[ended.id]
    assert [(one.seat.number, one.row.voice.value) for one in said] == [
        (1, "for"),
        (2, "for"),
        (3, "against"),
        (4, "recused"),
    ]


async def test_who_stands_aside_on_a_proposal_has_no_vote_on_it(world: World, forum: ForumBuilder) -> None:
    """The person and, where so recorded, the whole seat; on the item about that proposal and on no other."""
    proposal = world.admitted(forum.process)
    with world.work("carla") as work:
        meeting = actions.convene(work, forum.process, Convene("ordinary", world.now, "Actas\nFiltro", "", SOON))
        actions.write_item(work, forum.process, meeting, ItemText("Filtro", "decision", (proposal.folio,)), 2)
        actions.hold(work, forum.process, meeting)
        actions.record_attendance(work, forum.process, meeting, EVERYBODY)
        seat, fresh = work.session.get_one(Seat, forum.seat(3).id), work.session.get_one(Proposal, proposal.id)
        actions.record_recusal(work, forum.process, forum.stage.id, fresh, (seat, "interest", ""))
    about, agreed, elsewhere = (_put(world, forum, meeting, Wish(TEXT, number)) for number in (2, 2, 1))
    with pytest.raises(Invalid) as refused:
        _vote(world, forum, meeting, about, "for", "for", "against", "abstain")
    assert set(refused.value.fields) == {"seat-3"}
    with world.work("marta") as work, pytest.raises(Invalid):
        actions.agree(work, forum.process, _fresh(work, meeting), agreed, {3: Says("objects")})
    async with world.browser("marta") as chair:
        shown = (await chair.get(f"/p/plan/office/forum/sessions/{meeting.number}/points")).text
        assert shown.count(f"3. Red académica se inhabilitó en {proposal.folio}: no vota.") == 4
    ended = _vote(world, forum, meeting, about, "for", "for", "", "against")
    assert (ended.state.value, ended.present, ended.seats) == ("carried", 3, 3)
    with world.work("marta") as work:
        actions.agree(work, forum.process, _fresh(work, meeting), agreed, {4: Says("objects")})
    with world.database.reading() as session:
        said = records.voices_of(session, meeting.id)
        assert [one.row.voice.value for one in said[ended.id]] == ["for", "for", "recused", "against"]
    assert _vote(world, forum, meeting, elsewhere, "for", "for", "against", "for").present == 4
    with world.work("diego") as work:  # who stands aside is the person: a motion that waits sees it too
        fresh = work.session.get_one(Proposal, proposal.id)
        actions.recuse(work, forum.process, forum.stage.id, fresh, ("interest", ""))
    late = _put(world, forum, meeting, Wish(TEXT, 2))
    with pytest.raises(Conflict, match="quorum"):
        _vote(world, forum, meeting, late, "for", "", "", "against")


def test_two_thirds_are_asked_for_where_the_matter_needs_them(world: World, forum: ForumBuilder) -> None:
    meeting = forum.session()
    rules = Wish("Cambiar las reglas del foro.", 1, "rules")
    lost = _vote(world, forum, meeting, _put(world, forum, meeting, rules), "for", "for", "against", "against")
    won = _vote(world, forum, meeting, _put(world, forum, meeting, rules), "for", "for", "against", "abstain")
    assert [lost.state.value, won.state.value] == ["not_carried", "carried"]


def test_the_chair_breaks_a_tie_only_where_the_forum_says_so(world: World, forum: ForumBuilder) -> None:
    meeting = forum.session()
    tied = ("for", "for", "against", "against")
    assert _vote(world, forum, meeting, _put(world, forum, meeting), *tied).state.value == "not_carried"
    with world.work("marta") as work, pytest.raises(NotAllowed):
        actions.set_sitting_rule(work, forum.process, 5, casting_vote=True)
    with world.work("carla") as work:
        actions.set_sitting_rule(work, forum.process, 5, casting_vote=True)
    ended = _vote(world, forum, meeting, _put(world, forum, meeting), *tied)
    assert (ended.state.value, ended.way) == ("carried", Way.CASTING_VOTE)


def test_without_a_quorum_nothing_is_settled(world: World, forum: ForumBuilder) -> None:
    meeting = forum.session({1: "holder", 2: "holder", 5: "holder"})
    number = _put(world, forum, meeting)
    with pytest.raises(Conflict) as refused:
        _vote(world, forum, meeting, number, "for", "for")
    assert refused.value.text.into("en") == "There is no quorum: 2 of 4 voting seats present, 3 needed."
    with world.work("marta") as work, pytest.raises(Conflict):
        actions.agree(work, forum.process, _fresh(work, meeting), number, {})
    with world.work("marta") as work, pytest.raises(Conflict):  # a motion is open
        actions.close_session(work, forum.process, _fresh(work, meeting))
    with world.work("marta") as work:
        assert actions.withdraw_motion(work, forum.process, _fresh(work, meeting), number).state.value == "withdrawn"
        actions.close_session(work, forum.process, _fresh(work, meeting))
    with pytest.raises(WrongState):
        _put(world, forum, meeting)


def test_by_consensus_objections_stay_on_record(world: World, forum: ForumBuilder) -> None:
    meeting = forum.session()
    number = _put(world, forum, meeting)
    everybody = {n: Says("objects") for n in range(1, 5)}
    with world.work("marta") as work, pytest.raises(Conflict):
        actions.agree(work, forum.process, _fresh(work, meeting), number, everybody)
    with world.work("marta") as work, pytest.raises(Invalid):
        actions.agree(work, forum.process, _fresh(work, meeting), number, {1: Says("for")})
    with world.work("marta") as work:
        said = {2: Says("objects", "Es poco tiempo."), 3: Says("recused")}
        ended = actions.agree(work, forum.process, _fresh(work, meeting), number, said)
    assert (ended.state.value, ended.way, ended.present) == ("carried", Way.CONSENSUS, 3)


def test_calling_late_needs_a_public_reason(world: World, forum: ForumBuilder) -> None:
    monday = world.now + timedelta(days=7)
    with world.work("carla") as work, pytest.raises(Invalid) as refused:
        actions.convene(work, forum.process, Convene("ordinary", world.now + timedelta(days=2), "Filtro"))
    assert set(refused.value.fields) == {"short_notice"}
    with world.work("carla") as work:
        in_time = actions.convene(work, forum.process, Convene("ordinary", monday, "Filtro", "", SOON))
        late = actions.convene(work, forum.process, Convene("ordinary", world.now, "Filtro", "", SOON))
        actions.set_sitting_rule(work, forum.process, 0, casting_vote=False)
        whenever = actions.convene(work, forum.process, Convene("ordinary", world.now, "Filtro"))
    assert [one.short_notice for one in (in_time, late, whenever)] == ["", SOON, ""]


def test_the_agenda_changes_until_the_session_is_held(world: World, forum: ForumBuilder) -> None:
    proposal = world.admitted(forum.process)
    wish = Convene("ordinary", world.now, "Actas | info\nFiltro | decide\nVarios", "", SOON)
    with world.work("marta") as work:
        meeting = actions.convene(work, forum.process, wish)
        papers, _ = papers_of("Informe | https://example.org/i")
        item = ItemText("El filtro", "decision", ("plan 1",), papers)
        actions.write_item(work, forum.process, meeting, item, 2)
        actions.remove_item(work, forum.process, meeting, 1)
        actions.write_item(work, forum.process, meeting, ItemText("Al final"))
        with pytest.raises(Invalid) as refused:
            actions.write_item(work, forum.process, meeting, ItemText("", "x", ("5PA-9999",)))
        assert set(refused.value.fields) == {"title", "wanted", "folios"}
    with world.database.reading() as session:
        items = records.items_of(session, meeting.id)
        about = records.proposals_of(session, meeting.id)
    assert [(one.number, one.title) for one in items] == [(1, "El filtro"), (2, "Varios"), (3, "Al final")]
    assert about == {items[0].id: [(proposal.folio, proposal.title)]}
    assert items[0].papers == [{"title": "Informe", "url": "https://example.org/i"}]
    with world.work("marta") as work:
        actions.hold(work, forum.process, _fresh(work, meeting))
    with world.work("marta") as work, pytest.raises(WrongState):
        actions.remove_item(work, forum.process, _fresh(work, meeting), 1)


def test_an_alternate_votes_for_the_seat_and_an_absent_one_does_not(world: World, forum: ForumBuilder) -> None:
    with world.work("carla") as work:
        seat = work.session.get_one(Seat, forum.seat(2).id)
        named = actions.Appointment("Res. 9", "Olga Paz", "olga@example.org", is_alternate=True)
        actions.appoint(work, forum.process, seat, named)
    meeting = forum.session(EVERYBODY | {2: "alternate", 4: "absent"})
    ended = _vote(world, forum, meeting, _put(world, forum, meeting), "for", "for", "against")
    assert (ended.state.value, ended.present, ended.seats) == ("carried", 3, 4)
    with world.database.reading() as session:
        assert seats.quorum_at(session, meeting).holds


def test_a_session_begins_on_its_day(world: World, forum: ForumBuilder) -> None:
    with world.work("marta") as work:
        called = Convene("ordinary", world.now + timedelta(days=7), "Filtro", "", SOON)
        meeting = actions.convene(work, forum.process, called)
    with world.work("marta") as work, pytest.raises(Conflict, match="another day"):
        actions.hold(work, forum.process, _fresh(work, meeting))
    world.clock.set(world.now + timedelta(days=6, hours=12))
    with world.work("marta") as work:
        actions.hold(work, forum.process, _fresh(work, meeting))
