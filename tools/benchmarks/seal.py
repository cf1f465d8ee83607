"""Sealing and opening a record of 2 KB in five sections, beside one AES-GCM blob of the same JSON."""

import os
from typing import Any

import orjson

from pathway.kernel.ids import new_id
from pathway.vault.envelope import Place, new_dek, open_sealed, seal
from tools.benchmarks import raw_sealing
from tools.benchmarks.measure import Comparison, Rounds, Say, compare

NAME = "seal"
ROUNDS = Rounds(count=300, calls=20)
_SECTIONS = ("identity", "contact", "situation", "mobility", "project")
_BYTES = 2048
_NOTE = "Sceller puis ouvrir cinq parties (2 Ko en tout) ; le plancher : le même JSON en un seul bloc AES-GCM."


def record() -> dict[str, Any]:
    """Five sections whose JSON weighs 2 KB in all, shaped as the product keeps them."""
    facts = {name: _facts(name) for name in _SECTIONS}
    spare = _BYTES - weight(facts)
    facts["project"]["facts"]["note"] = {"value": "x" * (spare - len(',"note":{"value":""}'))}
    return facts


def weight(payloads: dict[str, Any]) -> int:
    """How many bytes of JSON those sections make."""
    return sum([len(orjson.dumps(payload)) for payload in payloads.values()])


def run(say: Say, rounds: Rounds = ROUNDS) -> Comparison:
    """Both ways, turn by turn."""
    dek, payloads = new_dek(), record()
    place = {name: _place(name) for name in payloads}
    key = os.urandom(32)

    def ours() -> None:
        for name, payload in payloads.items():
            blob = seal(dek, payload, place=place[name], dek_version=1, seq=1)
            open_sealed(dek, blob, place=place[name], dek_version=1, seq=1)

    def floor() -> None:
        raw_sealing.opened(key, raw_sealing.sealed(key, payloads))

    return compare(NAME, floor=floor, ours=ours, rounds=rounds, note=_NOTE, say=say)


def _facts(section: str) -> dict[str, Any]:
    said = {"structure_id": new_id(), "role": "counsellor", "on": "2026-11-20", "way": "said", "by": new_id()}
    return {"facts": {f"{section}_{number}": {"value": "Réponse", "provenance": said} for number in range(2)}}


def _place(section: str) -> Place:
    return Place(territory="valmer", table="sealed_section", section=section, subject="a" * 26)
