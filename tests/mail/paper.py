"""A letter of the tests, on the real letterhead: what a participant typed stands in every place a template has."""

from __future__ import annotations

from pathlib import Path

from app.mail.rendering import LetterPaper
from app.settings import ROOT

ORIGIN = "https://participa.example.org"

SUBJECT = "{% trans name=name %}Hello {{ name }}{% endtrans %}: {{ title }}\n"
TEXT = """{% extends "base.txt" %}
{% block title %}{{ title }}{% endblock %}
{% block body %}
{% trans name=name %}Dear {{ name }}{% endtrans %}: {{ reason }}
{% for point in points %}- {{ point.words }} ({{ point.by }})
{% endfor %}
{{ link("/p/plan/proposals/" ~ folio) }}
{% endblock %}
"""
HTML = """{% extends "base.html" %}
{% block title %}{{ title }}{% endblock %}
{% block preheader %}{{ reason }}{% endblock %}
{% block body %}
<p>{% trans name=name %}Dear {{ name }}{% endtrans %}: {{ reason }}</p>
<ul>{% for point in points %}<li title="{{ point.words }}">{{ point.words }} ({{ point.by }})</li>{% endfor %}</ul>
<p><a class="button" href="{{ link("/p/plan/proposals/" ~ folio) }}">{{ folio }}</a></p>
{% endblock %}
"""


def paper(folder: Path) -> LetterPaper:
    """The real frame of every letter, with one more letter, `test/answer`."""
    for part in ("letters", "templates"):
        (folder / part).mkdir()
    for frame in ("base.html", "base.txt"):
        (folder / "letters" / frame).write_text((ROOT / "frontend" / "letters" / frame).read_text("utf-8"), "utf-8")
    own = folder / "letters" / "test"
    own.mkdir()
    for name, content in {"answer.subject.txt": SUBJECT, "answer.txt": TEXT, "answer.html": HTML}.items():
        (own / name).write_text(content, "utf-8")
    return LetterPaper(folder, ORIGIN)
