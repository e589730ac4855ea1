"""The desk: one page that says what is due this week, each line a link to where it is done; and letters in doubt."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime

from starlette.responses import Response

from app.admin import queries
from app.admin.queries import Desk, Due, Edge
from app.feedback.rules import PAUSED_BY
from app.kit.errors import Invalid
from app.kit.i18n import T, Text, Tn, said
from app.kit.text import say_date, say_instant, say_until
from app.mail import pausing as pausing_queries
from app.mail.models import SendingPause
from app.people.rules import Permission
from app.post_office import pausing, review
from app.post_office.pausing import Scope
from app.post_office.review import Finding
from app.process.models import Process
from app.web.edge import Router
from app.web.view import View

router = Router()
FINDINGS: dict[Finding, Text] = {
    Finding.ACCEPTED: T("It left: the mail provider has it"),
    Finding.DELIVERED: T("It arrived"),
    Finding.BOUNCED: T("It came back"),
}


@dataclass(frozen=True)
class Line:
    """One thing that is due: in which process, what, since or until when, and where it is done."""

    place: str
    what: Text
    url: str
    at: datetime | None
    zone: str


@router.page("/desk", may=Permission.SEE_DESK)
def desk(view: View) -> Response:
    """What is due this week, in every process of the person who asks."""
    due = queries.desk_of(view.session, view.actor, view.now)
    running = queries.processes_of(view.session, view.actor, Permission.EDIT_PROCESS)
    return view.render(
        "admin/desk.html",
        edges=[_edge(view, edge) for edge in due.edges],
        sections=_sections(view, due),
        letters=due.letters,
        pauses=[_pause(view, *one) for one in due.pauses],
        may_switch=view.actor.may(Permission.SWITCH_MAIL),
        is_clear=due.is_clear,
        later=_edge(view, due.later) if due.later else None,
        processes=[(p.name(view.language), f"/p/{p.slug}/office/stages") for p in running],
        may_open=view.actor.may(Permission.OPEN_PROCESS),
    )


def _pause(view: View, process: Process | None, pause: SendingPause) -> Line:
    """What is paused, since when, by which role and why."""
    zone = process.timezone if process else "UTC"
    told = T(
        "Since {when}, by {who}: {why}",
        when=say_instant(pause.begun_at, zone, view.variant),
        who=PAUSED_BY.get(pause.by_role, T("the program")),
        why=pause.reason,
    )
    place = process.name(view.language) if process else said(T("All mail of this installation"), view.variant)
    return Line(place, told, f"/p/{process.slug}/office/answers" if process else "", pause.begun_at, zone)


def _edge(view: View, edge: Edge) -> Line:
    process = edge.process
    name = edge.stage.name(view.language)
    if edge.opens:
        what = T("{stage} opens on {when}", stage=name, when=say_instant(edge.at, process.timezone, view.variant))
    else:
        what = T("{stage} closes on {when}", stage=name, when=say_until(edge.at, process.timezone, view.variant))
    url = f"/p/{process.slug}/office/stages/{edge.stage.slug}"
    return Line(process.name(view.language), what, url, edge.at, process.timezone)


def _sections(view: View, due: Desk) -> list[tuple[Text, list[Line]]]:
    """The kinds of things that wait, those with nothing left out."""
    told = [
        (T("Processes without dates"), [_undated(view, one) for one in due.undated]),
        (T("Proposals to examine"), [_at_the_door(view, one) for one in due.to_examine]),
        (T("Decisions to take"), [_to_decide(view, one) for one in due.to_decide]),
        (T("Rounds of scoring"), [_to_close(view, one) for one in due.to_close]),
        (T("Vacant seats"), [_to_seat(view, one) for one in due.to_seat]),
        (T("Decided and not yet published"), [_unpublished(view, one) for one in due.unpublished]),
        (T("Answers owed"), [_owed(view, one) for one in due.owed]),
        (T("Promised dates that have passed"), [_late(view, one) for one in due.late]),
        (T("Questions about decisions"), [_asked(view, one) for one in due.asked]),
        (T("Letters that wait for a reason"), [_blocked(view, one) for one in due.blocked]),
        (T("Letters to approve"), [_to_approve(view, one) for one in due.to_approve]),
        (T("Letters that wait for a look"), [_to_look_at(view, one) for one in due.to_look_at]),
        (T("Minutes of the forum"), [_minutes(view, one) for one in due.minutes]),
        (T("Addresses that were not confirmed in time"), [_unconfirmed(view, one) for one in due.unconfirmed]),
        (T("Invitations without an answer"), [_uninvited(view, one) for one in due.uninvited]),
        (T("Comments on the draft"), [_to_read(view, one) for one in due.to_read]),
        (T("Issues of the draft"), [_to_respond(view, one) for one in due.to_respond]),
        (T("Institutions that were asked"), [_unanswered(view, one) for one in due.unanswered]),
        (T("Monitoring rounds"), [_unreported(view, one) for one in due.unreported]),
        (T("Reports to publish"), [_to_report(view, one) for one in due.to_report]),
        (T("Stages to conclude"), [_to_conclude(view, one) for one in due.to_conclude]),
    ]
    return [(title, lines) for title, lines in told if lines]


def _at_the_door(view: View, due: Due) -> Line:
    what = Tn("{count} proposal waits to be examined", "{count} proposals wait to be examined", due.n)
    return _line(view, due, what, "office/proposals")


def _undated(view: View, due: Due) -> Line:
    return _line(view, due, T("It is not public yet: see what is still to be done"), "office/stages")


def _to_decide(view: View, due: Due) -> Line:
    waits = Tn("{count} proposal waits for its decision", "{count} proposals wait for their decision", due.n)
    closes_at = due.stage.closes_at if due.stage else None
    if closes_at is None:
        return _line(view, due, waits, "office/decisions/{stage}")
    when = say_until(closes_at, due.process.timezone, view.variant)
    told = T("{what}, until {when}", what=waits, when=when)
    if closes_at <= view.now:
        told = T("{what}: late, the date was {when}", what=waits, when=when)
    return _line(view, due, told, "office/decisions/{stage}")


def _to_close(view: View, due: Due) -> Line:
    """A round that is open; its date stands for `since`."""
    assert due.since is not None  # noqa: S101 - a round always has an end
    when = say_until(due.since, due.process.timezone, view.variant)
    told = T("The round can be closed: its time passed on {when}", when=when)
    if due.since > view.now:
        told = T("A round is open: see who has scored. It closes on {when}, or once no sheet is missing", when=when)
    return _line(view, replace(due, since=None), told, "office/forum/rounds/{stage}")


def _to_seat(view: View, due: Due) -> Line:
    """Seats that vote and that nobody holds; the date is when the first of them was left, where one ever was held."""
    told: Text = Tn("{count} voting seat in the forum is vacant", "{count} voting seats in the forum are vacant", due.n)
    if due.since is not None:
        day = say_date(due.since.astimezone(due.process.zone).date(), view.variant)
        told = T("{what}, the oldest since {day}", what=told, day=day)
    return _line(view, replace(due, since=None), told, "office/forum")


def _to_report(view: View, due: Due) -> Line:
    told = T("Decisions are public that no report of the stage tells of")
    return _line(view, due, told, "feedback/{stage}")


def _to_conclude(view: View, due: Due) -> Line:
    when = say_until(due.since, due.process.timezone, view.variant) if due.since else ""
    told = T("The stage ended on {when} and is not concluded", when=when)
    return _line(view, replace(due, since=None), told, "office/stages/{stage}")


def _unpublished(view: View, due: Due) -> Line:
    what = Tn("{count} decision is taken and not public", "{count} decisions are taken and not public", due.n)
    return _line(view, due, what, "office/decisions/{stage}")


def _owed(view: View, due: Due) -> Line:
    what = Tn("{count} answer is owed", "{count} answers are owed", due.n)
    return _line(view, due, what, "office/answers/{stage}")


def _late(view: View, due: Due) -> Line:
    when = say_until(due.since, due.process.timezone, view.variant) if due.since else ""
    told = T("Answers were promised by {when}: answer, or promise another date and say why", when=when)
    return _line(view, replace(due, since=None), told, "office/answers/{stage}")


def _asked(view: View, due: Due) -> Line:
    what = Tn("{count} person who asked waits", "{count} people who asked wait", due.n)
    return _line(view, due, what, "office/answers/{stage}/questions")


def _blocked(view: View, due: Due) -> Line:
    what = Tn("{count} letter cannot be approved yet", "{count} letters cannot be approved yet", due.n)
    return _line(view, due, what, "office/answers/{stage}")


def _to_approve(view: View, due: Due) -> Line:
    what = Tn("{count} letter waits for approval", "{count} letters wait for approval", due.n)
    return _line(view, due, what, "office/answers/{stage}")


def _to_look_at(view: View, due: Due) -> Line:
    return _line(
        view, due, T("The first letters left: look at them, and let the others leave"), "office/answers/{stage}"
    )


def _minutes(view: View, due: Due) -> Line:
    """Minutes that somebody else wrote, of sessions that are over."""
    what = Tn("The minutes of {count} session wait for approval", "The minutes of {count} sessions wait", due.n)
    return _line(view, due, what, "office/forum/sessions")


def _unconfirmed(view: View, due: Due) -> Line:
    what = Tn("{count} address to reach in another way", "{count} addresses to reach in another way", due.n)
    return _line(view, due, what, "office/proposals")


def _uninvited(view: View, due: Due) -> Line:
    what = Tn("{count} body has not sent anything", "{count} bodies have not sent anything", due.n)
    return _line(view, due, what, "office/invitations")


def _to_read(view: View, due: Due) -> Line:
    what = Tn("{count} comment waits to be read", "{count} comments wait to be read", due.n)
    return _line(view, due, what, "office/draft")


def _to_respond(view: View, due: Due) -> Line:
    what = Tn("{count} issue without a public answer", "{count} issues without a public answer", due.n)
    return _line(view, due, what, "office/draft")


def _unanswered(view: View, due: Due) -> Line:
    what = Tn("{count} institution has not answered yet", "{count} institutions have not answered yet", due.n)
    return _line(view, due, what, "office/feasibility")


def _unreported(view: View, due: Due) -> Line:
    what = Tn("{count} institution has not reported yet", "{count} institutions have not reported yet", due.n)
    return _line(view, due, what, "office/monitoring")


def _line(view: View, due: Due, what: Text, where: str) -> Line:
    process, stage = due.process, due.stage
    place = process.name(view.language)
    if stage is not None:
        place = f"{place} · {said(stage.name(view.language), view.variant)}"
    url = f"/p/{process.slug}/{where.format(stage=stage.slug if stage else '')}"
    return Line(place, what, url, due.since, process.timezone)


@router.page("/desk/mail", may=Permission.SWITCH_MAIL)
def mail(view: View) -> Response:
    """Whether mail leaves this installation, and the switch."""
    found = [one for one in pausing_queries.standing(view.session) if one.process_id is None]
    return view.render("admin/mail.html", pause=found[0] if found else None)


@router.act("/desk/mail/pause", may=Permission.SWITCH_MAIL, again=mail)
def pause_mail(view: View) -> Response:
    """Let nothing leave but sign-in links, and with the box ticked not even those."""
    pausing.pause(view.work, Scope(), view.typed("reason"), has_sign_ins=bool(view.typed("sign_ins")))
    return view.see_other("/desk/mail", T("All mail waits."))


@router.act("/desk/mail/resumption", may=Permission.SWITCH_MAIL, again=mail)
def resume_mail(view: View) -> Response:
    """Let mail leave again."""
    pausing.go_on(view.work, Scope(), view.typed("reason"))
    return view.see_other("/desk/mail", T("Mail leaves again."))


@router.page("/desk/letters/{letter_id}", may=Permission.REVIEW_OUTBOX)
def letter(view: View, letter_id: uuid.UUID) -> Response:
    """One letter in doubt: what is known of it, and what a person may do about it."""
    found = queries.letter(view.session, letter_id, view.actor)
    return view.render(
        "admin/letter.html",
        letter=found,
        findings=[(finding.value, words) for finding, words in FINDINGS.items()],
        in_doubt=found.state.value == "unknown",
        may_cancel=review.may_cancel(found),
    )


def _again(view: View, letter_id: uuid.UUID) -> Response:
    return letter(view, letter_id)


@router.act("/desk/letters/{letter_id}/finding", may=Permission.REVIEW_OUTBOX, again=_again)
def find(view: View, letter_id: uuid.UUID) -> Response:
    """Write down what became of a letter in doubt, and how one knows."""
    queries.letter(view.session, letter_id, view.actor)
    finding = view.typed("finding")
    if finding not in set(Finding):
        raise Invalid(finding=T("Choose what became of it."))
    review.found(view.work, letter_id, Finding(finding), view.typed("source"))
    return view.see_other("/desk", T("What became of the letter was written down."))


@router.act("/desk/letters/{letter_id}/order", may=Permission.REVIEW_OUTBOX, again=_again)
def order_again(view: View, letter_id: uuid.UUID) -> Response:
    """Send a letter in doubt once more, knowing that it may arrive twice."""
    review.order_again(view.work, letter_id, view.typed("reason"))
    return view.see_other("/desk", T("The letter is sent once more."))


@router.act("/desk/letters/{letter_id}/cancellation", may=Permission.REVIEW_OUTBOX, again=_again)
def cancel(view: View, letter_id: uuid.UUID) -> Response:
    """Keep a letter that has not left from leaving."""
    review.cancel(view.work, letter_id, view.typed("reason"))
    return view.see_other("/desk", T("The letter was cancelled."))
