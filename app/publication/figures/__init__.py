"""A process in tables: its meetings, themes, technical tables, commitments and progress, every cell from the rows."""

from app.publication.figures.drawn import Asked, Cell, Drawn
from app.publication.figures.offered import FIGURES, Figure, offered

__all__ = ["FIGURES", "Asked", "Cell", "Drawn", "Figure", "offered"]
