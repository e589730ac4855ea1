"""What is done with meetings: convened and changed, registered for, attended, minuted; and what the clock does."""

from app.meetings.actions.attending import (
    come_by_code,
    come_by_link,
    new_room_code,
    note_came,
    note_list,
    strike,
)
from app.meetings.actions.convening import (
    announce,
    cancel,
    change,
    close,
    convene,
    draft,
    hold,
    report,
    to_cancel,
    to_change,
)
from app.meetings.actions.importing import bring_in, settle_line, settle_rest, to_bring_in
from app.meetings.actions.minuting import MinutesText, add_addendum, approve, publish, write
from app.meetings.actions.planning import Plan, Reported
from app.meetings.actions.registering import Wish, give_up, give_up_for, prepare, register, to_give_up
from app.meetings.actions.reminding import ask_to_fill, ask_what_is_due, fill_job, remind_job
from app.meetings.actions.standing import cancel_with, convene_for, move_to, move_with

__all__ = [
    "MinutesText",
    "Plan",
    "Reported",
    "Wish",
    "add_addendum",
    "announce",
    "approve",
    "ask_to_fill",
    "ask_what_is_due",
    "bring_in",
    "cancel",
    "cancel_with",
    "change",
    "close",
    "come_by_code",
    "come_by_link",
    "convene",
    "convene_for",
    "draft",
    "fill_job",
    "give_up",
    "give_up_for",
    "hold",
    "move_to",
    "move_with",
    "new_room_code",
    "note_came",
    "note_list",
    "prepare",
    "publish",
    "register",
    "remind_job",
    "report",
    "settle_line",
    "settle_rest",
    "strike",
    "to_bring_in",
    "to_cancel",
    "to_change",
    "to_give_up",
    "write",
]
