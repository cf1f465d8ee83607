"""A keyring that Vault protects opens through it alone, for its own territory, and every trouble is said in French."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hvac
import pytest
from hvac.exceptions import InvalidRequest

from pathway.vault.keyring import TRANSIT_MARK, KeyringRefused, load_keyring, new_keyring
from pathway.vault.providers import FileProvider, Transit, TransitProvider, provider_of, stamp_of
from tests.jobs.postbox import made_certificate
from tests.vault.transit_server import KEY, TOKEN, Engine, serving

RING = new_keyring(datetime(2026, 3, 2, 8, tzinfo=UTC))


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(KeyringRefused) as refused:
        act()
    assert TOKEN not in refused.value.sentence
    assert refused.value.__cause__ is None  # the library's own words could repeat what was sent
    return refused.value.sentence


def asking(provider: TransitProvider, **other: Any) -> TransitProvider:
    return replace(provider, transit=replace(provider.transit, **other))


def test_a_keyring_loads_as_vault_was_given_it(provider: TransitProvider) -> None:
    provider.create(RING)
    assert provider.load() == RING
    newer = RING.with_new_kek(datetime(2026, 6, 2, tzinfo=UTC))
    provider.save(newer)
    assert provider.load() == newer


def test_the_file_holds_no_key_and_says_who_opens_it(provider: TransitProvider) -> None:
    provider.create(RING)
    content = provider.path.read_bytes()
    assert content.startswith(TRANSIT_MARK + b"vault:v1:") and b"session_key" not in content
    assert provider.path.stat().st_mode & 0o777 == 0o600
    assert "protégé par Vault" in refusal(lambda: load_keyring(provider.path))


def test_what_vault_encrypts_is_bound_to_the_territory(provider: TransitProvider) -> None:
    provider.create(RING)
    assert "n’ouvre pas le trousseau" in refusal(replace(provider, territory="ailleurs").load)


def test_a_vault_that_binds_nothing_is_refused_before_anything_is_written(
    provider: TransitProvider, engine: Engine
) -> None:
    engine.binds = False
    assert "associated_data" in refusal(lambda: provider.create(RING))
    assert not provider.path.exists()


def test_saved_again_it_is_under_the_newest_version_and_former_ones_still_open(
    provider: TransitProvider, engine: Engine
) -> None:
    provider.create(RING)
    engine.rotate()
    assert provider.load() == RING
    provider.save(provider.load())
    assert provider.path.read_bytes().startswith(TRANSIT_MARK + b"vault:v2:")
    del engine.versions[1]
    assert provider.load() == RING


def test_vault_rewraps_nothing_that_is_bound_so_a_keyring_is_encrypted_again(
    provider: TransitProvider, engine: Engine
) -> None:
    asked = provider.transit
    client = hvac.Client(url=asked.addr, token=TOKEN)
    loose = client.secrets.transit.encrypt_data(name=KEY, plaintext="ZXNzYWk=")["data"]["ciphertext"]
    provider.create(RING)
    engine.rotate()
    moved = client.secrets.transit.rewrap_data(name=KEY, ciphertext=loose)["data"]["ciphertext"]
    assert moved.startswith("vault:v2:")
    bound = provider.path.read_bytes()[len(TRANSIT_MARK) :].decode().strip()
    with pytest.raises(InvalidRequest, match="message authentication failed"):
        client.secrets.transit.rewrap_data(name=KEY, ciphertext=bound)
    client.adapter.close()
    provider.save(provider.load())
    assert provider.path.read_bytes().startswith(TRANSIT_MARK + b"vault:v2:")


def test_a_sealed_vault_is_said_so(provider: TransitProvider, engine: Engine) -> None:
    provider.create(RING)
    engine.is_sealed = True
    assert "scellé" in refusal(provider.load)


def test_a_refused_token_is_said_so(provider: TransitProvider) -> None:
    said = refusal(lambda: asking(provider, token="hvs.perdu").create(RING))
    assert "refuse ce jeton" in said and "hvs.perdu" not in said


def test_a_missing_key_is_said_so(provider: TransitProvider) -> None:
    assert "n’a pas de clé « autre »" in refusal(lambda: asking(provider, key="autre").create(RING))


def test_a_vault_that_does_not_answer_is_said_so(provider: TransitProvider) -> None:
    assert "ne répond pas" in refusal(lambda: asking(provider, addr="http://127.0.0.1:1").create(RING))


def test_a_failing_vault_changes_nothing(provider: TransitProvider, engine: Engine) -> None:
    provider.create(RING)
    before = provider.path.read_bytes()
    engine.is_sealed = True
    refusal(lambda: provider.save(RING.with_new_kek(datetime(2026, 6, 2, tzinfo=UTC))))
    assert provider.path.read_bytes() == before


def test_the_token_is_read_from_its_file_at_each_call(provider: TransitProvider, tmp_path: Path) -> None:
    kept = tmp_path / "token"
    agent = asking(provider, token="", token_file=kept)
    assert "ne se lit pas" in refusal(lambda: agent.create(RING))
    kept.write_text("\n")
    assert "jeton de Vault manque" in refusal(lambda: agent.create(RING))
    kept.write_text(TOKEN + "\n")
    agent.create(RING)
    assert agent.load() == RING


def test_a_certificate_nobody_vouches_for_gets_nothing(engine: Engine, tmp_path: Path) -> None:
    certificate = made_certificate(tmp_path)
    with serving(engine, certificate) as addr:
        transit = Transit(addr=addr, mount="transit", key=KEY, token=TOKEN)
        stranger = TransitProvider(path=tmp_path / "keyring", territory="valmer", transit=transit)
        assert "n’est pas reconnu" in refusal(lambda: stranger.create(RING))
        assert engine.asked == []
        known = asking(stranger, ca=certificate)
        known.create(RING)
        assert known.load() == RING


def test_touched_bytes_open_nothing(provider: TransitProvider) -> None:
    provider.create(RING)
    content = provider.path.read_bytes()
    for place in range(len(TRANSIT_MARK), len(content) - 1, 97):
        provider.path.write_bytes(content[:place] + b"!" + content[place + 1 :])
        refusal(provider.load)


def test_nothing_printed_of_a_provider_shows_its_secret(provider: TransitProvider) -> None:
    sealed = FileProvider(path=provider.path, root_key="c2VjcmV0")
    assert TOKEN not in repr(provider) + provider.describe()
    assert "c2VjcmV0" not in repr(sealed) + sealed.describe()


def test_two_protections_at_once_are_refused(provider: TransitProvider) -> None:
    asked, path = provider.transit, provider.path
    assert "une seule" in refusal(lambda: provider_of(path, root_key="x", territory="valmer", transit=asked))
    assert provider_of(path, root_key="", territory="valmer", transit=asked) == provider


def test_a_plain_file_is_not_taken_for_vault_s(provider: TransitProvider) -> None:
    FileProvider(path=provider.path).create(RING)
    assert "n’est pas protégé par Vault" in refusal(provider.load)


def test_a_replaced_file_has_another_stamp(provider: TransitProvider) -> None:
    assert stamp_of(provider.path) is None
    provider.create(RING)
    before = stamp_of(provider.path)
    provider.save(RING)
    assert before is not None and stamp_of(provider.path) != before
