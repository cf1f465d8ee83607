from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.intake.rules import RawRow, Refusal
from pathway.casework.past_steps.rules import (
    RESUME_CAP,
    RESUME_WEEKS,
    ReadExit,
    ReadStep,
    Stay,
    check_stays,
    load_of,
    map_step_columns,
    read_step,
    resume_day,
)
from pathway.casework.policies.rules import DEFAULT_POLICY
from pathway.casework.schemes.exit_reasons import exit_reason
from pathway.kernel.calendar import Holidays, is_working_day
from pathway.kernel.errors import Invalid, Refused

TODAY = date(2026, 11, 20)
HEADERS = ("Prénom", "Nom", "Né(e) le", "Dispositif", "Entrée le", "Sortie le", "Motif de sortie", "Fin du contrat")
COLUMNS = map_step_columns(HEADERS, separator=";")
GIVEN = ("Amina", "Benkacem", "22/04/1991", "Parcours PLIE", "03/02/2025", "14/05/2026", "CDI", "")
DAYS = st.dates(date(2024, 1, 1), TODAY)


def read(**changed: str) -> ReadStep | Refusal:
    cells = dict(zip(HEADERS, GIVEN, strict=True)) | changed
    return read_step(
        RawRow(line=2, cells=cells), COLUMNS, {"parcoursplie": "scheme-1"}, {"scheme-1": DEFAULT_POLICY}, today=TODAY
    )


def refused(**changed: str) -> tuple[str, str]:
    found = read(**changed)
    assert isinstance(found, Refusal)
    return found.column, found.reason


def test_a_row_gives_who_entered_where_when_and_how_it_ended() -> None:
    step = read()
    assert isinstance(step, ReadStep)
    assert (step.scheme_id, step.entered_on) == ("scheme-1", date(2025, 2, 3))
    assert step.exit == ReadExit(on=date(2026, 5, 14), reason=exit_reason("cdi"), ends_on=None)


def test_a_step_without_exit_is_under_way() -> None:
    step = read(**{"Sortie le": "", "Motif de sortie": ""})
    assert isinstance(step, ReadStep) and step.exit is None


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("Dispositif", "Parcours inconnu", "n’existe pas"),
        ("Entrée le", "", "manque"),
        ("Entrée le", "31/02/2025", "n’existe pas"),
        ("Entrée le", "03/02/2030", "futur"),
        ("Sortie le", "", "sans date de sortie"),
        ("Sortie le", "01/02/2025", "avant la date d’entrée"),
        ("Sortie le", "14/05/2027", "futur"),
        ("Motif de sortie", "", "manque"),
        ("Motif de sortie", "parti à la mer", "pas dans la liste"),
        ("Motif de sortie", "Pause pour raison personnelle", "à l’écran"),
        ("Né(e) le", "", "naissance manque"),
    ],
)
def test_a_row_that_would_be_half_true_is_refused_at_its_column(column: str, cell: str, said: str) -> None:
    told, reason = refused(**{column: cell})
    assert told == column
    assert said in reason


def test_a_file_without_scheme_or_entry_says_which_columns_lack() -> None:
    with pytest.raises(Invalid, match=r"Dispositif.*Date d’entrée"):
        map_step_columns(HEADERS[:3], separator=";")


@given(DAYS, DAYS, DAYS, DAYS)
def test_two_stays_stand_together_only_when_they_share_no_day_but_an_end(
    entered: date, left: date, other: date, gone: date
) -> None:
    step = read(**{"Entrée le": f"{min(entered, left):%d/%m/%Y}", "Sortie le": f"{max(entered, left):%d/%m/%Y}"})
    assert isinstance(step, ReadStep) and step.exit
    stay = Stay(entered_on=min(other, gone), until_on=max(other, gone))
    inside = {step.entered_on + timedelta(days=n) for n in range((step.exit.on - step.entered_on).days)}
    held = {stay.entered_on + timedelta(days=n) for n in range((max(other, gone) - stay.entered_on).days)}
    if inside & held:
        with pytest.raises(Refused):
            check_stays(step, [stay])
    elif step.entered_on != step.exit.on and other != gone:
        check_stays(step, [stay])


def test_a_second_open_stay_is_refused() -> None:
    step = read(**{"Sortie le": "", "Motif de sortie": ""})
    assert isinstance(step, ReadStep)
    with pytest.raises(Refused):
        check_stays(step, [Stay(entered_on=date(2026, 1, 5), until_on=None)])


@given(
    st.integers(1, 400),
    st.integers(1, 4),
    DAYS,
    st.lists(st.integers(0, 120), max_size=60),
    st.sampled_from(Holidays),
)
def test_resumed_points_are_worked_days_spread_and_capped(
    count: int, hands: int, today: date, busy: list[int], holidays: Holidays
) -> None:
    load = load_of(("amina", today + timedelta(days=days)) for days in busy)
    before = load.copy()
    given_days = []
    for _ in range(count):
        given_days.append(resume_day(load, "amina", hands=hands, today=today, holidays=holidays))
        load += load_of([("amina", given_days[-1])])
    assert all(is_working_day(day, holidays) and day > today for day in given_days)
    added = load - before
    assert all(load[week] <= RESUME_CAP * hands for week in added)
    last = max(given_days)
    if count + len(busy) <= RESUME_WEEKS * RESUME_CAP * hands / 3:
        assert last <= today + timedelta(weeks=RESUME_WEEKS + 1)


def test_one_hundred_old_exits_of_one_counsellor_fill_twelve_weeks_then_the_next_ones() -> None:
    load = load_of([])
    for _ in range(100):
        load += load_of([("bruno", resume_day(load, "bruno", hands=1, today=TODAY, holidays=Holidays.FRANCE))])
    assert sorted(load.values()) == [RESUME_CAP] * 20
