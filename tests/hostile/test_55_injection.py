"""Check 55: what is typed is a value: never SQL, never a pattern, and never work that grows faster than its length."""

import time
import unicodedata
from collections.abc import Callable
from datetime import date
from functools import cache

import pytest

from pathway.casework.records import spelling
from pathway.casework.records.names import Identity, Query, make_identity, query_parts, token_parts
from pathway.casework.records.quick import LONGEST, read_line
from pathway.casework.records.spelling import core, glued, normalise, phonetic
from pathway.casework.records.values import clean_text, read_date, read_email, read_phone
from pathway.demo.town import Town
from pathway.kernel.errors import Invalid
from pathway.kernel.wording import of_name
from tests.hostile.walk import MOVING, browsers, lively, plausible, send, snapshot, walk
from tests.town import welcome

NAMES = ("Amina", "Benkacem", "Zoé", "Martin")
SQL = (
    "' OR '1'='1",
    "') OR 1=1 --",
    '" OR ""="',
    "1; DROP TABLE record; --",
    "'; DELETE FROM journal_entry; --",
    "' UNION SELECT payload FROM journal_entry --",
    "\\'; SELECT pg_sleep(30); --",
    "' || (SELECT group_concat(blob) FROM sealed_section) || '",
    "%",
    "_",
    "%%",
    "a%",
    "[a-z]%",
    "*",
    ".*",
    "^.*$",
    "(a+)+$",
    "(?:",
    "[",
    "\\",
    "$1",
    ":it",
    "?",
    "%s",
    "{0}",
    "%(x)s",
    "\x00",
    "\ud800",
    "NULL",
    "0x41",
    "1e309",
)
SEARCHED = ("quick", "last_name", "first_name", "birth_date", "phone", "email", "card_number")
LONG = 100_000
TODAY = date(2026, 11, 20)

# Texts made to hurt: one letter, marks to be sorted, marks that come apart, signs that become many, near-matches.
TEXTS = {
    "letters": "a" * LONG,
    "marks in the wrong order": "e" + "\u0301" * (LONG // 2) + "\u0327" * (LONG // 2),
    "marks by turns": "e" + "\u0315\u0300\u0327" * (LONG // 3),
    "signs of eighteen": "\ufdfa" * LONG,
    "hangul": "\ud55c" * LONG,
    "spaces": " " * LONG,
    "spaces and a letter": "a " * (LONG // 2),
    "near a phone": "+33" + "6" * LONG,
    "near an address": "a@" * (LONG // 2),
    "dots and an address": "a." * (LONG // 2) + "@x",
    "near a day": "1" * LONG + "/",
    "doubled letters": "eau" * (LONG // 3) + "x",
    "endings": "est" * (LONG // 3) + "!",
    "particles": "de la " * (LONG // 6),
    "hyphens": "-" * LONG,
}
READERS: dict[str, Callable[[str], object]] = {
    "normalise": normalise,
    "glued": glued,
    "core": core,
    "phonetic": phonetic,
    "of_name": lambda text: of_name(text[:100]),
    "clean_text": lambda text: clean_text(text, limit=2000),
    "read_date": read_date,
    "read_phone": read_phone,
    "read_email": read_email,
    "read_line": read_line,
    "a line read": lambda text: read_line(text[:LONGEST]),
    "make_identity": lambda text: make_identity(first_name=text, last_name=text, birth_date=TODAY, today=TODAY),
    "query": lambda text: query_parts(Query(last_name=text, first_name=text, phone=text, email=text)),
    "tokens": lambda text: token_parts(
        Identity(first_name=text, last_name=text, birth_date=TODAY), phones=(), email=None, card_number="1"
    ),
}


def spent(act: Callable[[str], object], text: str) -> float:
    """The least processor time of three runs, nothing remembered: what the machine does beside is not counted."""
    took = []
    for _ in range(3):
        spelling._plain.cache_clear()
        spelling._sound.cache_clear()
        start = time.process_time()
        act(text)
        took.append(time.process_time() - start)
    return min(took)


def linear(text: str) -> int:
    """One honest pass over a text: looking each sign up."""
    return sum(len(unicodedata.name(sign, "")) for sign in text)


@cache
def a_pass(text: str) -> float:
    """What that pass costs here and now."""
    return spent(linear, text)


def read(reader: Callable[[str], object], text: str) -> None:
    try:
        reader(text)
    except Invalid:
        return


@pytest.mark.parametrize("name", READERS)
def test_no_reader_works_more_than_a_few_passes_over_what_is_typed(name: str) -> None:
    for what, text in TEXTS.items():
        took = spent(lambda typed: read(READERS[name], typed), text)
        assert took <= 10 * a_pass(text), (name, what, took, a_pass(text))


def test_a_reader_that_sorts_without_a_limit_would_be_seen() -> None:
    text = "e" + "\u0301" * 6_000 + "\u0327" * 6_000
    assert spent(lambda typed: unicodedata.normalize("NFD", typed), text) > 10 * a_pass(text)


def test_long_texts_in_every_field_of_the_search_are_answered(sqlite_town: Town) -> None:
    ((_, client),) = browsers(sqlite_town, lively(sqlite_town), ["bruno"])

    def search(text: str) -> object:
        return client.post("/recherche", data=dict.fromkeys(SEARCHED, text))

    short = spent(search, "a" * 50)
    for what, text in TEXTS.items():
        cut = text[:40_000]  # seven fields of it stay under what one form may hold
        took = spent(search, cut)
        assert took <= 30 * short + 60 * a_pass(cut), (what, took, short)


@pytest.mark.parametrize("field", SEARCHED)
def test_no_search_finds_more_by_being_odd(town: Town, field: str) -> None:
    welcome(town)
    ((_, client),) = browsers(town, {}, ["bruno"])
    before = snapshot(town, without=MOVING)
    for odd in SQL:
        answer = client.post("/recherche", data={field: odd.encode("utf-8", "surrogatepass")})
        page = answer.get_data(as_text=True)
        assert answer.status_code in (200, 422), odd
        assert not [name for name in NAMES if name in page.partition("</h1>")[2] and name not in odd], odd
    assert snapshot(town, without=MOVING) == before


def test_no_field_of_any_form_is_sql_or_a_pattern(town: Town) -> None:
    ((_, client),) = browsers(town, lively(town), ["bruno"])
    tables = set(snapshot(town))
    for number, form in enumerate(walk(client).forms):
        odd = SQL[number % len(SQL)]
        data = {**form.filled(plausible), **{name: [odd.encode("utf-8", "surrogatepass")] for name in form.typed}}
        assert send(client, form, data).status_code < 500, (form.action, odd)
    after = snapshot(town)
    assert set(after) == tables and len(after["record"]) >= 2


def test_no_filter_of_a_list_is_sql_or_a_pattern(town: Town) -> None:
    ((_, client),) = browsers(town, lively(town), ["bruno"])
    everything = client.get("/dossiers?filtre=tous").get_data(as_text=True)
    assert "Amina" in everything
    for odd in SQL[:-4]:
        for name in ("filtre", "page"):
            answer = client.get("/dossiers", query_string={name: odd})
            assert answer.status_code in (200, 400, 404), (name, odd)
