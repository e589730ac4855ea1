"""What the office may do with what it writes and enters."""

from app.editorial.actions.entering import Entry, enter, withdraw
from app.editorial.actions.inviting import Event, announce, call_off
from app.editorial.actions.shelving import Shelved, shelve, take_out
from app.editorial.actions.showing import show_logo, take_logo_away
from app.editorial.actions.writing import Address, Correction, Words, check, correct, publish, take_down

__all__ = [
    "Address",
    "Correction",
    "Entry",
    "Event",
    "Shelved",
    "Words",
    "announce",
    "call_off",
    "check",
    "correct",
    "enter",
    "publish",
    "shelve",
    "show_logo",
    "take_down",
    "take_logo_away",
    "take_out",
    "withdraw",
]
