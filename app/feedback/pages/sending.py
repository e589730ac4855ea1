"""What leaves and what became of it: pausing, going on, taking back, the look at the first letters, and the count."""

from __future__ import annotations

import csv
import io
import uuid
from datetime import timedelta

from starlette.responses import Response

from app.feedback import actions, reconciling
from app.feedback.pages.answers import SENT_WORDS, answers
from app.feedback.reconciling import Fate
from app.feedback.rules import STATE_WORDS
from app.kit.cells import harmless
from app.kit.errors import NotFound, under
from app.kit.i18n import T, Text, Tn
from app.people.rules import Permission
from app.process import queries as processes
from app.process.doors import standing
from app.process.models import Process, Stage
from app.web.edge import Router
from app.web.view import PRIVATE, View

router = Router()
BASE = "/p/{slug}/office/answers/{stage}"
APPROVE = Permission.APPROVE_ANSWERS
PAGE = 50
QUIET, LONGEST_QUIET = int(reconciling.QUIET_AFTER / timedelta(hours=1)), 24 * 90

COVERED_WORDS: dict[Fate, tuple[Text, str | None]] = {
    Fate.DELIVERED: (T("By a letter that was delivered"), "delivered"),
    Fate.ACCEPTED: (T("By a letter that the mail provider accepted"), "accepted"),
    Fate.HANDED_OVER: (T("By a letter handed over"), "handed_over"),
    Fate.TOGETHER: (T("By the answer published for all participants"), None),
}
OWED_WORDS: dict[Fate, tuple[Text, str | None]] = {
    Fate.WAITING: (T("The letter waits to leave"), "waiting"),
    Fate.IN_DOUBT: (T("The letter is in doubt"), "unknown"),
    Fate.RETURNED: (T("The letter came back or could not be sent"), "came_back"),
    Fate.TO_HAND_OVER: (T("The letter is to be handed over"), "hand"),
    Fate.DRAFTED: (T("The letter is a draft"), "draft"),
    Fate.UNWRITTEN: (T("No letter is written yet"), None),
}
LETTER_WORDS: dict[str, Text] = {
    "quiet": T("Accepted, and nothing heard since"),
    "unknown": T("In doubt"),
    "came_back": T("Came back"),
    "failed": T("Could not be sent"),
    "waiting": T("Waiting to leave"),
    "accepted": T("Accepted by the mail provider"),
    "delivered": T("Delivered"),
    "handed_over": T("Handed over"),
    "hand": T("To hand over"),
    "draft": T("Drafts"),
}
TO_LOOK_AT = ("quiet", "unknown", "came_back", "failed")


def _place(view: View, slug: str, stage: str) -> tuple[Process, Stage]:
    process = standing(view, slug)
    view.require(APPROVE, process.id)
    return process, processes.stage_named(view.session, process.id, stage)


def _hours(view: View) -> int:
    """After how many hours without news an accepted letter is worth a look: `?hours=`, else two days."""
    typed = view.request.query_params.get("hours", "")
    return min(max(int(typed), 1), LONGEST_QUIET) if typed.isascii() and typed.isdigit() else QUIET


@router.page(BASE + "/sent", may=APPROVE)
def sent(view: View, slug: str, stage: str, kind: str = "quiet", after: uuid.UUID | None = None) -> Response:
    """What became of everything that was owed, in numbers that add up, each with its letters."""
    process, row = _place(view, slug, stage)
    if kind not in reconciling.KINDS:
        raise NotFound
    hours = _hours(view)
    quiet_before = view.now - timedelta(hours=hours)
    lines = reconciling.letters_of(view.session, row.id, (kind, quiet_before), after, PAGE + 1)
    return view.render(
        "feedback/sent.html",
        process=process,
        stage=row,
        name=row.name(view.language),
        sums=reconciling.reckoning(view.session, row.id, quiet_before),
        covered_words=COVERED_WORDS,
        owed_words=OWED_WORDS,
        letter_words=LETTER_WORDS,
        to_look_at=TO_LOOK_AT,
        lines=lines[:PAGE],
        more=lines[PAGE - 1].letter.id if len(lines) > PAGE else None,
        kind=kind,
        hours=hours,
        sent_words=SENT_WORDS,
        state_words=STATE_WORDS,
    )


@router.page(BASE + "/sent.csv", may=APPROVE)
def as_file(view: View, slug: str, stage: str) -> Response:
    """The same, a row for each thing owed; for the office only, because it names people."""
    process, row = _place(view, slug, stage)
    written = io.StringIO(newline="")
    names = ("subject", "person", "part", "state", "fate", "owed_at", "closed_at", "settled_because")
    writer = csv.DictWriter(written, names)
    writer.writeheader()
    for one in reconciling.rows(view.session, row.id):
        writer.writerow({name: harmless(value) for name, value in one.items()})
    headers = {"content-disposition": f'attachment; filename="{process.slug}-{row.slug}-sent.csv"', **PRIVATE}
    return Response(written.getvalue().encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=headers)


def _of(view: View, slug: str, stage: str) -> tuple[Process, Stage, Stage | None]:
    """The place, and what is meant: its stage, or with the box ticked the whole process."""
    process, row = _place(view, slug, stage)
    return process, row, None if view.typed("whole") else row


@router.act(BASE + "/pause", may=APPROVE, again=answers)
def pause(view: View, slug: str, stage: str) -> Response:
    """Hold back what has not left."""
    process, _, meant = _of(view, slug, stage)
    with under(reason="pause_reason"):
        actions.pause(view.work, process, meant, view.typed("pause_reason"))
    return view.see_other(f"/p/{slug}/office/answers/{stage}", T("Sending is paused. Nothing more leaves."))


@router.act(BASE + "/resumption", may=APPROVE, again=answers)
def go_on(view: View, slug: str, stage: str) -> Response:
    """Let leave what was held back."""
    process, _, meant = _of(view, slug, stage)
    with under(reason="on_reason"):
        actions.go_on(view.work, process, meant, view.typed("on_reason"))
    return view.see_other(f"/p/{slug}/office/answers/{stage}", T("Sending goes on."))


@router.act(BASE + "/stop", may=APPROVE, again=answers)
def stop(view: View, slug: str, stage: str) -> Response:
    """Take back what has not left."""
    process, _, meant = _of(view, slug, stage)
    with under(reason="stop_reason"):
        taken = actions.stop(view.work, process, meant, view.typed("stop_reason"))
    told = Tn("{count} letter is a draft again.", "{count} letters are drafts again.", taken)
    return view.see_other(f"/p/{slug}/office/answers/{stage}", told)


@router.act(BASE + "/look", may=APPROVE, again=answers)
def let_rest_go(view: View, slug: str, stage: str) -> Response:
    """Let the others leave, having looked at the first."""
    process, row = _place(view, slug, stage)
    gone = actions.let_rest_go(view.work, process, row)
    told = Tn("{count} letter is on its way.", "{count} letters are on their way.", gone)
    return view.see_other(f"/p/{slug}/office/answers/{stage}?kind=approved", told)
