"""Texts of the office: published, put right with the earlier version kept, taken down with a public reason."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from app.editorial.models import Article, ArticleVersion
from app.editorial.queries import articles
from app.editorial.rules.words import LONGEST_TITLE, ArticleKind, Network, check_name, check_reason, check_words
from app.kit import ids
from app.kit.errors import Conflict, Invalid, NotFound, Stale
from app.kit.i18n import T
from app.people.rules import Permission
from app.process.models import Process
from app.work import Work

MOST_MEMBERS = 200


@dataclass(frozen=True)
class Words:
    """What a text says, in both languages; contact and members only the page of a network has."""

    title_es: str
    text_es: str
    title_en: str = ""
    text_en: str = ""
    contact: str = ""
    members: tuple[str, ...] = ()


@dataclass(frozen=True)
class Address:
    """Which text it is: its kind, the last part of its address (news has none yet), whether it is in the menu."""

    kind: ArticleKind
    name: str = ""
    in_menu: bool = True


@dataclass(frozen=True)
class Correction:
    """What is said in public of a change, which version whoever made it had open, and whether it is in the menu now."""

    sentence: str
    seen: int
    in_menu: bool = True


def check(words: Words) -> None:
    """Refuse what cannot be published, field by field."""
    faults = check_words(
        words.title_es, words.text_es, (words.title_es, words.title_en), (words.text_es, words.text_en)
    )
    if len(words.contact) > 300:
        faults["contact"] = T("This is too long: at most {n} characters.", n=300)
    if len(words.members) > MOST_MEMBERS or any(len(one) > LONGEST_TITLE for one in words.members):
        faults["members"] = T("At most {n} lines of {length} characters.", n=MOST_MEMBERS, length=LONGEST_TITLE)
    if faults:
        raise Invalid(**faults)


def publish(work: Work, process: Process, address: Address, words: Words) -> Article:
    """Publish a text. Office."""
    work.require(Permission.PUBLISH_CONTENT, process.id)
    check(words)
    number = articles.last_number(work.session, process.id, address.kind) + 1
    article = Article(
        id=ids.new_id(),
        process_id=process.id,
        kind=address.kind,
        number=number,
        name=_name(work, process, address, number),
        in_menu=address.in_menu,
        version=1,
        published_at=work.now,
    )
    work.session.add(article)
    work.session.flush()
    _keep(work, article, words)
    work.record("article.published", article.subject)
    return article


def _name(work: Work, process: Process, address: Address, number: int) -> str:
    if address.kind is ArticleKind.NEWS:
        return str(number)
    if address.kind is ArticleKind.NETWORK and address.name not in set(Network):
        raise NotFound
    fault = check_name(address.name)
    if fault is None and articles.is_there(work.session, process.id, address.kind, address.name):
        fault = T("There is already a page with this address. Choose another one.")
    if fault:
        raise Invalid(name=fault)
    return address.name


def correct(work: Work, article: Article, words: Words, correction: Correction) -> None:
    """Put a text right: the earlier version stays readable, and the page says in public what was changed. Office."""
    work.require(Permission.PUBLISH_CONTENT, article.process_id)
    if article.taken_down_at is not None:
        raise Conflict(T("This was taken down."))
    if correction.seen != article.version:
        raise Stale
    check(words)
    before = articles.version_of(work.session, article, article.version)
    is_same = all(_same(getattr(before, name), value) for name, value in asdict(words).items())
    if is_same and article.in_menu == correction.in_menu:
        raise Invalid(text_es=T("Nothing is different from the version that is published."))
    article.in_menu = correction.in_menu
    if not is_same:
        check_reason(correction.sentence, "correction")
        article.version += 1
        _keep(work, article, words, correction.sentence)
    work.session.flush()
    work.record("article.corrected", article.subject)


def _same(kept: object, typed: object) -> bool:
    return list(typed) == kept if isinstance(typed, tuple) else typed == kept


def _keep(work: Work, article: Article, words: Words, correction: str = "") -> None:
    said = asdict(words) | {"members": list(words.members)}
    version = ArticleVersion(article_id=article.id, number=article.version, correction=correction, at=work.now, **said)
    work.session.add(version)
    work.session.flush()


def take_down(work: Work, article: Article, reason: str) -> None:
    """Take a text away; its title stays with the public reason. Office."""
    work.require(Permission.PUBLISH_CONTENT, article.process_id)
    if article.taken_down_at is not None:
        raise Conflict(T("This was taken down."))
    article.taken_down_because = check_reason(reason)
    article.taken_down_at = work.now
    work.session.flush()
    work.record("article.taken_down", article.subject)
