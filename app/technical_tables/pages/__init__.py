"""Technical tables for everybody, the office's pages, and the door through which institutions answer."""

from app.technical_tables.pages.answering import router as answering
from app.technical_tables.pages.passing import router as passing
from app.technical_tables.pages.public import router as public
from app.technical_tables.pages.requesting import router as requesting
from app.technical_tables.pages.tabling import router as tabling

ROUTERS = [public, tabling, requesting, answering, passing]
