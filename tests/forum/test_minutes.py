"""Minutes: made from what was recorded, approved by somebody else, published as page and tagged PDF, only added to."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import update

from app.decisions import actions as decisions
from app.forum import actions, printing
from app.forum.actions import Line, Prints, Says, Undertaken, Wish
from app.forum.actions.meeting import Convene
from app.forum.models import ForumSession
from app.forum.queries import minutes as queries
from app.forum.queries import records
from app.forum.rules.minutes import fingerprint
from app.forum.wording import Wording
from app.kit import schema
from app.kit.errors import Conflict, Invalid, NotAllowed, NotFound, Stale, WrongState
from app.people.models import RoleGrant
from app.process import queries as processes
from app.proposals.models import Proposal
from app.settings import Settings
from app.work import Work
from tests.acts import by_hand
from tests.clock import MovableClock
from tests.costs import cost
from tests.forum.building import VOTERS, ForumBuilder
from tests.forum.reading_pdf import Read
from tests.forum.test_standing_aside import aside
from tests.world import World, form_of

pytestmark = pytest.mark.either

MOTION = 'Publicar con #panic("x") y $dos tercios$ *sin* 中 falta.'
REASON = "Cumple lo que se pidió a todas."
SAID = "Se adoptó el calendario por acuerdo de todos."
P = "/p/plan"
OFFICE = f"{P}/office/forum/sessions/1"
CEILINGS = (14, 24)
NOT_PRINTED = Prints("", b"", b"")


def _fresh(work: Work, meeting: ForumSession) -> ForumSession:
    return work.session.get_one(ForumSession, meeting.id)


def _recorded(world: World, forum: ForumBuilder) -> ForumSession:
    """A closed session that had all that minutes can hold but decisions."""
    meeting = forum.session()
    with world.work("carla") as work:
        held, process = _fresh(work, meeting), forum.process
        actions.tell_of_item(work, process, held, 1, "Se leyó el borrador.")
        actions.put_motion(work, process, held, Wish(MOTION, 1))
        said = {n: Says("for") for n in (1, 2)} | {3: Says("against", "Es pronto."), 4: Says("recused")}
        actions.vote(work, process, held, 1, said)
        actions.undertake(work, process, held, Undertaken("Enviar el texto", "Red académica", date(2026, 7, 1)))
        actions.write_minutes(work, process, held, SAID)
        actions.close_session(work, process, held)
    return meeting


def _published(world: World, forum: ForumBuilder, prints: Prints | None = None) -> ForumSession:
    meeting = _recorded(world, forum)
    with world.work("marta") as work:
        actions.approve_minutes(work, forum.process, _fresh(work, meeting))
    with world.work("carla") as work:
        held = _fresh(work, meeting)
        made = prints or _unset(work, forum, held)
        actions.publish_minutes(work, forum.process, held, made)
    return meeting


def _unset(work: Work, forum: ForumBuilder, meeting: ForumSession) -> Prints:
    """What publishing needs, with papers that were not set."""
    content = queries.assembled(work.session, forum.process, meeting, work.now)
    return Prints(fingerprint(content), b"%PDF-es", b"%PDF-en")


def test_minutes_go_from_draft_to_published_by_two_people(world: World, forum: ForumBuilder) -> None:
    meeting, process = _recorded(world, forum), forum.process
    with world.work("carla") as work, pytest.raises(NotAllowed):  # who wrote them
        actions.approve_minutes(work, process, _fresh(work, meeting))
    for who in ("bruno", "diego", "elena", "stranger"):
        for act in (
            lambda work, held: actions.approve_minutes(work, process, held),
            lambda work, held: actions.publish_minutes(work, process, held, NOT_PRINTED),
            lambda work, held: actions.add_addendum(work, process, held, "Se agrega algo.", "Faltaba decirlo."),
        ):
            with world.work(who) as work, pytest.raises(NotAllowed):
                act(work, _fresh(work, meeting))
    with world.work("carla") as work, pytest.raises(WrongState):
        actions.publish_minutes(work, process, _fresh(work, meeting), _unset(work, forum, _fresh(work, meeting)))
    with world.work("marta") as work:
        actions.approve_minutes(work, process, _fresh(work, meeting))
    with world.work("carla") as work:  # what is recorded after the approval was not approved
        actions.undertake(work, process, _fresh(work, meeting), Undertaken("Otra tarea", "Red"))
    with world.work("carla") as work, pytest.raises(WrongState):
        actions.publish_minutes(work, process, _fresh(work, meeting), _unset(work, forum, _fresh(work, meeting)))
    with world.work("marta") as work:
        actions.approve_minutes(work, process, _fresh(work, meeting))
    with world.work("carla") as work, pytest.raises(Stale):  # printed from something else
        actions.publish_minutes(work, process, _fresh(work, meeting), NOT_PRINTED)
    with world.work("carla") as work:
        actions.publish_minutes(work, process, _fresh(work, meeting), _unset(work, forum, _fresh(work, meeting)))
    for change in (
        lambda work, held: actions.write_minutes(work, process, held, "Otra cosa."),
        lambda work, held: actions.tell_of_item(work, process, held, 1, "Otra cosa."),
        lambda work, held: actions.undertake(work, process, held, Undertaken("Otra", "Red")),
    ):
        with world.work("carla") as work, pytest.raises(WrongState):
            change(work, _fresh(work, meeting))


def test_a_lone_official_waits_a_day_and_it_is_said(world: World, forum: ForumBuilder) -> None:
    meeting = _recorded(world, forum)
    with world.work("carla") as work:
        minutes = records.minutes_of(work.session, meeting.id)
        assert minutes is not None
        writer = minutes.written_by_person_id
    with by_hand(), world.work("carla") as work:
        others = update(RoleGrant).where(RoleGrant.person_id != writer)
        work.session.execute(others.values(to_at=work.now))
    with world.work("carla") as work, pytest.raises(NotAllowed):
        actions.approve_minutes(work, forum.process, _fresh(work, meeting))
    world.clock.set(world.now + timedelta(hours=24))
    with world.work("carla") as work:
        actions.approve_minutes(work, forum.process, _fresh(work, meeting))
        content = queries.assembled(work.session, forum.process, _fresh(work, meeting), work.now)
    assert writer == world.people["carla"].id
    assert content["approval"]["alone"] is True


def test_the_following_session_may_approve_them(world: World, forum: ForumBuilder) -> None:
    meeting, later = _recorded(world, forum), forum.session()
    with world.work("carla") as work, pytest.raises(Invalid):
        actions.put_motion(work, forum.process, _fresh(work, later), Wish("Aprobar el acta anterior.", 1, "minutes", 2))
    with world.work("carla") as work:
        held = _fresh(work, later)
        actions.put_motion(work, forum.process, held, Wish("Aprobar el acta anterior.", 1, "minutes", 1))
        actions.agree(work, forum.process, held, 1, {})
    with world.work("carla") as work:
        content = queries.assembled(work.session, forum.process, _fresh(work, meeting), work.now)
        minutes = records.minutes_of(work.session, meeting.id)
        assert minutes is not None
        assert (minutes.state.value, content["approval"]["session"]) == ("approved", 2)


def test_published_minutes_say_the_same_for_ever(world: World, forum: ForumBuilder) -> None:
    meeting = _published(world, forum)
    with world.work("carla") as work:
        minutes = records.minutes_of(work.session, meeting.id)
        assert minutes is not None
        told, hashed = dict(minutes.content), minutes.content_hash
    assert told["seats"][3] == {"number": 4, "name": "Contraloría", "votes": True, "presence": "holder"}
    assert [one["voice"] for one in told["motions"][0]["voices"]] == ["for", "for", "against", "recused"]
    assert told["motions"][0]["counts"] == {"for": 2, "against": 1, "abstain": 0, "recused": 1, "objects": 0}
    assert not any(name in str(told) for name in ("Marta Leiva", "Diego Vera", "Carla", "example.org"))
    with world.work("carla") as work:
        actions.end_task(work, forum.process, _fresh(work, meeting), 1, "Se envió por correo.")
        with pytest.raises(Conflict):
            actions.end_task(work, forum.process, _fresh(work, meeting), 1, "Otra vez.")
        with pytest.raises(Invalid) as refused:
            actions.add_addendum(work, forum.process, _fresh(work, meeting), "Corto", "")
        assert set(refused.value.fields) == {"addendum", "addendum_reason"}
        actions.add_addendum(work, forum.process, _fresh(work, meeting), "El lugar era la sala 2.", "Error de tipeo.")
    with world.work("carla") as work:
        minutes = records.minutes_of(work.session, meeting.id)
        assert minutes is not None
        assert (minutes.content, minutes.content_hash) == (told, hashed)
        assert fingerprint(minutes.content) == hashed


def test_the_printed_minutes_can_be_read_by_anybody(world: World, forum: ForumBuilder) -> None:
    """PDF/UA-1: what a screen reader is told, in both languages; no text becomes a command or is lost in silence."""
    meeting = _recorded(world, forum)
    with world.database.reading() as session:
        held = session.get_one(ForumSession, meeting.id)
        prints = printing.prints_of(session, forum.process, held, world.now, "https://minga.example")
    for content, language, title in (
        (prints.es, "es", "Acta de la sesión ordinaria 1"),
        (prints.en, "en", "Minutes of ordinary session 1"),
    ):
        read = Read(content)
        assert bool(read.root.MarkInfo.Marked) is True
        assert str(read.root.Lang) == language
        assert read.metadata["pdfuaid:part"] == "1"
        assert str(read.metadata["dc:title"]) == title
        assert bool(read.root.ViewerPreferences.DisplayDocTitle) is True
        levels = [int(tag[1]) for tag in read.tags if tag[:1] == "H" and tag[1:].isdigit()]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))
        assert {"Table", "THead", "TR", "TH", "TD", "Caption", "L", "LI"} <= set(read.tags)
        assert "Figure" not in read.tags
        words = read.words
        assert MOTION.replace("中", "�") in words
        assert ("Es pronto." in words, "Red académica" in words, SAID in words) == (True, True, True)
        assert (words.count("�"), title in words) == (2, True)  # where it stands, and where the paper says so


def test_they_tell_of_decisions_only_once_these_are_public(world: World, forum: ForumBuilder) -> None:
    first, second = world.admitted(forum.process), world.admitted(forum.process, title="Otra")
    made = forum.round()
    for who in VOTERS:
        for proposal in (first, second):
            forum.score(who, proposal)
    forum.close(made)
    forum.to_the_filter()
    meeting, process, doubt = forum.session(), forum.process, "Falta saber qué cuesta."
    with world.work("carla") as work:
        held = _fresh(work, meeting)
        lines = [Line(first.folio, "selected", REASON), Line(second.folio, "doubtful", doubt)]
        actions.decide_in_session(work, process, forum.stage, held, lines)
        before = queries.assembled(work.session, process, held, work.now)
    with world.work("carla") as work:
        fresh = processes.by_slug(work.session, "plan")
        stage = processes.stage_named(work.session, fresh.id, "filtro")
        decisions.note_undecided(work, fresh, stage, work.session.get_one(Proposal, second.id), doubt)
        decisions.publish(work, fresh, stage)
        after = queries.assembled(work.session, process, _fresh(work, meeting), work.now)
    assert (before["decisions"], before["decisions_waiting"]) == ([], 1)
    assert [(one["folio"], one["outcome"]) for one in after["decisions"]] == [(first.folio, "selected")]
    assert (after["decisions_waiting"], after["doubts"]) == (
        0,
        [{"folio": second.folio, "note": doubt}],
    )
    assert REASON not in str(before)


def test_they_name_who_sat_in_from_outside_once_the_decision_is_public(world: World, forum: ForumBuilder) -> None:
    one = world.admitted(forum.process)
    made = forum.round()
    for who in VOTERS:
        forum.score(who, one)
    aside(world, forum, "diego", one)
    forum.close(made)
    forum.to_the_filter()
    meeting, process = forum.session(), forum.process

    def name(person: str) -> None:
        with world.work("carla") as work:
            fresh = work.session.get_one(Proposal, one.id)
            actions.name_substitute(work, process, forum.stage, fresh, (person, "academia", "Conoce la materia."))

    name("Sociedad de Estadística")
    with world.work("carla") as work:
        held = _fresh(work, meeting)
        actions.decide_in_session(work, process, forum.stage, held, [Line(one.folio, "selected", REASON)])
        before = queries.assembled(work.session, process, held, work.now)
    world.clock.move(minutes=1)
    name("Quien llegó tarde")
    with world.work("carla") as work:
        fresh = processes.by_slug(work.session, "plan")
        decisions.publish(work, fresh, processes.stage_named(work.session, fresh.id, "filtro"))
    with world.database.reading() as session:
        after = queries.assembled(session, process, session.get_one(ForumSession, meeting.id), world.now)
    assert before["substitutes"] == []
    named = {"name": "Sociedad de Estadística", "sector": "academia", "reason": "Conoce la materia."}
    assert after["substitutes"] == [{"folio": one.folio, **named}]
    words = Read(printing.printed(after, "https://minga.example/p/plan").es).words
    assert f"{one.folio}: Sociedad de Estadística (Universidades e investigación). Conoce la materia." in words
    assert "Personas o entidades de fuera del foro" in words
    del after["substitutes"]  # minutes that were published before
    paper = Wording(after, "es", P).paper()
    assert not [part for part in paper.sections if "de fuera" in part.title]


async def test_the_public_reads_them_once_they_are_published(world: World, forum: ForumBuilder) -> None:
    meeting = _recorded(world, forum)
    address = f"{P}/forum/sessions/1"
    async with world.browser("stranger") as stranger, world.browser("carla") as carla, world.browser("marta") as marta:
        early = (await stranger.get(address)).text
        assert ("Contraloría: presente" in early, "El acta todavía no sale" in early) == (True, True)
        assert (SAID in early, "dos tercios" in early, "Es pronto." in early) == (False, False, False)
        assert (await stranger.get(f"{address}/minutes.pdf")).status_code == 404
        page = f"{OFFICE}/minutes"
        shown = (await carla.get(page)).text
        assert SAID in shown
        for browser, action in ((marta, f"{page}/approval"), (carla, f"{page}/publication")):
            sent = await browser.post(action, data=form_of((await browser.get(page)).text, action))
            assert sent.status_code == 303, action
        late = (await marta.get(address)).text  # a stranger's page may be two seconds old
        assert (SAID in late, "Es pronto." in late, "Diego Vera" in late) == (True, True, False)
        spanish = await stranger.get(f"{address}/minutes.pdf")
        english = await stranger.get(f"/en{address}/minutes.pdf")
        assert (spanish.headers["content-type"], english.content[:5]) == ("application/pdf", b"%PDF-")
        assert "attachment" in spanish.headers["content-disposition"]
        assert spanish.headers["etag"] != english.headers["etag"]
        again = await stranger.get(f"{address}/minutes.pdf", headers={"if-none-match": spanish.headers["etag"]})
        assert again.status_code == 304
    assert meeting.number == 1


async def test_it_asks_the_database_no_more_than_it_must(world: World, forum: ForumBuilder) -> None:
    _published(world, forum)
    counted = [await cost(world, f"{P}/forum/sessions/1"), await cost(world, f"{OFFICE}/points", "marta")]
    assert [told <= ceiling for told, ceiling in zip(counted, CEILINGS, strict=True)] == [True, True], counted


async def test_a_session_is_recorded_point_by_point_in_a_browser(world: World, forum: ForumBuilder) -> None:
    held = forum.session()
    points = f"{OFFICE}/points"

    async with world.browser("marta") as marta:

        async def send(action: str, status: int = 303, /, **typed: str) -> str:
            page = await marta.get(points)
            sent = await marta.post(action, data=form_of(page.text, action) | typed)
            assert sent.status_code == status, f"{action}: {sent.text[-600:]}"
            return sent.text

        await send(f"{OFFICE}/items/1/said", **{"said-1": "Se conversó."})
        refused = await send(f"{OFFICE}/motions", 422, motion="No")
        assert "al menos en una frase corta" in refused
        await send(f"{OFFICE}/motions", motion="Publicar las actas.", matter="ordinary")
        refused = await send(f"{OFFICE}/motions/1/vote", 422, **{"seat-1": "for", "reason-1": "Porque sí."})
        assert ("Diga cómo votó este asiento." in refused, "Porque sí." in refused) == (True, True)
        await send(f"{OFFICE}/motions/1/vote", **{f"seat-{n}": "for" for n in range(1, 5)})
        await send(f"{OFFICE}/tasks", task="Enviar el acta", owner="Secretaría", due_on="2026-07-01")
        assert "fecha" in await send(f"{OFFICE}/tasks", 422, task="Otra", owner="Red", due_on="mañana")
        await send(f"{OFFICE}/tasks/1", **{"how-1": "Se envió."})
        shown = (await marta.get(points)).text
        assert ("aprobada" in shown, "Se envió." in shown) == (True, True)
        page = await marta.get(OFFICE)
        typed = form_of(page.text, f"{OFFICE}/attendance") | {f"seat-{n}": "holder" for n in (3, 4, 5)}
        counted = await marta.post(f"{OFFICE}/quorum", data=typed, headers={"hx-request": "true"})
        assert "No hay quórum: 2 de 4 asientos con voto presentes" in counted.text
        assert "<html" not in counted.text
    with world.database.reading() as session:
        assert [one.state.value for one in records.motions_of(session, held.id)] == ["carried"]


def test_there_is_nothing_to_approve_before_it_began(world: World, forum: ForumBuilder) -> None:
    with world.work("carla") as work:
        actions.set_sitting_rule(work, forum.process, 0, casting_vote=False)
        meeting = actions.convene(work, forum.process, Convene("ordinary", work.now, "Filtro"))
        with pytest.raises(WrongState):
            actions.write_minutes(work, forum.process, meeting, SAID)
        with pytest.raises(NotFound):
            actions.approve_minutes(work, forum.process, meeting)


def test_minutes_that_were_public_before_stay_so(settings: Settings, clock: MovableClock) -> None:
    world = World(settings, clock)
    forum = ForumBuilder(world, world.open_process("plan", template="ogp_action_plan"))
    meeting = _recorded(world, forum)
    world.close()
    here = schema.config(settings.database_url)
    command.downgrade(here, str(ScriptDirectory.from_config(here).get_revision("0022").down_revision))
    with by_hand():
        schema.migrate(settings.database_url)
    database = type(world.database)(settings.database_url)
    with database.reading() as session:
        minutes = records.minutes_of(session, meeting.id)
        told = session.get_one(ForumSession, meeting.id)
        assert minutes is not None
        content = queries.assembled(session, forum.process, told, world.now)
        assert (minutes.state.value, minutes.content, minutes.published_at) == ("published", {}, told.held_at)
        assert content["general"] == SAID
    database.dispose()


def test_minutes_say_the_stage_of_criteria_and_decisions_in_both_languages(world: World, forum: ForumBuilder) -> None:
    """Also where the stage has no name of its own."""
    forum.adopted()
    with world.database.reading() as session:
        held = session.query(ForumSession).one()
        content = queries.assembled(session, forum.process, held, world.now)
    assert content["criteria"][0]["stage"] == {"es": "Decisión sobre las propuestas", "en": "Decision on the proposals"}
    assert len(fingerprint(content)) == 64
