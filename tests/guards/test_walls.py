"""The walls around every test stand: nothing leaves this machine, and a warning is an error."""

from __future__ import annotations

import asyncio
import socket
import warnings

import pytest

from tests.network import LeftTheMachineError


@pytest.mark.parametrize("place", [("example.org", 443), ("192.0.2.1", 443), ("2001:db8::1", 443)])
def test_nothing_leaves_the_machine(place: tuple[str, int]) -> None:
    with pytest.raises(LeftTheMachineError):
        socket.create_connection(place, timeout=0.1)


async def test_nothing_leaves_it_through_the_event_loop_either() -> None:
    with pytest.raises(LeftTheMachineError):
        await asyncio.open_connection("192.0.2.1", 443)


def test_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as line:
        assert line.getpeername() == server.getsockname()


def test_a_warning_is_an_error() -> None:
    with pytest.raises(DeprecationWarning):
        warnings.warn("old", DeprecationWarning, stacklevel=1)
