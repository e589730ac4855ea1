"""Pages and letters from their templates, each in one language.

There is one Jinja environment per language, so the language is decided once and nothing is looked up per word. The
macros of `templates/macros/` are at hand everywhere as `ui.…`, without an import: a block rendered alone for htmx sees
the same names as the whole page.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import nh3
from jinja2 import (
    Environment,
    FileSystemBytecodeCache,
    FileSystemLoader,
    StrictUndefined,
    pass_context,
    select_autoescape,
)
from jinja2.runtime import Context
from jinja2_fragments import render_block
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from app.kit.i18n import VARIANTS, Catalogue, T, Text, Tn, translator
from app.kit.text import excerpt, say_ago_or_in, say_date, say_instant, say_number, say_until

STATIC = "/static/"


class FrontEndNotBuilt(RuntimeError):
    """Styles and scripts were asked for before they were built."""


class Templates:
    """The templates of one folder, ready to render in any language.

    `folder` is "templates" for pages and "letters" for mail; `compiled` is where compiled templates are kept between
    starts; `watch` looks for changed files at every render, for people who are writing them.
    """

    def __init__(
        self, frontend: Path, folder: str = "templates", *, compiled: Path | None = None, watch: bool = False
    ) -> None:
        self.frontend = frontend
        self.folder = folder
        self.compiled = compiled
        self.watch = watch
        self._environments: dict[str, Environment] = {}
        self._built: Mapping[str, str] = {}

    def page(self, name: str, language: str, /, block: str | None = None, **context: Any) -> str:
        """The template, or one named block of it, as text.

        A block rendered alone does not see `{% set %}` written outside it.
        """
        environment = self.environment(language)
        if block is not None:
            return render_block(environment, name, block, context)
        return environment.get_template(name).render(context)

    def environment(self, language: str) -> Environment:
        found = self._environments.get(language)
        if found is None:
            found = self._environments[language] = self._prepared(language)
        return found

    def names(self) -> list[str]:
        """Every template of the folder: what the tests render or compile one by one."""
        return self.environment("en").list_templates()

    def static(self, name: str) -> str:
        """The address of a built file, with its content's hash in it, so that it may be cached for ever."""
        if self.watch or not self._built:
            self._built = self._manifest()
        try:
            return STATIC + self._built[name]
        except KeyError:
            raise FrontEndNotBuilt(f"The built front end has no {name!r}; build it again: npm run build.") from None

    def _manifest(self) -> Mapping[str, str]:
        file = self.frontend / "dist" / "manifest.json"
        try:
            built: dict[str, str] = json.loads(file.read_text("utf-8"))
        except FileNotFoundError:
            raise FrontEndNotBuilt(
                f"The front end is not built: there is no {file}. "
                "Run: cd frontend && npm ci --ignore-scripts && npm run build."
            ) from None
        return built

    def _prepared(self, language: str) -> Environment:
        environment = Environment(
            loader=FileSystemLoader([self.frontend / self.folder, self.frontend / "templates"]),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
            finalize=_speaker(language),
            auto_reload=self.watch,
            cache_size=-1,
            bytecode_cache=self._kept(language),
        )
        environment.policies["ext.i18n.trimmed"] = True
        _teach(environment, translator(language), _speaker(language))
        environment.filters.update(_filters(language))
        prefix = _prefix(language)
        environment.globals.update(
            static=self.static, url=lambda path: prefix + path, language=language[:2], variant=language, T=T, Tn=Tn
        )
        environment.globals["ui"] = _macros(environment)
        return environment

    def _kept(self, language: str) -> FileSystemBytecodeCache | None:
        """One folder per language: Jinja works constants out when compiling, and they may hold words."""
        if self.compiled is None:
            return None
        folder = self.compiled / language
        folder.mkdir(parents=True, exist_ok=True)
        return FileSystemBytecodeCache(str(folder))


@lru_cache(maxsize=4)
def templates_of(frontend: Path) -> Templates:
    """The pages of a front end, compiled once for every program of this process that shows them."""
    return Templates(frontend)


def _speaker(language: str) -> Callable[[Any], Any]:
    """What turns a lazy message into words wherever a template prints one; it runs at every `{{ }}`, so it is bare."""

    def spoken(value: Any) -> Any:
        return value.into(language) if value.__class__ is Text else value

    return spoken


def _teach(environment: Environment, catalogue: Catalogue, speak: Callable[[Any], Any]) -> None:
    """Gives the templates their catalogue; messages without values, nearly all, are looked up and escaped only once.

    A lazy message that stands in another is said in the same language.
    """
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        catalogue.gettext, catalogue.ngettext, newstyle=True, pgettext=catalogue.pgettext
    )
    looked_up = cast("Callable[..., str]", environment.globals["gettext"])
    known: dict[tuple[str, bool], str] = {}

    @pass_context
    def gettext(context: Context, message: str, /, **values: Any) -> str:
        if values:
            return looked_up(context, message, **{name: speak(value) for name, value in values.items()})
        key = (message, bool(context.eval_ctx.autoescape))
        said = known.get(key)
        if said is None:
            said = known[key] = looked_up(context, message)
        return said

    counted = cast("Callable[..., str]", environment.globals["ngettext"])

    @pass_context
    def ngettext(context: Context, one: str, several: str, n: int, /, **values: Any) -> str:
        return counted(context, one, several, n, **{name: speak(value) for name, value in values.items()})

    environment.globals.update(gettext=gettext, _=gettext, ngettext=ngettext)


def _prefix(language: str) -> str:
    if language not in VARIANTS:
        raise ValueError(f"There are no pages in {language!r}.")
    return "" if language.startswith("es") else f"/{language}"


def _filters(language: str) -> dict[str, Callable[..., Any]]:
    return {
        "until": lambda instant, zone: say_until(instant, zone, language),
        "instant": lambda instant, zone, seconds=False: say_instant(instant, zone, language, seconds=seconds),
        "day": lambda day, precision="day": say_date(day, language, precision),
        "number": lambda number, decimals=None: say_number(number, language, decimals),
        "ago_or_in": lambda moment, now: say_ago_or_in(moment, now, language),
        "said": _speaker(language),
        "excerpt": excerpt,
        "marked": marked,
        "markdown": markdown,
    }


def _macros(environment: Environment) -> SimpleNamespace:
    """Every macro of `macros/*.html` under one name; a leading underscore keeps one private to its file."""
    found = SimpleNamespace()
    for name in environment.list_templates(filter_func=lambda name: name.startswith("macros/")):
        environment.globals["ui"] = found
        for key, macro in vars(environment.get_template(name).module).items():
            if not key.startswith("_") and callable(macro):
                setattr(found, key, macro)
    return found


def marked(pieces: Sequence[tuple[str, bool]]) -> Markup:
    """A text in pieces, those that are true as `<mark>`: where the words of a search stand."""
    said = (f"<mark>{escape(words)}</mark>" if is_hit else escape(words) for words, is_hit in pieces)
    return Markup("".join(said))  # noqa: S704 - every piece was escaped on the line before


ALLOWED = {
    *("p", "br", "hr", "strong", "em", "ul", "ol", "li", "a", "blockquote", "code", "pre"),
    *("h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
ALLOWED_SCHEMES = {"http", "https", "mailto", "tel"}
_reader = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


@lru_cache(maxsize=512)
def markdown(text: str, level: int = 3) -> Markup:
    """What a person wrote, as safe HTML.

    No HTML of theirs passes, nor pictures; their highest title is of this level, the third unless said otherwise; links
    tell search engines that the page does not vouch for them. Cleaned twice: by the reader, and by an allow-list.
    """
    tokens = _reader.parse(text)
    titles = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    highest = min((int(token.tag[1]) for token in titles), default=1)
    for token in titles:
        token.tag = f"h{min(6, int(token.tag[1]) - highest + level)}"
    html = _reader.renderer.render(tokens, _reader.options, {})
    return Markup(  # noqa: S704 - cleaned by the allow-list on this very line
        nh3.clean(
            html,
            tags=ALLOWED,
            attributes={"a": {"href"}, "ol": {"start"}},
            url_schemes=ALLOWED_SCHEMES,
            link_rel="nofollow ugc noopener",
        )
    )
