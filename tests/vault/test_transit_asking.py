"""What is asked of Vault goes to the one address given, under the mount given, and waits for nobody long."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import hvac
import pytest

from pathway.vault.keyring import TRANSIT_MARK, KeyringRefused, new_keyring
from pathway.vault.providers import TransitProvider
from tests.vault.transit_server import KEY, Engine

RING = new_keyring(datetime(2026, 3, 2, 8, tzinfo=UTC))


def test_a_vault_that_sends_elsewhere_is_not_followed_and_none_is_waited_for_long(
    provider: TransitProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A redirection would carry the token and the keyring to whoever it names."""
    given: list[dict[str, Any]] = []

    class Watched(hvac.Client):  # type: ignore[misc]  # the library says no types
        def __init__(self, **asked: Any) -> None:
            given.append(asked)
            super().__init__(**asked)

    monkeypatch.setattr(hvac, "Client", Watched)
    provider.create(RING)
    assert given
    assert all(one["allow_redirects"] is False and 0 < one["timeout"] <= 30 and one["verify"] is True for one in given)


def test_an_address_that_ends_with_a_slash_is_the_same(provider: TransitProvider, engine: Engine) -> None:
    slashed = replace(provider, transit=replace(provider.transit, addr=provider.transit.addr + "/"))
    slashed.create(RING)
    assert {path for path, _ in engine.asked} == {f"/v1/transit/{verb}/{KEY}" for verb in ("encrypt", "decrypt")}
    assert slashed.load() == RING


def test_the_mount_given_is_the_one_asked(provider: TransitProvider, engine: Engine) -> None:
    other = replace(provider, transit=replace(provider.transit, mount="coffres"))
    with pytest.raises(KeyringRefused):
        other.create(RING)
    assert [path for path, _ in engine.asked] == [f"/v1/coffres/encrypt/{KEY}"]


def test_what_follows_the_mark_and_is_no_text_opens_nothing(provider: TransitProvider) -> None:
    provider.create(RING)
    provider.path.write_bytes(TRANSIT_MARK + "vault:v1:é".encode() + b"\xff\n")
    with pytest.raises(KeyringRefused) as refused:
        provider.load()
    assert str(provider.path) in refused.value.sentence


def test_a_refusal_names_the_file_and_the_key(provider: TransitProvider, engine: Engine) -> None:
    broken = replace(RING, primary=9)
    with pytest.raises(KeyringRefused) as refused:
        provider.create(broken)
    assert str(provider.path) in refused.value.sentence
    provider.path.parent.chmod(0o700)
    provider.path.write_bytes(b"{}")
    provider.path.chmod(0o600)
    with pytest.raises(KeyringRefused) as refused:
        provider.load()
    assert str(provider.path) in refused.value.sentence
    provider.path.unlink()
    engine.binds = False
    with pytest.raises(KeyringRefused) as refused:
        provider.create(RING)
    assert KEY in refused.value.sentence
