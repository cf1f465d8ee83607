"""Who may confirm that a second factor is made anew: neither who asked for it, nor whose account it is."""

import pytest

from pathway.casework.resets.rules import check_second
from pathway.kernel.errors import Refused

ONESELF = "Personne ne décide de sa propre protection. Demandez à quelqu’un d’autre."
SAME = "Vous avez fait cette demande : une autre personne doit la confirmer."


@pytest.mark.parametrize(
    ("actor", "asked_by", "account", "words"),
    [
        ("claire", "bruno", "claire", ONESELF),
        ("claire", "claire", "claire", ONESELF),
        ("bruno", "bruno", "claire", SAME),
    ],
)
def test_nobody_does_both_halves_nor_decides_for_oneself(actor: str, asked_by: str, account: str, words: str) -> None:
    with pytest.raises(Refused) as refusal:
        check_second(actor_id=actor, asked_by=asked_by, account_id=account)
    assert (refusal.value.field, refusal.value.sentence) == ("", words)


@pytest.mark.parametrize("asked_by", ["bruno", "claire"])  # the owner may have asked
def test_a_third_person_confirms(asked_by: str) -> None:
    check_second(actor_id="elise", asked_by=asked_by, account_id="claire")
