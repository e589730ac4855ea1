"""The pages of the intake: proposing, the receipt, what an author may do, and the office at the door."""

from app.proposals.pages import examining, inviting, own, proposing, resembling
from app.web.edge import Router

ROUTERS: list[Router] = [proposing.router, own.router, examining.router, inviting.router, resembling.router]
