"""Counting who proposes: sums only, in a transaction of their own, without a trace of who said what."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.db import upsert
from app.kit.errors import Conflict
from app.kit.i18n import T
from app.proposals.models import Author, Proposal, TraitCount
from app.proposals.traits import Trait
from app.work import Work


def count(work: Work, proposal: Proposal, author: Author, answers: Mapping[Trait, str]) -> None:
    """Add what somebody tells of themselves to the sums of the process; once for each author, and nothing is kept that
    would say which answers were theirs. It is no act on the proposal, so it leaves no entry.
    """
    if author.was_counted:
        raise Conflict(T("You have answered these questions already. Thank you."))
    author.was_counted = True
    for trait, answer in sorted(answers.items()):
        values = {"process_id": proposal.process_id, "trait": trait.value, "answer": answer, "n": 1}
        keys = ["process_id", "trait", "answer"]
        one_more = upsert(work.session, TraitCount).values(values)
        work.session.execute(one_more.on_conflict_do_update(index_elements=keys, set_={"n": TraitCount.n + 1}))


def sums(session: Session, process_id: uuid.UUID) -> dict[Trait, dict[str, int]]:
    """How many gave each answer in a process."""
    found: dict[Trait, dict[str, int]] = {}
    rows = session.execute(
        select(TraitCount.trait, TraitCount.answer, TraitCount.n).where(TraitCount.process_id == process_id)
    )
    for trait, answer, n in rows:
        found.setdefault(Trait(trait), {})[answer] = n
    return found
