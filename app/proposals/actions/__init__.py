"""What may be done with a proposal, by its author and by the office at the door."""

from app.proposals.actions.advancing import advance
from app.proposals.actions.attaching import attach, hold_back, release
from app.proposals.actions.authoring import confirm, resubmit, revise, withdraw
from app.proposals.actions.examining import admit, join, merge, refuse, return_for_changes
from app.proposals.actions.inviting import invite_body, to_invite
from app.proposals.actions.naming import rename, rename_by_link, to_rename
from app.proposals.actions.placing import place
from app.proposals.actions.preparing import to_admit, to_merge, to_return, to_revise, to_withdraw
from app.proposals.actions.recovering import renew_code, send_ways, to_recover
from app.proposals.actions.submitting import Received, prepare, submit
from app.proposals.actions.wishing import Contact, Submission

__all__ = [
    "Contact",
    "Received",
    "Submission",
    "admit",
    "advance",
    "attach",
    "confirm",
    "hold_back",
    "invite_body",
    "join",
    "merge",
    "place",
    "prepare",
    "refuse",
    "release",
    "rename",
    "rename_by_link",
    "renew_code",
    "resubmit",
    "return_for_changes",
    "revise",
    "send_ways",
    "submit",
    "to_admit",
    "to_invite",
    "to_merge",
    "to_recover",
    "to_rename",
    "to_return",
    "to_revise",
    "to_withdraw",
    "withdraw",
]
