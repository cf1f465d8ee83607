"""Every refusal has a stable code and a French sentence, and all are one family."""

import pytest

from pathway.kernel.errors import (
    Conflict,
    Invalid,
    NotAllowed,
    NotFound,
    PathwayError,
    Refused,
    Sealed,
    Unavailable,
)

CODES = {
    Conflict: "conflict",
    Invalid: "invalid",
    NotAllowed: "not_allowed",
    NotFound: "not_found",
    Refused: "refused",
    Sealed: "sealed",
    Unavailable: "unavailable",
}


def test_codes_never_change() -> None:
    assert {
        kind: kind.code for kind in PathwayError.__subclasses__() if kind.__module__ == PathwayError.__module__
    } == CODES


@pytest.mark.parametrize("kind", CODES)
def test_a_refusal_carries_the_sentence_it_was_given(kind: type[PathwayError]) -> None:
    error = kind("Une phrase.")
    assert error.sentence == str(error) == "Une phrase."


@pytest.mark.parametrize("kind", [Invalid, Refused])
def test_a_refusal_says_which_field_to_mend(kind: type[Invalid] | type[Refused]) -> None:
    assert kind("Une phrase.", field="event_on").field == "event_on"
    assert kind("Une phrase.").field == ""


@pytest.mark.parametrize("kind", [NotFound, NotAllowed, Sealed])
def test_a_refusal_that_must_say_nothing_more_has_one_sentence(
    kind: type[NotFound] | type[NotAllowed] | type[Sealed],
) -> None:
    assert kind().sentence == kind().sentence.strip() != ""
