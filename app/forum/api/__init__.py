"""The forum for programs: its criteria, rounds, sheets, results and sessions, and what the chair records of it."""

from app.forum.api import chair, forum, rounds, sessions
from app.web.edge import Router

ROUTERS: list[Router] = [forum.router, rounds.router, chair.router, sessions.router]
