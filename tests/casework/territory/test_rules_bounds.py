"""What each setting of a territory may hold, to the last character and the last number, and what is said just after."""

import pytest

from pathway.casework.territory.rules import Contact, Setting, contact_of, read_value
from pathway.kernel.errors import Invalid

TEXTS = (Setting.NAME, Setting.HELP_WHO, Setting.RIGHTS_CONTACT)
EMAIL = "Écrivez une adresse électronique, par exemple aide@carte.example."
PHONE = "Écrivez un numéro de téléphone, par exemple 02 99 00 00 00."


def refused(setting: Setting, typed: str) -> tuple[str, str]:
    """The field that is named, and the sentence."""
    with pytest.raises(Invalid) as refusal:
        read_value(setting, typed)
    return refusal.value.field, refusal.value.sentence


@pytest.mark.parametrize("setting", list(Setting))
def test_every_setting_goes_back_to_its_default_when_it_is_emptied(setting: Setting) -> None:
    assert read_value(setting, "") == read_value(setting, " \n ") == ""


@pytest.mark.parametrize("setting", TEXTS)
def test_a_text_has_200_characters_at_most_on_one_line(setting: Setting) -> None:
    assert read_value(setting, "  Pays \n de   Valmer ") == "Pays de Valmer"
    assert read_value(setting, " " + "x" * 200 + " ") == "x" * 200
    assert refused(setting, "x" * 201) == ("value", "Écrivez 200 caractères au plus.")
    assert refused(setting, "a\u202eb") == ("value", "Écrivez sur une seule ligne, sans caractère invisible.")


def test_a_choice_is_yes_or_nothing() -> None:
    assert read_value(Setting.ACCESS_NAMES, "yes") == "yes"
    for typed in ("no", "YES", "oui"):
        assert refused(Setting.ACCESS_NAMES, typed) == ("value", "Choisissez oui ou non.")
    assert read_value(Setting.NAME, "oui") == "oui"


@pytest.mark.parametrize(
    ("setting", "least", "most"),
    [
        (Setting.RETENTION_ACTIVE, 3, 24),
        (Setting.RETENTION_ARCHIVE, 1, 24),
        (Setting.RETENTION_NOTICE, 30, 90),
    ],
)
def test_a_number_is_whole_and_stays_within_its_bounds(setting: Setting, least: int, most: int) -> None:
    assert [read_value(setting, str(number)) for number in (least, most)] == [str(least), str(most)]
    assert read_value(setting, f" 0{least} ") == str(least)
    for typed in (str(least - 1), str(most + 1), f"{most}.0", f"-{most}", f"{most} mois", "trois", "٢٤", "²"):
        assert refused(setting, typed) == ("value", f"Écrivez un nombre entier, de {least} à {most}.")


@pytest.mark.parametrize(
    "typed", ["aide", "aide@valmer", "@valmer.example", "a@b@valmer.example", "a b@valmer.example"]
)
def test_only_an_electronic_address_is_taken_for_one(typed: str) -> None:
    assert refused(Setting.HELP_EMAIL, typed) == ("value", EMAIL)
    assert read_value(Setting.HELP_EMAIL, " aide@valmer.example ") == "aide@valmer.example"
    assert read_value(Setting.RIGHTS_CONTACT, typed) == typed


@pytest.mark.parametrize("typed", ["appelez-nous", "02", "+", "0" * 15, "02 99 00 00 00 le matin"])
def test_only_a_telephone_is_taken_for_one(typed: str) -> None:
    assert refused(Setting.HELP_PHONE, typed) == ("value", PHONE)
    assert read_value(Setting.HELP_WHO, typed) == typed
    assert [read_value(Setting.HELP_PHONE, one) for one in ("115", "0" * 14)] == ["115", "0" * 14]


def test_what_a_territory_said_makes_its_contact() -> None:
    values = {
        Setting.NAME: "Pays de Valmer",
        Setting.HELP_WHO: "Maison de l’emploi",
        Setting.HELP_PHONE: "02 99 00 00 00",
        Setting.HELP_EMAIL: "aide@valmer.example",
        Setting.RIGHTS_CONTACT: "dpo@valmer.example",
    }
    contact = contact_of(values, name="valmer")
    assert contact == Contact(
        name="Pays de Valmer",
        who="Maison de l’emploi",
        phone="02 99 00 00 00",
        email="aide@valmer.example",
        rights="dpo@valmer.example",
    )
    assert contact.reach == "Maison de l’emploi, 02 99 00 00 00, aide@valmer.example"
    assert contact.is_reached


@pytest.mark.parametrize("values", [{}, {Setting.NAME: ""}])
def test_a_territory_that_said_nothing_has_its_name_and_nobody_to_ask(values: dict[Setting, str]) -> None:
    contact = contact_of(values, name="valmer")
    assert contact == Contact(name="valmer", who="", phone="", email="", rights="")
    assert (contact.reach, contact.is_reached) == ("", False)


@pytest.mark.parametrize("setting", [Setting.HELP_WHO, Setting.HELP_PHONE, Setting.HELP_EMAIL])
def test_one_way_of_asking_is_enough(setting: Setting) -> None:
    contact = contact_of({setting: "115"}, name="valmer")
    assert contact.is_reached and contact.reach == "115"
