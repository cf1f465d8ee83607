"""At which column and in which words a past step is refused, and the exact day on which old exits are taken up."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest

from pathway.casework.intake.rules import RawRow, Refusal, Remark
from pathway.casework.past_steps.rules import (
    ReadStep,
    Stay,
    check_stays,
    load_of,
    map_step_columns,
    read_step,
    reasons_by_name,
    resume_day,
)
from pathway.casework.policies.rules import DEFAULT_POLICY
from pathway.casework.schemes.exit_reasons import ExitReason, exit_reason
from pathway.kernel.calendar import Holidays
from pathway.kernel.errors import Invalid, Refused

TODAY = date(2026, 11, 20)  # a Friday
MONDAY = date(2026, 11, 23)
HEADERS = ("Prénom", "Nom", "Né(e) le", "Dispositif", "Entrée le", "Sortie le", "Motif de sortie", "Fin du contrat")
GIVEN = ("Amina", "Benkacem", "22/04/1991", "Parcours PLIE", "03/02/2025", "14/05/2026", "CDI", "")
OPEN = {"Sortie le": "", "Motif de sortie": ""}


def read(
    changed: Mapping[str, str], *, headers: tuple[str, ...] = HEADERS, reasons: Mapping[str, ExitReason] | None = None
) -> ReadStep | Refusal:
    cells = dict(zip(HEADERS, GIVEN, strict=True)) | dict(changed)
    return read_step(
        RawRow(line=7, cells={header: cells[header] for header in headers}),
        map_step_columns(headers, separator=";"),
        {"parcoursplie": "scheme-1"},
        {"scheme-1": DEFAULT_POLICY},
        today=TODAY,
        reasons=reasons,
    )


def step(**changed: str) -> ReadStep:
    found = read(changed)
    assert isinstance(found, ReadStep)
    return found


@pytest.mark.parametrize(
    ("changed", "column", "words"),
    [
        (
            {"Dispositif": "Inconnu"},
            "Dispositif",
            "Ce dispositif n’existe pas, ou n’est pas ouvert à cette structure. Écrivez son nom ou son code.",
        ),
        (
            {"Dispositif": ""},
            "Dispositif",
            "Ce dispositif n’existe pas, ou n’est pas ouvert à cette structure. Écrivez son nom ou son code.",
        ),
        ({"Entrée le": ""}, "Entrée le", "La date d’entrée manque."),
        ({"Entrée le": "NR"}, "Entrée le", "La date d’entrée manque."),
        (
            {"Entrée le": "21/11/2026"} | OPEN,
            "Entrée le",
            "La date d’entrée est dans le futur. Indiquez la date du jour ou une date passée.",
        ),
        (
            {"Sortie le": ""},
            "Sortie le",
            "Il y a un motif de sortie sans date de sortie. Ajoutez la date, ou videz le motif.",
        ),
        (
            {"Motif de sortie": "NR"},
            "Motif de sortie",
            "Le motif de sortie manque : sans lui, on ne sait pas quelle suite prévoir.",
        ),
        (
            {"Motif de sortie": "parti à la mer"},
            "Motif de sortie",
            "Ce motif de sortie n’est pas dans la liste de la carte. La documentation donne la liste.",
        ),
        (
            {"Motif de sortie": "Pause pour raison personnelle"},
            "Motif de sortie",
            "Une pause se saisit à l’écran, avec la date à laquelle faire le point.",
        ),
        (
            {"Sortie le": "02/02/2025"},
            "Sortie le",
            "La date de sortie est avant la date d’entrée dans ce dispositif. Vérifiez les deux dates.",
        ),
        (
            {"Sortie le": "21/11/2026"},
            "Sortie le",
            "La date de sortie est dans le futur. Indiquez la date du jour ou une date passée.",
        ),
        (
            {"Motif de sortie": "CDD de moins de 6 mois", "Fin du contrat": "13/05/2026"},
            "Fin du contrat",
            "La fin du contrat ou de la formation est avant la date de sortie. Vérifiez les deux dates.",
        ),
    ],
)
def test_a_row_is_refused_at_its_line_and_column_in_these_words(
    changed: dict[str, str], column: str, words: str
) -> None:
    assert read(changed) == Refusal(line=7, column=column, reason=words)


@pytest.mark.parametrize("column", ["Entrée le", "Sortie le", "Fin du contrat"])
def test_a_day_that_cannot_be_is_refused_at_its_own_column(column: str) -> None:
    found = read({column: "31/02/2026"})
    assert isinstance(found, Refusal)
    assert (found.column, "n’existe pas" in found.reason) == (column, True)


def test_a_row_keeps_its_line_who_she_is_and_the_end_of_the_contract() -> None:
    found = step(**{"Motif de sortie": "CDD de moins de 6 mois", "Fin du contrat": "30/09/2026"})
    assert found.line == 7
    assert (found.identity.first_name, found.identity.last_name) == ("Amina", "Benkacem")
    assert found.exit and found.exit.reason == exit_reason("cdd_under_6_months")
    assert found.exit.ends_on == date(2026, 9, 30)
    assert found.warnings == ()


def test_a_day_written_as_a_number_of_days_is_read_and_told_at_its_column() -> None:
    words = "Cette date est écrite comme un nombre de jours de tableur. Elle a été lue : vérifiez-la."
    found = step(
        **{
            "Entrée le": "45691",
            "Sortie le": "46156",
            "Motif de sortie": "CDD de moins de 6 mois",
            "Fin du contrat": "46295",
        }
    )
    assert found.exit
    assert (found.entered_on, found.exit.on, found.exit.ends_on) == (
        date(2025, 2, 3),
        date(2026, 5, 14),
        date(2026, 9, 30),
    )
    assert found.warnings == tuple(
        Remark(line=7, column=column, reason=words) for column in ("Entrée le", "Sortie le", "Fin du contrat")
    )


def test_what_is_told_of_who_she_is_stays_with_her_step() -> None:
    assert [one.column for one in step(**{"Né(e) le": "33350"}).warnings] == ["Né(e) le"]


def test_a_file_without_exits_gives_steps_under_way() -> None:
    found = read({}, headers=HEADERS[:5])
    assert isinstance(found, ReadStep) and found.exit is None
    assert step(**{"Sortie le": "NR", "Motif de sortie": "-"}).exit is None


@pytest.mark.parametrize("said", ["Élan vers la mer", "elan_sea", "ELAN  VERS LA MER"])
def test_the_reasons_given_are_known_by_their_words_or_code_and_no_others(said: str) -> None:
    own = replace(exit_reason("cdi"), code="elan_sea", label="Élan vers la mer")
    known = reasons_by_name([own])
    found = read({"Motif de sortie": said}, reasons=known)
    assert isinstance(found, ReadStep) and found.exit and found.exit.reason is own
    for reasons in (known, {}):
        refused = read({"Motif de sortie": "CDI"}, reasons=reasons)
        assert isinstance(refused, Refusal) and refused.column == "Motif de sortie"


def test_a_file_that_lacks_columns_is_told_which_and_how_it_was_cut() -> None:
    with pytest.raises(Invalid) as refusal:
        map_step_columns(HEADERS[:3], separator=";")
    assert (refusal.value.field, refusal.value.sentence) == (
        "file",
        "Il manque les colonnes « Dispositif » et « Date d’entrée » dans la première ligne. Séparateur compris : "
        "point-virgule. Donnez à chaque colonne son nom et séparez-les par un point-virgule.",
    )


@pytest.mark.parametrize(
    "stay",
    [
        Stay(entered_on=date(2024, 1, 1), until_on=date(2025, 2, 3)),
        Stay(entered_on=date(2026, 5, 14), until_on=date(2026, 8, 1)),
        Stay(entered_on=date(2026, 5, 14), until_on=None),
    ],
    ids=["before", "after", "under way since"],
)
def test_one_may_leave_and_come_back_on_one_day(stay: Stay) -> None:
    check_stays(step(), [stay])


@pytest.mark.parametrize(
    "stay",
    [
        Stay(entered_on=date(2024, 1, 1), until_on=date(2025, 2, 4)),
        Stay(entered_on=date(2026, 5, 13), until_on=date(2026, 8, 1)),
        Stay(entered_on=date(2026, 5, 13), until_on=None),
    ],
    ids=["before", "after", "under way since"],
)
def test_one_shared_day_is_refused_even_behind_stays_that_stand(stay: Stay) -> None:
    with pytest.raises(Refused) as refusal:
        check_stays(step(), [Stay(entered_on=date(2020, 1, 1), until_on=date(2021, 1, 1)), stay])
    assert (refusal.value.field, refusal.value.sentence) == (
        "entered_on",
        "À ces dates, la personne était déjà dans ce dispositif, dans cette structure. Vérifiez les dates.",
    )


def test_a_step_under_way_stands_after_a_stay_and_never_before_one() -> None:
    check_stays(step(**OPEN), [Stay(entered_on=date(2024, 1, 1), until_on=date(2025, 2, 3))])
    with pytest.raises(Refused):
        check_stays(step(**OPEN), [Stay(entered_on=date(2026, 11, 19), until_on=date(2026, 11, 20))])


def test_points_are_counted_by_holder_and_monday() -> None:
    sunday, next_monday = date(2026, 11, 29), date(2026, 11, 30)
    planned = [("paul", MONDAY), ("paul", sunday), ("paul", next_monday), ("lea", sunday)]
    assert load_of(planned) == {("paul", MONDAY): 2, ("paul", next_monday): 1, ("lea", MONDAY): 1}


def weeks(*points: int, first: date = MONDAY) -> dict[tuple[str, date], int]:
    """That many points a week, from the week to come."""
    return {("paul", first + timedelta(weeks=number)): count for number, count in enumerate(points)}


@pytest.mark.parametrize(
    ("points", "hands", "day"),
    [
        ((), 1, MONDAY),  # the first week to come
        ((1,), 1, date(2026, 11, 30)),  # an empty week rather
        ((1, 1, 0), 1, date(2026, 12, 7)),  # the least laden
        ((1,) * 12, 1, date(2026, 11, 24)),  # alike: the first, on its next day
        ((4,) * 12, 1, date(2026, 11, 27)),
        ((5,) * 11 + (4,), 1, date(2027, 2, 12)),  # the twelfth week still counts
        ((5,) * 11, 1, date(2027, 2, 8)),
        ((5,) * 12, 1, date(2027, 2, 15)),  # all full: the thirteenth
        ((5,) * 13, 1, date(2027, 2, 22)),
        ((5,) * 12 + (3,), 1, date(2027, 2, 18)),
        ((5,) * 12, 0, date(2027, 2, 15)),  # nobody yet counts for one
        ((5,) * 12, 2, MONDAY),
        ((9,) * 12, 2, date(2026, 11, 27)),
        ((10,) * 12, 2, date(2027, 2, 15)),
    ],
)
def test_a_point_is_taken_up_in_the_least_laden_week_never_over_five_a_pair_of_hands(
    points: tuple[int, ...], hands: int, day: date
) -> None:
    found = resume_day(weeks(*points), "paul", hands=hands, today=TODAY, holidays=Holidays.FRANCE)
    assert found == day


@pytest.mark.parametrize("today", [date(2026, 11, 16), date(2026, 11, 22)])
def test_taking_up_begins_with_the_next_monday(today: date) -> None:
    assert resume_day({}, "paul", hands=1, today=today, holidays=Holidays.FRANCE) == MONDAY
    busy = {("lea", MONDAY): 5}
    assert resume_day(busy, "paul", hands=1, today=today, holidays=Holidays.FRANCE) == MONDAY


@pytest.mark.parametrize(
    ("turn", "day"),
    [
        (0, date(2027, 3, 30)),  # Easter Monday is not worked
        (3, date(2027, 4, 2)),
        (4, date(2027, 3, 30)),
    ],
)
def test_each_worked_day_of_a_week_takes_its_turn(turn: int, day: date) -> None:
    load = weeks(turn, *(9,) * 11, first=date(2027, 3, 29))
    assert resume_day(load, "paul", hands=2, today=date(2027, 3, 26), holidays=Holidays.FRANCE) == day


def test_good_friday_is_worked_but_in_alsace() -> None:
    load = weeks(*(4,) * 12, first=date(2027, 3, 22))
    for holidays, day in ((Holidays.FRANCE, date(2027, 3, 26)), (Holidays.ALSACE_MOSELLE, date(2027, 3, 22))):
        assert resume_day(load, "paul", hands=1, today=date(2027, 3, 19), holidays=holidays) == day
