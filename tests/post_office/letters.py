"""Letters for the tests of sending: posted in real transactions, looked at in the database."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import select, update

from app.kit import clock
from app.kit.db import Database
from app.mail import outbox
from app.mail.models import OutboxMessage
from app.mail.outbox import Recipient
from app.mail.rendering import Rendered
from app.mail.rules import LetterKind, OutboxState
from app.people.actor import Actor, ActorKind, Held
from app.people.rules import Role
from app.work.transaction import transaction

OFFICE = Actor(kind=ActorKind.PERSON, name="Carla", held=(Held(Role.OFFICE, None),))
CITIZEN = Actor(kind=ActorKind.PERSON, name="Bruno")
ORIGIN = "https://participa.example.org"


def written(subject: str = "6PA-0001: respuesta", kind: LetterKind = LetterKind.DUTY) -> Rendered:
    """A letter as it leaves rendering."""
    return Rendered(subject, "Respuesta con razón.\n", "<p>Respuesta con razón.</p>", "es", kind, ORIGIN)


def posted(
    database: Database, count: int = 1, kind: LetterKind = LetterKind.DUTY, address: str = "p{}@example.org"
) -> list[uuid.UUID]:
    """So many letters to as many people."""
    with transaction(database, Actor.system(), clock.now()) as work:
        return [
            outbox.put(work.session, written(f"carta {n}", kind), Recipient(None, address.format(n)), work.now)
            for n in range(count)
        ]


def row(database: Database, message: uuid.UUID) -> OutboxMessage:
    """The letter as it stands."""
    with database.reading() as session:
        return session.scalars(select(OutboxMessage).where(OutboxMessage.id == message)).one()


def states(database: Database) -> Counter[OutboxState]:
    """How many letters stand in which state."""
    with database.reading() as session:
        return Counter(session.scalars(select(OutboxMessage.state)))


def state_of_each(database: Database) -> dict[str, OutboxState]:
    """The state of each letter, by its key as the provider knows it."""
    with database.reading() as session:
        return {str(key): state for key, state in session.execute(select(OutboxMessage.id, OutboxMessage.state))}


def put_into(
    database: Database,
    message: uuid.UUID,
    state: OutboxState,
    *,
    tries: int = 1,
    lease_until: datetime | None = None,
    token: uuid.UUID | None = None,
) -> None:
    """Set the scene: a letter in a state to which it would take a while to come."""
    with transaction(database, Actor.system(), clock.now()) as work:
        work.session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id == message)
            .values(state=state, attempts=tries, lease_until=lease_until, claim_token=token)
        )


def let_waiting_pass(database: Database) -> None:
    """As if every waiting time were over."""
    with transaction(database, Actor.system(), clock.now()) as work:
        work.session.execute(
            update(OutboxMessage)
            .values(next_try_at=work.now - timedelta(seconds=1))
            .where(OutboxMessage.state == OutboxState.RETRY_WAIT)
        )
