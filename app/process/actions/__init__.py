"""What the office does to a process: open it, set its stages, move dates with a public reason, conclude."""

from app.process.actions.concluding import MAY_CONCLUDE, Obstacle, conclude, obstacles
from app.process.actions.opening import OpenProcess, add_stage, add_territory, open_process, set_texts
from app.process.actions.scheduling import SetStage, end, extend, pause, require_open, resume, set_stage

__all__ = [
    "MAY_CONCLUDE",
    "Obstacle",
    "OpenProcess",
    "SetStage",
    "add_stage",
    "add_territory",
    "conclude",
    "end",
    "extend",
    "obstacles",
    "open_process",
    "pause",
    "require_open",
    "resume",
    "set_stage",
    "set_texts",
]
