"""Answering the points made about the draft: one response for each issue, published together; then letters are owed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.commitments.actions.bodies import require_running
from app.commitments.models import DraftComment, DraftIssue, DraftResponse
from app.commitments.queries import comments as queries
from app.commitments.rules import comments as rules
from app.commitments.rules.comments import Response
from app.duties import ledger, promises
from app.duties.models import Duty, Promise
from app.duties.rules import Part, SettledBecause
from app.kit import ids
from app.kit.errors import Conflict, Invalid, NotNow
from app.kit.i18n import T
from app.people import queries as people
from app.people.models import Person
from app.people.rules import Permission
from app.process.models import Process, Stage
from app.work import Work


@dataclass(frozen=True)
class Respond:
    """What is answered to an issue: what was decided, why, and what changed, in words and by version."""

    response: str
    reason: str
    change_words: str = ""
    changes: tuple[str, ...] = ()
    """Each as `3.2`: commitment 3, changed in its version 2."""


def respond(work: Work, process: Process, stage: Stage, issue: DraftIssue, wish: Respond) -> DraftResponse:
    """Write what is answered to an issue; it is public with the next publication. Office only.

    An answer that is public stays as it is: this writes the version that follows it.
    """
    work.require(Permission.WRITE_COMMITMENTS, process.id)
    require_running(process)
    if stage.concluded_at:
        raise NotNow(T("This stage is concluded."), stage.opens_at, stage.closes_at)
    queries.hold(work.session, stage.id)
    changes = _changes(work, stage, wish.changes)
    reason, words = wish.reason.strip(), wish.change_words.strip()
    faults = rules.faults_of_response(wish.response, reason, says_what_changed=bool(changes or words))
    if len(words) > rules.LONGEST_REASON:
        faults["change_words"] = T("This is too long: at most {n} characters.", n=rules.LONGEST_REASON)
    if faults:
        raise Invalid(**faults)
    newest = next(iter(queries.responses_of(work.session, issue.id)), None)
    if newest is None or newest.published_at is not None:
        number = newest.number + 1 if newest else 1
        newest = DraftResponse(id=ids.new_id(), issue_id=issue.id, number=number)
        work.session.add(newest)
        issue.written_version = number
    newest.response, newest.reason = Response(wish.response), reason
    newest.change_words, newest.changes, newest.written_at = words, changes, work.now
    work.record("draft_issue.response_written", issue.subject, private={"response": wish.response, "reason": reason})
    return newest


def _changes(work: Work, stage: Stage, typed: Sequence[str]) -> list[list[int]]:
    known = {f"{number}.{version}": [number, version] for number, version in queries.changed_since(work.session, stage)}
    if not set(typed) <= known.keys() or len(typed) > rules.MOST_CHANGES:
        raise Invalid(changes=T("Choose among the listed versions."))
    return [known[one] for one in dict.fromkeys(typed)]


def publish_responses(work: Work, process: Process, stage: Stage) -> int:
    """Make every answer that is written public, all together; gives how many issues. Office only.

    Whoever made one of the points is owed an answer of their own, in their own words; whoever left no address that
    reaches them is answered by the publication. An answer that was changed is owed anew.
    """
    work.require(Permission.PUBLISH_DECISIONS, process.id)
    require_running(process)
    if stage.concluded_at:
        raise NotNow(T("This stage is concluded."), stage.opens_at, stage.closes_at)
    queries.hold(work.session, stage.id)
    waiting = queries.to_publish(work.session, stage.id)
    if not waiting:
        raise Conflict(T("There is no answer to publish yet: group the comments and answer their issues first."))
    owed: list[tuple[DraftComment, Duty]] = []
    for issue, response in waiting:
        owed += _publish(work, stage, issue, response)
    settled = settle_unreachable(work, process, owed)
    if settled < len(owed):
        _promise(work, stage)
    counts = Counter(response.response.value for _, response in waiting)
    work.record("draft_issues.published", stage.subject, issues=len(waiting), comments=len(owed), counts=dict(counts))
    return len(waiting)


def _publish(work: Work, stage: Stage, issue: DraftIssue, response: DraftResponse) -> list[tuple[DraftComment, Duty]]:
    untold = [one for one in queries.of_issue(work.session, issue.id) if one.answered_version != response.number]
    owed = []
    for one in untold:
        one.answered_version = response.number
        one.decided += 1
        owed.append((one, work.owe(one.person_id, stage.id, Part.COMMENTER, one.subject)))
    response.published_at = response.published_at or work.now
    issue.published_version = response.number
    work.record(
        "draft_issue.answered",
        issue.subject,
        because=f"draft_response:{response.id}",
        title=issue.title,
        response=response.response.value,
        reason=response.reason,
        changes=response.changes,
        change_words=response.change_words,
        comments=[one.folio for one in untold],
    )
    return owed


def settle_unreachable(work: Work, process: Process, owed: Sequence[tuple[DraftComment, Duty]]) -> int:
    """Settle what is owed to people no letter can reach: what is public answers them; gives how many.

    They left no address, or did not confirm it in the days they had and have no other that is confirmed.
    """
    work.session.flush()
    persons = {one.person_id for one, _ in owed}
    reached = set(
        work.session.scalars(select(Person.id).where(Person.id.in_(persons), people.is_reached_by_mail(Person.id)))
    )
    note = T("No letter can reach this person; what was decided is public.").into(process.language[:2])
    settled = 0
    for one, duty in owed:
        may_still_confirm = one.confirm_by is not None and work.now < one.confirm_by and one.has_contact
        if one.has_contact and (one.person_id in reached or may_still_confirm):
            continue
        ledger.settle(work.session, duty, SettledBecause.NO_ADDRESS, note, work.now)
        settled += 1
    return settled


def _promise(work: Work, stage: Stage) -> None:
    """By when the letters are promised; the public sees when that date slips."""
    work.session.add(
        Promise(
            process_id=stage.process_id,
            stage_id=stage.id,
            what=promises.ANSWERS,
            promised_at=work.now + rules.ANSWER_WITHIN,
            made_at=work.now,
        )
    )
