"""People at the operator's terminal: the first admin, a locked-out office, a token for a program."""

from __future__ import annotations

import argparse
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from app.settings import Settings


def add_to(commands: Any) -> None:
    """Add grant, revoke, sign-in-link and token."""
    roles = "admin, office, facilitator, institution or auditor; the forum's roles follow from a seat"
    grant_command = commands.add_parser("grant", help="gives a role")
    grant_command.add_argument("--post", default="", help="the post the role belongs to")
    revoke_command = commands.add_parser("revoke", help="takes a role")
    for command, run in ((grant_command, grant), (revoke_command, revoke)):
        command.add_argument("email")
        command.add_argument("role", help=roles)
        command.add_argument("--process", metavar="SLUG", help="only in this process; without it, everywhere")
        command.set_defaults(run=run)
    link_command = commands.add_parser("sign-in-link", help="prints a one-time link (first admin, locked-out office)")
    link_command.add_argument("email")
    link_command.set_defaults(run=sign_in_link)
    token_command = commands.add_parser("token", help="prints an API token once; it carries the person's permissions")
    token_command.add_argument("email")
    token_command.add_argument("--name", default="command line")
    token_command.add_argument("--days", type=int, default=90)
    token_command.set_defaults(run=token)


def grant(settings: Settings, asked: argparse.Namespace) -> int:
    """Give a role; whoever is not known yet becomes known by it."""
    from app.accounts import roles  # noqa: PLC0415 - commands that change nobody never load the accounts

    with operating(settings) as work:
        person = roles.known_or_new(work, _address(asked.email))
        roles.grant(work, person, _role(asked.role), _process_id(work, asked.process), asked.post)
    print(f"granted: {asked.role} to {asked.email}{_where(asked.process)}")
    print(f"to sign in: minga sign-in-link {asked.email}")
    return 0


def revoke(settings: Settings, asked: argparse.Namespace) -> int:
    """Take a role; the person's sessions, tokens and links end with it."""
    from app.accounts import roles  # noqa: PLC0415

    with operating(settings) as work:
        roles.revoke(work, _address(asked.email), _role(asked.role), _process_id(work, asked.process))
    print(f"revoked: {asked.role} from {asked.email}{_where(asked.process)}; every session of theirs has ended")
    return 0


def sign_in_link(settings: Settings, asked: argparse.Namespace) -> int:
    """Print a link that lets one person in once; it goes to nobody by mail."""
    from app.accounts import links, roles, rules, security  # noqa: PLC0415
    from app.people import queries as people  # noqa: PLC0415

    with operating(settings) as work:
        person = roles.by_address(work, asked.email)
        life = rules.link_life(holds_role=bool(people.roles_of(work.session, person.id, work.now)))
        made = links.make(work.session, person, work.now, life)
        security.note(work.session, "operator_link", person.id, work.now)
    minutes = int(life.total_seconds() // 60)
    print(f"{settings.base_url}/sign-in/{made}")
    print(f"Good once, for {minutes} minutes.")
    return 0


def token(settings: Settings, asked: argparse.Namespace) -> int:
    """Print a token for a program; it is not shown again."""
    from app.accounts import roles, tokens  # noqa: PLC0415

    with operating(settings) as work:
        made = tokens.make(work, roles.by_address(work, asked.email), asked.name, asked.days)
    print(made)
    return 0


@contextmanager
def operating(settings: Settings, actor: Any = None) -> Iterator[Any]:
    """One transaction of the operator's."""
    from app.kit import clock  # noqa: PLC0415
    from app.kit.db import Database  # noqa: PLC0415
    from app.parts import fill_tables  # noqa: PLC0415
    from app.people.actor import Actor  # noqa: PLC0415
    from app.work import transaction  # noqa: PLC0415

    fill_tables()
    database = Database(settings.database_url)
    try:
        with transaction(database, actor or Actor.system(), clock.now()) as work:
            yield work
    finally:
        database.dispose()


def _address(email: str) -> str:
    from app.kit.errors import Invalid  # noqa: PLC0415
    from app.people.addresses import NOT_WHOLE, is_address  # noqa: PLC0415

    if not is_address(email):
        raise Invalid(email=NOT_WHOLE)
    return email


def _role(name: str) -> Any:
    from app.kit.errors import Refusal  # noqa: PLC0415
    from app.kit.i18n import T  # noqa: PLC0415
    from app.people.rules import GRANTABLE, Role  # noqa: PLC0415

    if name not in set(Role):
        listed = ", ".join(sorted(role.value for role in GRANTABLE))
        raise Refusal(T("There is no such role. Choose one of: {roles}.", roles=listed))
    return Role(name)


def _process_id(work: Any, slug: str | None) -> uuid.UUID | None:
    from app.process import queries as processes  # noqa: PLC0415

    return processes.by_slug(work.session, slug).id if slug else None


def _where(slug: str | None) -> str:
    return f" in {slug}" if slug else " everywhere"
