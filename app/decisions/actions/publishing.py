"""Publishing a stage's decisions together: one transaction that moves states and creates the duties to answer."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta

from sqlalchemy import select

from app.decisions import queries, rules
from app.decisions.actions import counting, grouping
from app.decisions.models import Decision, Publication
from app.decisions.rules import publication_seal
from app.duties.models import Promise
from app.kit import ids
from app.kit.errors import Conflict
from app.kit.i18n import T, Tn
from app.people.rules import Permission
from app.process.models import Process, Stage
from app.proposals.actions.advancing import advance, advance_again
from app.proposals.models import Author, Proposal
from app.work import Work
from app.work.transaction import Subject

AT_ONCE = 400
FOLLOWS: list[Callable[[Work, Process, Stage], None]] = []
"""What higher slices do in the same transaction when a stage's decisions are published; filled by `parts`."""


def publish(work: Work, process: Process, stage: Stage) -> Publication:
    """Make the decisions taken so far public and effective, all together or none. Office only.

    Each proposal moves, each author is owed an answer about this version of the decision, and the sealed entries open.
    Refused while one of them was taken on a text that its author has changed since: it has to be decided again.
    What is still owed about a superseded version stays owed: the letter about the new version covers both.
    """
    work.require(Permission.PUBLISH_DECISIONS, process.id)
    waiting = queries.unpublished(work.session, stage.id)
    if not waiting:
        raise Conflict(T("There is no decision to publish yet."))
    proposals = _proposals(work, [decision.proposal_id for decision in waiting])
    _require_their_text(waiting, proposals)
    authors = _authors(work, list(proposals))
    edition = queries.last_edition(work.session, stage.id) + 1
    publication = _publication(work, stage, edition, waiting)
    now = {proposals[decision.proposal_id].number: decision for decision in waiting}
    earlier = counting.in_force(work.session, stage.id, list(now))
    for number, decision in now.items():
        proposal = proposals[decision.proposal_id]
        _make_effective(work, stage, proposal, (decision, publication), is_again=number in earlier)
        for author in authors[decision.proposal_id]:
            subject = Subject(proposal.subject.name, decision.id, process.id, decision.version)
            work.owe(author.person_id, stage.id, author.part, subject)
    work.session.flush()
    counting.replace(work.session, stage.id, earlier, now)
    grouping.replace(work.session, stage.id, {one.number: one for one in proposals.values()}, (earlier, now))
    _promise(work, stage)
    work.record(
        "decisions.published",
        stage.subject,
        because=f"publication:{publication.id}",
        unseals=publication_seal(stage.slug, edition),
        edition=edition,
        counts=publication.counts,
    )
    for follows in FOLLOWS:
        follows(work, process, stage)
    return publication


def _require_their_text(waiting: Sequence[Decision], proposals: dict[uuid.UUID, Proposal]) -> None:
    changed = sorted(
        proposals[one.proposal_id].folio for one in waiting if one.text_version < proposals[one.proposal_id].revision
    )
    if changed:
        raise Conflict(
            Tn(
                "The text of {folios} changed after the decision. Decide on it again before publishing.",
                "The texts of {folios} changed after the decision. Decide on them again before publishing.",
                len(changed),
                folios=", ".join(changed),
            )
        )


def _publication(work: Work, stage: Stage, edition: int, waiting: Sequence[Decision]) -> Publication:
    counts: dict[str, int] = dict(Counter(decision.outcome.value for decision in waiting))
    counts["decisions"] = len(waiting)
    counts["without_reason"] = sum(decision.is_without_reason for decision in waiting)
    last = max(waiting, key=lambda decision: decision.decided_at)
    publication = Publication(
        id=ids.new_id(),
        process_id=stage.process_id,
        stage_id=stage.id,
        edition=edition,
        counts=counts,
        last_decided_at=last.decided_at,
        last_to_the=last.decided_to_the,
        at=work.now,
    )
    work.session.add(publication)
    return publication


def _make_effective(
    work: Work, stage: Stage, proposal: Proposal, published: tuple[Decision, Publication], *, is_again: bool
) -> None:
    decision, publication = published
    decision.published_at, decision.publication_id = work.now, publication.id
    facts = {"stage": stage.slug, "edition": publication.edition, "version": decision.version}
    because = f"decision:{decision.id}"
    if is_again:
        advance_again(work, proposal, rules.STATE_OF[decision.outcome], because=because, **facts)
    else:
        advance(work, proposal, rules.MOVE_OF[decision.outcome], because=because, **facts)


def _promise(work: Work, stage: Stage) -> None:
    days = int(stage.settings.get("answer_days", 30))
    work.session.add(
        Promise(
            process_id=stage.process_id,
            stage_id=stage.id,
            what="answers",
            promised_at=work.now + timedelta(days=days),
            made_at=work.now,
        )
    )


def _proposals(work: Work, keys: list[uuid.UUID]) -> dict[uuid.UUID, Proposal]:
    found: dict[uuid.UUID, Proposal] = {}
    for start in range(0, len(keys), AT_ONCE):
        some = select(Proposal).where(Proposal.id.in_(keys[start : start + AT_ONCE])).with_for_update()
        found.update({proposal.id: proposal for proposal in work.session.scalars(some)})
    return found


def _authors(work: Work, keys: list[uuid.UUID]) -> dict[uuid.UUID, list[Author]]:
    found: dict[uuid.UUID, list[Author]] = defaultdict(list)
    for start in range(0, len(keys), AT_ONCE):
        some = select(Author).where(Author.proposal_id.in_(keys[start : start + AT_ONCE])).order_by(Author.id)
        for author in work.session.scalars(some):
            found[author.proposal_id].append(author)
    return found
