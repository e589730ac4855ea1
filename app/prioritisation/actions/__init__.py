"""What the office and citizens do from grouping the proposals to the decision after the tables."""

from app.prioritisation.actions.comparing import adopt_draft, ask_comparison, compare_job
from app.prioritisation.actions.theming import NameTheme, Place, dissolve, name_theme, place, take_out

__all__ = [
    "NameTheme",
    "Place",
    "adopt_draft",
    "ask_comparison",
    "compare_job",
    "dissolve",
    "name_theme",
    "place",
    "take_out",
]
