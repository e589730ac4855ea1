"""No test leaves this machine: every look-up of a name and every connection is asked first.

An audit hook sees also what the standard library does in C, and cannot be taken off again by the code under test.
"""

from __future__ import annotations

import ipaddress
import sys
from typing import Any

HOST_AT = {"socket.getaddrinfo": 0, "socket.gethostbyname": 0, "socket.connect": 1, "socket.sendto": 1}


class LeftTheMachineError(RuntimeError):
    """Not an OSError on purpose: a mail transport or an HTTP client would take that for a bad line and try again."""


def forbid_leaving() -> None:
    """From here on this process talks to loopback and to Unix sockets only."""
    sys.addaudithook(_ask)


def _ask(event: str, args: tuple[Any, ...]) -> None:
    place = HOST_AT.get(event)
    if place is None:
        return
    target = args[place]
    host = target[0] if isinstance(target, tuple) else target
    if event in {"socket.connect", "socket.sendto"} and not isinstance(target, tuple):
        return  # a Unix socket
    if not _is_loopback(host):
        raise LeftTheMachineError(f"a test tried to reach {host!r}")


def _is_loopback(host: str | bytes | None) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name in {None, "", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(str(name).partition("%")[0]).is_loopback or name == "0.0.0.0"
    except ValueError:
        return False
