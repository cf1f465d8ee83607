"""What somebody reads, and beside which field, when an agreement or a hiding is refused; how long one lasts."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from pathway.casework.agreements.rules import Basis, Purpose, agreed, agreement_end, check_basis, check_hiding
from pathway.kernel.errors import Invalid, PathwayError, Refused

NOW = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)


def refused(said: Callable[[], object], kind: type[PathwayError]) -> tuple[str, str]:
    """The field it names, and its sentence."""
    with pytest.raises(kind) as refusal:
        said()
    return getattr(refusal.value, "field", ""), refusal.value.sentence


@pytest.mark.parametrize(
    ("purpose", "basis", "fits"),
    [
        (Purpose.PATHWAY, Basis.PUBLIC_INTEREST, True),
        (Purpose.PATHWAY, Basis.LEGAL_OBLIGATION, True),
        (Purpose.PATHWAY, Basis.SOCIAL_CARE, False),
        (Purpose.PATHWAY, Basis.EXPLICIT_CONSENT, False),
        (Purpose.HEALTH, Basis.SOCIAL_CARE, True),
        (Purpose.HEALTH, Basis.EXPLICIT_CONSENT, True),
        (Purpose.HEALTH, Basis.LEGAL_OBLIGATION, False),
        (Purpose.HEALTH, Basis.PUBLIC_INTEREST, False),
    ],
)
def test_each_purpose_has_its_own_grounds(purpose: Purpose, basis: Basis, fits: bool) -> None:
    if fits:
        check_basis(purpose, basis)
        return
    found = refused(lambda: check_basis(purpose, basis), Invalid)
    assert found == ("basis", "Cette base ne convient pas à cette finalité.")


@pytest.mark.parametrize("chosen", [(), ("contact", "alerts"), ("identity",)])
def test_an_agreement_on_nothing_says_what_to_choose(chosen: tuple[str, ...]) -> None:
    found = refused(lambda: agreed(chosen, has_health_basis=True), Invalid)
    assert found == ("sections", "Choisissez au moins une partie du dossier.")


def test_an_agreement_on_health_without_a_ground_says_what_to_do() -> None:
    assert refused(lambda: agreed(["contact", "health"], has_health_basis=False), Refused) == (
        "sections",
        "Cette structure n’a pas le droit de voir la partie santé. Décochez « Santé et handicap », "
        "ou choisissez une autre structure.",
    )


def test_an_agreement_lasts_from_a_month_to_two_years_to_the_hour() -> None:
    assert agreement_end(NOW, 1) == datetime(2026, 12, 30, 9, 30, tzinfo=UTC)
    assert agreement_end(NOW, 24) == datetime(2028, 11, 30, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("months", [0, 25])
def test_an_agreement_of_another_length_says_what_to_choose(months: int) -> None:
    found = refused(lambda: agreement_end(NOW, months), Invalid)
    assert found == ("months", "Un accord dure 24 mois au plus. Choisissez une durée de la liste.")


@pytest.mark.parametrize("item", ["", "last_name"])
def test_who_she_is_stays_seen_and_it_is_said_what_she_may_do(item: str) -> None:
    assert refused(lambda: check_hiding("identity", item), Refused) == (
        "what",
        "Votre nom et votre date de naissance restent visibles : sans eux, la structure ne saurait pas de qui elle "
        "parle. Vous pouvez cacher tout le reste, ou arrêter le partage.",
    )


def test_where_she_was_born_may_be_hidden() -> None:
    check_hiding("identity", "birth_place")


@pytest.mark.parametrize(("section", "item"), [("pathway", ""), ("followup", ""), ("unknown", "housing")])
def test_a_part_not_hidden_alone_says_that_sharing_may_stop(section: str, item: str) -> None:
    assert refused(lambda: check_hiding(section, item), Refused) == (
        "what",
        "Cette partie ne se cache pas seule. Vous pouvez arrêter le partage : "
        "la structure ne verra plus que ce qu’elle a écrit.",
    )


@pytest.mark.parametrize("item", ["housing", "shoe_size"])
def test_an_answer_of_another_section_is_not_in_the_list(item: str) -> None:
    found = refused(lambda: check_hiding("contact", item), Invalid)
    assert found == ("what", "Choisissez une partie ou une réponse de la liste.")


def test_a_caution_says_what_to_do_instead_of_hiding_it() -> None:
    assert refused(lambda: check_hiding("contact", "phone_is_shared"), Refused) == (
        "what",
        "Cette précaution vous protège : qui lit vos coordonnées doit la voir. Vous pouvez la corriger, ou choisir "
        "toute la partie « Coordonnées et contact ».",
    )
