"""A person reads her pages in her own language: every sentence is in the catalogues, and every page says them."""

import re
from collections.abc import Iterator
from gettext import NullTranslations

import pytest
from flask.testing import FlaskClient

from pathway.demo.town import Town
from pathway.kernel import languages
from pathway.web import jinja
from tests.hostile.everybody import everybody
from tests.hostile.walk import REFERENCE, Walk, elements, known_ids, send, walk
from tests.town import web
from tools import catalogues

_PLACE = re.compile(r"%\((\w+)\)[sd]")
_WORD = re.compile(r"[A-Za-zÀ-ÿ]{2,}")
_SAID = re.compile(r"⟦[^⟦⟧]*⟧")
_READ = ("aria-label", "title", "alt", "placeholder")
# Said in the language of the page by Babel, or names that are the same everywhere.
_DATES = re.compile(
    r"\b(?:Jan|Feb|March|April|May|June|July|Aug|Sept|Oct|Nov|Dec|Apr|Jun|Jul|Mar)[a-z]*\b"
    r"|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|\b(?:days?|months?|years?|and|or)\b"
)


class _Marked(NullTranslations):
    """A language in which every sentence stands between two marks."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"


@pytest.fixture
def pseudo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """English is that language."""
    monkeypatch.setattr(languages, "catalogue", lambda _language: _Marked())
    monkeypatch.setattr("pathway.web.jinja.catalogue", lambda _language: _Marked())
    _forget_what_was_said()
    yield
    _forget_what_was_said()  # other tests read English


def _forget_what_was_said() -> None:
    jinja._typeset_once.cache_clear()
    jinja._told_once.cache_clear()


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_a_catalogue_holds_what_is_said_today_and_nothing_else(language: str) -> None:
    path = languages.FOLDER / f"{language}.po"
    assert path.read_bytes() == catalogues.written(catalogues.renewed(language)), "run python -m tools.catalogues"


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_nothing_is_left_to_translate(language: str) -> None:
    assert catalogues.left_to_say(catalogues.kept(language)) == []


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_a_translation_keeps_what_is_filled_in(language: str) -> None:
    for one in catalogues.kept(language):
        wanted = {name for said in _forms(one.id) for name in _PLACE.findall(said)}
        for said in _forms(one.string):
            assert set(_PLACE.findall(said)) <= wanted, f"{language} : {said}"
            assert wanted - {"num"} <= set(_PLACE.findall(said)) or not said, f"{language} : {said}"


def test_every_sentence_of_her_pages_is_said_in_her_language(sqlite_town: Town, pseudo: None) -> None:
    here = everybody(sqlite_town)
    seen: dict[str, set[str]] = {}
    for client in (here.browsers["amina"], web(sqlite_town)):
        client.set_cookie("carte_langue", "en")
        done = walk(client, ids=known_ids(sqlite_town))
        pages = [(page.endpoint, page.html) for page in done.shown]
        pages += list(_refused(client, done))
        for endpoint, html in pages:
            seen.setdefault(endpoint, set()).update(_french(html))
    left = {endpoint: sorted(said) for endpoint, said in seen.items() if said}
    assert not left, "\n".join(f"{endpoint}: {said}" for endpoint, said in left.items())


def _forms(said: object) -> list[str]:
    return [said] if isinstance(said, str) else [str(one) for one in said] if isinstance(said, list | tuple) else []


def _refused(client: FlaskClient, done: Walk) -> Iterator[tuple[str, str]]:
    """Each form of hers sent as it stands, and what it says when it is not complete."""
    cookie = client.get_cookie("carte")
    for form in done.forms:
        if cookie is not None:  # a form may end the session
            client.set_cookie("carte", cookie.value)
        answer = send(client, form, {**form.sent, **{name: "" for name in form.typed}})
        if answer.status_code in (400, 403, 404, 409, 422):
            yield REFERENCE.sub("…", form.action), answer.get_data(as_text=True)


def _french(html: str) -> Iterator[str]:
    """What a page says outside the marks, but for what people typed and for names."""
    for node in elements(html):
        if node.name in ("script", "style", "head", "svg") or _is_typed(node):
            continue
        own = [child.data for child in node.children or () if child.name == "#text" and child.data]
        for said in (*own, *(str(node.attrs.get(name) or "") for name in _READ)):
            bare = _DATES.sub("", _inside_out(said))
            if _WORD.search(bare):
                yield bare.strip()


def _inside_out(said: str) -> str:
    """That text without what stands between marks, the innermost first."""
    shorter = _SAID.sub("", said)
    return shorter if shorter == said else _inside_out(shorter)


def _is_typed(node: object) -> bool:
    """Whether that element, or one around it, is said to be in French: words of people, names of places."""
    while node is not None:
        if getattr(node, "name", "") != "html" and (getattr(node, "attrs", None) or {}).get("lang"):
            return True
        node = getattr(node, "parent", None)
    return False
