"""Check 17: a search token moved to another record brings nobody under another name, and is noticed."""

from dataclasses import replace

from pathway.casework.records.holders import TOKEN_KINDS
from pathway.casework.records.names import Query
from pathway.casework.records.queries import certain_match, found
from pathway.demo.town import Town
from pathway.store.opening import Store
from tests.store.hands import altered, sealed
from tests.store.thief import refused
from tests.town import AMINA, welcome


def test_a_token_moved_to_another_record_is_refused_on_both(store: Store) -> None:
    hers, other = sealed(store, tokens=[(1, 111), (2, 222)]), sealed(store, tokens=[(1, 333)])
    altered(store, "UPDATE search_token SET subject_id = :to WHERE token = 222", to=other)
    assert refused(store, hers) and refused(store, other)


def test_a_moved_token_finds_nobody_and_is_noticed(town: Town) -> None:
    amina, bilal = welcome(town), welcome(town, identity=replace(AMINA, first_name="Bilal", last_name="Ouali"))
    hers = {"her": amina, "him": bilal, "kind": TOKEN_KINDS["full"]}
    altered(town.store, "DELETE FROM search_token WHERE subject_id = :him AND kind = :kind", **hers)
    altered(town.store, "UPDATE search_token SET subject_id = :him WHERE subject_id = :her AND kind = :kind", **hers)
    with town.acting("bruno", write=False) as tx:
        asked = Query(last_name=AMINA.last_name, first_name=AMINA.first_name, birth_date=AMINA.birth_date)
        assert bilal not in {hit.record_id for hit in found(tx, asked)}
        assert certain_match(tx, AMINA) is None
    for record_id in (amina, bilal):
        assert refused(town.store, record_id)
