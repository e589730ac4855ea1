"""The forum decides in session: with a quorum of those who do not stand aside, by its rule or a reason to leave it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import ColumnElement, Engine, event, func, insert, inspect, select
from sqlalchemy.orm import Session

from app.decisions import actions as decisions
from app.decisions import queries as decided
from app.decisions.actions import Verdict
from app.decisions.models import Decision
from app.forum import actions
from app.forum.actions import Line
from app.forum.models import ForumSession, Score, ScoreSheet, Seat
from app.forum.queries import deciding, reasons, rounds, seats
from app.forum.queries.aside import stands_aside_on
from app.kit import ids
from app.kit.errors import Conflict, Invalid, NotAllowed, NotNow, WrongState
from app.people.actor import Actor
from app.process import actions as process_actions
from app.process import queries as processes
from app.process.actions import SetStage
from app.proposals.models import Proposal, Revision
from app.trail import queries as trail
from app.trail.models import Entry
from tests.forum.building import GOOD, POOR, VOTERS, ForumBuilder
from tests.world import World, form_of

pytestmark = pytest.mark.either

YES = Verdict("selected", "Cumple lo que se pidió a todas.")
NO = Verdict("not_selected", "No es materia de este plan.")


def decide(
    forum: ForumBuilder, proposal: Proposal, verdict: Verdict, meeting: ForumSession, who: str = "marta"
) -> Decision:
    with forum.world.work(who) as work:
        held = work.session.get_one(ForumSession, meeting.id)
        fresh = work.session.get_one(Proposal, proposal.id)
        return actions.decide(work, forum.process, forum.stage, fresh, (held, verdict))


def scored(forum: ForumBuilder, levels: dict[str, str]) -> Proposal:
    proposal: Proposal = forum.world.admitted(forum.process)
    made = forum.round()
    for who in VOTERS:
        forum.score(who, proposal, levels)
    forum.close(made)
    forum.to_the_filter()
    return proposal


def test_the_chair_records_what_the_rule_says(world: World, forum: ForumBuilder) -> None:
    proposal = scored(forum, GOOD)
    meeting = forum.session()
    for who in ("bruno", "diego", "elena", "felix", "stranger"):
        with pytest.raises(NotAllowed):
            decide(forum, proposal, YES, meeting, who)
    made = decide(forum, proposal, YES, meeting)
    assert (made.follows_rule, made.session_id, made.session_name) == (True, meeting.id, "Sesión ordinaria n.º 2")

    def known() -> tuple[bool, str]:
        with world.database.reading() as session:
            leaves = trail.about(session, forum.process.id, proposal.subject.name)
        told = "decision.taken" in [entry.leaf["verb"] for entry in leaves if entry.leaf]
        return told, world.fresh(proposal).state.value

    assert known() == (False, "admitted")
    with world.work("carla") as work:
        fresh = processes.by_slug(work.session, "plan")
        decisions.publish(work, fresh, processes.stage_named(work.session, fresh.id, "filtro"))
    assert known() == (True, "selected")


def test_leaving_the_rule_needs_its_own_reason(world: World, forum: ForumBuilder) -> None:
    proposal = scored(forum, POOR)
    meeting = forum.session()
    with pytest.raises(Invalid) as refused:
        decide(forum, proposal, YES, meeting)
    assert set(refused.value.fields) == {"override_reason"}
    left = Verdict(YES.outcome, YES.reason, override_reason="El foro la quiere por ser la única de su región.")
    assert decide(forum, proposal, left, meeting).follows_rule is False


def test_nothing_is_decided_while_the_round_is_open_or_without_sheets(world: World, forum: ForumBuilder) -> None:
    proposal = world.admitted(forum.process)
    forum.to_the_filter()
    made = forum.round()
    meeting = forum.session()
    forum.score("diego", proposal)
    with pytest.raises(Conflict, match="not closed"):
        decide(forum, proposal, YES, meeting)
    forum.close(made)
    with pytest.raises(Conflict, match="Too few score sheets: 1 of the 2"):
        decide(forum, proposal, YES, meeting)


def test_a_quorum_that_fails_once_holds_with_an_alternate(world: World, forum: ForumBuilder) -> None:
    proposal = scored(forum, GOOD)
    meeting = forum.session({1: "holder", 2: "holder"})
    with pytest.raises(Conflict, match="2 of 4 voting seats present, 3 needed"):
        decide(forum, proposal, YES, meeting)
    with world.work("carla") as work:
        wish = actions.Appointment("Res. 8", person_id=world.people["gloria"].id, is_alternate=True)
        actions.appoint(work, forum.process, forum.seat(3), wish)
    with world.work("marta") as work:
        held = work.session.get_one(ForumSession, meeting.id)
        quorum = actions.record_attendance(work, forum.process, held, {1: "holder", 2: "holder", 3: "alternate"})
    assert quorum.holds
    assert decide(forum, proposal, YES, meeting).follows_rule


def weak_without_diego(world: World, forum: ForumBuilder, aside: Proposal, *others: Proposal) -> ForumSession:
    """A session on scored proposals; Diego, who stands aside on the first, is the only one in it outside the State."""
    made = forum.round()
    for proposal in (aside, *others):
        for who in VOTERS:
            forum.score(who, proposal)
    forum.close(made)
    forum.to_the_filter()
    meeting = forum.session({1: "holder", 2: "holder", 4: "holder"})
    with world.work("diego") as work:
        fresh = work.session.get_one(Proposal, aside.id)
        actions.recuse(work, forum.process, forum.stage.id, fresh, ("interest", ""))
    return meeting


def test_who_stands_aside_does_not_hold_the_quorum(world: World, forum: ForumBuilder) -> None:
    proposal, other = world.admitted(forum.process), world.admitted(forum.process, title="Otra")
    meeting = weak_without_diego(world, forum, proposal, other)
    with pytest.raises(Conflict, match="outside the State"):
        decide(forum, proposal, YES, meeting)
    assert decide(forum, other, YES, meeting).outcome.value == "selected"


def test_a_session_that_is_closed_decides_nothing(world: World, forum: ForumBuilder) -> None:
    proposal = scored(forum, GOOD)
    meeting = forum.session()
    with world.work("carla") as work:
        held = work.session.get_one(ForumSession, meeting.id)
        actions.write_minutes(work, forum.process, held, "Se decidió lo que consta en cada propuesta.")
        actions.close_session(work, forum.process, held)
    with pytest.raises(WrongState):
        decide(forum, proposal, YES, meeting)


def by_session(world: World, forum: ForumBuilder) -> None:
    with world.work("carla") as work:
        process = processes.by_slug(work.session, "plan")
        stage = processes.stage_named(work.session, process.id, "filtro")
        settings = dict(stage.settings) | {"method": "session"}
        process_actions.set_stage(work, process, stage, SetStage(stage.opens_at, stage.closes_at, settings))
    forum.stage = stage


def test_down_the_list_yes_no_and_doubtful(world: World, forum: ForumBuilder) -> None:
    first, second, third = (world.admitted(forum.process, title=f"Propuesta {n}") for n in (1, 2, 3))
    by_session(world, forum)
    forum.to_the_filter()
    meeting = forum.session()
    lines = [
        Line(first.folio, "selected", "Cumple los criterios del foro."),
        Line(second.folio, "not_selected", "No cumple los criterios."),
        Line(third.folio, "doubtful", "Falta saber quién tiene los datos."),
    ]

    def go(chosen: list[Line], who: str = "marta") -> list[Decision]:
        with world.work(who) as work:
            held = work.session.get_one(ForumSession, meeting.id)
            return actions.decide_in_session(work, forum.process, forum.stage, held, chosen)

    with pytest.raises(Conflict, match="adopted"):
        go(lines)
    forum.adopted()
    with pytest.raises(NotAllowed):
        go(lines, "diego")
    with pytest.raises(Invalid, match="marked") as unlike:
        go([Line(first.folio, "not_selected", "Sigue. Alcanza lo que se pedía.")])
    assert "another outcome" in str(unlike.value.fields[f"reason-{first.folio}"])
    with pytest.raises(Invalid) as refused:
        go([lines[0], Line(second.folio, "not_selected", "")])
    assert set(refused.value.fields) == {f"reason-{second.folio}"}
    with world.database.reading() as session:
        assert decided.current(session, forum.stage.id, first.id) is None  # all lines or none
    assert [made.outcome.value for made in go(lines)] == ["selected", "not_selected"]
    with world.database.reading() as session:
        assert decided.current(session, forum.stage.id, third.id) is None
        doubt, number = seats.doubts_of(session, forum.stage.id)[third.id]
    assert (doubt.note, number) == ("Falta saber quién tiene los datos.", 1)


def test_following_the_rule_takes_only_what_carries_no_flag(world: World, forum: ForumBuilder) -> None:
    clear, torn = world.admitted(forum.process, title="Clara"), world.admitted(forum.process, title="Discutida")
    made = forum.round()
    for who in VOTERS:
        forum.score(who, clear, GOOD)
        forum.score(who, torn, GOOD if who in VOTERS[:2] else POOR)
    forum.close(made)
    forum.to_the_filter()
    meeting = forum.session()
    with world.database.reading() as session:
        drafts = {d.folio: d for d in deciding.drafts(session, forum.process, forum.stage, world.now)}
    assert not drafts[clear.folio].is_flagged
    assert drafts[torn.folio].is_flagged
    assert drafts[clear.folio].reason == (
        "Sigue. Alcanza lo que se pedía. Reunió 100,0 de 100 puntos; se pedían 60. "
        "A su favor: Es materia del plan (sí); Valor público (cumple); Se puede hacer (cumple)."
    )
    taken = follow(forum, meeting, "selected:1 left:1")
    assert [(d.proposal_id, d.outcome.value, d.follows_rule, d.version) for d in taken] == [
        (clear.id, "selected", True, 1)
    ]
    assert (taken[0].session_name, taken[0].reason_codes) == ("Sesión ordinaria n.º 2", ["meets_criteria"])
    with pytest.raises(Conflict, match="nothing without a flag"):
        follow(forum, meeting, "left:1")


def follow(forum: ForumBuilder, meeting: ForumSession, counted: str, who: str = "marta") -> list[Decision]:
    with forum.world.work(who) as work:
        held = work.session.get_one(ForumSession, meeting.id)
        return actions.follow_the_rule(work, forum.process, forum.stage, held, counted)


def test_what_is_in_doubt_or_without_a_quorum_is_not_settled_by_the_rule(world: World, forum: ForumBuilder) -> None:
    clear, doubtful, aside = (world.admitted(forum.process, title=title) for title in ("Una", "Dos", "Tres"))
    meeting = weak_without_diego(world, forum, aside, clear, doubtful)
    with world.work("marta") as work:
        held = work.session.get_one(ForumSession, meeting.id)
        note = Line(doubtful.folio, "doubtful", "Falta saber quién tiene los datos.")
        actions.decide_in_session(work, forum.process, forum.stage, held, [note])
    for who in ("bruno", "diego", "elena", "stranger"):
        with pytest.raises(NotAllowed):
            follow(forum, meeting, "selected:1 left:2", who)
    with pytest.raises(Conflict, match="numbers have changed"):
        follow(forum, meeting, "selected:3 left:0")
    few = forum.session({1: "holder", 2: "holder"})
    with pytest.raises(Conflict, match="2 of 4 voting seats present"):
        follow(forum, few, "selected:1 left:2")
    assert [made.proposal_id for made in follow(forum, meeting, "selected:1 left:2")] == [clear.id]


async def test_the_rule_is_followed_for_the_whole_stage_in_few_statements(world: World, forum: ForumBuilder) -> None:
    """Three hundred proposals are decided by about as many statements as two."""
    first, torn = world.admitted(forum.process, title="Clara"), world.admitted(forum.process, title="Discutida")
    made = forum.round()
    for who in VOTERS:
        forum.score(who, first, GOOD)
        forum.score(who, torn, GOOD if who in VOTERS[:2] else POOR)
    copies = copied(world, first, 300)
    forum.close(made)
    forum.to_the_filter()
    meeting = forum.session()
    page = "/p/plan/office/forum/sessions/2/deciding/filtro"
    async with world.browser("marta") as browser:
        shown = (await browser.get(page)).text
        assert [torn.folio in shown, first.folio in shown, "Según la regla (301)" in shown] == [True, False, True]
        form = form_of(shown, f"{page}/rule")
        assert form["counted"] == "selected:301 left:1"
        unseen = await browser.post(f"{page}/rule", data=form)
        assert unseen.status_code == 422
        assert 'href="#f-confirmed"' in unseen.text
        with sent() as statements:
            done = await browser.post(f"{page}/rule", data=form | {"confirmed": "yes", "form_key": "again"})
        assert done.status_code == 303
        assert len(statements) < 60, statements
        after = (await browser.get(f"{page}?only=decided")).text
        assert [first.folio in after, "Decididas, sin publicar (301)" in after] == [True, True]
    with world.database.reading() as session:
        followed = (Decision.stage_id == forum.stage.id, Decision.follows_rule.is_(True))
        taken = session.scalar(select(func.count(Decision.id)).where(*followed))
        told = session.scalar(select(func.count(Entry.seq)).where(Entry.verb == "decision.taken"))
        assert decided.current(session, forum.stage.id, copies[-1]) is not None
    assert (taken, told, meeting.number) == (301, 301, 2)


@contextmanager
def sent() -> Iterator[list[str]]:
    """Every statement that leaves meanwhile, many rows in one counting once."""
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement.split("\n", 1)[0][:80])

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def copied(world: World, proposal: Proposal, times: int) -> list[uuid.UUID]:
    """So many more like this one with the same sheets, written straight into the tables: by forms it takes minutes."""
    keys = []
    with world.work(Actor.system()) as work:
        original = row_of(work.session, Proposal, Proposal.id == proposal.id)[0]
        revision = row_of(work.session, Revision, Revision.proposal_id == proposal.id)[0]
        sheets = row_of(work.session, ScoreSheet, ScoreSheet.proposal_id == proposal.id)
        scores = {row["id"]: row_of(work.session, Score, Score.sheet_id == row["id"]) for row in sheets}
        rows: dict[type, list[dict[str, Any]]] = {Proposal: [], Revision: [], ScoreSheet: [], Score: []}
        for n in range(1000, 1000 + times):
            key = ids.new_id()
            keys.append(key)
            rows[Proposal].append(original | {"id": key, "number": n, "folio": f"PLAN-{n}", "search_number": None})
            rows[Revision].append(revision | {"id": ids.new_id(), "proposal_id": key})
            for sheet in sheets:
                other = ids.new_id()
                rows[ScoreSheet].append(sheet | {"id": other, "proposal_id": key})
                rows[Score] += [score | {"id": ids.new_id(), "sheet_id": other} for score in scores[sheet["id"]]]
        for model, made in rows.items():
            work.session.execute(insert(model), made)
        work.record("proposal.admitted", proposal.subject, copies=times)
    return keys


def row_of(session: Session, model: Any, wanted: ColumnElement[bool]) -> list[dict[str, Any]]:
    names = [attribute.key for attribute in inspect(model).column_attrs]
    return [{name: getattr(row, name) for name in names} for row in session.scalars(select(model).where(wanted))]


async def test_a_line_carries_its_kinds_of_reasons_and_what_comes_next(world: World, forum: ForumBuilder) -> None:
    proposal = scored(forum, GOOD)
    forum.session()
    page, folio = "/p/plan/office/forum/sessions/2/deciding/filtro", proposal.folio
    typed = {
        f"outcome-{folio}": "selected",
        f"reason-{folio}": "",
        f"reason_codes-{folio}": ["meets_criteria", "high_priority"],
        f"what_next-{folio}": "Pasa a una mesa técnica en agosto.",
    }
    async with world.browser("marta") as browser:
        form = form_of((await browser.get(page)).text, page)
        refused = await browser.post(page, data=form | typed)
        assert refused.status_code == 422
        again = form_of(refused.text, page)
        assert f"{typed[f'what_next-{folio}']}</textarea>" in refused.text
        ticked = re.findall(rf'name="reason_codes-{folio}" value="(\w+)" checked', refused.text)
        assert ticked == typed[f"reason_codes-{folio}"]
        unknown = await browser.post(page, data=again | typed | {f"reason_codes-{folio}": ["because"]})
        assert f'href="#f-reason_codes-{folio}"' in unknown.text
        whole = typed | {f"reason-{folio}": "Cumple lo que se pidió a todas.", "form_key": "again"}
        assert (await browser.post(page, data=again | whole)).status_code == 303
    with world.database.reading() as session:
        taken = decided.current(session, forum.stage.id, proposal.id)
        assert taken is not None
        assert (taken.reason_codes, taken.what_next) == (
            ["meets_criteria", "high_priority"],
            whole[f"what_next-{folio}"],
        )


def told(forum: ForumBuilder, folio: str) -> list[tuple[str, tuple[str, ...]]]:
    with forum.world.database.reading() as session:
        last = rounds.last_round(session, forum.stage.id)
        assert last is not None
        found = reasons.written(session, last, [folio], forum.world.now)
    return [(row.criterion.key, row.texts) for row in found.get(folio, [])]


def test_what_members_wrote_reaches_the_draft_without_names_or_seats(world: World, forum: ForumBuilder) -> None:
    proposal = world.admitted(forum.process)
    made = forum.round()
    words = {"marta": "Zona sin datos abiertos.", "diego": "Abre  datos\nútiles.", "nadia": "Abre datos útiles."}
    for who, reason in words.items():
        forum.score(who, proposal, POOR, reason)
    forum.score("elena", proposal, POOR, "Palabras de quien no vota.")
    with pytest.raises(NotNow):
        told(forum, proposal.folio)
    forum.close(made)
    both = ("Abre datos útiles.", "Zona sin datos abiertos.")
    assert told(forum, proposal.folio) == [("scope", both), ("value", both), ("doable", both)]
    with world.database.reading() as session:
        [draft] = deciding.drafts(session, forum.process, forum.stage, world.now)
        last = rounds.last_round(session, forum.stage.id)
        assert last is not None
        text = draft.reason_with(reasons.written(session, last, [proposal.folio], world.now)[proposal.folio])
    titles = ("Es materia del plan", "Valor público", "Se puede hacer")
    assert text.split("\n") == [
        (
            "No sigue. No alcanza lo que se pedía. Reunió 14,3 de 100 puntos; se pedían 60. "
            "A su favor: Es materia del plan (sí). "
            "Donde queda corta: Valor público (no cumple); Se puede hacer (en parte)."
        ),
        "",
        "Lo que escribieron quienes evaluaron:",
        *(f"- {title}: {reason}" for title in titles for reason in both),
    ]


async def test_what_members_wrote_stands_beside_the_form(world: World, forum: ForumBuilder) -> None:
    scored(forum, GOOD)
    forum.session()
    page = "/p/plan/office/forum/sessions/2/deciding/filtro"
    async with world.browser("marta") as browser:
        shown = (await browser.get(page)).text
    assert "Lo que escribieron los integrantes" in shown
    assert '<li class="written">Porque así es.</li>' in shown
    assert "- Valor público: Porque así es." in shown


async def test_who_stands_aside_cannot_read_who_gave_what(world: World, forum: ForumBuilder) -> None:
    """Neither who stands aside, nor anybody of a seat that does as a whole; the others can."""
    proposal, other = world.admitted(forum.process, title="Una"), world.admitted(forum.process, title="Otra")
    made = forum.round()
    with world.work("carla") as work:
        wish = actions.Appointment("Res. 8", person_id=world.people["gloria"].id, is_alternate=True)
        actions.appoint(work, forum.process, forum.seat(1), wish)
    for who in VOTERS:
        forum.score(who, proposal, reason="Palabras de quien evalúa.")
        forum.score(who, other, reason="Palabras de quien evalúa.")
    with world.work("marta") as work:
        fresh = work.session.get_one(Proposal, proposal.id)
        actions.recuse(work, forum.process, forum.stage.id, fresh, ("interest", ""))
    forum.close(made)
    with world.database.reading() as session:
        assert stands_aside_on(session, forum.stage.id, world.people["gloria"].id) == set()  # free, as the alternate
    with world.work("carla") as work:
        fresh = work.session.get_one(Proposal, proposal.id)
        actions.record_recusal(work, forum.process, forum.stage.id, fresh, (forum.seat(1), "interest", ""))
    forum.to_the_filter()
    forum.session()
    named, api = "/p/plan/office/forum/rounds/filtro", "/api/v1/processes/plan/proposals"
    written = "Palabras de quien evalúa."
    for who in ("marta", "gloria"):
        async with world.browser(who) as browser:
            refused = await browser.get(f"{named}/{proposal.folio}")
            assert (refused.status_code, written in refused.text) == (403, False)
            assert "Usted se inhabilitó en esta propuesta." in refused.text
            program = await browser.get(f"{api}/{proposal.folio}/score-reasons")
            assert (program.status_code, written in program.text) == (403, False)
            assert written in (await browser.get(f"{named}/{other.folio}")).text
            assert written in (await browser.get(f"{api}/{other.folio}/score-reasons")).text
    async with world.browser("marta") as chair:
        shown = (await chair.get("/p/plan/office/forum/sessions/2/deciding/filtro?only=rule")).text
        first, _, second = shown.partition(f'id="p-{other.folio}"')
        assert "Usted se inhabilitó en esta propuesta." in first
        assert (written in first, written in second) == (False, True)
    async with world.browser("diego") as diego, world.browser("bruno") as bruno:
        told = (await diego.get(f"{api}/{proposal.folio}/score-reasons")).json()["items"]
        assert told == [{"key": key, "reasons": [written]} for key in ("scope", "value", "doable")]
        assert written in (await diego.get(f"{named}/{proposal.folio}")).text
        assert (await bruno.get(f"{api}/{proposal.folio}/score-reasons")).status_code == 403


async def test_a_conflict_found_later_is_recorded_by_form_and_by_program(world: World, forum: ForumBuilder) -> None:
    proposal = scored(forum, GOOD)
    page, api = "/p/plan/office/forum/rounds/filtro", f"/api/v1/processes/plan/proposals/{proposal.folio}"
    noted = {"stage": "filtro", "seat": 3, "kind": "family"}
    for who in ("bruno", "diego", "elena"):
        async with world.browser(who) as browser:
            assert (await browser.post(f"{page}/recusals", data={"folio": proposal.folio})).status_code == 403
            assert (await browser.post(f"{api}/recusals", json=noted)).status_code == 403
    async with world.browser("marta") as chair:
        form = form_of((await chair.get(page)).text, f"{page}/recusals")
        bare = await chair.post(f"{page}/recusals", data=form | {"folio": "NADA-1", "seat": ""})
        assert bare.status_code == 422
        assert ['value="NADA-1"' in bare.text, *(f"#f-{name}" in bare.text for name in ("folio", "seat"))] == [True] * 3
        typed = form | {"folio": proposal.folio, "seat": "2", "kind": "other", "note": ""}
        assert 'href="#f-note"' in (await chair.post(f"{page}/recusals", data=typed)).text
        whole = typed | {"note": "Trabaja con su autora.", "form_key": "again"}
        assert (await chair.post(f"{page}/recusals", data=whole)).status_code == 303
        again = await chair.post(f"{page}/recusals", data=whole | {"form_key": "once more"})
        assert again.status_code == 409
        made = await chair.post(f"{api}/recusals", json=noted)
        assert (made.status_code, made.json()) == (201, {"folio": proposal.folio, "seat": 3, "kind": "family"})
        shown = (await chair.get(page)).text
        assert f"{proposal.folio}: 2. Red de organizaciones. Otra razón." in shown
    async with world.browser() as stranger:
        register = (await stranger.get("/p/plan/forum/results")).text.partition("Quién")[2]
        assert [f"{proposal.folio}: asiento {number}" in register for number in (1, 2, 3)] == [False, True, True]
    with world.database.reading() as session:
        voided = session.scalars(select(Seat.number).join(ScoreSheet).where(ScoreSheet.voided_at.is_not(None)))
        assert sorted(voided) == [2, 3]
        assert session.scalar(select(func.count(Entry.seq)).where(Entry.verb == "seat.recused")) == 2


def test_another_body_decides_elsewhere(world: World, forum: ForumBuilder) -> None:
    proposal = scored(forum, GOOD)
    meeting = forum.session()
    with world.work("carla") as work, pytest.raises(Conflict):
        decisions.decide(work, forum.process, forum.stage, work.session.get_one(Proposal, proposal.id), NO)
    assert meeting.number == 2
