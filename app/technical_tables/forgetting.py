"""How requests to institutions forget a person: addresses and the name of the head of service go."""

from __future__ import annotations

from sqlalchemy import update

from app.accounts.erasing import Forget, Leaving
from app.technical_tables.models import FeasibilityRequest
from app.work import Work


def _requests(work: Work, leaving: Leaving) -> None:
    mine = update(FeasibilityRequest).where(FeasibilityRequest.person_id == leaving.person_id)
    work.session.execute(mine.values(address="", head_address="", head_name=""))


TECHNICAL_TABLES: dict[str, Forget | str] = {"feasibility_requests": _requests}
