"""The office's pages about a process: opening one, its stages and dates, its texts, its people."""

from app.process.pages import opening, people, stages, texts

ROUTERS = [opening.router, stages.router, texts.router, people.router]
