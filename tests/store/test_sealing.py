import threading
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pathway.kernel.errors import Conflict, NotFound, Sealed
from pathway.store.opening import Store
from tests.store.hands import altered, broken, opened, reading, rewritten, sealed, stolen, writing

_SECTION = "SELECT seq, blob FROM sealed_section WHERE subject_id = :it AND section = :name"
_KEY = "SELECT wrapped, seal, seals_used FROM data_key WHERE subject_id = :it"
_PUT_SECTION = "UPDATE sealed_section SET seq = :seq, blob = :blob WHERE subject_id = :it AND section = :name"
_PUT_KEY = "UPDATE data_key SET wrapped = :wrapped, seal = :seal, seals_used = :seals_used WHERE subject_id = :it"
TWO = {"card": {"name": "Amina"}, "contact": {"phone": "06"}}


def refused(store: Store, subject: str, section: str = "card") -> bool:
    try:
        opened(store, subject, section)
    except Sealed:
        return True
    return False


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


@pytest.mark.parametrize("column", ["blob", "wrapped", "seal"])
def test_a_flipped_bit_anywhere_is_refused(store: Store, column: str) -> None:
    subject = sealed(store)
    table = "sealed_section" if column == "blob" else "data_key"
    whole = stolen(store, f"SELECT {column} AS it FROM {table} WHERE subject_id = :it", it=subject)["it"]
    put = f"UPDATE {table} SET {column} = :value WHERE subject_id = :it"
    for place in range(0, len(whole) * 8, 29):
        flipped = bytearray(whole)
        flipped[place // 8] ^= 1 << place % 8
        altered(store, put, it=subject, value=bytes(flipped))
        assert refused(store, subject), place
    altered(store, put, it=subject, value=whole)
    assert not refused(store, subject)


@pytest.mark.parametrize("kept", [0, 1, 13, 41, 42, -1])
def test_a_cut_or_lengthened_section_is_refused(store: Store, kept: int) -> None:
    subject = sealed(store)
    whole = stolen(store, _SECTION, it=subject, name="card")
    altered(store, _PUT_SECTION, it=subject, name="card", seq=whole["seq"], blob=whole["blob"][:kept])
    assert refused(store, subject)
    altered(store, _PUT_SECTION, it=subject, name="card", seq=whole["seq"], blob=whole["blob"] + b"\0")
    assert refused(store, subject)


def test_a_section_of_another_record_is_refused(store: Store) -> None:
    hers, other = sealed(store), sealed(store, {"card": {"name": "Bilal"}})
    theirs = stolen(store, _SECTION, it=other, name="card")
    altered(store, _PUT_SECTION, it=hers, name="card", **theirs)
    assert refused(store, hers)


def test_a_section_of_another_record_with_its_key_and_seal_is_refused(store: Store) -> None:
    hers, other = sealed(store), sealed(store, {"card": {"name": "Bilal"}})
    altered(store, _PUT_SECTION, it=hers, name="card", **stolen(store, _SECTION, it=other, name="card"))
    altered(store, _PUT_KEY, it=hers, **stolen(store, _KEY, it=other))
    assert refused(store, hers)
    with reading(store) as tx, pytest.raises(Sealed):
        tx.sealing.open_many([hers], "card")


def test_lists_refuse_a_swapped_card_too(store: Store) -> None:
    hers, other = sealed(store), sealed(store, {"card": {"name": "Bilal"}})
    altered(store, _PUT_SECTION, it=hers, name="card", **stolen(store, _SECTION, it=other, name="card"))
    with reading(store) as tx, pytest.raises(Sealed):
        tx.sealing.open_many([other, hers], "card")


def test_two_sections_of_one_record_swapped_are_refused(store: Store) -> None:
    subject = sealed(store, TWO)
    card, contact = (stolen(store, _SECTION, it=subject, name=name) for name in TWO)
    altered(store, _PUT_SECTION, it=subject, name="card", **contact)
    altered(store, _PUT_SECTION, it=subject, name="contact", **card)
    assert refused(store, subject) and refused(store, subject, "contact")


def test_an_older_section_put_back_is_refused(store: Store) -> None:
    subject = sealed(store, TWO)
    older = stolen(store, _SECTION, it=subject, name="card")
    rewritten(store, subject, "card", {"name": "Amina B."})
    altered(store, _PUT_SECTION, it=subject, name="card", **older)
    assert refused(store, subject)
    assert refused(store, subject, "contact")


def test_a_section_taken_away_is_refused(store: Store) -> None:
    subject = sealed(store, TWO)
    altered(store, "DELETE FROM sealed_section WHERE subject_id = :it AND section = 'contact'", it=subject)
    assert refused(store, subject)


def test_a_whole_older_record_opens_but_the_journal_names_it(store: Store) -> None:
    subject = sealed(store)
    section, key = stolen(store, _SECTION, it=subject, name="card"), stolen(store, _KEY, it=subject)
    rewritten(store, subject, "card", {"name": "Amina B."})
    altered(store, _PUT_SECTION, it=subject, name="card", **section)
    altered(store, _PUT_KEY, it=subject, **key)
    assert opened(store, subject) == {"name": "Amina"}
    assert broken(store) == [(2, f"le dossier {subject} n’est plus celui que le journal a vu")]


def test_a_token_moved_to_another_record_is_refused_on_both(store: Store) -> None:
    hers, other = sealed(store, tokens=[(1, 111), (2, 222)]), sealed(store, tokens=[(1, 333)])
    altered(store, "UPDATE search_token SET subject_id = :to WHERE token = 222", to=other)
    assert refused(store, hers) and refused(store, other)


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
    assert stolen(store, _KEY, it=subject)["seals_used"] == 3
