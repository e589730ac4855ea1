"""Ready lists of territories: the sixteen regions of Chile from north to south, with their official codes.

Codes are kept as text because they begin with zeros (source: the State's list of regions, as BCN publishes it).
"""

from __future__ import annotations

CHILE: list[tuple[str, str]] = [
    ("15", "Región de Arica y Parinacota"),
    ("01", "Región de Tarapacá"),
    ("02", "Región de Antofagasta"),
    ("03", "Región de Atacama"),
    ("04", "Región de Coquimbo"),
    ("05", "Región de Valparaíso"),
    ("13", "Región Metropolitana de Santiago"),
    ("06", "Región del Libertador General Bernardo O'Higgins"),
    ("07", "Región del Maule"),
    ("16", "Región de Ñuble"),
    ("08", "Región del Biobío"),
    ("09", "Región de La Araucanía"),
    ("14", "Región de Los Ríos"),
    ("10", "Región de Los Lagos"),
    ("11", "Región de Aysén del General Carlos Ibáñez del Campo"),
    ("12", "Región de Magallanes y de la Antártica Chilena"),
]
ALWAYS: list[tuple[str, str, str]] = [
    ("abroad", "Fuera del país", "Outside the country"),
    ("unknown", "No sé", "I do not know"),
]
READY_LISTS: dict[str, list[tuple[str, str]]] = {"chile": CHILE, "none": []}
