"""A real OpenID provider in a process of its own, speaking like ClaveÚnica where it is asked for the RUN.

Run as a program it prints its port. It stands apart because its library warns, and a warning in our tests is an error.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import httpx2

RUN = {"numero": 44444444, "DV": "4", "tipo": "RUN"}
NAMES = {"nombres": ["María", "del Carmen"], "apellidos": ["De los Ríos", "Pérez"]}


class Provider:
    """The provider as a test sees it."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.metadata: dict[str, Any] = httpx2.get(f"{issuer}/.well-known/openid-configuration").json()

    def know(self, sub: str, **claims: Any) -> None:
        """Let somebody have an account there."""
        httpx2.put(f"{self.issuer}/users/{sub}", json=claims).raise_for_status()

    def sign_in(self, authorize: str, sub: str, **changed: str) -> str:
        """Sign in there at the address our site led to; gives the address to come back to."""
        parts = urlsplit(authorize)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()} | changed
        address = urlunsplit(parts._replace(query=urlencode(query)))
        answer = httpx2.post(address, data={"sub": sub})
        assert answer.status_code == 302, answer.text
        return str(answer.headers["location"])


@contextmanager
def provider() -> Iterator[Provider]:
    """A provider on a free port of loopback, for as long as the block lasts."""
    root = Path(__file__).resolve().parents[2]
    environment = os.environ | {"AUTHLIB_INSECURE_TRANSPORT": "1", "PYTHONPATH": str(root)}
    command = [sys.executable, "-W", "ignore", str(Path(__file__).resolve())]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as program:
        assert program.stdout
        port = program.stdout.readline().strip()
        try:
            yield Provider(f"http://127.0.0.1:{port}")
        finally:
            program.terminate()
            program.wait(10)


def _serve() -> None:
    import oidc_provider_mock
    from oidc_provider_mock import _app, _storage
    from werkzeug.serving import make_server

    _app._SCOPES_TO_CLAIMS = {**_app._SCOPES_TO_CLAIMS, "name": ["name"]}
    _storage.Client.SCOPES_SUPPORTED = [*_storage.Client.SCOPES_SUPPORTED, "run", "name"]
    server = make_server("127.0.0.1", 0, oidc_provider_mock.app(require_nonce=True), threaded=True)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    _serve()
