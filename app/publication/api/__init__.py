"""The process and its proposals for programs: reading is public, and so is sending a proposal."""

from app.publication.api import datasets, proposals
from app.web.edge import Router

ROUTERS: list[Router] = [proposals.router, datasets.router]
