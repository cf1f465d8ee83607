"""What is known of her, part by part, with who said it and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.agreements.rules import ALWAYS_SEEN, WHO_SHE_IS
from pathway.casework.partners.queries import structure_names
from pathway.casework.records.catalogue import CATALOGUE, CAUTIONS, is_as_typed, items_of, shown
from pathway.casework.records.erasure import Erased, erased_answers
from pathway.casework.records.queries import CardView, record_opened
from pathway.casework.records.rules import Fact, Provenance, Way, is_fresh, last_confirmed
from pathway.casework.records.vocabulary import Item, Section
from pathway.casework.rights.queries import own_requests
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.clock import local_day
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked
from pathway.web.gate import allow, gate

_ORIGINS: Mapping[Way, str] = {
    Way.SAID: marked("Vous l’avez dit (%(structure)s)"),
    Way.PROOF: marked("%(structure)s a vu le justificatif"),
    Way.IMPORTED: marked("%(structure)s l’a donné"),
    Way.CORRECTED: marked("Vous l’avez corrigé vous-même"),
    Way.PREPARED: marked("Vous l’avez répondu vous-même"),
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One answer as she reads it. `key` names the item, empty beside an answer that disagrees with another.

    `limit_ref`: the request that keeps it from every structure, empty when nothing does. `settle_href`: where she
    decides between answers that disagree. `is_as_typed`: the value is in somebody's own words.
    """

    key: str
    label: str
    value: str
    is_as_typed: bool
    origin: str
    on: date
    state: str
    may_limit: bool
    limit_ref: str
    settle_href: str


@dataclass(frozen=True, kw_only=True)
class Gone:
    """An answer that was erased: what is left of it. Sentences without its content."""

    on: date
    said: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Part:
    """One section of which something is known; `limit_ref` as for a line."""

    section: Section
    lines: tuple[Line, ...]
    may_limit: bool
    limit_ref: str

    @property
    def count(self) -> int:
        """How many items are known: two answers that disagree are one item."""
        return sum(bool(line.key) for line in self.lines)

    @property
    def waiting(self) -> tuple[Line, ...]:
        """What needs her eyes: two answers to choose from, or an old one to confirm."""
        return tuple(line for line in self.lines if line.key and line.state in ("conflict", "stale"))


@dataclass(frozen=True, kw_only=True)
class InformationPage:
    """Her card and everything known of her, by section; sections of which nothing is known are left out.

    `opened`: the section shown open, that of the answer she comes back to; empty for none.
    """

    card: CardView
    parts: tuple[Part, ...]
    gone: tuple[Gone, ...]
    opened: str

    @property
    def waiting(self) -> tuple[Line, ...]:
        """What needs her eyes, in the order of the sections."""
        return tuple(line for part in self.parts for line in part.waiting)


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What the lines are made from: the facts, structures' names, today, and what she limited (part → request)."""

    facts: Mapping[str, Fact]
    names: Mapping[str, str]
    today: date
    limited: Mapping[tuple[str, str], str]


@allow(Permission.OWN_PATHWAY_READ)
def view() -> ResponseReturnValue:
    """Show all of her information: she sees everything of hers."""
    here = gate()
    with here.reading() as tx:
        record = record_opened(tx, here.actor.record_id)
        limited = {(one.section, one.item_key): one.id for one in own_requests(tx) if one.limits}
        gone = erased_answers(tx)
        known = _Known(facts=record.facts, names=structure_names(tx), today=tx.today, limited=limited)
    parts = (_part(section, known) for section in Section)
    page = InformationPage(
        card=record.card,
        parts=tuple(part for part in parts if part.lines),
        gone=tuple(_gone(one, known.names) for one in gone),
        opened=CATALOGUE[key].section.value if (key := request.args.get("reponse", "")) in CATALOGUE else "",
    )
    return render_template("jobseeker/information.html", page=page)


def answer_href(item: str) -> str:
    """Where that answer is read, its part open."""
    return url_for("jobseeker.information", reponse=item, _anchor=f"reponse-{item}")


def told(provenance: Provenance, names: Mapping[str, str]) -> str:
    """Where an answer comes from, in her words."""
    if provenance.way is Way.SAID and not provenance.structure_id:
        return _("Vous l’avez dit vous-même")
    unknown = _("une structure") if provenance.way is Way.SAID else _("Une structure")
    return _(_ORIGINS[provenance.way], structure=names.get(provenance.structure_id) or unknown)


def _gone(one: Erased, names: Mapping[str, str]) -> Gone:
    known = one.item_key in CATALOGUE
    label = _(CATALOGUE[one.item_key].label) if known else _("une question qui n’existe plus")
    by = names.get(one.structure_id) or _("une structure")
    if one.said_by:
        source = names.get(one.said_by) or _("une structure")
        said = _("« %(label)s » : %(source)s l’a donnée, %(by)s l’a effacée", label=label, source=source, by=by)
    else:
        said = _("« %(label)s » : vous l’avez donnée, %(by)s l’a effacée", label=label, by=by)
    return Gone(on=local_day(one.at), said=said, reason=one.reason.label)


def _part(section: Section, known: _Known) -> Part:
    lines = [line for item in items_of(section) if item.key in known.facts for line in _lines(item, known)]
    return Part(
        section=section,
        lines=tuple(lines),
        may_limit=section.value != ALWAYS_SEEN,
        limit_ref=known.limited.get((section.value, ""), ""),
    )


def _lines(item: Item, known: _Known) -> list[Line]:
    """The answer, then each one that disagrees with it."""
    fact = known.facts[item.key]
    first = _line(item, fact.value, fact.provenance, known)
    return [first, *(_line(item, rival.value, rival.provenance, known, is_rival=True) for rival in fact.rivals)]


def _line(item: Item, value: Any, provenance: Provenance, known: _Known, *, is_rival: bool = False) -> Line:
    rivals = known.facts[item.key].rivals
    may_settle = bool(rivals) and not is_rival and item.key not in WHO_SHE_IS
    return Line(
        key="" if is_rival else item.key,
        label=_("%(label)s (autre réponse)", label=_(item.label)) if is_rival else _(item.label),
        value=shown(item, value),
        is_as_typed=is_as_typed(item),
        origin=told(provenance, known.names),
        on=last_confirmed(provenance),
        state=_state(item, known.facts[item.key], known.today),
        may_limit=item.key not in WHO_SHE_IS | CAUTIONS.keys(),
        limit_ref=known.limited.get((item.section.value, item.key), ""),
        settle_href=url_for("jobseeker.settle", item=item.key) if may_settle else "",
    )


def _state(item: Item, fact: Fact, today: date) -> str:
    if fact.rivals:
        return "conflict"
    if item.section is Section.HEALTH:
        return "private"
    return "fresh" if is_fresh(fact, on=today) else "stale"
