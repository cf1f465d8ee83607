"""What a text message may hold, which numbers take one, and what an answer to it asks."""

import re
import unicodedata

from pathway.kernel.choice import Choice

SEPTETS = 160  # of one message; beyond, it is sent and billed as several

# GSM 7-bit default alphabet (3GPP TS 23.038, 6.2.1): a phone shows these as they are, in any country.
_ALPHABET = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWICE = frozenset("^{}\\[~]|€")  # its extension table: each takes two places

# Mobile numbers of France and of its overseas departments (plan de numérotation, Arcep). No other country: a number
# typed by hand must not make the service pay for calls to the other end of the world.
_MOBILE = re.compile(
    r"\+(?:33[67][0-9]{8}|262(?:639|69[23])[0-9]{6}|590(?:690|691)[0-9]{6}|594694[0-9]{6}|596(?:696|697)[0-9]{6})"
)
_INTERNATIONAL = re.compile(r"\+[1-9][0-9]{6,14}")
_OVERSEAS = {"262": ("639", "692", "693"), "590": ("690", "691"), "594": ("694",), "596": ("696", "697")}
_TRUNK = re.compile(r"^((?:\+|00)?(?:33|262|590|594|596))0(?=[67][0-9]{8}$)")  # the 0 of home, left behind the country
_COUNTRY = {start: country for country, starts in _OVERSEAS.items() for start in starts}
_LONGEST_ANSWER = 1000
_STOPS = frozenset({"stop", "stopsms", "arret", "arreter", "arretez", "stopper", "desinscrire", "unsubscribe"})
_RESUMES = frozenset({"reprendre", "start", "unstop", "oui"})


class Asked(Choice):
    """What an answer to a text message asks."""

    STOP = "stop", "Ne plus rien recevoir"
    RESUME = "resume", "Recevoir de nouveau"


def septets(text: str) -> int:
    """How many places of seven bits that text takes in a message; `ValueError` for a sign phones may not show."""
    odd = set(text) - _ALPHABET - _TWICE
    if odd:
        raise ValueError("a sign outside the GSM 7-bit alphabet")
    return len(text) + sum(sign in _TWICE for sign in text)


def is_mobile(number: str) -> bool:
    """Whether that number, in E.164, is a French mobile: the only ones a message leaves to."""
    return _MOBILE.fullmatch(number) is not None


def sender_of(typed: str) -> str:
    """The number a provider or a modem says an answer came from, in E.164; empty when it is not one.

    They write 33612345678, +33612345678, 0033612345678, 0612345678 or +33 (0)6 12 34 56 78.
    """
    signs = re.sub(r"[\s.\-()]", "", typed[:40])
    signs = _TRUNK.sub(r"\1", signs)
    if signs.startswith("00"):
        signs = f"+{signs[2:]}"
    elif re.fullmatch(r"0[1-9][0-9]{8}", signs):
        signs = f"+{_COUNTRY.get(signs[1:4], '33')}{signs[1:]}"
    elif signs.isdigit():
        signs = f"+{signs}"
    return signs if _INTERNATIONAL.fullmatch(signs) else ""


def asked_in(text: str) -> Asked | None:
    """What that answer asks, or None. « STOP » anywhere in it is enough; to receive again, the word stands alone."""
    plain = unicodedata.normalize("NFKD", text[:_LONGEST_ANSWER]).encode("ascii", "ignore").decode().casefold()
    words = re.findall(r"[a-z]+", plain)
    if _STOPS.intersection(words):
        return Asked.STOP
    return Asked.RESUME if len(words) == 1 and words[0] in _RESUMES else None
