"""How many people live in each region of Chile, and where it lies on the map of squares.

Counted by the National Statistics Institute (INE) in the census of 2017, as it publishes them by region; Ñuble is
counted apart, as it has been since it became a region.
"""

from __future__ import annotations

from dataclasses import dataclass

SOURCE = "Instituto Nacional de Estadísticas (INE), Censo 2017"


@dataclass(frozen=True)
class Region:
    """One of the sixteen: its short name, its people, and its square: columns from the sea, rows from the north."""

    short: str
    people: int
    column: int
    row: int


CENSUS: dict[str, Region] = {
    "15": Region("Arica y P.", 226_068, 0, 0),
    "01": Region("Tarapacá", 330_558, 1, 0),
    "02": Region("Antofagasta", 607_534, 0, 1),
    "03": Region("Atacama", 286_168, 1, 1),
    "04": Region("Coquimbo", 757_586, 2, 1),
    "05": Region("Valparaíso", 1_815_902, 0, 2),
    "13": Region("Metropolitana", 7_112_808, 1, 2),
    "06": Region("O'Higgins", 914_555, 2, 2),
    "07": Region("Maule", 1_044_950, 0, 3),
    "16": Region("Ñuble", 480_609, 1, 3),
    "08": Region("Biobío", 1_556_805, 2, 3),
    "09": Region("Araucanía", 957_224, 0, 4),
    "14": Region("Los Ríos", 384_837, 1, 4),
    "10": Region("Los Lagos", 828_708, 2, 4),
    "11": Region("Aysén", 103_158, 0, 5),
    "12": Region("Magallanes", 166_533, 1, 5),
}
"""By the official code, from north to south."""
EVERYBODY = 17_574_003
"""The people of the whole country."""
