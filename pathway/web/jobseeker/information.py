"""What is known of her, part by part, with who said it and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import render_template
from flask.typing import ResponseReturnValue

from pathway.casework.partners.queries import structure_names
from pathway.casework.records.catalogue import items_of, shown
from pathway.casework.records.queries import CardView, record_opened
from pathway.casework.records.rules import Fact, Provenance, Way, is_fresh, last_confirmed
from pathway.casework.records.vocabulary import Item, Section
from pathway.casework.sharing.permissions import Permission
from pathway.web.gate import allow, gate

_ORIGINS: Mapping[Way, str] = {
    Way.SAID: "Vous l’avez dit ({structure})",
    Way.PROOF: "{structure} a vu le justificatif",
    Way.IMPORTED: "Donné par {structure}",
    Way.CORRECTED: "Vous l’avez corrigé vous-même",
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One answer as she reads it."""

    label: str
    value: str
    origin: str
    on: date
    state: str


@dataclass(frozen=True, kw_only=True)
class InformationPage:
    """Her card and everything known of her, by section; sections of which nothing is known are left out."""

    card: CardView
    sections: tuple[tuple[Section, tuple[Line, ...]], ...]


@allow(Permission.OWN_PATHWAY_READ)
def view() -> ResponseReturnValue:
    """Show all of her information: she sees everything of hers."""
    here = gate()
    with here.reading() as tx:
        record = record_opened(tx, here.actor.record_id)
        names = structure_names(tx)
        today = tx.today
    told = ((section, _section(section, record.facts, names, today)) for section in Section)
    page = InformationPage(card=record.card, sections=tuple((section, lines) for section, lines in told if lines))
    return render_template("jobseeker/information.html", page=page)


def _section(section: Section, facts: Mapping[str, Fact], names: Mapping[str, str], today: date) -> tuple[Line, ...]:
    known = (facts[item.key] for item in items_of(section) if item.key in facts)
    items = {item.key: item for item in items_of(section)}
    return tuple(line for fact in known for line in _lines(items[fact.key], fact, names, today))


def _lines(item: Item, fact: Fact, names: Mapping[str, str], today: date) -> list[Line]:
    """The answer, then each one that disagrees with it."""
    state = _state(item, fact, today)
    first = _line(item.label, shown(item, fact.value), fact.provenance, names, state)
    others = (
        _line(f"{item.label} (autre réponse)", shown(item, rival.value), rival.provenance, names, state)
        for rival in fact.rivals
    )
    return [first, *others]


def _line(label: str, value: str, provenance: Provenance, names: Mapping[str, str], state: str) -> Line:
    structure = names.get(provenance.structure_id, "une structure")
    origin = _ORIGINS[provenance.way].format(structure=structure)
    return Line(label=label, value=value, origin=origin, on=last_confirmed(provenance), state=state)


def _state(item: Item, fact: Fact, today: date) -> str:
    if fact.rivals:
        return "conflict"
    if item.section is Section.HEALTH:
        return "private"
    return "fresh" if is_fresh(fact, on=today) else "stale"
