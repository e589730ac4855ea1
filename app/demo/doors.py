"""Sign-in links for the people of the demo: printed at each start, on loopback only, good for 24 hours."""

from __future__ import annotations

from datetime import timedelta

from app.accounts import links
from app.demo import cast
from app.kit import clock
from app.kit.db import Database
from app.people.actor import Actor
from app.settings import Settings
from app.work import transaction

GOOD_FOR = timedelta(hours=24)


def lines(settings: Settings, base: str) -> list[str]:
    """One line for each person of the demo that was loaded; none where the site can be reached from outside."""
    if not settings.is_loopback:
        return []
    database = Database(settings.database_url)
    try:
        now = clock.now()
        with transaction(database, Actor.system(), now) as work:
            found = [(who, cast.find(work.session, who)) for who in cast.CAST]
            doors = []
            for who, person in found:
                if person is not None:
                    token = links.make(work.session, person, now, GOOD_FOR)
                    doors.append(f"  {cast.CAST[who][0]:<16} {cast.CAST[who][1]:<26} {base}/sign-in/{token}")
    finally:
        database.dispose()
    return ["Sign in as (each link once, good for 24 hours):", *doors] if doors else []
