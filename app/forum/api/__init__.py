"""The forum for programs: its criteria, sheets and results, and what the chair records of it."""

from app.forum.api import chair, forum
from app.web.edge import Router

ROUTERS: list[Router] = [forum.router, chair.router]
