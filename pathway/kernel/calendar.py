"""French working days. Source: Code du travail, article L3133-1 (the eleven public holidays), article L3134-13 (the two
more of Moselle, Bas-Rhin and Haut-Rhin)."""

from datetime import date, timedelta
from functools import cache

from dateutil.easter import easter
from dateutil.relativedelta import relativedelta

from pathway.kernel.choice import Choice

_FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
_FROM_EASTER = (1, 39, 50)  # Easter Monday, Ascension, Whit Monday
_GOOD_FRIDAY = -2
_SAINT_STEPHEN = (12, 26)


class Holidays(Choice):
    """Which public holidays are kept. In Alsace and Moselle, Good Friday is one where a Protestant or shared church
    stands: a structure there says so by this choice."""

    FRANCE = "france", "Jours fériés de France"
    ALSACE_MOSELLE = "alsace_moselle", "Jours fériés d’Alsace et de Moselle (Vendredi saint et 26 décembre en plus)"


@cache
def public_holidays(year: int, holidays: Holidays = Holidays.FRANCE) -> frozenset[date]:
    """The public holidays of that year in metropolitan France: eleven, thirteen in Alsace and Moselle (fewer dates
    when two fall on one day)."""
    sunday = easter(year)
    from_easter, fixed = list(_FROM_EASTER), list(_FIXED)
    if holidays is Holidays.ALSACE_MOSELLE:
        from_easter.append(_GOOD_FRIDAY)
        fixed.append(_SAINT_STEPHEN)
    moving = (sunday + timedelta(days=days) for days in from_easter)
    return frozenset([*(date(year, month, day) for month, day in fixed), *moving])


def is_working_day(day: date, holidays: Holidays = Holidays.FRANCE) -> bool:
    """Monday to Friday and not a public holiday."""
    return day.weekday() < 5 and day not in public_holidays(day.year, holidays)


def next_working_day(day: date, holidays: Holidays = Holidays.FRANCE) -> date:
    """That day if it is worked, else the first working day after it."""
    while not is_working_day(day, holidays):
        day += timedelta(days=1)
    return day


def add_working_days(day: date, count: int, holidays: Holidays = Holidays.FRANCE) -> date:
    """The `count`-th working day after that day (the day itself is never counted); count ≥ 0."""
    for _ in range(count):
        day = next_working_day(day + timedelta(days=1), holidays)
    return day


def working_days_between(start: date, end: date, holidays: Holidays = Holidays.FRANCE) -> int:
    """How many working days lie after `start` up to `end` included; 0 when end is not after start."""
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(1 for day in days if is_working_day(day, holidays))


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or its last day when that month is shorter (31 August + 6 = 28 February)."""
    return day + relativedelta(months=months)
