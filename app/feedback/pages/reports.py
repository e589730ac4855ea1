"""What we did with what you proposed: the public report of each stage, and publishing it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from app.decisions import queries as decisions
from app.decisions.models import Decision
from app.decisions.rules import OUTCOME_WORDS, REASON_CODES, Outcome, going
from app.documents import queries as documents
from app.documents.models import Document
from app.duties import promises
from app.editorial.rules.outreach import AUDIENCE_WORDS, CHANNEL_WORDS, Audience, OutreachChannel
from app.feedback import actions, queries, questions, report_files, reported
from app.feedback.models import StageReport
from app.feedback.report_wording import LEFT_UNDECIDED, WITHHELD, day_of, outcome_word, places_said
from app.feedback.rules import CLEAR_WORDS, Clear
from app.kit.errors import NotFound
from app.kit.i18n import T, Text, Tn
from app.people.rules import OriginSector, Permission
from app.process import queries as processes
from app.process.doors import standing
from app.process.models import Process, Stage
from app.proposals.models import Proposal
from app.proposals.rules import Channel, Provenance
from app.proposals.words import CHANNELS, PROVENANCE_WORDS, SECTORS
from app.web.downloads import Download, handed_out
from app.web.edge import PUBLIC, Router
from app.web.hops import Length
from app.web.view import View

router = Router()
PAGE = 50


@router.page("/p/{slug}/feedback", may=PUBLIC, kept=True)
def index(view: View, slug: str) -> Response:
    """The reports of every stage that owed somebody an answer, with how many were given."""
    process = standing(view, slug)
    rows = [
        {
            "stage": stage,
            "name": stage.name(view.language),
            "figures": queries.figures(view.session, stage.id),
            "report": next(iter(queries.reports_of(view.session, stage.id)), None),
        }
        for stage in queries.stages_told(view.session, process.id)
    ]
    return view.render("feedback/index.html", process=process, rows=rows)


@router.page("/p/{slug}/feedback/{stage}", may=PUBLIC, kept=True)
def report(view: View, slug: str, stage: str, version: int | None = None, after: int = 0) -> Response:
    """One stage's report: the newest version, an earlier one, or the figures of this moment before any."""
    process = standing(view, slug)
    row = processes.stage_named(view.session, process.id, stage)
    published = queries.reports_of(view.session, row.id)
    chosen = next((one for one in published if version in {None, one.version}), None)
    if version is not None and chosen is None:
        raise NotFound
    today = queries.figures(view.session, row.id)
    if chosen is None and not _may_be_told(view, row, today):
        raise NotFound
    facts = chosen.facts if chosen else reported.stage_facts(view.session, process, row)
    at = chosen.at if chosen else view.now
    table = decisions.decided_as_of(view.session, row.id, at, after=after, limit=PAGE + 1)
    return view.render(
        "feedback/report.html",
        process=process,
        stage=row,
        name=row.name(view.language),
        report=chosen,
        published=published,
        facts=facts,
        said=_said(facts, at),
        told=_told(facts, view.language),
        answers=queries.Figures(**facts["answers"]),
        promised=promises.told(promises.of_stage(view.session, row.id), process.zone, today.owed),
        today=today if chosen else None,
        asked=questions.figures(view.session, row.id).shown(),
        is_behind=chosen is not None and _is_behind(view, row, published[0]),
        table=table[:PAGE],
        following=_following(chosen, table),
        left=reported.undecided(view.session, row, at, PAGE) if len(table) <= PAGE else [],
        left_word=LEFT_UNDECIDED,
        outcome_words=OUTCOME_WORDS,
        known_words={known: word for known, word in PROVENANCE_WORDS.items() if known is not Provenance.NATIVE},
        code_words=REASON_CODES,
        **_may_publish(view, process, row),
    )


def _may_be_told(view: View, stage: Stage, today: queries.Figures) -> bool:
    return bool(
        today.total or decisions.last_edition(view.session, stage.id) or queries.may_be_told(view.session, stage)
    )


def _is_behind(view: View, stage: Stage, newest: StageReport) -> bool:
    """Whether decisions were published after the newest version of the report."""
    editions = decisions.publications_of(view.session, stage.id)
    return bool(editions) and editions[-1].at > newest.at


def _following(chosen: StageReport | None, table: list[tuple[Proposal, Decision]]) -> str:
    """Where the table goes on, in the same version."""
    if len(table) <= PAGE:
        return ""
    kept = {"version": chosen.version} if chosen else {}
    return urlencode(kept | {"after": table[PAGE - 1][0].number})


def _may_publish(view: View, process: Process, stage: Stage) -> dict[str, Any]:
    del stage
    return {"may_publish": view.actor.may(Permission.PUBLISH_DECISIONS, process.id)}


def _said(facts: dict[str, Any], at: datetime) -> dict[str, Any]:
    """The figures with their words, for bars and tables, as seen from the moment they are of."""
    opens_at, closes_at = _moment(facts["opens_at"]), _moment(facts["closes_at"])
    n = going({Outcome(outcome): count for outcome, count in facts["outcomes"].items()})
    return {
        "channels": [(CHANNELS[Channel(key)], _count(n)) for key, n in facts["channels"].items()],
        "sectors": [(SECTORS[OriginSector(key)], _count(n)) for key, n in facts["sectors"].items()],
        "outcomes": [(OUTCOME_WORDS[Outcome(key)], n, key) for key, n in facts["outcomes"].items()],
        "reasons": [(REASON_CODES[code], n, code) for code, n in facts["reasons"] if code in REASON_CODES],
        "clearness": [(CLEAR_WORDS[Clear(key)], _count(n)) for key, n in facts["clear"].items()],
        "sentence": _how_many(facts["decided"], n),
        "go_on": n,
        "opens_at": opens_at,
        "closes_at": closes_at,
        "is_ahead": {"opens": bool(opens_at and opens_at > at), "closes": bool(closes_at and closes_at > at)},
        "is_withheld": None in [n for name in ("channels", "sectors", "clear") for n in facts[name].values()]
        or any(n is None for _, n in facts.get("places", [])),
    }


def _told(facts: dict[str, Any], language: str) -> dict[str, Any]:
    """What later versions tell besides: how people were told, what places, when they were answered, who differed.

    A version that was published before this was told has none of it.
    """
    outreach = facts.get("outreach", {"acts": [], "total": 0})
    return {
        "acts": [
            act
            | {
                "on": date.fromisoformat(act["on"]),
                "groups": [AUDIENCE_WORDS[Audience(group)] for group in act["groups"]],
                "channel": CHANNEL_WORDS[OutreachChannel(act["channel"])],
            }
            for act in outreach["acts"]
        ],
        "more_acts": outreach["total"] - len(outreach["acts"]),
        "places": places_said(facts, language),
        "answered": [(*day_of(said), n) for said, n in facts.get("answered", [])],
        "against": [row | {"outcome": outcome_word(row["outcome"])} for row in facts.get("against", [])],
        "dissent": [row | {"where": row["where"][language]} for row in facts.get("dissent", [])],
    }


def _how_many(decided: int, n: int) -> Text:
    if decided == 1:
        return (
            T("One proposal was decided on, and it went on.")
            if n
            else T("One proposal was decided on; it did not go on.")
        )
    return Tn(
        "Of {all} proposals decided on, {count} went on.",
        "Of {all} proposals decided on, {count} went on.",
        n,
        all=decided,
    )


def _count(n: int | None) -> Any:
    return WITHHELD if n is None else n


def _moment(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said else None


def _draw(view: View, slug: str, stage: str) -> Any:
    """Set the files before the transaction begins, where the report may be published at all."""
    process = standing(view, slug)
    view.require(Permission.PUBLISH_DECISIONS, process.id)
    row = processes.stage_named(view.session, process.id, stage)
    words = actions.report_words(view.session, row, {name: view.typed(name) for name in report_files.WORDS})
    return report_files.drawn(view.session, process, row, words, (view.now, view.house.settings.base_url))


@router.act(
    "/p/{slug}/feedback/{stage}/report",
    may=Permission.PUBLISH_DECISIONS,
    again=report,
    prepare=_draw,
    length=Length.LONG,
)
def publish(view: View, slug: str, stage: str) -> Response:
    """Publish the report as it stands now, with its files."""
    process = standing(view, slug)
    row = processes.stage_named(view.session, process.id, stage)
    actions.publish_report(view.work, process, row, view.prepared)
    return view.see_other(f"/p/{slug}/feedback/{stage}", T("The report is public as it stands here."))


@router.page("/p/{slug}/feedback/{stage}/report.pdf", may=PUBLIC)
def pdf(view: View, slug: str, stage: str, version: int | None = None) -> Response:
    """A published version as a tagged PDF in the language of the address."""
    name = "pdf_en_id" if view.language == "en" else "pdf_es_id"
    return _file(view, (slug, stage, version), name, "application/pdf")


@router.page("/p/{slug}/feedback/{stage}/proposals.csv", may=PUBLIC)
def annex(view: View, slug: str, stage: str, version: int | None = None) -> Response:
    """Every proposal of a published version with its outcome and its reason."""
    return _file(view, (slug, stage, version), "csv_id", "text/csv; charset=utf-8")


def _file(view: View, at: tuple[str, str, int | None], name: str, media_type: str) -> Response:
    """One file as it was kept when its version was published."""
    slug, stage, version = at
    process = standing(view, slug)
    row = processes.stage_named(view.session, process.id, stage)
    published = queries.reports_of(view.session, row.id)
    chosen = next((one for one in published if version in {None, one.version}), None)
    key = getattr(chosen, name) if chosen else None
    document = view.session.get(Document, key) if key else None
    if document is None:
        raise NotFound
    file = Download(f"{process.slug}-{document.name}", media_type, document.sha256, is_public=True)
    return handed_out(view, file, lambda: documents.content_of(view.session, document))
