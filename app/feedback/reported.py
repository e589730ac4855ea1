"""What a stage report holds, as data: figures, how people were told, who took part, what was decided, who differed.

No person is named in it, and numbers under five are withheld where they are numbers of people. The figures become part
of the report when it is published; the rows, one for each proposal, stand in its files.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.decisions import queries as decisions
from app.decisions.models import Decision, Undecided
from app.editorial.models import OutreachAct
from app.feedback import queries, questions, rules
from app.forum.models import ForumSession
from app.forum.records import SessionMinutes
from app.forum.rules.minutes import MinutesState
from app.forum.rules.seats import KIND_WORDS, SessionKind
from app.kit.i18n import T, Text
from app.meetings.models import Meeting, Minutes
from app.process.models import Process, Stage, Territory
from app.proposals import queries as proposals
from app.proposals.models import Proposal
from app.trail.rules import instant

MOST_ACTS = 30
MOST_PLACES = 40
MOST_DISSENT = 30
MOST_AGAINST = 50
BATCH = 500
AGAINST_VOICES = {"against", "objects"}
DAYS, MONTHS = 14, 24
"""Answers are told day by day up to so many days, else month by month up to so many months, else year by year."""
UNDECIDED = "undecided"
MOST_UNDECIDED = 100_000


def stage_facts(session: Session, process: Process, stage: Stage) -> dict[str, Any]:
    """The figures of a report: contributions by way, sector and place (small cells withheld), outcomes, answers."""
    counts = proposals.counts_of(session, process.id)
    decided = decisions.figures(session, stage.id)
    went = queries.how_it_went(session, stage.id)
    return {
        "received": sum(counts.values()),
        "states": {state.value: n for state, n in counts.items()},
        "channels": rules.suppressed(_count_by(session, stage, Proposal.channel)),
        "sectors": rules.suppressed(_count_by(session, stage, Proposal.origin_sector)),
        "places": _places(session, stage),
        "people": queries.confirmed_people(session, process.id),
        "opens_at": instant(stage.opens_at) if stage.opens_at else None,
        "closes_at": instant(stage.closes_at) if stage.closes_at else None,
        "outreach": _outreach(session, stage),
        "decided": decided.decided,
        "outcomes": {outcome.value: n for outcome, n in decided.outcomes.items()},
        "reasons": [list(pair) for pair in decided.reasons],
        "without_reason": decided.without_reason,
        "against_rule": decided.against_rule,
        "against": _against(session, stage) if decided.against_rule else [],
        "dissent": _dissent(session, stage),
        "answers": asdict(queries.figures(session, stage.id)),
        "answered": when_answered(moment.astimezone(process.zone).date() for moment in went.closed),
        "median_days": went.median_days,
        "clear": rules.suppressed(Counter({answer.value: n for answer, n in went.clear.items()})),
        "lone": went.lone,
        "questions": questions.figures(session, stage.id).shown(),
    }


FIGURES = (
    *("received", "states", "channels", "sectors", "people", "opens_at", "closes_at", "decided", "outcomes"),
    *("reasons", "without_reason", "against_rule", "answers", "median_days", "clear", "lone", "questions"),
)
"""What of the facts is numbers and dates, and stands in the trail; the rest stands there by its hash."""


def both(said: str | Text, other: str | Text) -> dict[str, str]:
    """A name in both languages."""
    named = {"es": said, "en": other}
    return {language: name.into(language) if isinstance(name, Text) else name for language, name in named.items()}


def _count_by(session: Session, stage: Stage, column: Any) -> dict[str, int]:
    """Proposals of the process by one of their facts."""
    rows = session.execute(select(column, func.count()).where(Proposal.process_id == stage.process_id).group_by(column))
    return {value.value: n for value, n in rows}


def _places(session: Session, stage: Stage) -> list[list[Any]]:
    """Proposals by the place they are about, in the order of the process's list; nothing where it has no places."""
    counted = select(Proposal.territory_id, func.count()).where(Proposal.process_id == stage.process_id)
    counts = {str(key or ""): n for key, n in session.execute(counted.group_by(Proposal.territory_id))}
    here = select(Territory).where(Territory.process_id == stage.process_id, Territory.id.in_(_keys(counts)))
    known = list(session.scalars(here.order_by(Territory.position, Territory.code).limit(MOST_PLACES)))
    if not known:
        return []
    told = {str(place.id): counts[str(place.id)] for place in known}
    rest = sum(counts.values()) - sum(told.values())
    shown = rules.suppressed(told | ({"": rest} if rest else {}))
    names = {str(place.id): both(place.name("es"), place.name("en")) for place in known}
    return [[names.get(key), n] for key, n in shown.items()]


def _keys(counts: dict[str, int]) -> list[uuid.UUID]:
    return [uuid.UUID(key) for key in counts if key]


def _outreach(session: Session, stage: Stage) -> dict[str, Any]:
    """How this stage was announced: what stands for it, or for the whole process, in the register of outreach."""
    here = (
        OutreachAct.process_id == stage.process_id,
        OutreachAct.withdrawn_at.is_(None),
        or_(OutreachAct.stage_id == stage.id, OutreachAct.stage_id.is_(None)),
    )
    rows = select(OutreachAct).where(*here).order_by(OutreachAct.dated_on, OutreachAct.number).limit(MOST_ACTS)
    acts = [
        {
            "number": act.number,
            "on": act.dated_on.isoformat(),
            "to_the": act.dated_to_the.value,
            "what": act.what,
            "groups": list(act.groups),
            "audience": act.audience,
            "channel": act.channel.value,
            "reach": act.reach,
            "is_illustrative": act.is_illustrative,
        }
        for act in session.scalars(rows)
    ]
    total = session.scalar(select(func.count()).select_from(OutreachAct).where(*here)) if acts else 0
    return {"acts": acts, "total": total or 0}


def _against(session: Session, stage: Stage) -> list[dict[str, Any]]:
    """The published decisions that left the rule, each with the reason that was given for it."""
    here = (Decision.stage_id == stage.id, Decision.is_current, Decision.published_at.is_not(None))
    rows = session.execute(
        select(Proposal, Decision)
        .join(Decision, Decision.proposal_id == Proposal.id)
        .where(*here, Decision.follows_rule.is_(False))
        .order_by(Proposal.number)
        .limit(MOST_AGAINST)
    )
    return [
        {"folio": row.folio, "title": row.title, "outcome": taken.outcome.value, "reason": taken.override_reason}
        for row, taken in rows
    ]


def _dissent(session: Session, stage: Stage) -> list[dict[str, Any]]:
    """Who differed where this stage was decided, as published minutes say it: by seat of a forum, or at a meeting."""
    found = [one for told in _minutes(session, stage) for one in _voices(told)]
    meetings = select(Meeting, Minutes.dissent).join(Minutes, Minutes.meeting_id == Meeting.id)
    here = (Meeting.stage_id == stage.id, Minutes.published_at.is_not(None), Minutes.dissent != "")
    rows = session.execute(meetings.where(*here).order_by(Meeting.starts_at, Meeting.id).limit(MOST_DISSENT))
    found += [
        {"where": both(meeting.title_es, meeting.title_en or meeting.title_es), "who": "", "about": "", "said": said}
        for meeting, said in rows
    ]
    return found[:MOST_DISSENT]


def _minutes(session: Session, stage: Stage) -> Iterable[dict[str, Any]]:
    taken_in = select(Decision.session_id).where(
        Decision.stage_id == stage.id, Decision.published_at.is_not(None), Decision.session_id.is_not(None)
    )
    minutes = select(SessionMinutes.content).join(ForumSession, ForumSession.id == SessionMinutes.session_id)
    here = (ForumSession.id.in_(taken_in), SessionMinutes.state == MinutesState.PUBLISHED)
    return session.scalars(minutes.where(*here).order_by(ForumSession.number).limit(MOST_DISSENT))


def _voices(told: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for motion in told.get("motions", []):
        for voice in motion["voices"]:
            if voice["voice"] in AGAINST_VOICES:
                yield {"where": _session(told), "who": voice["name"], "about": motion["text"], "said": voice["reason"]}


def _session(told: dict[str, Any]) -> dict[str, str]:
    name = T("{kind} no. {number}", kind=KIND_WORDS[SessionKind(told["kind"])], number=told["number"])
    return both(name, name)


def when_answered(days: Iterable[date]) -> list[list[Any]]:
    """How many answers were given when: by day, by month where there are many days, by year where many months."""
    exact = Counter(days)
    for length, most in ((10, DAYS), (7, MONTHS), (4, None)):
        told: Counter[str] = Counter()
        for day, n in exact.items():
            told[day.isoformat()[:length]] += n
        if most is None or len(told) <= most:
            return [list(pair) for pair in sorted(told.items())]
    return []


def rows_of(session: Session, process: Process, stage: Stage, at: datetime) -> list[dict[str, Any]]:
    """Every proposal with its outcome and its reason, as they stood at an instant, in the order of folios."""
    bodies = {body.id: both(body.name("es"), body.name("en")) for body in decisions.bodies_of(session, process.id)}
    found: list[tuple[int, dict[str, Any]]] = []
    after = 0
    while page := decisions.decided_as_of(session, stage.id, at, after=after, limit=BATCH):
        found += [(row.number, _row(row, taken, bodies[taken.body_id])) for row, taken in page]
        after = page[-1][0].number
    known = {number for number, _ in found}
    found += [
        (row.number, _open(row, noted))
        for row, noted in undecided(session, stage, at, MOST_UNDECIDED)
        if row.number not in known
    ]
    return [row for _, row in sorted(found, key=lambda pair: pair[0])]


def undecided(session: Session, stage: Stage, at: datetime, limit: int) -> list[tuple[Proposal, Undecided]]:
    """What the stage had left without a decision at an instant, with the public reason."""
    rows = decisions.left_undecided(session, stage.id, limit)
    return [(row, noted) for row, noted in rows if noted.at <= at]


def _row(proposal: Proposal, taken: Decision, body: dict[str, str]) -> dict[str, Any]:
    return {
        "folio": proposal.folio,
        "title": proposal.title,
        "outcome": taken.outcome.value,
        "codes": list(taken.reason_codes),
        "reason": taken.reason.strip(),
        "override": taken.override_reason.strip() if taken.follows_rule is False else "",
        "decided_at": instant(taken.decided_at),
        "known_to": taken.known_to,
        "body": body,
        "session": taken.session_name,
        "act": taken.act_number,
        "provenance": taken.provenance.value,
    }


def _open(proposal: Proposal, noted: Undecided) -> dict[str, Any]:
    """A proposal the stage left without a decision, with the public reason."""
    return {
        "folio": proposal.folio,
        "title": proposal.title,
        "outcome": UNDECIDED,
        "codes": [],
        "reason": noted.reason.strip(),
        "override": "",
        "decided_at": instant(noted.at),
        "known_to": "day",
        "body": {"es": "", "en": ""},
        "session": "",
        "act": "",
        "provenance": "native",
    }
