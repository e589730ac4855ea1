"""The office and the comments on the draft: reading them, grouping those that say the same, answering each point."""

from __future__ import annotations

from starlette.responses import Response

from app.commitments import actions
from app.commitments.actions import Respond
from app.commitments.doors import read_by_office
from app.commitments.queries import comments
from app.commitments.queries.comments import PAGE
from app.commitments.rules.comments import HELD_WORDS, LONGEST_TITLE, PARTS, RESPONSE_WORDS
from app.commitments.rules.comments import Response as Outcome
from app.kit.i18n import T, Tn
from app.people.rules import Permission
from app.web.edge import Router
from app.web.view import View

router = Router()
HERE = "/p/{slug}/office/draft"
WRITE = Permission.WRITE_COMMITMENTS
MOST_ISSUES = 200


@router.page(HERE, may=WRITE)
def reading(view: View, slug: str, kind: str = "waiting", after: int = 0) -> Response:
    """The comments that wait to be read, to be grouped, or were held back; and the issues with what is answered."""
    process, stage = read_by_office(view, slug)
    narrowed = {"loose": comments.IS_LOOSE, "held": comments.IS_HELD}.get(kind, comments.IS_WAITING)
    rows = comments.comments(view.session, stage.id, narrowed, after=after)
    return view.render(
        "commitments/draft_office.html",
        process=process,
        stage=stage,
        kind=kind if kind in {"loose", "held"} else "waiting",
        rows=rows[:PAGE],
        more=rows[PAGE - 1].comment.number if len(rows) > PAGE else None,
        counted=comments.counted(view.session, stage.id),
        loose=comments.count(view.session, stage.id, comments.IS_LOOSE),
        issues=comments.issues(view.session, stage.id, limit=MOST_ISSUES),
        ready=len(comments.to_publish(view.session, stage.id)),
        parts=PARTS,
        held_words=HELD_WORDS,
        held=[(reason.value, word) for reason, word in HELD_WORDS.items()],
        response_words=RESPONSE_WORDS,
        longest_title=LONGEST_TITLE,
        may_publish=view.actor.may(Permission.PUBLISH_DECISIONS, process.id),
    )


def _again(view: View, slug: str) -> Response:
    return reading(view, slug, view.typed("kind"))


def _group_again(view: View, slug: str) -> Response:
    return reading(view, slug, "loose")


@router.act(f"{HERE}/admission", may=WRITE, again=_again)
def admit(view: View, slug: str) -> Response:
    """Let the ticked comments in."""
    process, stage = read_by_office(view, slug)
    n = actions.admit(view.work, process, stage, view.typed_all("comments"))
    told = Tn("{count} comment is public now.", "{count} comments are public now.", n)
    return view.see_other(f"/p/{slug}/office/draft", told)


@router.act(f"{HERE}/holding", may=WRITE, again=_again)
def hold_back(view: View, slug: str) -> Response:
    """Hold the ticked comments back, with the reason."""
    process, stage = read_by_office(view, slug)
    n = actions.hold_back(view.work, process, stage, view.typed_all("comments"), view.typed("because"))
    told = Tn("{count} comment is held back.", "{count} comments are held back.", n)
    return view.see_other(f"/p/{slug}/office/draft", told)


@router.act(f"{HERE}/issues", may=WRITE, again=_group_again)
def group(view: View, slug: str) -> Response:
    """Put the ticked comments into an issue that is there, or into a new one."""
    process, stage = read_by_office(view, slug)
    into = (view.typed("issue"), view.typed("title"))
    issue = actions.group(view.work, process, stage, view.typed_all("comments"), into)
    told = T("They stand in issue {n} now.", n=issue.number)
    return view.see_other(f"/p/{slug}/office/draft?kind=loose", told)


@router.act(f"{HERE}/publication", may=Permission.PUBLISH_DECISIONS, again=reading)
def publish(view: View, slug: str) -> Response:
    """Make every written answer public together."""
    process, stage = read_by_office(view, slug)
    n = actions.publish_responses(view.work, process, stage)
    told = Tn(
        "The answer to {count} issue is public. Now the letters can be drafted.",
        "The answers to {count} issues are public. Now the letters can be drafted.",
        n,
    )
    return view.see_other(f"/p/{slug}/draft/issues", told)


@router.page(f"{HERE}/issues/{{number}}", may=WRITE)
def issue(view: View, slug: str, number: int, after: int = 0) -> Response:
    """One issue: the comments that make the point, and what is answered."""
    process, stage = read_by_office(view, slug)
    found = comments.issue_numbered(view.session, stage.id, number)
    rows = comments.comments(view.session, stage.id, comments.makes(found), after=after)
    versions = comments.responses_of(view.session, found.id)
    return view.render(
        "commitments/issue_office.html",
        process=process,
        stage=stage,
        issue=found,
        rows=rows[:PAGE],
        more=rows[PAGE - 1].comment.number if len(rows) > PAGE else None,
        response=versions[0] if versions else None,
        parts=PARTS,
        outcomes=[(one.value, RESPONSE_WORDS[one]) for one in Outcome],
        versions=[(f"{n}.{v}", _changed(n, v)) for n, v in comments.changed_since(view.session, stage)],
        longest_title=LONGEST_TITLE,
    )


def _changed(number: int, version: int) -> object:
    return T("Commitment {n}, version {version}", n=number, version=version)


@router.act(f"{HERE}/issues/{{number}}", may=WRITE, again=issue)
def respond(view: View, slug: str, number: int) -> Response:
    """Write what is answered; it is public with the next publication."""
    process, stage = read_by_office(view, slug)
    found = comments.issue_numbered(view.session, stage.id, number)
    changes = tuple(view.typed_all("changes"))
    wish = Respond(view.typed("response"), view.typed("reason"), view.typed("change_words"), changes)
    actions.respond(view.work, process, stage, found, wish)
    told = T("The answer is kept. It is public once you publish the answers together.")
    return view.see_other(f"/p/{slug}/office/draft", told)


@router.act(f"{HERE}/issues/{{number}}/title", may=WRITE, again=issue)
def rename(view: View, slug: str, number: int) -> Response:
    """Say in other words what point is made."""
    process, stage = read_by_office(view, slug)
    found = comments.issue_numbered(view.session, stage.id, number)
    actions.rename(view.work, process, stage, found, view.typed("title"))
    return view.see_other(f"/p/{slug}/office/draft/issues/{number}", T("The issue is named anew."))


@router.act(f"{HERE}/issues/{{number}}/removal", may=WRITE, again=issue)
def take_out(view: View, slug: str, number: int) -> Response:
    """Take the ticked comments out again."""
    process, stage = read_by_office(view, slug)
    found = comments.issue_numbered(view.session, stage.id, number)
    actions.take_out(view.work, process, stage, found, view.typed_all("comments"))
    told = T("The comments were taken out. They wait to be grouped again.")
    return view.see_other(f"/p/{slug}/office/draft/issues/{number}", told)
