"""Themes and rounds of prioritisation by program."""

from app.prioritisation.api.rounds import router as rounds
from app.prioritisation.api.themes import router as themes

ROUTERS = [themes, rounds]
