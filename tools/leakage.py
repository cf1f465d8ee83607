"""Measures what the search tokens of a stolen base give back to somebody who knows how common each name is.

    python -m tools.leakage                  100 000 invented people, a table
    python -m tools.leakage --people 20000 --json

The people are those of the measures (tools/benchmarks/crowd.py): names as unequally common as in a register, some born
« on 1 January ». Tokens are made as the program makes them. The attacker holds them, no key, and the true frequencies
of everything, counted on another draw of the same size: he gives the commonest value to the commonest token, and so on.
Two indexes the program does not keep, a surname and a first name alone, show what joining them to a date is for.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any

from pathway.casework.records.names import TokenIndex, token_parts
from pathway.vault.fingerprint import Fingerprints, fingerprints
from pathway.vault.keyring import new_keyring
from tools.benchmarks.crowd import drawn_identity

_TOP = 10
_ALONE_BITS = 24
_NAMED = (TokenIndex.FULL, TokenIndex.PND, TokenIndex.PPD, TokenIndex.P3Y, TokenIndex.PP, TokenIndex.DOB)
_REFUSED = {"surname": "nom seul (refusé)", "first": "prénom seul (refusé)"}
LABELS = {**_REFUSED, **{one.value: one.label for one in _NAMED}}

Held = tuple[str, tuple[str, ...], int]  # an index, what was blinded, how many bits are kept


@dataclass(frozen=True, kw_only=True)
class Leak:
    """What one index gives back. Shares of 1: of all that is kept in it, of its ten commonest values. `values`: how
    many different ones there are; `commonest`: how many people bear the commonest."""

    index: str
    bits: int
    recovered: float
    recovered_of_top: float
    values: int
    commonest: int


def measure(people: int, seed: int = 1) -> list[Leak]:
    """One line an index, on that many people. The same number and seed give the same figures, but for the keys."""
    marks = fingerprints(new_keyring(datetime(2026, 1, 1, tzinfo=UTC)), "essai")
    kept = _by_index(people, seed)
    known = _by_index(people, seed + 1)
    return [_played(index, kept[index], known[index], marks, Random(seed)) for index in LABELS]


def _by_index(people: int, seed: int) -> dict[str, Counter[Held]]:
    draw, found = Random(seed), {index: Counter[Held]() for index in LABELS}
    for _ in range(people):
        for held in _held(draw):
            found[held[0]][held] += 1
    return found


def _held(draw: Random) -> Iterator[Held]:
    who = drawn_identity(draw)
    yield "surname", (who.last_name,), _ALONE_BITS
    yield "first", (who.first_name,), _ALONE_BITS
    for part in token_parts(who):
        yield part.index.value, part.parts, part.bits


def _played(index: str, kept: Counter[Held], known: Counter[Held], marks: Fingerprints, draw: Random) -> Leak:
    seen: Counter[int] = Counter()
    behind: dict[int, Counter[Held]] = {}
    for held, count in kept.items():
        token = marks.search_token(marks.search_version, held[0], held[2], *held[1])
        seen[token] += count
        behind.setdefault(token, Counter())[held] += count
    guesses = zip(_ranked(seen, draw), _ranked(known, draw), strict=False)
    right = Counter({held: behind[token][held] for token, held in guesses if held in behind[token]})
    top = [held for held, _ in kept.most_common(_TOP)]
    borne = sum(kept[held] for held in top)
    return Leak(
        index=index,
        bits=next(iter(kept))[2],
        recovered=sum(right.values()) / kept.total(),
        recovered_of_top=sum(right[held] for held in top) / borne,
        values=len(kept),
        commonest=kept.most_common(1)[0][1],
    )


def _ranked(counted: Counter[Any], draw: Random) -> list[Any]:
    """The commonest first; those borne alike in no order, for the attacker knows none."""
    those = list(counted)
    draw.shuffle(those)
    return sorted(those, key=counted.__getitem__, reverse=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Say the table; 0."""
    asked = argparse.ArgumentParser(description="Ce que les jetons de recherche d’une base volée laissent retrouver.")
    asked.add_argument("--people", type=int, default=100_000, help="nombre de personnes inventées")
    asked.add_argument("--seed", type=int, default=1, help="le même nombre donne les mêmes personnes")
    asked.add_argument("--json", action="store_true", help="une ligne JSON par index")
    given = asked.parse_args(arguments)
    for one in measure(given.people, given.seed):
        said = json.dumps(asdict(one)) if given.json else _line(one)
        sys.stdout.write(f"{said}\n")
    return 0


def _line(one: Leak) -> str:
    shares = f"{one.recovered:8.2%} retrouvés, {one.recovered_of_top:8.2%} des dix plus courants"
    return f"{LABELS[one.index]:45} {one.bits:2} bits {shares}, {one.values} valeurs, {one.commonest} pour la première"


if __name__ == "__main__":
    sys.exit(main())
