"""Checks 12, 13 and 14: a keyring that is another's, missing, a link or open to others: the program does not start
with it.
"""

import os
from pathlib import Path

import pytest

from pathway.kernel.errors import Unavailable
from pathway.kernel.settings import Settings
from pathway.store.opening import open_store, prepare_instance
from pathway.vault.keyring import create_keyring, new_keyring
from tests.store.hands import NOON, sealed
from tests.town import instance


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """A prepared instance that holds one sealed record, on each engine in turn."""
    here = instance(tmp_path, database_url)
    prepare_instance(here, now=NOON)
    store = open_store(here)
    sealed(store)
    store.engine.dispose()
    return here


def refusal(settings: Settings) -> str:
    with pytest.raises(Unavailable) as refused:
        open_store(settings)
    return refused.value.sentence


def test_a_wrong_keyring_does_not_open(settings: Settings) -> None:
    settings.keyring_path.unlink()
    create_keyring(settings.keyring_path, new_keyring(NOON))
    assert "n’est pas celui de cette base" in refusal(settings)
    with pytest.raises(Unavailable, match="n’est pas celui de cette base"):
        prepare_instance(settings, now=NOON)


def test_a_lost_keyring_is_asked_back_and_never_made_anew(settings: Settings) -> None:
    settings.keyring_path.unlink()
    assert "Remettez votre copie du trousseau" in refusal(settings)
    with pytest.raises(Unavailable, match="Remettez votre copie du trousseau"):
        prepare_instance(settings, now=NOON)
    assert not settings.keyring_path.exists()


def test_a_keyring_lost_before_the_first_record_is_asked_back_too(tmp_path: Path, database_url: str) -> None:
    here = instance(tmp_path, database_url)
    prepare_instance(here, now=NOON)
    here.keyring_path.unlink()
    with pytest.raises(Unavailable, match="Remettez votre copie du trousseau"):
        prepare_instance(here, now=NOON)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
def test_a_keyring_others_may_touch_is_refused(settings: Settings, mode: int) -> None:
    settings.keyring_path.chmod(mode)
    assert "chmod 600" in refusal(settings)


def test_a_link_to_the_keyring_does_not_open(settings: Settings) -> None:
    place = settings.keyring_path
    place.rename(place.with_name("elsewhere"))
    place.symlink_to(place.with_name("elsewhere"))
    assert "lien symbolique" in refusal(settings)


def test_a_keyring_of_another_account_does_not_open(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    stranger = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: stranger)
    assert f"chown {stranger}" in refusal(settings)
