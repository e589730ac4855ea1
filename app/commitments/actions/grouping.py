"""Reading the comments on the draft: letting them in, holding them back with a reason, grouping them into issues."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from app.commitments.actions.answering import settle_unreachable
from app.commitments.actions.bodies import require_running, too_long
from app.commitments.models import DraftComment, DraftIssue
from app.commitments.queries import comments as queries
from app.commitments.rules import comments as rules
from app.commitments.rules.comments import COMMENT, CommentState, HeldBecause
from app.duties.rules import Part
from app.kit import ids
from app.kit.errors import Conflict, Invalid, NotNow
from app.kit.i18n import T
from app.people.rules import Permission
from app.process.models import Process, Stage
from app.work import Work


def admit(work: Work, process: Process, stage: Stage, folios: Sequence[str]) -> int:
    """Let comments in: they are public from now on. Office only; one that was held back may still be let in."""
    for one in _to_read(work, process, stage, folios):
        one.state, one.held_because, one.read_at = COMMENT.after(one.state, "admit"), None, work.now
        work.record("draft_comment.admitted", one.subject)
    return len(folios)


def hold_back(work: Work, process: Process, stage: Stage, folios: Sequence[str], because: str) -> int:
    """Keep comments from the public for one of the listed reasons, which is told. Office only.

    Whoever left an address is owed a letter with the reason. A comment that was answered is not held back any more.
    """
    if because not in set(HeldBecause):
        raise Invalid(because=T("Choose one of the listed reasons."))
    found = _to_read(work, process, stage, folios)
    answered = [one.folio for one in found if one.answered_version is not None]
    if answered:
        raise Conflict(T("These comments were answered publicly: {folios}.", folios=", ".join(answered)))
    owed = []
    for one in found:
        one.state, one.held_because, one.read_at = COMMENT.after(one.state, "hold_back"), HeldBecause(because), work.now
        one.issue_id = None
        one.decided += 1
        owed.append((one, work.owe(one.person_id, stage.id, Part.COMMENTER, one.subject)))
        work.record("draft_comment.held_back", one.subject, reason=because)
    settle_unreachable(work, process, owed)
    return len(folios)


def _to_read(work: Work, process: Process, stage: Stage, folios: Sequence[str]) -> list[DraftComment]:
    work.require(Permission.WRITE_COMMITMENTS, process.id)
    _require_unconcluded(process, stage, work.now)
    if not folios:
        raise Invalid(comments=T("Tick at least one comment."))
    if len(folios) > rules.AT_ONCE:
        raise Invalid(comments=T("Choose at most {n} comments at a time.", n=rules.AT_ONCE))
    return queries.chosen(work.session, stage.id, folios)


def _require_unconcluded(process: Process, stage: Stage, now: datetime) -> None:
    del now
    require_running(process)
    if stage.concluded_at:
        raise NotNow(T("This stage is concluded."), stage.opens_at, stage.closes_at)


def group(work: Work, process: Process, stage: Stage, folios: Sequence[str], into: tuple[str, str]) -> DraftIssue:
    """Put public comments that make the same point into one issue; `into` is its number, or the title of a new one.

    Office only. A comment that was answered stays where it is.
    """
    found = _to_read(work, process, stage, folios)
    stuck = [one.folio for one in found if one.state is not CommentState.ADMITTED or one.answered_version is not None]
    if stuck:
        raise Conflict(T("These comments are not public, or were answered already: {folios}.", folios=", ".join(stuck)))
    queries.hold(work.session, stage.id)
    number, title = into[0].strip(), into[1].strip()
    if bool(number) == bool(title):
        raise Invalid(title=T("Choose an issue that is there, or write the title of a new one."))
    issue = _there(work, stage, number) if number else _named(work, process, stage, title)
    for one in found:
        one.issue_id = issue.id
    work.record("draft_issue.grouped", issue.subject, comments=[one.folio for one in found])
    return issue


def _there(work: Work, stage: Stage, number: str) -> DraftIssue:
    if not (number.isascii() and number.isdigit()):
        raise Invalid(issue=T("Choose one of the issues."))
    return queries.issue_numbered(work.session, stage.id, int(number[:10]))


def _check_title(title: str) -> None:
    if not title:
        raise Invalid(title=T("Write in one sentence what point is made."))
    if len(title) > rules.LONGEST_TITLE:
        raise Invalid(title=too_long(rules.LONGEST_TITLE))


def _named(work: Work, process: Process, stage: Stage, title: str) -> DraftIssue:
    _check_title(title)
    here = DraftIssue.process_id == process.id
    number = (work.session.scalar(select(func.max(DraftIssue.number)).where(here)) or 0) + 1
    issue = DraftIssue(
        id=ids.new_id(),
        process_id=process.id,
        stage_id=stage.id,
        number=number,
        title=title,
        named_at=work.now,
        written_version=0,
        published_version=0,
    )
    work.session.add(issue)
    work.session.flush()
    work.record("draft_issue.named", issue.subject, private={"title": title})
    return issue


def rename(work: Work, process: Process, stage: Stage, issue: DraftIssue, title: str) -> None:
    """Say in other words what point is made. Office only; refused once its answer is public."""
    work.require(Permission.WRITE_COMMITMENTS, process.id)
    _require_unconcluded(process, stage, work.now)
    queries.hold(work.session, stage.id)
    if issue.published_version:
        raise Conflict(T("The answer to this issue is public: its title stays."))
    title = title.strip()
    _check_title(title)
    issue.title = title
    work.record("draft_issue.named", issue.subject, private={"title": title})


def take_out(work: Work, process: Process, stage: Stage, issue: DraftIssue, folios: Sequence[str]) -> None:
    """Take comments out of an issue, to be grouped again. Office only; those that were answered stay."""
    found = _to_read(work, process, stage, folios)
    if any(one.issue_id != issue.id or one.answered_version is not None for one in found):
        raise Conflict(T("Only comments of this issue that were not answered yet can be taken out."))
    for one in found:
        one.issue_id = None
    work.record("draft_issue.ungrouped", issue.subject, comments=[one.folio for one in found])
