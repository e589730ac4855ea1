"""Themes, rounds and tables for everybody; voting by code; the office's board and the facilitator's console."""

from app.prioritisation.pages.casting import router as casting
from app.prioritisation.pages.console import router as console
from app.prioritisation.pages.grouping import router as grouping
from app.prioritisation.pages.notes import router as notes
from app.prioritisation.pages.one import router as one
from app.prioritisation.pages.rounds import router as rounds
from app.prioritisation.pages.sheets import router as sheets
from app.prioritisation.pages.tables import router as tables
from app.prioritisation.pages.themes import router as themes
from app.prioritisation.pages.voters import router as voters

ROUTERS = [themes, grouping, one, tables, casting, rounds, console, voters, sheets, notes]
