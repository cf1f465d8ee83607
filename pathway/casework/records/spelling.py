"""How names are written and heard: one plain form to compare them, one rough French sound to find them."""

import re
import unicodedata
from functools import lru_cache

# Beyond these lengths nothing more tells two people apart, and no input can slow the machine.
_LONGEST_NAME = 300
LONGEST_SOUND = 40
# Letters that no decomposition turns into a plain one.
_BY_HAND = str.maketrans(
    {"œ": "oe", "æ": "ae", "ß": "ss", "ł": "l", "đ": "d", "ð": "d", "ø": "o", "þ": "th", "ı": "i", "ħ": "h", "ŧ": "t"}
)
_PARTICLES = frozenset(
    ("d", "de", "da", "das", "do", "dos", "du", "des", "di", "del", "della", "la", "le", "les", "l", "von", "van")
) | frozenset(("der", "den", "ter", "ten", "el", "al", "ben", "bin", "bint", "ibn", "ould", "oulad", "ait", "ap"))

# Words of first names that are hardly given alone: Vietnamese middle names, the first half of « Abd el Kader ».
_LINKING = _PARTICLES | {"thi", "van", "abd", "abdel", "abdul", "abdoul", "hadj", "sidi", "lalla"}
_TO_CONSONANTS = str.maketrans("zcqtj", "sskdg", "aeiouyhw")


def normalise(text: str) -> str:
    """Words in plain lower-case letters and digits, one space between them: « Özil-D’Œil » gives « ozil d oeil »."""
    return _plain(text[:_LONGEST_NAME])


def glued(text: str) -> str:
    """The whole name without spaces: « Jean-Pierre », « Jean Pierre » and « Jeanpierre » are one."""
    return normalise(text).replace(" ", "")


def core(surname: str) -> str:
    """The surname without its particles (« de La Tour » gives « tour »); the whole of it when there is nothing else."""
    return "".join(core_words(surname))


def core_words(surname: str) -> tuple[str, ...]:
    """The words of the surname that are no particle; all of them when there is nothing else."""
    words = normalise(surname).split()
    return tuple(word for word in words if word not in _PARTICLES) or tuple(words)


def is_particle(word: str) -> bool:
    """Whether that word of a name goes with the next one: « Le » of « Le Goff »."""
    return normalise(word) in _PARTICLES


def given_words(first_name: str) -> tuple[str, ...]:
    """The words of a first name that can be given alone: « Thị Mai » gives « mai »; all when there is nothing else."""
    words = normalise(first_name).split()
    return tuple(word for word in words if word not in _LINKING) or tuple(words)


def skeleton(name: str) -> str:
    """The consonants of a name, whatever the alphabet it came from: « Zineb » and « Zaynab » are « snb »."""
    letters = re.sub(r"(.)\1+", r"\1", glued(name)[:LONGEST_SOUND])
    return letters.translate(_TO_CONSONANTS)


# Read in order on plain lower-case letters. Each pattern is a fixed text or a bounded class: linear on any input.
_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("^ibr", "br"),
        ("ph", "f"),
        ("sch|tch|sh|ch(?![rl])", "S"),
        ("ch", "k"),
        ("oua", "va"),  # while « Mouhamed » still has its h
        ("h", ""),
        ("geo|gea", "jo"),
        ("^oua", "va"),
        ("(?:^|(?<=a))ou(?=[eio])", "v"),
        ("e?au(?:l[dt]|[dtx]|lx)?s?$|ow$", "o"),
        ("e?au", "o"),
        ("ee(?=[a-z])", "i"),
        ("(?<!o)un(?![aeiouynm])", "in"),
        ("dj|dg(?=[eiy])", "j"),
        ("gu(?=[eiy])", "G"),
        ("g(?=[eiy])", "j"),
        ("gn", "n"),
        ("bv", "v"),
        ("mpt", "nt"),
        ("pt", "t"),
        ("m(?=[bcdfgjkpqtv])", "n"),
        ("dt|tt", "t"),
        ("cqu|qu|ck|q|c(?![eiy])", "k"),
        ("([ou])e(?=[^aeiouy])", r"\1"),
        ("c", "s"),
        ("tz|[zs]", "s"),
        ("w", "v"),
        ("x(?!$)", "ks"),
        ("(?<=..)(?:e[rz])?[estdxp]*$", ""),
        ("(?<=r)[ksdtpgx]+$", ""),
        ("[ae][iy](?=[nm](?![aeiouynm]))", "i"),
        ("[ae][iy]", "e"),
        ("oo|ou|o|u", "o"),
        ("[ae]+", "a"),
        ("[iy]+", "i"),
        (r"(.)\1+", r"\1"),
        ("(?<=..)a$", ""),
    )
)


def phonetic(word: str) -> str:
    """How a name sounds in French, roughly: names that sound alike share a code; empty only for an empty word.

    Written for recall: the birth date or the other name is always joined to it. Spaces and accents do not count.
    """
    return _sound(glued(word)[:LONGEST_SOUND])


@lru_cache(maxsize=20_000)
def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).casefold().translate(_BY_HAND)
    letters = [sign for sign in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(sign)]
    return " ".join("".join(sign if sign.isalnum() else " " for sign in letters).split())


@lru_cache(maxsize=100_000)
def _sound(plain: str) -> str:
    code = plain
    for pattern, sound in _SOUNDS:
        code = pattern.sub(sound, code)
    return code or plain
