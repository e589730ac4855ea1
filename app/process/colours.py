"""The colour of a process: one dark colour it chooses, checked when it is set, and all others that follow from it.

Contrast is that of WCAG 2.2 (1.4.3): (L1 + 0.05) / (L2 + 0.05) with the relative luminances L1 ≥ L2 of two colours,
from 1 to 21; words need 4.5. The grounds are those of `frontend/css/tokens.css`, where the names of the colours stand.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache

from app.kit.errors import Invalid
from app.kit.i18n import T

ENOUGH, PLENTY = 4.5, 7.0
LIGHT_GROUNDS = ("#ffffff", "#faf7f0", "#f1ece0")
DARK_GROUNDS = ("#101817", "#18221f", "#1e2a27")
ON_GROUND = "#f4efe3"
BLACK, WHITE = "#000000", "#ffffff"
MINGAS = "#0f4a45"
"""The colour of a process that chose none."""
_HEX = re.compile(r"#[0-9a-f]{6}")


def luminance(colour: str) -> float:
    """The relative luminance of `#rrggbb`, from 0 (black) to 1 (white)."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """How well one colour is read on another, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def mixed(colour: str, other: str, share: float) -> str:
    """The colour with a share (0 to 1) of another mixed in."""
    pairs = ((int(colour[s : s + 2], 16), int(other[s : s + 2], 16)) for s in (1, 3, 5))
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in pairs)


def require_legible(colour: str) -> str:
    """The colour in small letters, if words in it and on it can be read on every light ground; empty is Minga's own."""
    chosen = colour.strip().lower()
    if not chosen:
        return ""
    if not _HEX.fullmatch(chosen):
        raise Invalid(accent=T("Write the colour as # and six figures or letters, like #0f4a45."))
    worst = min(contrast(chosen, ground) for ground in LIGHT_GROUNDS)
    if worst < ENOUGH:
        raise Invalid(accent=T("This colour is too pale: words in it could not be read. Choose a darker one."))
    return chosen


def _towards(colour: str, other: str, grounds: tuple[str, ...], enough: float) -> str:
    """The nearest colour on the way to another that is read well enough on all these grounds."""
    for step in range(101):
        found = mixed(colour, other, step / 100)
        if min(contrast(found, ground) for ground in grounds) >= enough:
            return found
    return other


@lru_cache(maxsize=256)
def stylesheet(accent: str) -> str:
    """The colours of a process by day and by night, as a stylesheet of their own."""
    ground = _towards(accent, BLACK, (ON_GROUND,), PLENTY)
    night = _towards(accent, WHITE, DARK_GROUNDS, PLENTY)
    by_day = {
        "deep": accent,
        "deep-strong": mixed(accent, BLACK, 0.3),
        "link": accent,
        "told": accent,
        "ground": ground,
    }
    by_night = {
        "deep": night,
        "deep-strong": mixed(night, WHITE, 0.4),
        "on-deep": _towards(accent, BLACK, (night,), PLENTY),
        "link": night,
        "told": night,
        "ground": mixed(ground, BLACK, 0.25),
    }
    return f":root{{{_said(by_day)}}}@media (prefers-color-scheme:dark){{:root{{{_said(by_night)}}}}}"


def _said(colours: dict[str, str]) -> str:
    return "".join(f"--{name}:{colour};" for name, colour in colours.items())


@lru_cache(maxsize=256)
def digest(accent: str) -> str:
    """What names a stylesheet by its content, so that a browser may keep it for ever."""
    return hashlib.sha256(stylesheet(accent).encode()).hexdigest()[:12]
