"""How the filter of the fifth plan would have read by score sheets: criteria, and the sheets of five seats.

The report says only that the criteria were agreed on 8 September 2020, the day after the consultation closed, and that
53 of 81 went on. Criteria, scores, the seat that stands aside and every reason are made up.
"""

from __future__ import annotations

import json
from decimal import Decimal

from app.demo.fifth_plan.beginning import midnight
from app.demo.fifth_plan.proposing import entered
from app.demo.fifth_plan.telling import HERE, facts, proposals
from app.forum import actions as forum
from app.forum.actions import ToldRecusal, ToldRound, ToldSheet
from app.forum.actions.criteria import Thresholds
from app.forum.rules.scoring import CriterionKind, CriterionText, Level, ReasonRule, RecusalKind, parse_levels
from app.process import queries as processes
from app.process.models import Process
from app.proposals.rules import Precision, Provenance
from app.work import Work

KNOWN = (Precision.DAY, Provenance.ILLUSTRATIVE)
NOTHING = "-"
YES_NO = parse_levels("0 | No | No\n1 | Sí | Yes")
LEVELS = parse_levels("0 | No | No\n1 | En parte | In part\n2 | Bastante | Mostly\n3 | Del todo | Fully")
REQUIREMENT = (CriterionKind.KNOCKOUT, YES_NO)
SCALE = (CriterionKind.SCORED, LEVELS)


def _criterion(
    key: str,
    titles: tuple[str, str],
    kind: tuple[CriterionKind, tuple[Level, ...]],
    weight: int,
    about: tuple[str, str],
) -> CriterionText:
    """One criterion; its lowest level owes a reason."""
    return CriterionText(
        key=key,
        title_es=titles[0],
        title_en=titles[1],
        help_es=about[0],
        help_en=about[1],
        kind=kind[0],
        levels=kind[1],
        weight=Decimal(weight),
        reason_rule=ReasonRule.AT_OR_BELOW,
        reason_level=Decimal(0),
        reason_min_chars=20,
    )


CRITERIA = (
    _criterion(
        "materia",
        ("Es materia de gobierno abierto", "It is a matter of open government"),
        REQUIREMENT,
        0,
        (
            "Abre información, decisiones o cuentas públicas, o mejora cómo se participa.",
            "It opens public information, decisions or accounts, or improves how people take part.",
        ),
    ),
    _criterion(
        "competencia",
        ("Una institución del proceso puede hacerlo", "An institution of the process may do it"),
        REQUIREMENT,
        0,
        (
            "La ley lo permite y no depende de otro poder.",
            "The law allows it and it does not depend on another branch.",
        ),
    ),
    _criterion("valor", ("Cambia algo para las personas", "It changes something for people"), SCALE, 2, ("", "")),
    _criterion("factible", ("Se puede hacer en dos años", "It can be done in two years"), SCALE, 1, ("", "")),
    _criterion(
        "claridad",
        ("Dice qué se haría y cómo se sabría", "It says what would be done and how one would know"),
        SCALE,
        1,
        ("", ""),
    ),
)
WHY = {
    "materia": "Trata de un servicio o de una obra, y no de abrir información o decisiones.",
    "competencia": "Lo impide una ley, o lo decide otro poder y no una institución de este proceso.",
    "valor": "No se ve qué cambiaría para quienes viven el problema.",
    "factible": "Con los medios que hay no alcanza a hacerse en dos años.",
    "claridad": "No dice qué se haría, quién lo haría ni cómo se sabría.",
}
ASIDE = "Ilustrativo: quien ocupara este asiento vendría de la misma universidad que la propuesta."


def adopt(work: Work, process: Process) -> None:
    """Write the criteria down with the day on which the report says they were agreed."""
    stage = processes.stage_named(work.session, process.id, "filtro")
    draft = forum.begin_set(work, process, stage)
    for text in CRITERIA:
        forum.add_criterion(work, process, draft, text)
    forum.set_thresholds(work, process, draft, Thresholds())
    told = next(told for told in facts()["stages"] if told["kind"] == "filter")
    forum.write_down_adoption(work, process, draft, midnight(told["criteria_adopted_on"], process.zone), KNOWN)


def score(work: Work, process: Process) -> None:
    """Write down the sheets of five seats on each of the 81, and the one that stands aside."""
    stage = processes.stage_named(work.session, process.id, "filtro")
    told = next(told for told in facts()["stages"] if told["kind"] == "filter")
    begins = midnight(told["criteria_adopted_on"], process.zone)
    folios = [proposal.folio for proposal in entered(work, process)]
    given = [(folio, line.split()) for folio, line in zip(folios, _lines(), strict=True)]
    sheets = [
        ToldSheet(folio, seat, *_sheet(marks))
        for folio, seats in given
        for seat, marks in enumerate(seats, start=1)
        if marks != NOTHING
    ]
    aside = [
        ToldRecusal(folio, seat, RecusalKind.INSTITUTION, ASIDE)
        for folio, seats in given
        for seat, marks in enumerate(seats, start=1)
        if marks == NOTHING
    ]
    ends = midnight(told["criteria_adopted_on"], process.zone, after=21)
    made = ToldRound(begins, ends, sheets, aside, "ilustrativo", Provenance.ILLUSTRATIVE)
    forum.write_down_round(work, process, stage, made)


def _lines() -> list[str]:
    """Per proposal the five sheets, each the levels in the order of the criteria; a dash where a seat stands aside."""
    lines: list[str] = json.loads((HERE / "scores.json").read_text("utf-8"))
    if len(lines) != len(proposals()):
        raise ValueError("there are not as many lines of scores as proposals")
    return lines


def _sheet(marks: str) -> tuple[dict[str, str], dict[str, str]]:
    levels = dict(zip((text.key for text in CRITERIA), marks, strict=True))
    return levels, {key: WHY[key] for key, mark in levels.items() if mark == "0"}
