"""Themes for everybody, and the board on which the office groups the proposals."""

from app.prioritisation.pages.grouping import router as grouping
from app.prioritisation.pages.one import router as one
from app.prioritisation.pages.themes import router as themes

ROUTERS = [themes, grouping, one]
