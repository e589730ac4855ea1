"""How heavy and how fast the pages are that people meet first: `make bench-pages` prints it, and fails past a ceiling.

Chromium is held to what a cheap phone in a village has: a processor four times slower, 1.6 Mbit/s, and 150 ms for each
round trip. Every visit is a first one, with nothing kept from before; of five the median counts.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from tests.chromium import ARGUMENTS, HEIGHT, PHONE
from tests.demo_served import demo_in

TRIAL, PLAN = "/p/sexto-plan-ensayo", "/p/quinto-plan"
PAGES = {
    "home": "/",
    "process": TRIAL,
    "list": f"{PLAN}/proposals",
    "proposal": f"{PLAN}/proposals/5PA-0018",
    "form": f"{TRIAL}/propose",
}
VISITS = 5
SLOWER, ROUND_TRIP, BITS = 4, 150, 1_600_000
MOST_BYTES, MOST_WITH_FONTS, MOST_PAINT, MOST_SHIFT = 60 * 1024, 120 * 1024, 1500.0, 0.0
FONTS = ".woff2"
WATCH = """() => {
  window.seen = { paint: 0, shift: 0 };
  new PerformanceObserver((list) => list.getEntries().forEach((one) => (seen.paint = one.startTime)))
    .observe({ type: "largest-contentful-paint", buffered: true });
  new PerformanceObserver((list) => list.getEntries().forEach((one) => (seen.shift += one.value)))
    .observe({ type: "layout-shift", buffered: true });
}"""


@dataclass
class Visit:
    """What one first visit cost."""

    bytes_of: Counter[str] = field(default_factory=Counter)
    hosts: set[str] = field(default_factory=set)
    paint: float = 0.0
    shift: float = 0.0

    @property
    def without_fonts(self) -> int:
        """All bytes that came, headers included, but for those of fonts."""
        return sum(n for address, n in self.bytes_of.items() if not address.endswith(FONTS))

    @property
    def whole(self) -> int:
        """All bytes that came, headers included."""
        return sum(self.bytes_of.values())


def main() -> None:
    """Load the demo into a folder of its own, visit each page five times, print what it cost, and say what is over."""
    home = Path(tempfile.mkdtemp(prefix="minga-pages-"))
    try:
        faults = _measure(home)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    for fault in faults:
        print(f"over the ceiling: {fault}")
    sys.exit(1 if faults else 0)


def _measure(home: Path) -> list[str]:
    with demo_in(home) as (_, url), sync_playwright() as player:
        browser = player.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        conditions = f"processor {SLOWER} times slower, {BITS / 1e6} Mbit/s, {ROUND_TRIP} ms"
        print(f"First visits; {conditions}; median of {VISITS}")
        print(f"{'page':<10}{'KB':>8}{'with fonts':>12}{'LCP ms':>9}{'of five':>24}{'shift':>8}  other hosts")
        faults = [fault for name, path in PAGES.items() for fault in _judge(name, _visits(browser, url, path), url)]
        browser.close()
    return faults


def _visits(browser: Browser, url: str, path: str) -> list[Visit]:
    return [_visit(browser, url + path) for _ in range(VISITS)]


def _visit(browser: Browser, address: str) -> Visit:
    context = browser.new_context(
        viewport={"width": PHONE, "height": HEIGHT}, device_scale_factor=2, is_mobile=True, has_touch=True
    )
    page = context.new_page()
    wire = context.new_cdp_session(page)
    found = Visit()
    _listen(wire, found)
    _slow_down(wire)
    page.add_init_script(f"({WATCH})()")
    page.goto(address, wait_until="load")
    page.wait_for_timeout(1200)  # what shifts or paints late is seen too
    _read(page, found)
    context.close()
    return found


def _listen(wire: CDPSession, found: Visit) -> None:
    addresses: dict[str, str] = {}

    def asked(event: dict[str, Any]) -> None:
        parts = urlsplit(event["request"]["url"])
        if parts.scheme in {"http", "https"}:
            addresses[event["requestId"]] = parts.path
            found.hosts.add(parts.netloc)

    def came(event: dict[str, Any]) -> None:
        if event["requestId"] in addresses:
            found.bytes_of[addresses[event["requestId"]]] += int(event["encodedDataLength"])

    wire.on("Network.requestWillBeSent", asked)
    wire.on("Network.loadingFinished", came)
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": False})


def _slow_down(wire: CDPSession) -> None:
    wire.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    rate = {"downloadThroughput": BITS / 8, "uploadThroughput": BITS / 8}
    wire.send("Network.emulateNetworkConditions", {"offline": False, "latency": ROUND_TRIP, **rate})


def _read(page: Page, found: Visit) -> None:
    seen = page.evaluate("seen")
    found.paint, found.shift = float(seen["paint"]), float(seen["shift"])


def _judge(name: str, visits: list[Visit], url: str) -> list[str]:
    paint = statistics.median(one.paint for one in visits)
    shift = max(one.shift for one in visits)
    light, heavy = max(one.without_fonts for one in visits), max(one.whole for one in visits)
    others = set().union(*(one.hosts for one in visits)) - {urlsplit(url).netloc}
    spread = " ".join(f"{one.paint:.0f}" for one in visits)
    said = f"{light / 1024:>8.1f}{heavy / 1024:>12.1f}{paint:>9.0f}{spread:>24}{shift:>8.3f}"
    print(f"{name:<10}{said}  {', '.join(sorted(others)) or 'none'}")
    checks = {
        f"{light} bytes": light > MOST_BYTES,
        f"{heavy} bytes with fonts": heavy > MOST_WITH_FONTS,
        f"largest paint after {paint:.0f} ms": paint > MOST_PAINT or not paint,
        f"layout shift {shift}": shift > MOST_SHIFT,
        f"asks {others}": bool(others),
    }
    return [f"{name}: {what}" for what, is_over in checks.items() if is_over]


if __name__ == "__main__":
    main()
