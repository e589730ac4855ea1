"""The pages of the intake: proposing, the receipt, what an author may do, and the office at the door."""

from app.proposals.pages import examining, files, inviting, joining, looking, own, proposing, resembling
from app.web.edge import Router

ROUTERS: list[Router] = [
    proposing.router,
    looking.router,
    resembling.router,
    joining.router,
    own.router,
    examining.router,
    files.router,
    inviting.router,
]
