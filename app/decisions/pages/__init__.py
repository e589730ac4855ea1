"""The list a body goes down, publishing its decisions together, and what the public reads of them."""

from app.decisions.pages.bodies import router as bodies
from app.decisions.pages.deciding import router as deciding
from app.decisions.pages.public import router as public

ROUTERS = [bodies, deciding, public]
