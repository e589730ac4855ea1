"""The mail of an installation at the operator's terminal: its switch, and what its domain says about who sends it."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from app.cli.people import operating
from app.settings import Settings


def add_to(commands: Any) -> None:
    """Add pause-mail, resume-mail and check-mail."""
    pause_command = commands.add_parser("pause-mail", help="nothing leaves but sign-in links, until resume-mail")
    pause_command.add_argument("--sign-ins", action="store_true", help="sign-in links wait too")
    resume_command = commands.add_parser("resume-mail", help="lets mail leave again")
    for command, run in ((pause_command, pause), (resume_command, resume)):
        command.add_argument("reason", help="one sentence; it stays in the history")
        command.set_defaults(run=run)
    check_command = commands.add_parser("check-mail", help="looks at a domain's SPF, DKIM and DMARC records")
    check_command.add_argument("domain")
    check_command.add_argument("--selector", action="append", metavar="NAME", help="the name of its DKIM key")
    check_command.set_defaults(run=check, needs_database=False)


def pause(settings: Settings, asked: argparse.Namespace) -> int:
    """Let nothing leave this installation but sign-in links; every worker obeys within a second."""
    from app.people.actor import OPERATOR  # noqa: PLC0415 - commands that send nothing never load the post office
    from app.post_office import pausing  # noqa: PLC0415

    with operating(settings, OPERATOR) as work:
        pausing.pause(work, pausing.Scope(), asked.reason, has_sign_ins=asked.sign_ins)
    print("paused: all mail waits" + ("" if asked.sign_ins else ", except sign-in links"))
    return 0


def resume(settings: Settings, asked: argparse.Namespace) -> int:
    """Let mail leave again."""
    from app.people.actor import OPERATOR  # noqa: PLC0415
    from app.post_office import pausing  # noqa: PLC0415

    with operating(settings, OPERATOR) as work:
        pausing.go_on(work, pausing.Scope(), asked.reason)
    print("resumed: mail leaves again")
    return 0


def check(_settings: Settings, asked: argparse.Namespace) -> int:
    """Say of each record what it says; 1 when mail cannot rely on one of them."""
    from app.mail import records  # noqa: PLC0415

    domain = asked.domain.strip().strip(".").rpartition("@")[2].lower()
    try:
        found = records.check(domain, asked.selector or records.SELECTORS, records.texts_of)
    except records.NoAnswer as error:
        print(error, file=sys.stderr)
        return 1
    for one in found:
        print(f"{one.kind}: {'good' if one.is_good else 'to do'}: {one.sentence}")
    return 0 if all(one.is_good for one in found) else 1
