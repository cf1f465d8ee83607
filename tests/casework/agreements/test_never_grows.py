"""Whatever she does to narrow it, on both engines, nobody sees more afterwards."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from pathway.casework.agreements.rules import SHAREABLE
from pathway.casework.records.actions import SUPPORT_SECTIONS
from pathway.casework.records.catalogue import CATALOGUE, CAUTIONS
from pathway.casework.records.queries import record_opened
from pathway.casework.records.vocabulary import Section
from pathway.casework.sharing.actions import end_grants
from pathway.casework.sharing.queries import access_of, seen_in, sight
from pathway.casework.sharing.rules import PARTS, Cause
from pathway.casework.sharing.tables import Record
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import NotFound
from pathway.store.columns import table_of
from tests.casework.agreements.deciding import agree, hide, resume, show, stop
from tests.casework.enrolments.steps import system
from tests.town import welcome

WHO = {"pae-centre": "bruno", "mission-locale": "elise", "ccas": "nadia"}
CODES = sorted({section.value for section in Section} | PARTS)
PLACES = st.sampled_from(sorted(WHO))
HIDEABLE = st.sampled_from(
    [
        (one.section.value, key)
        for key, one in CATALOGUE.items()
        if one.section is not Section.IDENTITY and key not in CAUTIONS
    ]
    + [(section.value, "") for section in Section if section is not Section.IDENTITY]
)
CHOSEN = st.sets(st.sampled_from(sorted(SHAREABLE - {"health"})), min_size=1).map(lambda found: tuple(sorted(found)))
WIDENING = st.one_of(st.tuples(st.just("agree"), PLACES, CHOSEN), st.tuples(st.just("resume"), PLACES, st.just(())))
NARROWING = st.one_of(
    st.tuples(st.just("stop"), PLACES | st.just(""), st.just(())),
    st.tuples(st.just("hide"), PLACES, HIDEABLE),
    st.tuples(st.just("end"), PLACES, st.just(())),
    st.tuples(st.just("wait"), st.just(""), st.just(())),
)
Step = tuple[str, str, tuple[str, ...]]
_record = table_of(Record)


def do(town: Town, clock: FixedClock, amina: str, step: Step) -> None:
    act, place, what = step
    if act == "wait":
        clock.move(timedelta(days=120))
    elif act == "end":
        with system(town.store, town.clock) as tx:
            where = town.structures[place]
            end_grants(tx, record_id=amina, structure_id=where, cause=Cause.SUPPORT, until_at=tx.now)
            tx.journal("end")
    else:
        acts: dict[str, Callable[..., object]] = {
            "agree": agree,
            "resume": resume,
            "stop": stop,
            "hide": hide,
            "show": show,
        }
        with unknown_is_nothing():
            acts[act](town, amina, place, *what)


@contextmanager
def unknown_is_nothing() -> Iterator[None]:
    """A structure that holds nothing of her can be neither stopped nor shown again."""
    try:
        yield
    except NotFound:
        return


def sees(town: Town, amina: str, by: str) -> set[str]:
    """The parts that SQL and the rule agree to open, and the answers read."""
    with town.acting(by, write=False) as tx:
        asked = select(*(seen_in(_record.c.id, code).label(code) for code in CODES)).where(_record.c.id == amina)
        row = tx.execute(asked, sight(tx)).one()
        in_sql = {code for code, opened in zip(CODES, row, strict=True) if opened}
        try:
            access = access_of(tx, amina)
        except NotFound:
            assert not in_sql
            return set()
        assert in_sql == {code for code in CODES if access.opens(code)}
        return in_sql | {f"item:{key}" for key in record_opened(tx, amina).facts}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=st.lists(WIDENING | NARROWING, max_size=5), last=NARROWING)
def test_no_structure_sees_more_after_she_narrows_it(
    town: Town, clock: FixedClock, before: list[Step], last: Step
) -> None:
    amina = welcome(town)
    for step in before:
        do(town, clock, amina, step)
    earlier = {who: sees(town, amina, who) for who in WHO.values()}
    do(town, clock, amina, last)
    for who in WHO.values():
        assert sees(town, amina, who) <= earlier[who], who
    assert sees(town, amina, "chloe") == set()


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chosen=CHOSEN, hidden=HIDEABLE)
def test_a_structure_sees_exactly_what_was_opened_less_what_is_hidden(
    town: Town, chosen: tuple[str, ...], hidden: tuple[str, str]
) -> None:
    amina = welcome(town)
    agree(town, amina, "mission-locale", *chosen)
    hide(town, amina, "mission-locale", *hidden)
    opened = {"identity", *chosen} - ({hidden[0]} if not hidden[1] else set())
    seen = sees(town, amina, "elise")
    assert {one for one in seen if not one.startswith("item:")} == opened
    assert f"item:{hidden[1]}" not in seen
    assert {one for one in sees(town, amina, "bruno") if not one.startswith("item:")} == SUPPORT_SECTIONS


@pytest.mark.parametrize("section", sorted(SHAREABLE - {"health"}))
def test_one_shared_section_opens_itself_and_no_other(sqlite_town: Town, section: str) -> None:
    amina = welcome(sqlite_town)
    agree(sqlite_town, amina, "mission-locale", section)
    parts = {one for one in sees(sqlite_town, amina, "elise") if not one.startswith("item:")}
    assert parts == {"identity", section}
