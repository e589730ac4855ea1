"""What the office, facilitators and citizens do from grouping the proposals to the decision after the tables."""

from app.prioritisation.actions.casting import Cast, Spent, cast, cast_assisted
from app.prioritisation.actions.comparing import adopt_draft, ask_comparison, compare_job
from app.prioritisation.actions.crediting import Given, give_rights, hand_out, print_codes
from app.prioritisation.actions.noting import NoteText, write_note
from app.prioritisation.actions.rounding import adopt, close_round, join_table, leave_round, set_round
from app.prioritisation.actions.sheets import Sheet, check_sheet, type_sheet
from app.prioritisation.actions.theming import NameTheme, Place, dissolve, name_theme, place, take_out
from app.prioritisation.actions.voting import annul, close_vote, end_rehearsal, open_vote, rehearse, set_subgroups

__all__ = [
    "Cast",
    "Given",
    "NameTheme",
    "NoteText",
    "Place",
    "Sheet",
    "Spent",
    "adopt",
    "adopt_draft",
    "annul",
    "ask_comparison",
    "cast",
    "cast_assisted",
    "check_sheet",
    "close_round",
    "close_vote",
    "compare_job",
    "dissolve",
    "end_rehearsal",
    "give_rights",
    "hand_out",
    "join_table",
    "leave_round",
    "name_theme",
    "open_vote",
    "place",
    "print_codes",
    "rehearse",
    "set_round",
    "set_subgroups",
    "take_out",
    "type_sheet",
    "write_note",
]
