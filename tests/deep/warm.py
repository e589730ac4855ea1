"""A process that has loaded the libraries once and runs the tests of its folder in children, each with a fresh program.

Half of what a run of one test takes is loading libraries. Of this project nothing is loaded here, so each child reads
the files as they stand at that moment. It is told by lines on its standard input what to run, and answers with exit
codes; what a child says goes into a file.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import shutil
import signal
import sys
from pathlib import Path

import pytest

LIBRARIES = (
    *("PIL.Image", "aiosmtplib", "alembic.command", "alembic.config", "alembic.migration", "babel.dates"),
    *("babel.messages", "babel.numbers", "babel.units", "cryptography.hazmat.primitives.asymmetric.ec"),
    *("cryptography.hazmat.primitives.asymmetric.ed25519", "css_inline", "email_validator", "fastapi", "httpx2"),
    *("hypothesis.strategies", "icalendar", "itsdangerous", "jinja2", "jinja2_fragments", "limits", "markdown_it"),
    *("nh3", "openpyxl", "orjson", "pikepdf", "psycopg", "pydantic_settings", "rapidfuzz", "sendgrid"),
    *("servestatic", "sqlalchemy.dialects.postgresql", "sqlalchemy.dialects.sqlite", "sqlalchemy.orm"),
    *("stream_write_ods", "structlog", "typst", "uuid_utils", "uvicorn", "xlsxwriter"),
)
OPTIONS = ("-q", "-x", "-p", "no:xdist", "-p", "no:schemathesis", "-p", "no:cacheprovider")
LOADED_BEFORE = ("-W", "ignore::pytest.PytestAssertRewriteWarning")
MOST_SECONDS = 900
"""Without a rule a program may also go round for ever; whoever waits for it is answered then."""
RUN = "MINGA_TESTS_RUN_FOLDER"


class Template:
    """The migrated database of an earlier child, so that not each of them migrates its own."""

    def __init__(self, kept: Path) -> None:
        self.kept = kept

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self) -> None:
        if self.kept.exists():
            shutil.copyfile(self.kept, Path(os.environ[RUN]) / "template.db")

    def pytest_collection_finish(self) -> None:
        gc.enable()

    @pytest.hookimpl(tryfirst=True)
    def pytest_unconfigure(self) -> None:
        made = Path(os.environ[RUN]) / "template.db"
        if made.exists() and not self.kept.exists():
            shutil.copyfile(made, self.kept)


def run_here(order: dict[str, list[str]], folder: Path) -> int:
    """Run the tests of an order in this process, a child, and say how it ended."""
    signal.alarm(MOST_SECONDS)
    gc.disable()  # until the tests begin: loading a program leaves nothing to be looked for
    said = os.open(folder / "said.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(said, 1)
    os.dup2(said, 2)
    asked = (*OPTIONS, *LOADED_BEFORE, f"--junitxml={folder / 'report.xml'}", *order["tests"])
    return int(pytest.main(list(asked), plugins=[Template(folder / "template.db")]))


def main() -> None:
    folder = Path.cwd()
    sys.path[0] = str(folder)  # in the place of the folder of this file
    for name in LIBRARIES:
        importlib.import_module(name)
    gc.freeze()  # what stays for ever is not looked through again in every child
    for line in sys.stdin:
        child = os.fork()
        if not child:
            code = run_here(json.loads(line), folder)
            sys.stdout.flush()
            os._exit(code)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
