"""How requests to institutions forget a person: addresses, the head of service and the colleague go."""

from __future__ import annotations

from sqlalchemy import update

from app.accounts.erasing import Forget, Leaving
from app.technical_tables.models import Colleague, FeasibilityRequest
from app.work import Work


def _requests(work: Work, leaving: Leaving) -> None:
    mine = update(FeasibilityRequest).where(FeasibilityRequest.person_id == leaving.person_id)
    work.session.execute(mine.values(address="", head_address="", head_name=""))


def _colleagues(work: Work, leaving: Leaving) -> None:
    """That a proposal was passed on stays, without to whom; the link opens nothing any more."""
    mine = update(Colleague).where(Colleague.person_id == leaving.person_id)
    work.session.execute(mine.where(Colleague.withdrawn_at.is_(None)).values(withdrawn_at=work.now))
    work.session.execute(mine.values(name="", address=""))


TECHNICAL_TABLES: dict[str, Forget | str] = {
    "feasibility_colleagues": _colleagues,
    "feasibility_requests": _requests,
}
