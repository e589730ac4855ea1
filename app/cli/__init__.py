"""The command line: what an operator says to the program. Exit codes: 0 done, 1 refused with one sentence, 2 usage."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from app.cli import keeping, mailing, people, publishing, serving, trying
from app.kit import schema
from app.kit.errors import Invalid, Refusal
from app.settings import Settings, WrongSetting, load_settings

Command = Callable[[Settings, argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; a refusal is one sentence on stderr and no traceback.

    What needs a database is refused where there is none, before anything is made.
    """
    parser = argparse.ArgumentParser(prog="minga", description="Runs a public co-creation process end to end.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    parser.set_defaults(needs_database=True)
    for part in (serving, trying, people, mailing, publishing, keeping):
        part.add_to(commands)
    asked = parser.parse_args(arguments)
    command: Command = asked.run
    try:
        settings = load_settings()
        if asked.needs_database and not getattr(asked, "where", None):
            schema.require(settings.database_url)
        return command(settings, asked)
    except WrongSetting as wrong:
        return refuse(str(wrong))
    except Invalid as invalid:
        return refuse(" ".join(text.into("en") for text in invalid.fields.values()) or str(invalid.text))
    except Refusal as refusal:
        return refuse(str(refusal.text))
    except KeyboardInterrupt:
        return 0


def refuse(sentence: str) -> int:
    """Say one sentence on stderr and give the exit code of a refusal."""
    print(sentence, file=sys.stderr)
    return 1
