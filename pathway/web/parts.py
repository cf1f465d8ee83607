"""The parts of a record in plain words, as the person chooses them and as her counsellor reads them to her."""

from collections.abc import Collection, Iterable, Mapping

from pathway.casework.agreements.rules import DURATIONS, SHAREABLE
from pathway.casework.records.catalogue import CATALOGUE
from pathway.casework.records.vocabulary import Section
from pathway.casework.sharing.rules import PARTS, Part
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked, ngettext
from pathway.web.forms import SelectChoice

_EXPLAINED = {
    Section.CONTACT: marked("Vos numéros, votre adresse, comment vous joindre."),
    Section.HOUSEHOLD: marked("Votre logement, vos enfants, la garde."),
    Section.SITUATION: marked("Votre situation, vos allocations, vos numéros CAF et France Travail."),
    Section.HEALTH: marked("La reconnaissance de handicap, les aménagements. À ouvrir seulement si c’est utile."),
    Section.EDUCATION: marked("Vos diplômes, votre niveau, les langues que vous parlez."),
    Section.MOBILITY: marked("Votre permis, vos moyens de transport, jusqu’où vous pouvez aller."),
    Section.PROJECT: marked("Les métiers que vous cherchez, votre expérience."),
    Section.OBSTACLES: marked("Ce qui bloque aujourd’hui et qu’il faut régler."),
    Section.AVAILABILITY: marked("À partir de quand, combien d’heures, quels horaires."),
    Section.DIGITAL: marked("Votre matériel, vos démarches en ligne."),
    Part.PATHWAY: marked("Les étapes que vous avez suivies, avec leurs dates."),
    Part.FOLLOWUP: marked("Les rendez-vous pris pour avoir de vos nouvelles, les appels."),
}
_LABELS: Mapping[str, str] = {one.value: one.label for one in (*Section, *Part)}
_ALL = frozenset(section.value for section in Section) | PARTS

CHOICES = [(one.value, one.label) for one in (*Section, *Part) if one.value in SHAREABLE]
HINTS = {one.value: words for one, words in _EXPLAINED.items()}


def months_said(months: int) -> str:
    """« 12 mois »."""
    return ngettext("%(num)s mois", "%(num)s mois", months)


MONTHS = [(months, months_said(months)) for months in DURATIONS]


def options(pairs: Iterable[tuple[object, str]]) -> list[SelectChoice]:
    """(value, label) pairs as the choices of a field."""
    return [SelectChoice(*pair) for pair in pairs]


def label_of(code: str) -> str:
    """« Foyer et logement »: a section or a part as screens name it."""
    return _(_LABELS[code])


def labels_of(codes: Collection[str]) -> list[str]:
    """The same for several, in the order of the dictionary."""
    return [_(label) for code, label in _LABELS.items() if code in codes]


def seen_words(codes: Collection[str], *, whose: str = "votre") -> str:
    """What a structure sees, in one sentence without its stop, said to her or, in French, of her (`whose`: « son »)."""
    held = frozenset(codes) & _ALL
    if held == _ALL:
        return _("Tout votre dossier") if whose == "votre" else f"Tout {whose} dossier"
    if held == _ALL - {Section.HEALTH.value}:
        told = f"{whose.capitalize()} dossier, sauf la partie santé"
        return _("Votre dossier, sauf la partie santé") if whose == "votre" else told
    # No « et » before the last: « Foyer et logement » has one of its own.
    return _("Ces parties : %(parts)s", parts=_(", ").join(label.lower() for label in labels_of(held)))


def hidden_words(section: str, item_key: str) -> str:
    """« Foyer et logement » or « Logement (Foyer et logement) »: what she hides."""
    if not item_key:
        return label_of(section)
    return _("%(answer)s (%(part)s)", answer=_(CATALOGUE[item_key].label), part=label_of(section))
