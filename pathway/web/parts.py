"""The parts of a record in plain words, as the person chooses them and as her counsellor reads them to her."""

from collections.abc import Collection, Iterable, Mapping

from pathway.casework.agreements.rules import DURATIONS, SHAREABLE
from pathway.casework.records.catalogue import CATALOGUE
from pathway.casework.records.vocabulary import Section
from pathway.casework.sharing.rules import PARTS, Part
from pathway.kernel.wording import listed
from pathway.web.forms import SelectChoice

_EXPLAINED = {
    Section.CONTACT: "Vos numéros, votre adresse, comment vous joindre.",
    Section.HOUSEHOLD: "Votre logement, vos enfants, la garde.",
    Section.SITUATION: "Votre situation, vos allocations, vos numéros CAF et France Travail.",
    Section.HEALTH: "La reconnaissance de handicap, les aménagements. À ouvrir seulement si c’est utile.",
    Section.EDUCATION: "Vos diplômes, votre niveau, les langues que vous parlez.",
    Section.MOBILITY: "Votre permis, vos moyens de transport, jusqu’où vous pouvez aller.",
    Section.PROJECT: "Les métiers que vous cherchez, votre expérience.",
    Section.OBSTACLES: "Ce qui bloque aujourd’hui et qu’il faut régler.",
    Section.AVAILABILITY: "À partir de quand, combien d’heures, quels horaires.",
    Section.DIGITAL: "Votre matériel, vos démarches en ligne.",
    Part.PATHWAY: "Les étapes que vous avez suivies, avec leurs dates.",
    Part.FOLLOWUP: "Les rendez-vous pris pour avoir de vos nouvelles, les appels.",
}
_LABELS: Mapping[str, str] = {one.value: one.label for one in (*Section, *Part)}
_ALL = frozenset(section.value for section in Section) | PARTS

CHOICES = [(one.value, one.label) for one in (*Section, *Part) if one.value in SHAREABLE]
HINTS = {one.value: words for one, words in _EXPLAINED.items()}
MONTHS = [(months, f"{months} mois") for months in DURATIONS]


def options(pairs: Iterable[tuple[object, str]]) -> list[SelectChoice]:
    """(value, label) pairs as the choices of a field."""
    return [SelectChoice(*pair) for pair in pairs]


def label_of(code: str) -> str:
    """« Foyer et logement »: a section or a part as screens name it."""
    return _LABELS[code]


def labels_of(codes: Collection[str]) -> list[str]:
    """The same for several, in the order of the dictionary."""
    return [label for code, label in _LABELS.items() if code in codes]


def seen_words(codes: Collection[str], *, whose: str = "votre") -> str:
    """What a structure sees, in one sentence without its stop, said to her or of her (`whose`: « son »)."""
    held = frozenset(codes) & _ALL
    if held == _ALL:
        return f"Tout {whose} dossier"
    if held == _ALL - {Section.HEALTH.value}:
        return f"{whose.capitalize()} dossier, sauf la partie santé"
    return f"Ces parties : {listed([label.lower() for label in labels_of(held)])}"


def hidden_words(section: str, item_key: str) -> str:
    """« Foyer et logement » or « Logement (Foyer et logement) »: what she hides."""
    return f"{CATALOGUE[item_key].label} ({label_of(section)})" if item_key else label_of(section)
