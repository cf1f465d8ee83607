"""Tokens written by an earlier version are renewed by the night, lot by lot, from where the last run stopped."""

from datetime import date
from typing import Any

import pytest

from pathway.casework.accounts.queries import account_by_login
from pathway.casework.records import writing as written
from pathway.casework.records.holders import KINDS_OF_A_ROOT
from pathway.casework.records.names import TOKEN_FORMAT, Identity, Query, TokenIndex, TokenPart, token_parts
from pathway.casework.records.queries import certain_match, found
from pathway.demo.town import Town
from pathway.jobs import tokens
from pathway.jobs.nightly import run_night
from pathway.jobs.tokens import FORMAT, REACHED, renew_old_tokens
from pathway.kernel.errors import Refused
from pathway.store.opening import read_marks
from pathway.store.rotation import destroy_index, rotate_index
from tests.casework.enrolments.steps import rows
from tests.casework.links.pairs import compare_all
from tests.store.hands import altered, broken, writing
from tests.town import AMINA, welcome

BILAL = Identity(first_name="Bilal", last_name="Ouali", birth_date=date(1984, 7, 3))
CELIA = Identity(first_name="Célia", last_name="Marchand", birth_date=date(2001, 12, 9))
BY_SOUND = Query(last_name="Benkassem", first_name="Aminna", birth_date=AMINA.birth_date)


def marks(town: Town) -> dict[str, str]:
    with town.store.engine.connect() as connection:
        return read_marks(connection)


def is_found(town: Town) -> int:
    with town.acting("bruno", write=False) as tx:
        return len(found(tx, BY_SOUND))


def kept(town: Town) -> list[tuple[Any, ...]]:
    return sorted(tuple(row.values()) for row in rows(town.store, "search_token"))


@pytest.fixture
def old_town(town: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    """Five cards of Amina, written when names were not heard."""

    def deaf(*known: Any, **more: Any) -> tuple[TokenPart, ...]:
        return tuple(part for part in token_parts(*known, **more) if part.index in (TokenIndex.FULL, TokenIndex.TEL))

    with monkeypatch.context() as then:
        then.setattr(written, "token_parts", deaf)
        for _ in range(5):
            welcome(town)
    monkeypatch.setattr(tokens, "_LOT", 2)
    return town


def test_the_night_renews_old_tokens_then_compares_every_card_again(old_town: Town) -> None:
    compare_all(old_town)
    assert is_found(old_town) == 0
    counts = run_night(old_town.store, old_town.clock, report=lambda *_: None)["links"]
    assert (counts["renewed"], counts["compared"]) == (5, 5)
    assert is_found(old_town) == 5
    assert marks(old_town)[FORMAT] == str(TOKEN_FORMAT)
    assert broken(old_town.store) == []


def test_a_renewal_cut_short_goes_on_from_where_it_was(old_town: Town) -> None:
    assert next(renew_old_tokens(old_town.store, old_town.clock)) == 2
    assert FORMAT not in marks(old_town) and REACHED in marks(old_town)
    assert list(renew_old_tokens(old_town.store, old_town.clock)) == [2, 1]
    assert is_found(old_town) == 5


def test_a_base_up_to_date_is_left_alone(town: Town) -> None:
    welcome(town)
    before = kept(town)
    assert list(renew_old_tokens(town.store, town.clock)) == [1]
    entries = len(rows(town.store, "journal_entry"))
    assert list(renew_old_tokens(town.store, town.clock)) == []
    assert kept(town) == before
    assert len(rows(town.store, "journal_entry")) == entries
    assert "renewed" not in run_night(town.store, town.clock, report=lambda *_: None)["links"]


def test_a_renewal_begun_for_another_format_starts_anew(old_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    next(renew_old_tokens(old_town.store, old_town.clock))
    monkeypatch.setattr(tokens, "TOKEN_FORMAT", TOKEN_FORMAT + 1)
    assert sum(renew_old_tokens(old_town.store, old_town.clock)) == 5


def test_a_record_that_does_not_open_stops_no_night(old_town: Town) -> None:
    one = rows(old_town.store, "record", "ORDER BY id LIMIT 1")[0]["id"]
    altered(old_town.store, "DELETE FROM search_token WHERE subject_id = :one", one=one)
    run_night(old_town.store, old_town.clock, report=lambda *_: None)
    assert is_found(old_town) == 4


def test_a_new_index_root_finds_everyone_before_during_and_after_the_night(town: Town) -> None:
    amina, bilal = welcome(town), welcome(town, identity=BILAL)
    with writing(town.store) as tx:
        assert rotate_index(tx) == 2
    assert (names_found(town, AMINA), names_found(town, BILAL)) == ({amina}, {bilal})
    celia = welcome(town, identity=CELIA)
    assert {row["kind"] // KINDS_OF_A_ROOT for row in rows(town.store, "search_token")} == {0, 1}
    run_night(town.store, town.clock, report=lambda *_: None)
    assert {row["kind"] // KINDS_OF_A_ROOT for row in rows(town.store, "search_token")} == {1}
    with writing(town.store) as tx:
        destroy_index(tx, 1, kinds=(0, KINDS_OF_A_ROOT - 1))
    assert set(town.store.keyring.index_roots) == {2}
    for identity, record_id in ((AMINA, amina), (BILAL, bilal), (CELIA, celia)):
        assert names_found(town, identity) == {record_id}
    assert "renewed" not in run_night(town.store, town.clock, report=lambda *_: None)["links"]
    with town.acting("bruno", write=False) as tx:  # a login keeps its token: nobody could write it again
        assert account_by_login(tx, signed_up(town)) is not None
    assert broken(town.store) == []


def test_an_index_root_that_serves_or_is_still_needed_is_kept(town: Town) -> None:
    welcome(town)
    with pytest.raises(Refused, match="celle qui sert maintenant"), writing(town.store) as tx:
        destroy_index(tx, 1, kinds=(0, KINDS_OF_A_ROOT - 1))
    with writing(town.store) as tx:
        rotate_index(tx)
    with pytest.raises(Refused, match="mots de recherche"), writing(town.store) as tx:
        destroy_index(tx, 1, kinds=(0, KINDS_OF_A_ROOT - 1))
    with pytest.raises(Refused, match="change déjà de clé"), writing(town.store) as tx:
        rotate_index(tx)


def names_found(town: Town, identity: Identity) -> set[str]:
    with town.acting("bruno", write=False) as tx:
        asked = Query(last_name=identity.last_name, first_name=identity.first_name, birth_date=identity.birth_date)
        certain = certain_match(tx, identity)
        return {hit.record_id for hit in found(tx, asked)} & ({certain} if certain else set())


def signed_up(town: Town) -> str:
    return town.cast["bruno"].email
