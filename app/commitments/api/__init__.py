"""The plan by program."""

from app.commitments.api import comments, plan, progress

ROUTERS = [plan.router, progress.router, comments.router]
