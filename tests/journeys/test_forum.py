"""A forum of five seats scores alone, decides in session and answers, by forms and letters that arrive."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from app.parts.due import do_what_is_due
from tests.journeys import steps
from tests.journeys.plain import Typed
from tests.journeys.steps import Browser, Sent, Site

PLAN = "plan"
P = f"/p/{PLAN}"
OFFICE = f"{P}/office"
FORUM = f"{OFFICE}/forum"
SEATS = [
    ("marta", "Secretaría General", "government", "vote", "chair"),
    ("diego", "Red de organizaciones", "civil_society", "vote", "none"),
    ("nadia", "Red académica", "academia", "vote", "none"),
    ("pablo", "Contraloría", "oversight", "vote", "none"),
    ("elena", "Cámara regional", "private", "voice", "none"),
]
VOTERS = ("marta", "diego", "nadia", "pablo")
TODAY: dict[str, Typed] = {"place": "Sala 1", "short_notice": "Se llama hoy porque el plazo vence."}
LEVELS = "0 | No cumple | Does not\n1 | En parte | In part\n2 | Cumple | Does"
TITLES = {
    "ana": "Abrir los datos de compras públicas",
    "bruno": "Un portal más para los trámites",
    "ana 2": "Publicar la agenda de las autoridades",
}
POOR = "bruno"
REASONS = {
    "ana": "Las compras ya se registran por artículo: abrirlas pide poco y sirve a quien quiere controlar.",
    "bruno": "El portal que existe cubre estos trámites y otro más dejaría a la gente sin saber cuál usar.",
    "ana 2": "La agenda ya se publica por la ley del lobby desde 2014 y el compromiso no agregaría nada nuevo.",
}
OVERRIDE = "El foro se aparta del puntaje porque el compromiso repite una obligación legal que ya se cumple."


def own_words(who: str, proposal: str) -> str:
    """What a member writes on a sheet, to be recognised wherever it might leak."""
    return f"Escrito a solas por {who} sobre {proposal}."


async def test_a_forum_scores_alone_decides_in_session_and_answers(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    await _the_process_and_its_forum(site, capsys)
    await _criteria_are_adopted_in_a_session(site, capsys)
    sent = await _proposals_come_in(site, capsys)
    await _each_member_scores_alone(site, sent, capsys)
    await _nobody_sees_a_score_before_the_close(site, sent, capsys)
    await _the_round_closes_by_the_clock(site, sent)
    await _without_a_quorum_nothing_is_decided(site, sent, capsys)
    await _with_an_alternate_the_forum_decides(site, sent, capsys)
    await _everybody_is_answered(site, capsys)
    await _the_stage_is_concluded(site, capsys)
    site.verify()


async def _the_process_and_its_forum(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    stages, named = ("consulta", "filtro"), "Sexto plan"
    await steps.open_process(site, capsys, PLAN, *stages, template="ogp_action_plan", name_es=named)
    carla = await site.signed_in("carla", capsys)
    await carla.send(FORUM, name_es="Foro multiactor", name_en="Forum", over_percent="50", needs_both_sides="yes")
    for number, (who, name, sector, right, office) in enumerate(SEATS, 1):
        await carla.send(FORUM, f"{FORUM}/seats", name=name, sector=sector, right=right, office=office)
        await _appoint(carla, number, who)
    await _appoint(carla, 3, "olga", is_alternate="yes")


async def _appoint(carla: Browser, number: int, who: str, **more: Typed) -> None:
    seat = f"{FORUM}/seats/{number}"
    act = "Resolución 499"
    await carla.send(
        seat, f"{seat}/holders", holder_name=who.title(), address=steps.address(who), appointing_act=act, **more
    )


async def _session(carla: Browser, site: Site, agenda: str) -> str:
    """Call a session for this minute and begin it; its address."""
    here = f"{FORUM}/sessions"
    await carla.send(here, kind="ordinary", held_at=site.local(site.clock.now), agenda=agenda, **TODAY)
    at = carla.at
    await carla.send(at, f"{at}/state")
    return at


async def _attendance(carla: Browser, at: str, **seats: str) -> str:
    """Who sits where, by `s1="holder"`; the others are absent."""
    said = {f"seat-{n}": seats.get(f"s{n}", "absent") for n in range(1, 6)}
    return steps.words_of(await carla.send(at, f"{at}/attendance", **said))


async def _criteria_are_adopted_in_a_session(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """A requirement and two criteria; adopted, they are frozen."""
    carla = await site.signed_in("carla", capsys)
    here = f"{FORUM}/criteria/filtro"
    await carla.send(here)
    one: dict[str, Typed] = {"title_es": "Es materia del plan", "key": "scope", "kind": "knockout", "weight": "0"}
    await carla.send(here, f"{here}/criterion", levels="0 | No | No\n1 | Sí | Yes", reason_rule="never", **one)
    for key, title in (("value", "Valor público"), ("doable", "Se puede hacer")):
        await carla.send(
            here, f"{here}/criterion", key=key, title_es=title, kind="scored", levels=LEVELS, reason_rule="always"
        )
    await carla.send(here, f"{here}/thresholds", pass_total="50", quorum_min="2", quorum_share="1/2")
    at = await _session(carla, site, "Criterios del filtro")
    assert "Hay quórum" in await _attendance(carla, at, **{f"s{n}": "holder" for n in range(1, 6)})
    await carla.send(f"{at}/points", f"{at}/motions", motion="Adoptar los criterios del filtro.", matter="criteria")
    await carla.send(f"{at}/points", f"{at}/motions/1/consensus")
    adopted = await carla.send(here, f"{here}/adoption")
    assert "Vigentes" in adopted or "En vigor" in adopted or "versión 1" in adopted
    assert f'action="{here}/criterion"' not in adopted
    await carla.send(at, f"{at}/minutes", minutes="Se adoptaron los criterios por unanimidad.", then="close")
    public = await site.somebody().open(f"{P}/forum/criteria")
    assert "Valor público" in public


async def _proposals_come_in(site: Site, capsys: pytest.CaptureFixture[str]) -> dict[str, Sent]:
    site.clock.move(days=1, minutes=1)
    sent = {}
    for who, title in TITLES.items():
        sent[who] = await steps.propose(site.somebody(), PLAN, who.split()[0], title)
    await site.deliver()
    for who in ("ana", "bruno"):
        await steps.confirm(site.somebody(), site.post.letters(steps.address(who)))
    carla = await site.signed_in("carla", capsys)
    for one in sent.values():
        await steps.examine(carla, PLAN, one.folio, "admitted")
    site.clock.move(days=9)
    carla = await site.signed_in("carla", capsys)
    here = f"{FORUM}/criteria/filtro"
    await carla.send(here, f"{here}/rounds", closes_at=site.local(site.clock.now + timedelta(days=7)))
    return sent


async def _each_member_scores_alone(site: Site, sent: dict[str, Sent], capsys: pytest.CaptureFixture[str]) -> None:
    """Each declares their interests first; Diego stands aside on Bruno's; Elena's sheets have a voice and no vote."""
    for who, *_ in SEATS:
        member = await site.signed_in(who, capsys)
        await member.open(f"{P}/score/{sent['ana'].folio}")
        assert f'action="{P}/score/{sent["ana"].folio}"' not in member.seen[-1][1]
        interests = "some" if who == "diego" else "none"
        await member.send(f"{P}/score", f"{P}/score/declaration", interests=interests)
        for proposal, one in sent.items():
            here = f"{P}/score/{one.folio}"
            if (who, proposal) == ("diego", POOR):
                kinds = re.findall(r'name="kind" value="(\w+)"', await member.open(here))
                await member.send(here, f"{here}/recusal", kind=kinds[0], note="Trabajo allí.")
                continue
            level = "0" if proposal == POOR else "2"
            words = own_words(who, proposal)
            typed = {"level-value": level, "level-doable": level, "reason-value": words, "reason-doable": words}
            await member.send(here, **{"level-scope": "1", **typed}, then="submit")


async def _nobody_sees_a_score_before_the_close(
    site: Site, sent: dict[str, Sent], capsys: pytest.CaptureFixture[str]
) -> None:
    """The chair and the office see who is done and nothing else; the results are not there for anybody."""
    somebody = site.somebody()
    for path in ("/forum", f"/proposals/{sent['ana'].folio}", "/data"):
        assert "Escrito a solas" not in await somebody.open(P + path)
    await somebody.open(f"{P}/forum/results", 409)
    for who in ("marta", "carla", "nadia"):
        browser = await site.signed_in(who, capsys)
        await browser.open(f"{P}/forum/results", 409)
        if who != "nadia":
            assert "Escrito a solas" not in await browser.open(f"{FORUM}/rounds/filtro")
        one = await browser.open(f"{FORUM}/rounds/filtro/{sent['ana'].folio}", 409)
        assert "Escrito a solas" not in one
    nadia = await browser.open(f"{P}/score/{sent['ana'].folio}")
    assert own_words("nadia", "ana") in nadia
    assert own_words("diego", "ana") not in nadia


async def _the_round_closes_by_the_clock(site: Site, sent: dict[str, Sent]) -> None:
    site.clock.move(days=7)
    do_what_is_due(site.settings, site.database, site.clock)
    results = steps.words_of(await site.somebody().open(f"{P}/forum/results"))
    assert all(one.folio in results for one in sent.values())
    assert results.index(sent["ana"].folio) < results.index(sent[POOR].folio)


def _lines(sent: dict[str, Sent], **outcomes: str) -> dict[str, Typed]:
    typed: dict[str, Typed] = {}
    for who, outcome in outcomes.items():
        folio = sent[who.replace("_", " ")].folio
        typed |= {f"outcome-{folio}": outcome, f"reason-{folio}": REASONS[who.replace("_", " ")]}
    return typed


async def _without_a_quorum_nothing_is_decided(
    site: Site, sent: dict[str, Sent], capsys: pytest.CaptureFixture[str]
) -> None:
    carla = await site.signed_in("carla", capsys)
    at = await _session(carla, site, "Filtro de las propuestas")
    said = await _attendance(carla, at, s1="holder", s2="holder", s5="holder")
    assert "No hay quórum" in said
    here = f"{at}/deciding/filtro"
    refused = steps.words_of(await carla.refused(409, here, **_lines(sent, ana="selected")))
    assert "No hay quórum: 2 de 4" in refused


async def _with_an_alternate_the_forum_decides(
    site: Site, sent: dict[str, Sent], capsys: pytest.CaptureFixture[str]
) -> None:
    """Olga sits in for Nadia. Two go by the rule; leaving it on the third needs a reason of its own."""
    carla = await site.signed_in("carla", capsys)
    at = f"{FORUM}/sessions/2"
    assert "Hay quórum" in await _attendance(carla, at, s1="holder", s2="holder", s3="alternate")
    here = f"{at}/deciding/filtro"
    await carla.send(here, **_lines(sent, ana="selected", bruno="not_selected"))
    leaving = _lines(sent, ana_2="not_selected")
    await carla.refused(422, here, **leaving)
    await carla.send(here, **leaving, **{f"override_reason-{sent['ana 2'].folio}": OVERRIDE})
    await carla.send(at, f"{at}/minutes", minutes="Se decidió sobre las tres propuestas.", then="close")
    assert REASONS["ana"] not in await site.somebody().open(f"{P}/proposals/{sent['ana'].folio}")
    public = steps.words_of(await steps.publish(carla, PLAN, "filtro"))
    assert "De 3 propuestas, 1 sigue" in public
    story = steps.words_of(await site.somebody().open(f"{P}/proposals/{sent['ana 2'].folio}"))
    assert OVERRIDE in story


async def _everybody_is_answered(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    carla, hugo = await site.signed_in("carla", capsys), await site.signed_in("hugo", capsys)
    await steps.draft(carla, PLAN, "filtro")
    await steps.approve_all(hugo, PLAN, "filtro")
    await site.deliver()
    (to_ana,), (to_bruno,) = (steps.answers(site, steps.address(who)) for who in ("ana", "bruno"))
    assert all(to_ana.says(words) for words in (REASONS["ana"], REASONS["ana 2"], OVERRIDE)), to_ana.text
    assert to_bruno.says(REASONS["bruno"]), to_bruno.text
    steps.nothing_is_owed_and_nothing_was_said_twice(site)


async def _the_stage_is_concluded(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    site.clock.move(days=30)
    hugo = await site.signed_in("hugo", capsys)
    for stage in ("consulta", "filtro"):
        await steps.conclude(hugo, PLAN, stage)
