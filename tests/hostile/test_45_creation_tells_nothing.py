"""Check 45 (creating a person): whether she has a card elsewhere or nowhere, answer, statements and time are the
same.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from math import sqrt
from time import perf_counter
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event

from pathway.casework.records.rules import Identity
from pathway.demo.town import Town
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import shape

_SAMPLES = 30
_LIMIT = 3.3  # standard deviations: one innocent run in a thousand goes beyond
_FIRST = ("Amina", "Zoé", "Samir", "Lucie", "Ibrahim", "Chantal")
_LAST = ("Benkacem", "Martin", "Diop", "Nguyen", "Le Goff", "Yilmaz", "Kone")


def somebody(number: int, *, is_known: bool) -> Identity:
    """Names as long for both, another birth date for everyone."""
    born = date(1960 if is_known else 1980, 1, 1) + timedelta(days=31 * number)
    return Identity(first_name=_FIRST[number % 6], last_name=_LAST[number % 7], birth_date=born)


def form(identity: Identity) -> dict[str, str]:
    born = identity.birth_date.strftime("%d/%m/%Y")
    return {
        "first_name": identity.first_name,
        "last_name": identity.last_name,
        "birth_date": born,
        "phones": "",
        "email": "",
    }


def created(client: FlaskClient, identity: Identity) -> Any:
    answer = client.post("/dossiers/nouveau", data=form(identity))
    assert answer.status_code == 303
    return answer


@contextmanager
def statements(town: Town) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        seen.append(statement)

    engines = {town.store.engine, town.store.readers}  # one and the same on PostgreSQL
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield seen
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)


def deviation(left: list[float], right: list[float]) -> float:
    """Mann and Whitney's rank statistic, in standard deviations: near 0 when neither side is slower."""
    ranks = {place: rank for rank, place in enumerate(sorted(range(len(left + right)), key=(left + right).__getitem__))}
    n, m = len(left), len(right)
    surplus = sum(ranks[place] for place in range(n)) - n * (n - 1) / 2
    return (surplus - n * m / 2) / sqrt(n * m * (n + m + 1) / 12)


def durations(client: FlaskClient, start: int) -> tuple[list[float], list[float]]:
    """Creating known and unknown people in turn, the first of each pair alternating."""
    taken: dict[bool, list[float]] = {True: [], False: []}
    for number in range(start, start + _SAMPLES):
        for is_known in (number % 2 == 0, number % 2 == 1):
            identity = somebody(number, is_known=is_known)
            begun = perf_counter()
            created(client, identity)
            taken[is_known].append(perf_counter() - begun)
    return taken[True], taken[False]


def test_the_answer_and_the_new_record_are_the_same_whether_she_exists_elsewhere_or_not(town: Town) -> None:
    known, unknown = somebody(1, is_known=True), somebody(1, is_known=False)
    welcome(town, identity=known)
    pages = []
    for identity in (known, unknown):
        client = signed_in(town, "chloe")
        text = shape(client.get(created(client, identity).location))[1]
        pages.append(re.sub(r"/[a-z2-7]{26}|\d+ ans|19[68]0", "…", text))
    assert pages[0] == pages[1]


def test_the_same_statements_are_run_whether_she_exists_elsewhere_or_not(town: Town) -> None:
    known, unknown = somebody(2, is_known=True), somebody(2, is_known=False)
    welcome(town, identity=known)
    client = signed_in(town, "chloe")
    created(client, somebody(3, is_known=False))  # what is only done once is behind us
    runs = []
    for identity in (known, unknown):
        with statements(town) as seen:
            created(client, identity)
        runs.append(seen)
    assert runs[0] == runs[1]


def test_the_duration_tells_nothing_either(sqlite_town: Town) -> None:
    for number in range(4 * _SAMPLES):
        welcome(sqlite_town, identity=somebody(number, is_known=True))
    client = signed_in(sqlite_town, "chloe")
    durations(client, 0)
    found = []
    for turn in range(1, 4):
        found.append(deviation(*durations(client, turn * _SAMPLES)))
        if abs(found[-1]) < _LIMIT:
            return
    # A neighbour's work may weigh on one run, not three times on the same side.
    assert not (all(one > 0 for one in found) or all(one < 0 for one in found)), found
