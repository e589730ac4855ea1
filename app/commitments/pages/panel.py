"""The tracking panel for everybody: the plan in one round as a picture and a table, and each commitment's story."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from app.commitments import words
from app.commitments.doors import is_read_by_all
from app.commitments.models import Commitment, CommitmentText, MonitoringRound, ProgressReport
from app.commitments.queries import comments, progress, rounds
from app.commitments.queries import commitments as queries
from app.commitments.queries.progress import Line
from app.commitments.rules import plan as plan_rules
from app.commitments.rules.milestones import TIMING_WORDS, Timing
from app.commitments.rules.plan import PUBLIC
from app.commitments.rules.progress import RATING_WORDS, SOURCE_WORDS, STATUS_WORDS, WARNING_WORDS, Source
from app.kit.errors import NotFound
from app.kit.i18n import T, Text
from app.people.rules import Permission
from app.process.doors import standing
from app.process.models import Process
from app.proposals import words as proposal_words
from app.trail import queries as trail
from app.web.edge import PUBLIC as EVERYBODY
from app.web.edge import Router
from app.web.view import View

router = Router()
LOOK_OF_TIMING = {
    Timing.DONE: "good",
    Timing.ON_TIME: "plain",
    Timing.AT_RISK: "wait",
    Timing.LATE: "bad",
    Timing.UNDATED: "plain",
}


@router.page("/p/{slug}/commitments", may=EVERYBODY, kept=True)
def panel(view: View, slug: str, round: int | None = None) -> Response:  # noqa: A002 - as the address says it
    """Every commitment with what was reported and what follows from its milestones, in the newest or a chosen round."""
    process = standing(view, slug)
    known = rounds.rounds_of(view.session, process.id)
    chosen = next((one for one in known if one.number == round), None) if round is not None else None
    if round is not None and chosen is None:
        raise NotFound
    shown = chosen or (known[0] if known else None)
    told = progress.panel(view.session, process, shown, view.now)
    return view.render(
        "commitments/panel.html",
        process=process,
        panel=told,
        rounds=[(one, words.say_round(one, view.variant)) for one in known],
        rows=[row_of(view, line, told.round) for line in told.lines],
        plan={
            "reported": words.say_plan(told.reported, view.variant),
            "computed": words.say_plan(told.computed, view.variant),
        },
        ratings=RATING_WORDS,
        may_write=view.actor.may(Permission.WRITE_COMMITMENTS, process.id),
    )


def row_of(view: View, line: Line, of: MonitoringRound | None = None) -> dict[str, Any]:
    """One commitment of the panel as its template needs it: figures in words, ends of the bars, what warns."""
    return {
        "line": line,
        "title": line.commitment.title(view.language),
        "reported": words.say_reported(line.reported, view.variant, is_told=of is not None and of.is_reported),
        "computed": words.say_computed(line.computed, view.variant),
        "look": words.LOOKS[line.rating] if line.rating else "plain",
        "rating": RATING_WORDS[line.rating] if line.rating else None,
        "warning": WARNING_WORDS[line.warning] if line.warning else None,
        "late": line.count(Timing.LATE),
        "at_risk": line.count(Timing.AT_RISK),
        "bars": [
            {"kind": kind, "from": float(reach.low), "wide": max(float(reach.high - reach.low), 0.0)}
            for kind, reach in (("reported", line.reported), ("computed", line.computed))
            if reach is not None
        ],
    }


def shown(view: View, slug: str, number: int) -> tuple[Process, Commitment]:
    """A commitment of the plan for everybody; a draft only for those who write the plan."""
    process = standing(view, slug)
    found = queries.numbered(view.session, process.id, number)
    if found.state not in PUBLIC and not view.actor.may(Permission.WRITE_COMMITMENTS, process.id):
        raise NotFound
    return process, found


@router.page("/p/{slug}/commitments/{number}", may=EVERYBODY, kept=True)
def commitment(view: View, slug: str, number: int) -> Response:
    """One commitment with its story: where it comes from, who decided, what was reported, what was changed and why."""
    process, found = shown(view, slug, number)
    lead = queries.organisation_name(view.session, found.lead_id)
    story = progress.story_of(view.session, process, found, lead, view.now)
    sources = queries.sources_of(view.session, found.id)
    entries = trail.about(view.session, process.id, found.subject.name, 100)
    text = queries.text_of(view.session, found)
    indicators = queries.indicators_of(view.session, found.id)
    return view.render(
        "commitments/commitment.html",
        process=process,
        commitment=found,
        lead=lead,
        text=text,
        is_read_by_all=found.state not in PUBLIC and is_read_by_all(view, process),
        companion=queries.organisation_name(view.session, found.companion_id),
        story=story,
        row=row_of(view, story.now, story.rounds[0][0] if story.rounds else None),
        history=[(one, row_of(view, line, one)) for one, line in story.rounds],
        round_names=[words.say_round(one, view.variant) for one, _ in story.rounds],
        steps=[_step(view, step) for step in story.now.steps],
        amended=[(one, some) for one, some in story.versions if len(some) > 1],
        sources=sources,
        decided=queries.plan_decisions(view.session, [proposal.id for _, proposal in sources]),
        leads=queries.leads_of(view.session, found.id),
        actors=queries.actors_of(view.session, found.id),
        indicators=indicators,
        missing=_missing(found, text.sections, story, indicators),
        continuity=queries.continuity_of(view.session, found.id),
        entries=entries,
        views=[(SOURCE_WORDS[source], told(view, story.now.reports.get(source))) for source in Source],
        doors=_doors(view, found, story),
        sector=proposal_words.SECTORS[found.origin_sector],
        words=_WORDS,
    )


def _doors(view: View, found: Commitment, story: progress.Story) -> list[tuple[str, Text]]:
    """Where whoever reads this may report, comment or validate, while a round is open."""
    here = f"/p/{view.process.slug}/commitments/{found.number}" if view.process else ""
    if not story.rounds or not story.rounds[0][0].is_open:
        return []
    doors: list[tuple[str, Text]] = []
    if view.actor.may(Permission.REPORT_PROGRESS, found.process_id):
        words_of = {Source.INSTITUTION: T("Report"), Source.COUNTERPART: T("Comment as its counterpart")}
        doors += [
            (f"{here}/report/{source}", word)
            for source, word in words_of.items()
            if queries.speaks_for(view.session, view.actor, found, source)
        ]
    if view.actor.may(Permission.VALIDATE_PROGRESS, found.process_id):
        doors.append((f"{here}/validation", T("Write down the forum's validation")))
    return doors


_WORDS: dict[str, Any] = {
    "standing": plan_rules.STANDING_WORDS,
    "sections": plan_rules.SECTIONS,
    "parts": plan_rules.PART_WORDS,
    "levels": plan_rules.LEVEL_WORDS,
    "at_the_end": plan_rules.AT_THE_END,
    "values": proposal_words.VALUES,
}


def _missing(found: Commitment, sections: dict[str, Any], story: progress.Story, indicators: list[Any]) -> list[Any]:
    return plan_rules.missing(
        plan_rules.Told(
            has_lead=found.lead_id is not None,
            sections={name: str(said) for name, said in sections.items()},
            milestones=[(s.version.post, s.version.deliverable, s.version.due_on is not None) for s in story.now.steps],
            levels=[indicator.level for indicator in indicators],
        )
    )


def told(view: View, report: ProgressReport | None) -> dict[str, Any] | None:
    """What one source said, in words."""
    if report is None:
        return None
    return {
        "report": report,
        "status": STATUS_WORDS[report.status] if report.status else None,
        "figure": words.say(report.reach, view.variant, 2) if (report.low or report.high) else None,
    }


def _step(view: View, step: progress.Step) -> dict[str, Any]:
    return {
        "step": step,
        "views": [
            (SOURCE_WORDS[source], told(view, step.reports.get(source)))
            for source in Source
            if source is Source.INSTITUTION or source in step.reports
        ],
        "timing": TIMING_WORDS[step.timing],
        "look": LOOK_OF_TIMING[step.timing],
    }


def _versions_shown(view: View, slug: str, number: int) -> tuple[Process, Commitment, list[CommitmentText]]:
    """A commitment with the versions whoever reads may see: of a draft those it was commented on in, and later ones."""
    process = standing(view, slug)
    found = queries.numbered(view.session, process.id, number)
    if view.actor.may(Permission.WRITE_COMMITMENTS, process.id):
        return process, found, queries.texts_of(view.session, found.id)
    stage = comments.stage_of(view.session, process.id, view.now)
    if found.state not in PUBLIC and not comments.is_shown(stage, found, view.now):
        raise NotFound
    return process, found, comments.public_texts(view.session, stage, found)


@router.page("/p/{slug}/commitments/{number}/versions", may=EVERYBODY, kept=True)
def versions(view: View, slug: str, number: int, one: int | None = None, other: int | None = None) -> Response:
    """Two versions of a commitment's text side by side, the newest and the one before unless others are asked for."""
    process, found, texts = _versions_shown(view, slug, number)
    by_number = {text.number: text for text in texts}
    right = by_number.get(other or found.text_version)
    left = by_number.get(one or max((other or found.text_version) - 1, min(by_number)))
    if left is None or right is None:
        raise NotFound
    names = [("title", None), ("summary", None), *plan_rules.SECTIONS.items()]
    compared = []
    for name, label in names:
        before, after = _section(left, name), _section(right, name)
        if before or after:
            compared.append((name, label, before, after, plan_rules.changed(before, after)))
    return view.render(
        "commitments/versions.html",
        process=process,
        commitment=found,
        texts=texts,
        left=left,
        right=right,
        compared=compared,
        is_draft=found.state not in PUBLIC,
    )


def _section(text: Any, name: str) -> str:
    if name == "title":
        return str(text.title_es)
    return str(text.summary_es) if name == "summary" else str(text.sections.get(name, ""))
