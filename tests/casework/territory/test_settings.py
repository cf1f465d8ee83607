import pytest

from pathway.casework.territory.actions import decide_setting, take_back_setting
from pathway.casework.territory.queries import names_professionals, settings_held, territory_contact
from pathway.casework.territory.rules import LONGEST, YES, Contact, Setting, read_value
from pathway.demo.town import Town
from pathway.kernel.errors import Conflict, Invalid, Refused
from tests.casework.enrolments.steps import rows


def test_a_setting_never_decided_has_its_default(town: Town) -> None:
    with town.acting("root", write=False) as tx:
        assert settings_held(tx) == {}
        assert territory_contact(tx) == Contact()  # « valmer », its code, is for programs
        assert not names_professionals(tx)


def test_what_is_decided_holds_and_what_it_was_is_kept_with_the_role(town: Town) -> None:
    for seen, value in enumerate(("Bassin de Valmer", "Pays de Valmer")):
        with town.acting("root") as tx:
            decide_setting(tx, Setting.NAME, value=f"  {value} ", seen=seen)
    with town.acting("root") as tx:
        take_back_setting(tx, Setting.NAME, seen=2)
    with town.acting("root", write=False) as tx:
        held = settings_held(tx)[Setting.NAME]
        assert [one.value for one in held] == ["Bassin de Valmer", "Pays de Valmer", "Bassin de Valmer"]
        assert {one.decided_as for one in held} == {"operator"}
        assert territory_contact(tx).name == "Bassin de Valmer"
    assert [row["version"] for row in rows(town.store, "territory_setting")] == [1, 2, 3]


def test_going_back_from_the_first_value_brings_the_default(town: Town) -> None:
    with town.acting("root") as tx:
        decide_setting(tx, Setting.ACCESS_NAMES, value=YES, seen=0)
        assert names_professionals(tx)
        take_back_setting(tx, Setting.ACCESS_NAMES, seen=1)
        assert not names_professionals(tx)


def test_two_who_decide_at_once_do_not_undo_each_other(town: Town) -> None:
    with town.acting("root") as tx:
        decide_setting(tx, Setting.HELP_WHO, value="Maison de l’emploi", seen=0)
    with town.acting("root") as tx:
        with pytest.raises(Conflict):
            decide_setting(tx, Setting.HELP_WHO, value="Mairie", seen=0)
        with pytest.raises(Conflict):
            take_back_setting(tx, Setting.HELP_WHO, seen=0)
        with pytest.raises(Refused, match="Rien ne change"):
            decide_setting(tx, Setting.HELP_WHO, value="Maison de l’emploi", seen=1)
        with pytest.raises(Refused, match="jamais été changé"):
            take_back_setting(tx, Setting.HELP_PHONE, seen=0)
        tx.journal("read_settings")


@pytest.mark.parametrize(
    ("setting", "typed"),
    [
        (Setting.HELP_EMAIL, "aide"),
        (Setting.HELP_PHONE, "appelez-nous"),
        (Setting.ACCESS_NAMES, "maybe"),
        (Setting.NAME, "x" * (LONGEST + 1)),
        (Setting.NAME, "a\u202eb"),
    ],
)
def test_a_value_that_cannot_be_is_refused(setting: Setting, typed: str) -> None:
    with pytest.raises(Invalid):
        read_value(setting, typed)


@pytest.mark.parametrize("typed", ["02 99 00 00 00", "3949", "+33 2 99 00 00 00"])
def test_telephones_as_people_write_them_are_kept(typed: str) -> None:
    assert read_value(Setting.HELP_PHONE, typed) == typed
