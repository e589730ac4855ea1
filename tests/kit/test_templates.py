"""Pages from templates: languages, blocks, safety of what people write, and the built front end."""

import json
import time
import uuid
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from jinja2 import UndefinedError

from app.kit.i18n import T
from app.kit.templates import FrontEndNotBuilt, Templates, markdown

FRONTEND = Path(__file__).parents[2] / "frontend"
BUILT = {
    "css/app.css": "app-1.css",
    "js/app.js": "app-1.js",
    "img/icon.svg": "icon-1.svg",
    "fonts/atkinson-hyperlegible-next-latin-400-normal.woff2": "text-1.woff2",
}
LANGUAGES = ("es", "es_tu", "en")


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """The real templates beside a build of our own, so that these tests need no Node."""
    for name in ("templates", "letters"):
        (tmp_path / name).symlink_to(FRONTEND / name)
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "manifest.json").write_text(json.dumps(BUILT))
    return tmp_path


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A house with two pages of its own."""
    folder = tmp_path / "templates"
    (folder / "macros").mkdir(parents=True)
    (folder / "macros" / "words.html").write_text("{% macro loud(word) %}<b>{{ word }}</b>{% endmacro %}")
    (folder / "list.html").write_text(
        "<h1>{% trans %}Later{% endtrans %}</h1>"
        "{% block rows %}{% for row in rows %}{{ ui.loud(row) }}{% endfor %}{% endblock %}"
    )
    (folder / "plain.txt").write_text("{{ word }} {{ url('/p/x') }}")
    return tmp_path


def chrome(**more: Any) -> SimpleNamespace:
    link = SimpleNamespace(label="Propuestas", url="/p/x/proposals", current=True, is_work=False)
    process = SimpleNamespace(name="Sexto plan", slug="6pa", logo=(uuid.UUID(int=1), 120))
    known = {
        "language": "es",
        "other_language_url": "/en/x",
        "process": process,
        "person": None,
        "nav": [link],
        "notice": None,
    }
    return SimpleNamespace(**{**known, **more})


class Shape(HTMLParser):
    """What a page is made of, as far as the tests ask."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def one(self, **wanted: str) -> dict[str, str | None]:
        (found,) = [attrs for _, attrs in self.elements if wanted.items() <= attrs.items()]
        return found

    def ids(self) -> list[str]:
        return [attrs["id"] or "" for _, attrs in self.elements if "id" in attrs]


def test_a_page_is_said_in_its_language(small: Path) -> None:
    templates = Templates(small)
    assert templates.page("list.html", "es", rows=["a"]) == "<h1>Después</h1><b>a</b>"
    assert templates.page("list.html", "en", rows=["a"]) == "<h1>Later</h1><b>a</b>"


def test_a_block_alone_sees_the_macros(small: Path) -> None:
    assert Templates(small).page("list.html", "es", "rows", rows=["<i>", T("Now")]) == "<b>&lt;i&gt;</b><b>Ahora</b>"


def test_a_name_nobody_gave_stops_the_page(small: Path) -> None:
    with pytest.raises(UndefinedError, match="'rows' is undefined"):
        Templates(small).page("list.html", "es")


def test_plain_text_is_not_escaped_and_addresses_carry_their_language(small: Path) -> None:
    templates = Templates(small)
    assert [templates.page("plain.txt", language, word="a & b") for language in LANGUAGES] == [
        "a & b /p/x",
        "a & b /p/x",
        "a & b /en/p/x",
    ]


def test_compiled_templates_are_kept_apart_by_language(small: Path) -> None:
    for _ in range(2):
        templates = Templates(small, compiled=small / "compiled")
        assert templates.page("list.html", "es", "rows", rows=[T("Now")]) == "<b>Ahora</b>"
        assert templates.page("list.html", "en", "rows", rows=[T("Now")]) == "<b>Now</b>"
    assert sorted(folder.name for folder in (small / "compiled").iterdir()) == ["en", "es"]


def test_a_front_end_that_is_not_built_says_so(small: Path) -> None:
    with pytest.raises(FrontEndNotBuilt, match="npm run build"):
        Templates(small).static("css/app.css")


def test_a_file_the_build_does_not_know_is_named(house: Path) -> None:
    assert Templates(house).static("css/app.css") == "/static/app-1.css"
    with pytest.raises(FrontEndNotBuilt, match=r"no 'css/none\.css'"):
        Templates(house).static("css/none.css")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_part_renders_under_a_strict_policy(house: Path, language: str) -> None:
    shape = Shape(Templates(house).page("styleguide.html", language, chrome=chrome()))
    for tag, attrs in shape.elements:
        assert tag != "style"
        assert tag != "script" or "src" in attrs
        assert not [name for name in attrs if name == "style" or name.startswith("on")], (tag, attrs)
    assert len(shape.ids()) == len(set(shape.ids()))
    assert shape.elements[0] == ("html", {"lang": language[:2]})


def test_every_description_and_label_points_at_something(house: Path) -> None:
    shape = Shape(Templates(house).page("styleguide.html", "es", chrome=chrome()))
    targets = [attrs["for"] for _, attrs in shape.elements if attrs.get("for")]
    for _, attrs in shape.elements:
        targets += (attrs.get("aria-describedby") or "").split()
    assert len(targets) > 20
    assert [target for target in targets if target not in shape.ids()] == []


def test_the_refusal_page_offers_a_way_out(house: Path) -> None:
    page = Templates(house).page(
        "errors/refusal.html", "en", chrome=chrome(process=None, nav=[]), title=T("Now"), sentence="No."
    )
    assert 'href="/en/"' in page
    assert "<h1>Now</h1>" in page


def field(house: Path, call: str, **context: Any) -> str:
    environment = Templates(house).environment("es")
    return environment.from_string("{{ " + call + " }}").render(context)


def test_a_field_ties_its_error_to_its_input(house: Path) -> None:
    call = 'ui.field(form, "email", "Correo", "Para responder", type="email", required=True, errors=errors)'
    html = field(house, call, form={"email": '"><script>'}, errors={"email": T("Close")})
    its = Shape(html).one(name="email")
    assert its["aria-invalid"] == "true"
    assert (its["aria-describedby"] or "").split() == ["f-email-hint", "f-email-error"]
    assert its["value"] == '"><script>'
    assert "Cerrar" in html
    assert "opcional" not in html


def test_what_was_typed_wins_over_what_was_stored(house: Path) -> None:
    call = 'ui.field(form, "title", "Título", value="stored", rows=3)'
    assert "\ntyped</textarea>" in field(house, call, form={"title": "typed"})
    assert "\n</textarea>" in field(house, call, form={"title": ""})
    assert "\nstored</textarea>" in field(house, call, form=None)


def test_choices_keep_what_was_chosen(house: Path) -> None:
    call = 'ui.choice(form, "who", "Quién", [("a", "A"), ("b", "B", "hint")], type="checkbox", value=["a"])'

    def checked(form: Any) -> list[str | None]:
        return [a["value"] for _, a in Shape(field(house, call, form=form)).elements if "checked" in a]

    assert checked(None) == ["a"]
    assert checked({"who": ["b"]}) == ["b"]
    assert checked({"other": "x"}) == [], "all boxes were emptied"


def test_the_error_summary_leads_to_the_fields(house: Path) -> None:
    html = field(house, "ui.error_summary(errors)", errors={"email": T("Close"), "": "Todo mal"})
    assert Shape(html).one(href="#f-email")
    assert field(house, "ui.error_summary({})").strip() == ""


def test_bars_are_as_long_as_their_numbers_say(house: Path) -> None:
    rows = [{"label": "A", "value": 200}, {"label": "B", "value": 50}, {"label": "C", "value": 0}]
    html = field(house, 'ui.bars(rows, "Cuántas", ("Qué", "Cuántas"))', rows=rows)
    assert [a["width"] for _, a in Shape(html).elements if a.get("class") == "bar-full"] == ["100.0%", "25.0%", "0.0%"]
    assert field(house, 'ui.bars([], "Cuántas", ("Qué", "Cuántas"))')


def test_the_way_marks_where_the_process_is(house: Path) -> None:
    steps = [{"label": name, "status": status} for name, status in (("A", "done"), ("B", "now"), ("C", "later"))]
    shape = Shape(field(house, "ui.way(steps)", steps=steps))
    assert [a["class"] for t, a in shape.elements if t == "li"] == ["is-done", "is-now", "is-later"]
    assert [a["class"] for _, a in shape.elements if a.get("aria-current") == "step"] == ["is-now"]


def test_moments_carry_their_machine_form(house: Path) -> None:
    at = datetime(2026, 9, 8, 2, 59, tzinfo=UTC)
    html = field(house, 'ui.when(at, "America/Santiago") ~ ui.day(on, "month")', at=at, on=date(2024, 3, 1))
    assert '<time datetime="2026-09-08T02:59:00+00:00">7 de septiembre de 2026, 23:59' in html
    assert '<time datetime="2024-03">marzo de 2024</time>' in html


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("**a** <script>x</script>", "<p><strong>a</strong> &lt;script&gt;x&lt;/script&gt;</p>"),
        ("[a](javascript:alert(1))", "<p>[a](javascript:alert(1))</p>"),
        ("[a](https://x.cl)", '<p><a href="https://x.cl" rel="nofollow ugc noopener">a</a></p>'),
        ("![a](https://x.cl/a.png)", '<p>!<a href="https://x.cl/a.png" rel="nofollow ugc noopener">a</a></p>'),
        ("# Uno\n\n## Dos", "<h3>Uno</h3>\n<h4>Dos</h4>"),
        ("## Solo", "<h3>Solo</h3>"),
        ("<img src=x onerror=y>", "<p>&lt;img src=x onerror=y&gt;</p>"),
    ],
)
def test_what_people_write_is_shown_safely(written: str, shown: str) -> None:
    assert markdown(written).strip() == shown


def test_a_letter_prints_its_three_lines_only_where_there_is_a_result(house: Path) -> None:
    letters = Templates(house, "letters")
    office = SimpleNamespace(name="Oficina", phone=None, email="ogp@example.org")
    short = letters.page("base.txt", "es", office=office)
    assert "El resultado" not in short
    assert "Escriba a ogp@example.org o responda a esta carta." in short
    answer = letters.environment("es_tu").from_string(
        '{% extends "base.txt" %}{% block title %}Respuesta{% endblock %}{% block result %}Sigue.{% endblock %}'
        "{% block reason %}Es clara.{% endblock %}{% block next %}Octubre.{% endblock %}"
    )
    text = answer.render(office=office)
    assert [line for line in text.splitlines() if ": " in line] == [
        "El resultado: Sigue.",
        "La razón principal: Es clara.",
        "Lo que viene: Octubre.",
    ]
    assert "Escribe a ogp@example.org" in text


def test_a_list_of_twenty_cards_renders_fast(house: Path) -> None:
    """Measured at about a third of a millisecond; the bound only catches a change of kind."""
    card = "{% call ui.card(row, '/p', 'Los Ríos', [('sigue', 'good')]) %}<p>x</p>{% endcall %}"
    template = Templates(house).environment("es").from_string("{% for row in rows %}" + card + "{% endfor %}")
    rows = [f"Propuesta {n}" for n in range(20)]
    best = min(_seconds(lambda: template.render(rows=rows)) for _ in range(30))
    assert best < 0.004


def _seconds(act: Any) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def test_a_message_within_another_is_said_in_the_same_language(small: Path) -> None:
    (small / "templates" / "within.html").write_text(
        "{% trans about=what %}Change it: {{ about }}{% endtrans %}"
        "{% trans n=2, about=what %}{{ n }} {{ about }}{% pluralize %}{{ n }} of {{ about }}{% endtrans %}"
    )
    page = Templates(small, watch=True).page("within.html", "es", what=T("Proposals"))
    assert page.count("Propuestas") == 2
    assert "Proposals" not in page
