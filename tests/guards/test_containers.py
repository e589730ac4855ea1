"""The containers run without privileges, on a file system they cannot change, and hold no secret."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import yaml

from app.settings import ROOT, Settings
from tests.guards.reading import BROKEN


def too_free(services: dict[str, dict[str, Any]]) -> list[str]:
    """What a service may do that it need not."""
    wanted: dict[str, Callable[[dict[str, Any]], bool]] = {
        "runs as root": lambda service: str(service.get("user", "0")).partition(":")[0] not in {"0", "root"},
        "can change its files": lambda service: service.get("read_only") is True,
        "keeps capabilities": lambda service: service.get("cap_drop") == ["ALL"] and not service.get("cap_add"),
        "can gain privileges": lambda service: "no-new-privileges:true" in service.get("security_opt", []),
        "is privileged": lambda service: not service.get("privileged"),
        "listens to the world": lambda service: all(str(port).startswith("127.") for port in service.get("ports", [])),
    }
    return [
        f"{name} {what}" for name, service in services.items() for what, is_so in wanted.items() if not is_so(service)
    ]


def spelled_out(services: dict[str, dict[str, Any]]) -> list[str]:
    """Secrets that stand in the file instead of coming from the environment."""
    return [
        name
        for service in services.values()
        for name, value in service.get("environment", {}).items()
        if re.search(r"KEY|SECRET|PASSWORD|TOKEN", name) and not str(value).startswith("${")
    ]


def services(text: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(text)["services"]
    return found


def test_every_service_is_shut_in() -> None:
    ours = services((ROOT / "compose.yaml").read_text("utf-8"))
    assert set(ours) >= {"web", "worker", "db"}
    assert too_free(ours) == []
    assert spelled_out(ours) == []


def test_every_setting_it_gives_exists() -> None:
    given = set(services((ROOT / "compose.yaml").read_text("utf-8"))["web"]["environment"])
    written = set(re.findall(r"\b(MINGA_\w+)=", (ROOT / "Dockerfile").read_text("utf-8")))
    known = {f"MINGA_{name.upper()}" for name in Settings.model_fields}
    assert len(given) >= 10
    assert (given | written) - known == set()


def test_the_image_ends_as_nobody_special() -> None:
    lines = (ROOT / "Dockerfile").read_text("utf-8").splitlines()
    assert [line for line in lines if line.startswith("USER ")] == ["USER 10001:10001"]
    assert any(line.startswith("HEALTHCHECK") for line in lines)
    assert [line for line in lines if re.match(r"ADD |RUN .*(curl|wget)", line)] == []


def test_the_breakage_is_caught() -> None:
    broken = services((BROKEN / "files" / "compose.yaml").read_text("utf-8"))
    assert len(too_free(broken)) == 6
    assert spelled_out(broken) == ["MINGA_SECRET_KEY"]
