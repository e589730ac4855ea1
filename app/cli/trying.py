"""Trying it out: the demo."""

from __future__ import annotations

import argparse
from typing import Any

from app.settings import Settings


def add_to(commands: Any) -> None:
    """Add demo."""
    demo_command = commands.add_parser(
        "demo", help="the fifth plan of Chile, and two small processes to try at once; a second call changes nothing"
    )
    demo_command.add_argument("--force", action="store_true", help="also where the site can be reached from outside")
    demo_command.set_defaults(run=demo)


def demo(settings: Settings, asked: argparse.Namespace) -> int:
    """Load the demo through the real actions; refused on a public site unless forced."""
    from app.cli import refuse  # noqa: PLC0415
    from app.demo.loading import load  # noqa: PLC0415
    from app.kit import clock  # noqa: PLC0415
    from app.kit.db import Database  # noqa: PLC0415
    from app.mail import rendering  # noqa: PLC0415
    from app.parts import fill_tables  # noqa: PLC0415

    if not settings.is_loopback and not asked.force:
        return refuse("This site can be reached from outside and the demo is made up: use --force if you mean it.")
    fill_tables()
    rendering.lay_out(settings)
    database = Database(settings.database_url)
    try:
        print("\n".join(load(database, clock.now)) or "The demo is loaded already.")
    finally:
        database.dispose()
    return 0
