"""A liaison sheet in words, alike on paper and behind a link; and the states of a relay as staff reads them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pathway.casework.records.catalogue import CATALOGUE, items_of, shown
from pathway.casework.records.facts import last_confirmed
from pathway.casework.records.vocabulary import Section
from pathway.casework.relays.queries import Sheet
from pathway.casework.relays.rules import RelayResult, RelayState
from pathway.kernel.clock import local_day
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked
from pathway.kernel.wording import said_date

_CAUTION = marked("Adresse protégée : elle n’est pas transmise. Ne donnez à personne ce qui permettrait de la trouver.")
_TAGS = {
    RelayState.DRAFT: "plain",
    RelayState.SENT: "next",
    RelayState.ACKNOWLEDGED: "next",
    RelayState.WAITING: "paused",
    RelayState.APPOINTMENT: "next",
    RelayState.ACCEPTED: "done",
    RelayState.REFUSED: "late",
    RelayState.BOUNCED: "late",
    RelayState.WITHDRAWN: "plain",
    RelayState.CLOSED: "done",
}


@dataclass(frozen=True, kw_only=True)
class SheetLine:
    """One answer: its question, its value, the day it was last confirmed."""

    label: str
    value: str
    on: date


@dataclass(frozen=True, kw_only=True)
class SheetPart:
    """One part she agreed to pass on; without lines when nothing is known in it."""

    title: str
    lines: Sequence[SheetLine]


@dataclass(frozen=True, kw_only=True)
class SheetPage:
    """The whole sheet. Texts are empty when there is nothing to say; `receiver`: lines of an address."""

    name: str
    born_on: date
    sender: str
    purpose: str
    message: str
    sent_on: str
    receiver: tuple[str, ...]
    parts: tuple[SheetPart, ...]
    caution: str


def sheet_page(sheet: Sheet) -> SheetPage:
    """What the sheet says, part by part, in the order of the dictionary."""
    facts = {fact.key: fact for fact in sheet.facts}
    parts = [section for section in Section if section.value in sheet.sections and section is not Section.IDENTITY]
    out = sheet.outside
    return SheetPage(
        name=f"{sheet.identity.first_name} {sheet.identity.last_name}",
        born_on=sheet.identity.birth_date,
        sender=sheet.sender,
        purpose=sheet.purpose.label,
        message=sheet.message,
        sent_on=said_date(local_day(sheet.sent_at)) if sheet.sent_at else "",
        receiver=tuple(filter(None, (out.name, out.address, out.phone))) if out else (),
        parts=tuple(
            SheetPart(
                title=section.label,
                lines=[
                    SheetLine(
                        label=item.label,
                        value=shown(CATALOGUE[item.key], facts[item.key].value),
                        on=last_confirmed(facts[item.key].provenance),
                    )
                    for item in items_of(section)
                    if item.key in facts
                ],
            )
            for section in parts
        ),
        caution=_(_CAUTION) if sheet.is_address_protected else "",
    )


def state_words(state: RelayState, result: RelayResult | None) -> str:
    """« Terminé : entrée faite »."""
    return f"{state.label} : {result.label.lower()}" if result else state.label


def state_tag(state: RelayState, result: RelayResult | None = None) -> str:
    """The tag a state is drawn with."""
    return "late" if result is RelayResult.NOT_ENTERED else _TAGS[state]
