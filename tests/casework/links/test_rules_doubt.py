"""A birth on 1 January says less than another, a shared phone says more, and a reason is refused at its field."""

from dataclasses import replace
from datetime import date

import pytest

from pathway.casework.links.rules import Likeness, Reason, Verdict, alike, check_reason
from pathway.casework.records.rules import Identity
from pathway.kernel.errors import Invalid

BORN, UNKNOWN = date(1991, 4, 22), date(1991, 1, 1)
ONE = Identity(first_name="Amina", last_name="Benkassem", birth_date=BORN)
NEAR = Identity(first_name="Aminah", last_name="Belkacem", birth_date=BORN)


def test_near_names_are_proposed_on_any_date_but_the_one_given_to_those_who_have_none() -> None:
    assert alike(ONE, NEAR, share_contact=False).is_proposed
    two = replace(ONE, birth_date=UNKNOWN), replace(NEAR, birth_date=UNKNOWN)
    assert not alike(*two, share_contact=False).is_proposed
    assert alike(*two, share_contact=True).is_proposed
    assert alike(two[0], two[0], share_contact=False).is_proposed


def test_a_known_date_beside_an_unknown_one_asks_no_nearer_names() -> None:
    one = replace(ONE, last_name="Benkacem", birth_date=UNKNOWN)
    assert alike(one, NEAR, share_contact=False).is_proposed
    assert alike(NEAR, one, share_contact=False).is_proposed


def test_a_shared_contact_is_said_only_when_it_is_shared() -> None:
    assert Likeness.SAME_CONTACT in alike(ONE, NEAR, share_contact=True).why
    assert Likeness.SAME_CONTACT not in alike(ONE, NEAR, share_contact=False).why


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        (None, "Dites pourquoi."),
        (Reason.NAMESAKES, f"Cette raison ne va pas avec « {Verdict.SAME.label} »."),
    ],
)
def test_a_reason_is_refused_at_its_field(reason: Reason | None, sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_reason(Verdict.SAME, reason)
    assert (refused.value.field, refused.value.sentence) == ("reason", sentence)
