"""Recognising a worn-out password under what people add to it: capitals, accents, digits, signs, the word twice."""

import unicodedata
from functools import cache

from pathway.reference import common_passwords, communes

_MOST_ADDED = 8  # digits put before or after: a year, a whole date
_SHORTEST = 4
_IN_A_ROW = ("0123456789" * 4, "9876543210" * 4, "abcdefghijklmnopqrstuvwxyz", "azertyuiopqsdfghjklmwxcvbn")
_LIKE_LETTERS = str.maketrans("013457", "oieast")
_LIKE_LETTERS_TOO = str.maketrans("@$€", "ase")

# What French lists of leaked passwords begin with, and words of this product; 10 000 others are in pathway/reference.
_FRENCH = """
    motdepasse monmotdepasse mdp azerty azertyui azertyuiop qsdfghjklm wxcvbn bonjour bonsoir salut coucou bienvenue
    soleil chocolat doudou loulou chouchou choupette titi toto tata nounours bisous jetaime jetaimefort monamour
    moncoeur monange mabelle cheri cherie amour bebe princesse papillon famille maman papa mamanpapa lesenfants
    marseille olympique parissaintgermain psg france vivelafrance allezlesbleus football chaton minou poupette
    vacances liberte internet ordinateur telephone secret changezmoi nouveau provisoire temporaire printemps ete
    automne hiver janvier fevrier mars avril juin juillet aout septembre octobre novembre decembre lundi vendredi
    carte cartevitale carteemploi cartevitaledelemploi emploi travail francetravail poleemploi missionlocale plie
    ccas conseiller conseillere accompagnement insertion formation chomage rsa demandeurdemploi monparcours parcours
"""
_TOWNS = """
    paris lyon toulouse nice nantes montpellier strasbourg bordeaux lille rennes reims saintetienne toulon grenoble
    dijon angers nimes villeurbanne clermontferrand lemans brest tours amiens limoges annecy perpignan metz besancon
    orleans rouen mulhouse caen nancy aixenprovence avignon valmer
"""


def is_worn_out(password: str) -> bool:
    """Whether it is one of the commonest passwords, a French one, a town or a row of keys: as it stands, twice and
    more, or between at most eight digits and any signs."""
    whole = _plain(password)
    once = whole[: (whole + whole).find(whole, 1)]
    if len(whole) >= 3 * len(once):
        return True  # nothing but signs, or the same thing again and again
    return any(_is_common(form) for form in (whole, once, *_without_digits(whole), *_without_digits(once)))


def _plain(text: str) -> str:
    """Letters and digits alone, small and without accents; signs that stand for letters are read as letters."""
    letters = unicodedata.normalize("NFKD", text.translate(_LIKE_LETTERS_TOO).casefold())
    return "".join(letter for letter in letters if letter.isalnum())


def _without_digits(text: str) -> tuple[str, ...]:
    """The word between its first and last digits, also with the digits inside it read as letters."""
    core = text.strip("0123456789")
    if len(core) < _SHORTEST or len(text) - len(core) > _MOST_ADDED:
        return ()
    return core, core.translate(_LIKE_LETTERS)


def _is_common(text: str) -> bool:
    return text in _worn_out() or (len(text) >= _SHORTEST and any(text in row for row in _IN_A_ROW))


@cache
def _worn_out() -> frozenset[str]:
    towns = (_plain(commune.name) for commune in communes())
    return frozenset({*common_passwords(), *_FRENCH.split(), *_TOWNS.split(), *towns})
