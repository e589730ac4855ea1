"""The plan by program."""

from app.commitments.api import plan, progress

ROUTERS = [plan.router, progress.router]
