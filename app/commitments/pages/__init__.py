"""The pages of the plan: its draft with the comments, the public panel, the desks, an institution behind its link."""

from app.commitments.pages import (
    answering,
    commenting,
    draft,
    drafting,
    institution,
    milestones,
    panel,
    registers,
    reporting,
    rounds,
)
from app.commitments.pages import one as office_one

ROUTERS = [
    panel.router,
    commenting.router,
    draft.router,
    answering.router,
    drafting.router,
    office_one.router,
    milestones.router,
    rounds.router,
    reporting.router,
    institution.router,
    registers.router,
]
