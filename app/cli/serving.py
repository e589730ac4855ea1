"""Serving the site, working apart from it, and bringing the database to the newest schema."""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import sys
from typing import Any

import structlog
import uvicorn

from app.kit import schema
from app.settings import Settings, WrongSetting


def add_to(commands: Any) -> None:
    """Add serve, worker and migrate."""
    serve_command = commands.add_parser("serve", help="the web, with the mail worker inside")
    serve_command.add_argument("--host", default="127.0.0.1")
    serve_command.add_argument("--port", type=int, default=8000)
    serve_command.add_argument("--workers", type=int, default=1)
    serve_command.add_argument("--no-worker", action="store_true", help="leave mail and jobs to `minga worker`")
    serve_command.add_argument("--reload", action="store_true", help="start again whenever a file changes")
    serve_command.set_defaults(run=serve)
    commands.add_parser("worker", help="sends mail and does what is due").set_defaults(run=work)
    migrate_command = commands.add_parser("migrate", help="brings the database to the newest schema")
    migrate_command.set_defaults(run=migrate, needs_database=False)


def set_up_log(settings: Settings) -> None:
    """Lines a person reads, or JSON lines a machine reads; never a body, a token or an address."""
    last: Any = (
        structlog.processors.JSONRenderer() if settings.log_format == "json" else structlog.dev.ConsoleRenderer()
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            last,
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def make_app() -> Any:
    """The web program of one process, from the environment; uvicorn calls it once in each worker."""
    from app.main import create_app  # noqa: PLC0415 - commands that do not serve never load the web
    from app.settings import load_settings  # noqa: PLC0415

    settings = load_settings()
    set_up_log(settings)
    app = create_app(settings, with_worker=os.environ.get("MINGA_SERVE_WITHOUT_WORKER") != "1")
    keep_what_was_loaded()
    return app


SWITCH_SECONDS = 0.001
"""How long one thread keeps Python from the others. Whoever writes asks the database a dozen times for each letter and
waits that long after each answer while pages are read: at the usual five milliseconds letters left half as fast."""


def keep_what_was_loaded() -> None:
    """Never look again whether what was loaded is still needed, and clear up behind the pages often and briefly.

    p99 fell by half to two thirds on every stack that was measured. A page leaves some 500 objects that hold one
    another; after 50,000 of them everybody waited 36 to 80 ms, after 5,000 nobody waits for 8.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 50, 100)
    sys.setswitchinterval(SWITCH_SECONDS)


def serve(settings: Settings, asked: argparse.Namespace) -> int:
    """Serve the site until told to stop; more than one process needs PostgreSQL."""
    if asked.workers > 1 and settings.database_url.startswith("sqlite"):
        raise WrongSetting("SQLite has one writer and is served by one process: use PostgreSQL for --workers above 1.")
    settings.secret()
    if asked.no_worker or asked.workers > 1:
        os.environ["MINGA_SERVE_WITHOUT_WORKER"] = "1"
    _print_doors(settings, asked.port)
    uvicorn.run(
        "app.cli.serving:make_app",
        factory=True,
        host=asked.host,
        port=asked.port,
        workers=asked.workers if asked.workers > 1 else None,
        reload=asked.reload,
        access_log=False,
        log_level="warning",
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
        server_header=False,
        timeout_graceful_shutdown=20,
    )
    return 0


def _print_doors(settings: Settings, port: int) -> None:
    from app.demo import doors  # noqa: PLC0415

    base = settings.base_url if not settings.is_loopback else f"http://127.0.0.1:{port}"
    print(f"Minga: {base}")
    for line in doors.lines(settings, base):
        print(line)
    sys.stdout.flush()


def work(settings: Settings, _asked: argparse.Namespace) -> int:
    """Send mail and do what is due until told to stop."""
    from app.mail import rendering  # noqa: PLC0415
    from app.parts import fill_tables  # noqa: PLC0415
    from app.parts.due import run_apart  # noqa: PLC0415

    set_up_log(settings)
    rendering.lay_out(settings)
    fill_tables()
    asyncio.run(run_apart(settings))
    return 0


def migrate(settings: Settings, _asked: argparse.Namespace) -> int:
    """Bring the database to the newest schema and say each step."""
    steps = schema.migrate(settings.database_url)
    print("\n".join(f"migrated: {step}" for step in steps) or "The database is at the newest schema.")
    return 0
