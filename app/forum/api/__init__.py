"""The forum for programs: its criteria, sheets, results and sessions, and what the chair records of it."""

from app.forum.api import chair, forum, sessions
from app.web.edge import Router

ROUTERS: list[Router] = [forum.router, chair.router, sessions.router]
