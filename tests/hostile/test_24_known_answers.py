"""Check 24: the formats are frozen: formats.json is reproduced by the vault, and by a script that knows nothing of
it.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pathway.kernel.settings import ROOT
from pathway.vault import custody, envelope, keyring
from pathway.vault.chain import GENESIS, chain_mac, epoch_mac, head_mac
from pathway.vault.fingerprint import fingerprints
from tests.golden.reproduce import DEK, NONCE, PAYLOAD, PLACE, TOKENS, V, opened_custody, opened_keyring, reproduced

SCRIPT = ROOT / "tests" / "golden" / "reproduce.py"


def loaded(folder: Path, content: bytes, root_key: str = "") -> keyring.Keyring:
    folder.chmod(0o700)
    path = folder / "keyring"
    path.write_bytes(content)
    path.chmod(0o600)
    return keyring.load_keyring(path, root_key=root_key)


def test_a_second_implementation_gives_the_frozen_vectors() -> None:
    assert reproduced() == V["expected"]


def test_that_implementation_knows_nothing_of_the_product() -> None:
    assert "pathway" not in SCRIPT.read_text()
    line = [sys.executable, "-I", str(SCRIPT)]
    assert subprocess.run(line, check=False, capture_output=True, text=True).returncode == 0


@pytest.mark.parametrize("name", ["passphrases", "codes"])
def test_a_keyring_put_away_by_the_first_version_opens_by_both(name: str) -> None:
    kept = V["custody"][name]
    secrets = [kept["codes"][0], kept["codes"][2]] if name == "codes" else kept["secrets"]
    ring = custody.opened_again(json.dumps(kept["file"]).encode(), *secrets, path=Path("keyring"))
    assert opened_custody(name) == keyring.keyring_text(ring) == V["keyring_plain"].encode()


def test_the_vault_gives_the_frozen_sealed_forms(tmp_path: Path) -> None:
    ring = loaded(tmp_path, V["keyring_plain"].encode())
    place = envelope.Place(territory=PLACE[0], table=PLACE[1], section=PLACE[2], subject=PLACE[3])
    plain = envelope._padded(envelope._canonical(PAYLOAD), 64)
    blob = envelope._seal_with_nonce(NONCE, DEK, plain, place=place, dek_version=3, seq=41)
    wrapped = envelope._wrap_with_nonce(NONCE, ring, DEK, territory=PLACE[0], subject=PLACE[3], dek_version=3)
    sections = [("identity", 41, blob), ("contact", 2, b"another")]
    seal = envelope.record_seal(DEK, subject=PLACE[3], sections=sections, tokens=TOKENS)
    found = {"blob": blob.hex(), "wrapped": wrapped.hex(), "record_seal": seal.hex()}
    assert found.items() <= V["expected"].items()


def test_the_vault_gives_the_frozen_fingerprints_and_marks(tmp_path: Path) -> None:
    ring = loaded(tmp_path, V["keyring_plain"].encode())
    prints = fingerprints(ring, PLACE[0])
    found = {
        "token": f"{prints.token('full', 40, 'durand', 'zoé', '1990-01-31'):010x}",
        "digest": prints.digest("session", "abc").hex(),
        "kcv": ring.check_values()[1].hex(),
        "mac": chain_mac(ring, epoch=1, previous=GENESIS, seq=1, payload=b'{"a":1}').hex(),
        "head_mac": head_mac(ring, epoch=1, content=b"head").hex(),
        "epoch_mac": epoch_mac(ring, epoch=1, previous=GENESIS, seq=7, newer=2).hex(),
    }
    assert found.items() <= V["expected"].items()


def test_sealed_forms_of_the_first_version_still_open(tmp_path: Path) -> None:
    ring = loaded(tmp_path, V["keyring_plain"].encode())
    wrapped, blob = bytes.fromhex(V["expected"]["wrapped"]), bytes.fromhex(V["expected"]["blob"])
    dek = envelope.unwrap_dek(ring, wrapped, territory=PLACE[0], subject=PLACE[3], dek_version=3)
    place = envelope.Place(territory=PLACE[0], table=PLACE[1], section=PLACE[2], subject=PLACE[3])
    assert envelope.open_sealed(dek, blob, place=place, dek_version=3, seq=41) == PAYLOAD


def test_a_sealed_keyring_file_of_the_first_version_still_loads(tmp_path: Path) -> None:
    sealed = loaded(tmp_path, bytes.fromhex(V["keyring_sealed"]), V["root_key"])
    assert sealed == loaded(tmp_path, V["keyring_plain"].encode())


def test_a_keyring_is_written_as_it_was_in_the_first_version(tmp_path: Path) -> None:
    ring = loaded(tmp_path, V["keyring_plain"].encode())
    keyring.create_keyring(tmp_path / "again" / "keyring", ring)
    assert (tmp_path / "again" / "keyring").read_bytes() == V["keyring_plain"].encode()


def test_the_sealed_keyring_file_is_plain_aes_gcm() -> None:
    assert opened_keyring() == V["keyring_plain"].encode()
