"""The Actor of a request: who asks, and what that person may do where."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum

from app.people.rules import FROM_A_SEAT, MAY, Permission, Role


class ActorKind(StrEnum):
    """Somebody signed in, nobody in particular, or the program itself."""

    PERSON = "person"
    ANONYMOUS = "anonymous"
    SYSTEM = "system"


@dataclass(frozen=True)
class Held:
    """A role that holds at this moment, in one process or (None) everywhere."""

    role: Role
    process_id: uuid.UUID | None


@dataclass(frozen=True)
class Actor:
    """Who acts in one request or job; made once, never changed while it runs."""

    kind: ActorKind = ActorKind.ANONYMOUS
    person_id: uuid.UUID | None = None
    name: str = ""
    held: tuple[Held, ...] = ()

    @classmethod
    def anonymous(cls) -> Actor:
        """Nobody in particular: what the public may do."""
        return cls()

    @classmethod
    def system(cls) -> Actor:
        """The program itself: sending letters and doing what is due; it holds no permission."""
        return cls(kind=ActorKind.SYSTEM)

    @property
    def is_signed_in(self) -> bool:
        """Whether a person stands behind this request."""
        return self.kind is ActorKind.PERSON

    def may(self, permission: Permission, process_id: uuid.UUID | None = None) -> bool:
        """Whether a role that holds here (or everywhere) gives this permission."""
        return any(permission in MAY[held.role] for held in self.held if held.process_id in {None, process_id})

    def works_in(self, process_id: uuid.UUID) -> bool:
        """Whether any role of this person holds in this process (or everywhere)."""
        return any(held.process_id in {None, process_id} for held in self.held)

    def sits_in(self, process_id: uuid.UUID) -> bool:
        """Whether a seat in this process's forum, with a vote or a voice, gave this person a role."""
        return any(held.process_id == process_id and held.role in FROM_A_SEAT for held in self.held)

    def may_somewhere(self, permission: Permission) -> bool:
        """Whether any role gives this permission anywhere; for menus, never for acts."""
        return any(permission in MAY[held.role] for held in self.held)

    def role_for(self, permission: Permission | None, process_id: uuid.UUID | None) -> str:
        """The role under which an act is recorded: the one that permitted it, else citizen, public or system."""
        for held in self.held:
            if held.process_id in {None, process_id} and (permission is None or permission in MAY[held.role]):
                return held.role.value
        return {ActorKind.PERSON: "citizen", ActorKind.ANONYMOUS: "public"}.get(self.kind, "system")


OPERATOR = Actor(kind=ActorKind.SYSTEM, held=(Held(Role.OFFICE, None), Held(Role.ADMIN, None)))
"""Whoever can run commands on the machine itself: the acts of the command line are recorded under this actor."""
