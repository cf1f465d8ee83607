"""What she reads is plain: on her pages, nineteen sentences of twenty have at most fifteen words; in English, all."""

import re
from collections.abc import Iterator, Sequence

from pathway.demo.town import Town
from pathway.kernel.settings import ROOT
from tests.hostile.walk import browsers, known_ids, lively, parsed, walk
from tools import catalogues

_BLOCKS = "main p, main li, main h1, main h2, main h3, main label, main legend, main summary, main dd, main td"
_END = re.compile(r"(?<=[.!?…])\s+|\s[·–]\s|\s*:\s+")
_MOST_WORDS, _SHARE = 15, 0.95
_FILLED = re.compile(r"%\(\w+\)s")
# A word that asks for « le », « la » or « l’ » before the name of a structure, which nobody can guess: « de CCAS ».
_NEEDS_ARTICLE = re.compile(
    r"\b(?:de|par|avec|chez|à|pour) %\((?:structure|sender|receiver|source|name|who|by)\)", re.I
)
_WITH_A_PERSON = {"Avec %(name)s", "Avec %(name)s, %(structure)s"}


def sentences(html: str) -> Iterator[str]:
    """Each sentence of the page's own text; what people wrote themselves stands between « »."""
    for block in parsed(html).query(_BLOCKS):
        text = re.sub(r"«[^»]*»", "« … »", re.sub(r"\s+", " ", block.to_text()))
        yield from (one.strip() for one in _END.split(text) if one.strip())


def words(sentence: str) -> int:
    """How many words she has to read; a figure or a sign is none."""
    return len(re.findall(r"[^\W\d_][\w’'-]*", sentence))


def test_nineteen_sentences_of_twenty_are_short(sqlite_town: Town) -> None:
    known = lively(sqlite_town)
    ((_, client),) = browsers(sqlite_town, known, ["amina"])
    said = {one for page in walk(client, ids=known_ids(sqlite_town)).shown for one in sentences(page.html)}
    long = sorted((one for one in said if words(one) > _MOST_WORDS), key=words, reverse=True)
    assert len(said) > 300
    assert len(long) <= len(said) * (1 - _SHARE), long[:20]


def test_no_sentence_needs_the_article_of_a_name() -> None:
    said = {form for one in catalogues.said() for form in _forms(one.id)}
    assert len(said) > 1000
    assert {one for one in said if _NEEDS_ARTICLE.search(one)} == _WITH_A_PERSON


def test_no_paper_needs_the_article_of_a_name() -> None:
    papers = {path.name: path.read_text() for path in (ROOT / "templates" / "print").glob("*.typ")}
    assert papers
    assert [
        name for name, text in papers.items() if re.search(r"\b(?:de|par|avec|chez|à) #data\.(?:by|sender)", text)
    ] == []


def test_every_english_sentence_is_short() -> None:
    said = {one for form in english() for one in _END.split(_FILLED.sub("it", form))}
    assert len(said) > 1000
    assert {one for one in said if words(one) > _MOST_WORDS} == set()


def test_english_calls_her_record_by_one_name() -> None:
    assert [form for form in english() if re.search(r"\brecords?\b", form)] == []


def english() -> list[str]:
    """Every sentence as it is said in English, with its plurals."""
    return [form for one in catalogues.kept("en") if one.id for form in _forms(one.string)]


def _forms(said: str | Sequence[str] | None) -> Sequence[str]:
    return [said or ""] if said is None or isinstance(said, str) else said
