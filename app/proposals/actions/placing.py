"""The theme a proposal mainly stands in: a column of the proposal, so that lists can be narrowed to it."""

from __future__ import annotations

import uuid

from app.proposals.models import Proposal
from app.work import Work


def place(work: Work, proposal: Proposal, theme_id: uuid.UUID | None) -> None:
    """Write down the main theme of a proposal, or that it has none; the caller has asked who may and records why."""
    proposal.theme_id = theme_id
    work.session.flush()
