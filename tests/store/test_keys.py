"""A key changed by another process serves at the next step, and what cannot be trusted changes nothing."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pathway.kernel.errors import Sealed
from pathway.store import keys, sealing
from pathway.store.keys import LiveKeys
from pathway.store.opening import Store, note_checks, open_store
from pathway.vault.envelope import wrapped_kid
from pathway.vault.keyring import Keyring, new_keyring
from pathway.vault.providers import FileProvider
from tests.store.hands import NOON, altered, broken, opened, reading, rewritten, sealed, stolen, writing
from tests.town import instance


@pytest.fixture
def provider(store: Store) -> FileProvider:
    assert isinstance(store.keys.provider, FileProvider)
    return store.keys.provider


def kid_of(store: Store, subject: str) -> int:
    row = stolen(store, "SELECT kid, wrapped FROM data_key WHERE subject_id = :it", it=subject)
    assert row["kid"] == wrapped_kid(row["wrapped"])
    return int(row["kid"])


def test_a_key_another_process_made_serves_at_the_next_transaction(store: Store, provider: FileProvider) -> None:
    before = sealed(store)
    provider.save(provider.load().with_new_kek(NOON))
    after = sealed(store)
    assert (kid_of(store, before), kid_of(store, after)) == (1, 2)
    assert opened(store, before) == opened(store, after) == {"name": "Amina"}


def test_a_key_met_in_the_middle_of_a_transaction_is_looked_for_in_the_file(
    store: Store, provider: FileProvider, database_url: str, tmp_path: Path
) -> None:
    other = open_store(instance(tmp_path, database_url))
    with reading(store) as tx:
        provider.save(provider.load().with_new_kek(NOON))
        subject = sealed(other)
        assert store.keyring.primary == 1
        assert tx.sealing.open(subject, ["card"])["card"].payload == {"name": "Amina"}
    assert store.keyring.primary == 2
    other.engine.dispose()


def damaged(provider: FileProvider, _ring: Keyring) -> None:
    provider.path.unlink()
    provider.path.touch(0o600)


def opened_to_others(provider: FileProvider, ring: Keyring) -> None:
    provider.save(ring.with_new_kek(NOON))
    provider.path.chmod(0o644)


def of_another_base(provider: FileProvider, _ring: Keyring) -> None:
    provider.save(new_keyring(NOON).with_new_kek(NOON))


def with_another_key_under_a_known_number(provider: FileProvider, ring: Keyring) -> None:
    other = new_keyring(NOON)
    provider.save(replace(ring, keks=other.keks))


def gone(provider: FileProvider, _ring: Keyring) -> None:
    provider.path.unlink()


@pytest.mark.parametrize(
    "harm", [damaged, opened_to_others, of_another_base, with_another_key_under_a_known_number, gone]
)
def test_a_keyring_that_cannot_be_trusted_changes_nothing_and_the_service_goes_on(
    store: Store, provider: FileProvider, harm: Callable[[FileProvider, Keyring], None]
) -> None:
    subject, ring = sealed(store), store.keyring
    harm(provider, ring)
    assert opened(store, subject) == {"name": "Amina"}
    assert store.keyring == ring


def test_a_keyring_mended_is_read_again_after_a_moment(
    store: Store, provider: FileProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = store.keyring.with_new_kek(NOON)
    damaged(provider, newer)
    sealed(store)
    provider.path.unlink()
    provider.create(newer)
    sealed(store)
    assert store.keyring.primary == 1  # a Vault that is down is not asked again at each request
    monkeypatch.setattr(time, "monotonic", lambda: float("inf"))
    sealed(store)
    assert store.keyring.primary == 2


def test_uses_of_a_key_are_counted_in_the_base_by_the_thousand(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "_COUNTED_BY", 3)
    for _ in range(7):
        sealed(store)
    assert stolen(store, "SELECT wraps FROM wrapping_key WHERE kid = 1")["wraps"] == 6


def test_a_data_key_that_sealed_much_is_changed_and_all_it_sealed_still_opens(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "MOST_SEALS", 4)
    subject = sealed(store, {"card": {"name": "Amina"}, "contact": {"phone": "06"}})
    values = [value_of(store, subject, "row-0")]
    for seq in range(1, 12):
        rewritten(store, subject, "card", {"turn": seq}, seq=seq)
        values.append(value_of(store, subject, f"row-{seq}"))
    row = stolen(store, "SELECT dek_version, seals_used FROM data_key WHERE subject_id = :it", it=subject)
    assert row["dek_version"] > 3 and row["seals_used"] <= 4
    assert opened(store, subject) == {"turn": 11}
    assert opened(store, subject, "contact") == {"phone": "06"}
    with reading(store) as tx:
        for number, blob in enumerate(values):
            assert tx.sealing.open_value(subject, "note", f"row-{number}", blob) == {"note": "une note"}
        assert tx.sealing.open_many([subject], "card") == {subject: {"turn": 11}}
    assert broken(store) == []


def value_of(store: Store, subject: str, row: str) -> bytes:
    with writing(store) as tx:
        blob = tx.sealing.seal_value(subject, "note", row, {"note": "une note"})
        tx.journal("seal", records=[subject])
    return blob


def test_a_value_of_a_version_that_never_was_is_refused(store: Store) -> None:
    subject = sealed(store)
    blob = value_of(store, subject, "row")
    forged = blob[:2] + (9).to_bytes(4) + blob[6:]
    with reading(store) as tx, pytest.raises(Sealed):
        tx.sealing.open_value(subject, "note", "row", forged)


def test_the_former_keys_of_a_record_cannot_be_taken_away(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "MOST_SEALS", 1)
    subject = sealed(store)
    rewritten(store, subject, "card", {"name": "Amina B."})
    altered(store, "DELETE FROM sealed_section WHERE section = 'former_keys'")
    with pytest.raises(Sealed):
        opened(store, subject)


def test_a_key_made_between_reading_the_file_and_serving_is_not_missed(
    store: Store, provider: FileProvider, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = FileProvider.load

    def load_then_change(self: FileProvider) -> Keyring:
        ring = load(self)
        monkeypatch.setattr(FileProvider, "load", load)
        self.save(ring.with_new_kek(NOON))
        return ring

    monkeypatch.setattr(FileProvider, "load", load_then_change)
    late = open_store(instance(tmp_path, database_url))
    subject = sealed(store)
    assert opened(late, subject) == {"name": "Amina"}
    late.engine.dispose()


def test_keys_without_a_provider_never_change(store: Store) -> None:
    held = LiveKeys(store.keyring, store.territory)
    held.refresh()
    assert held.holding(9) is held.knowing(9) is store.keyring


def test_check_values_missing_in_the_base_are_noted(store: Store) -> None:
    with store.engine.begin() as connection:
        note_checks(connection, store.keyring.with_new_kek(NOON))
    assert stolen(store, "SELECT count(*) AS n FROM mark WHERE name LIKE 'kcv-%'")["n"] == 2
