"""The program served for real, on a loopback port that is bound before the program is put together."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI


@contextmanager
def bound() -> Iterator[tuple[socket.socket, str]]:
    """A port that nobody else can take, and the address at which the program will be found."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken, f"http://127.0.0.1:{taken.getsockname()[1]}"


class _Faults(logging.Handler):
    """Keeps what the server could not answer."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.told.append(self.format(record))


@contextmanager
def serving(app: FastAPI, taken: socket.socket) -> Iterator[None]:
    """The program answers there, from a thread of its own; a fault of the program is an error of the test."""
    faults, log = _Faults(), logging.getLogger("uvicorn.error")
    log.addHandler(faults)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(10)
        log.removeHandler(faults)
    assert faults.told == [], faults.told


def free_port() -> int:
    """A loopback port that nobody uses at this moment."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def start_apart(url: str, var: Path, port: int) -> subprocess.Popen[bytes]:
    """The program in a process of its own, which a test may kill; it answers when this comes back."""
    script = Path(__file__).parent / "proposals" / "dying_web.py"
    process = subprocess.Popen([sys.executable, str(script), url, str(var), str(port)], cwd=Path(__file__).parents[1])
    for _ in range(1800):  # a busy machine may take a minute
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return process
    raise AssertionError("the web process did not start")
