"""The languages a person may read: French is what the sources say, the others are catalogues beside this module.

A sentence said in Python goes through `gettext` (written `_`) or `ngettext`; a label kept in a table at import is only
marked by `marked`, and goes through `gettext` when it is shown. Professionals read French.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FRENCH = "fr"
NAMES = {FRENCH: "Français", "en": "English", "ar": "العربية", "uk": "Українська"}  # each as its readers write it
FOLDER = Path(__file__).parents[1] / "translations"
_LOCALES = {"en": "en_GB"}
_RIGHT_TO_LEFT = frozenset({"ar"})
_spoken: ContextVar[str] = ContextVar("spoken", default=FRENCH)


class _French(NullTranslations):
    """The sources themselves: French is plural from two."""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return msgid1 if abs(n) < 2 else msgid2


@cache
def catalogue(language: str) -> NullTranslations:
    """What that language says of each French sentence: French where it says nothing."""
    if language == FRENCH:
        return _French()
    compiled = BytesIO()
    with (FOLDER / f"{language}.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=language, abort_invalid=True))
    compiled.seek(0)
    found = GNUTranslations(compiled)
    found.add_fallback(_French())
    return found


def spoken() -> str:
    """The language of this request or job: a key of `NAMES`."""
    return _spoken.get()


def locale() -> str:
    """The name under which its dates and lists are known to Babel."""
    return _LOCALES.get(spoken(), spoken())


def direction(language: str) -> str:
    """`rtl` or `ltr`, as HTML says it."""
    return "rtl" if language in _RIGHT_TO_LEFT else "ltr"


def speak(language: str) -> None:
    """Say everything in that language from now on, in this request; French when there is no such language."""
    _spoken.set(language if language in NAMES else FRENCH)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Say everything in that language inside the block."""
    before = _spoken.set(language if language in NAMES else FRENCH)
    try:
        yield
    finally:
        _spoken.reset(before)


def gettext(sentence: str, **values: object) -> str:
    """That French sentence in the language spoken, its `%(name)s` filled in when values are given."""
    said = catalogue(spoken()).gettext(sentence) if sentence else ""  # the empty one is a catalogue's own head
    return said % values if values else said


def ngettext(singular: str, plural: str, number: int, **values: object) -> str:
    """« 1 jour », « 3 jours » in the language spoken; `%(num)s` is the number."""
    return catalogue(spoken()).ngettext(singular, plural, number) % {"num": number, **values}


def marked(sentence: str) -> str:
    """The same sentence, for the catalogues to know of it: it goes through `gettext` when it is shown."""
    return sentence
