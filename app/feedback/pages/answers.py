"""What the office owes at a stage: figures, drafting and approving together, settling what no letter can answer."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import select
from starlette.responses import Response

from app.decisions import queries as decisions
from app.duties import promises
from app.duties.rules import SettledBecause
from app.feedback import actions, letter_texts, looks, paper_letters, queries, questions, rules
from app.feedback.models import Letter
from app.feedback.rules import AT_ONCE, BLOCKED_WORDS, LONE_WAIT, PAUSED_BY, STATE_WORDS
from app.kit.errors import Invalid, NotFound
from app.kit.i18n import T, Text, Tn
from app.mail import pausing
from app.mail.rules import OutboxState
from app.people import queries as people
from app.people.rules import Permission
from app.process import queries as processes
from app.process.doors import standing
from app.process.kinds import StageKind
from app.process.models import Process, Stage
from app.process.rules import parse_local
from app.web.downloads import Download, handed_out
from app.web.edge import Router
from app.web.hops import Length
from app.web.view import View
from app.work import jobs
from app.work.models import Job, JobState

router = Router()

KIND_WORDS: dict[str, Text] = {
    "draft": T("To approve"),
    "blocked": T("Blocked"),
    "approved": T("Already approved"),
    "hand": T("To hand over"),
    "returned": T("Came back"),
    "unknown": T("In doubt"),
    "all": T("All"),
}
SENT_WORDS: dict[OutboxState, Text] = {
    OutboxState.DRAFT: T("waits for the look at the first"),
    OutboxState.READY: T("waiting to be sent"),
    OutboxState.CLAIMED: T("being sent"),
    OutboxState.ATTEMPTING: T("being sent"),
    OutboxState.RETRY_WAIT: T("will be tried again"),
    OutboxState.ACCEPTED: T("accepted by the mail provider"),
    OutboxState.DELIVERED: T("delivered"),
    OutboxState.BOUNCED: T("came back"),
    OutboxState.DROPPED: T("not delivered"),
    OutboxState.FAILED: T("could not be sent"),
    OutboxState.COMPLAINED: T("delivered, marked as unwanted"),
    OutboxState.UNKNOWN: T("in doubt: a person has to look"),
    OutboxState.CANCELLED: T("taken back"),
}
SETTLED_WORDS: dict[SettledBecause, Text] = {
    SettledBecause.NO_ADDRESS: T("No way to reach the person"),
    SettledBecause.TRIED_ANOTHER_WAY: T("It came back, and another way was tried"),
    SettledBecause.WITHDREW: T("The person withdrew"),
    SettledBecause.UNKNOWN_REVIEWED: T("In doubt, and reviewed by a person"),
}
FIGURE_WORDS: list[tuple[str, Text]] = [
    ("owed", T("Answers owed, one for each person and proposal")),
    ("drafted", T("Letters drafted, one for each person")),
    ("approved", T("Letters approved")),
    ("accepted", T("Accepted by the mail provider")),
    ("delivered", T("Delivered, as far as the provider says")),
    ("handed_over", T("handed over")),
    ("bounced", T("Came back")),
    ("unknown", T("in doubt")),
    ("settled", T("settled without a letter")),
]
PAGE = 50
MOST_NAMES = 5
ANEW = "anew"
MOST_FILES = 10
JOB_WORDS = {"feedback.draft": T("Letters are being drafted"), "feedback.approve": T("Letters are being approved")}


def _place(view: View, slug: str, stage: str) -> tuple[Process, Stage]:
    process = standing(view, slug)
    view.require(Permission.APPROVE_ANSWERS, process.id)
    return process, processes.stage_named(view.session, process.id, stage)


@router.page("/p/{slug}/office/answers", may=Permission.APPROVE_ANSWERS)
def stages(view: View, slug: str) -> Response:
    """The stages that owe answers, with their figures."""
    process = standing(view, slug)
    view.require(Permission.APPROVE_ANSWERS, process.id)
    rows = [
        (stage, stage.name(view.language), queries.figures(view.session, stage.id))
        for stage in queries.stages_with_duties(view.session, process.id)
    ]
    held = [one for one in pausing.standing(view.session, [process.id]) if one.stage_id is None]
    return view.render("feedback/stages.html", process=process, rows=rows, pauses=held, paused_by=PAUSED_BY)


@router.page("/p/{slug}/office/answers/{stage}", may=Permission.APPROVE_ANSWERS)
def answers(view: View, slug: str, stage: str, kind: str = "draft", after: uuid.UUID | None = None) -> Response:
    """What is owed and since when, what was drafted, approved, accepted, came back; each apart."""
    process, row = _place(view, slug, stage)
    if kind not in queries.KINDS:
        raise NotFound
    lines = queries.letters_of(view.session, row.id, kind, after, PAGE + 1)
    return view.render(
        "feedback/answers.html",
        block="work",
        process=process,
        stage=row,
        name=row.name(view.language),
        figures=queries.figures(view.session, row.id),
        words=FIGURE_WORDS,
        went=queries.how_it_went(view.session, row.id),
        waiting=queries.count_awaiting(view.session, row.id),
        lines=lines[:PAGE],
        barred={line.letter.id: why for line in lines[:PAGE] if (why := why_not(view, process, line.letter))},
        approvable=len(queries.to_approve_by(view.session, row.id, view.actor.person_id, AT_ONCE)),
        still_owed=_still_owed(view, row),
        asked=_asked(view, process, row),
        promise=promises.in_force(promises.of_stage(view.session, row.id)),
        paper=_paper(view, process, row) if kind == "hand" else [],
        more=lines[PAGE - 1].letter.id if len(lines) > PAGE else None,
        kind=kind,
        kinds=KIND_WORDS,
        without=queries.owed_without_letter(view.session, row.id) if kind == "draft" else [],
        job=running(view, row),
        job_words=JOB_WORDS,
        **_held_back(view, process, row),
        **_texts(view, process, row),
        **_words(view, process),
    )


def _texts(view: View, process: Process, stage: Stage) -> dict[str, Any]:
    """For whoever drafts where decisions are taken: which drafts are older than a text, which reasons serve several."""
    if not letter_texts.outcomes_of(stage) or not view.actor.may(Permission.DRAFT_ANSWERS, process.id):
        return {"has_texts": False, "older": 0, "shared": None}
    shared, reasons = decisions.shared_reasons(view.session, stage.id)
    return {
        "has_texts": True,
        "older": letter_texts.count_older(view.session, stage.id),
        "shared": Tn(
            "{shared} of {count} reason stands at more than one proposal.",
            "{shared} of {count} reasons stand at more than one proposal.",
            reasons,
            shared=shared,
        )
        if shared
        else None,
    }


def _held_back(view: View, process: Process, stage: Stage) -> dict[str, Any]:
    """What waits here because somebody said so, and what may still be held back."""
    look = looks.waiting(view.session, stage.id)
    return {
        "pauses": looks.pauses_of(view.session, process.id, stage.id),
        "look": look,
        "look_title": Tn("{count} letter waits for a look", "{count} letters wait for a look", look.waiting)
        if look
        else None,
        "unsent": looks.unsent(view.session, stage.id),
        "paused_by": PAUSED_BY,
    }


@router.page("/p/{slug}/office/answers/{stage}/letters.pdf", may=Permission.SEE_CONTACTS, length=Length.LONG)
def on_paper(view: View, slug: str, stage: str, after: uuid.UUID | None = None) -> Response:
    """The letters that are to be handed over, as one PDF to print, a hundred at a time; it hands none of them over."""
    process, row = _place(view, slug, stage)
    view.require(Permission.SEE_CONTACTS, process.id)
    letters = paper_letters.to_print(view.session, row, after)
    if not letters:
        raise NotFound
    sheet = paper_letters.sheet(view.session, process, letters)
    name = f"{process.slug}-{row.slug}-{letters[0].folios[0]}.pdf"
    file = Download(name, "application/pdf", hashlib.sha256(sheet).hexdigest())
    return handed_out(view, file, lambda: paper_letters.printed(sheet))


def _asked(view: View, process: Process, stage: Stage) -> tuple[int, datetime | None] | None:
    """How many questions wait and since when, for whoever may read them."""
    if not questions.may_answer(view.session, view.actor, process, stage):
        return None
    return questions.count_open(view.session, stage.id)


def _still_owed(view: View, stage: Stage) -> Text | None:
    persons, subjects = queries.still_owed(view.session, stage.id)
    if not persons:
        return None
    return T(
        "Still to be answered: {persons}, about {subjects}. Each person gets one letter.",
        persons=Tn("{count} person", "{count} persons", persons),
        subjects=Tn("{count} comment", "{count} comments", subjects)
        if stage.kind is StageKind.DRAFT_COMMENT
        else Tn("{count} proposal", "{count} proposals", subjects),
    )


def others_of(view: View, process: Process) -> list[str]:
    """The names of everybody else who may approve answers here, asked once for a page."""
    if "approvers" not in view.request.scope:
        me = view.actor.person_id
        found = people.others_who_may(view.session, Permission.APPROVE_ANSWERS, process.id, me, view.now)
        view.request.scope["approvers"] = sorted(person.name for person in found)
    names: list[str] = view.request.scope["approvers"]
    return names


def why_not(view: View, process: Process, letter: Letter) -> Text | None:
    """Why whoever looks at this draft may not approve it, if so."""
    alone = not others_of(view, process)
    return rules.why_not_approve(letter.hands, view.actor.person_id, view.now, is_alone=alone)


def _paper(view: View, process: Process, stage: Stage) -> list[uuid.UUID | None]:
    """After which letters each file of a hundred begins, for whoever may see where they go; none beyond ten files."""
    if not view.actor.may(Permission.SEE_CONTACTS, process.id):
        return []
    begins: list[uuid.UUID | None] = [None]
    keys = queries.keys_to_hand_over(view.session, stage.id, paper_letters.AT_ONCE * MOST_FILES)
    begins += keys[paper_letters.AT_ONCE - 1 : -1 : paper_letters.AT_ONCE]
    return begins if keys else []


def _words(view: View, process: Process) -> dict[str, Any]:
    others = others_of(view, process)
    return {
        "is_alone": not others,
        "others": ", ".join(others[:MOST_NAMES]),
        "lone_hours": int(LONE_WAIT.total_seconds() // 3600),
        "at_once": AT_ONCE,
        "me": view.actor.person_id,
        "blocked_words": BLOCKED_WORDS,
        "sent_words": SENT_WORDS,
        "state_words": STATE_WORDS,
    }


def running(view: View, stage: Stage) -> Job | None:
    """The job that drafts or approves for this stage now, if any."""
    alive = (Job.name.in_(list(JOB_WORDS)), Job.state.in_([JobState.WAITING, JobState.RUNNING]))
    for job in view.session.scalars(select(Job).where(*alive).order_by(Job.asked_at)):
        if job.arguments.get("stage_id") == str(stage.id):
            return job
    return None


def _prepare(view: View, slug: str, stage: str) -> Any:
    process, row = _place(view, slug, stage)
    if view.typed("which") == ANEW:
        return actions.prepare_anew(view.session, process, row, view.now)
    if queries.count_awaiting(view.session, row.id) > AT_ONCE:
        return None
    return actions.prepare(view.session, process, row, view.now)


def _ask(view: View, name: str, process: Process, stage: Stage) -> None:
    """Leave many letters to a job; one at a time for a stage."""
    if running(view, stage) is None:
        arguments = {
            "person": str(view.actor.person_id),
            "process": process.slug,
            "stage": stage.slug,
            "stage_id": str(stage.id),
            "since": view.now.isoformat(),
        }
        jobs.ask(view.work.session, name, arguments, view.now)


@router.act("/p/{slug}/office/answers/{stage}/drafts", may=Permission.DRAFT_ANSWERS, prepare=_prepare, again=answers)
def draft(view: View, slug: str, stage: str) -> Response:
    """Draft what is missing: at once up to a hundred letters, more as a job; or anew what is older than a text."""
    process, row = _place(view, slug, stage)
    if view.prepared is None:
        view.work.require(Permission.DRAFT_ANSWERS, process.id)
        _ask(view, "feedback.draft", process, row)
        return view.see_other(f"/p/{slug}/office/answers/{stage}")
    drafted = actions.draft(view.work, process, row, view.prepared)
    told = Tn(
        "{count} letter was drafted. A second person approves it.",
        "{count} letters were drafted. A second person approves them.",
        drafted.letters,
    )
    return view.see_other(f"/p/{slug}/office/answers/{stage}", told)


@router.act("/p/{slug}/office/answers/{stage}/approval", may=Permission.APPROVE_ANSWERS, again=answers)
def approve(view: View, slug: str, stage: str) -> Response:
    """Approve the ticked letters, or all that nothing blocks and that somebody else wrote."""
    process, row = _place(view, slug, stage)
    here = f"/p/{slug}/office/answers/{stage}"
    if view.typed("which") == "all":
        figures = queries.figures(view.session, row.id)
        drafted = figures.drafted - figures.blocked
        others = queries.to_approve_by(view.session, row.id, view.actor.person_id, AT_ONCE)
        if drafted > AT_ONCE and len(others) == AT_ONCE:
            view.work.require(Permission.APPROVE_ANSWERS, process.id)
            _ask(view, "feedback.approve", process, row)
            return view.see_other(f"{here}?kind=approved")
        approved = actions.approve(view.work, process, row, others if 0 < len(others) < drafted else None)
        return view.see_other(f"{here}?kind=approved", _told(approved))
    chosen = keys(view.typed_all("letters"))
    if not chosen:
        raise Invalid(letters=T("Tick at least one letter."))
    return view.see_other(here, _told(actions.approve(view.work, process, row, chosen)))


@router.act("/p/{slug}/office/answers/{stage}/promise", may=Permission.PUBLISH_DECISIONS, again=answers)
def move_promise(view: View, slug: str, stage: str) -> Response:
    """Promise another date for what is still owed; everybody reads it, and those who wait are told."""
    process, row = _place(view, slug, stage)
    day = view.typed("new_on")
    new_at = parse_local(f"{day}T23:59" if day else "", process.zone, "new_on")
    actions.move_promise(view.work, process, row, new_at, view.typed("reason"))
    told = T("The new date is public, and those who wait are being told.")
    return view.see_other(f"/p/{slug}/office/answers/{stage}", told)


def _told(approved: actions.Approved) -> Text:
    sent: Text = Tn(
        "{count} letter is on its way.", "{count} letters are on their way.", approved.posted - approved.waiting
    )
    if approved.waiting:
        wait = Tn("{count} waits until somebody looks.", "{count} wait until somebody looks.", approved.waiting)
        sent = T("{sent} {by_hand}", sent=sent, by_hand=wait)
    if not approved.by_hand:
        return sent
    by_hand = Tn("{count} is to be handed over.", "{count} are to be handed over.", approved.by_hand)
    return T("{sent} {by_hand}", sent=sent, by_hand=by_hand)


def keys(typed: list[str]) -> list[uuid.UUID]:
    """Keys as a form sends them; anything else is no such letter."""
    try:
        return [uuid.UUID(key) for key in typed]
    except ValueError:
        raise NotFound from None
