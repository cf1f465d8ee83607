import threading
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pathway.kernel.errors import Conflict, NotFound, Sealed
from pathway.store.opening import Store
from tests.store.hands import altered, broken, opened, reading, rewritten, sealed, stolen, writing
from tests.store.thief import KEY, TWO, refused


def test_what_was_sealed_opens_again(store: Store) -> None:
    subject = sealed(store, TWO)
    with reading(store) as tx:
        both = tx.sealing.open(subject, ["contact", "card", "never_written"])
    assert {name: (one.payload, one.seq) for name, one in both.items()} == {
        "card": ({"name": "Amina"}, 1),
        "contact": ({"phone": "06"}, 1),
    }


def test_a_section_written_again_replaces_the_earlier_one(store: Store) -> None:
    subject = sealed(store, TWO)
    rewritten(store, subject, "card", {"name": "Amina B."})
    rewritten(store, subject, "card", {"name": "Amina C."}, seq=2)
    rewritten(store, subject, "mobility", {"zone": 10}, seq=0)
    assert opened(store, subject) == {"name": "Amina C."}
    assert opened(store, subject, "contact") == {"phone": "06"}
    assert opened(store, subject, "mobility") == {"zone": 10}
    assert broken(store) == []


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(payload=st.recursive(st.none() | st.booleans() | st.integers(0, 2**40) | st.text(), st.lists, max_leaves=8))
def test_any_answer_comes_back_as_it_was(sqlite_store: Store, payload: Any) -> None:
    subject = sealed(sqlite_store, {"card": {"it": payload}})
    assert opened(sqlite_store, subject) == {"it": payload}


@pytest.mark.parametrize("seq", [0, 2, 7])
def test_a_section_read_before_somebody_else_wrote_is_a_conflict(store: Store, seq: int) -> None:
    subject = sealed(store)
    with pytest.raises(Conflict, match="Relisez-la"):
        rewritten(store, subject, "card", {"name": "late"}, seq=seq)
    assert opened(store, subject) == {"name": "Amina"}


def test_a_subject_nobody_sealed_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound):
        opened(store, "a" * 26)


def write_beside(store: Store, subject: str, sections: tuple[str, str]) -> list[str]:
    """Two writers who both read the subject before either was done; gives what the second one met."""
    met: list[str] = []

    def second() -> None:
        try:
            rewritten(store, subject, sections[1], {"by": "second"})
            met.append("written")
        except Conflict:
            met.append("conflict")

    beside = threading.Thread(target=second)
    with writing(store) as tx:
        tx.sealing.write(subject, sections[0], {"by": "first"}, seq=1)
        beside.start()
        beside.join(0.3)  # it must be waiting now: were it through, it would have sealed a past state
        assert met == []
        tx.journal("edit", records=[subject])
    beside.join(20)
    return met


def test_two_writers_of_one_section_do_not_overwrite_each_other(store: Store) -> None:
    subject = sealed(store, TWO)
    assert write_beside(store, subject, ("card", "card")) == ["conflict"]
    assert opened(store, subject) == {"by": "first"}


def test_two_writers_of_different_sections_both_succeed_and_the_seal_holds(store: Store) -> None:
    subject = sealed(store, TWO)
    assert write_beside(store, subject, ("card", "contact")) == ["written"]
    assert [opened(store, subject, name) for name in TWO] == [{"by": "first"}, {"by": "second"}]
    assert broken(store) == []


def test_a_section_taken_away_is_refused(store: Store) -> None:
    subject = sealed(store, TWO)
    altered(store, "DELETE FROM sealed_section WHERE subject_id = :it AND section = 'contact'", it=subject)
    assert refused(store, subject)


def test_tokens_are_renewed_with_the_seal(store: Store) -> None:
    subject = sealed(store, tokens=[(1, 111), (2, 222)])
    with writing(store) as tx:
        tx.sealing.set_tokens(subject, [(2, 222), (3, 333)])
        tx.journal("edit", records=[subject])
    listed = "SELECT count(*) AS n, sum(token) AS total FROM search_token WHERE subject_id = :it"
    assert stolen(store, listed, it=subject) == {"n": 2, "total": 555}
    assert not refused(store, subject)


def test_a_value_opens_only_in_the_row_it_was_sealed_for(store: Store) -> None:
    hers, other = sealed(store), sealed(store)
    with writing(store) as tx:
        blob = tx.sealing.seal_value(hers, "scheme_exit", "row-1", {"reason": "cdi"})
        tx.journal("seal", records=[hers])
    with reading(store) as tx:
        assert tx.sealing.open_value(hers, "scheme_exit", "row-1", blob) == {"reason": "cdi"}
        for subject, table, row in [
            (hers, "scheme_exit", "row-2"),
            (hers, "note", "row-1"),
            (other, "scheme_exit", "row-1"),
        ]:
            with pytest.raises(Sealed):
                tx.sealing.open_value(subject, table, row, blob)


def test_another_territory_opens_nothing(store: Store) -> None:
    subject = sealed(store)
    assert refused(replace(store, territory="elsewhere"), subject)


def test_a_record_whose_key_is_gone_opens_nowhere(store: Store) -> None:
    subject = sealed(store)
    with writing(store) as tx:
        blob = tx.sealing.seal_value(subject, "note", "row", {"note": "secret"})
        tx.journal("seal", records=[subject])
    altered(
        store,
        "DELETE FROM sealed_section WHERE subject_id = :it",
        "DELETE FROM data_key WHERE subject_id = :it",
        it=subject,
    )
    with reading(store) as tx:
        assert tx.sealing.open_many([subject], "card") == {}
        with pytest.raises(NotFound):
            tx.sealing.open(subject, ["card"])
        with pytest.raises(Sealed):
            tx.sealing.open_value(subject, "note", "row", blob)


def test_many_cards_come_in_one_go_whatever_their_number(store: Store) -> None:
    names = [f"{number:026d}" for number in range(450)]
    with writing(store) as tx:
        for number, name in enumerate(names):
            tx.sealing.create(name, {"card": {"number": number}})
        assert len(tx.sealing.open_many(names, "card")) == 450
        tx.journal("create", count=len(names))
    with reading(store) as tx:
        found = tx.sealing.open_many([*names, "nobody"], "card")
    assert [found[name]["number"] for name in names] == list(range(450))


def test_each_writing_is_counted_for_the_life_of_the_key(store: Store) -> None:
    subject = sealed(store, TWO)
    rewritten(store, subject, "card", {"name": "Amina B."})
    assert stolen(store, KEY, it=subject)["seals_used"] == 3
