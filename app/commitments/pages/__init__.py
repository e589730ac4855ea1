"""The pages of the plan: the public panel, the office's desks, and the page of an institution behind its link."""

from app.commitments.pages import drafting, milestones, panel, registers, reporting, rounds
from app.commitments.pages import one as office_one

ROUTERS = [
    panel.router,
    drafting.router,
    office_one.router,
    milestones.router,
    rounds.router,
    reporting.router,
    registers.router,
]
