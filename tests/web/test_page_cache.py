"""Pages that are kept: put there by the loop and by threads at once."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.web import cache


def test_threads_that_keep_pages_at_once_disturb_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each page is a tenth of all there is room for, so that every one that comes drives another out."""
    monkeypatch.setattr(cache, "MOST_BYTES", 80)
    kept = cache.PageCache()
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda n: kept.put(b"%d" % n, b"12345678", [], 2.0), range(4_000)))
    finally:
        sys.setswitchinterval(usual)
    kept.put(b"last", b"12345678", [], 2.0)
    assert kept.get(b"last") is not None
    assert sum(kept.get(b"%d" % n) is not None for n in range(4_000)) == 9
