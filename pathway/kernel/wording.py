"""French as a person says it, and the same in the other languages: dates, spans, counts. No locale of the machine."""

import unicodedata
from datetime import date, datetime

from babel.dates import format_date, format_time
from babel.lists import format_list

from pathway.kernel.clock import PARIS
from pathway.kernel.languages import FRENCH, locale, ngettext, spoken
from pathway.kernel.languages import gettext as _

_NBSP = "\N{NO-BREAK SPACE}"
_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)


def said_date(day: date, *, with_year: bool = True) -> str:
    """« 28 novembre 2026 », never cut at the end of a line; the first of a month is « 1er »."""
    if spoken() != FRENCH:
        return format_date(day, f"d MMMM{' y' if with_year else ''}", locale=locale())
    number = "1er" if day.day == 1 else str(day.day)
    year = f"{_NBSP}{day.year}" if with_year else ""
    return f"{number}{_NBSP}{_MONTHS[day.month - 1]}{year}"


def said_weekday(day: date, *, today: date) -> str:
    """« vendredi 28 novembre », with the year only when it is not today's."""
    if spoken() != FRENCH:
        return format_date(day, f"EEEE d MMMM{' y' if day.year != today.year else ''}", locale=locale())
    return f"{_DAYS[day.weekday()]} {said_date(day, with_year=day.year != today.year)}"


def said_month(day: date) -> str:
    """« novembre 2026 »."""
    if spoken() != FRENCH:
        return format_date(day, "LLLL y", locale=locale())
    return f"{_MONTHS[day.month - 1]} {day.year}"


def said_instant(at: datetime) -> str:
    """« 28 novembre 2026 à 14 h 05 », in metropolitan France's time."""
    return _("%(day)s à %(hour)s", day=said_date(at.astimezone(PARIS).date()), hour=said_hour(at))


def said_hour(at: datetime) -> str:
    """« 14 h 05 », never cut at the end of a line, in metropolitan France's time."""
    local = at.astimezone(PARIS)
    if spoken() != FRENCH:
        return format_time(local.time(), "H:mm", locale=locale())
    return f"{local.hour}{_NBSP}h{_NBSP}{local.minute:02d}"


def said_distance(day: date, *, today: date) -> str:
    """« aujourd’hui », « hier », « il y a 12 jours », « dans 3 jours », « il y a 5 mois »."""
    days = (day - today).days
    if days in (-1, 0, 1):
        return (_("hier"), _("aujourd’hui"), _("demain"))[days + 1]
    span = said_span(abs(days))
    return _("dans %(span)s", span=span) if days > 0 else _("il y a %(span)s", span=span)


def said_span(days: int) -> str:
    """A number of calendar days as « 12 jours », « 5 mois » (from 60 days), « 2 ans » (from 730): one line holds it."""
    if days >= 730:
        return _held(ngettext("%(num)s an", "%(num)s ans", days // 365))
    if days >= 60:
        return _held(ngettext("%(num)s mois", "%(num)s mois", days // 30))
    return _held(ngettext("%(num)s jour", "%(num)s jours", days))


def said_days(number: int) -> str:
    """« 1 jour », « 153 jours », in French, never cut at the end of a line."""
    return _held(counted(number, "jour"))


def _held(span: str) -> str:
    return span.replace(" ", _NBSP)


def counted(number: int, noun: str, plural: str = "") -> str:
    """« 0 point », « 1 point », « 2 points »: French is plural from two."""
    return f"{number} {noun if abs(number) < 2 else plural or noun + 's'}"


def of_name(name: str) -> str:
    """« d’Amina », « de Bruno »: before a vowel that is heard. Before an H, both are said: « de ». The bare name in
    other languages, whose sentences say the word themselves."""
    if spoken() != FRENCH:
        return name
    letters = unicodedata.normalize("NFD", name.casefold())
    begins_with_vowel = letters[:1] in set("aeiouœæ") or (letters[:1] == "y" and letters[1:2] not in set("aeiou"))
    return f"d’{name}" if begins_with_vowel else f"de {name}"


def listed(words: list[str], last: str = "et") -> str:
    """« a », « a et b », « a, b et c »; `last` is « et » or « ou »."""
    if spoken() != FRENCH:
        return format_list(words, style="or" if last == "ou" else "standard", locale=locale())
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
